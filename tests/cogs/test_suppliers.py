"""Suppliers as people use them: a command, a card, a click, a reason."""

from typing import Any

import discord
import pytest

from bot.database.models import OutboxLane, Role
from bot.domain.permissions import DEFAULT_ROLES
from tests.cogs.cards import card, cards
from tests.cogs.phones import Answer
from tests.cogs.world import House, World
from tests.database.books import rows_of

COUNTS = "/guilds/*/roles/member-counts"
EMAIL = "orders@acme.example"
MISSING_ACCESS, INVALID_FORM = 50001, 50035


async def propose(house: House, name: str = "Acme", **options: str) -> Answer:
    """Let the employee propose a supplier, and the card be posted."""
    answer = await house.employee.type("supplier propose", name=name, **options)
    await house.world.tell_audit()
    return answer


async def press(house: House, label: str = "Approve") -> Answer:
    """Let the manager press a button of the only card, and the card be drawn again."""
    answer = await house.manager.press_on(card(house).message, label)
    await house.world.tell_audit()
    return answer


async def reject(house: House, reason: str) -> Answer:
    """Let the manager reject what the only card shows."""
    form = await house.manager.open_form_on(card(house).message, "Reject")
    answer = await house.manager.submit(form, reason=reason)
    await house.world.tell_audit()
    return answer


@pytest.mark.both_engines
async def test_who_proposes_and_who_decides_sees_that_it_may_be_there_already(
    house: House,
) -> None:
    """T10."""
    first = await propose(house, "Acme", tax_id="DE 120 679 179", email=EMAIL)
    assert "⚠️" not in first.text
    warnings = {
        "⚠️ **Acme** has the same tax id.": ("Harbour Tools", {"tax_id": "de120.679.179"}),
        "⚠️ **Acme** has the same e-mail.": ("Other", {"email": EMAIL.upper()}),
        "⚠️ **Acme** has nearly the same name.": ("ACME GmbH", {}),
    }
    for warning, (name, options) in warnings.items():
        answer = await propose(house, name, **options)
        shown = await house.manager.type("supplier show", supplier=name)
        assert warning in answer.lines
        assert warning in cards(house)[-1].text.splitlines()
        assert warning in shown.text.splitlines()
    listed = await house.manager.type("supplier list", status="pending")
    assert listed.text.count("⚠️ **Acme** has") == len(warnings)
    approved = await house.manager.press(listed, "Approve Harbour Tools")
    assert approved.lines[0] == "✅ Approved the supplier **Harbour Tools**"


async def test_a_proposal_is_a_card_that_a_manager_approves(house: House) -> None:
    answer = await propose(house, email=EMAIL, note="good screws")
    assert answer.lines[0] == "✅ Proposed the supplier **Acme**"
    shown = card(house)
    assert shown.title == "Supplier: Acme"
    assert shown.text.splitlines()[:2] == [
        "e-mail: o\\*\\*\\*@a\\*\\*\\*.example",
        "note: good screws",
    ]
    assert list(shown.buttons) == ["Approve", "Reject", "Details"]
    said = await press(house)
    assert said.lines[0] == "✅ Approved the supplier **Acme**"
    assert said.lines[1] == "status: pending → approved"
    decided = card(house)
    assert decided.buttons == {}
    assert f"✅ Approved by <@{house.manager.id}>" in decided.text
    assert decided.message.id == shown.message.id


async def test_a_rejection_shows_its_reason_as_plain_text(house: House) -> None:
    await propose(house)
    await reject(house, "**no** @everyone <@1> [x](https://e.example)\n# dear")
    shown = card(house)
    assert "❌ Rejected by" in shown.text
    assert "@\u200beveryone" in shown.text
    assert "\\*\\*no\\*\\*" in shown.text
    assert "\n#" not in shown.text
    assert "](https://" not in shown.text


async def test_a_rejection_without_a_reason_is_impossible(world: World, house: House) -> None:
    await propose(house)
    form = await house.manager.open_form_on(card(house).message, "Reject")
    assert form.modal is not None
    field = form.modal["components"][0]["component"]
    assert (field["required"], field["min_length"]) == (True, 1)
    async with world.unchanged():
        said = await house.manager.submit(form, reason=" ")
    assert said.text == "The reason cannot be empty."


