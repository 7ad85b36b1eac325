from collections.abc import Sequence

from sqlalchemy import bindparam, select

from bot.database.controllers.base import BaseController
from bot.database.models import Member
from bot.database.models.base import table_of

_member = table_of(Member)
_MANY = select(_member).where(
    _member.c.guild_id == bindparam("guild_id"),
    _member.c.user_id.in_(bindparam("user_ids", expanding=True)),
)


class MemberController(BaseController[Member]):
    """The people who registered with a guild's books."""

    model = Member
    noun = "member"
    permission = "people.view"

    async def find_many(self, user_ids: Sequence[int]) -> dict[int, Member]:
        """Return those of these people who are known, by their ids."""
        values = self._in_guild({"user_ids": list(user_ids)})
        result = await self._scope.connection.execute(_MANY, values)
        return {row.user_id: self._load(row._mapping) for row in result}
