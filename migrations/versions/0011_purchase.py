"""Purchase: prices, orders, invoices, payments, and what a member did of one kind.

On the way down what only this schema knows is deleted; the ledger and its records stay whole.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
TIME = sa.DateTime(timezone=True)
QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
AMOUNT = sa.Numeric(20, 3).with_variant(sa.BigInteger(), "sqlite")
FACTOR = sa.Numeric(18, 6).with_variant(sa.BigInteger(), "sqlite")
UNIT_PRICE = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")
ACTED = "ix_audit_event_guild_id_actor_id_action_record"
DOCUMENTS = ("order", "invoice", "payment")
SETTINGS = ("order_approval_above", "over_delivery_percent", "match_tolerance_percent")
# In the order in which they can be made.
TABLES = (
    "supplier_price",
    "purchase_order",
    "order_line",
    "invoice",
    "invoice_line",
    "invoice_file",
    "payment",
)


def upgrade() -> None:
    _create(
        "supplier_price",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("unit_key", KEY, nullable=False),
        sa.Column("min_quantity", QUANTITY, nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("amount", UNIT_PRICE, nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_supplier_price_amount")),
        sa.CheckConstraint("min_quantity >= 0", name=op.f("ck_supplier_price_min_quantity")),
        _refers("supplier_price", "item_id", "item"),
        _refers("supplier_price", "supplier_id", "supplier"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_supplier_price")),
        sa.UniqueConstraint(
            "guild_id",
            "supplier_id",
            "item_id",
            "unit_key",
            "min_quantity",
            "valid_from",
            name="uq_supplier_price_start",
        ),
    )
    _index("supplier_price", "guild_id", "item_id", "valid_from")
    _create(
        "purchase_order",
        *_document("purchase_order"),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("rate", UNIT_PRICE, nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        _refers("purchase_order", "supplier_id", "supplier"),
    )
    _index("purchase_order", "guild_id", "status", "number")
    _index("purchase_order", "guild_id", "supplier_id", "status", "number")
    _index("purchase_order", "guild_id", "promised_on")
    _create(
        "order_line",
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("factor", FACTOR, nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=True),
        sa.Column("received", QUANTITY, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_order_line_positive")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_order_line_received")),
        sa.CheckConstraint("factor > 0", name=op.f("ck_order_line_factor")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_order_line_unit_price")),
        _refers("order_line", "item_id", "item"),
        _refers("order_line", "order_id", "purchase_order"),
        sa.PrimaryKeyConstraint("guild_id", "order_id", "line", name=op.f("pk_order_line")),
    )
    _index("order_line", "guild_id", "item_id", "order_id")
    _create(
        "invoice",
        *_document("invoice"),
        sa.Column("supplier_id", sa.BigInteger(), nullable=False),
        sa.Column("supplier_number", sa.Text(), nullable=False),
        sa.Column("number_key", KEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", AMOUNT, nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _refers("invoice", "supplier_id", "supplier"),
    )
    _index("invoice", "guild_id", "status", "number")
    _index("invoice", "guild_id", "number_key")
    counts = sa.text("status <> 'void'")
    op.create_index(
        op.f("ix_invoice_guild_id_supplier_id_number_key"),
        "invoice",
        ["guild_id", "supplier_id", "number_key"],
        unique=True,
        postgresql_where=counts,
        sqlite_where=counts,
    )
    _create(
        "invoice_line",
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("factor", FACTOR, nullable=False),
        sa.Column("unit_price", UNIT_PRICE, nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("order_line", sa.Integer(), nullable=True),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_invoice_line_positive")),
        sa.CheckConstraint("factor > 0", name=op.f("ck_invoice_line_factor")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_invoice_line_unit_price")),
        _refers("invoice_line", "invoice_id", "invoice"),
        _refers("invoice_line", "item_id", "item"),
        _refers("invoice_line", "order_id", "purchase_order"),
        sa.PrimaryKeyConstraint("guild_id", "invoice_id", "line", name=op.f("pk_invoice_line")),
    )
    _index("invoice_line", "guild_id", "order_id", "order_line")
    _create(
        "invoice_file",
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        _refers("invoice_file", "invoice_id", "invoice"),
        sa.PrimaryKeyConstraint("guild_id", "invoice_id", name=op.f("pk_invoice_file")),
    )
    _create(
        "payment",
        *_document("payment"),
        sa.Column("invoice_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", AMOUNT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_positive")),
        _refers("payment", "invoice_id", "invoice"),
    )
    _index("payment", "guild_id", "status", "number")
    _index("payment", "guild_id", "invoice_id", "number")
    for name, kind in zip(SETTINGS, (AMOUNT, QUANTITY, QUANTITY), strict=True):
        op.add_column("guild", sa.Column(name, kind, nullable=False, server_default="0"))
    op.create_index(op.f(ACTED), "audit_event", ["guild_id", "actor_id", "action", "record"])
    # Permissions and roles of version 3 of the defaults, for books that are open.
    _schedule("role_defaults", "guild.role_defaults_version < 3")


def downgrade() -> None:
    for table in ("approval", "approval_card"):
        cards = [*DOCUMENTS, *(f"{noun} document" for noun in DOCUMENTS)]
        _delete_all(table, "noun", cards)
    about = ", ".join(f"'{noun}'" for noun in DOCUMENTS)
    op.execute(
        "DELETE FROM outbox WHERE kind IN ('card', 'decision', 'document') AND record IN "
        "(SELECT record FROM audit_event e WHERE e.guild_id = outbox.guild_id "
        f"AND e.subject_type IN ({about}))"  # the nouns above
    )
    op.drop_index(op.f(ACTED), table_name="audit_event")
    for name in reversed(SETTINGS):
        op.drop_column("guild", name)
    for name in reversed(TABLES):
        op.drop_table(name)


def _delete_all(table: str, column: str, values: Sequence[str]) -> None:
    column_ = sa.column(column, sa.Text())
    op.execute(sa.table(table, column_).delete().where(column_.in_(values)))


def _document(name: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return what every table of documents has."""
    return (
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("guild_id", "number", name=op.f(f"uq_{name}_guild_id_number")),
    )


def _create(name: str, *parts: sa.schema.SchemaItem) -> None:
    """Create a table of a guild's books; its rows say which record changed them last."""
    op.create_table(
        name,
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=op.f(f"fk_{name}_guild_id")),
    )
    _index(name, "guild_id", "changed_record")


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


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