async def test_the_proposer_is_notified_of_the_decision(house: House) -> None:
    await propose(house)
    await reject(house, "too dear")
    (notice,) = house.direct_messages(house.employee)
    assert notice.startswith("❌ The supplier **Acme** was rejected by")
    assert notice.endswith("Reason: too dear")


async def close_direct_messages(world: World, house: House) -> None:
    """Let the employee take no direct messages any more."""
    await propose(house, "First")
    await press(house)
    direct = house.direct_channel(house.employee)
    world.break_route("POST", f"/channels/{direct}/messages", status=403, code=50007)


async def hide_from_employees(house: House, *names: str) -> None:
    """Hide channels from the employees, as people do."""
    hidden = discord.PermissionOverwrite(view_channel=False)
    role = house.bot_guild.get_role(house.roles["employee"].id)
    for name in names:
        channel: Any = house.bot_guild.get_channel(house.guild.channels[name].id)
        await channel.set_permissions(role, overwrite=hidden)
    await house.world.env.settle()


async def lanes(house: House) -> list[str]:
    rows = await rows_of(house.world.db, OutboxLane, house.guild.id)
    return [row.lane for row in rows if row.lane.startswith("person:")]


async def test_a_proposer_who_accepts_no_messages_is_mentioned_where_they_can_read_it(
    world: World, house: House
) -> None:
    await close_direct_messages(world, house)
    for name, hidden in (("requests", ()), ("alerts", ("requests",))):
        await hide_from_employees(house, *hidden)
        await propose(house, f"Acme {name}")
        await house.manager.press_on(cards(house)[-1].message, "Approve")
        await world.tell_audit()
        (mention,) = house.guild.channels[name].history()
        assert mention.content.startswith(
            f"<@{house.employee.id}> ✅ The supplier **Acme {name}** was approved"
        )
        stored = world.env.backend.get_message(mention.channel.id, mention.id)
        assert list(stored.ping_user_ids) == [house.employee.id]
    assert all(m.embeds for m in house.guild.channels["approvals"].history())
    assert await lanes(house) == []


async def test_a_proposer_who_can_be_reached_nowhere_reads_it_once_above_their_next_answer(
    world: World, house: House
) -> None:
    await close_direct_messages(world, house)
    await hide_from_employees(house, "requests", "alerts")
    for name in ("Acme", "Bolts"):
        await propose(house, name)
        await house.manager.press_on(cards(house)[-1].message, "Approve")
    await world.tell_audit()
    assert await lanes(house) == [f"person:{house.employee.id}"]
    await world.restart()
    await house.colleague.type("take", item="BOLT-8", location="Shelf A1")
    answer = await house.employee.type("take", item="BOLT-8", location="Shelf A1")
    first, second, third = answer.lines[:3]
    assert first.startswith("✅ The supplier **Acme** was approved")
    assert second.startswith("✅ The supplier **Bolts** was approved")
    assert third.startswith("✅ Took")
    assert "Undo" in answer.buttons
    for again in ("take", "item list"):
        given = {"item": "BOLT-8", "location": "Shelf A1"} if again == "take" else {}
        assert "was approved" not in (await house.employee.type(again, **given)).text
    await world.tell_audit()
    assert await lanes(house) == []


async def test_a_proposer_cannot_decide_about_it(world: World, house: House) -> None:
    await house.manager.type("supplier propose", name="Acme")
    await world.tell_audit()
    async with world.unchanged():
        said = await house.manager.press_on(card(house).message, "Approve")
        refused = await house.manager.press_on(card(house).message, "Reject")
    assert "someone else must approve or reject it" in said.text
    assert "someone else must approve or reject it" in refused.text


async def test_users_without_the_right_cannot_decide(world: World, house: House) -> None:
    desk = house.guild.create_text_channel("desk")
    await house.owner.type("setup", approvals_channel=desk)
    await propose(house)
    (shown,) = cards(house, "desk")
    async with world.unchanged():
        for person in (house.colleague, house.auditor, house.stranger, house.owner):
            for label in ("Approve", "Reject"):
                said = await person.press_on(shown.message, label)
                assert "`supplier.approve`" in said.text


