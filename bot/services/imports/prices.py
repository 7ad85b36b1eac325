"""Prices of an import: read, written and taken back within its one record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from bot.database.controllers.import_statements import NamedItem
from bot.database.unit import Books, UnitOfWork
from bot.database.writer.rows import chunks
from bot.domain.document_contents import write_values
from bot.domain.imports import ImportNotReversible
from bot.domain.imports.content import Content
from bot.domain.imports.contents import NEW_PRICE, ImportContents, PriceColumns
from bot.domain.imports.offers import KnownOffer, PlannedPrice, PriceBooks
from bot.domain.imports.plan import PlannedRow
from bot.domain.imports.planning import sku_keys
from bot.domain.names import MAX_SUPPLIER_NAME, key_of
from bot.domain.sheets.headings import SUPPLIER
from bot.services.availability import read_today

_NOUN = "price"


async def read_led(books: Books, content: Content) -> tuple[list[NamedItem], dict[str, str]]:
    """Read the items that a file names, by former SKUs and barcodes as well."""
    keys = sku_keys(content)
    named = await books.file_rows.list_items(keys)
    led = await books.file_rows.list_led(keys)
    others = sorted({key_of(sku) for sku in led.values()} - {row.sku_key for row in named})
    return [*named, *(await books.file_rows.list_items(others) if others else ())], led


async def read_prices(books: Books, content: Content, item_ids: Sequence[int]) -> PriceBooks:
    """Read what the books say of the prices of a file."""
    prices, keys = books.supplier_prices, sku_keys(content)
    chosen = None
    if content.supplier_id:
        supplier = await books.suppliers.require(content.supplier_id)
        chosen = supplier.id, supplier.name
    suppliers = await prices.list_suppliers(_supplier_keys(content))
    wanted = {number for number, _ in [*suppliers.values(), *([chosen] if chosen else [])]}
    offers: dict[tuple[int, int], list[KnownOffer]] = {}
    for offer in await prices.list_offers(item_ids) if item_ids else ():
        if offer.supplier_id in wanted:
            offers.setdefault((offer.supplier_id, offer.item_id), []).append(offer)
    today = date.fromisoformat(content.today) if content.today else await read_today(books)
    return PriceBooks(
        currency=(await books.guilds.require()).currency,
        today=today,
        suppliers=suppliers,
        chosen=chosen,
        codes=await prices.list_codes(keys),
        offers=offers,
    )


async def write_prices(
    uow: UnitOfWork, rows: Sequence[PlannedRow], contents: ImportContents
) -> None:
    """Set prices: one that begins on the day of another takes its place."""
    planned = [row.price for row in rows if row.price is not None]
    new = [each for each in planned if each.known is None]
    for part in chunks(new):
        made = await uow.supplier_prices.bulk_create([_columns(each) for each in part])
        for row in made:
            contents.prices[row.id] = None, _said(dict(row.__dict__))
    replaced = [(each.known, _asked(each)) for each in planned if each.known is not None]
    for some in chunks(replaced):
        await uow.supplier_prices.bulk_update([((known.id,), now) for known, now in some])
    for known, now in replaced:
        was = {"amount": known.amount, "currency": known.currency}
        contents.prices[known.id] = write_values(was), write_values(now)


async def take_prices_back(
    uow: UnitOfWork,
    record: int,
    prices: Mapping[int, tuple[PriceColumns | None, PriceColumns | None]],
    restored: ImportContents,
) -> None:
    """Delete the prices that an import added and restore the others, if none was changed since."""
    rows = await uow.supplier_prices.get_many(list(prices))
    for number, (was, now) in prices.items():
        row = rows.get(number)
        if row is None or row.changed_record != record:
            item_id = row.item_id if row is not None else int((now or {}).get("item_id", 0))
            item = await uow.items.require(item_id)
            raise ImportNotReversible(record, item.sku, _NOUN)
        restored.prices[number] = now, was
    again = [((number,), _read(was)) for number, (was, _) in prices.items() if was is not None]
    for part in chunks(again):
        await uow.supplier_prices.bulk_update(part)
    if len(again) < len(prices):
        # Those of this record that are not restored are the ones that it added.
        await uow.supplier_prices.delete_all(changed_record=record)


def subjects_of_prices(prices: Iterable[PlannedPrice]) -> set[tuple[str, int]]:
    """Return what a record of prices is found by as well."""
    return {
        subject
        for each in prices
        for subject in (("item", each.item_id), ("supplier", each.supplier_id))
    }


def _supplier_keys(content: Content) -> list[str]:
    if SUPPLIER not in content.columns:
        return []
    typed = {content.text(row, SUPPLIER) for row in content.sheet.rows}
    return sorted({key_of(each) for each in typed if 0 < len(each) <= 4 * MAX_SUPPLIER_NAME})


def _asked(each: PlannedPrice) -> dict[str, Any]:
    after = each.after
    return {"amount": None if after is None else after.amount, "currency": each.currency}


def _columns(each: PlannedPrice) -> dict[str, Any]:
    return {
        "supplier_id": each.supplier_id,
        "item_id": each.item_id,
        "unit": each.unit,
        "unit_key": each.unit_key,
        "min_quantity": each.least,
        "valid_from": each.since,
        **_asked(each),
    }


def _said(row: Mapping[str, Any]) -> PriceColumns:
    """Return the columns of a new price as a record has them."""
    return {
        name: value
        for name, value in write_values(row).items()
        if name not in NEW_PRICE or NEW_PRICE[name] != value
    }


def _read(was: PriceColumns) -> dict[str, Any]:
    amount = was["amount"]
    kept = None if amount is None else Decimal(amount).quantize(Decimal("0.000001"))
    return {"amount": kept, "currency": was["currency"]}
