"""Languages: which locale a request prefers of those that there are."""

from typing import Final

from bot import locales
from bot.locales import SOURCE_LOCALE

_MAX_READ: Final = 20


def locale_of(accept_language: str) -> str:
    """Return the locale that an Accept-Language header prefers, English if there is none."""
    wanted: list[tuple[float, str]] = []
    for each in accept_language.split(",")[:_MAX_READ]:
        name, _, quality = each.strip().partition(";")
        weight = _weight(quality)
        if name and weight > 0:
            wanted.append((weight, name.casefold()))
    known = _known() if wanted else {}
    for _weighed, name in sorted(wanted, key=lambda it: -it[0]):
        # Catalogues are remembered by name for good: only names that there are get that far.
        for candidate in (name, name.partition("-")[0]):
            if candidate in known:
                return known[candidate]
    return SOURCE_LOCALE


def _known() -> dict[str, str]:
    names = [path.name.replace("_", "-") for path in locales.FOLDER.iterdir() if path.is_dir()]
    return {name.casefold(): name for name in (*names, SOURCE_LOCALE)}


def _weight(quality: str) -> float:
    name, _, value = quality.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().casefold() == "q" else 1.0
    except ValueError:
        return 0.0
