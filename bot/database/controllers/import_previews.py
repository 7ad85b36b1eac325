"""Previews of files: as they were read, and which record applied one."""

from typing import NamedTuple

from bot.database.controllers.base import BaseController
from bot.database.controllers.import_statements import APPLIED, FILES_APPLIED
from bot.database.models import ImportPreview


class FileApplied(NamedTuple):
    """A file that a record imported."""

    token: str
    record: int
    kind: str
    file_hash: str


class ImportPreviewController(BaseController[ImportPreview]):
    """Files as they were read; a unit of work writes here which record applied one."""

    model = ImportPreview
    noun = "import"
    permission = "stock.bulk"

    async def find_applied(self, kind: str, file_hash: str) -> int | None:
        """Return the newest record that applied a file of this content."""
        values = {"kind": kind, "file_hash": file_hash}
        return next(iter(await self._scalars(APPLIED, values)), None)

    async def list_applied(self, after: str, limit: int) -> list[FileApplied]:
        """List the files that records imported, in the order of their tokens, after one."""
        return await self._fetch(FileApplied, FILES_APPLIED, {"after": after, "limit": limit})
