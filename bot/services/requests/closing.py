"""Ending requests: closed with lines short, cancelled, or lapsed; nothing stays reserved."""

from dataclasses import dataclass
from typing import Any, Final

from bot.database.models import Request
from bot.database.operations import operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.changes import Changed
from bot.domain.documents import REQUEST
from bot.domain.lanes import DECISION, direct_lane
from bot.domain.quantities import ZERO
from bot.domain.requests import UNDER_WAY
from bot.domain.stock import Reference
from bot.errors import NothingToDo
from bot.services.documents.changing import DocumentChange, change_document
from bot.services.requests.documents import MAY_PICK, REQUEST_TYPE
from bot.services.requests.reserving import release

_MAY_CANCEL: Final = ("request.create", *MAY_PICK)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndRequest:
    """Close or cancel a request; `version` is the one that the actor saw, if they saw it."""

    request: Reference
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAsked:
    """A request that the actor may cancel, as it is now."""

    request_id: int
    label: str
    wanted_for: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LapseRequest:
    """End the reservations of a request whose time is over."""

    request_id: int


@operation("request.close", permission=MAY_PICK)
async def close_request(uow: UnitOfWork, request: EndRequest) -> Changed:
    """Close a request of which some was picked: the rest is not coming."""
    found = await uow.requests.require_reference(request.request)
    return await _end(uow, found, "close", "closed", request.version)


@query(permission=_MAY_CANCEL)
async def ask_to_cancel(books: Books, request: EndRequest) -> CancelAsked:
    """Ask once more before a request is cancelled: that cannot be undone."""
    found = await books.requests.require_reference(request.request)
    _require_own(books, found)
    REQUEST.require_step("cancel", found.number, found.status)
    return CancelAsked(
        request_id=found.id,
        label=REQUEST.label(found.number),
        wanted_for=found.wanted_for,
        version=found.version,
    )


@operation("request.cancel", permission=_MAY_CANCEL)
async def cancel_request(uow: UnitOfWork, request: EndRequest) -> Changed:
    """Cancel one's own request, or any with request.pick; what was picked stays picked."""
    found = await uow.requests.require_reference(request.request)
    _require_own(uow, found)
    changed = await _end(uow, found, "cancel", "cancelled", request.version)
    if found.made_by != uow.actor.user_id:
        uow.notify(direct_lane(found.made_by), DECISION)
    return changed


@operation("request.lapse", permission=MAY_PICK)
async def lapse_request(uow: UnitOfWork, request: LapseRequest) -> Changed:
    """End the reservations of a request; raises NothingToDo for one whose time is not over."""
    found = await uow.requests.require(request.request_id)
    is_due = found.lapses_at is not None and found.lapses_at <= uow.now
    if found.status not in UNDER_WAY or not is_due:
        raise NothingToDo(REQUEST.noun, REQUEST.label(found.number))
    changed = await _end(uow, found, "lapse", "lapsed")
    uow.notify(direct_lane(found.made_by), DECISION)
    return changed


def _require_own(books: Books, request: Request) -> None:
    if request.made_by != books.actor.user_id:
        books.require_permission(*MAY_PICK)


async def _end(
    uow: UnitOfWork, request: Request, step: str, past: str, version: int | None = None
) -> Changed:
    # Before anything is released: what was ended before holds nothing any more.
    REQUEST.require_step(step, request.number, request.status)
    lines = [line for line in await uow.request_lines.list_of(request.id) if line.reserved]
    await release(uow, {line.item_id: line.reserved for line in lines})
    uow.posting.freed.update(line.item_id for line in lines)
    freed: dict[int, dict[str, Any]] = {line.line: {"reserved": ZERO} for line in lines}
    return await change_document(
        uow,
        REQUEST_TYPE,
        request,
        past,
        step=step,
        version=version,
        change=DocumentChange(values={"lapses_at": None}, lines=freed),
    )
