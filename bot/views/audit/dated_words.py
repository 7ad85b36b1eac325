"""When something happened that was recorded later, and which counts a record keeps true."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.record_detail import RecordDetail
from bot.locales import _, ngettext

# What a device sends at once is as good as recorded when it happened.
_SOON: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAYS: Final = timedelta(days=2)


def dated_text(at: datetime, detail: RecordDetail) -> str:
    """Say how much earlier a record's doing happened, and what it corrects; empty if neither."""
    said = []
    if detail.happened_at is not None and at - detail.happened_at >= _SOON:
        said.append(_earlier(at - detail.happened_at))
    if detail.corrects:
        numbers = ", ".join(f"`#{number}`" for number in detail.corrects)
        corrected = ngettext(
            "corrects the count {numbers}", "corrects the counts {numbers}", len(detail.corrects)
        )
        said.append(corrected.format(numbers=numbers))
    return f" ({', '.join(said)})" if said else ""


def _earlier(age: timedelta) -> str:
    if age < _HOUR:
        return _("happened {count} min earlier").format(count=age // _SOON)
    if age < _DAYS:
        return _("happened {count} h earlier").format(count=age // _HOUR)
    return ngettext(
        "happened {count} day earlier", "happened {count} days earlier", age.days
    ).format(count=age.days)
