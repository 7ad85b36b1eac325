from bot.database.columns import KeyList
from bot.database.controllers.base import BaseController
from bot.database.controllers.shapes import Shape
from bot.database.models import Barcode
from bot.database.statements import is_among
from bot.domain.barcodes import spellings_of


class BarcodeController(BaseController[Barcode]):
    """The codes that are printed on items and their packs."""

    model = Barcode
    noun = "barcode"
    permission = "item.view"

    async def find_spelled(self, code: str) -> Barcode | None:
        """Return a code by any of its spellings, as it was typed if there is that one."""
        keys = spellings_of(code)
        statement = self._prepared(
            "spelled",
            lambda: self._select(Shape()).where(
                is_among(self._table.c.code_key, "keys", KeyList())
            ),
        )
        rows = {row.code_key: row for row in await self._rows(statement, {"keys": keys})}
        return next((rows[key] for key in keys if key in rows), None)
