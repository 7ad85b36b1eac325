"""Charts as pictures (PNG): one style for all, read on a phone, in light and dark, without colours.

matplotlib takes a second and fifty megabytes, so it is imported with the first chart, in the one
thread that draws. Figures are made as objects: pyplot keeps each of them for ever.
"""

import asyncio
import gc
import io
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bot.domain.charts import Bars, Chart, Drawing, Panel, Ranking, StepLine
from bot.memory import collecting_at_the_end
from bot.reports import rankings
from bot.reports.candles import WIDTH_OF_SPAN, draw_candles
from bot.reports.chart_style import (
    ABOVE,
    BELOW,
    COLOURS,
    COLUMNS,
    DASHES,
    DPI,
    GRID,
    HATCHES,
    INK,
    MARKERS,
    PAPER,
    ROW,
    SIGN,
    STONE,
    STYLE,
    WIDTH,
    drawable,
    plain_number,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANEL_HEIGHT: Final = 2.9
# Half of what is written below the last day.
_MARGIN: Final = 0.35
_MONTHS: Final = ["%Y", "%Y-%m", "%m-%d", "%m-%d", "%m-%d", "%m-%d"]
_MAX_TICKS: Final = 6
# matplotlib's settings are of the process, so two threads would draw in each other's.
_WORKER: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


async def draw_chart(chart: Drawing) -> bytes:
    """Return a chart as PNG."""
    return await asyncio.get_running_loop().run_in_executor(_WORKER, _draw, chart)


# The parts of a figure know one another.
@collecting_at_the_end()
def _draw(chart: Drawing) -> bytes:
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it keeps its fonts is no news
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    height = rankings.height_of(chart) if isinstance(chart, Ranking) else _height_of(chart)
    _keep_from_the_collector()
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=PAPER)
        FigureCanvasAgg(figure)
        figure.suptitle(drawable(chart.title), fontweight="bold", y=1 - 0.12 / height, va="top")
        if isinstance(chart, Ranking):
            rankings.fill(figure, chart)
        else:
            _fill_all(figure, chart, height)
        written = io.BytesIO()
        figure.savefig(written, format="png", facecolor=PAPER)
    return written.getvalue()


@cache
def _keep_from_the_collector() -> None:
    """Let the garbage collector not scan what was imported, now or later.

    Scanning it stopped the whole process for a third of a second, whenever many objects were made.
    """
    gc.freeze()


def _height_of(chart: Chart) -> float:
    return (
        _PANEL_HEIGHT * float(sum(panel.height for panel in chart.panels))
        + ABOVE
        + _legend_of(chart)
    )


