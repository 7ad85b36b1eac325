import sys

import pytest
from typer.testing import CliRunner

from bot.cli.main import app


@pytest.mark.parametrize("command", ["demo", "run"])
def test_on_windows_one_sentence_says_what_is_supported(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    ran = CliRunner().invoke(app, [command])
    assert ran.exit_code == 1
    assert ran.output == "Tallyman runs on Linux, macOS and WSL. On Windows, run it inside WSL.\n"
