"""Everything that the bot declares is covered by a right: everybody tries everything.

That is in `make soak` and `make permissions`; otherwise a stranger tries each thing, and in turn
another one without its right and one with it.
"""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from tests.cogs.fixtures import open_world
from tests.cogs.world import World
from tests.conftest import SOAK
from tests.database.clock import Clock
from tests.permission_lines import COMMANDS, CONTROLS, NOT_DEACTIVATED, SUGGESTIONS
from tests.permissions import (
    PAGE,
    PEOPLE,
    Row,
    list_commands,
    list_controls,
    list_suggestions,
    play,
    satisfies,
    write_page,
)

# Who may do what is computed alike on both engines; that is claimed elsewhere.
pytestmark = pytest.mark.only_on("sqlite")

MISSING = (
    "{what} has no line in tests/permission_lines.py: add one to {table} with the right that it "
    "takes{more}, then run `make permissions`."
)
TOO_MUCH = (
    "tests/permission_lines.py has a line in {table} for {what}, which there is not (any more)."
)
REQUEST = " and a request that is well formed but leads nowhere"

_played: list[Row] = []


@pytest_asyncio.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_world(database_url, clock) as made:
        yield made


@pytest_asyncio.fixture
async def rows(database_url: str, clock: Clock) -> list[Row]:
    """What came out when they tried, once for all tests."""
    if not _played:
        async with open_world(database_url, clock) as world:
            _played.extend(await play(world, is_whole=SOAK))
    return _played


def require_the_same(declared: set[str], lines: set[str], table: str, more: str = "") -> None:
    for what in sorted(declared - lines):
        pytest.fail(MISSING.format(what=what, table=table, more=more))
    for what in sorted(lines - declared):
        pytest.fail(TOO_MUCH.format(what=what, table=table))


async def test_every_command_has_a_line(world: World) -> None:
    lines = {f"/{name.split(' · ')[0]}" for name in COMMANDS}
    require_the_same({f"/{name}" for name in list_commands(world)}, lines, "COMMANDS", REQUEST)


@pytest.mark.usefixtures("world")
async def test_every_button_menu_and_form_has_a_line() -> None:
    require_the_same(list_controls(), set(CONTROLS), "CONTROLS", REQUEST)


async def test_every_option_with_suggestions_has_a_line(world: World) -> None:
    options = {option for _, option in list_suggestions(world)}
    require_the_same(options, set(SUGGESTIONS), "SUGGESTIONS")


def expect(row: Row) -> dict[str, bool]:
    """Who should be able to, by the right in its line."""
    return {who: satisfies(held, row.needs) for who, held in PEOPLE.items()}


@pytest.mark.slow
async def test_only_those_with_the_right_could(rows: list[Row]) -> None:
    assert len(rows) >= len(COMMANDS) + len(CONTROLS) + len(SUGGESTIONS)
    for row in rows:
        expected = expect(row)
        if not SOAK:
            assert 1 < len(row.could) <= 3, f"{row.kind} {row.name}"
            expected = {who: expected[who] for who in row.could}
        assert row.could == expected, f"{row.kind} {row.name}"


@pytest.mark.slow
async def test_a_refusal_names_the_right_it_takes(rows: list[Row]) -> None:
    for row in rows:
        if row.needs not in {"", NOT_DEACTIVATED} and row.kind != "suggestions":
            # Of several rights that are all needed, those alone that the person lacks.
            parts = set(row.needs.split(" and "))
            assert row.needs in row.lacked, f"{row.kind} {row.name}"
            assert row.lacked <= {row.needs, *parts}, f"{row.kind} {row.name}"


@pytest.mark.slow
async def test_each_right_that_is_asked_for_is_held_by_some_and_not_by_all(rows: list[Row]) -> None:
    for row in rows:
        assert any(row.could.values()), f"{row.kind} {row.name}"
        assert row.needs == "" or not all(row.could.values()), f"{row.kind} {row.name}"


@pytest.mark.slow
async def test_the_page_says_what_came_out(rows: list[Row]) -> None:
    # Of those who did not try, what others show that the right in its line does.
    whole = [replace(row, could=expect(row) | row.could) for row in rows]
    assert PAGE.read_text() == write_page(whole), (
        "docs/permissions.md is out of date: run `make permissions`, and look at what changed."
    )
