"""The lane of approvals: each thing's card in the channel shows its present state.

A card belongs to a round: it is posted when the thing becomes pending, edited with every change,
and keeps what was decided when a later round gets a card of its own.
"""

from dataclasses import replace
from typing import Final

import discord
from loguru import logger

from bot.database.delivery.leased_lanes import LeasedLane, OutboxRow
from bot.database.models import AuditEvent
from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.jobs.delivery.posted_cards import NewCard, PostedCards
from bot.services.approvals.cards import CardFound, GetCard, list_subjects
from bot.services.approvals.declared import APPROVALS
from bot.services.shifts import ListOnShift
from bot.threads import in_file_thread
from bot.views import approvals as views
from bot.views.approvals import ApprovalState
from bot.views.replies import Reply

_AT_ONCE: Final = 3


class CardDrawing:
    """Draws the cards that have to be drawn."""

    def __init__(self, client: discord.Client, db: DatabaseService) -> None:
        self._db = db
        self._posted = PostedCards(client, db)
        # What was drawn of the records of imports, by guild and record.
        self._done: dict[tuple[int, int], set[tuple[str, int]]] = {}

    async def draw(self, held: LeasedLane, row: OutboxRow) -> bool:
        """Draw the cards of the things that a record is about; returns whether more are left.

        An import has hundreds: a few in a turn, so that the lease of the lane lasts.
        """
        event = row.event
        subjects = [] if event is None else list_subjects(event)
        if event is None or not subjects or subjects[0][0] not in APPROVALS:
            logger.error("No card shows record {} of guild {}", row.record, held.guild_id)
            return False
        if len(subjects) == 1 or row.created_at > event.at:
            # What is asked for later is that all are drawn again.
            for subject in subjects:
                await self._draw_one(held, event, subject)
            return False
        return await self._draw_some(held, event, subjects)

    async def _draw_some(
        self, held: LeasedLane, event: AuditEvent, subjects: list[tuple[str, int]]
    ) -> bool:
        done, drawn = self._done.setdefault((held.guild_id, event.record), set()), 0
        for subject in subjects:
            if subject not in done:
                drawn += await self._draw_one(held, event, subject, is_first=True)
                done.add(subject)
            if drawn == _AT_ONCE:
                return True
        del self._done[held.guild_id, event.record]
        return False

    async def _draw_one(
        self,
        held: LeasedLane,
        event: AuditEvent,
        subject: tuple[str, int],
        *,
        is_first: bool = False,
    ) -> bool:
        """Draw a card, unless it was posted before a crash; returns whether it was drawn now."""
        approvals = APPROVALS[subject[0]]
        actor = system_actor(held.guild_id, "job")
        shown = await self._db.query(approvals.get_card, GetCard(subject_id=subject[1]), actor)
        opened_record = shown.approval.opened_record
        if event.record < opened_record:
            await self._end_round(held, shown, event)
            return False
        reply = await _with_sheet(shown, views.card(shown))
        is_current = shown.card and shown.card.opened_record == opened_record
        if is_current and is_first and opened_record == event.record:
            return False
        if is_current and shown.card and await self._posted.edit(held, shown.card, reply):
            return True
        new = NewCard(
            name=shown.subject.noun,
            subject_id=shown.subject.id,
            record=opened_record,
            footer=views.card_footer(opened_record),
            reply=reply,
            wanted=ListOnShift(
                permissions=(approvals.kind.permissions.approve,),
                without=frozenset(shown.approval.touched_by),
            ),
            caused_at=event.at,
            gone=shown.card,
        )
        await self._posted.post(held, new)
        return True

    async def _end_round(self, held: LeasedLane, shown: CardFound, event: AuditEvent) -> None:
        """Let the card of an earlier round say what was decided, before a new one is posted."""
        state = ApprovalState.after(event)
        card = shown.card
        if state is None or card is None or card.opened_record > event.record:
            return
        if card.opened_record == shown.approval.opened_record:
            return
        reply = views.ended_card(shown, state, opened_record=card.opened_record)
        await self._posted.edit(held, card, reply)


async def _with_sheet(shown: CardFound, reply: Reply) -> Reply:
    """Attach what the card has no room for."""
    sheet = views.card_sheet(shown)
    if sheet is None:
        return reply
    from bot.reports.print import write_pdf  # noqa: PLC0415  # takes its time, and is rarely needed

    return replace(reply, file=(sheet.file_name, await in_file_thread(write_pdf, sheet)))
