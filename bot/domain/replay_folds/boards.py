"""Folds of boards."""

from typing import Final

from bot.domain.replay import Fold, Replay, Said


def _created(replay: Replay, said: Said) -> None:
    path = said.after.get("location")
    values = {
        "channel": int(said.after["channel"]),
        "kind": said.after["board"],
        "location": None if path is None else replay.located(path),
    }
    replay.change("board", (said.subject_id,), said.record, values)


def _removed(replay: Replay, said: Said) -> None:
    """All boards of a channel are removed together."""
    channel = int(said.before["channel"])
    rows = replay.rows["board"]
    gone = [key for key, row in rows.items() if row.values["channel"] == channel]
    replay.remove("board", gone)


FOLDS: Final[dict[str, Fold]] = {"board.created": _created, "board.removed": _removed}
