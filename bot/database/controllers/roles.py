from bot.database.controllers.base import BaseController
from bot.database.models import Role, RoleAssignment, RoleBinding


class RoleController(BaseController[Role]):
    """App roles: named sets of permissions."""

    model = Role
    noun = "role"
    permission = "people.view"


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
