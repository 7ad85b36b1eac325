from sqlalchemy import ColumnElement, bindparam, select

from bot.database.controllers.base import Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.search import SearchableController
from bot.database.models import Member, RoleAssignment
from bot.database.models.base import table_of

_BY_NAME = ("name_key", "user_id")
_assignment = table_of(RoleAssignment).c
_HOLDERS = select(_assignment.user_id).where(
    _assignment.guild_id == bindparam("guild_id"), _assignment.role_id == bindparam("role_id")
)


class MemberController(SearchableController[Member]):
    """The people that a guild's books know; contact data is encrypted in the database."""

    model = Member
    noun = "member"
    permission = "people.view"
    searched = ("name",)
    subject_code = "m"
    listed_by = "name_key"
    has_parts = False  # an erased person leaves nothing behind
    affects_rights = True
    rights_columns = frozenset({"deactivated_at"})

    async def paginate_by_name(
        self,
        role_id: int | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[Member]:
        """Return a page by name of all, or of those with a role assigned by name."""
        narrowing = Narrowing()
        if role_id is not None:
            narrowing = Narrowing("holders", lambda: [self._is_holder()], {"role_id": role_id})
        return await self._paginate(narrowing, {}, (after, before), limit=limit, order_by=_BY_NAME)

    def _is_holder(self) -> ColumnElement[bool]:
        return self._table.c.user_id.in_(_HOLDERS)
