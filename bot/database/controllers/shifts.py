from sqlalchemy import bindparam

from bot.database.controllers.base import BaseController
from bot.database.controllers.shapes import Shape
from bot.database.models import Shift


class ShiftController(BaseController[Shift]):
    """Who works, until when."""

    model = Shift
    noun = "shift"
    permission = "stock.view"

    async def find_running(self, user_id: int) -> Shift | None:
        """Return the shift that a member is on, None if there is none."""
        statement = self._prepared(
            "running",
            lambda: (
                self._select(Shape(("user_id",)))
                .where(self._table.c.ends_at > bindparam("now", type_=self._table.c.ends_at.type))
                .order_by(self._table.c.ends_at.desc())
                .limit(1)
            ),
        )
        rows = await self._rows(statement, {"is_user_id": user_id, "now": self._scope.now})
        return rows[0] if rows else None

    async def list_running(self, limit: int) -> list[Shift]:
        """List the shifts that are on, those that end last first."""
        statement = self._prepared(
            "all running",
            lambda: (
                self._select(Shape())
                .where(self._table.c.ends_at > bindparam("now", type_=self._table.c.ends_at.type))
                .order_by(self._table.c.ends_at.desc(), self._table.c.id.desc())
                .limit(bindparam("limit"))
            ),
        )
        return await self._rows(statement, {"now": self._scope.now, "limit": limit})
