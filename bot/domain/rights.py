"""Rights: what an actor may do, decided from a guild's roles, bindings and assignments. No I/O."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from bot.domain.actors import Actor
from bot.domain.permissions import EVERYONE_PERMISSIONS, OWNER_PERMISSIONS, PERMISSIONS
from bot.domain.permissions import REGISTRATION_PERMISSIONS as REGISTERED
from bot.errors import NotAllowed

# Processes that share a database may differ by seconds; what differs by minutes is a mistake.
CLOCK_DRIFT: Final = timedelta(minutes=5)


class Grant(NamedTuple):
    """One way by which a member gets permissions; an expired one grants none of them."""

    through: Literal["ownership", "everyone", "discord role", "assignment"]
    permissions: frozenset[str]
    role_id: int | None = None
    discord_role_id: int | None = None
    assigned_at: datetime | None = None
    is_expired: bool = False


@dataclass(frozen=True, slots=True)
class Rights:
    """What an actor may do, as computed once from the books; see `bot/database/rights.py`."""

    permissions: frozenset[str]
    role_ids: frozenset[int] = frozenset()
    is_owner: bool = False
    is_deactivated: bool = False
    # What they followed from, for the words of a refusal.
    origin: "Origin | None" = field(default=None, compare=False, repr=False)

    def holds(self, permission: str) -> bool:
        """Whether the actor holds one permission."""
        return permission in self.permissions

    def lacks(
        self, *, any_of: tuple[str, ...] = (), all_of: tuple[str, ...] = ()
    ) -> NotAllowed | None:
        """Return what is missing for something, with who has it; None if nothing is."""
        return Need(any_of=any_of, all_of=all_of).refusal(self)

    def may_grant(self, permissions: frozenset[str]) -> bool:
        """Whether the actor may give or take away these: the owner any, others their own."""
        return self.is_owner or permissions <= self.permissions


@dataclass(frozen=True, slots=True)
class RoleBook:
    """A guild's app roles: what each holds, and which Discord roles grant which."""

    permissions: Mapping[int, frozenset[str]]
    bindings: Mapping[int, tuple[int, ...]]
    is_set_up: bool
    default_role_id: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the books say of one member: assignments by name, and whether they are deactivated."""

    is_deactivated: bool
    assignments: tuple[tuple[int, datetime], ...]
    # When the rows were read, which no assignment can be after but by a clock that was wrong.
    read_at: datetime | None = None
    is_registered: bool = False
    # They had the default role, or lost roles: registering does not give it again.
    had_default_role: bool = False


class Origin(NamedTuple):
    """What rights follow from: whose they are, the guild's roles, what is kept of the person."""

    actor: Actor
    roles: RoleBook
    standing: Standing


@dataclass(frozen=True)
class Need:
    """The right that an operation needs: one of `any_of`, all of `all_of`, or none at all.

    None is for everyone, deactivated members included.
    """

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    # Until a guild was set up, Discord's administrators may do this as well.
    is_founding: bool = False

    def missing(self, rights: Rights) -> tuple[str, ...]:
        """Return what these rights lack, empty if they suffice."""
        if self.any_of and not any(map(rights.holds, self.any_of)):
            return self.any_of
        return tuple(name for name in self.all_of if not rights.holds(name))

    def check(self, rights: Rights) -> None:
        """Raise NotAllowed, naming what is missing, unless these rights suffice."""
        if self.missing(rights):
            raise self._refusal(rights)

    def refusal(self, rights: Rights) -> NotAllowed | None:
        """Return what is missing, with what the person can do about it; None if nothing is."""
        return self._refusal(rights) if self.missing(rights) else None

    def _refusal(self, rights: Rights) -> NotAllowed:
        missing = self.missing(rights)
        refusal = NotAllowed(missing, reason=why_not(rights), needs_all=bool(self.all_of))
        refusal.refused = rights
        if rights.origin is None:
            return refusal
        actor, roles, standing = rights.origin
        helping = {
            role_id
            for role_id, held in roles.permissions.items()
            if not self.missing(Rights(rights.permissions | held))
        }
        refusal.guild_id = actor.guild_id
        refusal.is_set_up = roles.is_set_up
        refusal.is_owner = actor.is_owner
        refusal.may_set_up = actor.is_owner or actor.is_administrator
        # Registering is for newcomers: who has work of their own would get that of another.
        refusal.may_register = (
            rights.permissions <= EVERYONE_PERMISSIONS
            and roles.default_role_id in helping
            and _may_register(actor, roles, standing)
        )
        refusal.discord_role_ids = tuple(
            sorted(
                discord_role_id
                for discord_role_id, role_ids in roles.bindings.items()
                if discord_role_id != actor.guild_id and helping & set(role_ids)
            )
        )
        return refusal


