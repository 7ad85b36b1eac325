"""Record numbers as people write them."""

import re
from typing import Final

from bot.errors import InvalidValue

# More than any guild will ever have, and still exact in JSON and in Discord's options.
MAX_RECORD: Final = 2**53 - 1

_NUMBER: Final = re.compile(r"#?\s*([0-9]{1,16})")


def parse_record(typed: str) -> int:
    """Read `41` or `#41`; raises InvalidValue."""
    match = _NUMBER.fullmatch(typed.strip())
    number = int(match[1]) if match else 0
    if not 0 < number <= MAX_RECORD:
        raise InvalidValue(field="record", reason="not_a_record", value=typed.strip()[:40])
    return number
