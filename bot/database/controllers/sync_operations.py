from collections.abc import Sequence

from sqlalchemy import BigInteger, bindparam, select

from bot.database.columns import KeyList
from bot.database.controllers.base import BaseController
from bot.database.models import SyncOperation
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among

_done = table_of(SyncOperation)
_AMONG = Prepared(
    select(_done).where(
        _done.c.guild_id == bindparam("guild_id", type_=BigInteger),
        is_among(_done.c.operation_id, "keys", KeyList()),
    )
)


class SyncOperationController(BaseController[SyncOperation]):
    """Which operations of devices count, and when what they tell of happened."""

    model = SyncOperation
    noun = "sync operation"
    permission = "device.use"

    async def find_known(self, ids: Sequence[str]) -> list[SyncOperation]:
        """Return what is known of operations with these ids."""
        return await self._rows(_AMONG, {"keys": list(ids)})
