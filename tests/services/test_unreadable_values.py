"""A key that is missing costs the values that it encrypted, and no row."""

import pytest

from bot.database.admin.rekey import rekey
from bot.database.encryption import Encryption
from bot.database.engine import DatabaseSettings
from bot.database.service import DatabaseService
from bot.domain.contacts import UNREADABLE
from bot.services.people import DeactivatePerson, ListPeople, deactivate_person, list_people
from bot.services.profiles import (
    ExportProfile,
    RegisterMember,
    SetEmail,
    export_profile,
    register_member,
    set_email,
)
from bot.services.suppliers import (
    EditSupplier,
    GetSupplier,
    ListSuppliers,
    ProposeSupplier,
    edit_supplier,
    get_supplier,
    list_suppliers,
    propose_supplier,
)
from tests.database.books import Warehouse
from tests.database.clock import Clock
from tests.services.test_people import ANN, MAIL, ann

NEW_KEY = "a-new-key-of-the-tests-0123456789"


@pytest.fixture
async def lost(database_url: str, warehouse: Warehouse, clock: Clock) -> Warehouse:
    """Return the books with contact data in them, opened with another key."""
    await warehouse.run(register_member, RegisterMember(name="Ann", email=MAIL), ann(clock))
    supplier = ProposeSupplier(name="Acme", email=MAIL, phone="+49 30 1234567")
    await warehouse.run(propose_supplier, supplier)
    db = DatabaseService(DatabaseSettings(database_url, data_key=NEW_KEY), clock=clock)
    return Warehouse(db, warehouse.guild_id)


@pytest.mark.both_engines
async def test_everything_works_but_reading_the_values(lost: Warehouse, clock: Clock) -> None:
    shown = await lost.db.query(get_supplier, GetSupplier(supplier="Acme"), lost.employee)
    assert (shown.facts["email"], shown.facts["phone"]) == (UNREADABLE, UNREADABLE)
    listed = await lost.db.query(list_suppliers, ListSuppliers(), lost.viewer)
    assert [row.name for row in listed.page.rows] == ["Acme"]
    people = await lost.db.query(list_people, ListPeople(), lost.auditor)
    assert [row.name for row in people.page.rows] == ["Ann"]
    exported = await lost.db.query(export_profile, ExportProfile(), ann(clock))
    assert exported.content["profile"]["email"] == UNREADABLE
    await lost.run(deactivate_person, DeactivatePerson(user_id=ANN, reason="x"), lost.admin)
    await lost.db.close()


async def test_a_value_is_overwritten_and_emptied(lost: Warehouse, clock: Clock) -> None:
    changed = await lost.run(set_email, SetEmail(email="none"), ann(clock))
    assert (changed.changes[0].before, changed.changes[0].after) == (UNREADABLE, "")
    await lost.run(edit_supplier, EditSupplier(supplier="Acme", email="new@example.com"))
    shown = await lost.db.query(get_supplier, GetSupplier(supplier="Acme"), lost.employee)
    assert (shown.facts["email"], shown.facts["phone"]) == ("new@example.com", UNREADABLE)
    await lost.db.close()


@pytest.mark.both_engines
async def test_what_a_lost_key_encrypted_can_be_given_up(
    database_url: str, lost: Warehouse
) -> None:
    encryption = Encryption(database_url, NEW_KEY)
    assert (await rekey(lost.db, encryption, is_giving_up=True)).left == 0
    assert (await rekey(lost.db, encryption)).encrypted == 0
    shown = await lost.db.query(get_supplier, GetSupplier(supplier="Acme"), lost.employee)
    assert shown.facts["email"] == UNREADABLE
    await lost.db.close()