def why_not(rights: Rights) -> Literal["deactivated", "missing"]:
    """Return why rights do not suffice."""
    return "deactivated" if rights.is_deactivated else "missing"


def combine(
    actor: Actor, roles: RoleBook, standing: Standing, *, is_founding: bool = False
) -> Rights:
    """Return the actor's rights: the union of all grants that count.

    When a guild is founded, and only until it was set up, an administrator counts as its owner.
    """
    if actor.kind == "system":
        return Rights(frozenset(PERMISSIONS))
    if standing.is_deactivated and not actor.is_owner:
        origin = Origin(actor, roles, standing)
        return Rights(frozenset(), is_deactivated=True, origin=origin)
    is_founder = is_founding and not roles.is_set_up and actor.is_administrator
    counting = [
        grant
        for grant in list_grants(actor, roles, standing, is_founder=is_founder)
        if not grant.is_expired
    ]
    return Rights(
        permissions_of(counting),
        frozenset(grant.role_id for grant in counting if grant.role_id is not None),
        is_owner=actor.is_owner or is_founder,
        origin=Origin(actor, roles, standing),
    )


def _may_register(actor: Actor, roles: RoleBook, standing: Standing) -> bool:
    """Whether registering still gives the default role: the first time, and after rejoining."""
    role_id = roles.default_role_id
    if role_id is None or not roles.permissions.get(role_id, frozenset()) <= REGISTERED:
        return False
    given = [at for held_id, at in standing.assignments if held_id == role_id]
    if given:
        return not any(_counts(actor, at, standing.read_at) for at in given)
    return not standing.is_registered and not standing.had_default_role


def list_grants(
    actor: Actor, roles: RoleBook, standing: Standing, *, is_founder: bool = False
) -> Iterator[Grant]:
    """Yield every way by which the actor gets permissions, expired ones included."""
    if actor.is_owner or is_founder:
        yield Grant("ownership", OWNER_PERMISSIONS)
    for discord_role_id in actor.discord_role_ids:
        for role_id in roles.bindings.get(discord_role_id, ()):
            held = roles.permissions.get(role_id, frozenset())
            is_everyone = discord_role_id == actor.guild_id
            if is_everyone:
                # Whatever was bound when the rule was another one: strangers only look.
                held &= EVERYONE_PERMISSIONS
            yield Grant(
                "everyone" if is_everyone else "discord role", held, role_id, discord_role_id
            )
    for role_id, assigned_at in standing.assignments:
        held = roles.permissions.get(role_id, frozenset())
        is_expired = not _counts(actor, assigned_at, standing.read_at)
        yield Grant("assignment", held, role_id, assigned_at=assigned_at, is_expired=is_expired)


def permissions_of(grants: Iterable[Grant]) -> frozenset[str]:
    """Return the union of what grants give, without expired ones."""
    return frozenset().union(*(grant.permissions for grant in grants if not grant.is_expired))


def was_made_ahead(assigned_at: datetime, joined_at: datetime | None, now: datetime) -> bool:
    """Whether an assignment was made by a clock that was ahead: it would outlive leaving."""
    return assigned_at > max(now, joined_at or now) + CLOCK_DRIFT


def _counts(actor: Actor, assigned_at: datetime, now: datetime | None) -> bool:
    """Whether an assignment was made since the member (last) joined: leaving ends it."""
    if actor.joined_at is None:
        # A device that works by what Discord said once says no more of it than Discord did.
        return actor.source not in {"discord", "sync"}
    if now is not None and was_made_ahead(assigned_at, actor.joined_at, now):
        return False
    return assigned_at >= actor.joined_at
