"""The scanner page in every language, light and dark, and for those who do not see it."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from bot.domain.quantities import AmbiguousQuantity, format_quantity, read_quantity
from bot.errors import InvalidValue
from tests.web.app.hands import BARCODE, enter, scan, stock, until_ready, visit
from tests.web.app.played import Played

__all__ = ["stock"]

pytestmark = pytest.mark.asyncio(loop_scope="session")

TYPED = (
    *("3", "2.5", ".5", "2,5", "1,000", "1.000,5", "1,234,567.8", "1.234.567", "3 pcs", "0.5kg"),
    *("\uff13", "\u0663\u066b\u0665", "\U0001d7df", "5.", "1e3", "0x10", "-1", "0", "1.2345"),
    *("9999999999", "", "pcs", "1,2,3", "2\u00b2", "1 000", "7 \u00b0", "03", "1.5000", "0,500"),
    *(
        "1/2",
        "\u00bd",
        "+\u00bd",
        "1\u00bd kg",
        "1 1/2",
        "1 100/200",
        "1 3/2",
        "1/0",
        "1/3",
        "1/16",
    ),
    *(
        "3 x 12",
        "3\u00d712 pcs",
        "3*12box",
        "3 x",
        "1 000 x 2,5",
        "2 x 3 x 1/2",
        "3 x 1,000",
        "0 x 5",
    ),
    *("a dozen", "half a dozen", "ein halbes Dutzend", "3 x 1 dozen", "a dozen boxes", "1/2/2027"),
    *("-1/2", "-1 1/2", "99999 x 99999999", "1,000 x 1,000", "1,000 kg", "1\u202f000", "1\u20442"),
)


async def serious_faults(tab: Any) -> list[str]:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe is not installed (pip install axe-playwright-python)")
    if not await tab.evaluate("'axe' in window"):
        await tab.evaluate((Path(found.origin).parent / "axe.min.js").read_text(encoding="utf-8"))
    report = await tab.evaluate('axe.run({ resultTypes: ["violations"] })')
    return [
        f"{fault['id']}: {node['html']} {node['failureSummary']}"
        for fault in report["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(390, "light"), pytest.param(1280, "dark", marks=pytest.mark.soak)],
)
async def test_no_view_has_a_serious_fault(
    context: Any, stock: Played, width: int, scheme: Any
) -> None:
    stock.judge = lambda _: {"status": "rejected", "reason": "insufficient_stock"}
    tab = await visit(context, stock.address)
    await tab.set_viewport_size({"width": width, "height": 844})
    await tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    async def check(view: str, *, shows: str = "") -> None:
        if shows:
            await tab.get_by_text(shows).locator("visible=true").first.wait_for()
        assert await serious_faults(tab) == [], view

    await check("link", shows="/device link")
    await tab.close()
    tab = await enter(context, stock)
    await tab.set_viewport_size({"width": width, "height": 844})
    await tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await tab.get_by_role("combobox").first.fill("e")
    await check("suggestions", shows="Similar")
    await tab.get_by_role("combobox").first.fill("")
    await scan(tab, BARCODE, "Shelf A1", "tallyman:qty=500")
    await tab.get_by_role("button", name="Large keys").click()
    await check("entry", shows="Only 140 pcs should be here.")
    await scan(tab, "GLOVE-L")
    await check("asked back", shows="is not queued yet")
    await scan(tab, "tallyman:ok", "tallyman:clear", "tallyman:mode=put", "MILK-1")
    await check("lot", shows="L-7")
    if width < 1000:
        await tab.get_by_role("button", name="1 refused").click()
    await check("queue", shows="Ask a manager")
    await tab.keyboard.press("Escape")
    await tab.get_by_role("button", name="Settings").click()
    await check("settings", shows="Unlink this device")
    await tab.keyboard.press("Escape")
    await scan(tab, "tallyman:mode=look", "Shelf A1")
    await check("look", shows="Work gloves")
    stock.tokens.clear()
    await scan(tab, "tallyman:sync")
    await check("locked", shows="This device is locked")


async def test_keys_alone_book_a_take(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    await tab.get_by_role("combobox").first.focus()
    for key in ("b", "o", "l", "t", "ArrowDown", "Enter"):
        await tab.keyboard.press(key, delay=60)
    quantity = tab.get_by_role("textbox", name="Quantity")
    await quantity.and_(tab.locator(":focus")).wait_for()

    await tab.keyboard.type("4", delay=60)
    for key in ("Tab", "Tab", "Tab", "Tab", "Tab"):
        await tab.keyboard.press(key)
    for key in ("c", "e", "l", "l", "ArrowDown", "Enter"):
        await tab.keyboard.press(key, delay=60)
    await quantity.and_(tab.locator(":focus")).press("Enter")

    await tab.get_by_text("Take 4 pcs Hexagon bolt M8 · from Cellar").first.wait_for()


async def test_all_languages_have_the_same_words_with_the_same_blanks(
    context: Any, stock: Played
) -> None:
    tab = await visit(context, stock.address)
    words = await tab.evaluate("import('./ui/words.js').then((it) => it.LANGUAGES)")

    def blanks(sentence: str) -> list[str]:
        return sorted(part.partition("}")[0] for part in sentence.split("{")[1:])

    expected = {key: blanks(sentence) for key, sentence in words["en"].items()}
    assert list(words) == ["en", "de", "fr", "es"]
    for language, catalogue in words.items():
        assert {key: blanks(it) for key, it in catalogue.items()} == expected, language
        assert all(catalogue.values()), language


async def test_the_language_may_be_chosen_and_is_kept(context: Any, stock: Played) -> None:
    tab = await enter(context, stock)
    await tab.get_by_role("button", name="Settings").click()
    await tab.get_by_label("Language").select_option("de")
    await tab.get_by_role("heading", name="Einstellungen").wait_for()

    await tab.reload()

    await until_ready(tab)
    await tab.get_by_role("button", name="Entnehmen").wait_for()
    assert await tab.evaluate("document.documentElement.lang") == "de"


async def test_quantities_read_as_they_do_in_discord(context: Any, stock: Played) -> None:
    tab = await visit(context, stock.address)
    asked = """(typed) => import('./ui/quantities.js').then(({ readQuantity }) =>
        typed.map((it) => readQuantity(it)))"""

    def read(text: str) -> list[list[str]]:
        try:
            found = read_quantity(text)
        except AmbiguousQuantity as error:
            return [[format_quantity(it), error.unit] for it in (error.first, error.second) if it]
        except InvalidValue:
            return []
        return [[format_quantity(found.value), found.unit]]

    for text, answer in zip(TYPED, await tab.evaluate(asked, TYPED), strict=True):
        found = [[it["value"], it["unit"]] for it in answer["readings"]]
        assert found == read(text), text
