"""Charts as pictures (PNG): one style for all, read on a phone, in light and dark, without colours.

matplotlib takes a second and fifty megabytes, so it is imported with the first chart, in the one
thread that draws. Figures are made as objects: pyplot keeps each of them for ever.
"""

import asyncio
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.domain.charts import Chart, Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, which people tell apart whose eyes miss some; the last is Tol's.
_COLOURS: Final = ("#0072B2", "#D55E00", "#009E73", "#AA4499")
_MARKERS: Final = ("o", "s", "^", "D")
_DASHES: Final = ("-", "--", "-.", ":")
_INK: Final = "#22262b"
# Neither Discord's white nor its black: what is on it reads the same in both.
_PAPER: Final = "#f4f4f2"
_GRID: Final = "#d3d5d8"
_STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.parse_math": False,  # a name may contain dollars
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _GRID,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_DPI: Final = 160
# In inches: the picture, a panel, what is above and below the panels, a row of the legend.
_WIDTH, _PANEL_HEIGHT, _ABOVE, _BELOW, _ROW = 7.0, 2.9, 0.55, 0.5, 0.27
_COLUMNS: Final = 2
_SIGN: Final = 0.115
_MONTHS: Final = ["%Y", "%Y-%m", "%m-%d", "%m-%d", "%m-%d", "%m-%d"]
# matplotlib's settings are of the process, so two threads would draw in each other's.
_WORKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


async def draw_chart(chart: Chart) -> bytes:
    """Return a chart as PNG."""
    return await asyncio.get_running_loop().run_in_executor(_WORKER, _draw, chart)


def _draw(chart: Chart) -> bytes:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it keeps its fonts is no news
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    with mpl.rc_context(_STYLE):
        names = [*chart.styles, *{each.points.name for each in chart.panels if each.points}]
        legend = _ROW * -(-len(names) // _COLUMNS) + _BELOW
        height = _PANEL_HEIGHT * len(chart.panels) + _ABOVE + legend
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, facecolor=_PAPER)
        FigureCanvasAgg(figure)
        panels = figure.subplots(len(chart.panels), squeeze=False, sharex=True)[:, 0]
        figure.suptitle(_drawable(chart.title), fontweight="bold", y=1 - 0.12 / height, va="top")
        shown: dict[str, Any] = {}
        for axes, panel in zip(panels, chart.panels, strict=True):
            _fill(axes, panel, chart, shown)
        _date(panels[-1])
        # Laid out by hand: what finds the room by itself draws everything twice.
        figure.subplots_adjust(
            left=max(map(_room_for_values, panels)) / _WIDTH,
            right=0.97,
            top=1 - _ABOVE / height,
            bottom=legend / height,
            hspace=0.12,
        )
        figure.legend(
            list(shown.values()), list(shown), loc="lower left", ncols=_COLUMNS, frameon=False
        )
        written = io.BytesIO()
        figure.savefig(written, format="png", facecolor=_PAPER)
    return written.getvalue()


def _fill(axes: "Axes", panel: Panel, chart: Chart, shown: dict[str, Any]) -> None:
    """Draw a panel; what is drawn is noted by its name, for the legend."""
    # Drawn as binary numbers; what people read exactly is beside the chart.
    for line in panel.lines:
        at = chart.styles.index(line.name) % len(_COLOURS)
        days = [day for day, _ in line.steps] + [chart.until]
        values = [float("nan") if value is None else float(value) for _, value in line.steps]
        (drawn,) = axes.step(
            days,  # type: ignore[arg-type]  # days are numbers of a kind to it
            [*values, values[-1]],
            where="post",
            color=_COLOURS[at],
            marker=_MARKERS[at],
            linestyle=_DASHES[at],
            linewidth=2.2,
            markersize=7,
            markevery=range(len(values)),
        )
        shown.setdefault(_drawable(line.name), drawn)
    if panel.points is not None:
        points = axes.scatter(
            [day for day, _ in panel.points.points],  # type: ignore[arg-type]
            [float(value) for _, value in panel.points.points],
            color=_INK,
            marker="x",
            s=55,
            linewidths=2,
            zorder=3,
        )
        shown.setdefault(_drawable(panel.points.name), points)
    axes.set_facecolor(_PAPER)
    axes.set_ylabel(_drawable(panel.label))
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    axes.margins(x=0.03, y=0.12)


def _date(axes: "Axes") -> None:
    """Name days by numbers, which every language reads."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter  # noqa: PLC0415

    locator = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
    formatter = ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator, formats=_MONTHS, zero_formats=_MONTHS, offset_formats=["", *["%Y"] * 5]
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    low, high = axes.get_xlim()
    if high - low < 2:  # noqa: PLR2004  # all on one day
        axes.set_xlim(low - timedelta(days=3).days, high + timedelta(days=3).days)


def _room_for_values(axes: "Axes") -> float:
    """Return how wide the values of an axis and its label are."""
    written = axes.yaxis.get_major_formatter().format_ticks(list(axes.get_yticks()))
    return 0.6 + _SIGN * max(map(len, written))


def _drawable(text: str) -> str:
    """Return what of a text the font has; a box for each other sign would say less."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    signs = get_font(findfont("DejaVu Sans")).get_charmap()
    return "".join(sign for sign in text if ord(sign) in signs).strip()
