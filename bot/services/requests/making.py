"""Making requests and changing their lines: what is available of them is held back at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Change, join_first
from bot.domain.documents import REQUEST
from bot.domain.names import MAX_NOTE, clean_text
from bot.domain.quantities import ZERO, format_quantity
from bot.domain.requests import (
    MAX_FOR,
    LinePicked,
    lapse_time,
    parse_needed_by,
)
from bot.domain.stock import LowStock, Reference
from bot.errors import NothingToDo
from bot.services.availability import read_today
from bot.services.documents.changing import (
    DocumentChange,
    change_document,
    open_document,
    require_version,
)
from bot.services.requests.documents import REQUEST_TYPE, RequestedLine, read_requested
from bot.services.requests.reserving import reserve, schedule_lapse
from bot.services.requests.wanted import Wanted, read_wanted

_MAX_SAID: Final = 10
OPENED: Final = "opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRequest:
    """Ask for goods; `lines` and `needed_by` are as they were typed."""

    wanted_for: str
    lines: str
    needed_by: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditLines:
    """Let the lines of a request be these; `version` is the one that the actor saw."""

    request_id: int
    version: int
    lines: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestMade:
    """A request that was made or changed, and what is held back for it."""

    record: int
    request_id: int
    label: str
    wanted_for: str
    needed_by: date | None
    lines: tuple[RequestedLine, ...]
    is_new: bool
    low: tuple[LowStock, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareLines:
    """Ask for the form that changes the lines of a request."""

    request: Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesPrepared:
    """A request's lines, as of a version of it."""

    request_id: int
    label: str
    version: int
    lines: tuple[RequestedLine, ...]


@operation("request.new", permission="request.create", is_repeatable=True)
async def make_request(uow: UnitOfWork, request: NewRequest) -> RequestMade:
    """Ask for goods, and hold back what is available of them."""
    wanted_for = clean_text(request.wanted_for, field="for", limit=MAX_FOR, required=True)
    note = clean_text(request.note, field="note", limit=MAX_NOTE)
    today = await read_today(uow)
    needed_by = parse_needed_by(request.needed_by, today) if request.needed_by.strip() else None
    wanted = await read_wanted(uow, request.lines)
    return await open_request(uow, wanted_for, note, needed_by, wanted)


async def open_request(
    uow: UnitOfWork,
    wanted_for: str,
    note: str,
    needed_by: date | None,
    wanted: Mapping[int, Wanted],
    *,
    again: int | None = None,
) -> RequestMade:
    """Open a request, perhaps in the place of one that lapsed, and hold back what is available."""
    today = await read_today(uow)
    lapses_at = lapse_time(needed_by, today, (await uow.guilds.require()).timezone)
    kept = await reserve(uow, {item_id: each.quantity for item_id, each in wanted.items()}, {})
    changes = [Change("for", "", wanted_for)]
    if needed_by is not None:
        changes.append(Change("needed by", "", needed_by.isoformat()))
    made, changed = await open_document(
        uow,
        REQUEST_TYPE,
        OPENED,
        values={
            "wanted_for": wanted_for,
            "needed_by": needed_by,
            "note": note,
            "lapses_at": lapses_at,
        },
        lines=[
            {"item_id": item_id, "quantity": each.quantity, "reserved": kept.by_item[item_id]}
            for item_id, each in wanted.items()
        ],
        changes=[*changes, Change("lines", "", _say(list(wanted.values())))],
        note=note,
        subjects=() if again is None else [(REQUEST.noun, again)],
    )
    await schedule_lapse(uow, lapses_at)
    return RequestMade(
        record=changed.record,
        request_id=made.id,
        label=changed.subject,
        wanted_for=wanted_for,
        needed_by=needed_by,
        lines=await read_requested(uow, made.id),
        is_new=True,
        low=kept.low,
    )


@query(permission="request.create", is_shown=False)
async def prepare_request(books: Books, request: None) -> None:
    """Let the form for a new request be shown to those who may send it."""
    del books, request


