"""Refusals about requests with a next step: another form, or the list as it is now."""

from bot.domain.requests import AskedForAgain, NothingPicked, PlanChanged
from bot.locales import _
from bot.views.components import Component, row_of
from bot.views.follow_ups import choices_after
from bot.views.replies import Reply
from bot.views.requests import NEXT, PICK, REQUEST_CONTROLS
from bot.views.waiting import WaitingCommand


@choices_after.register
def offer_list_again(error: PlanChanged, text: str, waiting: WaitingCommand | None = None) -> Reply:
    """Offer the list as it is now."""
    del waiting
    return Reply(text, view=row_of(PICK(_("Pick"), error.request_id)))


@choices_after.register
def offer_request_made(
    error: AskedForAgain, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the request that there is."""
    del waiting
    return Reply(text, view=row_of(REQUEST_CONTROLS.open(_("Open"), error.request_id)))


@choices_after.register
def offer_next_rows(
    error: NothingPicked, text: str, waiting: WaitingCommand | None = None
) -> Reply:
    """Offer the next rows, if there are any, and the whole list."""
    del waiting
    buttons: list[Component] = []
    if error.next_row is not None:
        buttons.append(NEXT(_("Next lines"), error.request_id, error.next_row))
    buttons.append(PICK(_("Pick"), error.request_id))
    return Reply(text, view=row_of(*buttons))
