"""The doctor's look at the database: whether it is there, current, safe, and has room."""

import os
import shutil
import stat
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from bot.cli.doctor.findings import Finding, broken, well, worth_a_look
from bot.database.admin import checkup, migrate, revisions
from bot.database.admin.privileges import list_privilege_problems
from bot.database.admin.triggers import list_missing_triggers
from bot.settings import Settings

_MIB: Final = 1 << 20
_LITTLE_ROOM_MIB: Final = 1024
_NO_ROOM_MIB: Final = 100
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_TROUBLES: Final = {
    "unreachable": "check that the server runs, and host and port",
    "refused": "the server knows no such user with this password; check both",
    "absent": "the server has no database of this name; create it",
    "broken": "the server's own log says why; a file may be damaged, or not one of SQLite",
}


async def examine_database(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the database, and go no further than it lets us."""
    url = settings.database_url.get_secret_value()
    file = checkup.file_of(url)
    if file is not None:
        for finding in _examine_file(file):
            yield finding
        if not file.exists():
            yield well("There are no books yet; `tallyman run` opens them")
            return
    is_reachable = True
    for name, address in _addresses(settings).items():
        trouble = await checkup.find_trouble(address)
        is_reachable = is_reachable and trouble is None
        if trouble is None:
            yield well(f"{name} leads to a database")
        else:
            yield broken(f"{name} leads to no usable database", _TROUBLES[trouble])
    if not is_reachable:
        return
    yield await _examine_schema(settings)
    if not settings.is_sqlite:
        yield await _examine_rights(url)


async def has_current_books(settings: Settings) -> bool:
    """Tell whether there is a database that this version can read."""
    url = settings.database_url.get_secret_value()
    file = checkup.file_of(url)
    if (file is not None and not file.exists()) or await checkup.find_trouble(url):
        return False
    return await revisions.current_revision(url) == revisions.newest_revision()


def examine_key(settings: Settings) -> Finding:
    """Look at what protects contact data, without reading it."""
    if settings.data_key is not None:
        return well("DATA_KEY is set; keep a copy of it elsewhere")
    if not settings.is_sqlite:
        return broken("DATA_KEY is not set", "on PostgreSQL it is required; see .env.example")
    file = checkup.file_of(settings.database_url.get_secret_value())
    key = Path(f"{file}.key")
    if not key.exists():
        return well("DATA_KEY is not set; one is made beside the file when it is first needed")
    if key.stat().st_mode & _OTHERS:
        return worth_a_look(f"Other users may read {key}", f"chmod 600 {key}")
    return well(f"The key lies in {key}; keep a copy of it elsewhere")


def _addresses(settings: Settings) -> dict[str, str]:
    """Return each address once, under the name of the first setting that says it."""
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
        mend = "give the user that runs the bot the right to write there"
        yield broken(f"{' and '.join(locked)} cannot be written", mend)
    free_mib = shutil.disk_usage(directory).free // _MIB
    room = f"Where the books lie {free_mib} MiB are free"
    if free_mib < _NO_ROOM_MIB:
        yield broken(room, "make room; a full disk stops every change")
    elif free_mib < _LITTLE_ROOM_MIB:
        yield worth_a_look(room, "make room before it is full")
    else:
        yield well(room)


async def _examine_schema(settings: Settings) -> Finding:
    owner = settings.database_owner_url.get_secret_value()
    current, newest = await revisions.current_revision(owner), revisions.newest_revision()
    if current not in revisions.known_revisions() and current is not None:
        return broken(f"The schema is of revision {current}", "a newer version made it; install it")
    if current != newest:
        stands = f"The schema stands at {current or 'nothing'}, this version needs {newest}"
        mend = "run `tallyman db upgrade`"
        # On a file the bot does that itself when it starts.
        return worth_a_look(stands, mend) if settings.is_sqlite else broken(stands, mend)
    if drift := await migrate.find_drift(owner):
        return broken(
            f"The schema differs from what the migrations made in {len(drift)} places",
            "`tallyman db check` lists them; restore a backup or undo what was done by hand",
        )
    return well(f"The schema is current ({current}) and nothing differs")


async def _examine_rights(url: str) -> Finding:
    """Judge what the running bot's user may do beyond what it needs."""
    problems = await list_privilege_problems(url)
    missing = await list_missing_triggers(url)
    if problems:
        return worth_a_look(
            problems[0], "give the bot a user of its own in DATABASE_URL: `tallyman db grant`"
        )
    if missing:
        return broken(f"The trigger {missing[0]} is missing", "run `tallyman db check`")
    return well("The bot's own user may do what it needs and no more")
