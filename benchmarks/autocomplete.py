"""Autocomplete over 100,000 and 1,000,000 items of one guild, on both engines, as people type."""

import contextlib
import itertools
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from benchmarks.pairs import Figure, percentile
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, item_named, opened, stocked
from bot.database.service import DatabaseService
from bot.domain.names import key_of
from bot.domain.words import parts_of, words_of
from bot.errors import Unavailable
from bot.services.suggestions import suggest_items

# How many items, and the milliseconds that 99 of a hundred texts take at most.
SIZES = {100_000: 20.0, 1_000_000: 60.0}
_TEXTS_OF_A_KIND = 40
_ROUNDS = 5
# Rows that are written at a time.
_SLICE = 50_000
_MOST_ANSWERS = 25
_FIRST_ID = 1_000_000

_KINDS = [
    "bolt",
    "nut",
    "washer",
    "screw",
    "rivet",
    "bracket",
    "hinge",
    "valve",
    "hose",
    "cable",
    "lamp",
    "filter",
]
_MAKES = [
    "hexagon",
    "flanged",
    "countersunk",
    "knurled",
    "slotted",
    "insulated",
    "braided",
    "brass",
    "copper",
    "nylon",
]
_FINISHES = ["zinc", "black", "raw", "galvanized", "polished", "anodized", "painted", "oiled"]

_ITEM = ("guild_id", "id", "sku", "sku_key", "name", "name_key", "unit", "reserved")
_WORD = ("guild_id", "noun", "is_archived", "word", "subject_id")
_PART = ("guild_id", "noun", "part", "word")
_TABLES = {"item": _ITEM, "search_word": _WORD, "search_part": _PART}

Rows = list[tuple[Any, ...]]
Tables = dict[str, Rows]
Texts = dict[str, list[str]]
Taken = dict[str, list[float]]  # milliseconds of each text, by its kind


async def measure(server: Server) -> list[Figure]:
    """Measure look-ups as autocomplete does them, the engines in turns."""
    figures = []
    for items in SIZES:
        figures += await _measure(server, items)
        # The larger catalogue takes minutes to make.
        print(f"measured {items:,} items", *figures[-2:], sep="\n", file=sys.stderr, flush=True)
    return figures


async def _measure(server: Server, items: int) -> list[Figure]:
    name = f"catalogue_{items}"
    await server.create(name)
    await stocked(server.url(name), guilds=1)
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        file = Path(directory) / "catalogue.db"
        url = f"sqlite+aiosqlite:///{file}"
        await stocked(url, guilds=1)
        texts = _typed_texts(await _fill(server.dsn(name), file, items))
        async with opened(server.url(name)) as postgresql, opened(url) as sqlite:
            engines = {"PostgreSQL": postgresql, "SQLite": sqlite}
            rounds: dict[str, list[Taken]] = {engine: [] for engine in engines}
            for _, (engine, service) in itertools.product(range(_ROUNDS), engines.items()):
                rounds[engine].append(await _type_all(service, texts))
        sizes = {"PostgreSQL": await _megabytes(server.dsn(name)), "SQLite": _of_file(file)}
    return [_figure(engine, taken, items, sizes[engine]) for engine, taken in rounds.items()]


async def _type_all(service: DatabaseService, texts: Texts) -> Taken:
    """Look every text up; return how many milliseconds each took, by its kind."""
    actor = clerk_of(FIRST_GUILD)
    taken: Taken = {kind: [] for kind in texts}
    for kind, typed in texts.items():
        for text in typed:
            begun, found = time.perf_counter(), []
            # What takes too long is given up, and counts as long as it took.
            with contextlib.suppress(Unavailable):
                async with service.look_up(actor, is_timed=True) as books:
                    found = await suggest_items(books, text)
            taken[kind].append((time.perf_counter() - begun) * 1000)
            assert len(found) <= _MOST_ANSWERS
    return taken


def _figure(engine: str, rounds: list[Taken], items: int, sizes: dict[str, float]) -> Figure:
    """Take each text's median over the rounds, which leaves the machine's hiccups out."""
    kinds = {
        kind: [median(times) for times in zip(*(taken[kind] for taken in rounds), strict=True)]
        for kind in rounds[0]
    }
    every = [value for values in kinds.values() for value in values]
    single = [value for taken in rounds for values in taken.values() for value in values]
    worst = sorted(kinds, key=lambda kind: -percentile(kinds[kind], 99))[:3]
    note = f"p50 {percentile(every, 50):.1f} ms, every single one {percentile(single, 99):.1f} ms; "
    slow = (f"{kind} {percentile(kinds[kind], 99):.1f} ms" for kind in worst)
    note += f"slowest: {', '.join(slow)}; "
    note += ", ".join(f"{table} {size:.0f} MB" for table, size in sizes.items())
    name = f"autocomplete p99 over {items:,} items, {engine}"
    return Figure(name, percentile(every, 99), "ms", ceiling=SIZES[items], note=note)


