"""What suppliers ask for items, by day and quantity."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    or_,
)

from bot.database.controllers.base import BaseController, Page
from bot.database.controllers.paging import PAGE_ROWS
from bot.database.controllers.price_statements import (
    CODES,
    EXPORTED,
    LISTED,
    OFFERS,
    PAID,
    SUPPLIERS,
    ListedPriceRow,
    PaidRow,
)
from bot.database.controllers.shapes import Shape
from bot.database.models import SupplierPrice
from bot.database.models.base import table_of
from bot.database.statements import is_among
from bot.domain.barcodes import all_spellings, spread
from bot.domain.imports.offers import KnownCode, KnownOffer

# Years of monthly prices in many steps of quantity.
MAX_OF_ITEM: Final = 2000

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)
_price = table_of(SupplierPrice)
_later = _price.alias("later")
_today = bindparam("today", type_=_price.c.valid_from.type)
_own = bindparam("item_id", type_=BigInteger)


class SupplierPriceController(BaseController[SupplierPrice]):
    """Prices of suppliers: each from a day and a quantity on, until the next begins."""

    model = SupplierPrice
    noun = "price"
    permission = "price.view"

    async def list_of(self, members: Sequence[int]) -> list[SupplierPrice]:
        """List the prices of an item and of those that were merged into it, of all suppliers.

        The last to begin comes first.
        """
        statement = self._prepared(
            "of item",
            lambda: (
                self._select(Shape())
                .where(is_among(_price.c.item_id, "members"))
                .order_by(_price.c.valid_from.desc(), _price.c.id.desc())
                .limit(bindparam("limit"))
            ),
        )
        return await self._rows(statement, {"members": list(members), "limit": MAX_OF_ITEM})

    async def list_of_items(self, supplier_id: int, item_ids: Sequence[int]) -> list[SupplierPrice]:
        """List a supplier's prices of several items, in one statement."""
        shape = Shape.of({"supplier_id": supplier_id})
        statement = self._prepared(
            "of items",
            lambda: self._select(shape).where(is_among(_price.c.item_id, "item_ids")),
        )
        values = shape.bind(self._scope.guild_id, {"supplier_id": supplier_id})
        return await self._rows(statement, {**values, "item_ids": list(item_ids)})

    async def list_offers(self, item_ids: Sequence[int]) -> list[KnownOffer]:
        """List the prices of many items, of all suppliers."""
        return await self._fetch(KnownOffer, OFFERS, {"ids": item_ids})

    async def list_suppliers(self, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return ids and names of the suppliers with these names, by their keys."""
        values = self._in_guild({"keys": keys})
        rows = await SUPPLIERS.fetch(self._scope.connection, values)
        return {row[1]: (row[0], row[2]) for row in rows}

    async def list_codes(self, keys: Sequence[str]) -> dict[str, KnownCode]:
        """Return what barcodes are printed on, by their keys."""
        rows = await self._fetch(KnownCode, CODES, {"keys": all_spellings(keys)})
        return spread({row.code_key: row for row in rows}, keys)

    async def list_paid(self, item_id: int) -> list[PaidRow]:
        """List what an item cost when it came in, the newest first."""
        return await self._fetch(PaidRow, PAID, {"item_id": item_id})

    async def page_exported(self, after: int, limit: int) -> list[ListedPriceRow]:
        """List the prices of items in use, behind one."""
        return await self._fetch(ListedPriceRow, EXPORTED, {"after": after, "limit": limit})

    async def page_current(
        self,
        today: date,
        *,
        supplier_id: int | None = None,
        item_id: int | None = None,
        members: Sequence[int] = (),
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[ListedPriceRow]:
        """Return a page of the prices that hold today or are to come, the newest first.

        Of an item, `members` are it and what was merged into it: of one day its own price holds.
        """
        shape = (supplier_id is not None, item_id is not None, before is not None)
        statement = self._prepared(("current", *shape), lambda: _build_current(*shape))
        values = {
            "today": today,
            "supplier_id": supplier_id,
            "item_id": item_id,
            "members": list(members),
            "cursor": (after or _BEYOND) if before is None else before,
            "limit": limit + 1,
        }
        found = await self._fetch(ListedPriceRow, statement, values)
        return Page.of(found, limit, is_backwards=before is not None, has_cursor=after is not None)

    async def page_history(
        self,
        members: Sequence[int],
        *,
        after: int | None = None,
        before: int | None = None,
        limit: int = PAGE_ROWS,
    ) -> Page[ListedPriceRow]:
        """Return a page of all prices of an item and of those that were merged into it.

        The last to begin comes first; cursors are prices.
        """
        cursor = await self.get_by_id(after or before or 0)
        is_backwards = before is not None
        key = ("history", cursor is not None, is_backwards)
        statement = self._prepared(
            key, lambda: _build_history(has_cursor=cursor is not None, is_backwards=is_backwards)
        )
        values = {
            "members": list(members),
            "cursor": cursor.id if cursor else 0,
            "cursor_day": cursor.valid_from if cursor else date.max,
            "limit": limit + 1,
        }
        found = await self._fetch(ListedPriceRow, statement, values)
        return Page.of(found, limit, is_backwards=is_backwards, has_cursor=after is not None)


# Beyond every id that a book hands out.
_BEYOND: Final = 2**62


def _build_current(of_supplier: bool, of_item: bool, is_backwards: bool) -> Select[Any]:  # noqa: FBT001  # the shape of a statement
    is_later = _later.c.valid_from > _price.c.valid_from
    is_of_it: ColumnElement[bool] = _later.c.item_id == _price.c.item_id
    if of_item:
        is_own = (_later.c.item_id == _own) & (_price.c.item_id != _own)
        is_later |= (_later.c.valid_from == _price.c.valid_from) & is_own
        is_of_it = is_among(_later.c.item_id, "members")
    replaced = exists().where(
        _later.c.guild_id == _price.c.guild_id,
        _later.c.supplier_id == _price.c.supplier_id,
        is_of_it,
        _later.c.unit_key == _price.c.unit_key,
        _later.c.min_quantity == _price.c.min_quantity,
        is_later,
        _later.c.valid_from <= _today,
    )
    statement = LISTED.where(
        or_(_price.c.valid_from > _today, and_(_price.c.amount.is_not(None), ~replaced))
    )
    if of_supplier:
        statement = statement.where(_price.c.supplier_id == bindparam("supplier_id"))
    if of_item:
        statement = statement.where(is_among(_price.c.item_id, "members"))
    cursor = bindparam("cursor", type_=BigInteger)
    if is_backwards:
        return statement.where(_price.c.id > cursor).order_by(_price.c.id)
    return statement.where(_price.c.id < cursor).order_by(_price.c.id.desc())


def _build_history(*, has_cursor: bool, is_backwards: bool) -> Select[Any]:
    day, id_ = _price.c.valid_from, _price.c.id
    statement = LISTED.where(is_among(_price.c.item_id, "members"))
    if has_cursor:
        at, cursor = bindparam("cursor_day", type_=day.type), bindparam("cursor", type_=BigInteger)
        behind = (
            or_(day > at, and_(day == at, id_ > cursor))
            if is_backwards
            else or_(day < at, and_(day == at, id_ < cursor))
        )
        statement = statement.where(behind)
    if is_backwards:
        return statement.order_by(day, id_)
    return statement.order_by(day.desc(), id_.desc())
