"""What members see about their shifts."""

from bot.locales import _
from bot.services.shifts import STARTED, ShiftChanged
from bot.views.replies import Reply, renders
from bot.views.text import bold, when


@renders(ShiftChanged)
def shift_page(changed: ShiftChanged) -> Reply:
    """Say until when the actor is on shift, or that they are no more."""
    if changed.action == STARTED:
        text = _("🟢 You are on shift until {time} ({in_hours}).").format(
            time=when(changed.ends_at, "t"), in_hours=when(changed.ends_at)
        )
        if changed.location:
            text += " " + _("Location: {location}.").format(location=bold(changed.location))
        text += " " + _("Alerts that you can act on mention you. `/shift end` ends it.")
    else:
        text = _("⚪ Your shift is over; it began {when}.").format(when=when(changed.started_at))
    return Reply(f"{text} `#{changed.record}`")
