"""The simulated Discord waits until the bot is done, without looking through what is over.

It keeps a real timer beside each virtual one, also when that was cancelled: each command leaves
ten, for minutes, and looks through all of them many times.
"""

from typing import Any, Final

import simcord

# How often it looks whether the bot is done; its own twentieth of a second is most of what a
# command takes here.
_LOOK_SECONDS: Final = 0.002


def settle_quickly(env: simcord.Env) -> None:
    """Let a simulated Discord look often, at what is not over."""
    schedule, settle = env._schedule_timer, env._settle_internal
    timers: list[Any] = []

    def keep(timer: Any, *given: Any) -> None:
        schedule(timer, *given)
        timers.append(timer)

    async def settle_often(**given: Any) -> None:
        _cancel_real(timers)
        await settle(**{"idle": _LOOK_SECONDS} | given)

    setattr(env, "_schedule_timer", keep)  # noqa: B010  # no class of ours
    setattr(env, "_settle_internal", settle_often)  # noqa: B010


def _cancel_real(timers: list[Any]) -> None:
    waiting = []
    for timer in timers:
        if timer.handle is not None and not timer.handle.cancelled():
            waiting.append(timer)
        elif timer.real_handle is not None:
            timer.real_handle.cancel()
    timers[:] = waiting
