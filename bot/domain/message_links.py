"""Where a message is in Discord, so that a record's number can lead to its line of the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class MessageLink:
    """A message of a guild's channel."""

    guild_id: int
    channel_id: int
    message_id: int

    @property
    def url(self) -> str:
        """The address that opens the message in Discord."""
        return f"https://discord.com/channels/{self.guild_id}/{self.channel_id}/{self.message_id}"


# By the numbers of records; those that were not delivered yet have none.
RecordLinks: TypeAlias = Mapping[int, MessageLink]
