"""Make room for lots, costs, formats of records, kinds of messages and what changed when.

The first migration of data. Records keep their format 1 and hash as they did. Columns that a later
record's hash covers stay when the schema is downgraded, and the program before this one does not
mind columns that it does not know.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

QUANTITY = sa.Numeric(18, 3).with_variant(sa.BigInteger(), "sqlite")
UNIT_PRICE = sa.Numeric(20, 6).with_variant(sa.BigInteger(), "sqlite")
TIME = sa.DateTime(timezone=True)

# Nouns whose rows say which record changed them last, and what their audit actions begin with.
NOUNS = {
    "approval": None,
    "guild": None,
    "item": "item",
    "location": "location",
    "member": "member",
    "role": "role",
    "role_assignment": None,
    "role_binding": None,
    "supplier": "supplier",
}
KEYS = {"member": "user_id"}

LANES = {"audit": "channel:audit", "approvals": "channel:approvals"}
KINDS = {"channel:audit": "audit_line", "channel:approvals": "card"}

# What is due is found without reading the rows of lanes that wait.
DUE_INDEXES = [
    ("outbox", ["guild_id", "lane"], "parked_at IS NULL"),
    ("outbox_lane", ["retry_at"], "retry_at IS NOT NULL"),
]

# Receipts named functions; they now keep a name of their own.
OPERATIONS = {
    "take_stock": "stock.take",
    "put_stock": "stock.put",
    "move_stock": "stock.move",
    "adjust_stock": "stock.adjust",
    "reverse_record": "record.reverse",
    "add_item": "item.add",
    "edit_item": "item.edit",
    "archive_item": "item.archive",
    "restore_item": "item.restore",
    "add_location": "location.add",
    "rename_location": "location.rename",
    "archive_location": "location.archive",
    "propose_supplier": "supplier.propose",
    "edit_supplier": "supplier.edit",
    "resubmit_supplier": "supplier.resubmit",
    "reinstate_supplier": "supplier.reinstate",
    "suspend_supplier": "supplier.suspend",
    "approve_supplier": "supplier.approve",
    "reject_supplier": "supplier.reject",
    "register_member": "member.register",
    "set_email": "member.set_email",
    "erase_profile": "member.erase",
    "set_roles": "member.set_roles",
    "deactivate_person": "member.deactivate",
    "reactivate_person": "member.reactivate",
    "create_role": "role.create",
    "bind_role": "role.bind",
    "unbind_role": "role.unbind",
    "forget_discord_role": "role.forget",
    "delete_role": "role.delete",
    "set_permissions": "role.set_permissions",
    "set_up_guild": "guild.set_up",
    "set_setting": "guild.set_setting",
    "close_day": "day.close",
}

# Lists of moves end in `line`: without it SQLite walks all moves of the guild.
MOVE_INDEXES = ("item_id", "source_id", "target_id")
BY_ACTOR = "ix_stock_move_guild_id_actor_id_record_line"
BY_LOCATION = "ix_stock_level_guild_id_location_id_item_id"


def upgrade() -> None:
    _add_columns_of_records()
    _add_lots_to_levels()
    _index_moves(("record",), ("record", "line"))
    op.create_index(op.f(BY_ACTOR), "stock_move", ["guild_id", "actor_id", "record", "line"])
    _create_tables()
    _move_channels_to_rows()
    _say_what_changed_when()
    for table, column in _plain_columns():
        op.add_column(table, column)
    _give_messages_a_kind()
    _rename_receipts()
    _schedule_days()


def downgrade() -> None:
    op.drop_table("schedule")
    _rename_receipts_back()
    _take_kinds_from_messages()
    for table, column in _plain_columns():
        op.drop_column(table, column.name)
    for noun in NOUNS:
        op.drop_index(op.f(f"ix_{noun}_guild_id_changed_record"), table_name=noun)
        op.drop_column(noun, "changed_record")
    _move_channels_to_columns()
    for table in ("tombstone", "audit_subject"):
        op.drop_table(table)
    op.drop_index(op.f(BY_ACTOR), table_name="stock_move")
    _index_moves(("record", "line"), ("record",))
    _take_lots_from_levels()
    # What the hash of later records covers stays: format, actor_kind, lot_id, unit_cost, currency.


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _add_columns_of_records() -> None:
    inspected = sa.inspect(op.get_bind())
    if "format" not in {column["name"] for column in inspected.get_columns("audit_event")}:
        format_ = sa.Column("format", sa.Integer(), nullable=False, server_default="1")
        kind = sa.Column("actor_kind", sa.Text(), nullable=False, server_default="member")
        lot = sa.Column("lot_id", sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("audit_event", format_)
        op.add_column("audit_event", kind)
        op.add_column("stock_move", lot)
        op.add_column("stock_move", sa.Column("unit_cost", UNIT_PRICE, nullable=True))
        op.add_column("stock_move", sa.Column("currency", sa.Text(), nullable=True))
    # Until now a missing id said that the program itself acted. It is not part of the hash of
    # format 1, so this is the one change of a record that the chain allows.
    if _is_sqlite():
        trigger = op.get_bind().scalar(
            sa.text("SELECT sql FROM sqlite_master WHERE name = 'audit_event_refuses_update'")
        )
        op.execute("DROP TRIGGER audit_event_refuses_update")
        op.execute("UPDATE audit_event SET actor_kind = 'system' WHERE actor_id = 0")
        op.execute(trigger)
        return
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgname = 'audit_event_is_append_only'"
    has_trigger = bool(op.get_bind().scalar(sa.text(triggers)))
    if has_trigger:
        op.execute("ALTER TABLE audit_event DISABLE TRIGGER audit_event_is_append_only")
    op.execute("UPDATE audit_event SET actor_kind = 'system' WHERE actor_id = 0")
    if has_trigger:
        op.execute("ALTER TABLE audit_event ENABLE TRIGGER audit_event_is_append_only")


def _add_lots_to_levels() -> None:
    op.drop_index(op.f(BY_LOCATION), table_name="stock_level")
    if _is_sqlite():
        _rebuild_levels("guild_id, item_id, location_id, 0, quantity", has_lots=True)
    else:
        lot = sa.Column("lot_id", sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("stock_level", lot)
        _replace_key("stock_level", "guild_id, item_id, location_id, lot_id")
    columns = ["guild_id", "location_id", "item_id", "lot_id"]
    op.create_index(op.f(f"{BY_LOCATION}_lot_id"), "stock_level", columns)


def _take_lots_from_levels() -> None:
    op.drop_index(op.f(f"{BY_LOCATION}_lot_id"), table_name="stock_level")
    summed = "guild_id, item_id, location_id, sum(quantity)"
    if _is_sqlite():
        _rebuild_levels(summed, has_lots=False)
    else:
        op.execute(f"CREATE TEMP TABLE summed AS SELECT {summed} FROM stock_level GROUP BY 1, 2, 3")
        op.execute("DELETE FROM stock_level")
        op.execute("ALTER TABLE stock_level DROP CONSTRAINT pk_stock_level")
        op.drop_column("stock_level", "lot_id")
        op.create_primary_key(
            "pk_stock_level", "stock_level", ["guild_id", "item_id", "location_id"]
        )
        op.execute(
            "INSERT INTO stock_level (guild_id, item_id, location_id, quantity) "
            "SELECT * FROM summed"
        )
        op.execute("DROP TABLE summed")
    op.create_index(op.f(BY_LOCATION), "stock_level", ["guild_id", "location_id", "item_id"])


def _rebuild_levels(selected: str, *, has_lots: bool) -> None:
    """Make the table again with its other key, which SQLite cannot change."""
    op.rename_table("stock_level", "old_level")
    lots = [sa.Column("lot_id", sa.BigInteger(), nullable=False)] if has_lots else []
    key = ["guild_id", "item_id", "location_id", *(column.name for column in lots)]
    op.create_table(
        "stock_level",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.Column("location_id", sa.BigInteger(), nullable=False),
        *lots,
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
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_stock_level")),
    )
    grouping = "" if has_lots else " GROUP BY 1, 2, 3"
    op.execute(
        f"INSERT INTO stock_level ({', '.join(key)}, quantity) "
        f"SELECT {selected} FROM old_level{grouping}"
    )
    op.drop_table("old_level")


def _replace_key(table: str, columns: str) -> None:
    op.execute(
        f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}, "
        f"ADD CONSTRAINT pk_{table} PRIMARY KEY ({columns})"
    )


def _index_moves(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    for column in MOVE_INDEXES:
        stem = f"ix_stock_move_guild_id_{column}"
        op.drop_index(op.f("_".join([stem, *old])), table_name="stock_move")
        op.create_index(op.f("_".join([stem, *new])), "stock_move", ["guild_id", column, *new])


def _create_tables() -> None:
    op.create_table(
        "guild_channel",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changed_record", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        _in_book("guild_channel"),
        sa.PrimaryKeyConstraint("guild_id", "purpose", name=op.f("pk_guild_channel")),
    )
    op.create_index(
        op.f("ix_guild_channel_guild_id_changed_record"),
        "guild_channel",
        ["guild_id", "changed_record"],
    )
    op.create_table(
        "tombstone",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        _in_book("tombstone"),
        sa.PrimaryKeyConstraint("guild_id", "noun", "key", name=op.f("pk_tombstone")),
    )
    op.create_index(op.f("ix_tombstone_guild_id_record"), "tombstone", ["guild_id", "record"])
    op.create_table(
        "audit_subject",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id", "record"],
            ["audit_event.guild_id", "audit_event.record"],
            name=op.f("fk_audit_subject_guild_id_record"),
        ),
        sa.PrimaryKeyConstraint(
            "guild_id", "noun", "subject_id", "record", name=op.f("pk_audit_subject")
        ),
    )
    op.create_table(
        "schedule",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _in_book("schedule"),
        sa.PrimaryKeyConstraint("guild_id", "kind", name=op.f("pk_schedule")),
    )
    op.create_index(op.f("ix_schedule_due_at"), "schedule", ["due_at"])


def _in_book(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_guild_id")
    return sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=name)


def _move_channels_to_rows() -> None:
    for purpose in LANES:
        op.execute(
            "INSERT INTO guild_channel (guild_id, changed_record, purpose, channel_id) "
            f"SELECT g.guild_id, b.last_record, '{purpose}', g.{purpose}_channel_id "
            "FROM guild g JOIN book b ON b.guild_id = g.guild_id "
            f"WHERE g.{purpose}_channel_id IS NOT NULL"
        )
        op.drop_column("guild", f"{purpose}_channel_id")


def _move_channels_to_columns() -> None:
    for purpose in LANES:
        column = f"{purpose}_channel_id"
        op.add_column("guild", sa.Column(column, sa.BigInteger(), nullable=True))
        op.execute(
            f"UPDATE guild SET {column} = (SELECT channel_id FROM guild_channel c "
            f"WHERE c.guild_id = guild.guild_id AND c.purpose = '{purpose}')"
        )
    op.drop_table("guild_channel")


def _say_what_changed_when() -> None:
    """Note the record that changed each row last: exactly for nouns that the audit names.

    For the others it is the last record: a reader of changes gets them again, and misses nothing.
    """
    for noun, actions in NOUNS.items():
        column = sa.Column("changed_record", sa.BigInteger(), nullable=False, server_default="0")
        op.add_column(noun, column)
        last = f"(SELECT last_record FROM book b WHERE b.guild_id = {noun}.guild_id)"
        if actions is not None:
            key = KEYS.get(noun, "id")
            last = (
                f"COALESCE((SELECT max(record) FROM audit_event e "
                f"WHERE e.guild_id = {noun}.guild_id AND e.subject_type = '{noun}' "
                f"AND e.subject_id = {noun}.{key} AND e.action LIKE '{actions}.%'), {last})"
            )
        op.execute(f"UPDATE {noun} SET changed_record = {last}")
        name = op.f(f"ix_{noun}_guild_id_changed_record")
        op.create_index(name, noun, ["guild_id", "changed_record"])


def _plain_columns() -> list[tuple[str, sa.Column[object]]]:
    def text(name: str, default: str) -> sa.Column[object]:
        return sa.Column(name, sa.Text(), nullable=False, server_default=default)

    return [
        ("item", sa.Column("reserved", QUANTITY, nullable=False, server_default="0")),
        ("approval", text("agreed_by", "")),
        ("guild", text("language", "en")),
        (
            "guild",
            sa.Column("role_defaults_version", sa.Integer(), nullable=False, server_default="1"),
        ),
        ("member", text("language", "")),
        ("pending_answer", text("locale", "")),
    ]


def _give_messages_a_kind() -> None:
    new = ("guild_id", "lane", "record", "kind")
    if _is_sqlite():
        _rebuild_outbox(new, "guild_id, lane, record, '', created_at, not_before, NULL, NULL")
    else:
        op.execute("ALTER TABLE outbox DROP CONSTRAINT fk_outbox_guild_id_record")
        op.add_column("outbox", sa.Column("kind", sa.Text(), nullable=False, server_default=""))
        op.add_column("outbox", sa.Column("set_aside_at", TIME, nullable=True))
        op.add_column("outbox", sa.Column("parked_at", TIME, nullable=True))
        op.create_foreign_key("fk_outbox_guild_id", "outbox", "book", ["guild_id"], ["guild_id"])
        _replace_key("outbox", ", ".join(new))
        op.alter_column("outbox", "kind", server_default=None)
    for table in ("outbox", "outbox_lane"):
        for before, after in LANES.items():
            op.execute(f"UPDATE {table} SET lane = '{after}' WHERE lane = '{before}'")
        op.execute(
            f"UPDATE {table} SET lane = 'person:' || substr(lane, 8) WHERE lane LIKE 'direct:%'"
        )
    for lane, kind in KINDS.items():
        op.execute(f"UPDATE outbox SET kind = '{kind}' WHERE lane = '{lane}'")
    op.execute("UPDATE outbox SET kind = 'decision' WHERE kind = ''")
    op.add_column("outbox_lane", sa.Column("batch_kind", sa.Text(), nullable=True))
    op.execute(
        "UPDATE outbox_lane SET batch_kind = CASE lane WHEN 'channel:audit' THEN 'audit_line' "
        "ELSE 'decision' END WHERE batch_text IS NOT NULL"
    )
    for table, columns, which in DUE_INDEXES:
        where: dict[str, Any] = {"postgresql_where": sa.text(which), "sqlite_where": sa.text(which)}
        op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, columns, **where)


def _take_kinds_from_messages() -> None:
    for table, columns, _ in DUE_INDEXES:
        op.drop_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table_name=table)
    op.drop_column("outbox_lane", "batch_kind")
    known = "', '".join([*KINDS.values(), "decision"])
    op.execute(f"DELETE FROM outbox WHERE kind NOT IN ('{known}') OR record = 0")
    lanes = "', '".join(KINDS)
    for table in ("outbox", "outbox_lane"):
        op.execute(
            f"DELETE FROM {table} WHERE lane NOT IN ('{lanes}') AND lane NOT LIKE 'person:%'"
        )
        for before, after in LANES.items():
            op.execute(f"UPDATE {table} SET lane = '{before}' WHERE lane = '{after}'")
        op.execute(
            f"UPDATE {table} SET lane = 'direct:' || substr(lane, 8) WHERE lane LIKE 'person:%'"
        )
    if _is_sqlite():
        old = ("guild_id", "lane", "record")
        _rebuild_outbox(old, "guild_id, lane, record, min(created_at), min(not_before)")
        return
    op.execute(
        "DELETE FROM outbox o USING outbox p WHERE p.guild_id = o.guild_id AND p.lane = o.lane "
        "AND p.record = o.record AND p.kind < o.kind"
    )
    _replace_key("outbox", "guild_id, lane, record")
    op.execute("ALTER TABLE outbox DROP CONSTRAINT fk_outbox_guild_id")
    op.create_foreign_key(
        "fk_outbox_guild_id_record",
        "outbox",
        "audit_event",
        ["guild_id", "record"],
        ["guild_id", "record"],
    )
    op.drop_column("outbox", "kind")
    op.drop_column("outbox", "set_aside_at")
    op.drop_column("outbox", "parked_at")


def _rebuild_outbox(key: tuple[str, ...], selected: str) -> None:
    has_kinds = "kind" in key
    op.rename_table("outbox", "old_outbox")
    kinds = [sa.Column("kind", sa.Text(), nullable=False)] if has_kinds else []
    aside = ("set_aside_at", "parked_at") if has_kinds else ()
    record = sa.ForeignKeyConstraint(
        ["guild_id", "record"],
        ["audit_event.guild_id", "audit_event.record"],
        name=op.f("fk_outbox_guild_id_record"),
    )
    op.create_table(
        "outbox",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("record", sa.BigInteger(), nullable=False),
        *kinds,
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=True),
        *(sa.Column(name, TIME, nullable=True) for name in aside),
        _in_book("outbox") if has_kinds else record,
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_outbox")),
    )
    columns = [*key, "created_at", "not_before", *aside]
    grouping = "" if has_kinds else " GROUP BY 1, 2, 3"
    op.execute(
        f"INSERT INTO outbox ({', '.join(columns)}) SELECT {selected} FROM old_outbox{grouping}"
    )
    op.drop_table("old_outbox")


def _rename_receipts() -> None:
    _rename_operations(OPERATIONS)
    # Keys of different sources share one table: each begins with its source.
    op.execute(
        "UPDATE receipt SET key = (SELECT source FROM audit_event e WHERE e.guild_id = "
        "receipt.guild_id AND e.record = receipt.record) || ':' || key"
    )
    op.execute("UPDATE pending_answer SET key = 'discord:' || key")


def _rename_receipts_back() -> None:
    behind_colon = "strpos" if not _is_sqlite() else "instr"
    op.execute("DELETE FROM pending_answer WHERE key NOT LIKE 'discord:%'")
    op.execute("UPDATE pending_answer SET key = substr(key, 9)")
    plain = f"substr(key, {behind_colon}(key, ':') + 1)"
    # Two sources may have used one key; the first of them keeps it. One sorted pass: looking for
    # the others from each receipt would take hours at 10^5 of them.
    op.execute(
        "DELETE FROM receipt WHERE (guild_id, key) IN (SELECT guild_id, key FROM ("
        f"SELECT guild_id, key, row_number() OVER (PARTITION BY guild_id, {plain} ORDER BY record) "
        "AS n FROM receipt) AS numbered WHERE n > 1)"
    )
    op.execute(f"UPDATE receipt SET key = {plain}")
    _rename_operations({new: old for old, new in OPERATIONS.items()})


def _rename_operations(names: dict[str, str]) -> None:
    cases = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in names.items())
    op.execute(f"UPDATE receipt SET operation = CASE operation {cases} ELSE operation END")


def _schedule_days() -> None:
    schedule = sa.table(
        "schedule",
        sa.column("guild_id", sa.BigInteger()),
        sa.column("kind", sa.Text()),
        sa.column("due_at", TIME),
        sa.column("failures", sa.Integer()),
    )
    book = sa.table("book", sa.column("guild_id", sa.BigInteger()))
    now = datetime.now(UTC).replace(tzinfo=None) if _is_sqlite() else datetime.now(UTC)
    columns = ["guild_id", "kind", "due_at", "failures"]
    for kind in ("day", "receipts", "role_defaults"):
        due = sa.select(book.c.guild_id, sa.literal(kind), sa.literal(now, TIME), sa.literal(0))
        op.execute(schedule.insert().from_select(columns, due))
