"""Search the audit, say which operation made a record, close days."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

INDEXES = {
    "ix_audit_event_guild_id_action_record": ["guild_id", "action", "record"],
    "ix_audit_event_guild_id_at_record": ["guild_id", "at", "record"],
}


def upgrade() -> None:
    columns = sa.inspect(op.get_bind()).get_columns("audit_event")
    if "operation_id" not in {column["name"] for column in columns}:
        op.add_column("audit_event", sa.Column("operation_id", sa.Text(), nullable=True))
    for name, indexed in INDEXES.items():
        op.create_index(op.f(name), "audit_event", indexed, unique=False)
    op.add_column("guild", sa.Column("closed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("guild", "closed_on")
    for name in INDEXES:
        op.drop_index(op.f(name), table_name="audit_event")
    # `operation_id` stays: it is part of what was hashed, and the program before this one does
    # not mind a column that it does not know.
