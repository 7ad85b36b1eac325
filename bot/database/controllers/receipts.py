from sqlalchemy import bindparam, select

from bot.database.controllers.base import BaseController
from bot.database.models import Receipt
from bot.database.models.base import table_of
from bot.database.statements import Prepared

_receipt = table_of(Receipt)
_ANSWERED = Prepared(
    select(_receipt).where(
        _receipt.c.guild_id == bindparam("guild_id"),
        _receipt.c.actor_id == bindparam("actor_id"),
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
