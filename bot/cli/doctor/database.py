"""The doctor's checks of the database: exists, current, protected, enough space."""

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from bot.cli.doctor.findings import Finding, broken, well, worth_a_look
from bot.database.admin import checkup, migrate, revisions
from bot.database.admin.added_rules import list_added_rules
from bot.database.admin.keys import find_keys_state, list_keys
from bot.database.admin.privileges import Lacking, list_privilege_problems
from bot.database.admin.triggers import list_missing_triggers
from bot.database.condition import file_of
from bot.errors import KeyUnreadable, NoBooks, SchemaOutdated, SchemaUnknown, Unavailable
from bot.settings import Settings

_MIB: Final = 1 << 20
_LITTLE_ROOM_MIB: Final = 1024
_NO_ROOM_MIB: Final = 100
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_TROUBLES: Final = {
    "unreachable": "check that the server runs, and host and port",
    "refused": "the server knows no such user with this password; check both",
    "absent": "the server has no database of this name; create it",
    "broken": "the server's own log says why",
}
_BROKEN_FILE: Final = (
    "it is damaged, or no SQLite database: check the setting, or restore a backup with "
    "`tallyman db restore`"
)


async def examine_database(settings: Settings) -> AsyncIterator[Finding]:
    """Check the database as far as it can be reached."""
    url = settings.database_url.get_secret_value()
    file = file_of(url)
    if file is not None:
        for finding in _examine_file(file):
            yield finding
        if file.is_dir():
            yield broken(f"{file} is a folder", "name a file in DATABASE_URL")
            return
        if not file.exists():
            yield well("There are no books yet; `tallyman run` creates them")
            return
    is_reachable = True
    for name, address in _addresses(settings).items():
        trouble = await checkup.find_trouble(address)
        is_reachable = is_reachable and trouble is None
        if trouble is None:
            yield well(f"{name} leads to a database")
        else:
            yield _examine_trouble(name, trouble, file_of(address))
    if not is_reachable:
        return
    schema = await _examine_schema(settings)
    yield schema
    async for finding in _examine_as_bot(settings, is_current=schema.mark == "✓"):
        yield finding


async def _examine_as_bot(settings: Settings, *, is_current: bool) -> AsyncIterator[Finding]:
    """Check what the bot's user sees, which may be less than the owner does."""
    try:
        if is_current:
            yield await examine_stored_values(settings)
        if not settings.is_sqlite:
            yield await _examine_rights(settings.database_url.get_secret_value())
    except Unavailable as error:
        yield await _examine_path(settings, error)


async def _examine_path(settings: Settings, error: Unavailable) -> Finding:
    """Say why the bot's user does not find what the owner does."""
    try:
        await revisions.current_revision(settings.database_url.get_secret_value())
    except NoBooks as no_books:
        return _not_on_path(no_books.place, "DATABASE_URL")
    what = f"The bot's database user cannot read all tables ({error.trouble})"
    return broken(what, "run `tallyman db grant`; look at the user's search_path")


def _not_on_path(schema: str, name: str) -> Finding:
    return broken(
        f"The tables are in the schema {schema}, but search_path of {name} does not begin with it",
        "correct search_path of the user (ALTER ROLE) or of the database",
    )


def _examine_trouble(name: str, trouble: checkup.Trouble, file: Path | None) -> Finding:
    if file is not None and trouble == "broken":
        return broken(f"{name} leads to no usable database in {file}", _BROKEN_FILE)
    return broken(f"{name} leads to no usable database", _TROUBLES[trouble])


async def has_current_books(settings: Settings) -> bool:
    """Whether there is a database that this version can read."""
    url = settings.database_url.get_secret_value()
    file = file_of(url)
    if (file is not None and not file.is_file()) or await checkup.find_trouble(url):
        return False
    try:
        await revisions.require_current(url)
    except (NoBooks, SchemaOutdated, SchemaUnknown):
        return False
    return True


async def examine_stored_values(settings: Settings) -> Finding:
    """Try the key on what is encrypted."""
    data_key = settings.data_key.get_secret_value() if settings.data_key else None
    try:
        found = await find_keys_state(settings.database_url.get_secret_value(), data_key)
    except KeyUnreadable as error:
        return broken("The contact data cannot be decrypted", f"put the key back into {error.file}")
    where = f"in {found.file}" if found.file else "in DATA_KEY"
    advice = f"put the old key back {where}; if it is lost for good, `tallyman db rekey --give-up`"
    if found.state == "wrong":
        what = "is missing" if found.is_missing else "is another one"
        return broken(f"The key that encrypted the contact data {what}", advice)
    if found.state == "partly":
        return broken("Some contact data is encrypted with a key that is missing", advice)
    if found.state == "none":
        return well("Nothing is encrypted yet")
    return well("The key decrypts the contact data")