async def test_a_manager_who_lost_the_role_a_moment_ago_does_not_decide(
    world: World, house: House
) -> None:
    desk = house.guild.create_text_channel("desk")
    await house.owner.type("setup", approvals_channel=desk)
    await propose(house)
    (shown,) = cards(house, "desk")
    house.take_role(house.manager, "manager")
    async with world.unchanged():
        said = await house.manager.press_on(shown.message, "Approve")
    assert said.text.startswith("You don't have permission")


async def test_a_second_click_learns_who_decided(world: World, house: House) -> None:
    await propose(house)
    shown = card(house)
    first = await house.manager.press_on(shown.message, "Approve")
    async with world.unchanged():
        said = await house.admin.press_on(shown.message, "Approve")
        late = await house.admin.press_on(shown.message, "Reject")
    wanted = f"**Acme** was already approved by <@{house.manager.id}>"
    assert said.text.startswith(wanted)
    assert late.text.startswith(wanted)
    assert f"#{first.record}" in said.text


async def test_a_form_sent_after_another_decision_changes_nothing(
    world: World, house: House
) -> None:
    await propose(house)
    form = await house.admin.open_form_on(card(house).message, "Reject")
    await press(house)
    async with world.unchanged():
        said = await house.admin.submit(form, reason="too late")
    assert "was already approved" in said.text


async def test_a_form_survives_a_restart(world: World, house: House) -> None:
    await propose(house)
    form = await house.manager.open_form_on(card(house).message, "Reject")
    await world.restart()
    said = await house.manager.submit(form, reason="after the restart")
    assert said.lines[0] == "✅ Rejected the supplier **Acme**"


@pytest.mark.both_engines
async def test_a_card_works_after_a_restart(world: World, house: House) -> None:
    await propose(house)
    await world.restart()
    said = await press(house)
    assert said.lines[0] == "✅ Approved the supplier **Acme**"
    assert card(house).buttons == {}


async def test_an_edit_redraws_the_card_and_makes_older_versions_stale(
    world: World, house: House
) -> None:
    await propose(house)
    old = card(house)
    await house.employee.type("supplier edit", supplier="acme", name="Acme Ltd")
    async with world.unchanged():
        said = await house.manager.press_on(old.message, "Approve")
    assert "was changed after you looked at it" in said.text
    await world.tell_audit()
    assert card(house).title == "Supplier: Acme Ltd"
    assert card(house).message.id == old.message.id
    assert (await press(house)).lines[0] == "✅ Approved the supplier **Acme Ltd**"


async def test_another_round_has_a_card_of_its_own_and_the_first_keeps_what_was_decided(
    house: House,
) -> None:
    await propose(house)
    await house.manager.submit(
        await house.manager.open_form_on(card(house).message, "Reject"), reason="too dear"
    )
    # Both are drawn by the same round of the job.
    await house.employee.type("supplier resubmit", supplier="Acme")
    await house.world.tell_audit()
    first, second = cards(house)
    assert "Rejected by" in first.text
    assert "too dear" in first.text
    assert first.buttons == {}
    assert list(second.buttons) == ["Approve", "Reject", "Details"]


async def test_the_card_of_an_edited_supplier_shows_before_and_after(house: House) -> None:
    await propose(house, email=EMAIL, phone="+49 30 123456", note="good screws")
    await press(house)
    await house.employee.type(
        "supplier edit", supplier="Acme", name="Acme Ltd", email="new@acme.example", note="none"
    )
    await house.world.tell_audit()
    first, second = cards(house)
    assert first.title == "Supplier: Acme"
    assert second.text.splitlines()[:4] == [
        "name: Acme → Acme Ltd",
        "note: good screws → none",
        "e-mail: n\\*\\*\\*@a\\*\\*\\*.example (changed)",
        "phone: \\*\\*\\*56",
    ]
    # The employee proposed it, and here only sent it for another approval.
    assert second.text.splitlines()[4].startswith(f"Sent for approval by <@{house.employee.id}>")
    details = await house.manager.press_on(second.message, "Details")
    assert "new@acme.example" in details.text


async def test_a_suspension_is_written_on_the_card(house: House) -> None:
    await propose(house)
    await press(house)
    await house.manager.type("supplier suspend", supplier="Acme", reason="late twice")
    await house.world.tell_audit()
    assert card(house).text.endswith("late twice")
    assert "⏸️ Suspended by" in card(house).text


