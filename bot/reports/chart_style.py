"""How charts look: on a phone, in light and dark, and without colours."""

from functools import cache
from typing import Any, Final

# Okabe and Ito's colours, which people tell apart whose eyes miss some; the last is Tol's.
COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#AA4499")
MARKERS: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", "-.", ":")
HATCHES: Final = ("", "//", "..")
INK: Final = "#22262b"
# Neither Discord's white nor its black: what is on it reads the same in both.
PAPER: Final = "#f4f4f2"
GRID: Final = "#d3d5d8"
# What stays behind the rest.
STONE: Final = "#7d8590"
STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.parse_math": False,  # a name may contain dollars
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": GRID,
    "xtick.color": INK,
    "ytick.color": INK,
    "hatch.color": PAPER,
    "hatch.linewidth": 1.2,
}
DPI: Final = 160
# In inches: the picture, what is above and below its panels, a row of the legend, a character.
WIDTH: Final = 7.0
ABOVE: Final = 0.55
BELOW: Final = 0.5
ROW: Final = 0.27
SIGN: Final = 0.115
COLUMNS: Final = 2


def drawable(text: str) -> str:
    """Return what of a text the font has; a box for each other sign would say less."""
    signs = _signs()
    return "".join(sign for sign in text if ord(sign) in signs).strip()


@cache
def _signs() -> frozenset[int]:
    """Return the characters of the font; reading them takes longer than a bar."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    return frozenset(get_font(findfont("DejaVu Sans")).get_charmap())


def plain_number(value: object, _place: object = None) -> str:
    """Write the value of a tick: bars below zero are what went the other way."""
    return f"{abs(value):.6f}".rstrip("0").rstrip(".")  # type: ignore[arg-type]  # a number of its own
