"""Refusals about charts."""

from typing import Final

from bot.domain.charts import ChartKind, ChartNeedsItem, ChartTakesNo, NothingToDraw
from bot.locales import N_, _, ngettext
from bot.views.errors.translator import explain
from bot.views.errors.ways import way
from bot.views.text import bold

_NOTHING: Final[dict[ChartKind, str]] = {
    "level": N_("Nothing moved in {days}"),
    "moves": N_("Nothing moved in {days}"),
    "abc": N_("Nothing was used in {days}"),
    "value": N_("Nothing was in stock in {days}"),
}


@explain.register
def explain_item_needed(error: ChartNeedsItem) -> str:
    """Say which option is missing."""
    return _("A `{kind}` chart shows one item. Name it in the option `item`.").format(
        kind=error.kind
    )


@explain.register
def explain_takes_no(error: ChartTakesNo) -> str:
    """Say which option to leave out."""
    if error.option == "item":
        return _("This chart compares all items. Leave out `item`.")
    return _("Prices are the same at every location. Leave out `location`.")


@explain.register
def explain_nothing_to_draw(error: NothingToDraw) -> str:
    """Say what there is nothing of, and what to try."""
    if error.kind == "price":
        text = _("{item} has fewer than two prices.").format(item=bold(error.item))
        return f"{text} " + way(error, "price set", _("Set one: `/price set`."))
    about = " · ".join(bold(each) for each in (error.item, error.location) if each)
    days = ngettext("{count} day", "{count} days", error.days).format(count=error.days)
    text = _(_NOTHING[error.kind]).format(days=days)
    text = f"{text}: {about}." if about else f"{text}."
    return text + " " + _("Ask for more `days`.")
