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
_RECORDS = Prepared(
    select(_receipt.c.record).where(
        _receipt.c.guild_id == bindparam("guild_id"),
        _receipt.c.record > bindparam("after"),
        _receipt.c.record <= bindparam("last"),
    )
)


class ReceiptController(BaseController[Receipt]):
    """What was answered to whom; written by `DatabaseService.run` alone."""

    model = Receipt
    noun = "record"
    permission = "stock.move"

    async def list_answered(self, actor_id: int, operation: str) -> list[Receipt]:
        """List the answers of one operation to a person, without those that were blanked."""
        return await self._rows(_ANSWERED, {"actor_id": actor_id, "operation": operation})

    async def list_records(self, after: int, last: int) -> set[int]:
        """List the records within bounds that have a receipt."""
        return set(await self._scalars(_RECORDS, {"after": after, "last": last}))
