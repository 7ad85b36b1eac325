"""Charts: pictures of prices in one style, drawn when they are first asked for."""

import io
from datetime import date, timedelta
from fractions import Fraction

from PIL import Image

from bot.domain.charts import Chart, Panel, Points, StepLine
from bot.reports.charts import draw_chart

START = date(2026, 1, 1)
NAMES = ("1 Acme", "2 $x^2$ Bolt_{Co}", "3 \u0412\u0438\u043d\u0442 & \u305b\u308b", "4 _Zinc")


def chart_of(currencies: int, prices: int) -> Chart:
    lines = tuple(
        StepLine(
            name,
            tuple(
                (START + timedelta(days=30 * at + 5 * place), Fraction(10 + place + at % 3, 7))
                for at in range(prices)
            ),
        )
        for place, name in enumerate(NAMES)
    )
    paid = Points("paid", tuple((START + timedelta(days=20 * at), Fraction(3)) for at in range(5)))
    panels = tuple(Panel(f"{code} per pcs", lines, paid) for code in ("EUR", "USD")[:currencies])
    return Chart("Prices of BOLT-8", panels, date(2027, 3, 1), NAMES, "")


async def test_each_currency_has_a_panel_of_its_own_and_names_stay_text() -> None:
    one, two = [Image.open(io.BytesIO(await draw_chart(chart_of(n, 6)))) for n in (1, 2)]
    assert one.format == "PNG"
    assert (one.width, two.width) == (1120, 1120)
    assert two.height > 1.5 * one.height
    # Neither white nor black, so that it is read beside light and dark alike.
    assert one.convert("RGB").getpixel((2, 2)) == (0xF4, 0xF4, 0xF2)
    colours = {each for _, each in one.convert("RGB").getcolors(1 << 20) or ()}
    lines = {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00), (0x00, 0x9E, 0x73), (0xAA, 0x44, 0x99)}
    assert lines <= colours


async def test_prices_of_one_day_and_of_gaps_are_drawn() -> None:
    gap = StepLine("1 A", ((START, Fraction(10**14)), (START, None), (START, Fraction(1, 10**6))))
    chart = Chart("x", (Panel("EUR per pcs", (gap,)),), START, ("1 A",), "")
    assert (await draw_chart(chart)).startswith(b"\x89PNG")
