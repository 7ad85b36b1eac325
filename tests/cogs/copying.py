"""The simulated Discord copies each payload several times, here at the speed of C.

Python's own `deepcopy` of what a command sends and gets is a fifth of what the command takes.
"""

import copy
import pickle
from types import SimpleNamespace
from typing import Any

import pytest
import simcord.components
import simcord.gateway
import simcord.http.router
import simcord.results
from simcord import _runtime


def copy_quickly(patch: pytest.MonkeyPatch) -> None:
    """Let the simulator copy by pickling, and tell its timers apart by what they are."""
    patch.setattr(simcord.components, "deepcopy", _copied)
    patch.setattr(simcord.results, "deepcopy", _copied)
    patch.setattr(simcord.gateway, "copy", SimpleNamespace(deepcopy=_copied))
    patch.setattr(simcord.http.router, "copy", SimpleNamespace(deepcopy=_copied))
    # It looks for one among all of them, which are equal only to themselves.
    patch.setattr(_runtime._CallbackRecord, "__eq__", object.__eq__)


def _copied(value: Any) -> Any:
    try:
        return pickle.loads(pickle.dumps(value, pickle.HIGHEST_PROTOCOL))  # our own
    except (pickle.PicklingError, TypeError, AttributeError):
        return copy.deepcopy(value)
