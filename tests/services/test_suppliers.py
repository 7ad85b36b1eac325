"""Suppliers on both engines: proposing, deciding under four eyes, and what stays secret."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from bot.database.models import Approval, AuditEvent, Receipt, Supplier
from bot.database.service import DatabaseService
from bot.domain.actors import Actor
from bot.domain.changes import Change, Changed
from bot.domain.contacts import UNREADABLE
from bot.domain.suppliers import SupplierExists
from bot.errors import (
    AlreadyDecided,
    IllegalStep,
    InvalidValue,
    NotAllowed,
    NotFound,
    NothingToDo,
    SelfApproval,
    StaleVersion,
)
from bot.services.approvals.cards import GetCard
from bot.services.approvals.declared import DecideProposal
from bot.services.suppliers import (
    SUPPLIER_APPROVALS,
    EditSupplier,
    GetSupplier,
    ListSuppliers,
    ProposeSupplier,
    ReinstateSupplier,
    ResubmitSupplier,
    SupplierShown,
    SuspendSupplier,
    approve_supplier,
    edit_supplier,
    get_supplier,
    list_suppliers,
    propose_supplier,
    reinstate_supplier,
    reject_supplier,
    resubmit_supplier,
    suspend_supplier,
)
from tests.database.books import GUILD, Warehouse, refusal, require_sound_books, rows_of

EMAIL, PHONE, TAX_ID = "orders@acme.example", "+49 30 123456", "DE123456789"


async def propose(warehouse: Warehouse, name: str = "Acme", **fields: Any) -> int:
    """Let the employee propose a supplier, and return its id."""
    return (await warehouse.run(propose_supplier, ProposeSupplier(name=name, **fields))).subject_id


async def shown(
    warehouse: Warehouse, supplier_id: int, actor: Actor | None = None
) -> SupplierShown:
    who = actor or warehouse.manager
    return await warehouse.db.query(get_supplier, GetSupplier(supplier=supplier_id), who)


async def approve(warehouse: Warehouse, supplier_id: int, actor: Actor | None = None) -> Changed:
    """Approve the present version, as the manager unless said otherwise."""
    version = (await shown(warehouse, supplier_id)).approval.version
    request = DecideProposal(subject_id=supplier_id, version=version)
    return await warehouse.run(approve_supplier, request, actor or warehouse.manager)


async def reject(warehouse: Warehouse, supplier_id: int, reason: str = "too dear") -> Changed:
    version = (await shown(warehouse, supplier_id)).approval.version
    request = DecideProposal(subject_id=supplier_id, version=version, reason=reason)
    return await warehouse.run(reject_supplier, request, warehouse.manager)


async def status_of(warehouse: Warehouse, supplier_id: int) -> str:
    return (await shown(warehouse, supplier_id)).approval.status


async def changes_on_card(warehouse: Warehouse, supplier_id: int) -> list[Change]:
    request = GetCard(subject_id=supplier_id)
    found = await warehouse.db.query(SUPPLIER_APPROVALS.get_card, request, warehouse.viewer)
    return list(found.changes)


async def test_a_supplier_is_proposed_and_approved(warehouse: Warehouse) -> None:
    acme = await propose(warehouse, "  Acme  GmbH ", note="good screws")
    changed = await approve(warehouse, acme)
    assert changed.action == "supplier.approved"
    approval = (await shown(warehouse, acme)).approval
    assert (approval.status, approval.version) == ("approved", 2)
    assert approval.decided_by == warehouse.manager.user_id
    assert approval.decided_record == changed.record
    assert (await shown(warehouse, acme)).supplier.name == "Acme GmbH"


async def test_every_step_is_a_record_of_who_did_what(warehouse: Warehouse) -> None:
    acme = await propose(warehouse)
    await reject(warehouse, acme)
    await warehouse.run(resubmit_supplier, ResubmitSupplier(supplier="acme"))
    await approve(warehouse, acme)
    suspension = SuspendSupplier(supplier=acme, reason="late twice")
    await warehouse.run(suspend_supplier, suspension, warehouse.manager)
    await warehouse.run(reinstate_supplier, ReinstateSupplier(supplier=acme), warehouse.manager)
    history = (await shown(warehouse, acme)).history
    assert [event.action.removeprefix("supplier.") for event in reversed(history)] == [
        "proposed", "rejected", "resubmitted", "approved", "suspended", "reinstated",
    ]  # fmt: skip
    assert await status_of(warehouse, acme) == "pending"


@pytest.mark.parametrize("roles", [("admin",), ("manager", "admin", "employee")])
async def test_a_proposer_cannot_decide_about_it(
    warehouse: Warehouse, db: DatabaseService, roles: tuple[str, ...]
) -> None:
    held = frozenset().union(*(warehouse.holding(role).discord_role_ids for role in roles))
    owner = replace(warehouse.owner, discord_role_ids=held)
    acme = (await warehouse.run(propose_supplier, ProposeSupplier(name="Acme"), owner)).subject_id
    async with refusal(db, SelfApproval):
        await approve(warehouse, acme, owner)
    async with refusal(db, SelfApproval):
        request = DecideProposal(subject_id=acme, version=1, reason="mine")
        await warehouse.run(reject_supplier, request, owner)
    await approve(warehouse, acme)


async def test_an_editor_since_the_last_approval_cannot_decide(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse)
    for edit in (
        EditSupplier(supplier=acme, note="looked at it"),
        EditSupplier(supplier=acme, email=EMAIL),
    ):
        await warehouse.run(edit_supplier, edit, warehouse.manager)
        async with refusal(db, SelfApproval):
            await approve(warehouse, acme)
    await approve(warehouse, acme, warehouse.admin)


@pytest.mark.both_engines
async def test_an_approval_lets_those_who_touched_it_before_decide_the_next_round(
    warehouse: Warehouse,
) -> None:
    acme = await propose(warehouse)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, phone=PHONE), warehouse.manager)
    await approve(warehouse, acme, warehouse.admin)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, email=EMAIL))
    await approve(warehouse, acme)


async def test_a_rejection_does_not_let_those_who_touched_it_decide_the_next_round(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    manager, admin, employee = warehouse.manager, warehouse.admin, warehouse.employee
    acme = (await warehouse.run(propose_supplier, ProposeSupplier(name="Acme"), manager)).subject_id
    request = DecideProposal(subject_id=acme, version=1, reason="no")
    await warehouse.run(reject_supplier, request, admin)
    await warehouse.run(resubmit_supplier, ResubmitSupplier(supplier=acme), employee)
    async with refusal(db, SelfApproval):
        await approve(warehouse, acme, manager)
    await approve(warehouse, acme, admin)


@pytest.mark.parametrize("step", ["resubmit", "reinstate"])
async def test_an_actor_who_asks_again_cannot_decide(
    warehouse: Warehouse, db: DatabaseService, step: str
) -> None:
    acme = await propose(warehouse)
    if step == "resubmit":
        await reject(warehouse, acme)
        await warehouse.run(resubmit_supplier, ResubmitSupplier(supplier=acme), warehouse.manager)
    else:
        await approve(warehouse, acme)
        suspension = SuspendSupplier(supplier=acme, reason="late")
        await warehouse.run(suspend_supplier, suspension, warehouse.manager)
        await warehouse.run(reinstate_supplier, ReinstateSupplier(supplier=acme), warehouse.manager)
    async with refusal(db, SelfApproval):
        await approve(warehouse, acme)
    await approve(warehouse, acme, warehouse.admin)


async def test_an_edit_of_a_pending_one_makes_older_versions_stale(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, name="Acme Ltd"))
    async with refusal(db, StaleVersion):
        request = DecideProposal(subject_id=acme, version=1)
        await warehouse.run(approve_supplier, request, warehouse.manager)
    await approve(warehouse, acme)


async def test_a_second_decision_changes_nothing_and_names_the_first(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse)
    first = await approve(warehouse, acme)
    for version in (1, 2):
        async with refusal(db, AlreadyDecided) as caught:
            request = DecideProposal(subject_id=acme, version=version, reason="no")
            await warehouse.run(reject_supplier, request, warehouse.admin)
        assert caught.value.decided_by == warehouse.manager.user_id
        assert caught.value.record == first.record
        assert caught.value.status == "approved"


@pytest.mark.both_engines
async def test_of_many_decisions_at_once_one_counts(warehouse: Warehouse) -> None:
    acme = await propose(warehouse)
    request = DecideProposal(subject_id=acme, version=1, reason="no")
    before = await require_sound_books(warehouse.db)
    outcomes = await asyncio.gather(
        *(
            warehouse.run((approve_supplier, reject_supplier)[n % 2], request, actor)
            for n in range(20)
            for actor in (warehouse.manager, warehouse.admin)
        ),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, Changed) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 39
    assert await require_sound_books(warehouse.db) == before + 1


@pytest.mark.both_engines
async def test_an_edit_of_an_approved_supplier_needs_another_decision_unless_it_is_a_note(
    warehouse: Warehouse,
) -> None:
    acme = await propose(warehouse)
    await approve(warehouse, acme)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, note="ask for Ann"))
    assert await status_of(warehouse, acme) == "approved"
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, tax_id=TAX_ID))
    approval = (await shown(warehouse, acme)).approval
    assert approval.status == "pending"
    assert approval.decided_by is None
    assert approval.opened_by == warehouse.employee.user_id


@pytest.mark.both_engines
async def test_a_card_shows_what_changed_since_the_last_approval(warehouse: Warehouse) -> None:
    acme = await propose(warehouse, note="good screws")
    assert await changes_on_card(warehouse, acme) == []
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, name="Acme Ltd"))
    assert await changes_on_card(warehouse, acme) == [Change("name", "Acme", "Acme Ltd")]
    await approve(warehouse, acme)
    assert await changes_on_card(warehouse, acme) == [Change("name", "Acme", "Acme Ltd")]
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, note="best screws"))
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, name="Acme AG"))
    await reject(warehouse, acme)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, name="Acme SE"))
    await warehouse.run(resubmit_supplier, ResubmitSupplier(supplier=acme))
    assert await changes_on_card(warehouse, acme) == [
        Change("note", "good screws", "best screws"),
        Change("name", "Acme Ltd", "Acme SE"),
    ]


async def test_a_step_that_the_status_does_not_allow_is_refused(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse)
    refused: list[tuple[Any, Any, Actor]] = [
        (resubmit_supplier, ResubmitSupplier(supplier=acme), warehouse.employee),
        (reinstate_supplier, ReinstateSupplier(supplier=acme), warehouse.manager),
        (suspend_supplier, SuspendSupplier(supplier=acme, reason="x"), warehouse.manager),
    ]
    for operation, request, actor in refused:
        async with refusal(db, IllegalStep):
            await warehouse.run(operation, request, actor)


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 201])
async def test_a_rejection_and_a_suspension_need_a_reason(
    warehouse: Warehouse, db: DatabaseService, reason: str
) -> None:
    acme = await propose(warehouse)
    async with refusal(db, InvalidValue):
        await reject(warehouse, acme, reason)
    await approve(warehouse, acme)
    async with refusal(db, InvalidValue):
        suspension = SuspendSupplier(supplier=acme, reason=reason)
        await warehouse.run(suspend_supplier, suspension, warehouse.manager)


@pytest.mark.both_engines
@pytest.mark.parametrize("typed", ["Acme", " aCME ", "\uff21\uff23\uff2d\uff25"])
async def test_a_name_is_unique_without_regard_to_case_and_says_the_others_status(
    warehouse: Warehouse, db: DatabaseService, typed: str
) -> None:
    acme = await propose(warehouse)
    await reject(warehouse, acme)
    async with refusal(db, SupplierExists) as caught:
        await propose(warehouse, typed)
    assert caught.value.status == "rejected"
    other = await propose(warehouse, "Other")
    async with refusal(db, SupplierExists):
        await warehouse.run(edit_supplier, EditSupplier(supplier=other, name=typed))
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, name="ACME"))


async def test_rights_are_those_that_the_product_names(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse)
    request = DecideProposal(subject_id=acme, version=1, reason="no")
    refused: list[tuple[Any, Any, Actor]] = [
        (propose_supplier, ProposeSupplier(name="B"), warehouse.viewer),
        (propose_supplier, ProposeSupplier(name="B"), warehouse.auditor),
        (edit_supplier, EditSupplier(supplier=acme, note="n"), warehouse.viewer),
        (resubmit_supplier, ResubmitSupplier(supplier=acme), warehouse.viewer),
        (approve_supplier, request, warehouse.colleague),
        (reject_supplier, request, warehouse.colleague),
        (approve_supplier, request, warehouse.owner),
        (suspend_supplier, SuspendSupplier(supplier=acme, reason="r"), warehouse.employee),
        (reinstate_supplier, ReinstateSupplier(supplier=acme), warehouse.employee),
    ]
    for operation, wanted, actor in refused:
        async with refusal(db, NotAllowed):
            await warehouse.run(operation, wanted, actor)
    with pytest.raises(NotAllowed):
        await shown(warehouse, acme, warehouse.stranger)
    with pytest.raises(NotAllowed):
        await db.query(list_suppliers, ListSuppliers(), warehouse.stranger)


async def test_only_those_who_need_it_see_contact_data_in_full(warehouse: Warehouse) -> None:
    acme = await propose(warehouse, email=EMAIL, phone=PHONE, tax_id=TAX_ID)
    whole = {"email": EMAIL, "phone": PHONE, "tax id": TAX_ID}
    masked = {"email": "o***@a***.example", "phone": "***56", "tax id": "***89"}
    for actor in (warehouse.employee, warehouse.manager, warehouse.admin):
        assert (await shown(warehouse, acme, actor)).facts.items() >= whole.items()
    for actor in (warehouse.viewer, warehouse.auditor):
        assert (await shown(warehouse, acme, actor)).facts.items() >= masked.items()


@pytest.mark.both_engines
async def test_no_table_holds_contact_data_that_can_be_read(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse, email=EMAIL, phone=PHONE, tax_id=TAX_ID)
    await warehouse.run(edit_supplier, EditSupplier(supplier=acme, email="new@acme.example"))
    await approve(warehouse, acme)
    for model in (Supplier, Approval, AuditEvent, Receipt):
        written = repr(await rows_of(db, model, GUILD))
        for secret in (EMAIL, "new@acme.example", PHONE, TAX_ID):
            assert secret not in written, model
    (row,) = await rows_of(db, Supplier, GUILD)
    assert row.email.startswith("s1.")


@pytest.mark.both_engines
async def test_values_encrypted_for_one_supplier_cannot_be_decrypted_for_another(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse, email=EMAIL)
    other = await propose(warehouse, "Other", email="ann@other.example")
    await db.maintenance.write(
        lambda c: c.execute(
            text(
                "UPDATE supplier SET email = (SELECT s.email FROM supplier s "
                "WHERE s.guild_id = :guild AND s.id = :a) WHERE guild_id = :guild AND id = :b"
            ),
            {"guild": warehouse.guild_id, "a": acme, "b": other},
        )
    )
    assert (await shown(warehouse, other)).facts["email"] == UNREADABLE


@pytest.mark.both_engines
async def test_none_empties_a_field_and_nothing_typed_leaves_it(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    acme = await propose(warehouse, email=EMAIL, phone=PHONE, note="n")
    edit = EditSupplier(supplier=acme, email="None", note="none")
    await warehouse.run(edit_supplier, edit)
    facts = (await shown(warehouse, acme)).facts
    assert (facts["email"], facts["phone"], facts["note"]) == ("", PHONE, "")
    async with refusal(db, NothingToDo):
        await warehouse.run(edit_supplier, EditSupplier(supplier=acme, phone=PHONE))


@pytest.mark.parametrize(
    "fields",
    [{"email": "nobody"}, {"phone": "x"}, {"tax_id": "?"}, {"note": "n" * 201}, {"name": " "}],
)
async def test_a_field_that_cannot_be_accepted_is_refused(
    warehouse: Warehouse, db: DatabaseService, fields: dict[str, str]
) -> None:
    async with refusal(db, InvalidValue):
        await warehouse.run(propose_supplier, ProposeSupplier(**({"name": "Acme"} | fields)))


@pytest.mark.both_engines
async def test_a_list_is_paged_by_name_and_counts_each_status(warehouse: Warehouse) -> None:
    ids = {name: await propose(warehouse, name) for name in "CABEDFGHIJKL"}
    await approve(warehouse, ids["A"])
    await reject(warehouse, ids["B"])
    read = warehouse.db.query
    first = await read(list_suppliers, ListSuppliers(), warehouse.viewer)
    assert [row.name for row in first.page.rows] == list("ABCDEFGHIJ")
    last = first.page.rows[-1].id
    second = await read(list_suppliers, ListSuppliers(after=last), warehouse.viewer)
    assert [row.name for row in second.page.rows] == list("KL")
    assert first.counts == {"approved": 1, "rejected": 1, "pending": 10}
    only = await read(list_suppliers, ListSuppliers(status="approved"), warehouse.viewer)
    assert [row.name for row in only.page.rows] == ["A"]
    assert only.approvals[ids["A"]].status == "approved"
    pending = await read(list_suppliers, ListSuppliers(status="pending"), warehouse.viewer)
    assert [row.name for row in pending.page.rows] == list("CDEF")
    with pytest.raises(InvalidValue):
        await read(list_suppliers, ListSuppliers(status="nice"), warehouse.viewer)


async def test_another_guilds_supplier_is_not_there(
    warehouse: Warehouse, db: DatabaseService
) -> None:
    other = await Warehouse.open(db, GUILD + 1)
    theirs = await propose(other, "Theirs")
    while await propose(warehouse, f"Ours {theirs}") < theirs:
        theirs += 1
    absent = DecideProposal(subject_id=99_999, version=1)
    async with refusal(db, NotFound):
        await warehouse.run(approve_supplier, absent, warehouse.manager)
    listed = await db.query(list_suppliers, ListSuppliers(), warehouse.manager)
    assert all(row.name != "Theirs" for row in listed.page.rows)
