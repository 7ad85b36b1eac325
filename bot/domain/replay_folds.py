"""The folds of a replay: what each action changes in the rows that people manage."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from bot.domain.approvals import PENDING, Effect, Round, StatusTable
from bot.domain.replay import NEW_LOCATION, Expected, ExpectedRole, Key, Replay, Said
from bot.domain.roles import names_among
from bot.domain.suppliers import STATUSES

# What a first record about a thing leaves out has these values.
_ITEM: Final = {
    "sku": "",
    "name": "",
    "unit": "",
    "reorder point": "",
    "whole": "",
    "archived": "",
    "alert": "",
    "snoozed until": "",
}
_SUPPLIER: Final = {"email": "", "phone": "", "tax id": "", "note": ""}
_MEMBER: Final = {"registered at": None, "deactivated at": None, "reason": "", "email": ""}
# No default role was given, and no roles were taken: at least since one record, at most another.
_NO_GRANT: Final = {"given record": None, "taken record": (None, None)}
# Kinds of things that are decided about, with their steps; each needs one approval.
_KINDS: Final[dict[str, StatusTable]] = {"supplier": STATUSES}
# What a step says of itself and the thing itself does not contain.
_OF_STEP: Final = frozenset({"status", "reason", "approvals"})
# Rejections of the format's programs emptied the list of those who may not decide.
_FORGIVING_FORMAT: Final = 1

Fold = Callable[[Replay, Said], None]


def fold(replay: Replay, event: Mapping[str, Any]) -> bool:
    """Fold the next record; return False if it says something that cannot be."""
    action = event["action"]
    if action in WITHOUT_ROWS:
        return True
    found = FOLDS.get(action)
    if found is None:
        replay.unknown.add(event["record"])
        return True
    try:
        found(replay, Said.of(event))
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def _item(replay: Replay, said: Said) -> None:
    replay.change("item", (said.subject_id,), said.record, said.after, **_ITEM)


def _location(replay: Replay, said: Said) -> None:
    values = dict(said.after)
    if inside := values.get("inside", ""):
        values["inside"] = str(replay.located(inside))
    replay.change("location", (said.subject_id,), said.record, values, **NEW_LOCATION)


def _role_created(replay: Replay, said: Said) -> None:
    values = {"name": said.subject, "description": said.after.get("description", "")}
    replay.rows["role"][said.subject_id,] = ExpectedRole(said.record, values)
    replay.note_name("role", (said.subject_id,), said.subject)


def _role_permitted(replay: Replay, said: Said) -> None:
    role = replay.rows["role"][said.subject_id,]
    role.record = said.record
    for area, after in said.after.items():
        role.permissions |= dict.fromkeys(_words(said.before.get(area, "")), False)
        role.permissions |= dict.fromkeys(_words(after), True)


def _role_extended(replay: Replay, said: Said) -> None:
    for name, added in said.after.items():
        role = replay.rows["role"][replay.named("role", name),]
        role.record = said.record
        role.permissions |= dict.fromkeys(_words(added), True)
        if not replay.first_extension:
            replay.first_extension = frozenset(_words(added))


def _role_deleted(replay: Replay, said: Said) -> None:
    role_id = said.subject_id
    del replay.rows["role"][role_id,]
    for noun in ("binding", "assignment"):
        _remove(replay, noun, [key for key in replay.rows[noun] if key[1] == role_id])
    guild = replay.rows["guild"][()]
    if guild.values["default_role"] == role_id:
        replay.change("guild", (), said.record, {"default_role": None})


def _role_bound(replay: Replay, said: Said) -> None:
    key = (int(said.after["discord role"]), said.subject_id)
    replay.change("binding", key, said.record, {})


def _role_unbound(replay: Replay, said: Said) -> None:
    _remove(replay, "binding", [(int(said.before["discord role"]), said.subject_id)])


def _discord_role_deleted(replay: Replay, said: Said) -> None:
    _remove(replay, "binding", [(said.subject_id, role_id) for (role_id,) in replay.rows["role"]])


def _set_up(replay: Replay, said: Said) -> None:
    guild = replay.rows["guild"][()]
    replay.change("guild", (), said.record, {"set up at": guild.values["set up at"] or said.at})
    for name, after in said.after.items():
        what, _, kind = name.rpartition(" ")
        if kind == "channel":
            replay.change("channel", (what,), said.record, {"channel": int(after)})
        elif kind == "role":
            role_id = replay.named("role", what)
            is_to = {int(each) for each in _words(after)}
            was = {int(each) for each in _words(said.before.get(name, ""))}
            _remove(replay, "binding", [(each, role_id) for each in was - is_to])
            for each in is_to - was:
                replay.change("binding", (each, role_id), said.record, {})
        else:
            # The actor was made admin by name.
            given = (int(after), replay.named("role", name))
            replay.change("member", (int(after),), said.record, {}, **_MEMBER)
            replay.change("assignment", given, said.record, _assigned(said))


def _setting(replay: Replay, said: Said) -> None:
    values: dict[str, Any] = dict(said.after)
    if (name := values.get("default_role")) is not None:
        values["default_role"] = None if name == "none" else replay.named("role", name)
    replay.change("guild", (), said.record, values)


def _day_closed(replay: Replay, said: Said) -> None:
    replay.change("guild", (), said.record, {"closed on": said.subject})


def _assigned(said: Said) -> dict[str, Any]:
    # Discord's clock may be ahead: what was given is dated from the record on, never before.
    return {"given by": said.actor_id, "given since": said.at}


def _registered(replay: Replay, said: Said) -> None:
    key = (said.subject_id,)
    known = replay.rows["member"].get(key)
    since = known.values["registered at"] if known else None
    values: dict[str, Any] = {"registered at": since or said.at}
    if "email" in said.after:
        values["email"] = said.after["email"]
    replay.change("member", key, said.record, values, **_MEMBER)
    if role := said.after.get("role"):
        given = (said.subject_id, replay.named("role", role))
        replay.change("assignment", given, said.record, _assigned(said))
        kept = replay.rows["default role"].setdefault(key, Expected(said.record, dict(_NO_GRANT)))
        kept.values["given record"] = kept.values["given record"] or said.record


def _member_roles(replay: Replay, said: Said) -> None:
    replay.change("member", (said.subject_id,), said.record, {}, **_MEMBER)
    known = {key[0]: role.values["name"] for key, role in replay.rows["role"].items()}
    wanted = names_among(known, said.after.get("roles", ""))
    counted = names_among(known, said.before.get("roles", ""))
    user_id = said.subject_id
    _remove(replay, "assignment", [(user_id, role_id) for role_id in known.keys() - wanted])
    kept = replay.rows["default role"].setdefault(
        (user_id,), Expected(said.record, dict(_NO_GRANT))
    )
    # Losing a role that had expired is not in the record: the last one may be the one.
    least = said.record if counted - wanted else kept.values["taken record"][0]
    kept.values["taken record"] = (least, said.record)
    for role_id in wanted - counted:
        replay.change("assignment", (user_id, role_id), said.record, _assigned(said))


def _deactivated(replay: Replay, said: Said) -> None:
    values = {"deactivated at": said.at, "reason": said.after["reason"]}
    replay.change("member", (said.subject_id,), said.record, values, **_MEMBER)


def _reactivated(replay: Replay, said: Said) -> None:
    values = {"deactivated at": None, "reason": ""}
    replay.change("member", (said.subject_id,), said.record, values, **_MEMBER)


def _member_edited(replay: Replay, said: Said) -> None:
    replay.change("member", (said.subject_id,), said.record, said.after, **_MEMBER)


def _erased(replay: Replay, said: Said) -> None:
    key = (said.subject_id,)
    given = [(said.subject_id, role_id) for (role_id,) in replay.rows["role"]]
    _remove(replay, "assignment", given)
    member = replay.rows["member"].get(key)
    if member is None or member.values["deactivated at"] is None:
        replay.rows["member"].pop(key, None)
    else:
        replay.change("member", key, said.record, {"registered at": None, "email": ""})


def _decided(replay: Replay, said: Said) -> None:
    """Fold a step about a thing that is decided about: the thing itself, and its approval."""
    noun, _, past = said.action.partition(".")
    contents = {name: value for name, value in said.after.items() if name not in _OF_STEP}
    first = {**_SUPPLIER, "name": said.subject}
    replay.change(noun, (said.subject_id,), said.record, contents, **first)
    key = (noun, said.subject_id)
    if past == "proposed":
        opened = _opened(said) | {"version": 1, "agreed": frozenset(), "status": PENDING}
        opened["touched"] = frozenset({said.actor_id})
        replay.rows["approval"][key] = Expected(said.record, opened)
        return
    _take_step(replay.rows["approval"][key], _KINDS[noun], past, said)


def _take_step(approval: Expected, table: StatusTable, past: str, said: Said) -> None:
    values = approval.values
    is_note = said.after.keys() <= {"note"}
    steps = [step for step in table.steps if step.past == past]
    step = steps[-1 if is_note else 0]
    before = Round(
        status=values["status"],
        version=values["version"],
        touched_by=values["touched"],
        agreed_by=values["agreed"],
    )
    after = before.take(step, said.actor_id)
    if after is None or after.status != said.after.get("status", before.status):
        raise ValueError("a step that cannot be taken")
    approval.record = said.record
    is_emptied = step.effect is Effect.REJECT and said.format == _FORGIVING_FORMAT
    values |= {
        "status": after.status,
        "version": after.version,
        "touched": frozenset() if is_emptied else after.touched_by,
        "agreed": after.agreed_by,
    }
    if after.status == PENDING != before.status:
        values |= _opened(said)
    elif step.effect is not Effect.REVISE:
        values |= {
            "decided by": said.actor_id,
            "decided at": said.at,
            "decided record": said.record,
            "reason": said.after.get("reason", ""),
        }


def _opened(said: Said) -> dict[str, Any]:
    return {
        "opened by": said.actor_id,
        "opened at": said.at,
        "opened record": said.record,
        "decided by": None,
        "decided at": None,
        "decided record": None,
        "reason": "",
    }


def _remove(replay: Replay, noun: str, keys: Iterable[Key]) -> None:
    for key in keys:
        replay.rows[noun].pop(key, None)


def _words(joined: str) -> list[str]:
    return [word for word in joined.split(", ") if word]


# Actions whose moves and levels say everything, or that change no row that people manage.
WITHOUT_ROWS: Final = frozenset(
    {
        "stock.taken",
        "stock.put",
        "stock.moved",
        "stock.adjusted",
        "stock.counted",
        "stock.reversed",
        "books.restored",
        "books.rekeyed",
        "books.downgraded",
    }
)
FOLDS: Final[dict[str, Fold]] = {
    **dict.fromkeys(("item.added", "item.edited", "item.archived", "item.restored"), _item),
    **dict.fromkeys(("item.snoozed", "item.not_needed"), _item),
    **dict.fromkeys(
        (
            "location.added",
            "location.edited",
            "location.renamed",
            "location.archived",
            "location.restored",
        ),
        _location,
    ),
    "role.created": _role_created,
    "role.permitted": _role_permitted,
    "role.extended": _role_extended,
    "role.deleted": _role_deleted,
    "role.bound": _role_bound,
    "role.unbound": _role_unbound,
    "role.forgotten": _discord_role_deleted,
    "guild.set_up": _set_up,
    "settings.changed": _setting,
    "day.closed": _day_closed,
    "member.registered": _registered,
    "member.roles": _member_roles,
    "member.deactivated": _deactivated,
    "member.reactivated": _reactivated,
    "member.edited": _member_edited,
    "member.erased": _erased,
    **{f"{noun}.{past}": _decided for noun, table in _KINDS.items() for past in table.actions},
}
