from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.database.operations import OPERATIONS, QUERIES, operation, query
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import ACTIONS
from bot.domain.changes import Changed
from bot.interactions.registers import IncompleteRegistersError
from bot.services import reversing
from bot.settings import Settings
from bot.views.actions import ACTION_WORDS
from bot.views.components import DECLARED, Button
from bot.views.permissions import PERMISSION_WORDS


class Unrendered:
    """A result that no view renders."""


@pytest.fixture
def gap(request: pytest.FixtureRequest) -> Iterator[str]:
    """Declare one half of something."""
    match request.param:
        case "operation":

            @operation("test.gap", permission="stock.move")
            async def change(uow: UnitOfWork, request: Any) -> Unrendered:
                raise NotImplementedError

            yield "no view renders the result of the operation test.gap"
            del OPERATIONS["test.gap"]
        case "query":

            @query(permission="stock.view")
            async def get_gap(books: Books, request: Any) -> Unrendered:
                raise NotImplementedError

            yield "no view renders the result of the query get_gap"
            del QUERIES["get_gap"]
        case "permission":

            @operation("test.gap", permission="stock.fly")
            async def fly(uow: UnitOfWork, request: Any) -> Changed:
                raise NotImplementedError

            yield "the operation test.gap needs stock.fly, which is not declared"
            del OPERATIONS["test.gap"]
        case "words":
            words = PERMISSION_WORDS.pop("stock.move")
            yield "the permission stock.move has no words"
            PERMISSION_WORDS["stock.move"] = words
        case "reversal":
            restoring = reversing._RESTORING.pop("import.applied")
            yield "nothing restores what the action import.applied changed"
            reversing._RESTORING["import.applied"] = restoring
        case _:
            Button("gap", "press")
            yield "no cog handles the button gap:press"
            del DECLARED["button", "gap", "press"]


@pytest.mark.parametrize(
    "gap",
    ["operation", "query", "permission", "words", "reversal", "way", "control"],
    indirect=True,
)
def test_a_gap_is_an_error_before_the_first_command(gap: str, tmp_path: Path) -> None:
    assert gaps_of_an_app(tmp_path) == [gap]


def test_a_way_back_is_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    edited = replace(ACTIONS["item.edited"], way_back="item fly")
    monkeypatch.setitem(ACTIONS, "item.edited", edited)
    gaps = gaps_of_an_app(tmp_path)
    assert gaps == ["the way back from item.edited is /item fly, which no cog declares"]


def test_what_is_decided_about_changes_by_its_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for register in (ACTIONS, ACTION_WORDS):
        monkeypatch.setitem(register, "supplier.renamed", register["location.renamed"])
    [gap] = gaps_of_an_app(tmp_path)
    assert gap == (
        "supplier.renamed is no step of what is decided about, nor said to be apart from it"
    )


def gaps_of_an_app(folder: Path) -> list[str]:
    """Return what an app misses of what is declared."""
    settings = Settings(_env_file=None, database_url=f"sqlite:///{folder}/books.db")
    with pytest.raises(IncompleteRegistersError) as refused:
        App(settings)
    return refused.value.gaps
