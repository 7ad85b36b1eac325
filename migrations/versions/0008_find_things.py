"""Find things by the middle of their words and by SKUs that they had, locations by their path.

Names of items may repeat, those of locations within different parents. Words are written again,
without accents. On the way down what repeats is told apart by SKU and path, because the program
before this one needs names of its own; nothing else is lost but former SKUs and `whole`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

KEY = sa.Text(collation="C").with_variant(sa.Text(collation="BINARY"), "sqlite")
BY_SUBJECT = "ix_search_word_guild_id_noun_subject_id"
SEPARATOR = " \u203a "
# Rows that are read and written at a time.
SLICE = 1000
# Columns that words are made of. Members are found by their names from now on.
WORDED = {
    "item": ("id", ("sku", "name")),
    "location": ("id", ("name", "path")),
    "supplier": ("id", ("name",)),
    "member": ("user_id", ("name",)),
}
OLD_WORDED = {
    "item": ("id", ("sku", "name")),
    "location": ("id", ("name",)),
    "supplier": ("id", ("name",)),
}

Words = Callable[..., tuple[str, ...]]


def upgrade() -> None:
    _create_tables()
    op.add_column("item", sa.Column("whole", sa.Boolean(), nullable=True))
    with op.batch_alter_table("item") as item:
        item.drop_constraint(op.f("uq_item_guild_id_name_key"), type_="unique")
    op.create_index(op.f("ix_item_guild_id_name_key"), "item", ["guild_id", "name_key"])
    op.add_column("location", sa.Column("path", sa.Text(), nullable=False, server_default=""))
    op.add_column("location", sa.Column("path_key", KEY, nullable=False, server_default=""))
    _write_paths()
    with op.batch_alter_table("location") as location:
        location.drop_constraint(op.f("uq_location_guild_id_name_key"), type_="unique")
        location.alter_column("path", existing_type=sa.Text(), server_default=None)
        location.alter_column("path_key", existing_type=KEY, server_default=None)
        location.create_unique_constraint(
            op.f("uq_location_guild_id_path_key"), ["guild_id", "path_key"]
        )
    for column in ("name_key", "parent_id"):
        name = op.f(f"ix_location_guild_id_{column}")
        op.create_index(name, "location", ["guild_id", column])
    op.drop_index(op.f(BY_SUBJECT), table_name="search_word")
    _write_words(WORDED, words_of, parts_of)
    op.create_index(
        op.f(f"{BY_SUBJECT}_word"), "search_word", ["guild_id", "noun", "subject_id", "word"]
    )


def downgrade() -> None:
    op.drop_index(op.f(f"{BY_SUBJECT}_word"), table_name="search_word")
    _tell_apart()
    for column in ("name_key", "parent_id"):
        op.drop_index(op.f(f"ix_location_guild_id_{column}"), table_name="location")
    op.drop_index(op.f("ix_item_guild_id_name_key"), table_name="item")
    op.drop_table("former_sku")
    op.drop_table("search_part")
    with op.batch_alter_table("location") as location:
        location.drop_constraint(op.f("uq_location_guild_id_path_key"), type_="unique")
        location.drop_column("path_key")
        location.drop_column("path")
        location.create_unique_constraint(
            op.f("uq_location_guild_id_name_key"), ["guild_id", "name_key"]
        )
    with op.batch_alter_table("item") as item:
        item.drop_column("whole")
        item.create_unique_constraint(op.f("uq_item_guild_id_name_key"), ["guild_id", "name_key"])
    _write_words(OLD_WORDED, old_words_of, None)
    op.create_index(op.f(BY_SUBJECT), "search_word", ["guild_id", "noun", "subject_id"])


def _create_tables() -> None:
    op.create_table(
        "search_part",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("noun", sa.Text(), nullable=False),
        sa.Column("part", KEY, nullable=False),
        sa.Column("word", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_search_part_guild_id")
        ),
        sa.PrimaryKeyConstraint("guild_id", "noun", "part", "word", name=op.f("pk_search_part")),
    )
    op.create_table(
        "former_sku",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku_key", KEY, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guild_id"], ["book.guild_id"], name=op.f("fk_former_sku_guild_id")
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "item_id"],
            ["item.guild_id", "item.id"],
            name=op.f("fk_former_sku_guild_id_item_id"),
        ),
        sa.PrimaryKeyConstraint("guild_id", "sku_key", name=op.f("pk_former_sku")),
    )
    op.create_index(op.f("ix_former_sku_guild_id_item_id"), "former_sku", ["guild_id", "item_id"])


def _write_paths() -> None:
    """Write each location's path from the names above it; one in a circle has its own name."""
    rows = op.get_bind().execute(
        sa.text("SELECT guild_id, id, parent_id, name, name_key FROM location")
    )
    known = {(row.guild_id, row.id): row for row in rows}
    changes = []
    for (guild_id, location_id), row in known.items():
        names, keys, seen = [row.name], [row.name_key], {location_id}
        parent_id = row.parent_id
        while parent_id is not None and parent_id not in seen:
            seen.add(parent_id)
            above = known[guild_id, parent_id]
            names.append(above.name)
            keys.append(above.name_key)
            parent_id = above.parent_id
        if parent_id is not None:
            names, keys = names[:1], keys[:1]
        path, path_key = (SEPARATOR.join(reversed(each)) for each in (names, keys))
        changes.append({"g": guild_id, "i": location_id, "p": path, "k": path_key})
    if changes:
        op.get_bind().execute(
            sa.text("UPDATE location SET path = :p, path_key = :k WHERE guild_id = :g AND id = :i"),
            changes,
        )


