"""Suggestions: what a person may mean while they type, with what helps to choose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from bot.database.controllers.base import MAX_ROWS
from bot.database.controllers.candidates import MAX_MATCHES
from bot.database.controllers.search import Matches
from bot.database.models import Item, Location
from bot.database.unit import Books
from bot.domain.items import write_meaning
from bot.domain.locations import SEPARATOR, anchored, short_path
from bot.domain.names import key_of
from bot.domain.words import Wanted

RowT = TypeVar("RowT", Item, Location)

# Ranks of those that are just what was typed, by SKU or name: nothing goes before them.
_EXACT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedItem:
    """An item, what is in stock of it, and whether it only resembles what was typed."""

    item: Item
    held: Decimal | None = None
    is_guess: bool = False
    pack: str = ""  # its code that was typed, if that means more than one of it
    pack_text: str = ""

    @property
    def typed(self) -> str:
        """Return the text by which it is named for certain."""
        return self.pack or self.item.sku


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedLocation:
    """A location, what it holds of an item, and the text by which it is named for certain."""

    location: Location
    typed: str
    held: Decimal | None = None
    unit: str = ""
    is_guess: bool = False


async def suggest_items(
    books: Books, typed: str, *, with_archived: bool = False, limit: int = MAX_MATCHES
) -> list[SuggestedItem]:
    """Suggest items: exact ones, what the person moved lately, then those in stock first."""
    held: dict[int, Decimal] = {}
    sees_stock = books.rights.holds("stock.view")
    recent = await _find_recent(books, typed) if sees_stock else []
    # In an empty box nothing goes before what the person moved lately, which often fills it.
    is_full = not typed and len(recent) >= limit
    matches: Matches[Item] = Matches() if is_full else await books.items.match(typed)
    if sees_stock:
        ids = {item.id for item in (*matches.rows, *recent)}
        held = await books.stock.totals(list(ids)) if ids else {}
    ranks = {item.id: place for place, item in enumerate(recent)}

    def order(item: Item) -> tuple[bool, int, int, bool]:
        rank = matches.ranks.get(item.id, _EXACT)
        return (
            rank >= _EXACT or matches.is_guess,
            ranks.get(item.id, len(ranks)),
            rank,
            not held.get(item.id),
        )

    rows = [] if matches.is_guess and recent else matches.rows
    rows = sorted({row.id: row for row in (*recent, *rows)}.values(), key=order)
    found = [
        SuggestedItem(
            item=row,
            held=held.get(row.id, Decimal(0)) if sees_stock else None,
            is_guess=matches.is_guess and row.id not in ranks,
        )
        for row in rows
    ]
    if found and matches.ranks.get(found[0].item.id) == 0:
        found[0] = await _with_pack(books, found[0], typed)
    if with_archived and len(found) < limit:
        archived = await books.items.match(typed, is_archived=True, with_guesses=False)
        found = _behind(found, archived, [SuggestedItem(item=row) for row in archived.rows])
    return found[:limit]


async def suggest_locations(
    books: Books,
    typed: str,
    *,
    item: str = "",
    other_end: str = "",
    with_archived: bool = False,
    limit: int = MAX_MATCHES,
) -> list[SuggestedLocation]:
    """Suggest locations: those that hold the item of the same command come first.

    The other end of a move is left out.
    """
    matches = await books.locations.match(typed)
    held = await _levels_of(books, item) if item else {}
    rows = {row.id: row for row in matches.rows}
    missing = [row_id for row_id in held if row_id not in rows]
    wanted = Wanted.read(typed)
    if missing and not matches.is_guess:
        others = (await books.locations.get_many(missing)).values()
        rows |= {row.id: row for row in others if _matches(wanted, row.name_key, row.path_key)}
    for row in await books.locations.find_exact(other_end) if other_end else ():
        rows.pop(row.id, None)
    found = sorted(rows.values(), key=lambda row: row.id not in held)
    suggested = await _with_text(books, found[:limit], held, is_guess=matches.is_guess)
    if with_archived and len(suggested) < limit:
        archived = await books.locations.match(typed, is_archived=True, with_guesses=False)
        more = await _with_text(books, archived.rows[:limit], {})
        suggested = _behind(suggested, archived, more)
    return suggested[:limit]


async def find_exact(
    books: Books, typed: str
) -> tuple[list[SuggestedItem], list[SuggestedLocation]]:
    """Return the items and the locations that were typed exactly; those in use, if any are."""
    items = _in_use(await books.items.find_exact(typed))
    held = await books.stock.totals([item.id for item in items])
    locations = _in_use(await books.locations.find_exact(typed))
    return (
        [SuggestedItem(item=item, held=held.get(item.id, Decimal(0))) for item in items],
        await _with_text(books, locations, {}),
    )


async def suggest_suppliers(books: Books, typed: str, *, status: str | None = None) -> list[str]:
    """Suggest suppliers by name, those with a status first."""
    found = [row.name for row in (await books.suppliers.match(typed)).rows]
    if status is None:
        return found[:MAX_MATCHES]
    wanted = Wanted.read(typed)
    page = await books.suppliers.paginate_by_status(status, limit=MAX_ROWS - 1)
    fitting = [row.name for row in page.rows if _matches(wanted, row.name_key)]
    return list(dict.fromkeys([*fitting, *found]))[:MAX_MATCHES]


async def suggest_names(books: Books, typed: str) -> list[str]:
    """Suggest suppliers, roles and members by name, as far as the person may see them."""
    names: list[str] = []
    if books.rights.holds("supplier.view"):
        names += [row.name for row in await books.suppliers.search(typed)]
    if books.rights.holds("people.view"):
        wanted = Wanted.read(typed)
        roles = await books.roles.find_all(order_by="name_key")
        names += [role.name for role in roles if _matches(wanted, role.name_key)]
        names += [member.name for member in await books.members.search(typed) if member.name]
    return list(dict.fromkeys(names))


async def _with_pack(books: Books, first: SuggestedItem, typed: str) -> SuggestedItem:
    """Keep the code of a pack, which the SKU in its place would not mean."""
    item = first.item
    if key_of(typed) == item.sku_key:
        return first
    code = await books.barcodes.find_spelled(typed)
    if code is None or code.item_id != item.id or (not code.unit and code.quantity == 1):
        return first
    meant = write_meaning(code.quantity, code.unit or item.unit)
    return replace(first, pack=code.code, pack_text=meant)


async def _find_recent(books: Books, typed: str) -> list[Item]:
    """Return the items in use that the person moved lately and that match, the newest first."""
    left = await books.stock.recent_item_ids(books.actor.user_id)
    wanted = Wanted.read(typed)
    found: list[Item] = []
    while left and len(found) < MAX_MATCHES:
        # All match an empty box: most of them need not be read.
        at_once = len(left) if typed else MAX_MATCHES
        ids, left = left[:at_once], left[at_once:]
        rows = await books.items.get_many(ids)
        found += [
            row
            for row in (rows[row_id] for row_id in ids if row_id in rows)
            if row.archived_at is None and _matches(wanted, row.sku_key, row.name_key)
        ]
    return found[:MAX_MATCHES]


async def _levels_of(books: Books, typed: str) -> dict[int, tuple[Decimal, str]]:
    found = [row for row in await books.items.find_exact(typed) if row.archived_at is None]
    if len(found) != 1:
        return {}
    levels = await books.stock.levels_of_item(found[0].id)
    return {level.location_id: (level.quantity, level.unit) for level in levels}


async def _with_text(
    books: Books,
    rows: Sequence[Location],
    held: dict[int, tuple[Decimal, str]],
    *,
    is_guess: bool = False,
) -> list[SuggestedLocation]:
    outermost = [row.name_key for row in rows if SEPARATOR not in row.path]
    repeated = await books.locations.list_repeated(outermost) if outermost else set()
    found = []
    for row in rows:
        is_shared = SEPARATOR not in row.path and row.name_key in repeated
        text = anchored(row.path) if is_shared else short_path(row.path)
        quantity, unit = held.get(row.id, (None, ""))
        found.append(
            SuggestedLocation(location=row, typed=text, held=quantity, unit=unit, is_guess=is_guess)
        )
    return found


def _in_use(rows: Sequence[RowT]) -> Sequence[RowT]:
    return [row for row in rows if row.archived_at is None] or rows


def _behind(found: list[Any], archived: Matches[Any], more: Iterable[Any]) -> list[Any]:
    """Put archived ones behind; what matches makes a guess superfluous."""
    if not archived.rows:
        return found
    return [*(each for each in found if not each.is_guess), *more]


def _matches(wanted: Wanted, *keys: str) -> bool:
    return not wanted.key or wanted.rank(keys) is not None
