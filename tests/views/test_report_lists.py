"""A row of each report in words, short enough for a phone."""

from datetime import date
from decimal import Decimal
from typing import Any, get_args

import pytest

from bot.services.reports.abc import AbcRow
from bot.services.reports.cover import CoverRow
from bot.services.reports.documents import OrdersRow, RequestsRow
from bot.services.reports.expiry import ExpiryRow
from bot.services.reports.idle import IdleRow
from bot.services.reports.kinds import ReportKind
from bot.services.reports.low import LowRow
from bot.services.reports.moves import MovesRow
from bot.views.reports.lists import LIST_WORDS

DAY = date(2026, 3, 2)
NAMED = ("B-8", "A *bolt*")


def quantities(*numbers: str) -> Any:
    return [Decimal(number) for number in numbers]


def built(row: Any, *values: Any) -> Any:
    """Fill a row; ids at its end, which no one reads, may be left out."""
    return row(*values, *[0] * (len(row._fields) - len(values)))


@pytest.mark.parametrize(
    ("kind", "row", "said"),
    [
        (
            "low",
            built(LowRow, *NAMED, "pcs", *quantities("3", "10", "50", "4", "1", "3", "2", "37")),
            (
                r"**B-8** A \*bolt\* · **3 pcs** of 10 · 4 on order · 1 approved, not sent"
                " · 3 pending · 2 in drafts · order 37 pcs"
            ),
        ),
        (
            "expiry",
            built(ExpiryRow, DAY, -2, *NAMED, "L1", "A1", Decimal(5), "pcs", "held"),
            "**2026-03-02** (⚠️ 2 days ago) · **B-8** L1 · A1: 5 pcs · held",
        ),
        (
            "expiry",
            built(ExpiryRow, DAY, 0, *NAMED, "L1", "A1", Decimal(5), "pcs", "free"),
            "**2026-03-02** (today) · **B-8** L1 · A1: 5 pcs",
        ),
        (
            "abc",
            built(
                AbcRow,
                *("A", "B-8", "Bolt", "pcs", Decimal(9), Decimal("12.50"), "EUR", Decimal(2)),
                *quantities("40.0", "80.1"),
            ),
            "**A** **B-8** Bolt · 12.50 EUR · 2 pcs without a price · 40.0 %, together 80.1 %",
        ),
        (
            "idle",
            built(IdleRow, *NAMED, "pcs", Decimal(9), DAY, 120, "never left"),
            r"**B-8** A \*bolt\* · 9 pcs · **120 days** (never left, came 2026-03-02)",
        ),
        (
            "cover",
            built(CoverRow, *NAMED, "pcs", *quantities("9.000", "18.000", "45.0")),
            r"**B-8** A \*bolt\* · **45 days** · 9 pcs, 18 left in 90 days",
        ),
        (
            "moves",
            built(MovesRow, DAY, "pcs", *quantities("9", "2.500", "-1"), 4),
            "**2026-03-02** · in 9 pcs · out 2.5 pcs · adjusted −1",  # noqa: RUF001
        ),
        (
            "orders",
            built(
                OrdersRow,
                *("PO-7", "Acme", "sent", DAY, 1, *NAMED),
                *quantities("5", "2", "3"),
                "pcs",
            ),
            "**PO-7** Acme · sent · **B-8** · 3 pcs to come · ⚠️ 1 day late",
        ),
        (
            "requests",
            built(
                RequestsRow,
                *("R-2", "Jo", "open", DAY, None, *NAMED),
                *quantities("9", "0", "5", "4"),
                "pcs",
            ),
            "**R-2** Jo · **B-8** · 5 pcs reserved · **4 pcs short** · by 2026-03-02",
        ),
    ],
)
def test_a_row_is_one_line(kind: str, row: Any, said: str) -> None:
    assert LIST_WORDS[kind].row(row).replace("\N{NO-BREAK SPACE}", " ") == said


def test_every_list_has_words() -> None:
    assert set(get_args(ReportKind)) - set(LIST_WORDS) == {"stock", "value"}
