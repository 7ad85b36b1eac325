from collections.abc import Sequence

from sqlalchemy import bindparam, select

from bot.database.controllers.base import BaseController
from bot.database.controllers.subjects import SubjectController
from bot.database.models import DefaultRoleGrant, Role, RoleAssignment, RoleBinding
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.errors import Candidate, NotFound

_assignment = table_of(RoleAssignment)
_OF_PEOPLE = Prepared(
    select(_assignment)
    .where(
        _assignment.c.guild_id == bindparam("guild_id"),
        is_among(_assignment.c.user_id, "user_ids"),
    )
    .order_by(_assignment.c.user_id, _assignment.c.role_id)
)


class RoleController(SubjectController[Role]):
    """App roles: named sets of permissions."""

    model = Role
    noun = "role"
    subject_code = "r"
    permission = "people.view"
    affects_rights = True

    async def require_reference(self, typed: int | str) -> Role:
        """Return the role of this id or name, in any case; raises NotFound naming all roles."""
        if isinstance(typed, int):
            role = await self.get_by_id(typed)
            if role is None:
                raise NotFound("role")
            return role
        typed = clean_text(typed, field="role", limit=MAX_REFERENCE, required=True)
        role = await self.find_one(name_key=key_of(typed))
        if role is None:
            others = await self.find_all(limit=25)
            guesses = tuple(Candidate("role", other.id, other.name) for other in others)
            raise NotFound("role", wanted=typed, suggestions=guesses)
        return role


class RoleBindingController(BaseController[RoleBinding]):
    """Which Discord role grants which app role."""

    model = RoleBinding
    noun = "binding"
    permission = "people.view"
    affects_rights = True


class RoleAssignmentController(BaseController[RoleAssignment]):
    """Which app role is assigned to which person by name."""

    model = RoleAssignment
    noun = "assignment"
    permission = "people.view"
    affects_rights = True

    async def list_of_people(self, user_ids: Sequence[int]) -> list[RoleAssignment]:
        """List the assignments of these people, whether they count or not."""
        return await self._rows(_OF_PEOPLE, {"user_ids": list(user_ids)})


class DefaultRoleGrantController(BaseController[DefaultRoleGrant]):
    """Who was once given the default role, and who lost roles; it survives their profile."""

    model = DefaultRoleGrant
    noun = "default role"
    permission = "people.view"
