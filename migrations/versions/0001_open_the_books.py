"""Open the books."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")


def upgrade() -> None:
    op.create_table(
        "book",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_record", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("chain_head", sa.Text(), nullable=False),
        sa.Column("rights_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_book")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "command_tree",
        sa.Column("application_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_command_tree")),
    )
    op.create_table(
        "pending_answer",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "key", name=op.f("pk_pending_answer")),
    )
    op.create_index(
        op.f("ix_pending_answer_created_at"), "pending_answer", ["created_at"], unique=False
    )
    op.create_table(
        "audit_event",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "reverses"],
            ["audit_event.guild_id", "audit_event.record"],
            name=op.f("fk_audit_event_guild_id_reverses"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_audit_event_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", "record", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("guild_id", "reverses", name=op.f("uq_audit_event_guild_id_reverses")),
    )
    op.create_index(
        op.f("ix_audit_event_guild_id_actor_id_record"),
        "audit_event",
        ["guild_id", "actor_id", "record"],
        unique=False,
    )
    op.create_table(
        "guild",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("approvals_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("default_role_id", sa.BigInteger(), nullable=True),
        sa.Column("undo_minutes", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_guild_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guild")),
    )
    op.create_table(
        "item",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("sku_key", KEY, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("reorder_point", QUANTITY, nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_item_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_item")),
        sa.UniqueConstraint("guild_id", "name_key", name=op.f("uq_item_guild_id_name_key")),
        sa.UniqueConstraint("guild_id", "sku_key", name=op.f("uq_item_guild_id_sku_key")),
    )
    op.create_table(
        "location",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["guild_id", "parent_id"],
            ["location.guild_id", "location.id"],
            name=op.f("fk_location_guild_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_location_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_location")),
        sa.UniqueConstraint("guild_id", "name_key", name=op.f("uq_location_guild_id_name_key")),
    )
    op.create_table(
        "member",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivation_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_member_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_member")),
    )
    op.create_table(
        "outbox_lane",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_last_record", sa.BigInteger(), nullable=True),
        sa.Column("batch_text", sa.Text(), nullable=True),
        sa.Column("batch_nonce", sa.Text(), nullable=True),
        sa.Column("batch_frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("blocked_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_outbox_lane_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", "lane", name=op.f("pk_outbox_lane")),
    )
    op.create_table(
        "role",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f("fk_role_guild_id")),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_role")),
        sa.UniqueConstraint("guild_id", "name_key", name=op.f("uq_role_guild_id_name_key")),
    )
    op.create_table(
        "search_word",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("is_archived", sa.Boolean(), nullable=False),
        sa.Column("word", KEY, nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_search_word_guild_id")
        ),
        sa.PrimaryKeyConstraint(
            "guild_id", "noun", "is_archived", "word", "subject_id", name=op.f("pk_search_word")
        ),
    )
    op.create_index(
        op.f("ix_search_word_guild_id_noun_subject_id"),
        "search_word",
        ["guild_id", "noun", "subject_id"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "record"],
            ["audit_event.guild_id", "audit_event.record"],
            name=op.f("fk_outbox_guild_id_record"),
        ),
        sa.PrimaryKeyConstraint("guild_id", "lane", "record", name=op.f("pk_outbox")),
    )
    op.create_table(
        "receipt",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "record"],
            ["audit_event.guild_id", "audit_event.record"],
            name=op.f("fk_receipt_guild_id_record"),
        ),
        sa.PrimaryKeyConstraint("guild_id", "key", name=op.f("pk_receipt")),
    )
    op.create_index(
        op.f("ix_receipt_guild_id_record"), "receipt", ["guild_id", "record"], unique=False
    )
    op.create_table(
        "role_assignment",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "role_id"],
            ["role.guild_id", "role.id"],
            name=op.f("fk_role_assignment_guild_id_role_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_role_assignment_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", "user_id", "role_id", name=op.f("pk_role_assignment")),
    )
    op.create_table(
        "role_binding",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("discord_role_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "role_id"],
            ["role.guild_id", "role.id"],
            name=op.f("fk_role_binding_guild_id_role_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_role_binding_guild_id")
        ),
        sa.PrimaryKeyConstraint(
            "guild_id", "discord_role_id", "role_id", name=op.f("pk_role_binding")
        ),
    )
    op.create_table(
        "stock_level",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.CheckConstraint("quantity >= 0 OR location_id <= 4", name=op.f("ck_stock_level_floor")),
        sa.ForeignKeyConstraint(
            ["guild_id", "item_id"],
            ["item.guild_id", "item.id"],
            name=op.f("fk_stock_level_guild_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "location_id"],
            ["location.guild_id", "location.id"],
            name=op.f("fk_stock_level_guild_id_location_id"),
        ),
        sa.PrimaryKeyConstraint("guild_id", "item_id", "location_id", name=op.f("pk_stock_level")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        op.f("ix_stock_level_guild_id_location_id_item_id"),
        "stock_level",
        ["guild_id", "location_id", "item_id"],
        unique=False,
    )
    op.create_table(
        "stock_move",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_move_positive")),
        sa.CheckConstraint("source_id <> target_id", name=op.f("ck_stock_move_two_ends")),
        sa.ForeignKeyConstraint(
            ["guild_id", "item_id"],
            ["item.guild_id", "item.id"],
            name=op.f("fk_stock_move_guild_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "record"],
            ["audit_event.guild_id", "audit_event.record"],
            name=op.f("fk_stock_move_guild_id_record"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "source_id"],
            ["location.guild_id", "location.id"],
            name=op.f("fk_stock_move_guild_id_source_id"),
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "target_id"],
            ["location.guild_id", "location.id"],
            name=op.f("fk_stock_move_guild_id_target_id"),
        ),
        sa.PrimaryKeyConstraint("guild_id", "record", "line", name=op.f("pk_stock_move")),
    )
    op.create_index(
        op.f("ix_stock_move_guild_id_actor_id_item_id_record"),
        "stock_move",
        ["guild_id", "actor_id", "item_id", "record"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stock_move_guild_id_item_id_record"),
        "stock_move",
        ["guild_id", "item_id", "record"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stock_move_guild_id_source_id_record"),
        "stock_move",
        ["guild_id", "source_id", "record"],
        unique=False,
    )
    op.create_index(
        op.f("ix_stock_move_guild_id_target_id_record"),
        "stock_move",
        ["guild_id", "target_id", "record"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_stock_move_guild_id_target_id_record"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_guild_id_source_id_record"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_guild_id_item_id_record"), table_name="stock_move")
    op.drop_index(op.f("ix_stock_move_guild_id_actor_id_item_id_record"), table_name="stock_move")
    op.drop_table("stock_move")
    op.drop_index(op.f("ix_stock_level_guild_id_location_id_item_id"), table_name="stock_level")
    op.drop_table("stock_level")
    op.drop_table("role_binding")
    op.drop_table("role_assignment")
    op.drop_index(op.f("ix_receipt_guild_id_record"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_table("outbox")
    op.drop_index(op.f("ix_search_word_guild_id_noun_subject_id"), table_name="search_word")
    op.drop_table("search_word")
    op.drop_table("role")
    op.drop_table("outbox_lane")
    op.drop_table("member")
    op.drop_table("location")
    op.drop_table("item")
    op.drop_table("guild")
    op.drop_index(op.f("ix_audit_event_guild_id_actor_id_record"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_index(op.f("ix_pending_answer_created_at"), table_name="pending_answer")
    op.drop_table("pending_answer")
    op.drop_table("command_tree")
    op.drop_table("book")
