"""The end of an AUDIT_LOG from before this start: which records it has, and what it may lack."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

# Longer than a unit takes from its time in the books to its line.
_MARGIN: Final = timedelta(minutes=1)
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Tail:
    """The records of the last minute that a file has, and whether its last line was cut off.

    Lines are written in the order in which units end: what is lacking is newer than the last line,
    but for a unit's own time.
    """

    lacks_since: datetime | None
    seen: frozenset[tuple[int, int]] = frozenset()
    is_torn: bool = False


NO_TAIL: Final = Tail(None)


def read_tail(path: Path) -> Tail:
    """Read the end of a file: a missing one lacks nothing, an empty one all since it was made."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return NO_TAIL
    since: datetime | None = None
    seen: set[tuple[int, int]] = set()
    lines = _read_backwards(path)
    # Behind the last line break there is nothing.
    is_torn = bool(last := next(lines))
    for line in itertools.chain([last], lines):
        try:
            fields = json.loads(line)
            at, guild_id = datetime.fromisoformat(fields["time"]), int(fields["guild"])
            record = fields["record"]
        except (ValueError, TypeError, KeyError):
            continue
        if since is None:
            since = at - _MARGIN
        if at < since - _MARGIN:
            break
        if record is not None:
            seen.add((guild_id, int(record)))
    since = since or datetime.fromtimestamp(status.st_mtime, UTC)
    return Tail(since, frozenset(seen), is_torn)


def _read_backwards(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file from the last one on, first what is behind the last line break."""
    with path.open("rb") as file:
        left, rest = file.seek(0, 2), b""
        while left:
            size = min(_PIECE, left)
            left -= size
            file.seek(left)
            rest, *lines = (file.read(size) + rest).split(b"\n")
            yield from reversed(lines)
        yield rest
