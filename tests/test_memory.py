"""Garbage that work in cycles leaves is found with the work, not in the middle of another."""

import gc

from bot.memory import collecting_at_the_end


class Part:
    """Knows itself, as the parts of a figure know one another."""

    def __init__(self) -> None:
        self.whole = self


def make_parts(count: int) -> int:
    return len([Part() for _ in range(count)])


def test_what_work_leaves_in_cycles_is_collected_at_its_end() -> None:
    collected: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "stop":
            collected.append(info["generation"])

    gc.collect()
    gc.callbacks.append(note)
    try:
        collecting_at_the_end()(make_parts)(20_000)
    finally:
        gc.callbacks.remove(note)
    assert collected == [1], "once, when all of it was garbage"
    assert not any(isinstance(each, Part) for each in gc.get_objects())
    assert gc.isenabled()
