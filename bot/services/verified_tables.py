"""The tables that verifying compares with their records, and how they are read."""

from collections.abc import AsyncIterator
from typing import Any, Final

from bot.database.controllers.base import BaseController
from bot.database.unit import Books

ROWS_AT_ONCE: Final = 1000


def compared_tables(books: Books) -> dict[str, BaseController[Any]]:
    """Return the tables whose rows records describe.

    Imported files and receipts are compared in `verified_beside.py`, `sync_operation` and
    `dated_move` in `verified_dates.py`, by the times that records of devices say.

    Not compared: what a receipt answered, which is in no record; when lines of counts, corrections
    and undone records happened, for the same reason; that an operation of a device is gone, if the
    dates of its moves are gone as well; `stock_observation`, as what was seen is in no record where
    it agreed with the books; which of its codes a merged item gets back (`item_merge.taken`) before
    it does; `device_contact`, `board_message` and `report_posting`: contacts, messages and postings
    are no change of the books.
    """
    return {
        "guild": books.guilds,
        "channel": books.guild_channels,
        "item": books.items,
        "former SKU": books.former_skus,
        "unit": books.item_units,
        "barcode": books.barcodes,
        "image": books.item_images,
        "merge": books.item_merges,
        "tracked item": books.tracked_items,
        "lot": books.lots,
        "location": books.locations,
        "role": books.roles,
        "binding": books.role_bindings,
        "assignment": books.role_assignments,
        "member": books.members,
        "supplier": books.suppliers,
        "approval": books.approvals,
        "shift": books.shifts,
        "device": books.devices,
        "board": books.boards,
        "report schedule": books.report_schedules,
        "default role": books.default_role_grants,
        "count": books.stock_counts,
        "count line": books.count_lines,
        "request": books.requests,
        "request line": books.request_lines,
        "price": books.supplier_prices,
        "order": books.orders,
        "order line": books.order_lines,
        "invoice": books.invoices,
        "invoice line": books.invoice_lines,
        "invoice file": books.invoice_files,
        "payment": books.payments,
    }


async def read_pages(
    controller: BaseController[Any], key: tuple[str, ...], at_once: int = ROWS_AT_ONCE
) -> AsyncIterator[list[dict[str, Any]]]:
    """Read a table in pages, each as large as one statement's time allows."""
    after: tuple[Any, ...] | None = None
    while True:
        rows = await controller.page_stored(after, at_once)
        yield rows
        if len(rows) < at_once:
            return
        after = tuple(rows[-1][name] for name in key)
