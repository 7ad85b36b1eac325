"""Verification: whether records, moves, levels and rows are what chain, ledger and records say.

It is fed in pieces, in the order of records, so that books of any size fit.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from bot.domain.anchors import DAY_CLOSED, Anchor, anchor_of_day
from bot.domain.chain import first_link, next_link
from bot.domain.findings import ClosedDay, Finding
from bot.domain.replay import Key, Replay
from bot.domain.replay_folds import fold, may_change_rows
from bot.domain.replay_folds.former_skus import NOUN as FORMER_SKU
from bot.domain.replayed_rows import COMPARED
from bot.domain.row_comparison import Difference, RowComparison
from bot.domain.stock import LevelKey
from bot.domain.virtual_locations import is_virtual
from bot.domain.written_records import WrittenRow, are_linked, is_move, read_event

MAX_FINDINGS: Final = 1000
_MAX_LINKS: Final = 8

Row = Mapping[str, Any]
_BEFORE_ALL: Final = -(2**62)


class Verification:
    """One guild's books, checked record by record and then against its levels.

    Values that are none (a time that is no time) count as changed: rows are given as they are
    in the tables, whatever is there.
    """

    def __init__(self, guild_id: int, anchors: Iterable[Anchor] = ()) -> None:
        self.findings: list[Finding] = []
        self.replay = Replay()
        self.comparison = RowComparison(self.replay)
        self.last_record = 0
        # Where to read on: rows may have numbers that no record has.
        self.last_taken = _BEFORE_ALL
        # Whether an audit channel was ever named.
        self.has_channel = False
        # After a record that was changed: its hash as it is kept, and as it should be. Whichever
        # of them the next record hangs on, that one is not to blame.
        self._links = {first_link(guild_id)}
        self._sums: defaultdict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
        self._anchors: defaultdict[int, list[Anchor]] = defaultdict(list)
        for anchor in anchors:
            self._anchors[anchor.record].append(anchor)
        # Their heads agree with the records before them.
        self.days: list[ClosedDay] = []
        # The anchors that fit, each with the whole hash.
        self.matched: list[Anchor] = []

    def take(self, events: Sequence[Row], moves: Sequence[Row], book_record: int) -> None:
        """Check the next records, in order, with all moves up to the last of them.

        `book_record` is the last one that the book knew of when they were read.
        """
        of_record = {record: list(lines) for record, lines in groupby(moves, itemgetter("record"))}
        if events:
            self.last_taken = events[-1]["record"]
        no_moves = {move["record"] for move in moves if not _is_move(move)}
        for event in events:
            record = event["record"]
            is_readable = record not in no_moves
            self._check(event, of_record.pop(record, []), book_record, is_readable=is_readable)
        for record in of_record:
            self._note(Finding("stray_moves", record))
        sums = self._sums
        for move in moves:
            if no_moves and not _is_move(move):
                continue
            item_id, lot_id, quantity = move["item_id"], move["lot_id"], move["quantity"]
            # By plain tuples, which equal level keys and are made in a third of their time.
            sums[item_id, move["source_id"], lot_id] -= quantity
            sums[item_id, move["target_id"], lot_id] += quantity

    def take_written(
        self, records: Sequence[WrittenRow], moves: Sequence[WrittenRow], book_record: int
    ) -> bool:
        """Take the next records if nothing is wrong with their chain, otherwise none of them."""
        first, last = self.last_record + 1, records[-1][0]
        if len(self._links) != 1 or any(first <= record <= last for record in self._anchors):
            return False
        (previous,) = self._links
        if last > book_record or not are_linked(previous, self.last_record, records, moves):
            return False
        for record, _, action, kept, text in records:
            if action == DAY_CLOSED or may_change_rows(action, text):
                # Of what was just hashed: the rows are those that this very text leads to.
                event = read_event(text)
                self.last_record, self._links = record - 1, {previous}
                if action == DAY_CLOSED:
                    self._check_day(event)
                if not fold(self.replay, event):
                    self._note(Finding("unlikely", record))
            previous = kept
        self.last_record = self.last_taken = last
        self._links = {previous}
        sums = self._sums
        for _, item_id, lot_id, source_id, target_id, quantity, _ in moves:
            sums[item_id, source_id, lot_id] -= quantity
            sums[item_id, target_id, lot_id] += quantity
        return True

    def compare_levels(self, levels: Sequence[Row]) -> None:
        """Compare some levels with the sums of their moves."""
        for row in levels:
            key = LevelKey(row["item_id"], row["location_id"], row["lot_id"])
            self._compare(key, row["quantity"], self._sums.pop(key, None))

    def compare_rows(self, noun: str, rows: Sequence[Row]) -> None:
        """Compare some rows of a noun with what records say of them; the guild's come first."""
        compared, expected = COMPARED[noun], self.replay.rows[noun]
        if noun == "channel" and rows:
            self.has_channel = True
        for row in rows:
            key = compared.key_of(row)
            known = expected.pop(key, None)
            if noun == "guild":
                self.comparison.note_defaults(row)
            thing = str(row.get(compared.name, "")) or _spelled(key)
            if (record := row.get("changed_record")) in self.replay.unknown:
                self._note_unproven(record, noun, thing)
                continue
            differences = self.comparison.differences(noun, row, known) if known else ()
            if noun == FORMER_SKU and self.replay.undeclared and (differences or known is None):
                # These rows do not say what changed them.
                self._note_unproven(max(self.replay.undeclared), noun, thing)
                continue
            if known is None:
                self._note(Finding("row_stray", row.get("changed_record"), noun=noun, thing=thing))
                continue
            for each in differences:
                self.note_difference(known.record, noun, thing, each)

    def note_difference(self, record: int, noun: str, thing: str, found: Difference) -> None:
        """Note by what a thing differs from the last record about it."""
        self._note(
            Finding(
                "row_differs",
                record,
                noun=noun,
                thing=thing,
                field=found.field,
                stored=found.stored,
                recorded=found.recorded,
            )
        )

    def excuse(self, noun: str, key: str, record: int) -> None:
        """Expect no row that a record deleted of which this version knows nothing else."""
        if record in self.replay.unknown:
            expected = self.replay.rows.get(noun, {})
            for each in [each for each in expected if "/".join(map(str, each)) == key]:
                del expected[each]
                self._note_unproven(record, noun, key)

    def note(self, finding: Finding) -> None:
        """Add what was found elsewhere."""
        self._note(finding)

    def finish(self, last_record: int, head: str) -> list[Finding]:
        """Compare the end of the chain with the book, and say what is missing in the tables."""
        for record in range(self.last_record + 1, min(last_record, self.last_record + 50) + 1):
            self._note(Finding("missing", record))
        if self.last_record == last_record and head not in self._links:
            self._note(Finding("head", last_record))
        for key in sorted(self._sums, key=repr):
            self._compare(LevelKey(*key), None, self._sums[key])
        for noun, rows in self.replay.rows.items():
            for of_row, expected in rows.items():
                named = expected.values.get("sku") or expected.values.get("name")
                thing = named or _spelled(of_row)
                if self.comparison.is_optional(noun, of_row, expected):
                    continue
                if noun == FORMER_SKU and self.replay.undeclared:
                    self._note_unproven(max(self.replay.undeclared), noun, str(thing))
                    continue
                self._note(Finding("row_missing", expected.record, noun=noun, thing=str(thing)))
        for record in sorted(self._anchors):
            self._note(Finding("anchor_beyond", record))
        return self.findings

    def _check(self, event: Row, moves: list[Row], book_record: int, *, is_readable: bool) -> None:
        record = event["record"]
        if not isinstance(record, int) or not self.last_record < record <= book_record:
            self._note(Finding("unexpected", record))
            return
        for gap in range(self.last_record + 1, min(record, self.last_record + 50)):
            self._note(Finding("missing", gap))
        should_be: set[str] = set()
        # After a gap it is unknown what came before: the next link is all that can be checked.
        if record == self.last_record + 1:
            links = self._links if is_readable else ()
            should_be = {link for each in links if (link := _linked(event, moves, each))}
            if event["hash"] in should_be:
                should_be.clear()
            else:
                self._note(Finding("changed", record))
            if event["action"] == DAY_CLOSED:
                self._check_day(event)
        self.last_record, self._links = record, {event["hash"], *should_be}
        if len(self._links) > _MAX_LINKS:
            # They grow with a run of changed records: rewritten books took their length squared.
            self._links = {event["hash"]}
        for anchor in self._anchors.pop(record, ()) if self._anchors else ():
            if anchor.fits(event["hash"]):
                self.matched.append(replace(anchor, hash=event["hash"]))
            else:
                self._note(Finding("anchor_differs", record))
        # What the chain blames is not blamed again.
        if not fold(self.replay, event) and not should_be:
            self._note(Finding("unlikely", record))

    def _check_day(self, event: Row) -> None:
        """Compare the head that a closed day names with the record before it."""
        try:
            day = anchor_of_day(event["guild_id"], event["detail"])
        except (TypeError, ValueError, AttributeError):
            day = None
        if day is None or day.record != self.last_record or day.hash not in self._links:
            self._note(Finding("day_differs", event["record"]))
        elif isinstance(event["at"], datetime):
            self.days.append(ClosedDay(event["record"], event["at"], day))

    def _note_unproven(self, record: int, noun: str, thing: str) -> None:
        # What such a record says is not known: anyone may have written it.
        if record in self.replay.undeclared:
            self._note(Finding("row_unproven", record, noun=noun, thing=thing))

    def _compare(self, key: LevelKey, said: Any, summed: Decimal | None) -> None:
        # Each move takes from one location what it adds to another: levels that are the sums of
        # their moves add up to zero for every item, the outside world counted in.
        code = None
        if said is None:
            code = "no_level"
        elif summed is None:
            code = "stray_level"
        elif said != summed:
            code = "level"
        elif summed < 0 and not is_virtual(key.location_id):
            code = "below_zero"
        if code is not None:
            level = said if isinstance(said, Decimal) else None
            self._note(Finding(code, None, *key, said=level, summed=summed))

    def _note(self, finding: Finding) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)


def _spelled(key: Key) -> str:
    return " / ".join(map(str, key))


def _linked(event: Row, moves: Sequence[Row], previous: str) -> str | None:
    """Compute an event's hash from the one before, None if it can have none."""
    try:
        return next_link(previous, event, moves)
    except (TypeError, ValueError, ArithmeticError):
        return None


def _is_move(move: Row) -> bool:
    return is_move(
        move["item_id"],
        move["lot_id"],
        move["source_id"],
        move["target_id"],
        move["quantity"],
    )
