"""Keep what people were given and lost, and what names look like.

Who got the default role, or lost roles, is read from the records: it survives the erasing of a
profile from now on. Names with letters of other scripts are listed under what they look like.
"""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
HOLDERS = "ix_role_assignment_guild_id_role_id_user_id"
BY_ROW = "ix_lookalike_guild_id_noun_row_id"

# The keys of each noun that must be told apart.
NAMED = {
    "item": ("sku_key", "name_key"),
    "location": ("name_key",),
    "role": ("name_key",),
    "supplier": ("name_key",),
}
# As `bot/domain/lookalikes.py` was when this was written.
ALIKE = {
    "a": "аα\u0251", "b": "вβ", "c": "сϲ", "d": "ԁ", "e": "еε", "f": "ϝ", "g": "\u0261ց",
    "h": "нһηհ", "i": "іι", "j": "јϳ", "k": "кκ", "l": "ӏ", "m": "мμ", "n": "ν", "o": "оοօ",
    "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "u": "ս", "v": "ѵ", "w": "ԝ", "x": "хχ",
    "y": "уүυ", "z": "ζ",
}  # fmt: skip
LATIN = {ord(letter): latin for latin, letters in ALIKE.items() for letter in letters}


def upgrade() -> None:
    op.create_table(
        "default_role_grant",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("given_record", sa.BigInteger(), nullable=True),
        sa.Column("taken_record", sa.BigInteger(), nullable=True),
        _in_book("default_role_grant"),
        sa.PrimaryKeyConstraint("guild_id", "user_id", name=op.f("pk_default_role_grant")),
    )
    op.create_table(
        "lookalike",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("skeleton", KEY, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        _in_book("lookalike"),
        sa.PrimaryKeyConstraint(
            "guild_id", "noun", "skeleton", "row_id", name=op.f("pk_lookalike")
        ),
    )
    op.create_index(op.f(BY_ROW), "lookalike", ["guild_id", "noun", "row_id"])
    op.create_index(op.f(HOLDERS), "role_assignment", ["guild_id", "role_id", "user_id"])
    _insert("default_role_grant", _list_grants())
    for noun, columns in NAMED.items():
        found = {row for column in columns for row in _list_lookalikes(noun, column)}
        names = ("guild_id", "noun", "skeleton", "row_id")
        _insert("lookalike", [dict(zip(names, row, strict=True)) for row in sorted(found)])


def downgrade() -> None:
    # The program before this one would send what is encrypted to Discord as a token.
    op.execute("DELETE FROM pending_answer WHERE token LIKE 's1.%'")
    op.drop_index(op.f(HOLDERS), table_name="role_assignment")
    op.drop_table("lookalike")
    op.drop_table("default_role_grant")


def _in_book(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_guild_id")
    return sa.ForeignKeyConstraint(["guild_id"], ["book.guild_id"], name=name)


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in rows[0]]
        op.get_bind().execute(sa.table(table, *columns).insert(), rows)


def _list_grants() -> list[dict[str, Any]]:
    """Read from the records who was given the default role, and who lost roles."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    events = op.get_bind().execute(
        sa.text(
            "SELECT guild_id, subject_id, record, action, detail FROM audit_event "
            "WHERE action IN ('member.registered', 'member.roles') AND subject_id IS NOT NULL "
            "ORDER BY guild_id, record"
        )
    )
    for guild_id, user_id, record, action, detail in events:
        before, after = (json.loads(detail).get(end, {}) for end in ("before", "after"))
        row = {
            "guild_id": guild_id,
            "user_id": user_id,
            "given_record": None,
            "taken_record": None,
        } | found.get((guild_id, user_id), {})
        if action == "member.registered" and "role" in after:
            row["given_record"] = row["given_record"] or record
        elif _list_names(before) - _list_names(after):
            row["taken_record"] = record
        if row["given_record"] or row["taken_record"]:
            found[guild_id, user_id] = row
    return list(found.values())


def _list_names(recorded: dict[str, str]) -> set[str]:
    return {name for name in recorded.get("roles", "").split(", ") if name}


def _list_lookalikes(noun: str, column: str) -> Iterator[tuple[int, str, str, int]]:
    """Find the names that look different from how they are written, among those not in ASCII."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    others = f"{column} GLOB '*[^ -~]*'" if is_sqlite else f"{column} ~ '[^ -~]'"
    rows = op.get_bind().execute(
        sa.text(f"SELECT guild_id, id, {column} FROM {noun} WHERE {others}")
    )
    for guild_id, row_id, key in rows:
        decomposed = unicodedata.normalize("NFD", key)
        skeleton = unicodedata.normalize("NFC", decomposed.translate(LATIN))
        if skeleton != key:
            yield guild_id, noun, skeleton, row_id
