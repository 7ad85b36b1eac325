"""A person's own newest records, to be named without looking them up."""

from dataclasses import dataclass
from typing import Final

from bot.database.controllers.audit import FURTHEST
from bot.database.models import AuditEvent
from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.actions import is_reversible

_MAX: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOwnRecords:
    """List one's newest records, or those of them that can be undone, whose number begins so."""

    typed: str = ""
    is_undoable: bool = False


@query(permission=("stock.move", "stock.reverse", "audit.view"), is_shown=False)
async def list_own_records(books: Books, request: ListOwnRecords) -> tuple[AuditEvent, ...]:
    """List this person's newest records, and those of others behind them, if they may."""
    actor_id = books.actor.user_id
    if request.is_undoable:
        numbers = await books.audit.list_reversible(actor_id, _MAX)
    else:
        numbers = await books.audit.list_records_by(actor_id, _MAX)
    found = await books.audit.get_many(numbers)
    own = [found[number] for number in numbers if number in found]
    if books.rights.holds("stock.reverse" if request.is_undoable else "audit.view"):
        newest = await books.audit.search(above=-1, below=FURTHEST, limit=_MAX)
        own += [each for each in newest if not request.is_undoable or _is_undoable(each)]
    begun = request.typed.strip().lstrip("#")
    events = {each.record: each for each in own if str(each.record).startswith(begun)}
    return tuple(events.values())[:_MAX]


def _is_undoable(event: AuditEvent) -> bool:
    return event.reverses is None and is_reversible(event.action)
