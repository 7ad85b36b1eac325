"""Refusals about shifts."""

from bot.domain.shifts import NotOnShift
from bot.locales import _
from bot.views.errors.translator import explain


@explain.register
def explain_not_on_shift(_error: NotOnShift) -> str:
    """Say how to begin a shift."""
    return _("You are not on shift. `/shift start` begins one.")
