"""Refusals of deliveries with a next step: the form as it is now."""

from bot.domain.receiving import DeliveredMeanwhile, NothingDelivered, TooMuchDelivered
from bot.locales import _
from bot.views.components import row_of
from bot.views.follow_ups import choices_after
from bot.views.receiving_forms import RECEIVE
from bot.views.replies import Reply
from bot.views.waiting import WaitingCommand


@choices_after.register(DeliveredMeanwhile)
@choices_after.register(NothingDelivered)
@choices_after.register(TooMuchDelivered)
def offer_form_again(
    error: DeliveredMeanwhile | NothingDelivered | TooMuchDelivered,
    text: str,
    waiting: WaitingCommand | None = None,
) -> Reply:
    """Offer the form, with what is still to come."""
    del waiting
    return Reply(text, view=row_of(RECEIVE(_("Receive"), error.order_id)))
