"""Candles: what there was on a day at first and at last as a body, at most and at least as a line.

Days that closed higher are hollow and those that closed lower are filled, so that no colour has to
be seen.
"""

from typing import TYPE_CHECKING, Any, Final

from bot.domain.charts import Candles
from bot.reports.chart_style import COLOURS, INK, PAPER

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Of a day or a week, its candle and its bar leave the rest free.
WIDTH_OF_SPAN: Final = 0.8
_LINE: Final = 1.6
_ROSE, _FELL = COLOURS[0], COLOURS[3]


def draw_candles(axes: "Axes", candles: Candles) -> dict[str, Any]:
    """Draw candles, and return what the legend shows by its names."""
    from matplotlib.collections import LineCollection, PolyCollection  # noqa: PLC0415
    from matplotlib.dates import date2num  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    width = WIDTH_OF_SPAN * candles.days
    wicks, bodies, edges, faces = [], [], [], []
    for each in candles.values:
        left = float(date2num(each.day))  # type: ignore[no-untyped-call]
        middle, right = left + width / 2, left + width
        # Drawn as binary numbers; what people read exactly is beside the chart.
        opened, highest, lowest, closed = map(float, each[1:5])
        wicks += [
            [(middle, lowest), (middle, min(opened, closed))],
            [(middle, max(opened, closed)), (middle, highest)],
        ]
        bodies.append([(left, opened), (left, closed), (right, closed), (right, opened)])
        fell = closed < opened
        # Where nothing changed the body is a dash.
        edges.append(INK if closed == opened else _FELL if fell else _ROSE)
        faces.append(_FELL if fell else PAPER)
    axes.add_collection(LineCollection(wicks, colors=INK, linewidths=_LINE, zorder=2.6))
    drawn = PolyCollection(bodies, facecolors=faces, edgecolors=edges, linewidths=_LINE, zorder=2.7)
    axes.add_collection(drawn)
    axes.autoscale_view()
    return {
        candles.rose: Patch(facecolor=PAPER, edgecolor=_ROSE, linewidth=_LINE),
        candles.fell: Patch(facecolor=_FELL, edgecolor=_FELL),
    }
