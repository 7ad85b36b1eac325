"""Keep what was answered: to alerts about items, and to questions about missed answers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("item", sa.Column("alert_record", sa.BigInteger(), nullable=True))
    op.add_column("item", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "pending_answer", sa.Column("known_at", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    # No program before this one knows the kind: its rows would be set aside for ever.
    op.execute("DELETE FROM outbox WHERE kind = 'low_stock'")
    op.drop_column("pending_answer", "known_at")
    op.drop_column("item", "snoozed_until")
    op.drop_column("item", "alert_record")
