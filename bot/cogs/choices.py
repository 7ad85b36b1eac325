"""What people choose when they are asked back, and the forms of the floor's buttons."""

import discord

from bot.domain.actors import Actor
from bot.domain.stock import ChosenId
from bot.errors import StaleControl
from bot.interactions import Interaction, handles
from bot.interactions.waiting import go_on, run_command
from bot.views.follow_ups import CHOOSE, READ_AS
from bot.views.opening import OPEN
from bot.views.stock_pages import ASK, ASKED, stock_form
from bot.views.waiting import WaitingCommand

_NOUNS = frozenset(OPEN)
# The option that names the location of a page's row.
_WHERE = {"take": "location", "put": "location", "move": "from"}


@handles(CHOOSE)
async def choose(interaction: Interaction, option: str, noun: str, thing_id: int) -> None:
    """Go on with the command that waits, with the thing that was chosen."""
    if noun not in _NOUNS:
        raise StaleControl
    await go_on(interaction, option, ChosenId.of(noun, thing_id))


@handles(READ_AS)
async def read_as(interaction: Interaction, option: str, written: str) -> None:
    """Go on with the command that waits, with a quantity as it was meant."""
    await go_on(interaction, option, written)


def _offer_form(verb: str) -> None:
    """Declare what a floor button of a page does: it asks for the rest, then runs the command."""

    async def ask(interaction: Interaction, item_id: int, location_id: int) -> None:
        desk = interaction.client.desk

        async def work(actor: Actor) -> discord.ui.Modal:
            async with desk.db.look_up(actor) as books:
                books.require_permission("stock.move")
                item = await books.items.require_reference(item_id)
                location = None
                if location_id:
                    location = await books.locations.require_reference(location_id)
            return stock_form(verb, item, location)

        await desk.ask(interaction, work)

    async def take_form(
        interaction: Interaction, item_id: int, location_id: int, values: dict[str, str]
    ) -> None:
        options: dict[str, str | ChosenId] = {
            name: value for name, value in values.items() if value.strip()
        }
        options["item"] = ChosenId.of("item", item_id)
        if location_id:
            options.setdefault(_WHERE[verb], ChosenId.of("location", location_id))
        await run_command(interaction, WaitingCommand(verb, options))

    handles(ASK[verb])(ask)
    handles(ASKED[verb])(take_form)


for _verb in ASK:
    _offer_form(_verb)
