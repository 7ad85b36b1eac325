from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.actors import Actor, system_actor
from bot.domain.permissions import OWNER_PERMISSIONS, PERMISSIONS
from bot.domain.rights import Need, Rights, RoleBook, Standing, combine, list_grants
from bot.errors import NotAllowed

GUILD = 7
NOW = datetime(2026, 3, 1, tzinfo=UTC)
LOOKING, MOVING = frozenset({"stock.view"}), frozenset({"stock.move"})
ROLES = RoleBook({11: LOOKING, 12: MOVING}, {100: (12,), GUILD: (11,)}, is_set_up=True)
ANN = Actor(guild_id=GUILD, user_id=1, joined_at=NOW)
NOTHING = Standing(is_deactivated=False, assignments=())


def test_rights_are_the_union_of_all_grants() -> None:
    person = replace(ANN, discord_role_ids=frozenset({100, GUILD, 999}))
    rights = combine(person, ROLES, NOTHING)
    assert rights == Rights(LOOKING | MOVING, frozenset({11, 12}))
    ways = {grant.through for grant in list_grants(person, ROLES, NOTHING)}
    assert ways == {"discord role", "everyone"}


def test_everyone_only_looks_whatever_was_bound_to_everyone() -> None:
    more = RoleBook({11: LOOKING | MOVING | {"audit.view"}}, {GUILD: (11,)}, is_set_up=True)
    stranger = replace(ANN, discord_role_ids=frozenset({GUILD}))
    assert combine(stranger, more, NOTHING).permissions == LOOKING


@pytest.mark.parametrize(
    ("joined_at", "source", "counts"),
    [
        (NOW, "discord", True),
        (NOW + timedelta(seconds=1), "discord", False),
        (None, "discord", False),
        (None, "sync", False),
        (None, "http", True),
    ],
)
def test_an_assignment_counts_since_the_member_joined(
    joined_at: datetime | None,
    source: str,
    counts: bool,  # noqa: FBT001  # a column of the table
) -> None:
    person = replace(ANN, joined_at=joined_at, source=source)
    rights = combine(person, ROLES, Standing(is_deactivated=False, assignments=((11, NOW),)))
    assert rights.permissions == (LOOKING if counts else frozenset())


def test_a_deactivated_member_has_no_rights_and_an_owner_keeps_theirs() -> None:
    off = Standing(is_deactivated=True, assignments=((11, NOW),))
    assert combine(ANN, ROLES, off) == Rights(frozenset(), is_deactivated=True)
    rights = combine(replace(ANN, is_owner=True), ROLES, off)
    assert rights.permissions == OWNER_PERMISSIONS | LOOKING
    assert rights.may_grant(frozenset(PERMISSIONS))


def test_an_administrator_founds_a_guild_until_it_is_set_up() -> None:
    administrator = replace(ANN, is_administrator=True)
    new = replace(ROLES, is_set_up=False)
    assert combine(administrator, new, NOTHING, is_founding=True).is_owner
    assert not combine(administrator, new, NOTHING).permissions
    assert not combine(administrator, ROLES, NOTHING, is_founding=True).permissions


def test_the_system_holds_everything_by_its_kind_alone() -> None:
    system = system_actor(GUILD, "job")
    assert combine(system, ROLES, NOTHING).permissions == frozenset(PERMISSIONS)
    assert not combine(replace(system, kind="member"), ROLES, NOTHING).permissions


def test_members_grant_what_they_hold() -> None:
    rights = Rights(frozenset({"stock.view", "role.manage"}))
    assert rights.may_grant(LOOKING)
    assert not rights.may_grant(LOOKING | MOVING)


@pytest.mark.parametrize(
    ("need", "missing"),
    [
        (Need(), ()),
        (Need(any_of=("stock.view", "stock.move")), ()),
        (Need(any_of=("item.view", "stock.move")), ("item.view", "stock.move")),
        (Need(all_of=("stock.view", "stock.move")), ("stock.move",)),
    ],
)
def test_a_need_names_what_is_missing(need: Need, missing: tuple[str, ...]) -> None:
    rights = Rights(LOOKING)
    assert need.missing(rights) == missing
    if not missing:
        return need.check(rights)
    with pytest.raises(NotAllowed) as caught:
        need.check(rights)
    assert caught.value.permissions == missing
    return None


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (5, True), (6, False)])
def test_an_assignment_by_a_clock_that_was_ahead_does_not_count(
    *, minutes: int, counts: bool
) -> None:
    made_at = NOW + timedelta(minutes=minutes)
    standing = Standing(is_deactivated=False, assignments=((12, made_at),), read_at=NOW)
    assert (combine(ANN, ROLES, standing).permissions == MOVING) is counts
