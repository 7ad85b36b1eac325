"""Pulling the plug: the bot's process is killed in mid-move, and its books are looked at after."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from simulator import ClientRefused, InteractionFailed, NoAnswer
from simulator.page.person import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Reply
    from simulator.page.stage import Stage
    from simulator.refusals import Json

ANSWER_SECONDS = 10
START_SECONDS = 30


class Plug:
    """Lets a member move something, and kills the bot when the books are written.

    That is the worst moment: the move is in the books, and the one who made it does not know.
    `kill` ends the process; the process that started it starts another.
    """

    def __init__(self, stage: Stage, kill: Callable[[], None] | None) -> None:
        self._stage = stage
        self._kill = kill
        self._lines: list[Json] = []
        self._trouble = ""
        self._is_busy = False
        self._task: asyncio.Task[None] | None = None
        self.finished_at: int | None = None

    def shown(self) -> Json:
        """What has happened so far."""
        return {"lines": self._lines, "busy": self._is_busy, "trouble": self._trouble}

    def pull(self, plan: Json) -> None:
        """Begin, unless it is being done."""
        if self._kill is None:
            raise ClientRefused("No process of a bot can be killed here.")
        if self._is_busy:
            raise ClientRefused("The plug is being pulled.")
        self._lines, self._trouble, self._is_busy = [], "", True
        self._task = asyncio.create_task(self._run(plan, self._kill))

    async def _run(self, plan: Json, kill: Callable[[], None]) -> None:
        try:
            self.finished_at = await self._play(plan, kill)
        except (ClientRefused, InteractionFailed, NoAnswer) as error:
            self._trouble = f"That did not work out: {error}."
        finally:
            self._is_busy = False
            self._stage.changed()

    async def _play(self, plan: Json, kill: Callable[[], None]) -> int:
        discord, move, check = self._stage.discord, plan["move"], plan["check"]
        mover = self._person(move["member"], move["channel"])
        reply = mover.send_slash(move["command"], **move["values"])
        token = reply.interaction.token
        answer = discord.fault("PATCH", f"/webhooks/*/{token}/messages/*", hold=True)
        try:
            await answer.wait_hit(timeout=ANSWER_SECONDS)
            self._say(f"{move['member']} moves {move['words']}. The books are written …")
            kill()
            await discord.bot_gone(timeout=ANSWER_SECONDS)
        finally:
            answer.abandon()
        self._say("… and the bot is killed before it can answer (SIGKILL).")
        began = time.monotonic()
        await discord.bot_ready(timeout=START_SECONDS)
        self._say(f"It is started again: {time.monotonic() - began:.1f} s.")
        await reply.wait_for(lambda it: bool(it.messages) and not it.messages[0].loading)
        self._say(f"{move['member']}'s answer arrives after all:", _words_of(reply))
        checked = await self._person(check["member"], check["channel"]).slash(check["command"])
        self._say(f"{check['member']} asks `/{check['command']}`:", _words_of(checked, lines=1))
        if move["says"] not in reply.text or check["says"] not in checked.text:
            raise NoAnswer("the answer is another one than expected")
        return checked.interaction.id

    def _person(self, name: str, channel_name: str) -> Person:
        member = self._stage.member_named(name)
        channel = self._stage.channel_named(channel_name)
        if member is None or channel is None:
            raise ClientRefused(f"{name} is not in #{channel_name}")
        return Person(self._stage.world, member, channel)

    def _say(self, text: str, quoted: str = "") -> None:
        self._lines.append({"text": text, "quoted": quoted})
        self._stage.changed()


def _words_of(reply: Reply, lines: int | None = None) -> str:
    """An answer as far as it fits beside others, without what can be pressed."""
    return "\n".join((reply.content or reply.text).split("\n")[:lines])
