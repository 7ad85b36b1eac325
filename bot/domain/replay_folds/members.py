"""Folds of members: their registration, roles, access and contact data."""

from typing import Any, Final

from bot.domain.replay import Expected, Fold, Replay, Said
from bot.domain.roles import names_among

# What a first record about a member leaves out has these values.
NEW_MEMBER: Final = {"registered at": None, "deactivated at": None, "reason": "", "email": ""}
# No default role was given, and no roles were taken: at least since one record, at most another.
_NO_GRANT: Final = {"given record": None, "taken record": (None, None)}


def assigned(said: Said) -> dict[str, Any]:
    """Return what is expected of a role that a record gave to a member."""
    # Discord's clock may be ahead: what was given is dated from the record on, or a little later.
    return {"given by": said.actor_id, "given since": said.at}


def _registered(replay: Replay, said: Said) -> None:
    key = (said.subject_id,)
    known = replay.rows["member"].get(key)
    since = known.values["registered at"] if known else None
    values: dict[str, Any] = {"registered at": since or said.at}
    if "email" in said.after:
        values["email"] = said.after["email"]
    replay.change("member", key, said.record, values, **NEW_MEMBER)
    if role := said.after.get("role"):
        given = (said.subject_id, replay.named("role", role))
        replay.change("assignment", given, said.record, assigned(said))
        kept = replay.rows["default role"].setdefault(key, Expected(said.record, dict(_NO_GRANT)))
        kept.values["given record"] = kept.values["given record"] or said.record


def _member_roles(replay: Replay, said: Said) -> None:
    replay.change("member", (said.subject_id,), said.record, {}, **NEW_MEMBER)
    known = {key[0]: role.values["name"] for key, role in replay.rows["role"].items()}
    wanted = names_among(known, said.after.get("roles", ""))
    counted = names_among(known, said.before.get("roles", ""))
    user_id = said.subject_id
    replay.remove("assignment", [(user_id, role_id) for role_id in known.keys() - wanted])
    kept = replay.rows["default role"].setdefault(
        (user_id,), Expected(said.record, dict(_NO_GRANT))
    )
    # Losing a role that had expired is not in the record: the last one may be the one.
    least = said.record if counted - wanted else kept.values["taken record"][0]
    kept.values["taken record"] = (least, said.record)
    for role_id in wanted - counted:
        replay.change("assignment", (user_id, role_id), said.record, assigned(said))


def _deactivated(replay: Replay, said: Said) -> None:
    values = {"deactivated at": said.at, "reason": said.after["reason"]}
    replay.change("member", (said.subject_id,), said.record, values, **NEW_MEMBER)


def _reactivated(replay: Replay, said: Said) -> None:
    values = {"deactivated at": None, "reason": ""}
    replay.change("member", (said.subject_id,), said.record, values, **NEW_MEMBER)


def _member_edited(replay: Replay, said: Said) -> None:
    replay.change("member", (said.subject_id,), said.record, said.after, **NEW_MEMBER)


def _erased(replay: Replay, said: Said) -> None:
    key = (said.subject_id,)
    given = [(said.subject_id, role_id) for (role_id,) in replay.rows["role"]]
    replay.remove("assignment", given)
    for device in replay.rows["device"].values():
        if device.values["member"] == said.subject_id and device.values["revoked"] is None:
            device.record, device.values["revoked"] = said.record, said.at
    member = replay.rows["member"].get(key)
    if member is None or member.values["deactivated at"] is None:
        replay.rows["member"].pop(key, None)
    else:
        replay.change("member", key, said.record, {"registered at": None, "email": ""})


FOLDS: Final[dict[str, Fold]] = {
    "member.registered": _registered,
    "member.roles": _member_roles,
    "member.deactivated": _deactivated,
    "member.reactivated": _reactivated,
    "member.edited": _member_edited,
    "member.erased": _erased,
}
