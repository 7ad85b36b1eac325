"""Lanes to one person: direct messages, or mentions in a channel for those who take none."""

from collections.abc import Sequence
from typing import Final

import discord

from bot.database.delivery.leased_lanes import Batch, Draft, LeasedLane
from bot.database.models import AuditEvent
from bot.domain.lanes import ALERTS, APPROVALS, DECISION, REQUESTS, recipient_of
from bot.jobs.delivery.batches import NoChannelError, Sender, UnreachableError
from bot.jobs.delivery.renderers import Context, renders
from bot.views.approvals import decision_notice

# Where a person who takes no direct messages is mentioned: the first of these that they see.
MENTION_PURPOSES: Final = (APPROVALS, REQUESTS, ALERTS)

# They take no messages, or share no server with the bot any more.
_CANNOT_SEND_TO_USER: Final = frozenset({50007, 50278})
_SERVER_ERRORS: Final = 500


class PersonSender(Sender):
    """Messages to one person, one record each."""

    async def find_channel(self, held: LeasedLane) -> int:
        """Return the person's direct channel, or the one to mention them in."""
        try:
            channel = await self._client.create_dm(discord.Object(_recipient(held)))
        except discord.HTTPException as error:
            if error.status >= _SERVER_ERRORS:
                raise
            return await self._find_public(held)
        return channel.id

    async def carry(self, held: LeasedLane) -> bool:
        """Empty the lane, and delete it: people come and go."""
        is_left = await super().carry(held)
        if not is_left:
            await self._lanes.drop_empty(held.guild_id, held.lane)
        return is_left

    def compose(self, held: LeasedLane) -> None:
        """Compose nothing yet: Discord is asked for the direct channel first."""
        del held

    async def send(self, held: LeasedLane, batch: Batch) -> LeasedLane | None:
        """Send a direct message, or else a mention."""
        if batch.text.startswith(_mention(held)):
            return await self._post_mention(held, batch)
        if batch.channel_id not in held.channel_ids.values():
            try:
                return await super().send(held, batch)
            except discord.HTTPException as error:
                if error.code not in _CANNOT_SEND_TO_USER:
                    raise
        text = _mention(held) + batch.text
        public = Draft(batch.kind, await self._find_public(held), batch.last_record, text)
        frozen = await self._lanes.freeze(held, public)
        if frozen is None or frozen.batch is None:
            return None
        return await self._post_mention(frozen, frozen.batch)

    def is_moved(self, held: LeasedLane, batch: Batch) -> bool:
        """Whether a mention was meant for a channel that the guild no longer uses so.

        A direct channel never changes.
        """
        is_public = batch.text.startswith(_mention(held))
        return is_public and batch.channel_id not in held.channel_ids.values()

    async def _find_public(self, held: LeasedLane) -> int:
        """Return the first channel that the person sees and the bot may write in.

        Raises UnreachableError; Discord is asked who they are now, since no members are cached.
        """
        guild = self._client.get_guild(held.guild_id)
        if guild is None:
            raise NoChannelError
        try:
            member = await guild.fetch_member(_recipient(held))
        except discord.NotFound as error:
            raise UnreachableError from error
        for purpose in MENTION_PURPOSES:
            channel = guild.get_channel(held.channel_ids.get(purpose, 0))
            if channel is None or not channel.permissions_for(member).view_channel:
                continue
            if channel.permissions_for(guild.me).send_messages:
                return channel.id
        raise UnreachableError

    async def _post_mention(self, held: LeasedLane, batch: Batch) -> LeasedLane:
        person = discord.Object(_recipient(held))
        await self.post(batch, discord.AllowedMentions(users=[person], everyone=False))
        return held


@renders(DECISION)
def decision(events: Sequence[AuditEvent], context: Context) -> tuple[int, str]:
    """Say what came of one thing that the person asked for."""
    event = events[0]
    return event.record, decision_notice(event, context.guild_name)


def _mention(held: LeasedLane) -> str:
    return f"<@{_recipient(held)}> "


def _recipient(held: LeasedLane) -> int:
    recipient = recipient_of(held.lane)
    assert recipient is not None
    return recipient
