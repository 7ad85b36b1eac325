"""Refusals about records."""

from bot.domain.records import DayClosed, DoneBefore, ExportTooLarge, NotRepeatable
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import plain


@explain.register
def explain_not_repeatable(error: NotRepeatable) -> str:
    """Say that there is nothing to repeat."""
    return _("#{record} cannot be repeated.").format(record=plain(error.wanted))


@explain.register
def explain_done_before(error: DoneBefore) -> str:
    """Ask whether to do the same again."""
    minutes, seconds = divmod(int(error.age.total_seconds()), 60)
    if minutes:
        text = _("You did this {minutes} min ago as #{record}. Again?")
    else:
        text = _("You did this {seconds} s ago as #{record}. Again?")
    return text.format(minutes=minutes, seconds=seconds, record=error.record)


@explain.register
def explain_export_too_large(error: ExportTooLarge) -> str:
    """Ask for a shorter period."""
    return _(
        "That is more than fits into one file: it was full at #{record}. "
        "Narrow it with `since` and `until`."
    ).format(record=error.last)


@explain.register
def explain_day_closed(error: DayClosed) -> str:
    """Say that the day is closed."""
    return _("{day} is already closed.").format(day=plain(error.label))
