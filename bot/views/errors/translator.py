"""The one function that turns an error into a sentence, and what is said without an error."""

from functools import singledispatch

from bot.locales import _


@singledispatch
def explain(error: BaseException) -> str | None:
    """Return one or two plain sentences for an error; None if it was not expected."""
    del error
    return None


def unexpected(reference: str) -> str:
    """Say that something broke, with the reference under which it is logged."""
    return _(
        "Something went wrong on my side (reference `{reference}`). Check with `/history` "
        "whether it was booked before you try again."
    ).format(reference=reference)


def interrupted() -> str:
    """Say that the process ended before anything was done."""
    return _("I was interrupted before I could do this; nothing was changed. Please try again.")
