"""Names of variables that nearly are a setting's: a mistyped one would silently do nothing."""

import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from dotenv import dotenv_values

from bot.settings import SECRETS, Settings

# One letter of twelve, or a word more (`DISCORD_BOT_TOKEN`); not `TEST_DATABASE_URL`.
_LIKENESS: Final = 0.86


def find_mistyped(env_file: Path = Path(".env")) -> dict[str, str]:
    """Return the names in the environment and a file that resemble a setting's, and which."""
    return resembling([*os.environ, *_names_in(env_file)])


def resembling(names: Iterable[str]) -> dict[str, str]:
    """Return those of the names that are no setting's but resemble one, and which."""
    known = [name.upper() for name in Settings.model_fields]
    known += [f"{name.upper()}_FILE" for name in SECRETS]
    unknown = [name for name in names if name.upper() not in known]
    found = {name: get_close_matches(name.upper(), known, 1, _LIKENESS) for name in unknown}
    return {name: alike[0] for name, alike in found.items() if alike}


def _names_in(env_file: Path) -> list[str]:
    try:
        return list(dotenv_values(env_file)) if env_file.is_file() else []
    except (OSError, UnicodeDecodeError):
        return []  # loading the settings says so
