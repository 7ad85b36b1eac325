"""AUDIT_LOG: every operation that was run, committed or refused, as a line of JSON in a file.

A line is written after the commit, by a thread of its own: nothing waits for the disk. What was
committed in the last moments before a crash may lack its line; the books themselves never lack
the record. A file that was renamed or removed is opened again.
"""

import json
import os
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import Any, Final

from loguru import logger

from bot.database.outcomes import Outcome
from bot.domain.masking import mask_contacts

_MODE: Final = 0o600
_MAX_WAITING: Final = 50_000
_MAX_BATCH: Final = 500
_CLOSE_SECONDS: Final = 5.0
# Readers of JSON round whole numbers beyond this one.
_LARGEST_EXACT: Final = 2**53


class AuditLog:
    """Appends outcomes to a file that its owner alone may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[Outcome | None] = queue.Queue(_MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._file = -1
        self._is_torn = False
        self._is_failing = False

    def open(self) -> None:
        """Open the file and begin to write; raises OSError if it cannot be written."""
        self._reopen()
        self._thread = threading.Thread(target=self._write_all, name="audit-log", daemon=True)
        self._thread.start()

    def note(self, outcome: Outcome) -> None:
        """Take an outcome to be written soon; never waits and never raises."""
        try:
            self._waiting.put_nowait(outcome)
        except queue.Full:
            self._report("more is waiting than fits into memory")

    def close(self) -> None:
        """Write what is waiting, for five seconds at most, and close the file."""
        if self._thread is None:
            return
        with suppress(queue.Full):
            self._waiting.put(None, timeout=_CLOSE_SECONDS)
        self._thread.join(_CLOSE_SECONDS)
        self._thread = None

    def _write_all(self) -> None:
        is_open = True
        while is_open:
            batch = [self._waiting.get()]
            while len(batch) < _MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get())
            is_open = None not in batch
            self._write_waiting([outcome for outcome in batch if outcome])
        os.close(self._file)

    def _write_waiting(self, outcomes: Sequence[Outcome]) -> None:
        try:
            self._write(b"".join(map(line_of, outcomes)))
            self._is_failing = False
        except OSError as error:
            self._report(error.strerror or type(error).__name__)

    def _write(self, text: bytes) -> None:
        if self._was_moved():
            self._reopen()
        # A line that a full disk cut off must not swallow the next one.
        left = memoryview(b"\n" + text if self._is_torn and text else text)
        while left:
            written = os.write(self._file, left)
            left = left[written:]
            self._is_torn = bool(left)

    def _was_moved(self) -> bool:
        try:
            there, here = self._path.stat(), os.fstat(self._file)
        except FileNotFoundError:
            return True
        return (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino)

    def _reopen(self) -> None:
        opened = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _MODE)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._is_torn = opened, False

    def _report(self, why: str) -> None:
        if not self._is_failing:
            self._is_failing = True
            logger.warning("AUDIT_LOG loses lines until it can be written again: {}", why)


def line_of(outcome: Outcome) -> bytes:
    """Write an outcome as one line, ids as text and contact data masked."""
    actor = outcome.actor
    fields = {
        "time": outcome.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "guild": str(actor.guild_id),
        "record": outcome.record,
        "actor": str(actor.user_id),
        "source": actor.source,
        "operation_id": outcome.key,
        "operation": outcome.operation,
        "parameters": _plain(mask_contacts(json.loads(outcome.request))),
        "outcome": outcome.kind,
        "duration_ms": round(outcome.seconds * 1000, 1),
    }
    return json.dumps(fields).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    is_rounded = isinstance(value, int) and abs(value) > _LARGEST_EXACT
    return str(value) if is_rounded else value
