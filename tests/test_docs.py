"""Documents that name what holds them: the tests are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = re.compile(r"`((?:[\w/]*/)?test_[\w*]+\.py)`")
DOCUMENTS = ["threats.md", "reliability.md", "database-operations.md"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_that_a_document_names_is_there(name: str) -> None:
    named = NAMED.findall((ROOT / "docs" / name).read_text())
    assert named
    assert [each for each in named if not any(ROOT.glob(each))] == []
