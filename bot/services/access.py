"""Why a person may do something or not, by the code that decides it."""

from dataclasses import dataclass

from bot.database.models import Role
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.domain.rights import Grant
from bot.errors import Candidate, NotFound
from bot.services.permissions import list_offered
from bot.services.roles import MAX_ROLES, RoleShown, list_shown

# Either of them lets people give others what they hold.
_GRANTING = frozenset({"role.manage", "people.manage"})


@dataclass(frozen=True, slots=True, kw_only=True)
class GetAccess:
    """Ask why a person holds a permission or not: oneself, or a member as Discord describes them.

    A person who left the guild is described by their id alone.
    """

    permission: str
    member: Actor | None = None
    has_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way by which a person gets the permission; `role` is empty for the owner's."""

    role: str
    grant: Grant


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessExplained:
    """Whether a person holds a permission, by which ways, and who can grant it."""

    guild_id: int
    user_id: int
    is_oneself: bool
    permission: str
    is_held: bool
    is_deactivated: bool
    has_left: bool
    ways: tuple[Way, ...]
    holding: tuple[RoleShown, ...]
    granting: tuple[RoleShown, ...]


@query(everyone=True)
async def get_access(books: Books, request: GetAccess) -> AccessExplained:
    """Explain why a person holds a permission or not; for others people.view is needed."""
    person = request.member or books.actor
    is_oneself = person.user_id == books.actor.user_id
    if is_oneself:
        person = books.actor
    else:
        books.require_permission("people.view")
    permission = require_permission_name(request.permission)
    explained = await books.explain_rights(person)
    roles = await list_shown(books)
    by_id = {shown.role.id: shown.role for shown in roles}
    ways = [
        Way(role=_name(by_id, grant), grant=grant)
        for grant in explained.grants
        if permission in grant.permissions
    ]
    holding = tuple(shown for shown in roles if permission in shown.role.permissions)
    return AccessExplained(
        guild_id=books.actor.guild_id,
        user_id=person.user_id,
        is_oneself=is_oneself,
        permission=permission,
        is_held=explained.rights.holds(permission),
        is_deactivated=explained.rights.is_deactivated,
        has_left=request.has_left,
        ways=tuple(sorted(ways, key=_order)),
        holding=holding,
        granting=tuple(shown for shown in holding if shown.role.permissions & _GRANTING),
    )


async def list_ways(books: Books, person: Actor) -> tuple[Way, ...]:
    """List every way by which a person gets permissions, those that count first."""
    explained = await books.explain_rights(person)
    by_id = {role.id: role for role in await books.roles.find_all(limit=MAX_ROLES)}
    ways = [Way(role=_name(by_id, grant), grant=grant) for grant in explained.grants]
    return tuple(sorted(ways, key=_order))


def require_permission_name(typed: str) -> str:
    """Return the permission of this name, in any case; raises NotFound with those alike."""
    name = key_of(clean_text(typed, field="permission", limit=MAX_REFERENCE, required=True))
    offered = list_offered()
    if name not in offered:
        alike = [known for known in offered if set(name.split(".")) & set(known.split("."))]
        guesses = tuple(Candidate("permission", 0, known) for known in alike[:5])
        raise NotFound("permission", wanted=typed, suggestions=guesses)
    return name


def _name(roles: dict[int, Role], grant: Grant) -> str:
    return roles[grant.role_id].name if grant.role_id is not None else ""


def _order(way: Way) -> tuple[bool, str, str, int]:
    """Put what counts first."""
    grant = way.grant
    return grant.is_expired, grant.through, way.role, grant.discord_role_id or 0
