"""What `desk.write` and `desk.show` are asked for: a request, or what reads one."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from bot.domain.quantities import parse_quantity
from bot.interactions import Interaction, dispatch, handles
from bot.services.item_pages import GetItem, get_item
from bot.services.stock import TakeStock, take_stock
from bot.views.components import DECLARED, Button
from tests.cogs.world import House

pytestmark = [
    pytest.mark.only_on("sqlite"),  # what is read does not depend on the engine
    pytest.mark.usefixtures("planted"),
]


@pytest.fixture
async def planted() -> AsyncIterator[None]:
    """Plant buttons whose requests are read later, as attachments are."""

    async def read_quantity(typed: str) -> TakeStock:
        return TakeStock(item="BOLT-8", quantity=parse_quantity(typed), location="Shelf A1")

    @handles(Button("asked", "take", str))
    async def take(interaction: Interaction, typed: str) -> None:
        await interaction.client.desk.write(interaction, take_stock, lambda: read_quantity(typed))

    @handles(Button("asked", "look", str))
    async def look(interaction: Interaction, typed: str) -> None:
        async def read() -> GetItem:
            return GetItem(item=typed)

        await interaction.client.desk.show(interaction, get_item, read)

    yield
    for verb in ("take", "look"):
        del dispatch._HANDLERS["button", "asked", verb]
        del DECLARED["button", "asked", verb]


async def test_a_request_may_have_to_be_read_first(house: House) -> None:
    answer = await house.employee.type("find", query="BOLT-8")
    taken = await house.employee.forge(answer, "asked:take:3")
    assert taken.lines[1] == "Shelf A1: 10 → 7 pcs"
    shown = await house.employee.forge(answer, "asked:look:BOLT-8")
    assert shown.title == "BOLT-8"


async def test_what_cannot_be_read_is_a_refusal(house: House) -> None:
    answer = await house.employee.type("find", query="BOLT-8")
    refused = await house.employee.forge(answer, "asked:take:three")
    assert refused.text.startswith("Write the quantity as a number")
    assert await house.level("BOLT-8", "Shelf A1") == Decimal(10)
