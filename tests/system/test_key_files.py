"""A key file that cannot be read is named by every command that needs it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.database.encryption import Encryption
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.errors import KeyUnreadable
from bot.services.profiles import RegisterMember, register_member
from tests.database.books import Warehouse
from tests.system.conftest import DATA_KEY, Office

pytestmark = pytest.mark.only_on("sqlite")


def make_directory(file: Path) -> None:
    file.mkdir()


def write_rubbish(file: Path) -> None:
    file.write_bytes(b"\xff\xfe\x00\x80")


def link_to_itself(file: Path) -> None:
    file.symlink_to(file)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (make_directory, "Is a directory"),
        (write_rubbish, "It is no text"),
        (link_to_itself, "Too many levels of symbolic links"),
    ],
)
async def test_a_key_file_that_cannot_be_read_is_named_by_every_command(
    office: Office, tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    books, key = tmp_path / "books.db", tmp_path / "books.db.key"
    url = f"sqlite:///{books}"
    code, said = await office.tallyman("db", "upgrade", DATABASE_URL=url, DATA_KEY="")
    assert code == 0, said
    db = DatabaseService(DatabaseSettings(f"sqlite+aiosqlite:///{books}", data_key=DATA_KEY))
    warehouse = await Warehouse.open(db)
    ann = RegisterMember(name="Ann", email="ann@example.org")
    await warehouse.run(register_member, ann, warehouse.employee)
    await db.close()
    spoil(key)
    sentence = f"The key file {key} cannot be read: {reason}"
    backup = str(tmp_path / "books.backup")
    for command in (
        ["doctor"],
        ["run"],
        ["audit", "verify"],
        ["db", "rekey"],
        ["db", "backup", backup],
    ):
        code, said = await office.tallyman(*command, DATABASE_URL=url, DATA_KEY="")
        assert (code, said.count(sentence), "Traceback" in said) == (1, 1, False), said


def test_a_running_program_goes_on_with_the_keys_that_it_read(tmp_path: Path) -> None:
    url, file = f"sqlite:///{tmp_path}/books.db", tmp_path / "books.db.key"
    running = Encryption(url, None)
    kept = running.encrypt("mail@example.org", "here")
    file.unlink()
    file.mkdir()
    assert running.decrypt(kept, "here") == "mail@example.org"
    with pytest.raises(KeyUnreadable) as caught:
        Encryption(url, None).decrypt(kept, "here")
    assert (caught.value.file, caught.value.reason) == (str(file), "Is a directory")