def examine_key(settings: Settings) -> Finding:
    """Check that there is an encryption key of contact data, without using it."""
    if settings.data_key is not None:
        return well("DATA_KEY is set; keep a copy elsewhere")
    if not settings.is_sqlite:
        return broken("DATA_KEY is not set", "on PostgreSQL it is required; see .env.example")
    file = file_of(settings.database_url.get_secret_value())
    key = Path(f"{file}.key")
    try:
        list_keys(settings.database_url.get_secret_value(), None)
    except KeyUnreadable as error:
        return broken(
            f"The key file {key} cannot be read: {error.reason}", "put the key back there"
        )
    if not key.exists():
        return well("DATA_KEY is not set; a key is generated beside the file when first needed")
    return well(f"The key is in {key}; keep a copy elsewhere")


def _addresses(settings: Settings) -> dict[str, str]:
    """Return each address once, under the name of the first setting with it."""
    named = {
        "DATABASE_URL": settings.database_url,
        "DATABASE_OWNER_URL": settings.database_owner_url,
        "DATABASE_BACKUP_URL": settings.database_backup_url,
    }
    seen = {url.get_secret_value(): name for name, url in reversed(named.items())}
    return {name: url for url, name in reversed(seen.items())}


def _examine_file(file: Path) -> Iterator[Finding]:
    directory = file.resolve().parent
    if not directory.is_dir():
        yield broken(f"There is no directory {directory}", f"mkdir {directory}")
        return
    # SQLite writes its log beside the file, so the directory counts as well.
    places = [directory, *([file] if file.exists() else [])]
    if locked := [str(place) for place in places if not os.access(place, os.W_OK)]:
        advice = "give the user that runs the bot the right to write there"
        yield broken(f"{' and '.join(locked)} cannot be written", advice)
    # The file, its log, its key, and copies that a restore or an upgrade kept.
    beside = sorted(path for path in directory.glob(f"{file.name}*") if path.is_file())
    for path in beside:
        if path.stat().st_mode & _OTHERS:
            yield worth_a_look(f"Other users can read {path}", f"chmod 600 {path}")
    free_mib = shutil.disk_usage(directory).free // _MIB
    room = f"There are {free_mib} MiB free for the books"
    if free_mib < _NO_ROOM_MIB:
        yield broken(room, "make room; a full disk stops every change")
    elif free_mib < _LITTLE_ROOM_MIB:
        yield worth_a_look(room, "make room before it is full")
    else:
        yield well(room)


async def _examine_schema(settings: Settings) -> Finding:
    owner = settings.database_owner_url.get_secret_value()
    newest = revisions.newest_revision()
    try:
        current = await revisions.current_revision(owner)
    except SchemaUnknown as error:
        advice = "a newer version created it; install that version"
        return broken(f"Schema is {error.current}", advice)
    except NoBooks as error:
        if error.reason == "elsewhere":
            return _not_on_path(error.place, "DATABASE_OWNER_URL")
        return broken("The database belongs to another program", "check DATABASE_URL")
    if current != newest:
        outdated = f"Schema is {current or 'missing'}, this version needs {newest}"
        advice = "run `tallyman db upgrade`"
        # On a file the bot does that itself when it starts.
        return worth_a_look(outdated, advice) if settings.is_sqlite else broken(outdated, advice)
    if drift := await migrate.find_drift(owner):
        return broken(
            f"The schema differs from the migrations in {len(drift)} points",
            "`tallyman db check` lists them; restore a backup or undo what was done by hand",
        )
    return well(f"Schema is current ({current})")


async def _examine_rights(url: str) -> Finding:
    """Check the privileges of the bot's user."""
    problems = await list_privilege_problems(url)
    missing = await list_missing_triggers(url)
    if lacking := [problem for problem in problems if isinstance(problem, Lacking)]:
        return broken(lacking[0], "run `tallyman db grant`")
    if problems:
        return worth_a_look(
            problems[0], "give the bot a user of its own in DATABASE_URL: `tallyman db grant`"
        )
    if missing:
        return broken(f"The trigger {missing[0]} is missing", "run `tallyman db check`")
    if added := await list_added_rules(url):
        return broken(
            f"The {added[0]} was added by hand and may change what is written",
            "drop it, then run `tallyman db check` and /audit verify",
        )
    return well("The bot's database user has least privileges")
