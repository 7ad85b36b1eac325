"""The controls of everything that is decided about: Approve, Reject and Details of every kind."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import discord

from bot.cogs.approvers import are_approvers_missing
from bot.database.operations import Operation, RequestT
from bot.domain.actors import Actor
from bot.domain.changes import Changed
from bot.errors import TallymanError
from bot.interactions.clients import Interaction
from bot.interactions.desk import Desk
from bot.interactions.dispatch import handles
from bot.services.approvals.cards import ListApprovers
from bot.services.approvals.declared import APPROVALS, Approvals, DecideProposal, ReviewProposal
from bot.views import approvals as views
from bot.views.approval_words import CardControls
from bot.views.replies import Reply, render

ShowDetails: TypeAlias = Callable[[Interaction, int], Awaitable[None]]


def offer_controls(approvals: Approvals, controls: CardControls, show_details: ShowDetails) -> None:
    """Declare what the controls of a kind's cards do; Details is the page of its own cog."""
    for verb in approvals.decisions:
        if verb in controls.forms:
            _offer_form(approvals, controls, verb)
        else:
            _offer_button(approvals, controls, verb)
    handles(controls.details)(show_details)


def _offer_button(approvals: Approvals, controls: CardControls, verb: str) -> None:
    async def press(interaction: Interaction, subject_id: int, version: int) -> None:
        request = DecideProposal(subject_id=subject_id, version=version)
        await _decide(interaction, approvals.kind.noun, approvals.decisions[verb], request)

    handles(controls.buttons[verb])(press)


def _offer_form(approvals: Approvals, controls: CardControls, verb: str) -> None:
    async def ask_for_reason(interaction: Interaction, subject_id: int, version: int) -> None:
        request = ReviewProposal(subject_id=subject_id, version=version, verb=verb)
        desk = interaction.client.desk

        async def work(actor: Actor) -> discord.ui.Modal:
            subject = await desk.db.query(approvals.review, request, actor)
            return views.reason_form(subject, version, verb)

        await desk.ask(interaction, work)

    async def submit(
        interaction: Interaction, subject_id: int, version: int, values: dict[str, str]
    ) -> None:
        reason = values.get("reason", "")
        request = DecideProposal(subject_id=subject_id, version=version, reason=reason)
        await _decide(interaction, approvals.kind.noun, approvals.decisions[verb], request)

    handles(controls.buttons[verb])(ask_for_reason)
    handles(controls.forms[verb])(submit)


async def propose(
    desk: Desk, interaction: Interaction, operation: Operation[RequestT, Changed], request: RequestT
) -> None:
    """Run an operation that asks for a decision, and say what prevents the decision."""

    async def work(actor: Actor) -> Reply:
        result = await desk.db.run(operation, request, actor, str(interaction.id))
        try:
            return await _with_warnings(desk, interaction, actor, result)
        except TallymanError:
            # It is recorded, whatever cannot be looked up afterwards.
            return render(result)

    await desk.change(interaction, work, operation)


async def _with_warnings(
    desk: Desk, interaction: Interaction, actor: Actor, result: Changed
) -> Reply:
    approvals = APPROVALS[result.noun]
    request = ListApprovers(subject_id=result.subject_id)
    listed = await desk.db.query(approvals.list_approvers, request, actor)
    if not listed.is_pending:
        return render(result)
    return views.proposed_reply(
        render(result),
        approvals.kind,
        twins=listed.twins,
        is_channel_missing=listed.approvals_channel_id is None,
        are_approvers_missing=await are_approvers_missing(interaction, actor, listed),
    )


async def _decide(
    interaction: Interaction,
    noun: str,
    operation: Operation[DecideProposal, Changed],
    request: DecideProposal,
) -> None:
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        async with desk.cards.deciding(interaction, noun, request.subject_id):
            result = await desk.db.run(operation, request, actor, str(interaction.id))
        return render(result)

    await desk.change(interaction, work, operation)
