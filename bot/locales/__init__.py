"""Message catalogues: the words of a sentence in the reader's language.

``_("Took {quantity} of {item}").format(...)`` looks a whole sentence up when it is said, so a
sentence at module level is marked with ``N_`` and looked up with ``_`` by its user. English is
the source and has no catalogue; a language without one reads English.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final

SOURCE_LOCALE: Final = "en"
FOLDER = Path(__file__).parent

_DOMAIN: Final = "messages"
_ENGLISH: Final = NullTranslations()

_locale: ContextVar[str] = ContextVar("locale", default=SOURCE_LOCALE)
_catalogue: ContextVar[NullTranslations] = ContextVar("catalogue", default=_ENGLISH)


def _(message: str) -> str:
    """Return a sentence in the locale in use."""
    return _catalogue.get().gettext(message)


def N_(message: str) -> str:  # noqa: N802  # gettext's own name, which Babel looks for
    """Mark a sentence for extraction and return it as it is; `_` looks it up later."""
    return message


def ngettext(singular: str, plural: str, count: int) -> str:
    """Return the form of a sentence that fits the count, in the locale in use."""
    return _catalogue.get().ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """Return a short text that means different things in different contexts."""
    return _catalogue.get().pgettext(context, message)


def current_locale() -> str:
    """Return the name of the locale in use, as Discord writes it."""
    return _locale.get()


@contextmanager
def use_locale(locale: str | None) -> Iterator[None]:
    """Say everything within the block in this locale; None and unknown ones are English."""
    wanted = locale or SOURCE_LOCALE
    name = _locale.set(wanted)
    catalogue = _catalogue.set(find_catalogue(wanted) or _ENGLISH)
    try:
        yield
    finally:
        _catalogue.reset(catalogue)
        _locale.reset(name)


@cache
def find_catalogue(locale: str) -> GNUTranslations | None:
    """Return the catalogue of a locale (`de`, `es-ES`) or of its language, or None."""
    for name in (locale.replace("-", "_"), locale.partition("-")[0]):
        path = FOLDER / name / "LC_MESSAGES" / f"{_DOMAIN}.mo"
        if path.is_file():
            with path.open("rb") as file:
                return GNUTranslations(file)
    return None


def has_catalogues() -> bool:
    """Whether there is a language besides English."""
    return any(FOLDER.glob(f"*/LC_MESSAGES/{_DOMAIN}.mo"))
