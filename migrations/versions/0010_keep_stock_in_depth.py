"""Keep stock in depth: lots, further units, barcodes, pictures, counts, requests, shifts, imports.

On the way down what only this schema knows is deleted; the ledger and its records stay whole, and
nothing is reserved any more.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
TIME = sa.DateTime(timezone=True)
QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
FACTOR = sa.Numeric(18, 6).with_variant(sa.BigInteger(), "sqlite")
BY_LOT = "ix_stock_move_guild_id_lot_id_record_line"
LEVEL_BY_LOT = "ix_stock_level_guild_id_lot_id"
# What no program before this one knows: it would set these rows aside for ever.
MESSAGES = ("digest", "document")
SCHEDULED = ("digest", "lapses")
DECIDED = ("count",)
SEARCHED = ("lot",)
# In the order in which they can be made.
TABLES = (
    "import_preview",
    "request",
    "barcode",
    "item_image",
    "item_merge",
    "item_unit",
    "lot",
    "request_line",
    "shift",
    "stock_count",
    "count_line",
)


def upgrade() -> None:
    _create(
        "import_preview",
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("based_on", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("applied_record", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "token", name=op.f("pk_import_preview")),
        is_noun=False,
    )
    op.create_index(op.f("ix_import_preview_expires_at"), "import_preview", ["expires_at"])
    op.create_index(
        op.f("ix_import_preview_guild_id_kind_file_hash"),
        "import_preview",
        ["guild_id", "kind", "file_hash"],
    )
    _create(
        "request",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("wanted_for", sa.Text(), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lapses_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_request")),
        sa.UniqueConstraint("guild_id", "number", name=op.f("uq_request_guild_id_number")),
        is_noun=True,
    )
    op.create_index(op.f("ix_request_guild_id_lapses_at"), "request", ["guild_id", "lapses_at"])
    op.create_index(
        op.f("ix_request_guild_id_status_number"), "request", ["guild_id", "status", "number"]
    )
    _create(
        "barcode",
        sa.Column("code_key", KEY, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        _refers("barcode", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "code_key", name=op.f("pk_barcode")),
        is_noun=True,
    )
    op.create_index(op.f("ix_barcode_guild_id_item_id"), "barcode", ["guild_id", "item_id"])
    _create(
        "item_image",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        _refers("item_image", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", name=op.f("pk_item_image")),
        is_noun=True,
    )
    _create(
        "item_merge",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("into_id", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Text(), nullable=False),
        _refers("item_merge", "into_id", "item"),
        _refers("item_merge", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", name=op.f("pk_item_merge")),
        is_noun=True,
    )
    op.create_index(op.f("ix_item_merge_guild_id_into_id"), "item_merge", ["guild_id", "into_id"])
    _create(
        "item_unit",
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_key", KEY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("factor", FACTOR, nullable=False),
        _refers("item_unit", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", "unit_key", name=op.f("pk_item_unit")),
        is_noun=True,
    )
    _create(
        "lot",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("code_key", KEY, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        _refers("lot", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_lot")),
        sa.UniqueConstraint(
            "guild_id", "item_id", "code_key", name=op.f("uq_lot_guild_id_item_id_code_key")
        ),
        is_noun=True,
    )
    op.create_index(op.f("ix_lot_guild_id_code_key"), "lot", ["guild_id", "code_key"])
    op.create_index(op.f("ix_lot_guild_id_expires_on"), "lot", ["guild_id", "expires_on"])
    op.create_index(
        op.f("ix_lot_guild_id_item_id_expires_on"), "lot", ["guild_id", "item_id", "expires_on"]
    )
    _create(
        "request_line",
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("picked", QUANTITY, nullable=False),
        sa.Column("reserved", QUANTITY, nullable=False),
        sa.CheckConstraint(
            "picked >= 0 AND picked <= quantity", name=op.f("ck_request_line_picked")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_request_line_positive")),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= quantity - picked", name=op.f("ck_request_line_reserved")
        ),
        _refers("request_line", "item_id", "item"),
        _refers("request_line", "request_id", "request"),
        sa.PrimaryKeyConstraint("guild_id", "request_id", "line", name=op.f("pk_request_line")),
        is_noun=True,
    )
    op.create_index(
        op.f("ix_request_line_guild_id_item_id_request_id"),
        "request_line",
        ["guild_id", "item_id", "request_id"],
    )
    _create(
        "shift",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("discord_role_ids", sa.Text(), nullable=False),
        sa.Column("joined_at", TIME, nullable=True),
        sa.Column("ends_at", TIME, nullable=False),
        _refers("shift", "location_id", "location"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_shift")),
        is_noun=True,
    )
    op.create_index(op.f("ix_shift_guild_id_ends_at"), "shift", ["guild_id", "ends_at"])
    op.create_index(
        op.f("ix_shift_guild_id_user_id_ends_at"), "shift", ["guild_id", "user_id", "ends_at"]
    )
    _create(
        "stock_count",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.BigInteger(), nullable=True),
        _refers("stock_count", "location_id", "location"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_stock_count")),
        sa.UniqueConstraint("guild_id", "number", name=op.f("uq_stock_count_guild_id_number")),
        is_noun=True,
    )
    op.create_index(
        op.f("ix_stock_count_guild_id_status_number"),
        "stock_count",
        ["guild_id", "status", "number"],
    )
    _create(
        "count_line",
        sa.Column("count_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counted", QUANTITY, nullable=True),
        sa.Column("expected", QUANTITY, nullable=True),
        sa.Column("counted_by", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", TIME, nullable=True),
        sa.Column("barred_ids", sa.Text(), nullable=False),
        _refers("count_line", "count_id", "stock_count"),
        _refers("count_line", "item_id", "item"),
        _refers("count_line", "location_id", "location"),
        sa.PrimaryKeyConstraint("guild_id", "count_id", "line", name=op.f("pk_count_line")),
        is_noun=True,
    )
    op.create_index(
        op.f("ix_count_line_guild_id_count_id_item_id_location_id_lot_id"),
        "count_line",
        ["guild_id", "count_id", "item_id", "location_id", "lot_id"],
        unique=True,
    )
    op.add_column("item", sa.Column("tracking", sa.Text(), nullable=False, server_default="none"))
    op.add_column("item", sa.Column("reorder_target", QUANTITY, nullable=True))
    op.add_column(
        "location", sa.Column("kind", sa.Text(), nullable=False, server_default="storage")
    )
    days = sa.Column("expiry_warning_days", sa.Integer(), nullable=False, server_default="30")
    op.add_column("guild", days)
    op.add_column("schedule", sa.Column("done_on", sa.Date(), nullable=True))
    has_lot = sa.text("lot_id <> 0")
    op.create_index(
        op.f(BY_LOT),
        "stock_move",
        ["guild_id", "lot_id", "record", "line"],
        postgresql_where=has_lot,
        sqlite_where=has_lot,
    )
    op.create_index(
        op.f(LEVEL_BY_LOT),
        "stock_level",
        ["guild_id", "lot_id"],
        postgresql_where=has_lot,
        sqlite_where=has_lot,
    )
    _schedule("digest")
    # Permissions of version 2 of the defaults, for the default roles of books that are open.
    _schedule("role_defaults", "guild.role_defaults_version < 2")


def downgrade() -> None:
    _delete_all("outbox", "kind", MESSAGES)
    _delete_all("schedule", "kind", SCHEDULED)
    for table in ("approval", "approval_card"):
        _delete_all(table, "noun", DECIDED)
    for table in ("search_word", "search_part"):
        _delete_all(table, "noun", SEARCHED)
    op.execute(
        "DELETE FROM outbox WHERE kind IN ('card', 'decision') AND record IN (SELECT record "
        "FROM audit_event e WHERE e.guild_id = outbox.guild_id AND e.subject_type = 'count')"
    )
    op.execute("UPDATE item SET reserved = 0 WHERE reserved <> 0")
    op.drop_index(op.f(LEVEL_BY_LOT), table_name="stock_level")
    op.drop_index(op.f(BY_LOT), table_name="stock_move")
    op.drop_column("schedule", "done_on")
    op.drop_column("guild", "expiry_warning_days")
    op.drop_column("location", "kind")
    op.drop_column("item", "reorder_target")
    op.drop_column("item", "tracking")
    for name in reversed(TABLES):
        op.drop_table(name)


def _delete_all(table: str, column: str, values: tuple[str, ...]) -> None:
    column_ = sa.column(column, sa.Text())
    op.execute(sa.table(table, column_).delete().where(column_.in_(values)))


def _create(name: str, *parts: sa.schema.SchemaItem, is_noun: bool) -> None:
    """Create a table of a guild's books; rows of a noun say which record changed them last."""
    changed = [sa.Column("changed_record", sa.BigInteger(), nullable=False)] if is_noun else []
    op.create_table(
        name,
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *changed,
        *parts,
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f(f"fk_{name}_guild_id")),
    )
    if is_noun:
        by_record = op.f(f"ix_{name}_guild_id_changed_record")
        op.create_index(by_record, name, ["guild_id", "changed_record"])


def _refers(name: str, column: str, table: str) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{name}_guild_id_{column}")
    there = [f"{table}.guild_id", f"{table}.id"]
    return sa.ForeignKeyConstraint(["guild_id", column], there, name=key)


def _schedule(kind: str, condition: str = "1 = 1") -> None:
    """Let something be due at once in books that are open already, and is not yet."""
    schedule = sa.table(
        "schedule",
        sa.column("guild_id", sa.BigInteger()),
        sa.column("kind", sa.Text()),
        sa.column("due_at", TIME),
        sa.column("failures", sa.Integer()),
    )
    guild = sa.table("guild", sa.column("guild_id", sa.BigInteger()))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    now = datetime.now(UTC).replace(tzinfo=None) if is_sqlite else datetime.now(UTC)
    known = sa.exists().where(schedule.c.guild_id == guild.c.guild_id, schedule.c.kind == kind)
    due = sa.select(guild.c.guild_id, sa.literal(kind), sa.literal(now, TIME), sa.literal(0)).where(
        ~known, sa.text(condition)
    )
    op.execute(schedule.insert().from_select(["guild_id", "kind", "due_at", "failures"], due))
