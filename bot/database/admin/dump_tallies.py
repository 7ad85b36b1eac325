"""What a dump of PostgreSQL holds, guild by guild, read from the file itself.

Nodes of Citus share no snapshot, so that the file may be of another moment than what the database
says beside it.
"""

import re
from asyncio import StreamReader
from asyncio.subprocess import PIPE
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from bot.database.admin.backup_seals import damaged
from bot.database.admin.counts import GuildTally
from bot.database.admin.postgresql_tools import started
from bot.database.models import metadata
from bot.errors import BackupRefused

_COPY: Final = re.compile(rb"COPY public\.\"?(\w+)\"? \((.*)\) FROM stdin;\n")
_END: Final = b"\\.\n"


async def tally_dump(pg_restore: str, dump: Path) -> list[GuildTally]:
    """Count the rows of each guild in a dump, and return where its chain ends there.

    Raises BackupRefused if a guild's book does not end where its records do.
    """
    rows: dict[int, Counter[str]] = defaultdict(Counter)
    heads: dict[int, tuple[int, str]] = {}
    command = (pg_restore, "--data-only", "--file=-", str(dump))
    async with started(*command, stdout=PIPE) as reading:
        assert reading.stdout is not None
        while line := await reading.stdout.readline():
            found = _COPY.fullmatch(line)
            table = metadata.tables.get(found[1].decode()) if found else None
            if found is None or table is None or "guild_id" not in table.c:
                continue
            columns = [name.strip(' "') for name in found[2].decode().split(",")]
            async for cells in _cells(reading.stdout):
                row = dict(zip(columns, cells, strict=True))
                guild_id = int(row["guild_id"])
                rows[guild_id][table.name] += 1
                if table.name == "book":
                    heads[guild_id] = int(row["last_record"]), row["chain_head"].decode()
        if await reading.wait():
            raise damaged(dump)
    if any(rows[guild_id]["audit_event"] != last for guild_id, (last, _) in heads.items()):
        raise BackupRefused("The nodes were not read at one moment: make the backup once more.")
    return [
        GuildTally(guild_id, *heads[guild_id], rows=dict(rows[guild_id]))
        for guild_id in sorted(heads)
    ]


async def _cells(dump: StreamReader) -> AsyncIterator[list[bytes]]:
    while (line := await dump.readline()) != _END:
        if not line:
            raise BackupRefused("The backup ends too early.")
        yield line.rstrip(b"\n").split(b"\t")
