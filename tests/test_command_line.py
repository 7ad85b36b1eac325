"""What each command of the command line loads: a health check is asked every few seconds."""

import subprocess
import sys

HEAVY = ("discord", "sqlalchemy", "bot.database", "bot.services", "bot.views")


def test_a_command_loads_what_it_needs_when_it_is_typed() -> None:
    code = f"import sys, bot.cli.main; print(sorted(sys.modules.keys() & {HEAVY}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr
