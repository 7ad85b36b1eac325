"""Folds of shifts."""

from typing import Final

from bot.domain.replay import Fold, Replay, Said
from bot.domain.shifts import write_until


def _started(replay: Replay, said: Said) -> None:
    """A shift that is on ends when the member begins another."""
    now = write_until(said.at)
    for shift in replay.rows["shift"].values():
        if shift.values["member"] == said.subject_id and shift.values["until"] > now:
            shift.record, shift.values["until"] = said.record, now
    key = (int(said.after["shift"]),)
    location = said.after.get("location", "")
    values = {
        "member": said.subject_id,
        "until": said.after["until"],
        "location": replay.located(location) if location else None,
    }
    replay.change("shift", key, said.record, values)


def _ended(replay: Replay, said: Said) -> None:
    key = (int(said.after["shift"]),)
    replay.change("shift", key, said.record, {"until": said.after["until"]})


FOLDS: Final[dict[str, Fold]] = {"shift.started": _started, "shift.ended": _ended}
