"""Folds of devices."""

from typing import Final

from bot.domain.names import key_of
from bot.domain.replay import Fold, Replay, Said


def _linked(replay: Replay, said: Said) -> None:
    """A member makes a link for a device of their own."""
    values = {
        "member": said.actor_id,
        "name": said.subject,
        "name as it is looked up": key_of(said.subject),
        "link": said.after["link"],
        "until": said.after["until"],
        "token": "",
        "linked": None,
        "revoked": None,
    }
    replay.change("device", (said.subject_id,), said.record, values)


def _redeemed(replay: Replay, said: Said) -> None:
    values = {"token": said.after["token"], "linked": said.at}
    replay.change("device", (said.subject_id,), said.record, values)


def _revoked(replay: Replay, said: Said) -> None:
    replay.change("device", (said.subject_id,), said.record, {"revoked": said.at})


FOLDS: Final[dict[str, Fold]] = {
    "device.linked": _linked,
    "device.redeemed": _redeemed,
    "device.revoked": _revoked,
}
