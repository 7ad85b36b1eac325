"""A chart as a message: the picture, what it says, and other spans of days."""

from typing import Final

from bot.domain.charts import ChartKind
from bot.locales import ngettext
from bot.views.components import Button, Component, number
from bot.views.pages import Picture, list_page
from bot.views.replies import Reply
from bot.views.text import plain

_SPANS: Final = (30, 90, 365)
_KINDS: Final[tuple[ChartKind, ...]] = ("level", "price", "value", "moves", "abc")


def _kind(text: str) -> ChartKind:
    return _KINDS[_KINDS.index(text)]  # ValueError for any other


# The days, the kind, the item and the location (0: all).
DAYS = Button("chart", "days", number, _kind, number, number)


def chart_page(
    title: str, picture: Picture, kind: ChartKind, days: int, *, item_id: int, location_id: int
) -> Reply:
    """Show a chart, what it says, and the buttons for other spans."""
    buttons: list[Component] = [
        DAYS(
            ngettext("{count} day", "{count} days", span).format(count=span),
            span,
            kind,
            item_id,
            location_id,
            is_disabled=span == days,
        )
        for span in _SPANS
    ]
    # Prices are drawn from the first one on.
    return list_page(
        title,
        [],
        picture=picture,
        footer=plain(picture.text.removeprefix(f"{title}. ")),
        buttons=[] if kind == "price" else buttons,
    )
