"""Cards in the approvals channel, as everybody there sees them."""

from dataclasses import dataclass

import discord
from simcord.components import walk_components

from tests.cogs.phones import require_silent
from tests.cogs.world import House

_BUTTON = 2


@dataclass(frozen=True)
class Card:
    """A public message with a proposal in it."""

    title: str
    text: str
    footer: str
    content: str
    buttons: dict[str, str]  # label -> custom id
    message: discord.Message


def cards(house: House, channel: str = "approvals") -> list[Card]:
    """Read the cards of a channel, the oldest first."""
    found = []
    for message in house.guild.channels[channel].history():
        stored = house.world.env.backend.get_message(message.channel.id, message.id)
        if not message.embeds:
            continue
        require_silent(stored)
        embed = message.embeds[0]
        controls = [c for c in walk_components(stored.components) if c.get("type") == _BUTTON]
        found.append(
            Card(
                title=embed.title or "",
                text=embed.description or "",
                footer=embed.footer.text or "",
                content=message.content,
                buttons={c["label"]: c["custom_id"] for c in controls if not c.get("disabled")},
                message=message,
            )
        )
    return sorted(found, key=lambda card: card.message.id)


def card(house: House) -> Card:
    """Read the only card."""
    (only,) = cards(house)
    return only
