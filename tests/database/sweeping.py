"""Databases that are emptied by a session that stays: a new one reads the whole catalogue first."""

import os
import subprocess
from collections.abc import Sequence

# What sessions of this name do is none of a bot's business.
NAME = "sweeper"
_DONE = "done"


class Sweeper:
    """One `psql` that stays connected to a database, and connects again if it is thrown out."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = [*command, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        self._psql = self._start()

    def run(self, statements: str) -> None:
        """Run statements as one transaction; raises RuntimeError if one fails twice."""
        if self._has_run(statements):
            return
        # A test may have ended every session of the database.
        self.stop()
        self._psql = self._start()
        if not self._has_run(statements):
            raise RuntimeError("the database could not be emptied")

    def stop(self) -> None:
        """Let the session end."""
        self._psql.communicate()

    def _has_run(self, statements: str) -> bool:
        assert self._psql.stdin is not None
        assert self._psql.stdout is not None
        try:
            self._psql.stdin.write(f"BEGIN;\n{statements}\nCOMMIT;\n\\echo {_DONE}\n")
            self._psql.stdin.flush()
        except BrokenPipeError:
            return False
        return any(line.strip() == _DONE for line in self._psql.stdout)

    def _start(self) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PGAPPNAME": NAME}
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