def _tell_apart() -> None:
    """Give names that repeat what tells them apart: an item its SKU, a location its path."""
    repeated = (
        "SELECT 1 FROM {0} other WHERE other.guild_id = {0}.guild_id "
        "AND other.name_key = {0}.name_key AND other.id <> {0}.id"
    )
    for table, name, key in (
        ("item", "name || ' (' || sku || ')'", "name_key || ' (' || sku_key || ')'"),
        ("location", "path", "path_key"),
    ):
        op.execute(
            f"CREATE TEMPORARY TABLE repeated AS SELECT guild_id, id FROM {table} "
            f"WHERE EXISTS ({repeated.format(table)})"
        )
        op.execute(
            f"UPDATE {table} SET name = {name}, name_key = {key} WHERE EXISTS ("
            f"SELECT 1 FROM repeated r WHERE r.guild_id = {table}.guild_id AND r.id = {table}.id)"
        )
        op.execute("DROP TABLE repeated")


def _write_words(
    worded: dict[str, tuple[str, tuple[str, ...]]],
    words: Words,
    parts: Callable[..., Iterator[tuple[str, str]]] | None,
) -> None:
    op.execute("DELETE FROM search_word")
    for noun, (key, columns) in worded.items():
        for rows in _slices(noun, key, columns):
            made = [(row, [text for text in row[3:] if text]) for row in rows]
            _insert(
                "search_word",
                [
                    {
                        "guild_id": row[0],
                        "noun": noun,
                        "is_archived": row[2] is not None,
                        "word": word,
                        "subject_id": row[1],
                    }
                    for row, texts in made
                    for word in words(*texts)
                ],
            )
            # A person's name leaves nothing behind when it is erased.
            if parts is not None and noun != "member":
                found = {
                    (row[0], part, word) for row, texts in made for part, word in parts(*texts)
                }
                _insert_parts(noun, found)


def _slices(noun: str, key: str, columns: tuple[str, ...]) -> Iterator[Sequence[Any]]:
    archived = "NULL" if noun in {"supplier", "member"} else "archived_at"
    # The outside world is never searched.
    physical = "AND id > 4" if noun == "location" else ""
    statement = sa.text(
        f"SELECT guild_id, {key}, {archived}, {', '.join(columns)} FROM {noun} "
        f"WHERE (guild_id > :g OR (guild_id = :g AND {key} > :i)) {physical} "
        f"ORDER BY guild_id, {key} LIMIT {SLICE}"
    )
    cursor = {"g": -1, "i": -1}
    while rows := op.get_bind().execute(statement, cursor).all():
        yield rows
        cursor = {"g": rows[-1][0], "i": rows[-1][1]}


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in rows[0]]
        op.get_bind().execute(sa.table(table, *columns).insert(), rows)


def _insert_parts(noun: str, found: set[tuple[int, str, str]]) -> None:
    if found:
        op.get_bind().execute(
            sa.text(
                "INSERT INTO search_part (guild_id, noun, part, word) VALUES (:g, :n, :p, :w) "
                "ON CONFLICT DO NOTHING"
            ),
            [{"g": g, "n": noun, "p": part, "w": word} for g, part, word in sorted(found)],
        )


# As `bot/domain/names.py` and `bot/domain/words.py` were when this was written.
VARIATIONS = re.compile(r"[\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
BLANKS = re.compile(r"\s+")
WORD = re.compile(r"[^\W_]+")
ACCENTS = re.compile(r"[\u0300-\u036f]")
LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "\u0131": "i",
        "ŧ": "t",
        "æ": "ae",
        "œ": "oe",
        "ð": "d",
    }
)


def key_of(text: str) -> str:
    folded = unicodedata.normalize("NFKC", VARIATIONS.sub("", text)).casefold()
    return BLANKS.sub(" ", unicodedata.normalize("NFKC", folded)).strip()


def old_words_of(*texts: str) -> tuple[str, ...]:
    words: dict[str, None] = {}
    for text in texts:
        key = key_of(text)
        words[key] = None
        words.update(dict.fromkeys(re.findall(r"\w+", key)))
    words.pop("", None)
    return tuple(words)


def fold(text: str) -> str:
    key = key_of(text)
    if key.isascii():
        return key
    bare = ACCENTS.sub("", unicodedata.normalize("NFD", key.translate(LETTERS)))
    return unicodedata.normalize("NFC", bare)


def squeeze(folded: str) -> str:
    return "".join(WORD.findall(folded))


def words_of(*texts: str) -> tuple[str, ...]:
    words: dict[str, None] = {}
    for place, text in enumerate(texts):
        folded = fold(text)
        words[folded] = None
        words.update(dict.fromkeys(WORD.findall(folded)))
        words.update(dict.fromkeys(map(squeeze, folded.split())))
        if place == 0:
            words[squeeze(folded)] = None
    words.pop("", None)
    return tuple(words)


def parts_of(*texts: str) -> Iterator[tuple[str, str]]:
    for word in {squeeze(chunk) for text in texts for chunk in fold(text).split()}:
        for begin in range(1, len(word) - least_part(word) + 1):
            yield word[begin:], word


def least_part(word: str) -> int:
    is_caseless = not word.isascii() and any(unicodedata.category(c) == "Lo" for c in word)
    return 2 if is_caseless else 3
