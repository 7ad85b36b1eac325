"""A value that cannot be read is a finding, and what else is wrong is found beside it."""

import pytest

from bot.services.member_roles import SetRoles, set_roles
from bot.services.verification import verify_books
from bot.views.audit.findings import finding_text
from tests.database.books import Warehouse
from tests.database.tampering import passing, tamper

OF_SQLITE = (
    ("UPDATE guild SET order_approval_above = 'much'", "unreadable"),
    ("UPDATE item SET reserved = 'x'", "row_differs"),
    ("UPDATE stock_level SET item_id = x'00' WHERE location_id > 99", "stray_level"),
    ("UPDATE stock_level SET location_id = x'00' WHERE location_id > 99", "stray_level"),
    ("UPDATE role SET permissions = x'ff'", "row_differs"),
    ("UPDATE location SET name = CAST(x'ff' AS TEXT) WHERE id > 99", "unreadable"),
    ("UPDATE audit_event SET subject = CAST(x'ff' AS TEXT) WHERE record = 3", "unreadable_books"),
    ("UPDATE book SET last_record = 'x'", "unreadable_books"),
)
OF_POSTGRESQL = (
    ("UPDATE audit_event SET at = 'infinity' WHERE record = 3", "changed"),
    ("UPDATE audit_event SET at = '4000-01-01 BC' WHERE record = 3", "unreadable_books"),
    ("UPDATE role_assignment SET assigned_at = 'infinity'", "unreadable"),
    ("UPDATE role_assignment SET assigned_at = '4000-01-01 BC'", "unreadable"),
)


@pytest.fixture
async def worked(warehouse: Warehouse) -> Warehouse:
    """Books with an item, a location and a move, whose viewer a member is by name."""
    await warehouse.put(await warehouse.add_item(), 10, await warehouse.add_shelf("A1"))
    viewer = SetRoles(user_id=777, roles=("viewer",))
    await warehouse.run(set_roles, viewer, warehouse.owner)
    return warehouse


async def codes(warehouse: Warehouse) -> set[str]:
    verified = await verify_books(warehouse.db, warehouse.auditor)
    assert all(finding_text(each, verified) for each in verified.findings)
    return {each.code for each in verified.findings}


@pytest.mark.only_on("sqlite")
async def test_a_value_of_another_type_is_a_finding(worked: Warehouse, database_url: str) -> None:
    for change, code in OF_SQLITE:
        with passing(database_url):
            await tamper(database_url, change)
            assert code in await codes(worked), change


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("change", "code"), OF_POSTGRESQL)
async def test_a_time_that_the_driver_does_not_know_is_a_finding(
    worked: Warehouse, database_url: str, change: str, code: str
) -> None:
    await tamper(database_url, change)
    assert code in await codes(worked)
