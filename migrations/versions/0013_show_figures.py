"""Show figures: boards, scheduled reports, items whose days are kept, and where audit lines are.

On the way down all of it is deleted; the ledger and its records stay whole.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)
QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
# In the order in which they can be made.
TABLES = (
    "board",
    "board_message",
    "report_schedule",
    "report_posting",
    "tracked_item",
    "item_day",
    "item_day_mark",
    "audit_message",
)


def upgrade() -> None:
    op.create_table(
        "board",
        _guild(),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=True),
        _in_book("board"),
        _refers("board", "location_id", "location"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_board")),
    )
    _index("board", "guild_id", "changed_record")
    op.create_table(
        "board_message",
        _guild(),
        sa.Column("board_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("posting", sa.Text(), nullable=False),
        sa.Column("shown_hash", sa.Text(), nullable=False),
        sa.Column("edited_at", TIME, nullable=True),
        _in_book("board_message"),
        sa.PrimaryKeyConstraint("guild_id", "board_id", name=op.f("pk_board_message")),
    )
    op.create_index(
        "ix_item_watched",
        "item",
        ["guild_id", "id"],
        postgresql_where=sa.text("reorder_point IS NOT NULL"),
        sqlite_where=sa.text("reorder_point IS NOT NULL"),
    )
    op.create_table(
        "report_schedule",
        _guild(),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("every", sa.Text(), nullable=False),
        sa.Column("at_time", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        _in_book("report_schedule"),
        sa.PrimaryKeyConstraint("guild_id", "id", name=op.f("pk_report_schedule")),
    )
    _index("report_schedule", "guild_id", "changed_record")
    op.create_table(
        "report_posting",
        _guild(),
        sa.Column("schedule_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("posted_at", TIME, nullable=True),
        _in_book("report_posting"),
        sa.PrimaryKeyConstraint("guild_id", "schedule_id", "day", name=op.f("pk_report_posting")),
    )
    op.create_table(
        "tracked_item",
        _guild(),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        _refers("tracked_item", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", name=op.f("pk_tracked_item")),
    )
    _index("tracked_item", "guild_id", "changed_record")
    op.create_table(
        "item_day",
        _guild(),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(
            sa.Column(name, QUANTITY, nullable=False)
            for name in ("opened", "highest", "lowest", "closed", "volume")
        ),
        _refers("item_day", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", "day", name=op.f("pk_item_day")),
    )
    op.create_table(
        "item_day_mark",
        _guild(),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("last_record", sa.BigInteger(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        _refers("item_day_mark", "item_id", "item"),
        sa.PrimaryKeyConstraint("guild_id", "item_id", name=op.f("pk_item_day_mark")),
    )
    op.create_table(
        "audit_message",
        _guild(),
        sa.Column("last_record", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_record", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        _in_book("audit_message"),
        sa.PrimaryKeyConstraint("guild_id", "last_record", name=op.f("pk_audit_message")),
    )
    # The permission of version 5 of the defaults, for books that are open.
    _schedule("role_defaults", "guild.role_defaults_version < 5")


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    op.drop_index("ix_item_watched", "item")


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
