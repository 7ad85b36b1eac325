"""Autocomplete over 100,000 items of one guild, on both engines, for all that people type."""

import itertools
import random
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from benchmarks.pairs import Figure, percentile
from benchmarks.servers import FIRST_GUILD, Server, clerk_of, item_named, opened, stocked
from bot.database.service import DatabaseService
from bot.domain.names import key_of
from bot.domain.words import words_of

ITEMS = 100_000
_CEILING_MS = 20.0
_TEXTS_OF_A_KIND = 40
_ROUNDS = 5
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

_ITEM = ("guild_id", "id", "sku", "sku_key", "name", "name_key", "unit")
_WORD = ("guild_id", "noun", "is_archived", "word", "subject_id")

Rows = list[tuple[Any, ...]]
Texts = dict[str, list[str]]
Taken = dict[str, list[float]]  # milliseconds of each text, by its kind


async def measure(server: Server) -> list[Figure]:
    """Measure look-ups as autocomplete does them, the engines in turns."""
    items, words = _catalogue()
    texts = _typed_texts([(row[2], row[4]) for row in items])
    await server.create("catalogue")
    await stocked(server.url("catalogue"), guilds=1)
    await _fill_postgresql(server.dsn("catalogue"), items, words)
    with tempfile.TemporaryDirectory(prefix="tallyman-bench-") as directory:
        file = Path(directory) / "catalogue.db"
        url = f"sqlite+aiosqlite:///{file}"
        await stocked(url, guilds=1)
        _fill_sqlite(file, items, words)
        del items, words
        async with opened(server.url("catalogue")) as postgresql, opened(url) as sqlite:
            engines = {"PostgreSQL": postgresql, "SQLite": sqlite}
            rounds: dict[str, list[Taken]] = {name: [] for name in engines}
            for _, (name, service) in itertools.product(range(_ROUNDS), engines.items()):
                rounds[name].append(await _type_all(service, texts))
    return [_figure(name, taken) for name, taken in rounds.items()]


async def _type_all(service: DatabaseService, texts: Texts) -> Taken:
    """Look every text up; return how many milliseconds each took, by its kind."""
    actor = clerk_of(FIRST_GUILD)
    taken: Taken = {kind: [] for kind in texts}
    for kind, typed in texts.items():
        for text in typed:
            begun = time.perf_counter()
            async with service.look_up(actor, is_timed=True) as books:
                found = await books.items.search(text)
            taken[kind].append((time.perf_counter() - begun) * 1000)
            assert len(found) <= _MOST_ANSWERS
    return taken


def _figure(engine: str, rounds: list[Taken]) -> Figure:
    """Take each text's median over the rounds, which leaves the machine's hiccups out."""
    kinds = {
        kind: [median(times) for times in zip(*(taken[kind] for taken in rounds), strict=True)]
        for kind in rounds[0]
    }
    every = [value for values in kinds.values() for value in values]
    single = [value for taken in rounds for values in taken.values() for value in values]
    worst = max(kinds, key=lambda kind: percentile(kinds[kind], 99))
    note = f"p50 {percentile(every, 50):.1f} ms, every single one {percentile(single, 99):.1f} ms; "
    note += f"slowest: {worst}, {percentile(kinds[worst], 99):.1f} ms"
    name = f"autocomplete p99 over {ITEMS:,} items, {engine}"
    return Figure(name, percentile(every, 99), "ms", ceiling=_CEILING_MS, note=note)


def _catalogue() -> tuple[Rows, Rows]:
    """Make up items, and the words by which they are found."""
    dice = random.Random(11)  # the same catalogue in every run
    items: Rows = []
    words: Rows = []
    for number in range(ITEMS):
        kind, make, finish = dice.choice(_KINDS), dice.choice(_MAKES), dice.choice(_FINISHES)
        sku = f"{kind[:3]}{make[0]}-{number:05}"
        item = item_named(sku.upper())
        item["name"] = f"{make} {kind} M{dice.randrange(2, 30)} {finish} {number}".capitalize()
        item["name_key"] = key_of(item["name"])
        item_id = _FIRST_ID + number
        items.append((FIRST_GUILD, item_id, *(item[column] for column in _ITEM[2:6]), "pcs"))
        found_by = words_of(item["sku"], item["name"])
        words.extend((FIRST_GUILD, "item", False, word, item_id) for word in found_by)
    return items, words


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
        "nothing like it": [f"qx{n}zzyzx" for n in range(_TEXTS_OF_A_KIND)],
    }


def _mistyped(word: str, dice: random.Random) -> str:
    place = dice.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


async def _fill_postgresql(dsn: str, items: Rows, words: Rows) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.copy_records_to_table("item", records=items, columns=_ITEM)
        await connection.copy_records_to_table("search_word", records=words, columns=_WORD)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _fill_sqlite(file: Path, items: Rows, words: Rows) -> None:
    connection = sqlite3.connect(file)
    for table, columns, rows in (("item", _ITEM, items), ("search_word", _WORD, words)):
        marks = ", ".join("?" * len(columns))
        names = ", ".join(columns)
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
    connection.commit()
    connection.close()
