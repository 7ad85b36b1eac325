"""What a record keeps of a document and its lines, so that their rows can be compared with it.

Values are written the same from a row and for a record; a record says every column that it set,
but of a new line those alone that differ from the kind's defaults.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from bot.domain.documents import DocumentKind
from bot.domain.quantities import format_quantity

# Columns that say nothing of their own: the key, and the record that last changed the row.
_NOT_CONTENTS: Final = frozenset({"guild_id", "changed_record"})


class RecordContents(Protocol):
    """What a record keeps of rows besides its moves and changed fields."""

    def write(self) -> dict[str, Any]:
        """Return it as plain values for a record's detail."""
        ...


@dataclass(frozen=True, slots=True)
class Contents:
    """The columns that a record set: of the document, and of its lines by their numbers.

    A line without values was deleted. `others` are rows of other nouns that changed with it, by
    their nouns and ids: what a payment makes of its invoice.
    """

    document: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[int, Mapping[str, Any] | None] = field(default_factory=dict)
    others: Mapping[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)

    def write(self) -> dict[str, Any]:
        """Return them as plain values for a record's detail."""
        others = [[noun, id_, write_values(row)] for (noun, id_), row in self.others.items()]
        return {
            "document": write_values(self.document),
            "lines": {
                str(number): None if values is None else write_values(values)
                for number, values in self.lines.items()
            },
            **({"others": others} if others else {}),
        }


def without_defaults(kind: DocumentKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a new line that differ from the kind's defaults."""
    defaults = kind.line_defaults
    return {
        name: value
        for name, value in write_values(values).items()
        if name not in defaults or defaults[name] != value
    }


def write_values(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write columns as records and comparisons have them."""
    return {
        name: _write(value)
        for name, value in row.items()
        if name not in _NOT_CONTENTS and not name.startswith("_")
    }


def _write(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format_quantity(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, date):
        return value.isoformat()
    return value
