from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.interactions import ACKNOWLEDGE_WITHIN_SECONDS, Callback, Interaction, Modal
from simulator.pulse import NoAnswer
from simulator.refusals import InteractionFailed, Json

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.messages import Message


class Reply:
    """What one person sees of the answer to what they did; it follows later edits."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction

    @property
    def messages(self) -> list[Message]:
        """The answer and its follow-ups, oldest first, without deleted ones."""
        own = (self.interaction.original, *self.interaction.followups)
        return [message for message in own if message and not message.is_deleted]

    @property
    def message(self) -> Message:
        """The first message that is no longer thinking."""
        for message in self.messages:
            if not message.loading:
                return message
        raise NoAnswer("there is no message in the answer")

    @property
    def content(self) -> str:
        """The message's content."""
        return self.message.content

    @property
    def embeds(self) -> list[Json]:
        """The message's embeds, as sent."""
        return self.message.embeds

    @property
    def components(self) -> list[Json]:
        """The message's rows or layout, as sent."""
        return self.message.components

    @property
    def text(self) -> str:
        """All that can be read in all messages of the answer."""
        return "\n".join(message.text for message in self.messages)

    @property
    def buttons(self) -> list[str]:
        """Labels of the message's buttons that can be pressed."""
        return self.message.buttons

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees it."""
        return self.message.ephemeral

    @property
    def deferred(self) -> bool:
        """Whether the bot first said that it was thinking."""
        deferrals = {Callback.DEFERRED_MESSAGE, Callback.DEFERRED_UPDATE}
        return self.interaction.callback in deferrals

    @property
    def acknowledged_after_seconds(self) -> float:
        """From the event to the first acknowledgement."""
        seconds = self.interaction.acknowledged_after_seconds
        if seconds is None:
            raise NoAnswer("it was not acknowledged")
        return seconds

    @property
    def modal(self) -> Modal:
        """The form that opened instead of a message."""
        if self.interaction.modal is None:
            raise NoAnswer("no form opened")
        return self.interaction.modal

    async def acknowledged(self) -> Reply:
        """Wait for the first acknowledgement, or fail as the person sees it after 3 seconds."""
        pending = self.interaction
        # What a test's clock was advanced by counts, so that it need not wait.
        left = max(0.0, ACKNOWLEDGE_WITHIN_SECONDS - pending.age_seconds)
        try:
            await pending.pulse.until(lambda: pending.callback, left, "acknowledgement")
        except NoAnswer:
            raise InteractionFailed("The application did not respond") from None
        return self

    async def answered(self, timeout: float = 10) -> Reply:  # noqa: ASYNC109 - the failure names the wait
        """Wait for what the person waits for: after a deferral, the first edit or follow-up."""
        await self.acknowledged()
        what = f"answer to {self.interaction.data.get('name') or self.interaction.data}"
        await self.interaction.pulse.until(lambda: self.interaction.answered, timeout, what)
        return self

    async def wait_for(self, predicate: Callable[[Reply], bool], timeout: float = 10) -> Reply:  # noqa: ASYNC109 - likewise
        """Wait until the answer, as edited or followed up, satisfies the predicate."""
        await self.interaction.pulse.until(lambda: predicate(self), timeout, "later answer")
        return self
