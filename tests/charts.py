"""`make charts`: every kind of chart of the demo's month, as docs/charts.md with its pictures."""

import asyncio
import io
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from loguru import logger
from PIL import Image

from bot.cogs.charts import read_drawing
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.demo.books import DemoClock, keep_books_for_a_month
from bot.demo.people import DemoPeople
from bot.domain.actors import Actor
from bot.domain.permissions import DEFAULT_ROLES
from bot.reports.charts import draw_chart
from tests.database.servers import Databases

DOCS: Final = Path(__file__).parent.parent / "docs"
PICTURES: Final = DOCS / "charts"
_GUILD: Final = 1
_ZONE: Final = "Europe/Berlin"
# Clocks went forward two days before.
_NOW: Final = datetime(2026, 3, 31, 18, 30, tzinfo=ZoneInfo(_ZONE))
_COLOURS: Final = 48
_KINDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("level", {"item": "BOLT-8", "days": 30}),
    ("level", {"item": "GLOVE-M", "days": 30}),
    ("moves", {"item": "GLOVE-M", "days": 30}),
    ("moves", {"days": 30}),
    ("abc", {"days": 30}),
    ("value", {"days": 30}),
    ("price", {"item": "MASK-P2"}),
)
_HEAD: Final = """# Charts

What `/chart` draws of the demo's month. Each picture has its description as alternative text, and
the message says the same below it. They are drawn on one paper that reads in Discord's light and
dark alike, in colours that people with any colour vision tell apart, and told by shape as well.

Written by `make charts`.
"""


async def _write() -> None:
    logger.remove()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        url = await asyncio.to_thread(Databases(place).copy_sqlite, place / "books.db")
        clock = DemoClock(_NOW)
        db = DatabaseService(DatabaseSettings(url=url), clock=clock)
        people = _people()
        await keep_books_for_a_month(db, clock, people, _ZONE)
        parts = [_HEAD]
        for kind, options in _KINDS:
            parts.append(await _draw(db, people.manager, kind, options))
        await db.close()
    DOCS.joinpath("charts.md").write_text("\n".join(parts))


async def _draw(db: DatabaseService, actor: Actor, kind: Any, options: dict[str, Any]) -> str:
    asked = {"item": None, "location": None, "days": 90} | options
    course, drawing = await read_drawing(db, actor, kind, **asked)
    # Of a tracked item a level has candles.
    further = ["candles"] if getattr(course, "candles", ()) else []
    further += ["item"] if asked["item"] and kind == "moves" else []
    name = "-".join([kind, *further])
    PICTURES.mkdir(exist_ok=True)
    PICTURES.joinpath(f"{name}.png").write_bytes(_smaller(await draw_chart(drawing)))
    command = " ".join([f"/chart kind:{kind}", *(f"{key}:{options[key]}" for key in options)])
    return f"## `{command}`\n\n![{drawing.description}](charts/{name}.png)\n"


def _smaller(picture: bytes) -> bytes:
    """Return a picture with few colours, which a page needs no more of."""
    written = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(
        written, "png", optimize=True
    )
    return written.getvalue()


def _people() -> DemoPeople:
    roles = {role.name: 100 + role.id for role in DEFAULT_ROLES}

    def holding(user_id: int, role: str) -> Actor:
        held = frozenset({_GUILD, roles[role]})
        return Actor(guild_id=_GUILD, user_id=user_id, discord_role_ids=held)

    return DemoPeople(
        owner=replace(holding(10, "admin"), is_owner=True),
        manager=holding(11, "manager"),
        employee=holding(12, "employee"),
        colleague=holding(13, "employee"),
        auditor=holding(14, "auditor"),
        buyer=holding(15, "buyer"),
        accountant=holding(16, "accountant"),
        discord_role_ids=roles,
        audit_channel_id=21,
        approvals_channel_id=22,
        alerts_channel_id=23,
    )


if __name__ == "__main__":
    asyncio.run(_write())
