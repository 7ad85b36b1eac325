"""Link devices: their sessions, what they did and when, and levels that were seen at a time.

On the way down all of it is deleted; the ledger and its records stay whole.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
TIME = sa.DateTime(timezone=True)
QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
# In the order in which they can be made.
TABLES = ("device_session", "device_contact", "sync_operation", "stock_observation", "dated_move")


def upgrade() -> None:
    op.create_table(
        "device_session",
        _guild(),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("link_hash", sa.Text(), nullable=False),
        sa.Column("link_expires_at", TIME, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("linked_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        _in_book("device_session"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_device_session")),
    )
    _index("device_session", "guild_id", "changed_record")
    _index("device_session", "guild_id", "user_id", "id")
    op.create_table(
        "device_contact",
        _guild(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", TIME, nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("discord_role_ids", sa.Text(), nullable=False),
        sa.Column("joined_at", TIME, nullable=True),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        _refers("device_contact", "device_id", "device_session"),
        sa.PrimaryKeyConstraint("guild_id", "device_id", name=op.f("pk_device_contact")),
    )
    op.create_table(
        "sync_operation",
        _guild(),
        sa.Column("operation_id", sa.Text(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("superseded_by", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        _in_book("sync_operation"),
        sa.PrimaryKeyConstraint("guild_id", "operation_id", name=op.f("pk_sync_operation")),
    )
    _index("sync_operation", "guild_id", "record")
    op.create_table(
        "stock_observation",
        _guild(),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("counted", QUANTITY, nullable=False),
        _refers("stock_observation", "item_id", "item"),
        _refers("stock_observation", "location_id", "location"),
        sa.PrimaryKeyConstraint(
            "guild_id",
            "item_id",
            "location_id",
            "lot_id",
            "happened_at",
            "record",
            name=op.f("pk_stock_observation"),
        ),
    )
    op.create_table(
        "dated_move",
        _guild(),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("happened_at", TIME, nullable=False),
        sa.Column("corrects", sa.BigInteger(), nullable=True),
        _in_book("dated_move"),
        sa.PrimaryKeyConstraint("guild_id", "record", "line", name=op.f("pk_dated_move")),
    )
    op.create_index(
        op.f("ix_dated_move_guild_id_corrects_record_line"),
        "dated_move",
        ["guild_id", "corrects", "record", "line"],
        postgresql_where=sa.text("corrects IS NOT NULL"),
        sqlite_where=sa.text("corrects IS NOT NULL"),
    )
    # The permission of version 4 of the defaults, for books that are open.
    _schedule("role_defaults", "guild.role_defaults_version < 4")


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


def _guild() -> sa.Column[int]:
    return sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _in_book(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["guild_id"], ["book.guild_id"], name=op.f(f"fk_{name}_guild_id")
    )


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
