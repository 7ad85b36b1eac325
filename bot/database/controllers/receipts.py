from typing import NamedTuple

from sqlalchemy import bindparam, select

from bot.database.controllers.base import BaseController
from bot.database.models import AuditEvent, Receipt
from bot.database.models.base import table_of
from bot.database.statements import Prepared

_receipt, _event = table_of(Receipt), table_of(AuditEvent)
# The audit has an index by person, receipts have none: what is kept for a week costs each move one
# index less, and only the person's own records of that week are looked at.
_OLDEST = (
    select(_receipt.c.record)
    .where(_receipt.c.guild_id == bindparam("guild_id"))
    .order_by(_receipt.c.record)
    .limit(1)
)
_ANSWERED = Prepared(
    select(_receipt)
    .select_from(_event)
    .join(
        _receipt,
        (_receipt.c.guild_id == _event.c.guild_id) & (_receipt.c.record == _event.c.record),
    )
    .where(
        _event.c.guild_id == bindparam("guild_id"),
        _event.c.actor_id == bindparam("actor_id"),
        _event.c.record >= _OLDEST.scalar_subquery(),
        _receipt.c.operation == bindparam("operation"),
        _receipt.c.fingerprint != "",
    )
)
_BETWEEN = Prepared(
    select(_receipt.c.record, _receipt.c.key, _receipt.c.actor_id).where(
        _receipt.c.guild_id == bindparam("guild_id"),
        _receipt.c.record > bindparam("after"),
        _receipt.c.record <= bindparam("last"),
    )
)
_BEYOND = Prepared(
    select(_receipt.c.record)
    .where(
        _receipt.c.guild_id == bindparam("guild_id"),
        _receipt.c.record > bindparam("last"),
    )
    .order_by(_receipt.c.record)
    .limit(bindparam("limit"))
)


class ReceiptKept(NamedTuple):
    """Whose receipt it is: the record, the key that was its request's, and who asked."""

    record: int
    key: str
    actor_id: int


class ReceiptController(BaseController[Receipt]):
    """What was answered to whom; written by `DatabaseService.run` alone."""

    model = Receipt
    noun = "record"
    permission = "stock.move"

    async def list_answered(self, actor_id: int, operation: str) -> list[Receipt]:
        """List the answers of one operation to a person, without those that were blanked."""
        return await self._rows(_ANSWERED, {"actor_id": actor_id, "operation": operation})

    async def list_kept(self, after: int, last: int) -> list[ReceiptKept]:
        """List the receipts of the records after one, up to another."""
        return await self._fetch(ReceiptKept, _BETWEEN, {"after": after, "last": last})

    async def list_beyond(self, last: int, limit: int) -> list[int]:
        """List the records after the last one that receipts name."""
        return list(await self._scalars(_BEYOND, {"last": last, "limit": limit}))
