"""A guild with a million moves: every command, the empty item box, verification and the export."""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.growth import milliseconds_of
from benchmarks.large_books import (
    FIRST_PERSON,
    ITEMS,
    PEOPLE,
    PLACES,
    LongLedger,
    add_catalogue,
    write_postgresql,
    write_sqlite,
)
from benchmarks.pairs import Figure, percentile
from benchmarks.servers import FIRST_GUILD, Server, Stock, clerk_of, new_key, opened, stocked
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.services import (
    access,
    audit,
    guilds,
    item_pages,
    location_pages,
    member_roles,
    own_records,
    people,
    profiles,
    reversing,
    roles,
    search,
    stock,
    suppliers,
)
from bot.services import help as help_for_people
from bot.services.suggestions import suggest_items, suggest_locations
from bot.services.verification import verify_books

_MOVES: Final = int(os.environ.get("MILLION", "1000000"))
# Of a hundred the p99 is the slowest: a bound of milliseconds wants more of them.
_TIMES, _BOX_TIMES = 100, 500
_COMMAND_MS, _BOX_MS = 300.0, 20.0
_VERIFY_SECONDS, _EXPORT_MIB = 60.0, 150.0

# No audit channel was named, and the catalogue is younger than the ledger.
_UNLIKE_A_GUILD: Final = {"no_line", "no_receipt"}

Dice = random.Random
Play = Callable[[Dice], tuple[Any, Any]]


async def measure(server: Server) -> list[Figure]:
    """Measure on PostgreSQL, then on SQLite."""
    figures: list[Figure] = []
    await server.create("million")
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as name:
        file = Path(name) / "books.db"
        for engine, url in (
            ("PostgreSQL", server.url("million")),
            ("SQLite", f"sqlite+aiosqlite:///{file}"),
        ):
            await stocked(url, guilds=1)
            async with opened(url) as service:
                ledger = LongLedger(await add_catalogue(service), await _head(service), _MOVES)
            if engine == "SQLite":
                write_sqlite(file, ledger)
            else:
                await write_postgresql(server.dsn("million"), ledger)
            _say(f"{engine}: {_MOVES:,} moves written")
            async with opened(url) as service:
                figures += await _verify(service, engine)
                figures += await _ask(service, engine)
                figures += await _act(service, engine, ledger.stock)
            figures.append(await _export(url, engine, Path(name)))
    return figures


async def _head(service: DatabaseService) -> tuple[int, str]:
    async with service.look_up(clerk_of(FIRST_GUILD)) as books:
        return books.head.last_record, books.head.chain_head


async def _verify(service: DatabaseService, engine: str) -> list[Figure]:
    began, computed = time.monotonic(), time.process_time()
    verified = await verify_books(service, clerk_of(FIRST_GUILD))
    seconds, computed = time.monotonic() - began, time.process_time() - computed
    found = [each for each in verified.findings if each.code not in _UNLIKE_A_GUILD]
    assert verified.last_record > _MOVES, verified.last_record
    assert not found, found
    note = f"{verified.last_record:,} records, {computed:.1f} s of them computing here"
    _say(f"{engine}: verified in {seconds:.1f} s; {note}")
    return [Figure(f"verify, {engine}", seconds, "s", ceiling=_VERIFY_SECONDS, note=note)]


def _reads() -> dict[str, Play]:
    """Return what every command that reads asks for, by its name and what it is narrowed to."""

    def sku(dice: Dice) -> str:
        return f"NUT-{dice.randrange(ITEMS):05}"

    def bay(dice: Dice) -> str:
        return f"Bay {dice.randrange(PLACES)}"

    def person(dice: Dice) -> int:
        return FIRST_PERSON + dice.randrange(PEOPLE)

    def record(dice: Dice) -> int:
        return dice.randrange(10, _MOVES)

    def actor(dice: Dice) -> Actor:
        return Actor(guild_id=FIRST_GUILD, user_id=person(dice))

    def history(**narrowed: Callable[[Dice], Any]) -> Play:
        return lambda d: (
            search.list_history,
            search.ListHistory(**{name: pick(d) for name, pick in narrowed.items()}),
        )

    def found(**narrowed: Any) -> Play:
        return lambda d: (
            audit.find_records,
            audit.FindRecords(**{n: v(d) if callable(v) else v for n, v in narrowed.items()}),
        )

    def deep(dice: Dice) -> tuple[int, int]:
        return record(dice), 1

    period = {"since": "2023-08-01", "until": "2023-08-02"}
    return {
        "find SKU": lambda d: (search.find_stock, search.FindStock(typed=sku(d))),
        "find location": lambda d: (search.find_stock, search.FindStock(typed=bay(d))),
        "find words": lambda d: (search.find_stock, search.FindStock(typed=f"hexagon {sku(d)}")),
        "history": history(),
        "history item": history(item=sku),
        "history location": history(location=bay),
        "history member": history(member_id=person),
        "history item location member": history(item=sku, location=bay, member_id=person),
        "history older": history(before=deep),
        "history member older": history(before=deep, member_id=person),
        "audit search": found(),
        "audit search member": found(member_id=person),
        "audit search unknown member": found(member_id=7),
        "audit search action": found(action="stock.put"),
        "audit search action without records": found(action="supplier.approved"),
        "audit search subject": found(subject=sku),
        "audit search period": found(**period),
        "audit search member period": found(member_id=person, **period),
        "audit search member action": found(member_id=person, action="stock.taken"),
        "audit search older": found(older_than=record),
        "audit show": lambda d: (audit.get_record, audit.GetRecord(record=record(d))),
        "item show": lambda d: (item_pages.get_item, item_pages.GetItem(item=sku(d))),
        "item list": lambda _: (item_pages.list_items, item_pages.ListItems()),
        "item list query": lambda d: (
            item_pages.list_items,
            item_pages.ListItems(typed=sku(d)[:7]),
        ),
        "location show": lambda d: (
            location_pages.get_location,
            location_pages.GetLocation(location=bay(d)),
        ),
        "location list": lambda _: (
            location_pages.list_locations,
            location_pages.ListLocations(),
        ),
        "people list": lambda _: (people.list_people, people.ListPeople()),
        "people show": lambda d: (people.get_person, people.GetPerson(person=actor(d))),
        "people roles": lambda d: (
            member_roles.get_member_roles,
            member_roles.GetMemberRoles(person=actor(d)),
        ),
        "supplier list": lambda _: (suppliers.list_suppliers, suppliers.ListSuppliers()),
        "supplier show": lambda _: (suppliers.get_supplier, suppliers.GetSupplier(supplier="Acme")),
        "role list": lambda _: (roles.list_roles, roles.ListRoles()),
        "settings show": lambda _: (guilds.get_settings, guilds.GetSettings()),
        "my profile": lambda _: (profiles.get_profile, profiles.GetProfile()),
        "access why": lambda d: (
            access.get_access,
            access.GetAccess(permission="stock.move", member=actor(d)),
        ),
        "help": lambda _: (help_for_people.get_help, help_for_people.GetHelp()),
        "undo's suggestions": lambda _: (
            own_records.list_own_records,
            own_records.ListOwnRecords(is_undoable=True),
        ),
    }


