"""Rankings as pictures: bars below each other, their classes told by colour and pattern."""

from typing import TYPE_CHECKING, Final

from bot.domain.charts import Ranking
from bot.reports.chart_style import (
    ABOVE,
    COLOURS,
    GRID,
    HATCHES,
    INK,
    PAPER,
    ROW,
    SIGN,
    WIDTH,
    drawable,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BAR: Final = 0.36
_MARGIN: Final = 0.15
_LABEL: Final = 0.25
_MAX_NAME: Final = 18


def height_of(ranking: Ranking) -> float:
    """Return how high a ranking is, in inches."""
    return ABOVE + _LABEL + _BAR * len(ranking.bars) + ROW * _count_told(ranking) + 2 * _MARGIN


def _count_told(ranking: Ranking) -> int:
    """Return how many styles the legend names; one without a name needs none."""
    return sum(map(bool, ranking.styles.values()))


def fill(figure: "Figure", ranking: Ranking) -> None:
    """Draw a ranking, the longest bar on top."""
    from matplotlib.patches import Patch  # noqa: PLC0415

    height, styles = height_of(ranking), list(ranking.styles)
    told = [name for name in styles if ranking.styles[name]]
    looks = {name: (COLOURS[at], HATCHES[at]) for at, name in enumerate(styles)}
    axes = figure.subplots()
    places = range(len(ranking.bars))
    bars = axes.barh(
        list(places),
        [float(each.value) for each in ranking.bars],
        height=0.72,
        color=[looks[each.style][0] for each in ranking.bars],
    )
    for bar, each in zip(bars, ranking.bars, strict=True):
        bar.set(hatch=looks[each.style][1], edgecolor=PAPER, linewidth=0)
    names = [drawable(each.name)[:_MAX_NAME] for each in ranking.bars]
    axes.bar_label(bars, labels=[drawable(each.text) for each in ranking.bars], padding=5)
    axes.set_title(drawable(ranking.label), loc="right", fontsize="medium", pad=4)
    axes.set_yticks(list(places), labels=names)
    axes.tick_params(length=0)
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.set_facecolor(PAPER)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.axvline(0, color=GRID, linewidth=1.5)
    longest = max(len(each.text) for each in ranking.bars)
    left = 0.25 + SIGN * max(map(len, names))
    # What is written behind the longest bar needs its room as well.
    drawn = WIDTH - left - 0.2
    widest = max(bar.get_width() for bar in bars) or 1.0
    axes.set_xlim(0, widest * drawn / (drawn - SIGN * longest))
    axes.set_ylim(len(ranking.bars) - 0.5, -0.5)
    figure.subplots_adjust(
        left=left / WIDTH,
        right=1 - 0.2 / WIDTH,
        top=1 - (ABOVE + _LABEL) / height,
        bottom=(ROW * len(told) + 2 * _MARGIN) / height,
    )
    figure.legend(
        [Patch(facecolor=looks[name][0], hatch=looks[name][1], edgecolor=PAPER) for name in told],
        [drawable(ranking.styles[name]) for name in told],
        loc="lower left",
        frameon=False,
        labelcolor=INK,
    )
