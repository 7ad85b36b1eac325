"""New names of a file that look like others in letters of another script."""

from dataclasses import dataclass, field

from bot.domain.imports import Catalogue, Fault, ItemFacts
from bot.domain.imports.plan import PlannedRow
from bot.domain.lookalikes import LooksAlike, look_alike, plain_code, skeleton_of, taken_for
from bot.domain.names import key_of
from bot.domain.sheets.headings import NAME, SKU


@dataclass
class Looks:
    """The names of the books and of the file, by what they look like."""

    catalogue: Catalogue
    _codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    _new: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def _is_another(self, planned: PlannedRow, key: str, sku: str) -> bool:
        """Refuse a SKU that is another one but for the kind of its dashes."""
        plain = plain_code(key)
        known = self.catalogue.items.get(plain)
        first_key, other = self._codes.setdefault(plain, (key, sku))
        if known is not None:
            first_key, other = plain, known[1].sku
        if first_key == key:
            return False
        planned.faults.append(Fault(SKU, sku, taken_for(sku, other)))
        return True

    def require_distinct(self, planned: PlannedRow, facts: ItemFacts) -> None:
        """Refuse new names that look like others in letters of another script."""
        before = planned.before
        for column, old in ((SKU, before and before.sku), (NAME, before and before.name)):
            name: str = getattr(facts, column)
            if not name or name == old:
                continue
            key = key_of(name)
            if column == NAME:
                planned.name_key = key
            if column == SKU and before is None and self._is_another(planned, key, name):
                continue
            skeleton = skeleton_of(key)
            if skeleton == key and skeleton not in self.catalogue.looks:
                others = self._new.get(skeleton, [])
            else:
                others = self.catalogue.looks.get(skeleton, []) + self._new.get(skeleton, [])
            for other_key, other in others:
                if look_alike(key, other_key):
                    error = LooksAlike("item", column, name, other)
                    planned.faults.append(Fault(column, name, error))
                    break
            else:
                self._new.setdefault(skeleton, []).append((key, name))
