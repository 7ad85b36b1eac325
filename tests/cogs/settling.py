"""The simulated Discord waits until the bot is done, without looking through what is over.

It keeps a real timer beside each virtual one, also when that was cancelled: each command leaves
ten, for minutes, and looks through all of them many times. And each of its looks walks through
the frames of all tasks, so it begins to look only when they have ended or none of them goes on.
"""

import asyncio
from typing import Any, Final

import simcord

# How often it looks whether the bot is done; its own twentieth of a second is most of what a
# command takes here.
_LOOK_SECONDS: Final = 0.002
# Tasks that end within this of each other are waited for without a look.
_STILL_SECONDS: Final = 0.05
# A bot whose tasks never end is the simulator's to complain about.
_ENDS: Final = 1000


def settle_quickly(env: simcord.Env) -> None:
    """Let a simulated Discord look often, at what is not over."""
    schedule, settle = env._schedule_timer, env._settle_internal
    timers: list[Any] = []

    def keep(timer: Any, *given: Any) -> None:
        schedule(timer, *given)
        timers.append(timer)

    async def settle_often(**given: Any) -> None:
        _cancel_real(timers)
        await _let_tasks_end(env)
        await settle(**{"idle": _LOOK_SECONDS} | given)

    setattr(env, "_schedule_timer", keep)  # noqa: B010  # no class of ours
    setattr(env, "_settle_internal", settle_often)  # noqa: B010


async def _let_tasks_end(env: simcord.Env) -> None:
    for _ in range(_ENDS):
        tasks = [task for task in env._work.tasks if not task.done()]
        if not tasks:
            break
        ended, _ = await asyncio.wait(
            tasks, timeout=_STILL_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if not ended:
            return
    # What the last one's end has called.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _cancel_real(timers: list[Any]) -> None:
    waiting = []
    for timer in timers:
        if timer.handle is not None and not timer.handle.cancelled():
            waiting.append(timer)
        elif timer.real_handle is not None:
            timer.real_handle.cancel()
    timers[:] = waiting
