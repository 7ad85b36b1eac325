"""A key that is missing costs the values that it encrypted, and no row."""

import pytest

from bot.database.admin.rekey import rekey
from bot.database.encryption import Encryption
from bot.database.engine import DatabaseSettings
from bot.database.models import Supplier
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
from bot.services.verification import verify_books
from tests.database.books import Warehouse, rows_of
from tests.database.clock import Clock
from tests.database.tampering import tamper
from tests.services.test_people import ANN, MAIL, ann

NEW_KEY = "a-new-key-of-the-tests-0123456789"


# What an owner of the database may write into a supplier's email without the key.
FORGED = [
    "'rubbish'",
    "'eve@example.com'",
    "substr(email, 1, 60)",
    "phone",
    "(SELECT email FROM member)",
]


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


@pytest.mark.both_engines
async def test_what_its_own_key_did_not_encrypt_is_found_and_not_taken_for_a_lost_key(
    own_database_url: str, clock: Clock
) -> None:
    settings = DatabaseSettings(own_database_url, data_key=NEW_KEY)
    db = DatabaseService(settings, clock=clock)
    warehouse = await Warehouse.open(db)
    await warehouse.run(register_member, RegisterMember(name="Ann", email=MAIL), ann(clock))
    supplier = ProposeSupplier(name="Acme", email=MAIL, phone="+49 30 1234567")
    await warehouse.run(propose_supplier, supplier)
    kept = (await rows_of(db, Supplier, warehouse.guild_id))[0].email
    for forged in [*FORGED, *(["x'00ff'"] if db.is_sqlite else [])]:
        await tamper(own_database_url, f"UPDATE supplier SET email = {forged}")
        shown = await db.query(get_supplier, GetSupplier(supplier="Acme"), warehouse.employee)
        assert shown.facts["email"] == UNREADABLE
        verified = await verify_books(db, warehouse.auditor)
        assert [(each.code, each.field) for each in verified.findings] == [("row_differs", "email")]
        assert verified.unreadable == 0
        await tamper(own_database_url, "UPDATE supplier SET email = :kept", kept=kept)
    assert (await verify_books(db, warehouse.auditor)).findings == ()
    await db.close()


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
