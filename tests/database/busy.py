"""A guild as large as years make it, written by SQL: its moves and what belongs to them."""

from datetime import UTC, datetime

from sqlalchemy import Connection, text

from bot.database.admin import revisions
from bot.database.admin.statistics import analyze
from tests.conftest import SOAK
from tests.database.servers import FORGET_ANALYZED_WHILE_EMPTY

ITEMS, LOCATIONS, PEOPLE, SUPPLIERS = 3000, 2000, 40, 2000
MOVES = 200_000 if SOAK else 20_000
FIRST_ITEM, FIRST_LOCATION, FIRST_SUPPLIER = 1001, 4001, 8001
FIRST_LOT = 100_001
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


async def fill_guild(url: str, guild_id: int, *, moves: int = MOVES) -> None:
    """Write the guild's rows and let the planner look at them; no chain is kept."""

    def fill(connection: Connection) -> None:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            # Triggers refuse no insert, but a million foreign keys take their time.
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        at = "2026-01-01 00:00:00.000000" if is_sqlite else _BEGAN
        for statement in _statements(moves, is_sqlite=is_sqlite):
            connection.execute(text(statement), {"g": guild_id, "at": at})
        analyze(connection)
        if not is_sqlite:
            # Other tests' dead rows are still in the files of what is filled only later.
            connection.execute(text(FORGET_ANALYZED_WHILE_EMPTY))

    await revisions.on_connection(url, fill)


