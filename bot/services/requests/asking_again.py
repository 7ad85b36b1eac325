"""Asking again for what is left of a request that lapsed: once, however late."""

from dataclasses import dataclass
from typing import Final

from bot.database.controllers.audit import FURTHEST
from bot.database.models import Request
from bot.database.operations import operation
from bot.database.unit import UnitOfWork
from bot.domain.documents import REQUEST
from bot.domain.quantities import ZERO
from bot.domain.requests import CANCELLED, LAPSED, AskedForAgain
from bot.domain.stock import StockedItem
from bot.errors import Archived, IllegalStep
from bot.services.requests.making import OPENED, RequestMade, open_request
from bot.services.requests.wanted import Wanted

_MAX_LOOKED_AT: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """Ask once more for what is left of a request that lapsed."""

    request_id: int


@operation("request.again", permission="request.create")
async def ask_again(uow: UnitOfWork, request: AskAgain) -> RequestMade:
    """Ask for what is left of a request that lapsed: a new one, without its day, which is past.

    Raises AskedForAgain if that was done, unless it was cancelled.
    """
    found = await uow.requests.require(request.request_id)
    if found.status != LAPSED:
        raise IllegalStep(REQUEST.noun, REQUEST.label(found.number), found.status, "asked again")
    await _require_first(uow, found)
    left = [
        line for line in await uow.request_lines.list_of(found.id) if line.quantity > line.picked
    ]
    items = await uow.items.get_current([line.item_id for line in left])
    wanted: dict[int, Wanted] = {}
    for line in left:
        item = items[line.item_id]
        if item.archived_at is not None:
            raise Archived("item", item.sku, item.id)
        before = wanted[item.id].quantity if item.id in wanted else ZERO
        stocked = StockedItem(item.id, item.sku, item.name, item.unit, whole=item.whole)
        wanted[item.id] = Wanted(stocked, before + line.quantity - line.picked)
    return await open_request(uow, found.wanted_for, found.note, None, wanted, again=found.id)


async def _require_first(uow: UnitOfWork, lapsed: Request) -> None:
    """Raise AskedForAgain for a request that a later one took the place of.

    The card of one that lapsed keeps its button; receipts of presses are deleted after a week.
    """
    openings = await uow.audit.search(
        above=-1,
        below=FURTHEST,
        limit=_MAX_LOOKED_AT,
        subject=(REQUEST.noun, lapsed.id),
        action=f"{REQUEST.noun}.{OPENED}",
    )
    later = [each.subject_id for each in openings if each.subject_id not in {None, lapsed.id}]
    if later:
        again = await uow.requests.require(later[0])
        if again.status != CANCELLED:
            label = REQUEST.label(lapsed.number)
            raise AskedForAgain(label, REQUEST.label(again.number), again.id)
