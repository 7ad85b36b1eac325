"""What happened at another time than its record was made, as queued moves carry it."""

from datetime import datetime
from typing import NamedTuple


class Dated(NamedTuple):
    """When a line happened; `corrects` is the record of the observation that it keeps true."""

    happened_at: datetime
    corrects: int | None = None
