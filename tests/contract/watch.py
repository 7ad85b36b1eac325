"""Holds every simulated Discord to the contract when the test that used it ends."""

from weakref import WeakKeyDictionary

import pytest

from simulator import LoopbackDiscord
from tests.contract.contract import Contract


class ContractBroken(AssertionError):
    """The bot asked, or the simulator answered, what Discord's description does not know."""


class Watch:
    """Judges what is new in a Discord since it was last looked at."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        # What was judged, by the identity of things which their Discord keeps; of a call also
        # with which status, since one that was held or is under way is judged again.
        self._judged: WeakKeyDictionary[LoopbackDiscord, set[tuple[int, int]]] = WeakKeyDictionary()

    def require_kept(self, discord: LoopbackDiscord) -> None:
        """Fail when a call or an event breaks the contract; each is told of once."""
        judged = self._judged.setdefault(discord, set())
        faults = []
        for call in discord.calls:
            key = (id(call), call.status)
            if key not in judged:
                judged.add(key)
                faults += self._contract.judge(call)
        for interaction in discord.world.interactions.values():
            key = (id(interaction), 0)
            if interaction.payload and key not in judged:
                judged.add(key)
                faults += self._contract.judge_event(interaction)
        if faults:
            raise ContractBroken("\n".join(dict.fromkeys(faults)))

    def install(self, patch: pytest.MonkeyPatch) -> None:
        """Make the contract part of what a Discord must be when its block is left."""
        require_flawless = LoopbackDiscord.require_flawless

        def require(discord: LoopbackDiscord) -> None:
            require_flawless(discord)
            self.require_kept(discord)

        patch.setattr(LoopbackDiscord, "require_flawless", require)
