"""A new name that looks like another one, in another script, is refused by every noun."""

from typing import Any

import pytest

from bot.database.models import Lookalike
from bot.domain.lookalikes import DiffersInSigns, LooksAlike
from bot.services.items import AddItem, EditItem, add_item, edit_item
from bot.services.locations import AddLocation, RenameLocation, add_location, rename_location
from bot.services.role_deletion import DeleteRole, GetDeletionPreview, delete_role
from bot.services.role_deletion import get_deletion_preview as preview
from bot.services.roles import CreateRole, create_role
from bot.services.suppliers import EditSupplier, ProposeSupplier, edit_supplier, propose_supplier
from tests.database.books import GUILD, Warehouse, refusal, rows_of
from tests.services.imports.files import preview as preview_file

PLAIN, CYRILLIC = "Scope", "\u0405\u0441\u043e\u0440\u0435"


def add(noun: str, name: str) -> tuple[Any, Any]:
    """Return the operation that gives a new thing of a kind a name."""
    added: dict[str, tuple[Any, Any]] = {
        "item": (add_item, AddItem(sku=name, name=f"The {name}")),
        "location": (add_location, AddLocation(name=name)),
        "role": (create_role, CreateRole(name=name)),
        "supplier": (propose_supplier, ProposeSupplier(name=name)),
    }
    return added[noun]


@pytest.mark.parametrize("noun", ["item", "location", "role", "supplier"])
@pytest.mark.parametrize("names", [(PLAIN, CYRILLIC), (CYRILLIC, PLAIN)])
async def test_the_second_of_two_names_that_look_the_same_is_refused(
    warehouse: Warehouse, noun: str, names: tuple[str, str]
) -> None:
    await warehouse.run(*add(noun, names[0]), warehouse.admin)
    async with refusal(warehouse.db, LooksAlike) as caught:
        await warehouse.run(*add(noun, names[1]), warehouse.admin)
    assert (caught.value.value, caught.value.other) == names[::-1]
    # Another script is welcome where it is not mistaken for anything.
    await warehouse.run(*add(noun, "\u041c\u043e\u043b\u043e\u0442\u043e\u043a"), warehouse.admin)


@pytest.mark.parametrize("skus", [("BOLT-8", "BOLT\u20138"), ("BOLT\u2013 8", "bolt-8")])
async def test_a_sku_that_differs_in_its_dashes_alone_is_refused(
    warehouse: Warehouse, skus: tuple[str, str]
) -> None:
    await warehouse.run(*add("item", skus[0]), warehouse.admin)
    async with refusal(warehouse.db, DiffersInSigns) as caught:
        await warehouse.run(*add("item", skus[1]), warehouse.admin)
    assert caught.value.other == skus[0]
    await warehouse.run(edit_item, EditItem(item=skus[0], sku=skus[1]), warehouse.admin)
    previewed = await preview_file(
        warehouse, f"sku,name\n{skus[0]},A\nNEW - 1,B\nNEW\u20111,C\nNEW-2,D\n"
    )
    assert previewed.plan is not None
    assert [row.line for row in previewed.plan.rows if row.faults] == [2, 4]


async def test_a_sku_in_letters_of_another_script_is_said_to_differ_in_them(
    warehouse: Warehouse,
) -> None:
    cyrillic = "\u0412OLT\u20118"  # in its letters and in its dash
    await warehouse.run(*add("item", "BOLT-8"), warehouse.admin)
    async with refusal(warehouse.db, LooksAlike) as caught:
        await warehouse.run(*add("item", cyrillic), warehouse.admin)
    assert type(caught.value) is LooksAlike
    previewed = await preview_file(warehouse, f"sku,name\n{cyrillic},B\n")
    assert previewed.plan is not None
    assert [type(row.faults[0].error) for row in previewed.plan.rows] == [LooksAlike]


@pytest.mark.both_engines
async def test_a_changed_name_is_compared_and_no_longer_in_the_way(warehouse: Warehouse) -> None:
    admin = warehouse.admin
    for noun in ("item", "location", "supplier"):
        for name in (PLAIN, "Other"):
            await warehouse.run(*add(noun, name), admin)
    for operation, disguise, rename in (
        (
            edit_item,
            EditItem(item="Other", sku=CYRILLIC),
            EditItem(item=PLAIN, sku="Renamed", name="Renamed"),
        ),
        (
            rename_location,
            RenameLocation(location="Other", name=CYRILLIC),
            RenameLocation(location=PLAIN, name="Renamed"),
        ),
        (
            edit_supplier,
            EditSupplier(supplier="Other", name=CYRILLIC),
            EditSupplier(supplier=PLAIN, name="Renamed"),
        ),
    ):
        changes: list[tuple[Any, Any]] = [(operation, disguise), (operation, rename)]
        async with refusal(warehouse.db, LooksAlike):
            await warehouse.run(*changes[0], admin)
        await warehouse.run(*changes[1], admin)
        await warehouse.run(*changes[0], admin)
    looks = {(row.noun, row.skeleton) for row in await rows_of(warehouse.db, Lookalike, GUILD)}
    assert looks == {(noun, "scope") for noun in ("item", "location", "supplier")}


@pytest.mark.both_engines
async def test_a_deleted_role_is_not_in_the_way(warehouse: Warehouse) -> None:
    await warehouse.run(*add("role", CYRILLIC), warehouse.admin)
    shown = await warehouse.db.query(preview, GetDeletionPreview(role=CYRILLIC), warehouse.admin)
    gone = DeleteRole(role_id=shown.role.id, preview_token=shown.preview_token)
    await warehouse.run(delete_role, gone, warehouse.admin)
    await warehouse.run(*add("role", PLAIN), warehouse.admin)
    assert not await rows_of(warehouse.db, Lookalike, GUILD)
