"""Imports in Discord: a file, its preview, its buttons, and what came of it."""

import asyncio
from typing import Any

import pytest

from bot.cogs import data
from bot.database.models import Item
from bot.domain.actors import Actor, system_actor
from bot.errors import Unavailable
from bot.views import imports as views
from bot.views.replies import Reply
from tests.cogs.cards import cards
from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House, World
from tests.database.books import rows_of
from tests.services.imports.files import FAULTY, PARTS


async def send(person: Phone, content: bytes, kind: str = "items") -> Answer:
    return await person.type("import", kind=kind, file=("parts.csv", content))


def file_of(world: World, answer: Answer) -> list[str]:
    stored = world.env.backend.get_message(answer.message.channel_id, answer.message.id)
    (attachment,) = stored.attachments
    content = world.env.backend.cdn.get(attachment["url"]) or b""
    return content.decode("utf-8-sig").splitlines()


async def test_a_file_is_previewed_applied_and_undone_by_buttons(house: House) -> None:
    shown = await send(house.manager, PARTS)
    assert "**0** new · **0** changed · **0** unchanged · **4** at unknown" in shown.text
    assert (
        "`2` **SHR-M8-40** Sechskantschraube M8\u00d740 verzinkt · (new) · Halle 1: 1250 Stk"
        in (shown.text)
    )
    assert "Read with a decimal comma: quantity" in shown.text
    assert set(shown.buttons) == {"Add 2 locations and apply", "Cancel"}
    done = await house.manager.press(shown, "Add 2 locations and apply")
    assert "4 items added · 2 locations · 3 moves" in done.text
    assert not house.world.look_again(done).message.attachments
    again = await send(house.manager, PARTS)
    assert "This file was imported" in again.text
    assert "There is nothing to change." in again.text
    assert not again.buttons
    undone = await house.manager.press(done, "Undo")
    assert "Reversed the import of **parts.csv**" in undone.text


async def test_refused_rows_come_back_as_a_file_that_can_be_corrected(
    world: World, house: House
) -> None:
    await house.manager.type("location add", name="A1")
    shown = await send(house.manager, FAULTY)
    assert "❌ `4` quantity **five**: Write the quantity as a number" in shown.text
    assert set(shown.buttons) == {
        "Add 1 location and apply",
        "Apply only the 2 good rows",
        "Cancel",
    }
    lines = file_of(world, shown)
    assert lines[0] == "sku,name,unit,quantity,place,reorder_point,line,column,value,reason"
    assert lines[2].startswith("OK-2,Good two,pcs,five,A1,,4,quantity,five,Write the quantity")
    assert len(lines) == 7
    done = await house.manager.press(shown, "Apply only the 2 good rows")
    assert "6 rows left out" in done.text
    corrected = "\n".join(lines).replace(",five,A1", ",5,A1").encode()
    assert "**1** new" in (await send(house.manager, corrected)).text


async def test_a_number_that_may_be_two_is_asked_back(house: House) -> None:
    await house.manager.type("location add", name="A1")
    asked = await send(house.manager, b"sku;name;menge;ort\nNUT-8;Nut;1.250;A1\n")
    assert set(asked.buttons) == {"1.250 is 1250", "1.250 is 1.25", "Cancel"}
    shown = await house.manager.press(asked, "1.250 is 1250")
    assert "A1: 1250 pcs" in shown.text
    await house.manager.press(shown, "Apply")
    assert await house.level("NUT-8", "A1") == 1250


