"""Suppliers in files: proposed with a card each, edited, resubmitted, and taken back."""

from dataclasses import replace
from typing import Any

import pytest

from bot.database.delivery.import_previews import KeptPreviews
from bot.database.models import Approval, ImportPreview, Outbox, Supplier
from bot.domain.approvals import APPROVED, PENDING, REJECTED
from bot.domain.imports import ImportNotReversible, Outcome, RepeatedRow
from bot.domain.lanes import APPROVALS_LANE, CARD
from bot.domain.lookalikes import LooksAlike
from bot.domain.sheets import UnreadableSheet
from bot.errors import InvalidValue, NotAllowed, SelfApproval
from bot.services.approvals.cards import GetCard, list_subjects
from bot.services.approvals.declared import DecideProposal
from bot.services.reversing import ReverseRecord, reverse_record
from bot.services.suppliers import (
    SUPPLIER_APPROVALS,
    ProposeSupplier,
    approve_supplier,
    propose_supplier,
    reject_supplier,
)
from bot.services.verification import verify_books
from bot.views.audit.lines import audit_line
from tests.database.books import GUILD, Warehouse, require_sound_books, rows_of
from tests.database.clock import Clock
from tests.services.imports.files import apply, import_file, preview

FILE = (
    "Firma;E-Mail;Telefon;USt-ID;Notiz\n"
    "Acme;ann@acme.example;;DE123456789;\n"
    "Bolt & Co;;+49 30 1234;;fast\n"
)


async def require_proven(warehouse: Warehouse) -> None:
    await require_sound_books(warehouse.db)
    assert not (await verify_books(warehouse.db, warehouse.auditor)).findings


async def undo(warehouse: Warehouse, record: int) -> None:
    await warehouse.run(reverse_record, ReverseRecord(record=record), warehouse.manager)


async def statuses(warehouse: Warehouse) -> dict[str, str]:
    names = {row.id: row.name for row in await rows_of(warehouse.db, Supplier, GUILD)}
    approvals: list[Any] = await rows_of(warehouse.db, Approval, GUILD)
    return {names[row.subject_id]: row.status for row in approvals}


async def decide(warehouse: Warehouse, name: str, *, reason: str = "", by: Any = None) -> None:
    async with warehouse.db.look_up(warehouse.admin) as books:
        row = await books.suppliers.require_reference(name)
        approval = await books.approvals.require("supplier", row.id)
    request = DecideProposal(subject_id=row.id, version=approval.version, reason=reason)
    operation = reject_supplier if reason else approve_supplier
    await warehouse.run(operation, request, by or warehouse.manager)


@pytest.mark.both_engines
async def test_suppliers_arrive_pending_in_one_record_that_asks_for_a_card_of_each(
    warehouse: Warehouse,
) -> None:
    previewed = await preview(warehouse, FILE, "suppliers", actor=warehouse.employee)
    assert previewed.plan is not None
    assert previewed.plan.counts == {Outcome.NEW: 2}
    done = await apply(warehouse, previewed, actor=warehouse.employee)
    assert done.suppliers == 2
    assert await statuses(warehouse) == {"Acme": PENDING, "Bolt & Co": PENDING}
    queued = [row for row in await rows_of(warehouse.db, Outbox, GUILD) if row.kind == CARD]
    assert [(row.lane, row.record) for row in queued] == [(APPROVALS_LANE, done.record)]
    async with warehouse.db.look_up(warehouse.admin) as books:
        event = await books.audit.require(done.record)
        acme = await books.suppliers.require_reference("acme")
    assert len(list_subjects(event)) == 2
    assert "ann@acme" not in event.detail
    card = await warehouse.db.query(
        SUPPLIER_APPROVALS.get_card, GetCard(subject_id=acme.id), warehouse.admin
    )
    assert (card.changes, card.approval.opened_record) == ((), done.record)
    await require_proven(warehouse)
    with pytest.raises(SelfApproval):
        await decide(
            warehouse, "Acme", by=replace(warehouse.admin, user_id=warehouse.employee.user_id)
        )
    await decide(warehouse, "Acme")
    assert (await statuses(warehouse))["Acme"] == APPROVED
    await require_proven(warehouse)


async def test_what_a_preview_keeps_of_suppliers_is_encrypted(warehouse: Warehouse) -> None:
    await preview(warehouse, FILE, "suppliers")
    (kept,) = await rows_of(warehouse.db, ImportPreview, GUILD)
    assert kept.content.startswith(b"s1.")


