"""The lines of closed days, read back from messages: the inverse of `audit_line` for them."""

import re
from collections.abc import Iterator
from typing import Final

from bot.domain.anchors import HASH_LENGTH, SHORT_HASH, Anchor

# What comes before the day is the program's own text. A user's words come later in a line and
# never begin one, so that no note is taken for a day's line.
_DAY: Final = re.compile(
    r"(?:<t:\d+:d> )?<t:\d+:t> `#\d+` Tallyman [^*`<]{1,80}\*\*\d{4}-\d\d-\d\d\*\* "
    rf"[^*`<0-9]{{0,40}}(?:([0-9a-f]{{{HASH_LENGTH}}})|([0-9a-f]{{{SHORT_HASH}}})…) \(#(\d+)\)"
    r"[^*`<]*(?:\n-# `(\S{1,200})`)?"
)
_LINE: Final = re.compile(r"^(?:<t:\d+:d> )?<t:\d+:t> `#(\d+)` ", re.MULTILINE)


def read_day_lines(guild_id: int, text: str) -> Iterator[Anchor]:
    """Yield the heads that a message of the audit channel names."""
    for number, line in enumerate(lines := text.split("\n")):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        joined = f"{line}\n{below}" if below.startswith("-# ") else line
        match = _DAY.fullmatch(joined)
        if match is None:
            continue
        whole, short, record, signature = match.groups()
        # The beginning of a hash alone identifies nothing: without its signature it is no anchor.
        if whole or signature:
            yield Anchor(guild_id, int(record), whole or short, signature or "")


def newest_line(text: str) -> int | None:
    """Return the greatest number of a record with a line in a message."""
    return max(map(int, _LINE.findall(text)), default=None)
