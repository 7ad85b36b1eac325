"""A second kind of thing to decide about, planted here: one declaration, and two must approve."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

import bot.cogs
import bot.views
from bot.cogs.approvals import offer_controls
from bot.database.operations import OPERATIONS, QUERIES, operation
from bot.database.unit import Books, UnitOfWork
from bot.domain.actions import ACTIONS, NO_WAY_BACK
from bot.domain.actors import Actor
from bot.domain.approvals import APPROVED, DECIDERS, EDIT, REJECTED, STATUS_TABLES, StatusTable
from bot.domain.changes import Changed, list_changes
from bot.domain.lanes import APPROVALS as APPROVALS_CHANNEL
from bot.domain.purposes import readers_by_purpose
from bot.interactions import dispatch
from bot.interactions.clients import Interaction
from bot.interactions.registers import load_modules
from bot.services.approvals.deciding import propose, revise
from bot.services.approvals.declared import APPROVALS, declare
from bot.services.approvals.kinds import AGREED, ApprovalKind, ApprovalPermissions, Subject
from bot.views import approval_words
from bot.views.actions import ACTION_WORDS, ActionWords, declare_action_words
from bot.views.approval_words import KindWords, declare_card
from bot.views.components import DECLARED
from bot.views.replies import Reply
from tests.cogs.cards import card
from tests.cogs.phones import Phone
from tests.cogs.world import House
from tests.database.books import new_key

pytestmark = pytest.mark.both_engines

REGISTERS: tuple[dict[Any, Any], ...] = (
    OPERATIONS,
    QUERIES,
    ACTIONS,
    STATUS_TABLES,
    APPROVALS,
    ACTION_WORDS,
    DECLARED,
    dispatch._HANDLERS,
    approval_words._WORDS,
    approval_words._CONTROLS,
)
FIRST = 1


@dataclass(frozen=True, kw_only=True)
class Berth:
    """Ask for a place at the loading dock, or for another one."""

    id: int
    name: str
    crane: str
    phone: str

    @property
    def subject(self) -> Subject:
        """Return it as its card shows it."""
        return Subject(
            noun="berth",
            id=self.id,
            label=self.name,
            facts=tuple(self.facts.items()),
            private=frozenset({"phone"}),
        )

    @property
    def facts(self) -> dict[str, str]:
        """Return its facts, masked."""
        return {"crane": self.crane, "phone": f"***{self.phone[-2:]}"}


DOCK = Berth(id=FIRST, name="Dock 7", crane="5 t", phone="+49 40 1256")


@pytest.fixture(autouse=True)
def _berths() -> Iterator[None]:
    """Declare the kind as its service, view and cog would."""
    for package in (bot.cogs, bot.views):
        load_modules(package)
    before, deciders = [dict(register) for register in REGISTERS], set(DECIDERS)
    _declare_berths({})
    yield
    DECIDERS.intersection_update(deciders)
    for register, declared in zip(REGISTERS, before, strict=True):
        register.clear()
        register.update(declared)


def _declare_berths(berths: dict[int, Berth]) -> None:
    async def describe(_books: Books, berth_id: int) -> Subject:
        return berths[berth_id].subject

    kind = ApprovalKind(
        noun="berth",
        permissions=ApprovalPermissions(
            view="stock.view", propose="count.perform", approve="stock.reverse"
        ),
        describe=describe,
        agreements=2,
        ways_back=dict.fromkeys((*StatusTable().actions, AGREED), NO_WAY_BACK),
    )
    approvals = declare(kind)

    @operation("berth.propose", permission="count.perform")
    async def propose_berth(uow: UnitOfWork, request: Berth) -> Changed:
        berths[request.id] = request
        return await propose(uow, kind, request.subject, list_changes({}, request.facts))

    @operation("berth.edit", permission="count.perform")
    async def edit_berth(uow: UnitOfWork, request: Berth) -> Changed:
        changes = list_changes(berths[request.id].facts, request.facts)
        berths[request.id] = request
        return await revise(uow, kind, request.subject, EDIT, changes)

    declare_action_words(
        {action: ActionWords(action, action.replace(".", " ")) for action in kind.actions}
    )
    controls = declare_card(
        "berth",
        KindWords(
            title="Berth: {name}",
            notices={
                APPROVED: "The berth {name} was approved by {user}.",
                REJECTED: "The berth {name} was rejected by {user}.",
            },
            list_command="/berth list",
        ),
    )

    async def show_details(interaction: Interaction, berth_id: int) -> None:
        async def work(_actor: Actor) -> Reply:
            return Reply(f"Call {berths[berth_id].phone}")

        await interaction.client.desk.read(interaction, work)

    offer_controls(approvals, controls, show_details)


async def run(house: House, verb: str, berth: Berth, phone: Phone | None = None) -> None:
    """Run an operation of the planted noun, as the employee unless said otherwise."""
    actor = house.actor_of(phone or house.employee)
    await house.world.db.run(OPERATIONS[verb], berth, actor, new_key())


async def ask(house: House, verb: str, berth: Berth, phone: Phone | None = None) -> None:
    """Run an operation, and draw the card."""
    await run(house, verb, berth, phone)
    await house.world.tell_audit()


async def approve(house: House, phone: Phone) -> str:
    """Approve what the card shows, and draw the card; returns the answer."""
    answer = await phone.press_on(card(house).message, "Approve")
    await house.world.tell_audit()
    return answer.text


async def test_two_users_approve_what_a_third_one_proposed_and_edited(house: House) -> None:
    await ask(house, "berth.propose", DOCK)
    shown = card(house)
    assert shown.title == "Berth: Dock 7"
    assert shown.text.splitlines()[:2] == ["crane: 5 t", "phone: \\*\\*\\*56"]
    await ask(house, "berth.edit", replace(DOCK, crane="8 t", phone="+49 40 1299"))
    edited = card(house)
    assert edited.text.splitlines()[:2] == ["crane: 5 t → 8 t", "phone: \\*\\*\\*99 (changed)"]
    details = await house.manager.press_on(edited.message, "Details")
    assert details.text == "Call +49 40 1299"

    first = await approve(house, house.manager)
    assert first.splitlines()[:2] == ["✅ berth agreed **Dock 7**", "approvals: 0 of 2 → 1 of 2"]
    waiting = card(house)
    assert f"1 of 2 approvals: <@{house.manager.id}>" in waiting.text
    assert waiting.buttons == edited.buttons
    async with house.world.unchanged():
        again = await approve(house, house.manager)
    assert again.startswith("You have approved **Dock 7** already. It has 1 of 2 approvals")
    assert house.employee.id not in house.world.env.backend.dm_channels

    second = await approve(house, house.admin)
    assert "status: pending → approved" in second
    decided = card(house)
    assert decided.buttons == {}
    assert decided.message.id == shown.message.id
    for approver in (house.manager, house.admin):
        assert f"<@{approver.id}>" in decided.text
    (notice,) = house.direct_messages(house.employee)
    assert notice.startswith(f"✅ The berth **Dock 7** was approved by <@{house.admin.id}>.")


async def test_an_edit_ends_what_was_agreed_and_a_rejection_needs_one_user(house: House) -> None:
    await ask(house, "berth.propose", DOCK)
    old = card(house)
    await approve(house, house.manager)
    await run(house, "berth.edit", replace(DOCK, crane="9 t"))
    async with house.world.unchanged():
        stale = await house.admin.press_on(old.message, "Approve")
    assert "was changed after you looked at it" in stale.text
    await house.world.tell_audit()
    assert "Waiting for a decision" in card(house).text
    await approve(house, house.manager)
    assert "1 of 2 approvals" in card(house).text
    form = await house.manager.open_form_on(card(house).message, "Reject")
    rejected = await house.manager.submit(form, reason="too heavy")
    assert rejected.lines[0] == "✅ berth rejected **Dock 7**"
    await house.world.tell_audit()
    assert "❌ Rejected by" in card(house).text
    (notice,) = house.direct_messages(house.employee)
    assert notice.splitlines()[1:] == ["Reason: too heavy"]


async def test_a_user_who_touched_it_is_not_one_of_the_two(house: House) -> None:
    await ask(house, "berth.propose", DOCK, house.manager)
    async with house.world.unchanged():
        refused = await approve(house, house.manager)
    assert "someone else must approve" in refused
    await approve(house, house.admin)
    assert "1 of 2 approvals" in card(house).text


def test_those_who_may_decide_about_a_kind_read_its_cards() -> None:
    rights = {1: frozenset({"stock.reverse"}), 2: frozenset({"stock.view"})}
    readers = readers_by_purpose(7001, rights, [(101, 1), (102, 2)])
    assert readers[APPROVALS_CHANNEL] == {101}
