"""Finding what lines of a bulk operation name: items, locations, and what was typed behind."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final, Literal, NamedTuple

from bot.database.unit import UnitOfWork
from bot.domain.bulk_lines import KnownNames, list_codes, list_places, split_behind
from bot.domain.conversions import FurtherUnit, find_unit
from bot.domain.imports import Catalogue
from bot.domain.imports.places import Locations, location_keys
from bot.domain.names import MAX_REFERENCE, key_of
from bot.domain.quantities import TypedQuantity
from bot.domain.stock import UNTRACKED
from bot.errors import InvalidValue, NotFound, TallymanError
from bot.services.bulk.lines import WITH_NEW_LOTS, BulkLine, MoveInBulk
from bot.services.imports.catalogue import facts_of_locations

# Names that lead to no item in use are looked up one by one, for what may be meant by them.
_MAX_OTHER_NAMES: Final = 200

Refuse = Callable[[BulkLine, TallymanError], None]


class FoundItem(NamedTuple):
    """An item that lines name, and the pack if they name it by the code of one."""

    id: int
    is_tracked: bool
    pack: TypedQuantity | None = None


class FoundLine(NamedTuple):
    """A line with its item and the location that it is about."""

    line: BulkLine
    item: FoundItem
    location_id: int


async def find_lines(uow: UnitOfWork, request: MoveInBulk, refuse: Refuse) -> list[FoundLine]:
    """Return the lines whose items and locations are known; the others are refused."""
    items = await _find_items(uow, request.lines, refuse)
    texts = {text for line in request.lines for text in (line.location, *list_places(line.behind))}
    locations = await _read_locations(uow, texts)
    lines = await _split(uow, request, items, locations, refuse)
    places = await _find_places(uow, request, lines, locations, refuse)
    return [
        FoundLine(line, items[line.item], places[line.location])
        for line in lines
        if line.item in items and line.location in places
    ]


async def _find_items(
    uow: UnitOfWork, lines: Iterable[BulkLine], refuse: Refuse
) -> dict[str, FoundItem]:
    """Return the items by what lines call them."""
    names = {line.item for line in lines}
    keys = {name: key_of(name[:MAX_REFERENCE]) for name in names}
    rows = await uow.file_rows.list_items(sorted(set(keys.values())))
    by_key = {
        row.sku_key: FoundItem(row.id, row.tracking != UNTRACKED)
        for row in rows
        if row.archived_at is None
    }
    found = {name: by_key[key] for name, key in keys.items() if key in by_key}
    others = [name for name in names - found.keys() if len(name) <= MAX_REFERENCE]
    led = await uow.file_rows.list_leads(others, {row.sku_key for row in rows})
    found |= {
        name: FoundItem(lead.item_id, lead.tracking != UNTRACKED, lead.pack)
        for name, lead in led.items()
    }
    others = sorted(names - found.keys())
    refused: dict[str, TallymanError] = {
        name: NotFound("item", wanted=name) for name in others[_MAX_OTHER_NAMES:]
    }
    for name in others[:_MAX_OTHER_NAMES]:
        try:
            item, pack = await uow.items.require_named(name)
        except TallymanError as error:
            refused[name] = error
        else:
            found[name] = FoundItem(item.id, item.tracking != UNTRACKED, pack)
    _refuse_all("item", lines, refused, refuse)
    return found


async def _read_locations(uow: UnitOfWork, texts: Iterable[str]) -> Locations:
    keys = sorted({key for text in texts if text for key in location_keys(text)})
    rows = await uow.file_rows.list_locations(keys)
    return Locations(Catalogue(locations=facts_of_locations(rows)))


async def _find_places(
    uow: UnitOfWork,
    request: MoveInBulk,
    lines: Iterable[BulkLine],
    locations: Locations,
    refuse: Refuse,
) -> dict[str, int]:
    """Return the ids of the locations that lines name, and of the one for the others."""
    found, refused = dict[str, int](), dict[str, TallymanError]()
    for name in sorted({line.location for line in lines}):
        try:
            if name:
                place = locations.require(name)
            elif request.location is None:
                raise InvalidValue(field="location", reason="empty")  # as below
            else:
                place = (await uow.locations.require_reference(request.location)).id
        except TallymanError as error:
            refused[name] = error
        else:
            found[name] = place
    _refuse_all("location", lines, refused, refuse)
    return found


async def _split(
    uow: UnitOfWork,
    request: MoveInBulk,
    items: dict[str, FoundItem],
    locations: Locations,
    refuse: Refuse,
) -> list[BulkLine]:
    """Return lines with what was typed behind their quantities told apart."""
    typed = [line for line in request.lines if line.behind and line.item in items]
    if not typed:
        return list(request.lines)
    units = await uow.item_units.list_of_items(sorted({items[line.item].id for line in typed}))
    codes = {
        key_of(code)
        for line in typed
        if items[line.item].is_tracked
        for code in list_codes(line.behind)
        if len(code) <= MAX_REFERENCE
    }
    rows = await uow.file_rows.list_lots(sorted(codes)) if codes else []
    lots = {(row.item_id, row.code_key) for row in rows}
    may_be_new = request.action in WITH_NEW_LOTS

    def split(line: BulkLine) -> BulkLine:
        item = items[line.item]
        known = KnownNames(
            is_unit=_knows_unit(line, units.get(item.id, [])),
            is_location=lambda text: _is_location(locations, text),
            is_lot=(lambda code: (item.id, key_of(code)) in lots) if item.is_tracked else None,
            may_be_new=may_be_new,
        )
        found = split_behind(line.behind, known)
        return replace(
            line,
            unit=line.unit or found.unit,
            location=found.location,
            lot=found.lot,
            expires_on=found.expires_on,
        )

    return list(_each(request.lines, items, split, refuse))


def _each(
    lines: Iterable[BulkLine],
    items: dict[str, FoundItem],
    split: Callable[[BulkLine], BulkLine],
    refuse: Refuse,
) -> Iterator[BulkLine]:
    for line in lines:
        if line.item not in items:
            continue  # refused already
        try:
            yield split(line) if line.behind else line
        except TallymanError as error:
            refuse(line, error)


def _knows_unit(line: BulkLine, units: list[FurtherUnit]) -> Callable[[str], bool]:
    return lambda text: not line.unit and find_unit(units, text) is not None


def _is_location(locations: Locations, text: str) -> bool:
    """Whether the books have a location that is called so, be it archived or one of several."""
    try:
        locations.require(text)
    except (NotFound, InvalidValue):
        return False
    except TallymanError:
        return True
    return True


def _refuse_all(
    column: Literal["item", "location"],
    lines: Iterable[BulkLine],
    refused: dict[str, TallymanError],
    refuse: Refuse,
) -> None:
    for line in lines:
        error = refused.get(getattr(line, column))
        if error is not None:
            refuse(line, error)
