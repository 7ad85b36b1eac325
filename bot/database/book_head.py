"""The head of a book: what its locked row says."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.chain import first_link


@dataclass(slots=True)
class BookHead:
    """The columns of the locked book row."""

    last_record: int
    last_id: int
    chain_head: str
    rights_version: int
    newest_at: datetime | None = None
    """When the last record was made, as far as the lock could see."""

    is_asleep: bool = False
    """Whether nothing repeated is due until something is written."""

    @classmethod
    def of_nothing(cls, guild_id: int) -> "BookHead":
        """Return the head of a book that is not open yet."""
        return cls(0, 0, first_link(guild_id), 0)
