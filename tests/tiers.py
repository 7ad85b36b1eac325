"""What is played when: `make test` in minutes, `make test-all` with what is slow, `make soak`."""

from pathlib import Path
from typing import Final

import pytest

# They start processes and browsers, or keep old databases.
SLOW: Final = ("system", "demo", "web/app", "database/admin")
_TESTS: Final = Path(__file__).parent


def declare(config: pytest.Config) -> None:
    """Make the marks known that say when a test is played."""
    config.addinivalue_line("markers", "slow: in `make test-all`, not in `make test`")
    config.addinivalue_line("markers", "quick: in `make test`, though its directory is slow")
    config.addinivalue_line("markers", "soak: in `make soak` alone")
    config.addinivalue_line("markers", "soak_on(engine): on this engine in `make soak` alone")


def arrange(config: pytest.Config, items: list[pytest.Item], *, is_soak: bool) -> None:
    """Mark what is slow, begin with it, and leave out what is for a soak.

    What takes longest comes first, so that no process of the run works alone at its end.
    """
    for item in items:
        if _is_slow(item) and not item.get_closest_marker("quick"):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if not is_soak:
        left_out = [item for item in items if item.get_closest_marker("soak")]
        items[:] = [item for item in items if not item.get_closest_marker("soak")]
        config.hook.pytest_deselected(items=left_out)


def _is_slow(test: pytest.Item) -> bool:
    return _directory_of(test).startswith(SLOW)


def area_of(test: pytest.Item) -> str:
    """Return the directory under `tests` that a test stands in."""
    return _directory_of(test).split("/")[0]


def _directory_of(test: pytest.Item) -> str:
    return test.path.parent.relative_to(_TESTS).as_posix()
