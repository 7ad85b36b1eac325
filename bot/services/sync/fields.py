"""Reading what a device sends of a thing: every value has its kind, and nothing else is there.

Raises InvalidValue with the field; a number is JSON's own or plain text, never rounded.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from bot.domain.names import MAX_REFERENCE, MAX_UNIT, clean_text, key_of
from bot.domain.quantities import TypedQuantity, read_quantity
from bot.domain.records import MAX_RECORD
from bot.domain.stock import Reference
from bot.errors import InvalidValue

T = TypeVar("T")

_MAX_SHOWN: Final = 40
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
_MAX_FIELDS: Final = 30


@dataclass(frozen=True, slots=True)
class Fields:
    """What was sent of a thing; a field that is missing or null was not said."""

    values: Mapping[str, Any]

    @classmethod
    def of(cls, data: object, known: Collection[str]) -> "Fields":
        """Take a mapping whose fields are all known; raises InvalidValue."""
        if not isinstance(data, Mapping) or len(data) > _MAX_FIELDS:
            raise InvalidValue(field="data", reason="wrong_kind")
        for name in data:
            if name not in known:
                raise InvalidValue(field="data", reason="unknown_field", value=_show(name))
        return cls(data)

    def has(self, name: str) -> bool:
        """Whether a field was said, perhaps to be empty."""
        return name in self.values

    def text(self, name: str, *, limit: int = MAX_REFERENCE) -> str | None:
        """Return a text in one line."""
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise InvalidValue(field=name, reason="wrong_kind")
        return clean_text(value, field=name, limit=limit)

    def require_text(self, name: str, *, limit: int = MAX_REFERENCE) -> str:
        """Return a text that must be there."""
        return _said(name, self.text(name, limit=limit))

    def reference(self, name: str) -> Reference | None:
        """Return an id (a number) or what names a thing (a text)."""
        value: object = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            text = self.text(name)
            if text == "":
                raise InvalidValue(field=name, reason="empty")
            return text
        if not 0 < value <= MAX_RECORD:
            raise InvalidValue(field=name, reason="wrong_kind")
        return value

    def require_reference(self, name: str) -> Reference:
        """Return a reference that must be there."""
        found = self.reference(name)
        if found is None:
            raise InvalidValue(field=name, reason="missing")
        return found

    def row_id(self, name: str = "id") -> int:
        """Return the id of a row, as a number or as the text that the feed writes."""
        value = self.values.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value[:20])
        found = Fields({name: value}).require_reference(name)
        if not isinstance(found, int):
            raise InvalidValue(field=name, reason="wrong_kind")
        return found

    def number(self, name: str) -> Decimal | None:
        """Return an exact number."""
        value = self.values.get(name)
        if value is None:
            return None
        # JSON's fractions come as floats: the shortest text that means the float is what was sent.
        is_number = isinstance(value, int | float | Decimal | str) and not isinstance(value, bool)
        # Python refuses to write integers of thousands of digits.
        is_huge = isinstance(value, int) and abs(value) > MAX_RECORD
        text = str(value) if is_number and not is_huge else ""
        if not _NUMBER.fullmatch(text):
            raise InvalidValue(field=name, reason="not_a_number", value=_show(value))
        return Decimal(text)

    def quantity(self, name: str) -> TypedQuantity | None:
        """Return a quantity, with the unit behind it or in the field `unit`, if there is one.

        Text is read as what people type in Discord is; the page sends what they typed.
        """
        value, unit = self.values.get(name), self.text("unit", limit=MAX_UNIT) or ""
        if isinstance(value, str):
            typed = read_quantity(value, field=name, allow_zero=True)
            if unit and typed.unit and key_of(unit) != key_of(typed.unit):
                raise InvalidValue(field="unit", reason="wrong_kind")
            return replace(typed, unit=typed.unit or unit)
        number = self.number(name)
        return None if number is None else TypedQuantity(number, unit)

    def require_quantity(self, name: str) -> TypedQuantity:
        """Return a quantity that must be there."""
        return _said(name, self.quantity(name))

    def day(self, name: str) -> date | None:
        """Return a day as ISO 8601 writes it."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise InvalidValue(field=name, reason="not_a_day", value=_show(text)) from error

    def flag(self, name: str) -> bool | None:
        """Return yes or no."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise InvalidValue(field=name, reason="wrong_kind")
        return value


def _said(name: str, value: T | None) -> T:
    if value is None:
        raise InvalidValue(field=name, reason="missing")
    return value


def _show(value: object) -> str:
    """Return a value as an answer can quote it."""
    text = value if isinstance(value, str) else repr(value) if isinstance(value, float) else ""
    return "".join(sign for sign in text[:_MAX_SHOWN] if sign.isprintable())
