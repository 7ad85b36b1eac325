from datetime import date
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, Date, Index, Text
from sqlmodel import Field

from bot.database.columns import Amount
from bot.database.models.base import KEEP, refers_to
from bot.database.models.document import DocumentRow, is_document


class Payment(DocumentRow, table=True):
    """A payment of a bill, in its currency: no money moves, it says who approved and who paid."""

    __tablename__ = "payment"
    grants = KEEP
    __table_args__ = (
        *is_document(),
        refers_to("invoice", "invoice_id"),
        CheckConstraint("amount > 0", name="positive"),
        Index(None, "guild_id", "invoice_id", "number"),
    )

    invoice_id: int = Field(sa_type=BigInteger)
    amount: Decimal = Field(sa_type=Amount)
    currency: str = Field(sa_type=Text)
    reference: str = Field(default="", sa_type=Text)
    paid_on: date | None = Field(default=None, sa_type=Date)
