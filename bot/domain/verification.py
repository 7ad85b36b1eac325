"""Verification: whether records, moves and levels are what the chain and the ledger say.

It is fed in pieces, in the order of records, so that books of any size fit.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from bot.domain.chain import first_link, next_link
from bot.domain.places import is_virtual

MAX_FINDINGS: Final = 20

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and at which record if it is about one.

    `code` is one of: missing, unexpected, changed, stray_moves, head, level, below_zero.
    """

    code: str
    record: int | None = None
    item_id: int | None = None
    location_id: int | None = None
    said: Decimal | None = None
    summed: Decimal | None = None


class Verification:
    """One guild's books, checked record by record and then against its levels."""

    def __init__(self, guild_id: int) -> None:
        self.findings: list[Finding] = []
        self.last_record = 0
        self.head = first_link(guild_id)
        self._sums: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)

    def take(self, events: Sequence[Row], moves: Sequence[Row]) -> None:
        """Check the next records, in order, with all moves up to the last of them."""
        of_record = {
            record: list(lines) for record, lines in groupby(moves, lambda move: move["record"])
        }
        for event in events:
            self._check(event, of_record.pop(event["record"], []))
        for record in of_record:
            self._note(Finding("stray_moves", record))
        for move in moves:
            self._sums[move["item_id"], move["source_id"]] -= move["quantity"]
            self._sums[move["item_id"], move["target_id"]] += move["quantity"]

    def finish(self, last_record: int, head: str, levels: Sequence[Row]) -> list[Finding]:
        """Compare the end of the chain with the book, and the ledger with the levels."""
        for record in range(self.last_record + 1, min(last_record, self.last_record + 50) + 1):
            self._note(Finding("missing", record))
        if self.last_record > last_record:
            self._note(Finding("unexpected", last_record + 1))
        elif self.last_record == last_record and self.head != head:
            self._note(Finding("head", last_record))
        said = {(row["item_id"], row["location_id"]): row["quantity"] for row in levels}
        for key in sorted(said.keys() | self._sums.keys()):
            self._compare(key, said.get(key), self._sums.get(key, Decimal(0)))
        return self.findings

    def _check(self, event: Row, moves: list[Row]) -> None:
        record = event["record"]
        if record <= self.last_record:
            self._note(Finding("unexpected", record))
            return
        for gap in range(self.last_record + 1, min(record, self.last_record + 50)):
            self._note(Finding("missing", gap))
        is_next = record == self.last_record + 1
        # After a gap nobody knows what came before: the next link is all that can be checked.
        if is_next and next_link(self.head, event, moves) != event["hash"]:
            self._note(Finding("changed", record))
        self.last_record, self.head = record, event["hash"]

    def _compare(self, key: tuple[int, int], said: Decimal | None, summed: Decimal) -> None:
        item_id, location_id = key
        if said != summed and not (said is None and summed == 0):
            self._note(
                Finding("level", None, item_id, location_id, said=said or Decimal(0), summed=summed)
            )
        elif summed < 0 and not is_virtual(location_id):
            self._note(Finding("below_zero", None, item_id, location_id, said=said, summed=summed))

    def _note(self, finding: Finding) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
