"""Proposals of suppliers: their cards in the approvals channel, and what the audit says of them."""

from typing import Any

from simulator import Actor, Message
from tests.system.depots import Depot

SOON_SECONDS = 30
EMAIL = "orders@acme.example"


async def propose(depot: Depot, name: str = "Acme", by: Actor | None = None) -> Message:
    """Let the clerk propose a supplier, and wait for its card."""
    reply = await (by or depot.clerk).slash("supplier propose", name=name, email=EMAIL)
    assert f"Proposed the supplier **{name}**" in reply.text
    channel = depot.guild.channel("approvals")
    return await channel.wait_for(lambda it: name in it.text, SOON_SECONDS)


async def decided(card: Message, words: str) -> None:
    """Wait until a card says what was decided, and check that it has no buttons."""
    await card.channel.wait_for(lambda it: it is card and words in it.text, SOON_SECONDS)
    assert card.buttons == []
    assert card.content == ""


async def decisions(depot: Depot) -> list[dict[str, Any]]:
    """The audit's decisions, as the database has them."""
    (rows,) = await depot.ledger.read(
        f"SELECT action, actor_id, detail FROM audit_event WHERE guild_id = {depot.guild.id}"
        " AND action IN ('supplier.approved', 'supplier.rejected')"
    )
    return rows


def add_manager(depot: Depot, name: str) -> Actor:
    return depot.discord.act_as(depot.guild.add_member(name, [depot.boss_role]))
