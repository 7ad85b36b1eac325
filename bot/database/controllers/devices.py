from sqlalchemy import ColumnElement, bindparam, or_

from bot.database.controllers.base import BaseController, Narrowing, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.shapes import Shape
from bot.database.controllers.subjects import SubjectController
from bot.database.models import DeviceContact, DeviceSession
from bot.domain.names import key_of


class DeviceSessionController(SubjectController[DeviceSession]):
    """The devices that members have linked.

    Listed are those that were not revoked; of those that were never linked, the ones that still
    can be.
    """

    model = DeviceSession
    noun = "device"
    permission = "device.use"
    subject_code = "d"

    async def find_by_name(self, typed: str, *, is_archived: bool = False) -> DeviceSession | None:
        """Return the newest device of this name that is listed, else the newest, or None."""
        del is_archived
        named = await self.find_all(name_key=key_of(typed))
        listed = [row for row in named if self.is_listed(row)]
        found = listed or named
        return found[-1] if found else None

    def is_listed(self, row: DeviceSession) -> bool:
        """Whether a device is among those that are listed."""
        return row.revoked_at is None and (
            row.linked_at is not None or row.link_expires_at > self._scope.now
        )

    async def list_of(self, user_id: int, limit: int) -> list[DeviceSession]:
        """List a member's devices, by id."""
        statement = self._prepared(
            "listed of",
            lambda: (
                self._select(Shape(("user_id",)))
                .where(*self._listed())
                .order_by(self._table.c.id)
                .limit(bindparam("limit"))
            ),
        )
        values = {"is_user_id": user_id, "now": self._scope.now, "limit": limit}
        return await self._rows(statement, values)

    async def paginate_listed(
        self,
        user_id: int | None,
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[DeviceSession]:
        """Return a page of a member's devices, or of all members', by id."""
        narrowing = Narrowing("listed", self._listed, {"now": self._scope.now})
        equals = {} if user_id is None else {"user_id": user_id}
        return await self._paginate(narrowing, equals, (after, before), limit=limit)

    def _listed(self) -> list[ColumnElement[bool]]:
        columns = self._table.c
        now = bindparam("now", type_=columns.link_expires_at.type)
        return [
            columns.revoked_at.is_(None),
            or_(columns.linked_at.is_not(None), columns.link_expires_at > now),
        ]


class DeviceContactController(BaseController[DeviceContact]):
    """When devices were last heard of; `db.maintenance` writes it, never a unit."""

    model = DeviceContact
    noun = "device contact"
    permission = "device.use"
