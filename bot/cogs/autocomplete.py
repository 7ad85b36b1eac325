"""Autocomplete: what Discord offers while a user types.

The values are SKUs and names, which also work when they are typed without choosing.
"""

from collections.abc import Awaitable, Callable

from discord import app_commands

from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.names import key_of
from bot.interactions import Interaction
from bot.interactions.look_ups import Found
from bot.services.permissions import list_offered
from bot.services.roles import ListRoles, list_role_names
from bot.views.catalogue import item_choice, location_choice

Choices = list[app_commands.Choice[str]]


async def suggest_items(interaction: Interaction, typed: str) -> Choices:
    """Offer items: first those that the actor moved lately, then those that match."""

    async def find(books: Books) -> Found:
        found = await books.items.search(typed)
        if not typed.strip() and books.rights.holds("stock.view"):
            recent_ids = await books.stock.recent_item_ids(books.actor.user_id)
            recent = [await books.items.get_by_id(item_id) for item_id in recent_ids[:10]]
            known = [item for item in recent if item and item.archived_at is None]
            ids = {item.id for item in known}
            found = known + [item for item in found if item.id not in ids]
        return [(item_choice(item), item.sku) for item in found]

    return await _look_up(interaction, find)


async def suggest_archived_items(interaction: Interaction, typed: str) -> Choices:
    """Offer archived items."""

    async def find(books: Books) -> Found:
        found = await books.items.search(typed, is_archived=True)
        return [(item_choice(item), item.sku) for item in found]

    return await _look_up(interaction, find)


async def suggest_locations(interaction: Interaction, typed: str) -> Choices:
    """Offer locations; first those that hold the item of the same command, with the quantity."""
    item_typed = str(getattr(interaction.namespace, "item", "") or "")

    async def find(books: Books) -> Found:
        locations = await books.locations.search(typed)
        item = await books.items.find_by_name(item_typed) if item_typed else None
        levels = await books.stock.levels_of_item(item.id) if item else []
        held = {level.location_id: level for level in levels}
        locations.sort(key=lambda location: location.id not in held)
        return [
            (
                location_choice(location, held.get(location.id)),
                location.name,
            )
            for location in locations
        ]

    return await _look_up(interaction, find)


async def suggest_anything(interaction: Interaction, typed: str) -> Choices:
    """Offer items and locations."""

    async def find(books: Books) -> Found:
        items = await books.items.search(typed)
        locations = await books.locations.search(typed)
        return [(f"📍 {location.name}", location.name) for location in locations[:10]] + [
            (item_choice(item), item.sku) for item in items
        ]

    return await _look_up(interaction, find)


async def suggest_suppliers(interaction: Interaction, typed: str) -> Choices:
    """Offer suppliers."""

    async def find(books: Books) -> Found:
        return [(row.name, row.name) for row in await books.suppliers.search(typed)]

    return await _look_up(interaction, find)


async def suggest_roles(interaction: Interaction, typed: str) -> Choices:
    """Offer the app roles."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Found:
        names = await desk.db.query(list_role_names, ListRoles(), actor)
        return [(name, name) for name in names if key_of(typed) in key_of(name)]

    return await desk.suggest(interaction, work)


async def suggest_permissions(interaction: Interaction, typed: str) -> Choices:
    """Offer the permissions, the same for every actor."""
    del interaction
    matching = [name for name in list_offered() if key_of(typed) in name]
    return [app_commands.Choice(name=name, value=name) for name in matching[:25]]


async def _look_up(interaction: Interaction, find: Callable[[Books], Awaitable[Found]]) -> Choices:
    """Offer what is found on one read snapshot; each controller checks its own permission."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Found:
        async with desk.db.look_up(actor, is_timed=True) as books:
            return await find(books)

    return await desk.suggest(interaction, work)
