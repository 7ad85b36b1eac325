"""Former SKUs as records tell of them, whatever schema was in use."""

from datetime import UTC, datetime
from itertools import count

import orjson
import pytest

from bot.domain.replay import Replay
from bot.domain.replay_folds import fold
from bot.domain.replay_folds.former_skus import NOUN
from bot.domain.row_comparison import RowComparison

RENAMED = ("item.edited", {"sku": "NEW"})
EXTENDED = ("role.extended", {"admin": "lot.control"})
TO_0007 = ("books.downgraded", {"schema": "0016 to 0007"})


def told(*acts: tuple[str, dict[str, str]]) -> Replay:
    """Replay an item's records after the one that added it."""
    replay, numbers = Replay(), count(1)
    for action, after in (("item.added", {"sku": "OLD"}), *acts):
        event = {
            "record": next(numbers),
            "format": 2,
            "at": datetime(2026, 1, 1, tzinfo=UTC),
            "actor_id": 900,
            "action": action,
            "subject_id": 101,
            "subject": "",
            "detail": orjson.dumps({"before": {}, "after": after}).decode(),
        }
        assert fold(replay, event)
    return replay


@pytest.mark.parametrize(
    ("opened_with", "acts", "is_optional"),
    [
        (5, [RENAMED], False),
        (1, [RENAMED], True),
        (1, [RENAMED, EXTENDED], True),
        (1, [EXTENDED, RENAMED], False),
        (5, [TO_0007, RENAMED], True),
    ],
)
def test_a_former_sku_may_be_missing_where_its_schema_kept_none(
    opened_with: int, acts: list[tuple[str, dict[str, str]]], *, is_optional: bool
) -> None:
    replay = told(*acts)
    comparison = RowComparison(replay)
    comparison.note_defaults({"role_defaults_version": opened_with})
    (row,) = replay.rows[NOUN].items()
    assert row[1].values == {"sku": "OLD", "item": 101}
    assert comparison.is_optional(NOUN, *row) is is_optional


def test_a_schema_without_former_skus_drops_them() -> None:
    assert told(RENAMED, TO_0007).rows[NOUN] == {}
