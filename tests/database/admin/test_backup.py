"""The restore drill, and everything that a backup must not do."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import Connection, delete, insert, select, text

from bot.database.admin import backup_postgresql, backup_sqlite, revisions
from bot.database.admin.backup import Restored, back_up, restore
from bot.database.admin.backup_seals import _CHECKSUM_BYTES, _PROOF_BYTES, require_sealed, seal
from bot.database.admin.counts import GuildTally
from bot.database.admin.dump_tallies import tally_dump
from bot.database.admin.postgresql_tools import find_tool
from bot.database.admin.revisions import on_connection
from bot.database.condition import file_of
from bot.database.engine import DatabaseSettings
from bot.database.models import FormerSku, Item, ItemImage, metadata
from bot.database.models.base import table_of
from bot.database.operations import Operation
from bot.database.service import DatabaseService
from bot.database.unit import UnitOfWork
from bot.domain.permissions import DEFAULT_ROLES
from bot.domain.rights import Need
from bot.errors import BackupRefused, NoBooks, SchemaUnknown
from tests.database.books import (
    GUILD,
    OTHER_GUILD,
    Snapshot,
    Warehouse,
    require_sound_books,
    snapshot,
)
from tests.database.servers import PostgresqlServer
from tests.database.test_doors import live

THIRD_GUILD = 7003
SECRET = "hunter2-of-the-owner"
KEY = "key-of-the-backups-0123456789"


@dataclass
class Place:
    """Somewhere to restore to, empty at first."""

    url: str

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[DatabaseService]:
        service = DatabaseService(DatabaseSettings(self.url))
        yield service
        await service.close()

    async def rows(self) -> Snapshot:
        async with self.opened() as db:
            return await snapshot(db)


@pytest.fixture
def elsewhere(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    """A database without a single table."""
    if engine == "sqlite":
        yield Place(f"sqlite+aiosqlite:///{tmp_path / 'elsewhere.db'}")
        return
    server = request.getfixturevalue("postgresql")
    assert isinstance(server, PostgresqlServer)
    monkeypatch.setenv("PATH", f"{server.programs}{os.pathsep}{os.environ['PATH']}")
    name = f"elsewhere_{os.getpid()}"
    yield Place(server.create(name, template="template1"))
    server.drop(name)


@pytest_asyncio.fixture
async def filled(db: DatabaseService, elsewhere: Place) -> DatabaseService:
    """The books of three guilds, with a row in every table."""
    del elsewhere  # it finds the programs as well
    warehouse = await Warehouse.open(db)
    await live(warehouse)

    async def register(uow: UnitOfWork) -> None:
        now = datetime(2026, 1, 2, tzinfo=UTC)
        await uow.members.create(user_id=912, name="Ann", registered_at=now)
        await uow.role_assignments.create(
            user_id=912, role_id=DEFAULT_ROLES[0].id, assigned_at=now, assigned_by=900
        )
        await uow.lookalikes.create(noun="role", skeleton="scope", row_id=12)
        await deepen(uow)

    async def touch(uow: UnitOfWork, request: None) -> None:
        del request
        await uow.members.update_by_id(912, name="Ann B.")
        uow.record(
            "test.changed",
            subject_type="member",
            subject_id=912,
            subject="912",
            subjects=[("role", DEFAULT_ROLES[0].id)],
        )

    await warehouse.change(register)
    touched = Operation("test.touched", touch, Need(("role.manage",)))
    await warehouse.run(touched, None, warehouse.owner)
    for guild_id, quantity in ((OTHER_GUILD, 5), (THIRD_GUILD, 7)):
        other = await Warehouse.open(db, guild_id)
        await other.put(await other.add_item(), quantity, await other.add_shelf())
    return db


@pytest.fixture
def address(database_url: str) -> str:
    """Where the filled books are; a server on a socket file does not ask for the password."""
    return database_url.replace("postgres@", f"postgres:{SECRET}@")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "books.backup"


async def deepen(uow: UnitOfWork) -> None:
    """Add a row to each table of what a warehouse may do without."""
    item = await uow.items.require_reference("BOLT-8")
    nut = await uow.items.create(sku="NUT", sku_key="nut", name="Nut", name_key="nut")
    shelf = await uow.locations.require_reference("A1")
    await uow.lots.create(item_id=item.id, code="L1", code_key="l1", expires_on=date(2027, 1, 2))
    await uow.item_units.create(
        item_id=item.id, unit_key="box", unit="box", factor=Decimal("50.000000")
    )
    await uow.barcodes.create(code_key="400", code="400", item_id=item.id)
    await uow.item_images.create(
        item_id=item.id, content=b"\x00webp", content_hash="0", width=1, height=1
    )
    await uow.item_merges.create(item_id=nut.id, into_id=item.id, taken="{}")
    await uow.tracked_items.create(item_id=item.id, since=date(2027, 1, 2))
    await uow.item_days.create(
        item_id=item.id,
        day=date(2027, 1, 2),
        **dict.fromkeys(("opened", "highest", "lowest", "closed", "volume"), Decimal("2.500")),
    )
    await uow.item_day_marks.create(item_id=item.id, last_record=1, timezone="UTC")
    await uow.shifts.create(user_id=912, started_at=uow.now, ends_at=uow.now)
    await uow.import_previews.create(
        token="t",
        kind="items",
        file_name="items.csv",
        file_hash="0",
        made_by=912,
        made_at=uow.now,
        expires_at=uow.now,
        based_on=1,
        content=b"\xffzip",
    )
    made = {"made_by": 912, "made_at": uow.now}
    count = await uow.stock_counts.open(location_id=shelf.id, **made)
    await uow.count_lines.create(count_id=count.id, line=1, item_id=item.id, location_id=shelf.id)
    wanted = await uow.requests.open(wanted_for="Jo", needed_by=date(2027, 1, 2), **made)
    await uow.request_lines.create(
        request_id=wanted.id, line=1, item_id=item.id, quantity=Decimal("2.500")
    )
    await buy(uow, item.id)
    await link_device(uow, item.id, shelf.id)
    figures = await uow.report_schedules.create(
        kind="low", channel_id=5, every="day", at_time="08:00", created_at=uow.now
    )
    await uow.report_postings.create(
        schedule_id=figures.id, day=date(2027, 1, 2), due_at=uow.now, posted_at=uow.now
    )
    board = await uow.boards.create(channel_id=5, kind="stock", location_id=shelf.id)
    await uow.board_messages.create(board_id=board.id, channel_id=5)


async def buy(uow: UnitOfWork, item_id: int) -> None:
    """Add a row to each table of what is bought."""
    made = {"made_by": 912, "made_at": uow.now}
    price = {"item_id": item_id, "unit_price": Decimal("0.001200")}
    of = {"supplier_id": (await uow.suppliers.find_all())[0].id, "currency": "KWD"}
    await uow.supplier_prices.create(
        **of, item_id=item_id, amount=price["unit_price"], valid_from=date(2027, 1, 2)
    )
    order = await uow.orders.open(**of, **made, rate=Decimal("3.250000"))
    await uow.order_lines.create(order_id=order.id, line=1, **price, quantity=Decimal("2.500"))
    invoice = await uow.invoices.open(
        **of, **made, supplier_number="RE 1", number_key="re1", total=Decimal("1.005")
    )
    await uow.invoice_lines.create(
        invoice_id=invoice.id, line=1, **price, quantity=Decimal("2.500"), order_id=order.id
    )
    await uow.invoice_files.create(
        invoice_id=invoice.id,
        name="re1.pdf",
        media_type="application/pdf",
        content=b"%PDF\xff",
        content_hash="0",
    )
    await uow.payments.open(**made, invoice_id=invoice.id, amount=Decimal("1.005"), currency="KWD")


async def link_device(uow: UnitOfWork, item_id: int, location_id: int) -> None:
    """Add a row to each table of devices."""
    device = await uow.devices.create(
        user_id=912, name="Gun", name_key="gun", link_expires_at=uow.now, token_hash="0"
    )
    await uow.sync_operations.create(
        operation_id="1", device_id=device.id, record=uow.scope.record, happened_at=uow.now
    )
    await uow.observations.create(
        item_id=item_id,
        location_id=location_id,
        happened_at=uow.now,
        record=uow.scope.record,
        counted=Decimal("2.500"),
    )


def require_all_kinds(rows: Snapshot) -> None:
    empty = {table for table, found in rows.items() if not found}
    # What was delivered is gone, a card that was lost is deleted, no SKU was changed, no
    # device called, and nothing was told late.
    assert empty <= {
        "approval_card",
        "former_sku",
        "device_contact",
        "dated_move",
        "tracked_item",
        "item_day",
    }, empty


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def read(path: Path) -> bytes:
    return path.read_bytes()


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def names_in(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def figures_of(tallies: list[GuildTally]) -> list[tuple[object, ...]]:
    return [(t.guild_id, t.last_record, t.chain_head, t.rows) for t in tallies]


async def test_the_restore_drill(
    filled: DatabaseService, address: str, elsewhere: Place, target: Path
) -> None:
    before = await snapshot(filled)
    require_all_kinds(before)
    written = await back_up(address, target)
    restored = await restore(elsewhere.url, target)

    assert [tally.guild_id for tally in written] == [GUILD, OTHER_GUILD, THIRD_GUILD]
    assert figures_of(restored.tallies) == figures_of(written)
    assert restored.revision == revisions.newest_revision()
    assert restored.kept is None
    assert await elsewhere.rows() == before
    for tally in restored.tallies:
        for table, rows in before.items():
            if "guild_id" in metadata.tables[table].c:
                at = list(metadata.tables[table].c.keys()).index("guild_id")
                count = sum(row[at] == tally.guild_id for row in rows)
                assert tally.rows.get(table, 0) == count, table

    async with elsewhere.opened() as db:
        for tally in restored.tallies[1:]:
            warehouse = Warehouse(db, tally.guild_id)
            async with db.look_up(warehouse.manager) as books:
                item = await books.items.require_reference("BOLT-8")
                shelf = await books.locations.require_reference("A1")
            moved = await warehouse.put(item, 1, shelf)
            assert moved.record == tally.last_record + 1
            assert await require_sound_books(db, tally.guild_id) == moved.record
    assert await snapshot(filled) == before


@pytest.mark.usefixtures("filled")
async def test_a_backup_is_for_its_owner_alone_and_takes_no_files_place(
    address: str, target: Path
) -> None:
    await back_up(address, target)
    assert mode_of(target) == 0o600
    kept = read(target)
    with pytest.raises(BackupRefused, match="exists already"):
        await back_up(address, target)
    assert read(target) == kept
    assert not [name for name in names_in(target.parent) if name.startswith(".")]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("length", [250, 300])
async def test_a_backup_whose_name_is_too_long_is_refused_in_a_sentence(
    address: str, target: Path, length: int
) -> None:
    with pytest.raises(BackupRefused, match="cannot be written: File name too long"):
        await back_up(address, target.with_name("x" * length))
    assert not [name for name in names_in(target.parent) if name.startswith((".", "x"))]


@pytest.mark.parametrize("kind", ["/dev/zero", "pipe"])
async def test_no_backup_is_read_from_a_device_or_a_pipe(
    elsewhere: Place, tmp_path: Path, kind: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BackupRefused, match="is no regular file"):
        await asyncio.wait_for(restore(elsewhere.url, tmp_path / kind), 5)


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal", ".key", ".signing.key"])
async def test_no_backup_gets_the_name_of_a_file_that_belongs_to_the_books(
    address: str, tmp_path: Path, ending: str
) -> None:
    books = file_of(address)
    assert books is not None
    beside = books.with_name(books.name + ending)
    (tmp_path / "link").symlink_to(books.parent)
    for target in (beside, tmp_path / "link" / beside.name):
        with pytest.raises(BackupRefused, match="belongs to the books; name another file"):
            await back_up(address, target)
        assert not target.exists() or b"sealed by tallyman" not in target.read_bytes()


async def test_a_backup_among_writes_is_of_one_moment(
    filled: DatabaseService, address: str, elsewhere: Place, target: Path
) -> None:
    warehouse = Warehouse(filled, OTHER_GUILD)
    async with filled.look_up(warehouse.manager) as books:
        item = await books.items.require_reference("BOLT-8")
        shelf = await books.locations.require_reference("A1")
    done = asyncio.Event()

    async def work() -> int:
        written = 0
        while not done.is_set():
            await warehouse.put(item, 1, shelf)
            written += 1
        return written

    writing = asyncio.create_task(work())
    tallies = await back_up(address, target)
    done.set()
    assert await writing > 0
    restored = await restore(elsewhere.url, target)
    assert figures_of(restored.tallies) == figures_of(tallies)
    async with elsewhere.opened() as db:
        assert await require_sound_books(db, OTHER_GUILD) == tallies[1].last_record


def tear(content: bytes) -> Iterator[bytes]:
    """Damage a file in many ways: cut short, emptied, overwritten, one byte changed."""
    yield b""
    yield b"this is no backup\n" * 100
    yield content[: len(content) // 2]
    yield content[:-1]
    for place in (20, len(content) // 3, len(content) // 2, len(content) - 200):
        yield content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]


@pytest.mark.usefixtures("filled")
@pytest.mark.soak_on("postgresql")
async def test_a_damaged_backup_is_refused_and_changes_nothing(
    address: str, elsewhere: Place, target: Path
) -> None:
    await back_up(address, target)
    whole = read(target)
    await restore(elsewhere.url, target)
    before = await elsewhere.rows()
    for number, content in enumerate(tear(whole)):
        write(target, content)
        with pytest.raises(BackupRefused) as caught:
            await restore(elsewhere.url, target, is_replacing=True)
        assert "Traceback" not in str(caught.value), number
        assert await elsewhere.rows() == before, number
    with pytest.raises(BackupRefused, match="cannot be read: No such file"):
        await restore(elsewhere.url, target.with_name("absent"))


@pytest.mark.usefixtures("filled")
@pytest.mark.soak_on("postgresql")
async def test_a_backup_that_was_changed_with_a_new_checksum_is_refused(
    address: str, elsewhere: Place, target: Path
) -> None:
    await back_up(address, target, keys=[KEY])
    proved = read(target)
    write(target, proved[:-_PROOF_BYTES])
    with pytest.raises(BackupRefused, match="No key here proves who wrote"):
        await restore(elsewhere.url, target, keys=[KEY])
    restored = await restore(elsewhere.url, target, keys=[KEY], is_trusted=True)
    assert restored.authenticity == "bare"
    before = await elsewhere.rows()
    # As those would who have the file and not the key: other contents, and the checksum for them.
    content = bytearray(proved[: -_PROOF_BYTES - _CHECKSUM_BYTES])
    content[-1] ^= 1
    write(target, bytes(content))
    seal(target, ())
    write(target, read(target) + proved[-_PROOF_BYTES:])
    with pytest.raises(BackupRefused, match="by someone without the key"):
        await restore(elsewhere.url, target, is_replacing=True, keys=[KEY])
    assert await elsewhere.rows() == before
    write(target, proved)
    for keys, said in (([], "other key"), ([KEY], "authentic"), (["another", KEY], "authentic")):
        assert require_sealed(target, keys) == said


def add_what_books_rarely_hold(connection: Connection) -> None:
    """Add a former SKU, a picture of it, and a text with what a dump has to escape."""
    item = connection.execute(select(table_of(Item)).limit(1)).mappings().one()
    connection.execute(delete(table_of(ItemImage)))
    for model, row in (
        (FormerSku, {"sku": "OLD-8", "sku_key": "old-8"}),
        (
            ItemImage,
            {"content": bytes(range(256)), "content_hash": "\\N \t\\.\n", "width": 1, "height": 1},
        ),
    ):
        table = table_of(model)
        values = {**item, "item_id": item["id"], **row}
        connection.execute(
            insert(table), {c.name: values[c.name] for c in table.c if c.name in values}
        )


@pytest.mark.soak_on("postgresql")  # it is crossed both ways
async def test_a_backup_restores_into_the_other_engine_and_back(
    filled: DatabaseService,
    address: str,
    elsewhere: Place,
    target: Path,
    tmp_path: Path,
    postgresql: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", f"{postgresql.programs}{os.pathsep}{os.environ['PATH']}")
    await on_connection(address, add_what_books_rarely_hold)
    before = await snapshot(filled)
    assert all(before[table] for table in ("search_part", "former_sku", "item_image", "member"))
    written = await back_up(address, target)
    name = f"crossed_{os.getpid()}"
    if address.startswith("sqlite"):
        other = Place(postgresql.create(name, template="template1"))
    else:
        other = Place(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}")
    crossed = await restore(other.url, target)
    assert figures_of(crossed.tallies) == figures_of(written)
    assert await other.rows() == before
    with pytest.raises(BackupRefused, match="holds books already"):
        await restore(other.url, target, is_replacing=True)
    async with other.opened() as db:
        for tally in crossed.tallies[1:]:
            await require_sound_books(db, tally.guild_id)
    back = tmp_path / "back.backup"
    assert figures_of(await back_up(other.url, back)) == figures_of(written)
    assert figures_of((await restore(elsewhere.url, back)).tallies) == figures_of(written)
    assert await elsewhere.rows() == before


@pytest.mark.soak_on("postgresql")
async def test_books_are_replaced_only_when_told_so(
    filled: DatabaseService, address: str, elsewhere: Place, target: Path, engine: str
) -> None:
    await back_up(address, target)
    await restore(elsewhere.url, target)
    then = await snapshot(filled)
    async with elsewhere.opened() as db:
        await Warehouse(db, GUILD).add_item("NEWER")
    newer = await elsewhere.rows()

    with pytest.raises(BackupRefused, match="--replace"):
        await restore(elsewhere.url, target)
    assert await elsewhere.rows() == newer

    restored: Restored = await restore(elsewhere.url, target, is_replacing=True)
    assert await elsewhere.rows() == then
    if engine == "sqlite":
        assert restored.kept is not None
        assert mode_of(restored.kept) == 0o600
        assert await Place(f"sqlite+aiosqlite:///{restored.kept}").rows() == newer


@pytest.mark.usefixtures("filled")
async def test_a_database_in_use_is_left_alone(
    address: str, elsewhere: Place, target: Path
) -> None:
    await back_up(address, target)
    await restore(elsewhere.url, target)
    async with elsewhere.opened() as db:
        await db.ping()
        before = await snapshot(db)
        with pytest.raises(BackupRefused, match="stop the bot first"):
            await restore(elsewhere.url, target, is_replacing=True)
        assert await snapshot(db) == before


@pytest.mark.soak_on("postgresql")
async def test_a_backup_of_an_unknown_version_is_refused(
    own_database_url: str, elsewhere: Place, target: Path
) -> None:
    async with Place(own_database_url).opened() as db:
        await Warehouse.open(db)
        await db.maintenance.write(
            lambda connection: connection.execute(
                text("UPDATE alembic_version SET version_num = '9999'")
            )
        )
    with pytest.raises(SchemaUnknown):
        await back_up(own_database_url, target)
    file = file_of(own_database_url)
    if file is None:
        await backup_postgresql.back_up(own_database_url, target, ())
    else:
        backup_sqlite.back_up(file, target, ())
    with pytest.raises(BackupRefused, match="of a version of Tallyman"):
        await restore(elsewhere.url, target)
    assert await revisions.current_revision(elsewhere.url, may_create=True) is None


@pytest.mark.only_on("postgresql")
@pytest.mark.usefixtures("filled")
async def test_other_peoples_tables_are_left_alone(
    address: str, elsewhere: Place, target: Path
) -> None:
    await back_up(address, target)
    async with elsewhere.opened() as db:
        await db.maintenance.write(lambda c: c.execute(text("CREATE TABLE recipes (name text)")))
    with pytest.raises(BackupRefused, match="recipes"):
        await restore(elsewhere.url, target, is_replacing=True)
    assert await revisions.current_revision(elsewhere.url) is None


@pytest.mark.only_on("sqlite")
async def test_books_that_are_damaged_are_named_where_they_cannot_be_backed_up(
    own_database_url: str, target: Path
) -> None:
    async with Place(own_database_url).opened() as db:
        await Warehouse.open(db)
        await db.maintenance.write(
            lambda connection: connection.execute(
                text("UPDATE book SET last_record = last_record + 1")
            )
        )
    with pytest.raises(BackupRefused, match=f"The books in {file_of(own_database_url)} are damage"):
        await back_up(own_database_url, target)
    assert not [name for name in names_in(target.parent) if "backup" in name]


@pytest.mark.only_on("sqlite")
@pytest.mark.usefixtures("filled")
async def test_a_file_is_not_restored_onto_itself(
    address: str, elsewhere: Place, target: Path
) -> None:
    await back_up(address, target)
    with pytest.raises(BackupRefused, match="is the database itself"):
        await restore(f"sqlite+aiosqlite:///{target}", target, is_replacing=True)
    await restore(elsewhere.url, target)


@pytest.mark.only_on("sqlite")
async def test_where_no_books_are_none_are_backed_up(engine: str, tmp_path: Path) -> None:
    assert engine == "sqlite"
    with pytest.raises(NoBooks):
        await back_up(f"sqlite+aiosqlite:///{tmp_path / 'absent.db'}", tmp_path / "backup")
    with pytest.raises(BackupRefused, match="in memory"):
        await back_up("sqlite+aiosqlite://", tmp_path / "backup")
    assert not names_in(tmp_path)


@pytest.mark.only_on("postgresql")
@pytest.mark.usefixtures("filled", "elsewhere")
async def test_what_a_dump_holds_is_counted_in_the_file_as_in_the_database(
    address: str, target: Path
) -> None:
    tallies = await back_up(address, target)
    pg_restore = await find_tool("pg_restore", 1)
    assert await tally_dump(pg_restore, target) == tallies
