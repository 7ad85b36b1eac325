import pytest

from tests.messages import TEMPLATE, write_template


@pytest.mark.slow
def test_the_template_contains_every_sentence_of_the_source() -> None:
    assert TEMPLATE.read_text() == write_template().decode(), "run `make messages`"
