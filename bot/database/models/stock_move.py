from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field

from bot.database.columns import Quantity, UnitPrice
from bot.database.models.base import APPEND, ON_SQLITE_ALONE, GuildRow, refers_to
from bot.domain.stock import NO_LOT
from bot.domain.virtual_locations import LAST_VIRTUAL_ID


def _by_end(column: str) -> Index:
    """Return the index of moves by one end; nearly all have the outside world at the other."""
    is_inside = text(f"{column} > {int(LAST_VIRTUAL_ID)}")
    return Index(
        None,
        "guild_id",
        column,
        "record",
        "line",
        postgresql_where=is_inside,
        sqlite_where=is_inside,
    )


class StockMove(GuildRow, table=True):
    """One immutable row of the ledger: a quantity of an item went from one location to another.

    Where goods come in, `unit_cost` is what one unit cost in `currency`, if that is known.
    """

    __tablename__ = "stock_move"
    grants = APPEND
    __table_args__ = (
        refers_to("audit_event", "record", "record"),
        # Its ends are levels, which the writer finds or opens with it: what they refer to is there.
        # On PostgreSQL each of these costs a move as much as two of its indexes.
        refers_to("item", "item_id", info=ON_SQLITE_ALONE),
        refers_to("location", "source_id", info=ON_SQLITE_ALONE),
        refers_to("location", "target_id", info=ON_SQLITE_ALONE),
        CheckConstraint("quantity > 0", name="positive"),
        CheckConstraint("source_id <> target_id", name="two_ends"),
        # All that a person moved is found by their records. Each other list of moves is one range,
        # newest first; without `line` SQLite walks all moves.
        Index(None, "guild_id", "item_id", "record", "line"),
        _by_end("source_id"),
        _by_end("target_id"),
        # Who got a lot: most moves have none and cost nothing here.
        Index(
            None,
            "guild_id",
            "lot_id",
            "record",
            "line",
            postgresql_where=text("lot_id <> 0"),
            sqlite_where=text("lot_id <> 0"),
        ),
    )

    record: int = Field(primary_key=True, sa_type=BigInteger)
    line: int = Field(primary_key=True)
    item_id: int = Field(sa_type=BigInteger)
    lot_id: int = Field(default=NO_LOT, sa_type=BigInteger)
    source_id: int = Field(sa_type=BigInteger)
    target_id: int = Field(sa_type=BigInteger)
    quantity: Decimal = Field(sa_type=Quantity)
    unit_cost: Decimal | None = Field(default=None, sa_type=UnitPrice)
    currency: str | None = Field(default=None, sa_type=Text)
    actor_id: int = Field(sa_type=BigInteger)