def _legend_of(chart: Chart) -> float:
    """Return how high the legend is, and the days above it."""
    names = {*chart.styles}
    for panel in chart.panels:
        names |= {rule.name for rule in panel.rules} | {bars.name for bars in panel.bars}
        names |= {panel.points.name} if panel.points else set()
        names |= {panel.candles.rose, panel.candles.fell} if panel.candles else set()
    # Weeks and days have their year below.
    has_weeks = any(panel.bars for panel in chart.panels)
    return ROW * (-(-len(names) // COLUMNS) + has_weeks) + BELOW


def _fill_all(figure: "Figure", chart: Chart, height: float) -> None:
    heights = [float(panel.height) for panel in chart.panels]
    panels = figure.subplots(len(heights), squeeze=False, sharex=True, height_ratios=heights)[:, 0]
    shown: dict[str, Any] = {}
    for axes, panel in zip(panels, chart.panels, strict=True):
        _fill(axes, panel, chart, shown)
    _date(panels[-1], chart)
    # Laid out by hand: what finds the room by itself draws everything twice.
    figure.subplots_adjust(
        left=max(map(_room_for_values, panels)) / WIDTH,
        right=1 - _MARGIN / WIDTH,
        top=1 - ABOVE / height,
        bottom=_legend_of(chart) / height,
        hspace=0.12,
    )
    figure.legend(list(shown.values()), list(shown), loc="lower left", ncols=COLUMNS, frameon=False)


def _fill(axes: "Axes", panel: Panel, chart: Chart, shown: dict[str, Any]) -> None:
    """Draw a panel; what is drawn is noted by its name, for the legend."""
    for line in panel.lines:
        drawn = _draw_line(axes, line, chart, chart.styles.index(line.name) % len(COLOURS))
        shown.setdefault(drawable(line.name), drawn)
    if panel.candles is not None:
        for name, drawn in draw_candles(axes, panel.candles).items():
            shown.setdefault(drawable(name), drawn)
    for at, rule in enumerate(panel.rules, 1):
        drawn = axes.axhline(
            float(rule.value), color=COLOURS[at], linestyle=DASHES[at], linewidth=2.2, zorder=2.5
        )
        shown.setdefault(drawable(rule.name), drawn)
    for at, bars in enumerate(panel.bars):
        shown.setdefault(drawable(bars.name), _draw_bars(axes, bars, at))
    if panel.points is not None:
        points = axes.scatter(
            [day for day, _ in panel.points.points],  # type: ignore[arg-type]
            [float(value) for _, value in panel.points.points],
            color=INK,
            marker="x",
            s=55,
            linewidths=2,
            zorder=3,
        )
        shown.setdefault(drawable(panel.points.name), points)
    axes.set_facecolor(PAPER)
    axes.set_ylabel(drawable(panel.label))
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.03, y=0.12)
    _scale(axes, panel)


def _draw_line(axes: "Axes", line: StepLine, chart: Chart, at: int) -> Any:
    # Drawn as binary numbers; what people read exactly is beside the chart.
    days = [day for day, _ in line.steps] + [chart.until]
    values = [float("nan") if value is None else float(value) for _, value in line.steps]
    values.append(values[-1])
    (drawn,) = axes.step(
        days,  # type: ignore[arg-type]  # days are numbers of a kind to it
        values,
        where="post",
        color=COLOURS[at],
        marker=None if line.is_filled else MARKERS[at],
        linestyle=DASHES[at],
        linewidth=2.2,
        markersize=7,
        markevery=range(len(values) - 1),
    )
    if line.is_filled:
        axes.fill_between(days, values, step="post", color=COLOURS[at], alpha=0.18, linewidth=0)  # type: ignore[arg-type]
    return drawn


def _draw_bars(axes: "Axes", bars: Bars, at: int) -> Any:
    from matplotlib.collections import PolyCollection  # noqa: PLC0415
    from matplotlib.dates import date2num  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    width = WIDTH_OF_SPAN * bars.days
    look: dict[str, Any] = {
        "facecolor": STONE if bars.is_plain else COLOURS[at],
        "hatch": HATCHES[at],
        "edgecolor": PAPER,
        "linewidth": 0,
    }
    boxes = []
    for day, value in bars.values:
        left, top = float(date2num(day)), float(value)  # type: ignore[no-untyped-call]
        boxes.append([(left, 0.0), (left, top), (left + width, top), (left + width, 0.0)])
    # As one: `bar` takes a quarter of the time of a whole chart.
    axes.add_collection(PolyCollection(boxes, **look))
    axes.autoscale_view()
    axes.axhline(0, color=INK, linewidth=1.2)
    return Patch(**look)


def _scale(axes: "Axes", panel: Panel) -> None:
    """Write values out, whole ones where all are, and begin at zero what has an area."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator  # noqa: PLC0415

    values = [value for line in panel.lines for _, value in line.steps if value is not None]
    values += [value for bars in panel.bars for _, value in bars.values]
    values += (
        [Fraction(v) for each in panel.candles.values for v in each[1:5]] if panel.candles else []
    )
    values += [value for _, value in panel.points.points] if panel.points else []
    is_whole = all(each.denominator == 1 for each in values)
    axes.yaxis.set_major_locator(
        MaxNLocator(_MAX_TICKS, integer=is_whole, steps=[1, 2, 2.5, 5, 10])
    )
    axes.yaxis.set_major_formatter(FuncFormatter(plain_number))
    if any(line.is_filled for line in panel.lines):
        axes.set_ylim(bottom=0, top=None if any(values) or panel.rules else 1)


def _date(axes: "Axes", chart: Chart) -> None:
    """Name days by numbers, which every language reads."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num  # noqa: PLC0415

    locator = AutoDateLocator(minticks=3, maxticks=6)  # type: ignore[no-untyped-call]
    formatter = ConciseDateFormatter(  # type: ignore[no-untyped-call]
        locator, formats=_MONTHS, zero_formats=_MONTHS, offset_formats=["", *["%Y"] * 5]
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    bars = next((bars for panel in chart.panels for bars in panel.bars), None)
    if bars is not None:
        days = [day for day, _ in bars.values]
        shown, half = days[:: -(-len(days) // _MAX_TICKS)], WIDTH_OF_SPAN * bars.days / 2
        middles = [date2num(day) + half for day in shown]  # type: ignore[no-untyped-call]
        axes.set_xticks(middles, labels=_name_days(shown))
    if chart.since is not None:
        axes.set_xlim(date2num(chart.since), date2num(chart.until))  # type: ignore[no-untyped-call]
        return
    low, high = axes.get_xlim()
    if high - low < 2:  # noqa: PLR2004  # all on one day
        axes.set_xlim(low - timedelta(days=3).days, high + timedelta(days=3).days)


def _name_days(days: list[date]) -> list[str]:
    """Return the names of days; below the first of each year is the year."""
    years = [None, *(day.year for day in days)]
    return [
        f"{day:%m-%d}" if day.year == before else f"{day:%m-%d}\n{day.year}"
        for day, before in zip(days, years, strict=False)
    ]


def _room_for_values(axes: "Axes") -> float:
    """Return how wide the values of an axis and its label are."""
    written = axes.yaxis.get_major_formatter().format_ticks(list(axes.get_yticks()))
    return 0.6 + SIGN * max(map(len, written))
