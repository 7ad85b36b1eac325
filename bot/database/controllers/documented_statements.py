"""Which items are in documents under way: what these say is in the unit that an item has now."""

from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Select,
    Text,
    and_,
    bindparam,
    literal_column,
    select,
    union_all,
)

from bot.database.models import (
    CountLine,
    OrderLine,
    PurchaseOrder,
    Request,
    RequestLine,
    StockCount,
)
from bot.database.models.base import table_of
from bot.database.statements import Prepared, is_among
from bot.domain.counts import COUNTING, SUBMITTED
from bot.domain.documents import COUNT, ORDER, REQUEST
from bot.domain.orders import DRAFT, REJECTED
from bot.domain.orders import UNDER_WAY as ORDERS_UNDER_WAY
from bot.domain.requests import UNDER_WAY as REQUESTS_UNDER_WAY

_guild_id: BindParameter[int] = bindparam("guild_id", type_=BigInteger)


class Documented(NamedTuple):
    """An item, and a document under way that has a line of it."""

    item_id: int
    noun: str
    number: int


def _lines_of(noun: str, document: Any, line: Any, key: Any, statuses: Any) -> Select[Any]:
    """Build from the documents under way, which are few, to their lines."""
    return (
        select(line.c.item_id, literal_column(f"'{noun}'", Text).label("noun"), document.c.number)
        .select_from(document)
        .join(line, and_(line.c.guild_id == document.c.guild_id, key == document.c.id))
        .where(
            document.c.guild_id == _guild_id,
            document.c.status.in_([literal_column(f"'{each}'") for each in sorted(statuses)]),
            is_among(line.c.item_id, "ids"),
        )
    )


_count, _count_line = table_of(StockCount), table_of(CountLine)
_request, _request_line = table_of(Request), table_of(RequestLine)
_order, _order_line = table_of(PurchaseOrder), table_of(OrderLine)
DOCUMENTED: Final = Prepared(
    union_all(
        _lines_of(COUNT.noun, _count, _count_line, _count_line.c.count_id, (COUNTING, SUBMITTED)),
        _lines_of(
            REQUEST.noun,
            _request,
            _request_line,
            _request_line.c.request_id,
            REQUESTS_UNDER_WAY,
        ),
        _lines_of(
            ORDER.noun,
            _order,
            _order_line,
            _order_line.c.order_id,
            {DRAFT, REJECTED, *ORDERS_UNDER_WAY},
        ),
    )
)
