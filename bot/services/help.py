"""Help: what the one who asks can do here, or what they have to do first."""

from dataclasses import dataclass

from bot.database.operations import query
from bot.database.unit import Books
from bot.domain.rights import Need
from bot.errors import NotAllowed

# A person who holds none of these has to do something first.
_FIRST = Need(("stock.view", "stock.move"))


@dataclass(frozen=True, slots=True, kw_only=True)
class GetHelp:
    """Ask what one can do here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpFound:
    """What the one who asks holds, and why they cannot even look, if so."""

    permissions: frozenset[str]
    refusal: NotAllowed | None


@query(everyone=True, is_shown=False)
async def get_help(books: Books, request: GetHelp) -> HelpFound:
    """Look at what the one who asks holds."""
    del request
    return HelpFound(
        permissions=books.rights.permissions,
        refusal=_FIRST.refusal(books.rights),
    )
