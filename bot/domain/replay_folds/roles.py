"""Folds of roles: their permissions, and the Discord roles that give them."""

from typing import Final

from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.replay import ExpectedRole, Fold, Replay, Said, words_in

# Books that were opened before these roles were added got them by an extension, with all they hold.
_ADDED_LATER: Final = frozenset(role.id for role in DEFAULT_ROLES if role.since > 1)


def _role_created(replay: Replay, said: Said) -> None:
    values = {"name": said.subject, "description": said.after.get("description", "")}
    replay.rows["role"][said.subject_id,] = ExpectedRole(said.record, values)
    replay.note_name("role", (said.subject_id,), said.subject)


def _role_permitted(replay: Replay, said: Said) -> None:
    role = replay.rows["role"][said.subject_id,]
    role.record = said.record
    for area, after in said.after.items():
        role.permissions |= dict.fromkeys(words_in(said.before.get(area, "")), False)
        role.permissions |= dict.fromkeys(words_in(after), True)


def _role_extended(replay: Replay, said: Said) -> None:
    for name, added in said.after.items():
        role_id = replay.named("role", name)
        role = replay.rows["role"][role_id,]
        role.record = said.record
        role.permissions |= dict.fromkeys(words_in(added), True)
        if role_id in _ADDED_LATER:
            replay.added_roles.add(role_id)
        elif not replay.first_extension:
            replay.first_extension = frozenset(words_in(added))
            replay.first_extended = said.record


def _role_deleted(replay: Replay, said: Said) -> None:
    role_id = said.subject_id
    del replay.rows["role"][role_id,]
    for noun in ("binding", "assignment"):
        replay.remove(noun, [key for key in replay.rows[noun] if key[1] == role_id])
    guild = replay.rows["guild"][()]
    if guild.values["default_role"] == role_id:
        replay.change("guild", (), said.record, {"default_role": None})


def _role_bound(replay: Replay, said: Said) -> None:
    key = (int(said.after["discord role"]), said.subject_id)
    replay.change("binding", key, said.record, {})


def _role_unbound(replay: Replay, said: Said) -> None:
    replay.remove("binding", [(int(said.before["discord role"]), said.subject_id)])


def _discord_role_deleted(replay: Replay, said: Said) -> None:
    replay.remove("binding", [(said.subject_id, role_id) for (role_id,) in replay.rows["role"]])


FOLDS: Final[dict[str, Fold]] = {
    "role.created": _role_created,
    "role.permitted": _role_permitted,
    "role.extended": _role_extended,
    "role.deleted": _role_deleted,
    "role.bound": _role_bound,
    "role.unbound": _role_unbound,
    "role.forgotten": _discord_role_deleted,
}