@query(permission="request.create", is_shown=False)
async def prepare_lines(books: Books, request: PrepareLines) -> LinesPrepared:
    """Return what the form is filled with; raises NotFound, IllegalStep."""
    found = await books.requests.require_reference(request.request)
    REQUEST.require_step("edit", found.number, found.status)
    return LinesPrepared(
        request_id=found.id,
        label=REQUEST.label(found.number),
        version=found.version,
        lines=await read_requested(books, found.id),
    )


@operation("request.edit", permission="request.create")
async def edit_lines(uow: UnitOfWork, request: EditLines) -> RequestMade:
    """Change what is wanted, and hold back what is available of it; raises LinePicked."""
    found = await uow.requests.require(request.request_id)
    require_version(REQUEST_TYPE, found, request.version)
    REQUEST.require_step("edit", found.number, found.status)
    wanted = await read_wanted(uow, request.lines)
    before = {line.item_id: line for line in await read_requested(uow, found.id)}
    change = _compare(before, wanted)
    if change is None:
        raise NothingToDo("request", REQUEST.label(found.number))
    left = {
        item_id: each.quantity - (before[item_id].picked if item_id in before else ZERO)
        for item_id, each in wanted.items()
    }
    kept = await reserve(uow, left, {item_id: line.reserved for item_id, line in before.items()})
    changed = await change_document(
        uow,
        REQUEST_TYPE,
        found,
        "edited",
        step="edit" if any(left.values()) else "finish",
        change=_keep(change, before, wanted, kept.by_item, is_over=not any(left.values())),
        changes=[Change("lines", _say_lines(before), _say(list(wanted.values())))],
    )
    return RequestMade(
        record=changed.record,
        request_id=found.id,
        label=changed.subject,
        wanted_for=found.wanted_for,
        needed_by=found.needed_by,
        lines=await read_requested(uow, found.id),
        is_new=False,
        low=kept.low,
    )


@dataclass(frozen=True, slots=True)
class _Difference:
    added: Sequence[int]
    removed: Sequence[int]


def _compare(
    before: Mapping[int, RequestedLine], wanted: Mapping[int, Wanted]
) -> _Difference | None:
    """Return which items are new and which are gone, None if all is as it was."""
    for item_id, line in before.items():
        quantity = wanted[item_id].quantity if item_id in wanted else ZERO
        if quantity < line.picked:
            raise LinePicked(line.sku, line.unit, line.picked, quantity)
    if {item_id: line.quantity for item_id, line in before.items()} == {
        item_id: each.quantity for item_id, each in wanted.items()
    }:
        return None
    return _Difference(
        [item_id for item_id in wanted if item_id not in before],
        [item_id for item_id in before if item_id not in wanted],
    )


def _keep(
    difference: _Difference,
    before: Mapping[int, RequestedLine],
    wanted: Mapping[int, Wanted],
    kept: Mapping[int, Decimal],
    *,
    is_over: bool,
) -> DocumentChange:
    """Return the rows to change; a line that stays as it is is left out."""
    lines = {}
    for item_id, line in before.items():
        if item_id in wanted:
            after = (wanted[item_id].quantity, kept[item_id])
            if after != (line.quantity, line.reserved):
                lines[line.number] = {"quantity": after[0], "reserved": after[1]}
    return DocumentChange(
        values={"lapses_at": None} if is_over else {},
        lines=lines,
        added=[
            {"item_id": item_id, "quantity": wanted[item_id].quantity, "reserved": kept[item_id]}
            for item_id in difference.added
        ],
        removed=[before[item_id].number for item_id in difference.removed],
    )


def _say(wanted: Sequence[Wanted]) -> str:
    said = [f"{each.item.sku} {format_quantity(each.quantity)} {each.item.unit}" for each in wanted]
    return join_first(said, _MAX_SAID)


def _say_lines(lines: Mapping[int, RequestedLine]) -> str:
    said = [f"{line.sku} {format_quantity(line.quantity)} {line.unit}" for line in lines.values()]
    return join_first(said, _MAX_SAID)
