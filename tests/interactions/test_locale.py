"""The language of answers: private ones are in the person's own."""

import pytest

from tests.cogs.world import House
from tests.pseudo import LOCALE_OF_PHONES, pseudo

pytestmark = [
    pytest.mark.only_on("sqlite"),  # no word depends on the engine
    pytest.mark.usefixtures("pseudo_locale"),
    pytest.mark.parametrize("pseudo_locale", [LOCALE_OF_PHONES], indirect=True),
]


async def test_refusals_of_changes_look_ups_and_buttons_are_in_the_persons_language(
    house: House,
) -> None:
    unknown = pseudo("There is no item **{name}**.").format(name="pirate")
    for command in ("take", "item show"):
        answer = await house.manager.type(command, item="pirate")
        assert answer.text == unknown, command
    denied = await house.stranger.type("item list")
    assert denied.text.startswith(pseudo("You don't have permission: ")[:20])