async def test_a_deleted_card_is_posted_again_by_show(world: World, house: House) -> None:
    await propose(house)
    first = card(house)
    world.env.backend.delete_message(first.message.channel.id, first.message.id)
    await house.viewer.type("supplier show", supplier="Acme")
    await world.tell_audit()
    assert card(house).message.id != first.message.id
    assert (await press(house)).lines[0] == "✅ Approved the supplier **Acme**"


async def test_a_card_that_is_there_is_not_posted_twice(world: World, house: House) -> None:
    await propose(house)
    await house.viewer.type("supplier show", supplier="Acme")
    await world.tell_audit()
    assert len(cards(house)) == 1


async def test_contact_data_is_shown_in_full_to_those_who_need_it(house: House) -> None:
    await propose(house, email=EMAIL, phone="+49 30 123456", tax_id="DE123456789")
    whole = await house.employee.type("supplier show", supplier="Acme")
    masked = await house.viewer.type("supplier show", supplier="Acme")
    details = await house.manager.press_on(card(house).message, "Details")
    for secret in (EMAIL, "+49 30 123456", "DE123456789"):
        assert secret in whole.text
        assert secret in details.text
        assert secret not in masked.text
        assert secret not in card(house).text
        assert not [line for line in house.audit_lines() if secret in line]


async def test_without_a_channel_the_card_waits_and_the_list_offers_its_buttons(
    world: World,
) -> None:
    house = House(world, "Bare")
    await house.found()
    await house.owner.type("role bind", discord_role=house.roles["manager"], role="manager")
    await house.owner.type("role bind", discord_role=house.roles["employee"], role="employee")
    answer = await house.employee.type("supplier propose", name="Acme")
    assert "There is no approvals channel yet" in answer.text
    await house.employee.type("supplier propose", name="Bolts & Co")
    await world.tell_audit()
    listed = await house.manager.type("supplier list", status="pending")
    assert [label for label in listed.buttons if label.startswith("Approve")] == [
        "Approve Acme",
        "Approve Bolts & Co",
    ]
    said = await house.manager.press(listed, "Approve Acme")
    assert said.lines[0] == "✅ Approved the supplier **Acme**"
    await house.owner.type("setup")
    await world.tell_audit()
    approved, waiting = cards(house)
    assert (approved.title, approved.buttons) == ("Supplier: Acme", {})
    assert list(waiting.buttons) == ["Approve", "Reject", "Details"]


async def test_a_proposer_without_the_view_permission_sees_what_was_recorded(house: House) -> None:
    created = await house.admin.type("role create", name="Drafter")
    known = {role.name for role in DEFAULT_ROLES}
    roles = await rows_of(house.world.db, Role, house.guild.id)
    (role,) = [role for role in roles if role.name not in known]
    opened = await house.admin.choose(created, "suppliers", custom_id=f"role:area:{role.id}")
    await house.admin.choose(
        opened, "supplier.propose", custom_id=f"role:permit:{role.id}:suppliers"
    )
    await house.owner.type("role unbind", discord_role=house.roles["viewer"], role="viewer")
    await house.owner.type("role bind", discord_role=house.roles["viewer"], role="Drafter")
    proposed = await house.viewer.type("supplier propose", name="Acme")
    assert proposed.lines[0] == "✅ Proposed the supplier **Acme**"
    refused = await house.viewer.type("supplier show", supplier="Acme")
    assert "✅" not in refused.text


@pytest.mark.parametrize(("status", "code"), [(403, MISSING_ACCESS), (400, INVALID_FORM)])
async def test_a_card_that_can_no_longer_be_drawn_is_posted_where_the_guild_wants_it(
    world: World, house: House, status: int, code: int
) -> None:
    await propose(house)
    old = card(house).message.channel.id
    desk = house.guild.create_text_channel("desk")
    await house.owner.type("setup", approvals_channel=desk)
    world.break_route("PATCH", f"/channels/{old}/messages/*", status=status, code=code)
    await house.employee.type("supplier edit", supplier="Acme", name="Acme Ltd")
    await world.tell_audit()
    (moved,) = cards(house, "desk")
    assert (moved.title, list(moved.buttons)) == (
        "Supplier: Acme Ltd",
        ["Approve", "Reject", "Details"],
    )
    said = await house.manager.press_on(moved.message, "Approve")
    assert said.lines[0] == "✅ Approved the supplier **Acme Ltd**"


