"""AUDIT_LOG: every operation that was run, committed or refused, as a line of JSON in a file.

A line is written after the commit, by a thread of its own: nothing waits for the disk. Lines wait
while the disk is full, and records that a crash left out are written at the next start. A file
that was renamed or removed is opened again.
"""

import asyncio
import os
import queue
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from loguru import logger

from bot.audit_log_lines import line_of, line_of_record
from bot.audit_log_tail import NO_TAIL, read_tail
from bot.database.delivery.recent_records import RecentRecord, read_recent_records
from bot.database.outcomes import Outcome
from bot.database.service import DatabaseService
from bot.errors import Unavailable

_MODE: Final = 0o600
_MAX_WAITING: Final = 50_000
_MAX_BATCH: Final = 500
_CLOSE_SECONDS: Final = 5.0
_AGAIN_SECONDS: Final = 1.0


class AuditLog:
    """Appends outcomes to a file that its owner alone may read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._waiting: queue.Queue[Outcome | RecentRecord | None] = queue.Queue(_MAX_WAITING)
        self._thread: threading.Thread | None = None
        self._file = -1
        self._tail = NO_TAIL
        # Lines that are not in the file yet; of the first one some may be.
        self._unwritten = b""
        self._written = 0
        self._is_closing = threading.Event()
        self._is_failing = False
        self._is_full = False

    def open(self) -> None:
        """Open the file and begin to write; raises OSError if it cannot be written."""
        self._tail = read_tail(self._path)
        # What a crash cut off must not swallow the next line.
        self._unwritten = b"\n" if self._tail.is_torn else b""
        self._reopen()
        self._thread = threading.Thread(target=self._write_all, name="audit-log", daemon=True)
        self._thread.start()

    async def catch_up(self, db: DatabaseService) -> None:
        """Write the records that the file lacks, before this process makes any."""
        if self._tail.lacks_since is None:
            return
        try:
            count = await self._catch_up(read_recent_records(db, self._tail.lacks_since))
        except (Unavailable, queue.Full):
            logger.warning("AUDIT_LOG may lack the last records from before this start")
        else:
            if count:
                logger.info("AUDIT_LOG lacked {} records from before this start", count)

    async def _catch_up(self, pages: AsyncIterator[Sequence[RecentRecord]]) -> int:
        count = 0
        async for page in pages:
            seen = self._tail.seen
            lacking = [each for each in page if (each.actor.guild_id, each.record) not in seen]
            await asyncio.to_thread(self._put_all, lacking)
            count += len(lacking)
        return count

    def _put_all(self, records: Sequence[RecentRecord]) -> None:
        for record in records:
            self._waiting.put(record, timeout=_CLOSE_SECONDS)

    def note(self, outcome: Outcome) -> None:
        """Take an outcome to be written soon; never waits and never raises."""
        try:
            self._waiting.put_nowait(outcome)
            self._is_full = False
        except queue.Full:
            if not self._is_full:
                self._is_full = True
                logger.warning("AUDIT_LOG loses lines: more is waiting than fits into memory")

    def close(self) -> None:
        """Write what is waiting, for five seconds at most, and close the file."""
        if self._thread is None:
            return
        self._is_closing.set()
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
            self._unwritten += b"".join(_line_of(each) for each in batch if each is not None)
            while not self._write_unwritten() and not self._is_closing.wait(_AGAIN_SECONDS):
                pass
        os.close(self._file)

    def _write_unwritten(self) -> bool:
        """Write what waits; False, said once, if it cannot be written now."""
        try:
            if self._was_moved():
                self._reopen()
            while self._unwritten:
                self._write()
        except OSError as error:
            if not self._is_failing:
                self._is_failing = True
                why = error.strerror or type(error).__name__
                logger.warning("AUDIT_LOG waits until it can be written again: {}", why)
            return False
        self._is_failing = False
        return True

    def _write(self) -> None:
        self._written += os.write(self._file, memoryview(self._unwritten)[self._written :])
        if self._written == len(self._unwritten):
            self._unwritten, self._written = b"", 0

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
            # A line that is in the other file by half is whole in this one.
            whole = self._unwritten.rfind(b"\n", 0, self._written) + 1
            self._unwritten, self._written = self._unwritten[whole:].lstrip(b"\n"), 0
        self._file = opened


def _line_of(written: Outcome | RecentRecord) -> bytes:
    return line_of(written) if isinstance(written, Outcome) else line_of_record(written)
