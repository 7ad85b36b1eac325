"""Refusals about counts with a next step."""

from bot.domain.counts import LINES_AT_ONCE, CountUnderWay, NothingEntered
from bot.locales import _
from bot.views.components import row_of
from bot.views.counts import AGAIN, COUNT_CONTROLS
from bot.views.follow_ups import choices_after
from bot.views.replies import Reply
from bot.views.waiting import WaitingCommand


@choices_after.register
def offer_lines_again(
    error: NothingEntered, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the form with the lines that were not taken."""
    del waiting
    lines = [each.line for each in error.again if each.line and each.reason != "barred"]
    if not lines:
        return Reply(text)
    asked = ".".join(map(str, lines[:LINES_AT_ONCE]))
    return Reply(text, view=row_of(AGAIN(_("Count these again"), error.count_id, asked)))


@choices_after.register
def offer_count_under_way(
    error: CountUnderWay, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the count that is under way."""
    del waiting
    return Reply(text, view=row_of(COUNT_CONTROLS.open(_("Open"), error.count_id)))
