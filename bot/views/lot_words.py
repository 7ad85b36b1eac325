"""A lot in a few words: its code, its last good day, and why it may not be used."""

from datetime import date, timedelta

from bot.domain.lots import HELD, OPEN, has_expired
from bot.locales import _
from bot.views.text import plain


def lot_text(code: str, expires_on: date | None = None) -> str:
    """Write a lot with its last good day, the same for every reader."""
    return plain(code) if expires_on is None else f"{plain(code)} ({expires_on.isoformat()})"


def warning_text(expires_on: date | None, today: date, days: int, *, state: str = OPEN) -> str:
    """Say that a lot is held, has expired or soon will; empty if none of it."""
    if state == HELD:
        return f"⛔ {_('held')}"
    if has_expired(expires_on, today):
        return f"⛔ {_('expired')}"
    if expires_on is not None and expires_on <= today + timedelta(days=days):
        return f"⚠️ {_('expires soon')}"
    return ""