def _catalogue(
    count: int, known: set[tuple[str, str]]
) -> Iterator[tuple[Tables, list[tuple[str, str]]]]:
    """Make up items, and what they are found by, a slice at a time."""
    dice = random.Random(11)  # the same catalogue in every run
    for begin in range(0, count, _SLICE):
        tables: Tables = {table: [] for table in _TABLES}
        names = []
        for number in range(begin, min(count, begin + _SLICE)):
            kind, make, finish = dice.choice(_KINDS), dice.choice(_MAKES), dice.choice(_FINISHES)
            item = item_named(f"{kind[:3]}{make[0]}-{number:05}".upper())
            item["name"] = f"{make} {kind} M{dice.randrange(2, 30)} {finish} {number}".capitalize()
            item["name_key"] = key_of(item["name"])
            item_id, texts = _FIRST_ID + number, (item["sku"], item["name"])
            names.append(texts)
            row = (FIRST_GUILD, item_id, *(item[column] for column in _ITEM[2:6]), "pcs", 0)
            tables["item"].append(row)
            tables["search_word"].extend(
                (FIRST_GUILD, "item", False, word, item_id) for word in words_of(*texts)
            )
            # Those with the number are an item's own; the others come from thousands of names.
            new = set(parts_of(*texts)) - known
            known |= {part for part in new if str(number) not in part[1]}
            tables["search_part"].extend((FIRST_GUILD, "item", *part) for part in new)
        yield tables, names


async def _fill(dsn: str, file: Path, count: int) -> list[tuple[str, str]]:
    """Write the catalogue into both databases and return its SKUs and names."""
    found: list[tuple[str, str]] = []
    server, local = await asyncpg.connect(dsn), sqlite3.connect(file)
    # Filled with the cache and the journal of a bot, a million items take an hour.
    local.executescript(
        "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA cache_size=-600000;"
    )
    try:
        there = {tuple(row) for row in local.execute("SELECT part, word FROM search_part")}
        for tables, names in _catalogue(count, there):
            found += names
            for table, columns in _TABLES.items():
                # In the order of the index, which is written once and not at random.
                rows = sorted(dict.fromkeys(tables[table]))
                await server.copy_records_to_table(table, records=rows, columns=columns)
                marks = ", ".join("?" * len(columns))
                local.executemany(
                    f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows
                )
        local.commit()
        local.execute("ANALYZE")
        local.execute("PRAGMA journal_mode=WAL")
        await server.execute("VACUUM ANALYZE")
    finally:
        await server.close()
        local.close()
    return found


async def _megabytes(dsn: str) -> dict[str, float]:
    """Return how large the tables are with their indexes."""
    connection = await asyncpg.connect(dsn)
    try:
        sizes = {
            table: await connection.fetchval(f"SELECT pg_total_relation_size('{table}')")
            for table in _TABLES
        }
    finally:
        await connection.close()
    return {table: size / 1e6 for table, size in sizes.items()}


def _of_file(file: Path) -> dict[str, float]:
    return {"all": file.stat().st_size / 1e6}


def _typed_texts(names: list[tuple[str, str]]) -> Texts:
    """Return what people type, by kind: from one letter to what nothing answers to."""
    dice = random.Random(13)

    def of_names(make: Callable[[str, str], str]) -> list[str]:
        return [make(*dice.choice(names)) for _ in range(_TEXTS_OF_A_KIND)]

    return {
        "one letter": of_names(lambda _, name: name[0]),
        "beginning of a name": of_names(lambda _, name: name[: dice.randrange(2, 12)]),
        "beginning of a SKU": of_names(lambda sku, _: sku[: dice.randrange(2, 9)]),
        "whole SKU": of_names(lambda sku, _: sku),
        "second word": of_names(lambda _, name: name.split()[1]),
        "two words, not in order": of_names(
            lambda _, name: f"{name.split()[3][:4]} {name.split()[1]}"
        ),
        "typing error": of_names(lambda _, name: _mistyped(name.split()[0], dice)),
        "typing error, two words": of_names(
            lambda _, name: f"{_mistyped(name.split()[0], dice)} {name.split()[1]}"
        ),
        "nothing yet": [""] * _TEXTS_OF_A_KIND,
        "middle of a SKU": of_names(lambda sku, _: sku[2:][: dice.randrange(4, 8)]),
        "middle of a number": of_names(lambda sku, _: sku.split("-")[1][1 : dice.randrange(4, 6)]),
        "middle of a word": of_names(lambda _, name: name.split()[0][2:6]),
        "SKU without its dash": of_names(lambda sku, _: sku.replace("-", "")),
        "three words": of_names(
            lambda _, name: f"{name.split()[3][:4]} {name.split()[1]} {name.split()[2]}"
        ),
        "a word and a number": of_names(lambda _, name: f"{name.split()[4]} {name.split()[1]}"),
        "nothing like it": [f"qx{n}zzyzx" for n in range(_TEXTS_OF_A_KIND)],
    }


def _mistyped(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
