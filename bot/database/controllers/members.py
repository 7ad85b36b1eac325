from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from bot.database.controllers.base import BaseController, Page
from bot.database.models import Member, RoleAssignment
from bot.database.models.base import table_of

_member = table_of(Member)
_there = _member.alias("there")
_assignment = table_of(RoleAssignment).c
_IN_GUILD = _member.c.guild_id == bindparam("guild_id")
_MANY = select(_member).where(
    _IN_GUILD, _member.c.user_id.in_(bindparam("user_ids", expanding=True))
)
_HOLDERS = select(_assignment.user_id).where(
    _assignment.guild_id == bindparam("guild_id"), _assignment.role_id == bindparam("role_id")
)
_PLACE = (
    select(_there.c.name_key)
    .where(_there.c.guild_id == bindparam("guild_id"), _there.c.user_id == bindparam("cursor"))
    .scalar_subquery()
)


class MemberController(BaseController[Member]):
    """The people that a guild's books know; contact data is sealed in the database."""

    model = Member
    noun = "member"
    permission = "people.view"
    sealed = ("email",)

    async def find_many(self, user_ids: Sequence[int]) -> dict[int, Member]:
        """Return those of these people who are known, by their ids."""
        rows = await self._rows(_MANY, {"user_ids": list(user_ids)})
        return {row.user_id: row for row in rows}

    async def paginate_by_name(
        self,
        role_id: int | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = 10,
    ) -> Page[Member]:
        """Return a page by name of all, or of those who were given a role by name.

        The cursor is a user's id, as in `paginate`; two people may well have one name.
        """
        backwards, cursor = before is not None, before if before is not None else after
        statement = self._statement(
            ("by_name", role_id is None, backwards, cursor is None),
            lambda: _by_name(is_any=role_id is None, backwards=backwards, first=cursor is None),
        )
        values = {"role_id": role_id, "cursor": cursor, "limit": limit + 1}
        rows = await self._rows(statement, values)
        return self._page_of(rows, limit, backwards=backwards, first=cursor is None)

    async def _rows(self, statement: Any, values: dict[str, Any]) -> list[Member]:
        result = await self._scope.connection.execute(statement, self._in_guild(values))
        return [self._load(self._open(dict(row._mapping))) for row in result]


def _by_name(*, is_any: bool, backwards: bool, first: bool) -> Any:
    name_key, user_id = _member.c.name_key, _member.c.user_id
    statement = select(_member).where(_IN_GUILD).limit(bindparam("limit"))
    if not is_any:
        statement = statement.where(user_id.in_(_HOLDERS))
    if not first:
        cursor: Any = bindparam("cursor")
        same_name = and_(name_key == _PLACE, user_id < cursor if backwards else user_id > cursor)
        statement = statement.where(
            or_(name_key < _PLACE if backwards else name_key > _PLACE, same_name)
        )
    if backwards:
        return statement.order_by(name_key.desc(), user_id.desc())
    return statement.order_by(name_key, user_id)
