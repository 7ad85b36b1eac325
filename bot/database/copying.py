"""Copying thousands of new rows into a table on PostgreSQL, which takes a fraction of inserting."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.statements import (
    PLAN_AGAIN,
    Plan,
    Prepared,
    as_sqlalchemy_would,
    driver_of,
)

# Half a millisecond of the loop; and what the driver sends at once, which takes it a few.
_BOUND_AT_ONCE: Final = 25
_COPIED_AT_ONCE: Final = 500


async def copy_rows(
    table: str,
    insert: Prepared,
    connection: AsyncConnection,
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Put rows into a table as an INSERT of all their columns would.

    A part at a time: the next is made ready while the server takes one in.
    """
    driver = driver_of(connection)
    plan = insert.plan(connection.dialect)
    copying: asyncio.Task[Any] | None = None
    try:
        await driver.execute(PLAN_AGAIN)
        async for bound in _bind_in_parts(plan, rows):
            if copying is not None:
                await copying
            copy = driver.copy_records_to_table(table, columns=plan.names, records=bound)
            copying = asyncio.create_task(copy)
        if copying is not None:
            await copying
    except plan.errors as error:
        raise as_sqlalchemy_would(error, driver) from error
    finally:
        if copying is not None and not copying.done():
            await asyncio.wait([copying])  # what made a row failed; the connection is in use


async def _bind_in_parts(plan: Plan, rows: Iterable[Mapping[str, Any]]) -> AsyncIterator[list[Any]]:
    """Yield what a driver copies, and let others have their turn while it is made."""
    bound = []
    for row in rows:
        bound.append(plan.bind(row))
        if not len(bound) % _BOUND_AT_ONCE:
            await asyncio.sleep(0)
        if len(bound) == _COPIED_AT_ONCE:
            yield bound
            bound = []
    if bound:
        yield bound
