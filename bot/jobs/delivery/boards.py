"""The lanes of boards: post the message of one, edit it, post it again, delete it.

Everything that changes a board's message holds its lane, and reads what it shows behind the lease:
so no process shows what is older than what another one has shown. All of it ends before the lease
does. A message is noted before it is posted, so that a crash in between posts no second one: it is
looked for by its controls, and sent with the same nonce.
"""

import asyncio
import secrets
from collections.abc import Sized
from typing import TYPE_CHECKING, Any, Final

import discord
from loguru import logger

from bot.database.delivery.board_messages import BoardMessages, Kept
from bot.database.delivery.lanes import Lane, OutboxLanes
from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import BoardMessage
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.boards import EDIT_EVERY
from bot.domain.lanes import BOARD, board_of
from bot.jobs.delivery.audit import ChannelSender
from bot.jobs.delivery.batches import LOOK_BACK_MESSAGES, nonce_of
from bot.locales import use_locale
from bot.services.boards.reading import GetBoard, get_board
from bot.services.boards.shown import BoardLook, BoardShown
from bot.views.boards import ALL, board_hash, board_page
from bot.views.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

# Within the lease of ten seconds, reading included.
_DRAW_SECONDS: Final = 8.0
_UNKNOWN_MESSAGE: Final = 10008
# The message is by an application that the bot was before.
_NOT_ITS_AUTHOR: Final = 50005
_NONCE_BYTES: Final = 8


class BoardDrawing:
    """Makes the message of a board what the books say."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._client = client
        self._db = db
        self._messages = BoardMessages(db)
        # Lanes that lead nowhere any more.
        self.gone: set[Lane] = set()
        # Called with the guild of each board that was drawn: it may have changed meanwhile.
        self.on_drawn: list[Callable[[int], None]] = []

    async def draw(self, held: LeasedLane, row: OutboxRow) -> None:
        """Post, edit or delete the message of the lane's board."""
        del row
        board_id = board_of(held.lane)
        assert board_id is not None
        async with asyncio.timeout(_DRAW_SECONDS):
            actor = system_actor(held.guild_id, "job")
            found = await self._db.query(get_board, GetBoard(board_id=board_id), actor)
            if found.look is None:
                await self._remove(held, board_id, found.message)
                return
            await self._show(held, found.look)
        for notify in self.on_drawn:
            notify(held.guild_id)

    async def _show(self, held: LeasedLane, look: BoardLook) -> None:
        shown, message = look.shown, look.message
        reply = draw_board(shown)
        if message is None or message.message_id is None:
            await self._post(held.guild_id, shown, reply, message)
            return
        if not is_due(look, reply):
            return
        again_at = (message.edited_at or self._db.clock()) + EDIT_EVERY
        if message.edited_at is not None and again_at > self._db.clock():
            await self._messages.queue(held.guild_id, [shown.board_id], again_at)
            return
        channel = self._client.get_partial_messageable(message.channel_id)
        try:
            await channel.get_partial_message(message.message_id).edit(**reply.for_editing())
        except (discord.NotFound, discord.Forbidden) as error:
            if error.code not in {_UNKNOWN_MESSAGE, _NOT_ITS_AUTHOR}:
                raise
            await self._post(held.guild_id, shown, reply, None)
            return
        await self._keep(shown, held.guild_id, reply, message.posting, message.message_id)

    async def _post(
        self, guild_id: int, shown: BoardShown, reply: Reply, begun: BoardMessage | None
    ) -> None:
        """Post the message of a board, unless it was posted before a crash."""
        posting = begun.posting if begun else secrets.token_hex(_NONCE_BYTES)
        channel = self._client.get_partial_messageable(shown.channel_id)
        message = None
        if begun is not None:
            message = await self._find(channel, shown.board_id)
        else:
            await self._keep(shown, guild_id, None, posting, None)
        if message is None:
            nonce = nonce_of(f"{guild_id}/board/{shown.board_id}/{posting}")
            message = await channel.send(nonce=nonce, **reply.for_sending())
        if begun is not None:
            # For the same nonce Discord answers with what was posted then.
            await message.edit(**reply.for_editing())
        await self._keep(shown, guild_id, reply, posting, message.id)

    async def _keep(
        self,
        shown: BoardShown,
        guild_id: int,
        reply: Reply | None,
        posting: str,
        message_id: int | None,
    ) -> None:
        kept = Kept(
            guild_id=guild_id,
            board_id=shown.board_id,
            channel_id=shown.channel_id,
            posting=posting,
            edited_at=self._db.clock(),
            message_id=message_id,
            shown_hash="" if reply is None else board_hash(reply),
        )
        await self._messages.keep(kept)

    async def _remove(self, held: LeasedLane, board_id: int, kept: BoardMessage | None) -> None:
        self.gone.add((held.guild_id, held.lane))
        if kept is None:
            return
        channel = self._client.get_partial_messageable(kept.channel_id)
        try:
            message: Any = None
            if kept.message_id is not None:
                message = channel.get_partial_message(kept.message_id)
            else:
                message = await self._find(channel, board_id)
            if message is not None:
                await message.delete()
        except (discord.NotFound, discord.Forbidden) as error:
            # There is none any more, or none that people can see through the bot's doing.
            logger.info("The message of a removed board is left: {}", error.code)
        await self._messages.forget(held.guild_id, board_id)

    async def _find(
        self, channel: discord.PartialMessageable, board_id: int
    ) -> discord.Message | None:
        """Look for a message that was posted before a crash and never noted."""
        assert self._client.user is not None
        own = f"{ALL.name}:{board_id}:"
        async for message in channel.history(limit=LOOK_BACK_MESSAGES):
            if message.author.id == self._client.user.id and any(
                each.startswith(own) for each in _custom_ids(message.components)
            ):
                return message
        return None


class BoardSender(ChannelSender):
    """What goes to boards; the lane of one that was removed is deleted."""

    def __init__(
        self, client: discord.Client, lanes: OutboxLanes, drawing: BoardDrawing, others: Sized
    ) -> None:
        super().__init__(client, lanes, {BOARD: drawing}, others)
        self._drawing = drawing

    async def carry(self, held: LeasedLane) -> bool:
        """Empty the lane, and delete it behind its board."""
        is_left = await super().carry(held)
        if not is_left and (lane := (held.guild_id, held.lane)) in self._drawing.gone:
            self._drawing.gone.discard(lane)
            await self._lanes.drop_empty(*lane)
        return is_left


def draw_board(shown: BoardShown) -> Reply:
    """Draw a board in the guild's language."""
    with use_locale(shown.language):
        return board_page(shown)


def is_due(look: BoardLook, reply: Reply) -> bool:
    """Whether a board's message is missing or shows something else, or was not edited today.

    By that edit it is noticed that people deleted the message: the bot hears of no messages.
    """
    message = look.message
    if message is None or message.message_id is None or not look.is_of_today:
        return True
    return message.shown_hash != board_hash(reply)


def _custom_ids(components: Any) -> list[str]:
    """List the custom ids in components and in those inside them."""
    found: list[str] = []
    for each in components:
        found += [each.custom_id] if getattr(each, "custom_id", None) else []
        found += _custom_ids(getattr(each, "children", ()))
        accessory = getattr(each, "accessory", None)
        found += _custom_ids([accessory]) if accessory is not None else []
    return found
