"""The outbox with all its renderers and senders, woken by what happens."""

from typing import Any, Final

from discord.ext import commands

from bot.database.delivery.lanes import OutboxLanes
from bot.database.service import DatabaseService
from bot.domain.lanes import BOARD, CARD, DIGEST, DOCUMENT, KINDS, LOW_STOCK, REPORT
from bot.domain.shards import Share
from bot.jobs.delivery.alerts import AlertDrawing
from bot.jobs.delivery.audit import ChannelSender
from bot.jobs.delivery.boards import BoardDrawing, BoardSender
from bot.jobs.delivery.cards import CardDrawing
from bot.jobs.delivery.digests import DigestDrawing
from bot.jobs.delivery.direct import PersonSender
from bot.jobs.delivery.document_cards import DocumentDrawing
from bot.jobs.delivery.outbox import OutboxJob
from bot.jobs.delivery.renderers import TEXTS, Drawing
from bot.jobs.delivery.reports import ReportDrawing
from bot.pacing.lane_queue import LaneQueue
from bot.pacing.requests import RequestPace

# What may be why a lane works again: a channel's rights, a role of the bot, the bot itself.
_EVENTS: Final = (
    "on_guild_channel_create",
    "on_guild_channel_update",
    "on_guild_role_update",
)


def build_outbox(
    client: commands.AutoShardedBot,
    db: DatabaseService,
    share: Share,
    pace: RequestPace,
    boards: BoardDrawing,
) -> OutboxJob:
    """Build the job, wake it with every commit, and let lanes be retried when rights change."""
    reports = ReportDrawing(client, db)
    drawings: dict[str, Drawing] = {
        CARD: CardDrawing(client, db),
        LOW_STOCK: AlertDrawing(client, db),
        DIGEST: DigestDrawing(client, db),
        DOCUMENT: DocumentDrawing(client, db),
        BOARD: boards,
        REPORT: reports,
    }
    kinds = {*TEXTS, *drawings}
    assert kinds == set(KINDS), "every kind of message has a renderer"
    lanes = OutboxLanes(db, share, kinds)
    queue = LaneQueue()
    outbox = OutboxJob(
        client,
        lanes,
        channels=ChannelSender(client, lanes, drawings, queue),
        people=PersonSender(client, lanes, drawings, queue),
        boards=BoardSender(client, lanes, boards, queue),
        pace=pace,
        queue=queue,
    )
    outbox.notices.describing.append(reports.describe)
    db.on_commit.append(outbox.wake_for)

    async def on_change(*changed: Any) -> None:
        outbox.retry_for(changed[-1].guild.id)

    async def on_join(guild: Any) -> None:
        outbox.retry_for(guild.id)

    for event in _EVENTS:
        client.add_listener(on_change, event)

    async def on_member_update(_before: Any, member: Any) -> None:
        # No members are cached, so Discord tells of the bot's own roles alone.
        if client.user is not None and member.id == client.user.id:
            outbox.retry_for(member.guild.id)

    client.add_listener(on_join, "on_guild_join")
    client.add_listener(on_member_update, "on_member_update")
    return outbox