async def test_what_cannot_be_read_or_is_not_allowed_is_said(world: World, house: House) -> None:
    async with world.unchanged():
        for content, said in (
            (b"", "The file has no rows under its headings."),
            (b"PK\x03\x04 no workbook", "I cannot read this file."),
            (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\nx", "I cannot read this file."),
            (b"%PDF-1.4\nsku,name\nA,B\n", "I cannot read this file."),
            (b"colour,size\nred,3\n", "I find no column for **SKU** in the first line."),
        ):
            assert said in (await send(house.manager, content)).text
        shown = await send(house.manager, b"a\nb\n", "prices")
        assert "no column for **SKU** and **price**" in shown.text
        assert "don't have permission" in (await send(house.employee, PARTS)).text


async def test_a_cancelled_preview_is_gone(world: World, house: House) -> None:
    shown = await send(house.manager, b"sku,name\nNUT-8,Nut\n")
    apply = shown.buttons["Apply"]
    assert "nothing was imported" in (await house.manager.press(shown, "Cancel")).text
    async with world.unchanged():
        assert "Send the file again" in (await house.manager.forge(shown, apply)).text
    assert [row.sku for row in await rows_of(world.db, Item, house.guild.id)] == ["BOLT-8"]


async def test_two_clicks_apply_a_preview_once(house: House) -> None:
    shown = await send(house.manager, b"sku,name\nNUT-8,Nut\n")
    before, apply = await house.records(), shown.buttons["Apply"]
    await house.manager.press(shown, "Apply")
    assert "1 item added" in (await house.manager.forge(shown, apply)).text
    good, cancel = apply.replace(":all", ":good"), shown.buttons["Cancel"]
    for later in (good, cancel):
        assert "was imported" in (await house.manager.forge(shown, later)).text
    assert await house.records() == before + 1


async def test_another_person_who_applies_a_preview_is_told_that_it_was(
    world: World, house: House
) -> None:
    shown = await send(house.manager, b"sku,name\nNUT-8,Nut\n")
    apply = shown.buttons["Apply"]
    await house.manager.press(shown, "Apply")
    found = await house.admin.type("find", query="NUT-8")
    async with world.unchanged():
        assert "was imported" in (await house.admin.forge(found, apply)).text


async def test_imported_suppliers_are_decided_about_by_a_card_of_each(house: House) -> None:
    names = ("Acme", "Bolt & Co", "Zinc Ltd", "Nut SA", "Pin Oy")
    file = "company,email\n" + "".join(f"{name},a@b{n}.example\n" for n, name in enumerate(names))
    shown = await send(house.employee, file.encode(), "suppliers")
    assert "**5** new" in shown.text
    done = await house.employee.press(shown, "Apply")
    assert "5 suppliers" in done.text
    await house.world.tell_audit()
    posted = cards(house)
    assert [each.title for each in posted] == [f"Supplier: {name}" for name in names]
    await house.manager.press_on(posted[1].message, "Approve")
    await house.world.tell_audit()
    assert "Approve" not in cards(house)[1].buttons
    assert "Approve" in cards(house)[2].buttons
    undone = await house.employee.press(done, "Undo")
    assert "**Bolt & Co** was changed after" in undone.text


class Shown:
    """An interaction of Discord's that has been deferred: what its answer is edited to."""

    def __init__(self) -> None:
        self.edited = asyncio.Event()
        self.texts: list[str] = []

    async def edit_original_response(self, **shown: Any) -> None:
        self.texts.append(shown["content"])
        self.edited.set()


async def test_what_takes_a_while_says_so_and_ends_in_its_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(data, "_PROGRESS_SECONDS", 0.0)
    shown: Any = Shown()

    async def read_large_file(_actor: Actor) -> Reply:
        await shown.edited.wait()
        return Reply("result")

    said = data.saying(shown, read_large_file, views.reading_page)
    assert (await said(system_actor(1, "test"))).content == "result"
    assert shown.texts == ["⏳ Reading the file …"]
    monkeypatch.setattr(data, "_LONGEST_SECONDS", 0.0)
    shown.edited.clear()
    endless = data.saying(Shown(), read_large_file, views.reading_page)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await endless(system_actor(1, "test"))


async def test_a_price_list_asks_whose_it_is_marks_jumps_and_is_undone(
    world: World, house: House
) -> None:
    await house.employee.type("supplier propose", name="Acme")
    file = b"sku;price;per;from\nBOLT-8;13,50;100;2027-02-01\nBOLT-8;x;;\n"
    without = await send(house.buyer, file, "prices")
    assert "no supplier is approved" in without.text
    await world.tell_audit()
    await house.manager.press_on(cards(house)[0].message, "Approve")
    options = {"supplier": "Acme", "item": "BOLT-8", "from": "2027-01-01"}
    await house.buyer.type("price set", **options, amount="0.1")
    asked = await send(house.buyer, file, "prices")
    assert "Whose prices are these?" in asked.text
    async with world.db.look_up(house.actor_of(house.manager)) as books:
        acme = await books.suppliers.require_reference("Acme")
    shown = await house.buyer.choose(asked, str(acme.id))
    assert "⚠️ 1 price rises by more than 20 %." in shown.lines
    assert (
        "`2` **BOLT-8 · Acme** 0.10 EUR → **0.135 EUR** per pcs · from 2027-02-01 · ⚠️ 35 % more"
    ) in shown.lines
    assert "❌ `3` price **x**: **x** is no amount of money." in shown.text
    assert file_of(world, shown)[1].startswith('BOLT-8,x,,,3,price,x,"x is no amount')
    done = await house.buyer.press(shown, "Apply only the 1 good row")
    assert "1 price · 1 row left out" in done.text
    undone = await house.buyer.press(done, "Undo")
    assert "Reversed the import of **parts.csv**" in undone.text


async def test_days_that_may_be_two_are_asked_back(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    file = b"sku,supplier,price,from\nBOLT-8,Acme,5,01/02/2027\n"
    asked = await send(house.buyer, file, "prices")
    labels = {"01/02/2027 is 2027-02-01", "01/02/2027 is 2027-01-02", "Cancel"}
    assert set(asked.buttons) == labels
    shown = await house.buyer.press(asked, "01/02/2027 is 2027-01-02")
    assert "from 2027-01-02" in shown.text
