"""What people do with lots on a busy day, for the plans of its statements."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.database.unit import UnitOfWork
from bot.services.suggested_lots import find_lots

ONE = Decimal(1)
MANY = 2000


async def keep_lots(day: Any) -> None:
    """Put, take, hold and recall lots beside two thousand others."""
    manager = day.manager
    await day.run("item.add", sku="LOT-1", name="Lots", tracking="lot")
    await day.warehouse.change(_add_lots)
    for number in range(3):
        await day.run(
            "stock.put",
            manager,
            item="LOT-1",
            quantity=ONE,
            location="L 9",
            lot=f"L-{number}",
            expires_on=date(2030, 1, 1) + timedelta(days=number),
        )
    await day.run("stock.take", manager, item="LOT-1", quantity=Decimal(2))
    for operation in ("lot.hold", "lot.release", "lot.recall"):
        await day.run(operation, item="LOT-1", lot="L-1", reason="why")
    await day.run(
        "stock.move", manager, item="LOT-1", quantity=ONE, source="L 9", target="L 7", lot="L-2"
    )
    counted = {"item": "LOT-1", "location": "L 7", "counted": ONE, "reason": "counted"}
    await day.run("stock.adjust", manager, **counted)
    await day.ask("get_lot", item="LOT-1", lot="L-2")
    await day.ask("find_stock", typed="L-2")
    await day.ask("find_stock", typed="C-1999")
    await day.ask("get_digest")
    shown = await day.ask("list_lots", item="LOT-1")
    lot = shown.page.rows[0]
    for item in (None, "LOT-1"):
        for within_days in (None, 9999):
            for cursor in ({}, {"after": lot.id}, {"before": lot.id}):
                await day.ask("list_lots", item=item, within_days=within_days, **cursor)
    for cursor in ({}, {"before": (900, 1)}, {"after": (900, 1)}):
        await day.ask("list_recipients", lot_id=lot.id, **cursor)
    await day.ask("find_records", subject=("lot", lot.id))
    async with day.warehouse.db.look_up(day.admin, is_timed=True) as books:
        for location in ("", "L 9"):
            for typed in ("", "-1"):
                await find_lots(books, typed, item="LOT-1", location=location)


async def _add_lots(uow: UnitOfWork) -> None:
    item = await uow.items.require_reference("LOT-1")
    await uow.lots.bulk_create(
        [{"item_id": item.id, "code": f"C-{n}", "code_key": f"c-{n}"} for n in range(MANY)]
    )
