"""Propose suppliers and decide about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
APPROVAL_INDEX = "ix_approval_guild_id_noun_status_subject_id"
EVENT_INDEX = "ix_audit_event_guild_id_subject_type_subject_id_record"


def upgrade() -> None:
    op.create_table(
        "approval",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_record", sa.BigInteger(), nullable=False),
        sa.Column("touched_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_record", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_approval_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "noun", "subject_id", name=op.f("pk_approval")),
    )
    op.create_index(
        op.f(APPROVAL_INDEX), "approval", ["guild_id", "noun", "status", "subject_id"], unique=False
    )
    op.create_table(
        "approval_card",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_record", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_approval_card_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", "noun", "subject_id", name=op.f("pk_approval_card")),
    )
    op.create_table(
        "supplier",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("tax_id", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_supplier_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_supplier")),
        sa.UniqueConstraint("guild_id", "name_key", name=op.f("uq_supplier_guild_id_name_key")),
    )
    op.create_index(
        op.f(EVENT_INDEX),
        "audit_event",
        ["guild_id", "subject_type", "subject_id", "record"],
        unique=False,
    )
    op.add_column("outbox", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # The program before this one takes every lane for the audit's.
    op.execute("DELETE FROM outbox WHERE lane = 'approvals' OR lane LIKE 'direct:%'")
    op.execute("DELETE FROM outbox_lane WHERE lane = 'approvals' OR lane LIKE 'direct:%'")
    op.drop_column("outbox", "not_before")
    op.drop_index(op.f(EVENT_INDEX), table_name="audit_event")
    op.execute("DELETE FROM search_word WHERE noun = 'supplier'")
    op.drop_table("supplier")
    op.drop_table("approval_card")
    op.drop_index(op.f(APPROVAL_INDEX), table_name="approval")
    op.drop_table("approval")
