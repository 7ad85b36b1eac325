"""Subjects: the nouns that records are about, by which the audit is searched."""

from typing import Any, ClassVar, Final, Generic

from bot.database.controllers.base import BaseController
from bot.database.controllers.reading import RowT
from bot.domain.names import key_of

# Every noun that a record can be about, in the order in which a name is looked up.
SUBJECTS: Final[dict[str, type["SubjectController[Any]"]]] = {}


class SubjectController(BaseController[RowT], Generic[RowT]):
    """A table of things that records are about; declaring `subject_code` makes them searchable.

    The code is in the ids of buttons that were sent already: it never changes.
    """

    subject_code: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "subject_code"):
            codes = {each.subject_code for each in SUBJECTS.values()}
            assert cls.subject_code not in codes, f"{cls.noun} has another noun's code"
            SUBJECTS[cls.noun] = cls

    async def find_by_name(self, typed: str, *, is_archived: bool = False) -> RowT | None:
        """Return the row with this name in any case, or None."""
        del is_archived  # only some nouns have archived rows
        return await self.find_one(name_key=key_of(typed))

    def subject_of(self, row: RowT) -> tuple[str, int]:
        """Return what records name a row by: its noun and id."""
        return self.noun, int(getattr(row, self._key[0]))

    def label_of(self, row: RowT) -> str:
        """Return what a person calls a row."""
        label: str = row.name  # type: ignore[attr-defined]  # a noun without one says otherwise
        return label
