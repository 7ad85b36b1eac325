from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from bot.database.controllers.base import BaseController, Page
from bot.database.models import Member, RoleAssignment
from bot.database.models.base import table_of

_member = table_of(Member)
_assignment = table_of(RoleAssignment)
_MANY = select(_member).where(
    _member.c.guild_id == bindparam("guild_id"),
    _member.c.user_id.in_(bindparam("user_ids", expanding=True)),
)


class MemberController(BaseController[Member]):
    """The people who registered with a guild's books."""

    model = Member
    noun = "member"
    permission = "people.view"
    sealed = ("email",)

    async def find_many(self, user_ids: Sequence[int]) -> dict[int, Member]:
        """Return those of these people who are known, by their ids."""
        values = self._in_guild({"user_ids": list(user_ids)})
        result = await self._scope.connection.execute(_MANY, values)
        return {row.user_id: self._load(self._open(dict(row._mapping))) for row in result}

    async def paginate_people(
        self,
        role_id: int | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 10,
    ) -> Page[Member]:
        """Return a page by id of those who were given this role by name, or of all."""
        backwards, cursor = before is not None, before if before is not None else after
        statement = self._statement(
            ("people", role_id is None, backwards, cursor is None),
            lambda: _build_people(
                is_any=role_id is None, backwards=backwards, first=cursor is None
            ),
        )
        values = self._in_guild({"role_id": role_id, "cursor": cursor, "limit": limit + 1})
        result = await self._scope.connection.execute(statement, values)
        rows = [self._load(self._open(dict(row._mapping))) for row in result]
        return self._page_of(rows, limit, backwards=backwards, first=cursor is None)


def _build_people(*, is_any: bool, backwards: bool, first: bool) -> Select[Any]:
    user_id = _member.c.user_id
    statement = select(_member).where(_member.c.guild_id == bindparam("guild_id"))
    if not is_any:
        given = select(_assignment.c.user_id).where(
            _assignment.c.guild_id == bindparam("guild_id"),
            _assignment.c.role_id == bindparam("role_id"),
        )
        statement = statement.where(user_id.in_(given))
    if not first:
        cursor: BindParameter[int] = bindparam("cursor")
        statement = statement.where(user_id < cursor if backwards else user_id > cursor)
    return statement.order_by(user_id.desc() if backwards else user_id).limit(bindparam("limit"))
