"""Folds of a guild: setting it up, its settings and its days."""

from typing import Any, Final

from bot.domain.replay import Fold, Replay, Said, words_in
from bot.domain.replay_folds.members import NEW_MEMBER, assigned


def _set_up(replay: Replay, said: Said) -> None:
    guild = replay.rows["guild"][()]
    replay.change("guild", (), said.record, {"set up at": guild.values["set up at"] or said.at})
    for name, after in said.after.items():
        what, _, kind = name.rpartition(" ")
        if kind == "channel":
            replay.change("channel", (what,), said.record, {"channel": int(after)})
        elif kind == "role":
            role_id = replay.named("role", what)
            is_to = {int(each) for each in words_in(after)}
            was = {int(each) for each in words_in(said.before.get(name, ""))}
            replay.remove("binding", [(each, role_id) for each in was - is_to])
            for each in is_to - was:
                replay.change("binding", (each, role_id), said.record, {})
        else:
            # The actor was made admin by name.
            given = (int(after), replay.named("role", name))
            replay.change("member", (int(after),), said.record, {}, **NEW_MEMBER)
            replay.change("assignment", given, said.record, assigned(said))


def _setting(replay: Replay, said: Said) -> None:
    values: dict[str, Any] = dict(said.after)
    if (name := values.get("default_role")) is not None:
        values["default_role"] = None if name == "none" else replay.named("role", name)
    replay.change("guild", (), said.record, values)


def _day_closed(replay: Replay, said: Said) -> None:
    replay.change("guild", (), said.record, {"closed on": said.subject})


FOLDS: Final[dict[str, Fold]] = {
    "guild.set_up": _set_up,
    "settings.changed": _setting,
    "day.closed": _day_closed,
}
