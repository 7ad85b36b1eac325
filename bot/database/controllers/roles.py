from bot.database.controllers.base import BaseController
from bot.database.models import Role, RoleAssignment, RoleBinding
from bot.domain.names import MAX_REFERENCE, clean_text, key_of
from bot.errors import NotFound


class RoleController(BaseController[Role]):
    """App roles: named sets of permissions."""

    model = Role
    noun = "role"
    permission = "people.view"

    async def require_reference(self, typed: int | str) -> Role:
        """Return the role of this id or name, in any case; raises NotFound naming all there are."""
        if isinstance(typed, int):
            role = await self.get_by_id(typed)
            if role is None:
                raise NotFound("role")
            return role
        typed = clean_text(typed, field="role", limit=MAX_REFERENCE, required=True)
        role = await self.find_one(name_key=key_of(typed))
        if role is None:
            others = await self.find_all(limit=25)
            raise NotFound("role", wanted=typed, suggestions=tuple(r.name for r in others))
        return role


class RoleBindingController(BaseController[RoleBinding]):
    """Which Discord role brings which app role."""

    model = RoleBinding
    noun = "binding"
    permission = "people.view"


class RoleAssignmentController(BaseController[RoleAssignment]):
    """Which person was given which app role by name."""

    model = RoleAssignment
    noun = "assignment"
    permission = "people.view"
