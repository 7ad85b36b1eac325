"""Interactions: how what people do in Discord is taken, carried out and answered.

The front door for cogs: `desk.write` runs an operation, `desk.show` a query, `handles` declares
what a button, menu or form does. A new command needs nothing else of this package and changes
nothing in it. What is behind: `desk` (the steps), `promises` (answers that outlive a crash),
`answers` (what Discord is sent), `dispatch` (controls by their custom ids), `actors` (who asks),
`registers` (what is declared is complete), `card_updates`, `retries`, `timing`.
"""

from bot.interactions.actors import actor_of, fetch_actor, member_actor
from bot.interactions.clients import DeskClient, Interaction
from bot.interactions.desk import Desk
from bot.interactions.dispatch import handles
from bot.interactions.waiting import click_key

__all__ = [
    "Desk",
    "DeskClient",
    "Interaction",
    "actor_of",
    "click_key",
    "fetch_actor",
    "handles",
    "member_actor",
]
