"""Verifying what goes with records beside the rows that they describe: receipts, imported files."""

from typing import Final

from bot.database.unit import Books
from bot.domain.findings import Finding
from bot.domain.row_comparison import Difference
from bot.domain.verification import Verification

IMPORT: Final = "import"
_ROWS_AT_ONCE: Final = 1000
_MAX_STRAY: Final = 50


async def verify_receipts(books: Books, verification: Verification) -> None:
    """Note receipts of records behind the last one; those of others are looked at beside them."""
    for record in await books.receipts.list_beyond(books.head.last_record, _MAX_STRAY):
        verification.note(Finding("stray_receipt", record))


async def verify_imports(books: Books, verification: Verification) -> None:
    """Note files that no record imported, or that are not the one that it did."""
    replay = verification.replay
    said, after = dict(replay.imports), ""
    while files := await books.import_previews.list_applied(after, _ROWS_AT_ONCE):
        for file in files:
            thing, known = str(file.record), said.pop(file.record, None)
            if known is None and file.record in replay.undeclared:
                verification.note(Finding("row_unproven", file.record, noun=IMPORT, thing=thing))
            elif known is None and file.record not in replay.unknown:
                verification.note(Finding("row_stray", file.record, noun=IMPORT, thing=thing))
            elif known is not None:
                _compare(verification, file.record, (file.kind, file.file_hash), known)
        after = files[-1].token
    for record in said:
        verification.note(Finding("row_missing", record, noun=IMPORT, thing=str(record)))


def _compare(
    verification: Verification, record: int, stored: tuple[str, str], recorded: tuple[str, str]
) -> None:
    for name, one, other in zip(("kind", "file"), stored, recorded, strict=True):
        if one != other:
            verification.note_difference(record, IMPORT, str(record), Difference(name, one, other))
