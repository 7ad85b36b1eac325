"""Folds of scheduled reports."""

from typing import Final

from bot.domain.replay import Fold, Replay, Said


def _scheduled(replay: Replay, said: Said) -> None:
    values = {
        "report": said.subject,
        "channel": int(said.after["channel"]),
        "every": said.after["every"],
        "at": said.after["at"],
        "since": said.at,
    }
    replay.change("report schedule", (said.subject_id,), said.record, values)


def _unscheduled(replay: Replay, said: Said) -> None:
    replay.remove("report schedule", [(said.subject_id,)])


FOLDS: Final[dict[str, Fold]] = {
    "report.scheduled": _scheduled,
    "report.unscheduled": _unscheduled,
}
