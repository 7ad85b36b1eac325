"""A person's own newest records, to be named without looking them up."""

from dataclasses import dataclass
from typing import Final

from bot.database.models import AuditEvent
from bot.database.operations import query
from bot.database.unit import Books

_MAX: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOwnRecords:
    """List one's newest records, or those of them that can be undone, whose number begins so."""

    typed: str = ""
    is_undoable: bool = False


@query(permission=("stock.move", "stock.reverse", "audit.view"), is_shown=False)
async def list_own_records(books: Books, request: ListOwnRecords) -> tuple[AuditEvent, ...]:
    """List this person's newest records, the newest first."""
    actor_id = books.actor.user_id
    if request.is_undoable:
        numbers = await books.audit.list_reversible(actor_id, _MAX)
    else:
        numbers = await books.audit.list_records_by(actor_id, _MAX)
    begun = request.typed.strip().lstrip("#")
    wanted = [number for number in numbers if str(number).startswith(begun)]
    events = await books.audit.get_many(wanted)
    return tuple(events[number] for number in wanted if number in events)
