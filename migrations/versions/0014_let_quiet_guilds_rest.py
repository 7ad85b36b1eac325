"""Let quiet guilds rest: nothing is due for them, and their names are known to every process.

The ledger and the audit lose the indexes that no statement needs, and what no statement needs in
others.

Books that are open are looked at once more at their next midnight, and rest from then on. On the
way down what rests is due at once, as the program before this one expects.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)
# What is due again and again for every guild in the program before this one.
REPEATED = ("day", "digest", "receipts")
DROPPED: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("audit_event", ("guild_id", "actor_id", "action", "record")),
    ("stock_move", ("guild_id", "actor_id", "record", "line")),
    ("stock_move", ("guild_id", "actor_id", "item_id", "record")),
)
FLOOR = "action <> 'stock.moved' AND action <> 'stock.put' AND action <> 'stock.taken'"
# Left out of an index: everyday moves, which the ledger names, the outside world, most times.
NARROWED: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("audit_event", ("guild_id", "subject_type", "subject_id", "record"), FLOOR),
    ("audit_event", ("guild_id", "action", "record"), FLOOR),
    ("audit_event", ("guild_id", "at", "record"), "record % 32 = 0"),
    ("stock_move", ("guild_id", "source_id", "record", "line"), "source_id > 4"),
    ("stock_move", ("guild_id", "target_id", "record", "line"), "target_id > 4"),
)


def upgrade() -> None:
    for table, columns in DROPPED:
        op.drop_index(_name(table, columns), table)
    for table, columns, where in NARROWED:
        op.drop_index(_name(table, columns), table)
        wanted = sa.text(where)
        op.create_index(
            _name(table, columns),
            table,
            list(columns),
            postgresql_where=wanted,
            sqlite_where=wanted,
        )
    asleep: sa.Column[bool] = sa.Column(
        "is_asleep", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("book", asleep)
    op.create_table(
        "known_guild",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_known_guild_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_known_guild")),
    )


def downgrade() -> None:
    op.drop_table("known_guild")
    for kind in REPEATED:
        _schedule(kind)
    op.drop_column("book", "is_asleep")
    for table, columns, _ in NARROWED:
        op.drop_index(_name(table, columns), table)
        op.create_index(_name(table, columns), table, list(columns))
    for table, columns in DROPPED:
        op.create_index(_name(table, columns), table, list(columns))


def _name(table: str, columns: Sequence[str]) -> str:
    return op.f(f"ix_{table}_{'_'.join(columns)}")


def _schedule(kind: str) -> None:
    """Let something be due at once where it is not in the schedule."""
    schedule = sa.table(
        "schedule",
        sa.column("guild_id", sa.BigInteger()),
        sa.column("kind", sa.Text()),
        sa.column("due_at", TIME),
        sa.column("failures", sa.Integer()),
    )
    book = sa.table("book", sa.column("guild_id", sa.BigInteger()), sa.column("is_asleep"))
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    now = datetime.now(UTC).replace(tzinfo=None) if is_sqlite else datetime.now(UTC)
    known = sa.exists().where(schedule.c.guild_id == book.c.guild_id, schedule.c.kind == kind)
    due = sa.select(book.c.guild_id, sa.literal(kind), sa.literal(now, TIME), sa.literal(0)).where(
        book.c.is_asleep == sa.true(), ~known
    )
    op.execute(schedule.insert().from_select(["guild_id", "kind", "due_at", "failures"], due))