async def _ask(service: DatabaseService, engine: str) -> list[Figure]:
    """Time every command that reads, and the boxes of items and locations."""
    clerk = Actor(
        guild_id=FIRST_GUILD,
        user_id=FIRST_PERSON,
        discord_role_ids=frozenset({FIRST_GUILD + 1}),
    )
    await service.run(
        suppliers.propose_supplier, suppliers.ProposeSupplier(name="Acme"), clerk, new_key()
    )
    figures = []
    for name, play in _reads().items():
        dice = Dice(3)

        async def ask(play: Play = play, dice: Dice = dice) -> object:
            query, request = play(dice)
            return await service.query(query, request, clerk)

        figures.append(await _timed(f"/{name}, {engine}", ask, _COMMAND_MS))

    async def look(suggest: Any, typed: str) -> None:
        async with service.look_up(clerk, is_timed=True) as books:
            assert await suggest(books, typed)

    for box, suggest in (("item", suggest_items), ("location", suggest_locations)):
        work = partial(look, suggest, "")
        name = f"empty {box} box, {engine}"
        figures.append(await _timed(name, work, _BOX_MS, times=_BOX_TIMES))
    return figures


async def _act(service: DatabaseService, engine: str, books: Stock) -> list[Figure]:
    """Time every command that changes stock."""
    dice = Dice(5)

    def request(kind: str) -> tuple[Any, Any]:
        index = dice.randrange(ITEMS)
        item, here = f"NUT-{index:05}", f"Bay {index % PLACES}"
        there, one = f"Bay {(index + 1) % PLACES}", Decimal(dice.randrange(1, 9))
        return {
            "take": (stock.take_stock, stock.TakeStock(item=item, quantity=one, location=here)),
            "take from the only location": (
                stock.take_stock,
                stock.TakeStock(item=books.items[index], quantity=one),
            ),
            "put": (stock.put_stock, stock.PutStock(item=item, quantity=one, location=here)),
            "move": (
                stock.move_stock,
                stock.MoveStock(item=item, quantity=one, source=here, target=there),
            ),
            "adjust": (
                stock.adjust_stock,
                stock.AdjustStock(item=item, location=here, counted=one + 100, reason="counted"),
            ),
            "undo": (reversing.reverse_record, reversing.ReverseRecord()),
        }[kind]

    async def act(kind: str) -> None:
        operation, asked = request(kind)
        await service.run(operation, asked, clerk_of(FIRST_GUILD), new_key())

    kinds = ("take", "put", "take from the only location", "move", "adjust", "undo")
    return [await _timed(f"/{kind}, {engine}", partial(act, kind), _COMMAND_MS) for kind in kinds]


async def _timed(
    name: str, work: Callable[[], Awaitable[object]], ceiling: float, *, times: int = _TIMES
) -> Figure:
    taken = [await milliseconds_of(work) for _ in range(times)]
    note = f"p99 of {times}, p50 {median(taken):.1f} ms, slowest {max(taken):.1f} ms"
    figure = Figure(name, percentile(taken, 99), "ms", ceiling=ceiling, note=note)
    _say(str(figure))
    return figure


async def _export(url: str, engine: str, directory: Path) -> Figure:
    """Run `tallyman audit export` and note the most memory that it had."""
    file = directory / f"{engine}.export"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "audit", "export", str(file)),
        env={**os.environ, "DATABASE_URL": url, "DATA_KEY": "key-of-the-benchmarks-0123456789"},
        stdout=asyncio.subprocess.DEVNULL,
    )
    began, most = time.monotonic(), 0.0
    while process.returncode is None:
        most = max(most, _peak_mib(process.pid))
        await asyncio.sleep(0.1)
    assert process.returncode == 0, process.returncode
    note = f"{file.stat().st_size / 1e6:.0f} MB in {time.monotonic() - began:.0f} s"
    name = f"`tallyman audit export`, resident, {engine}"
    return Figure(name, most, "MiB", ceiling=_EXPORT_MIB, note=note)


def _peak_mib(pid: int) -> float:
    """Return the most that a process ever had resident; nothing once it has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def _say(line: str) -> None:
    """Show what is known already: a run takes many minutes."""
    print(f"  {line.strip()}", flush=True)
