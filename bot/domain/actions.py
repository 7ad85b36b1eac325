"""What records say was done: each action is declared once, with how it can be reversed."""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Reversal(Enum):
    """How a record of an action can be reversed."""

    NOT = "not"
    # By a record with the opposite of its moves.
    MOVES = "moves"
    # So, and by what gives back the rows that went along; see `bot/services/reversing.py`.
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class Action:
    """What an operation did, as records keep it: a name that never changes."""

    name: str
    reversal: Reversal
    # It records what was seen: no row need change with it.
    is_observation: bool = False
    # The command that leads back from what `/undo` does not take, or not of everyone.
    way_back: str = ""
    # Its request is kept, and may be offered again once it was reversed.
    is_offered_again: bool = False


# What was done cannot be set back by a command.
NO_WAY_BACK: Final = ""

ACTIONS: Final[dict[str, Action]] = {}


def declare_actions(
    *names: str,
    reversal: Reversal = Reversal.NOT,
    way_back: str | None = None,
    is_observation: bool = False,
    is_offered_again: bool = False,
) -> None:
    """Declare the actions that a module records; one that is not declared cannot be recorded.

    Of what cannot be reversed the command that leads back is named, or that there is none.
    """
    for name in names:
        assert name not in ACTIONS, f"{name} is declared twice"
        assert reversal is not Reversal.NOT or way_back is not None, (
            f"what leads back from {name}? Declare it with reversal= or way_back="
        )
        ACTIONS[name] = Action(name, reversal, is_observation, way_back or "", is_offered_again)


def require_declared(name: str) -> None:
    """Raise LookupError for an action that no module has declared."""
    if name not in ACTIONS:
        raise LookupError(f"the action {name} is not declared")


def is_observation(name: str) -> bool:
    """Whether records of this action need no changed row."""
    return ACTIONS[name].is_observation


def way_back_from(name: str) -> str:
    """Return the command that leads back from what was done, empty if none does."""
    action = ACTIONS.get(name)
    return "" if action is None else action.way_back


def is_offered_again(name: str) -> bool:
    """Whether a record of this action may be offered again once it was reversed."""
    action = ACTIONS.get(name)
    return action is not None and action.is_offered_again


def is_reversible(name: str) -> bool:
    """Whether records of this action can be reversed; those of later versions cannot."""
    action = ACTIONS.get(name)
    return action is not None and action.reversal is not Reversal.NOT


def is_reversed_by_moves(name: str) -> bool:
    """Whether the opposite of its moves is all that reverses a record of this action."""
    action = ACTIONS.get(name)
    return action is not None and action.reversal is Reversal.MOVES


def is_restored(name: str) -> bool:
    """Whether reversing records of this action gives back rows besides stock."""
    return ACTIONS[name].reversal is Reversal.RESTORED
