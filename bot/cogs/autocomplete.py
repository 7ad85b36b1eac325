"""Autocomplete: what Discord offers while a user types.

The values are SKUs and names, which also work when they are typed without choosing.
"""

from collections.abc import Awaitable, Callable

from discord import app_commands

from bot.database.controllers.candidates import MAX_MATCHES
from bot.database.unit import Books
from bot.domain.actors import Actor
from bot.domain.locations import short_path
from bot.domain.names import key_of
from bot.interactions import Interaction
from bot.interactions.look_ups import Found
from bot.services.own_records import ListOwnRecords, list_own_records
from bot.services.permissions import list_offered
from bot.services.roles import ListRoles, list_role_names
from bot.services.suggestions import SuggestedItem, SuggestedLocation, suggest_names
from bot.services.suggestions import suggest_items as find_items
from bot.services.suggestions import suggest_locations as find_locations
from bot.services.suggestions import suggest_suppliers as find_suppliers
from bot.views.audit.lines import record_choice
from bot.views.catalogue import item_choice, location_choice

# Of both kinds some are seen, however many there are of the other.
MAX_LOCATIONS = 10
MAX_NAMES = 10

Choices = list[app_commands.Choice[str]]


async def suggest_items(interaction: Interaction, typed: str) -> Choices:
    """Offer items in use, with their stock."""
    return await _offer_items(interaction, typed)


async def suggest_any_items(interaction: Interaction, typed: str) -> Choices:
    """Offer items, archived ones behind the others."""
    return await _offer_items(interaction, typed, with_archived=True)


async def suggest_archived_items(interaction: Interaction, typed: str) -> Choices:
    """Offer archived items."""

    async def find(books: Books) -> Found:
        found = await books.items.match(typed, is_archived=True)
        rows = [SuggestedItem(item=row, is_guess=found.is_guess) for row in found.rows]
        return [(item_choice(each), each.item.sku) for each in rows]

    return await look_up(interaction, find)


async def suggest_locations(interaction: Interaction, typed: str) -> Choices:
    """Offer locations in use; first those that hold the item of the same command."""
    return await _offer_locations(interaction, typed)


async def suggest_any_locations(interaction: Interaction, typed: str) -> Choices:
    """Offer locations, archived ones behind the others."""
    return await _offer_locations(interaction, typed, with_archived=True)


async def suggest_archived_locations(interaction: Interaction, typed: str) -> Choices:
    """Offer archived locations."""

    async def find(books: Books) -> Found:
        found = await books.locations.match(typed, is_archived=True)
        rows = [
            SuggestedLocation(location=row, typed=short_path(row.path), is_guess=found.is_guess)
            for row in found.rows
        ]
        return [(location_choice(each), each.typed) for each in rows]

    return await look_up(interaction, find)


async def suggest_targets(interaction: Interaction, typed: str) -> Choices:
    """Offer locations to move to: any but the one that it comes from."""
    source = str(getattr(interaction.namespace, "from", "") or "")
    return await _offer_locations(interaction, typed, other_end=source)


async def suggest_anything(interaction: Interaction, typed: str) -> Choices:
    """Offer items and locations, archived ones too."""
    return await look_up(interaction, lambda books: _find_anything(books, typed))


async def suggest_subjects(interaction: Interaction, typed: str) -> Choices:
    """Offer whatever records are about: items, locations, suppliers, roles and members."""

    async def find(books: Books) -> Found:
        names = [(name, name) for name in await suggest_names(books, typed)]
        found = await _find_anything(books, typed)
        room = max(MAX_NAMES, MAX_MATCHES - len(found))
        return [*found[: MAX_MATCHES - len(names[:room])], *names[:room]]

    return await look_up(interaction, find)


async def suggest_suppliers(interaction: Interaction, typed: str) -> Choices:
    """Offer suppliers."""
    return await _offer_suppliers(interaction, typed, None)


async def suggest_approved_suppliers(interaction: Interaction, typed: str) -> Choices:
    """Offer suppliers, approved ones first."""
    return await _offer_suppliers(interaction, typed, "approved")


async def suggest_rejected_suppliers(interaction: Interaction, typed: str) -> Choices:
    """Offer suppliers, rejected ones first."""
    return await _offer_suppliers(interaction, typed, "rejected")


async def suggest_suspended_suppliers(interaction: Interaction, typed: str) -> Choices:
    """Offer suppliers, suspended ones first."""
    return await _offer_suppliers(interaction, typed, "suspended")


async def suggest_records(interaction: Interaction, typed: str) -> Choices:
    """Offer this person's newest records."""
    return await _offer_records(interaction, ListOwnRecords(typed=typed))


async def suggest_undoable(interaction: Interaction, typed: str) -> Choices:
    """Offer this person's newest records that can be undone."""
    return await _offer_records(interaction, ListOwnRecords(typed=typed, is_undoable=True))


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


async def look_up(interaction: Interaction, find: Callable[[Books], Awaitable[Found]]) -> Choices:
    """Offer what is found on one read snapshot; each controller checks its own permission."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Found:
        async with desk.db.look_up(actor, is_timed=True) as books:
            return await find(books)

    return await desk.suggest(interaction, work)


async def _offer_items(
    interaction: Interaction, typed: str, *, with_archived: bool = False
) -> Choices:
    async def find(books: Books) -> Found:
        found = await find_items(books, typed, with_archived=with_archived)
        return [(item_choice(each), each.typed) for each in found]

    return await look_up(interaction, find)


async def _offer_locations(
    interaction: Interaction, typed: str, *, other_end: str = "", with_archived: bool = False
) -> Choices:
    item = str(getattr(interaction.namespace, "item", "") or "")

    async def find(books: Books) -> Found:
        found = await find_locations(
            books, typed, item=item, other_end=other_end, with_archived=with_archived
        )
        return [(location_choice(each), each.typed) for each in found]

    return await look_up(interaction, find)


async def _offer_suppliers(interaction: Interaction, typed: str, status: str | None) -> Choices:
    async def find(books: Books) -> Found:
        return [(name, name) for name in await find_suppliers(books, typed, status=status)]

    return await look_up(interaction, find)


async def _offer_records(interaction: Interaction, request: ListOwnRecords) -> Choices:
    desk = interaction.client.desk

    async def work(actor: Actor) -> Found:
        records = await desk.db.query(list_own_records, request, actor)
        return [(record_choice(each), f"#{each.record}") for each in records]

    return await desk.suggest(interaction, work)


async def _find_anything(books: Books, typed: str) -> Found:
    items = await find_items(books, typed, with_archived=True)
    locations = await find_locations(books, typed, with_archived=True, limit=MAX_LOCATIONS)
    if not all([each.is_guess for each in items] + [each.is_guess for each in locations]):
        # What matches makes guesses at the other kind superfluous.
        items = [each for each in items if not each.is_guess]
        locations = [each for each in locations if not each.is_guess]
    return [
        *((location_choice(each, icon="📍 "), each.typed) for each in locations),
        *((item_choice(each), each.item.sku) for each in items),
    ]