def _statements(moves: int, *, is_sqlite: bool) -> list[str]:
    def up_to(count: int) -> str:
        if is_sqlite:
            return (
                "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s"
                f" WHERE n < {count}) SELECT n FROM s) AS s"
            )
        return f"generate_series(1, {count}) AS s (n)"

    thousand = 1000 if is_sqlite else 1
    at = "CAST(:at AS TEXT)" if is_sqlite else "CAST(:at AS timestamptz)"
    blob = "x''" if is_sqlite else "''::bytea"
    false = "0" if is_sqlite else "false"
    item, location = f"{FIRST_ITEM} + n % {ITEMS}", f"{FIRST_LOCATION} + n % {LOCATIONS}"
    return [
        f"""INSERT INTO item (guild_id, id, sku, sku_key, name, name_key, unit, reserved,
            changed_record)
        SELECT :g, {FIRST_ITEM} - 1 + n, 'S-' || n, 's-' || n, 'N ' || n, 'n ' || n, 'pcs', 0, n
        FROM {up_to(ITEMS)}""",
        f"""INSERT INTO search_word (guild_id, noun, is_archived, word, subject_id)
        SELECT :g, 'item', {false}, 's-' || n, {FIRST_ITEM} - 1 + n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO search_part (guild_id, noun, part, word)
        SELECT :g, 'item', '' || n, 's' || n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO search_word (guild_id, noun, is_archived, word, subject_id)
        SELECT :g, 'item', {false}, 's' || n, {FIRST_ITEM} - 1 + n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO former_sku (guild_id, sku_key, sku, item_id)
        SELECT :g, 'old-' || n, 'OLD-' || n, {FIRST_ITEM} - 1 + n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO item_unit (guild_id, item_id, unit_key, unit, factor, changed_record)
        SELECT :g, {FIRST_ITEM} - 1 + n, 'box', 'box', {1000 * thousand}, n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO barcode (guild_id, code_key, code, item_id, unit, quantity, changed_record)
        SELECT :g, '40-' || n, '40-' || n, {FIRST_ITEM} - 1 + n, '', {thousand}, n
        FROM {up_to(ITEMS)}""",
        f"""INSERT INTO item_image (guild_id, item_id, content, content_hash, width, height,
            changed_record)
        SELECT :g, {FIRST_ITEM} - 1 + n, {blob}, '', 1, 1, n FROM {up_to(ITEMS)}""",
        f"""INSERT INTO item_merge (guild_id, item_id, into_id, taken, changed_record)
        SELECT :g, {FIRST_ITEM} + 999 + n, {FIRST_ITEM} + n % 100, '{{}}', n FROM {up_to(1000)}""",
        f"""INSERT INTO location (guild_id, id, name, name_key, path, path_key,
            changed_record)
        SELECT :g, {FIRST_LOCATION} - 1 + n, 'L ' || n, 'l ' || n, 'L ' || n, 'l ' || n, n
        FROM {up_to(LOCATIONS)}""",
        f"""INSERT INTO member (guild_id, user_id, name, name_key, language,
            deactivation_reason, changed_record)
        SELECT :g, 20000 + n, 'P ' || n, 'p ' || n, '', '', n FROM {up_to(SUPPLIERS)}""",
        f"""INSERT INTO role_assignment (guild_id, user_id, role_id, assigned_at, assigned_by,
            changed_record)
        SELECT :g, 20000 + n, role.id, {at}, 900, n FROM {up_to(SUPPLIERS)}
        JOIN role ON role.guild_id = :g""",
        f"""INSERT INTO supplier (guild_id, id, name, name_key, note, changed_record)
        SELECT :g, {FIRST_SUPPLIER} - 1 + n, 'C ' || n, 'c ' || n, '', n FROM {up_to(SUPPLIERS)}""",
        f"""INSERT INTO approval (guild_id, noun, subject_id, status, version, opened_by,
            opened_at, opened_record, touched_by, agreed_by, reason, changed_record)
        SELECT :g, 'supplier', {FIRST_SUPPLIER} - 1 + n, 'pending', 1, 5001, {at}, n,
            '5001', '', '', n FROM {up_to(SUPPLIERS)}""",
        f"""INSERT INTO audit_event (guild_id, record, format, at, actor_kind, actor_id, source,
            action, subject_type, subject_id, subject, detail, hash)
        SELECT :g, n + 1, 2, {at}, 'member', n % {PEOPLE}, 'discord', 'stock.taken', 'item',
            {item}, 'S', '{{}}', '' FROM {up_to(moves)}""",
        f"""INSERT INTO stock_move (guild_id, record, line, item_id, lot_id, source_id, target_id,
            quantity, actor_id)
        SELECT :g, n + 1, 1, {item}, 0, {location}, 2, {thousand}, n % {PEOPLE}
        FROM {up_to(moves)}""",
        f"""INSERT INTO stock_level (guild_id, item_id, location_id, lot_id, quantity)
        SELECT :g, {item}, {location}, 0, {100 * thousand} FROM {up_to(ITEMS)}""",
        f"""INSERT INTO audit_subject (guild_id, noun, subject_id, record)
        SELECT :g, 'order', n % 500, n + 1 FROM {up_to(moves // 20)}""",
        f"""INSERT INTO receipt (guild_id, key, record, actor_id, operation, fingerprint, answer,
            created_at)
        SELECT :g, 'k' || n, n + 1, n % {PEOPLE}, 'stock.take', '', '{{}}', {at}
        FROM {up_to(moves // 20)}""",
        f"""INSERT INTO outbox (guild_id, lane, record, kind, created_at)
        SELECT :g, 'channel:audit', n + 1, 'audit', {at} FROM {up_to(2000)}""",
        f"""INSERT INTO pending_answer (guild_id, key, user_id, application_id, token, locale,
            created_at)
        SELECT :g, 'k' || n, n % {PEOPLE}, 1, 't', '', {at} FROM {up_to(2000)}""",
        f"""INSERT INTO lot (guild_id, id, item_id, code, code_key, state, changed_record)
        SELECT :g, {FIRST_LOT} - 1 + n, {FIRST_ITEM} + n % 100, 'C-' || n, 'b-' || n, 'open', n
        FROM {up_to(2000)}""",
        f"""INSERT INTO shift (guild_id, id, user_id, started_at, ends_at, discord_role_ids,
            changed_record)
        SELECT :g, {FIRST_LOT} + 1999 + n, n % {PEOPLE}, {at}, {at}, '', n FROM {up_to(2000)}""",
        f"""INSERT INTO tombstone (guild_id, noun, key, record)
        SELECT :g, 'role_assignment', n || '/1', n FROM {up_to(2000)}""",
        f"""INSERT INTO request (guild_id, changed_record, id, number, status, version, made_by,
            made_at, wanted_for, note)
        SELECT :g, n, 20000 + n, n, 'done', 2, 5001, {at}, 'F ' || n, '' FROM {up_to(2000)}""",
        f"""INSERT INTO request_line (guild_id, changed_record, request_id, line, item_id, quantity,
            picked, reserved)
        SELECT :g, n, 20000 + n, 1, {item}, {thousand}, {thousand}, 0 FROM {up_to(2000)}""",
        f"""INSERT INTO shift (guild_id, changed_record, id, user_id, started_at, ends_at,
            discord_role_ids)
        SELECT :g, n, 30000 + n, 20000 + n % 300, {at}, {at}, '' FROM {up_to(2000)}""",
        f"""INSERT INTO sync_operation (guild_id, operation_id, device_id, record, happened_at,
            fingerprint)
        SELECT :g, 'o' || n, 1, n + 1, {at}, '' FROM {up_to(moves // 20)}""",
        f"""INSERT INTO dated_move (guild_id, record, line, happened_at)
        SELECT :g, n + 1, 1, {at} FROM {up_to(moves // 20)}""",
        f"""INSERT INTO stock_observation (guild_id, item_id, location_id, lot_id, happened_at,
            record, counted)
        SELECT :g, {item}, {location}, 0, {at}, n + 1, {thousand} FROM {up_to(moves // 20)}""",
        f"UPDATE book SET last_record = {moves + 1} WHERE guild_id = :g",
    ]