async def test_a_list_turns_its_pages_and_counts(house: House) -> None:
    for number in range(12):
        await house.employee.type("supplier propose", name=f"Supplier {number:02}")
    listed = await house.viewer.type("supplier list")
    assert listed.lines[1] == "_12 pending_"
    assert "Supplier 09" in listed.text
    assert "Supplier 10" not in listed.text
    turned = await house.viewer.press(listed, "Next ▶")
    assert "Supplier 10" in turned.text
    waiting = await house.manager.type("supplier list", status="pending")
    assert "Approve Supplier 03" in waiting.buttons
    following = await house.manager.press(waiting, "Next ▶")
    assert "Approve Supplier 04" in following.buttons


@pytest.mark.parametrize("status", ["approved", "rejected", "suspended"])
async def test_a_list_of_nothing_says_so(house: House, status: str) -> None:
    listed = await house.viewer.type("supplier list", status=status)
    assert f"No supplier is {status}" in listed.text


async def test_a_proposal_that_no_one_else_could_approve_says_so(house: House) -> None:
    house.take_role(house.admin, "admin")
    answer = await house.manager.type("supplier propose", name="Acme")
    assert "No one but you could approve this" in answer.text
    assert "`/role bind`" in answer.text
    other = await house.employee.type("supplier propose", name="Other")
    assert "No one but you" not in other.text
    house.join("manager")
    third = await house.manager.type("supplier propose", name="Third")
    assert "No one but you" not in third.text


async def test_a_discord_that_does_not_count_is_no_reason_to_warn(
    world: World, house: House
) -> None:
    house.take_role(house.admin, "admin")
    world.break_route("GET", COUNTS, status=403, code=50013)
    answer = await house.manager.type("supplier propose", name="Acme")
    assert "No one but you" not in answer.text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "Acme", "email": "nobody"}, "is not a valid e-mail address"),
        ({"name": "Acme", "phone": "call"}, "is not a valid phone number"),
        ({"name": "Acme", "tax_id": "none yet"}, "is not a valid tax id"),
        ({"name": "@everyone"}, "cannot contain Discord mentions"),
    ],
)
async def test_what_cannot_be_accepted_is_said(
    world: World, house: House, options: dict[str, str], said: str
) -> None:
    async with world.unchanged():
        answer = await house.employee.type("supplier propose", **options)
    assert said in answer.text


async def test_a_name_that_is_taken_says_the_status_of_the_other_supplier(house: House) -> None:
    await propose(house)
    await reject(house, "too dear")
    answer = await house.employee.type("supplier propose", name=" ACME ")
    assert answer.text == (
        "There is already a supplier named **Acme**. It was rejected. "
        "`/supplier resubmit` proposes it again."
    )


async def test_names_are_offered_while_typing(house: House) -> None:
    await propose(house, "Acme Screws")
    await propose(house, "Bolts & Co")
    assert await house.viewer.values("supplier show", "supplier", "scr") == ["Acme Screws"]
    assert await house.viewer.values("supplier show", "supplier") == ["Acme Screws", "Bolts & Co"]
    assert await house.stranger.values("supplier show", "supplier", "scr") == []


async def test_prices_are_no_change_of_a_supplier_and_hold_no_card(house: House) -> None:
    await propose(house, email=EMAIL)
    await press(house)
    await house.buyer.type("price set", supplier="Acme", item="BOLT-8", amount="3")
    lines = b"supplier,item,price\nAcme,BOLT-8,2\n"
    preview = await house.buyer.type("import", kind="prices", file=("prices.csv", lines))
    await house.buyer.press(preview, "Apply")
    await house.buyer.type("supplier edit", supplier="Acme", phone="+49 171 5550")
    await house.world.tell_audit()
    edited = cards(house)[-1]
    assert "phone: \\*\\*\\*50 (changed)" in edited.text.splitlines()
    assert "price" not in edited.text
    assert "valid from" not in edited.text
    await propose(house, "Harbour Tools")
    assert cards(house)[-1].title == "Supplier: Harbour Tools"