@pytest.mark.both_engines
async def test_known_suppliers_are_edited_and_those_rejected_asked_for_again(
    warehouse: Warehouse,
) -> None:
    await import_file(warehouse, FILE, "suppliers")
    await decide(warehouse, "Acme", by=warehouse.admin)
    await decide(warehouse, "Bolt & Co", reason="unknown", by=warehouse.admin)
    again = await preview(warehouse, FILE, "suppliers")
    assert again.plan is not None
    assert again.plan.counts == {Outcome.UNCHANGED: 1, Outcome.CHANGED: 1}
    file = "name,email,note\nACME,bob@acme.example,\nBolt & Co,none,slow\n"
    done = await import_file(warehouse, file, "suppliers")
    assert await statuses(warehouse) == {"Acme": PENDING, "Bolt & Co": PENDING}
    await require_proven(warehouse)
    kept = {
        row.applied_record: row.content for row in await rows_of(warehouse.db, ImportPreview, GUILD)
    }
    assert kept[done.record].startswith(b"s1.")
    await undo(warehouse, done.record)
    # Undo decides nothing: what was approved before it was edited is decided about again.
    assert await statuses(warehouse) == {"Acme": PENDING, "Bolt & Co": REJECTED}
    suppliers: list[Any] = await rows_of(warehouse.db, Supplier, GUILD)
    async with warehouse.db.look_up(warehouse.admin) as books:
        acme = await books.suppliers.require_reference("Acme")
        bolt = await books.suppliers.require_reference("Bolt & Co")
        event = await books.audit.require(suppliers[0].changed_record)
    assert (acme.email, acme.note, bolt.note) == ("ann@acme.example", "", "fast")
    assert "acme.example" not in event.detail + audit_line(event)
    assert f"reversed the import of #{done.record}" in audit_line(event)
    await require_proven(warehouse)
    await decide(warehouse, "Acme", by=warehouse.admin)


async def test_edits_are_not_taken_back_once_they_were_decided_about_or_a_month_is_over(
    warehouse: Warehouse, clock: Clock
) -> None:
    await import_file(warehouse, FILE, "suppliers")
    decided = await import_file(warehouse, "name,note\nAcme,slow\n", "suppliers")
    await decide(warehouse, "Acme", by=warehouse.admin)
    late = await import_file(warehouse, "name,phone\nBolt & Co,none\n", "suppliers")
    clock.advance(days=31)
    await KeptPreviews(warehouse.db).purge(GUILD)
    assert not any(row.content for row in await rows_of(warehouse.db, ImportPreview, GUILD))
    for record in (decided.record, late.record):
        with pytest.raises(ImportNotReversible):
            await undo(warehouse, record)
    await require_proven(warehouse)


@pytest.mark.both_engines
async def test_proposals_are_taken_back_and_can_be_made_again(warehouse: Warehouse) -> None:
    done = await import_file(warehouse, FILE, "suppliers")
    await undo(warehouse, done.record)
    assert set((await statuses(warehouse)).values()) == {REJECTED}
    await require_proven(warehouse)
    await import_file(warehouse, FILE, "suppliers")
    assert set((await statuses(warehouse)).values()) == {PENDING}
    await require_proven(warehouse)
    other = await import_file(warehouse, "company\nZinc Ltd\n", "suppliers")
    await decide(warehouse, "Zinc Ltd", by=warehouse.admin)
    with pytest.raises(ImportNotReversible):
        await undo(warehouse, other.record)


async def test_what_is_wrong_with_a_supplier_is_said_of_its_row(warehouse: Warehouse) -> None:
    await warehouse.run(propose_supplier, ProposeSupplier(name="Acme"))
    file = "name,email\nNew,no address\nNEW,a@b.example\n\u0410cme,\n"
    plan = (await preview(warehouse, file, "suppliers")).plan
    assert plan is not None
    kinds = [[type(each.error) for each in row.faults] for row in plan.rows]
    assert kinds == [[InvalidValue], [RepeatedRow], [LooksAlike]]
    many = "name\n" + "".join(f"Supplier {number}\n" for number in range(501))
    with pytest.raises(UnreadableSheet):
        await preview(warehouse, many, "suppliers")
    with pytest.raises(NotAllowed):
        await preview(warehouse, FILE, "suppliers", actor=warehouse.viewer)
