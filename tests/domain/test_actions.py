import pytest

from bot.domain import actions
from bot.domain.actions import (
    Reversal,
    declare_actions,
    is_reversible,
    require_declared,
)


def test_an_action_is_declared_once_with_how_it_is_reversed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions, "ACTIONS", {})
    declare_actions("order.tested", reversal=Reversal.MOVES)
    declare_actions("stock.looked_at", way_back="item edit")
    with pytest.raises(AssertionError, match="what leads back"):
        declare_actions("stock.seen")
    require_declared("order.tested")
    assert is_reversible("order.tested")
    assert not is_reversible("stock.looked_at")
    with pytest.raises(AssertionError, match="declared twice"):
        declare_actions("order.tested", way_back="")
    assert actions.ACTIONS["order.tested"].reversal is Reversal.MOVES


def test_an_unknown_action_is_not_recorded_and_not_reversed() -> None:
    assert not is_reversible("stock.of_a_later_version")
    with pytest.raises(LookupError):
        require_declared("stock.of_a_later_version")
