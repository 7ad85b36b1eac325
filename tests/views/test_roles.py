import itertools

import discord
import pytest

import bot.services
from bot.database.models import Role
from bot.domain.permissions import PERMISSION_AREAS, PERMISSIONS
from bot.interactions.registers import load_modules
from bot.services.roles import RoleShown, RolesListed
from bot.views.permissions import AREA_WORDS, PERMISSION_WORDS
from bot.views.replies import Reply
from bot.views.role_permissions import parse_area
from bot.views.roles import role_page, roles_from

load_modules(bot.services)  # with them all operations are declared


def test_every_permission_has_words_that_fit_a_menu() -> None:
    assert PERMISSION_WORDS.keys() == set(PERMISSIONS)
    assert AREA_WORDS.keys() == set(PERMISSION_AREAS)
    # A translation may be a third longer.
    assert all(0 < len(words) <= 75 for words in PERMISSION_WORDS.values())


def test_an_area_is_read_or_refused() -> None:
    assert [parse_area(area) for area in PERMISSION_AREAS] == list(PERMISSION_AREAS)
    for text in ("5", "0", "", "Stock", "stock "):
        with pytest.raises(ValueError):  # noqa: PT011  # its text is never shown
            parse_area(text)


@pytest.mark.parametrize("bound", [0, 1, 250])
def test_every_role_is_listed_however_much_each_holds(bound: int) -> None:
    roles = tuple(
        RoleShown(
            role=Role(
                guild_id=1,
                id=number,
                name=f"{number:*>40}",
                name_key=str(number),
                description="_" * 100,
                permissions=frozenset(PERMISSIONS),
            ),
            discord_role_ids=tuple(range(2**60, 2**60 + bound)),
        )
        for number in range(25)
    )
    listed = RolesListed(guild_id=1, roles=roles)
    seen = [
        text
        for first in (0, 10, 20)
        for text in texts_of(roles_from(listed, first))
        if "\\*" in text
    ]
    assert len(seen) == 25
    whole = [texts_of(role_page(listed, 7, first)) for first in range(0, max(1, bound), 25)]
    assert all(sum(map(len, texts)) <= 4000 for texts in whole)
    assert all(
        any(str(2**60 + n) in text for text in itertools.chain(*whole)) for n in range(bound)
    )


def texts_of(reply: Reply) -> list[str]:
    """Return what is written on a page."""
    assert isinstance(reply.view, discord.ui.LayoutView)
    items = reply.view.walk_children()
    return [each.content for each in items if isinstance(each, discord.ui.TextDisplay)]
