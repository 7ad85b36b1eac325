"""Prices as people meet them."""

from tests.cogs.world import House, World

BOLT = {"supplier": "Acme", "item": "BOLT-8"}


async def test_a_price_is_set_listed_and_its_history_shown(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    first = await house.buyer.type(
        "price set", **BOLT, amount="12,90 €/100", **{"from": "2026-01-01"}
    )
    assert first.lines[:3] == [
        "✅ Set the price of **BOLT-8** · **Acme**",
        "no price → **0.129 EUR** per pcs",
        "Valid from 2026-01-01",
    ]
    again = await house.buyer.type("price set", **BOLT, amount="0.20", **{"from": "2026-01-02"})
    assert again.lines[1] == "**0.129 EUR** per pcs → **0.20 EUR** per pcs"
    assert again.lines[3] == "⚠️ 55 % more than before"
    listed = await house.accountant.type("price list", supplier="Acme")
    assert "0.20 EUR per pcs · since 2026-01-02" in listed.text
    assert "0.129" not in listed.text
    history = await house.accountant.press(listed, "History")
    assert "0.129 EUR per pcs · since 2026-01-01" in history.text


async def test_a_price_after_one_of_nothing_rises_without_a_percentage(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    await house.buyer.type("price set", **BOLT, amount="0", **{"from": "2026-01-01"})
    again = await house.buyer.type("price set", **BOLT, amount="0.20", **{"from": "2026-01-02"})
    assert again.lines[1] == "**0.00 EUR** per pcs → **0.20 EUR** per pcs"
    assert again.lines[3] == "⚠️ It cost nothing before"
    file = ("prices.csv", b"supplier;sku;price;from\nAcme;BOLT-8;0;2026-02-01\n")
    free = await house.buyer.type("import", kind="prices", file=file)
    assert "⚠️" not in free.text
    await house.buyer.press(free, "Apply")
    file = ("prices.csv", b"supplier;sku;price;from\nAcme;BOLT-8;0.30;2026-02-02\n")
    dear = await house.buyer.type("import", kind="prices", file=file)
    assert "⚠️ It cost nothing before" in dear.text


async def test_a_price_that_may_be_two_is_asked_back_with_its_currency(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    asked = await house.buyer.type("price set", **BOLT, amount="1,299 USD")
    assert list(asked.buttons) == ["1299 USD", "1.299 USD"]
    done = await house.buyer.press(asked, "1.299 USD")
    assert "no price → **1.299 USD** per pcs" in done.text


async def test_a_price_of_no_written_currency_is_asked_back_as_well(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    asked = await house.buyer.type("price set", **BOLT, amount="€1,299", min_quantity="10")
    done = await house.buyer.press(asked, "1.299 EUR")
    assert "no price → **1.299 EUR** per pcs" in done.text
    assert "From 10 pcs on" in done.text


async def test_an_item_is_listed_with_a_price_for_each_unit_and_quantity(house: House) -> None:
    await house.employee.type("supplier propose", name="Acme")
    await house.buyer.type("price set", **BOLT, amount="3")
    await house.buyer.type("price set", **BOLT, amount="2", min_quantity="100")
    listed = await house.buyer.type("price list", item="BOLT-8")
    assert len(listed.rows) == 2
    history = await house.buyer.press_row(listed, "from 100 pcs on")
    assert "3.00 EUR per pcs" in history.text


async def test_only_those_who_may_see_prices_do(world: World, house: House) -> None:
    async with world.unchanged():
        for command in ("price list", "price history"):
            options = {"item": "BOLT-8"}
            answer = await house.employee.type(command, **options)
            assert "price.view" in answer.text
        answer = await house.employee.type("price set", **BOLT, amount="1")
        assert "price.edit" in answer.text


async def test_the_history_of_two_prices_has_a_chart_with_a_description(
    world: World, house: House
) -> None:
    await house.employee.type("supplier propose", name="Acme")
    await house.buyer.type("price set", **BOLT, amount="10", **{"from": "2026-01-01"})
    alone = await house.accountant.type("price history", item="BOLT-8")
    assert not alone.message.attachments
    await house.buyer.type("price set", **BOLT, amount="12 USD", **{"from": "2026-02-01"})
    shown = await house.accountant.type("price history", item="BOLT-8")
    stored = world.env.backend.get_message(shown.message.channel_id, shown.message.id)
    (attachment,) = stored.attachments
    content = world.env.backend.cdn.get(attachment["url"]) or b""
    assert content.startswith(b"\x89PNG")
    said = "Prices of BOLT-8. 1 Acme: 10.00 EUR (2026-01-01) → 12.00 USD (2026-02-01)"
    assert said in str(stored.components)
