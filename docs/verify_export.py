"""Verify an export of Tallyman's books, without Tallyman.

    python3 verify_export.py FILE [--anchors FILE] [--key PUBLIC_KEY]

FILE is what `tallyman audit export` wrote. Checked are: every hash of the chain; that levels are
the sums of the moves, that no location is below zero and that every item's levels add up to zero,
the outside world counted in; that closed days name the right heads, with valid signatures; and
heads that were kept elsewhere (`guild record hash [signature]` a line). PUBLIC_KEY is what `/audit
verify` shows; note it elsewhere. Without it the keys in the export are used, which proves less.
The exit code is 1 if anything is wrong. Needs Python 3.11 and, for signatures, `cryptography`.
"""

import argparse
import base64
import hashlib
import json
import re
import sys
from collections import defaultdict
from decimal import Decimal

LAST_OUTSIDE = 4  # locations 1 to 4 are the outside world, the only ones that may be below zero
MAX_SHOWN = 50
EVENT = "guild_id record at actor_id source action subject_type subject_id subject detail reverses"
MOVE = "line item_id source_id target_id quantity actor_id"
NEW_EVENT, NEW_MOVE = f"{EVENT} format actor_kind operation_id", f"{MOVE} lot_id unit_cost currency"
# Which fields the hash of a record covers, by its format.
FORMATS = {
    1: (set(EVENT.split()), set(MOVE.split())),
    2: (set(NEW_EVENT.split()), set(NEW_MOVE.split())),
}
SIGNATURE = re.compile(r"s1\.([0-9a-f]{8})\.([0-9TZ:-]{10,20})\.([A-Za-z0-9_-]{86})")


class Export:
    """What is checked of all guilds of a file, and what was found wrong."""

    def __init__(self, keys, anchors):
        self.keys, self.anchors, self.problems = keys, anchors, []
        self.signatures = self.compared = 0
        self.book = None

    def take(self, line):
        if "export" in line:
            self.finish()
            if (line["export"], line["version"]) != ("tallyman books", 1):
                raise SystemExit("This is an export of a version that this program does not know.")
            self.book = Book(self, line)
        elif self.book is None:
            raise SystemExit("This file does not begin like an export.")
        elif "event" in line:
            self.book.take_record(line["event"], line["moves"], line["format"], line["hash"])
        elif "head" in line:
            self.book.take_end(line)
        elif "level" in line:
            self.book.levels.append(line["level"])
        else:
            self.book.report(f"a line says nothing that can be checked: {line}")

    def finish(self):
        if (book := self.book) is not None:
            book.finish()
            print(f"{book.guild}: #{book.first} to #{book.last}, {book.hash}")


class Book:
    """One guild's books."""

    def __init__(self, export, line):
        self.export, self.guild = export, line["guild"]
        self.last, self.hash = line["after"], line["previous"]
        self.first, self.is_whole, self.has_end = self.last + 1, self.last == 0, False
        self.levels, self.sums = [], defaultdict(Decimal)
        self.anchors = export.anchors.pop(self.guild, {})
        begin = hashlib.sha256(b"tallyman book %d" % self.guild).hexdigest()
        if self.is_whole and self.hash != begin:
            self.report("the chain does not begin as this guild's must")

    def report(self, problem):
        self.export.problems.append(f"{self.guild}: {problem}")

    def take_record(self, event, moves, form, hash_):
        number = event["record"]
        if number != self.last + 1:
            self.report(f"#{self.last} is followed by #{number}")
        fields, moved = FORMATS.get(form, (set(), set()))
        fields = fields | (event.keys() & {"operation_id"} if form == 1 else set())
        if event.keys() != fields or any(move.keys() != moved for move in moves):
            self.report(f"#{number} has other fields than its format")
        if event["guild_id"] != self.guild or event.get("format", form) != form:
            self.report(f"#{number} is of other books")
        content = json.dumps(
            [self.hash, event, moves], sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        if hashlib.sha256(content.encode()).hexdigest() != hash_:
            self.report(f"#{number} or its moves were changed")
        if event["action"] == "day.closed":
            self.take_day(number, json.loads(event["detail"])["after"])
        self.last, self.hash = number, hash_
        self.take_moves(moves)
        for kept, signature in self.anchors.pop(number, ()):
            self.export.compared += 1
            if kept != hash_:
                self.report(f"#{number} has another hash than the copy kept elsewhere")
            if signature:
                self.check_signature(number, kept, signature)

    def take_moves(self, moves):
        for move in moves:
            quantity, item, lot = Decimal(move["quantity"]), move["item_id"], move.get("lot_id", 0)
            if quantity <= 0:
                self.report(f"#{self.last} moves {quantity}")
            self.sums[item, move["source_id"], lot] -= quantity
            self.sums[item, move["target_id"], lot] += quantity

    def take_day(self, number, said):
        if said["chain"] != f"{self.hash} (#{self.last})":
            self.report(f"#{number} closed a day with another head than #{self.last} has")
        if said.get("signature"):
            self.check_signature(self.last, self.hash, said["signature"])

    def check_signature(self, record, hash_, signature):
        match = SIGNATURE.fullmatch(signature)
        key = self.export.keys.get(match[1]) if match else None
        if match and key is None:
            self.report(f"the signature of #{record} is of an unknown key, {match[1]}")
        elif not match or not is_signed(key, self.guild, record, hash_, match[2], match[3]):
            self.report(f"the signature of #{record} is wrong")
        else:
            self.export.signatures += 1

    def take_end(self, line):
        self.has_end = True
        if (line["last"], line["head"]) != (self.last, self.hash):
            self.report(f"the book ends with #{line['last']}, the records with #{self.last}")

    def finish(self):
        for number in [each for each in self.anchors if self.has_end and each > self.last]:
            self.report(f"a copy kept elsewhere knows #{number}, the book ends before it")
        if not (self.is_whole and self.has_end):
            return
        items = defaultdict(Decimal)
        for level in self.levels:
            key = level["item_id"], level["location_id"], level["lot_id"]
            quantity, summed = Decimal(level["quantity"]), self.sums.pop(key, None)
            items[key[0]] += quantity
            if quantity != summed:
                self.report(f"level {key} is {quantity}, its moves add up to {summed}")
            if quantity < 0 and key[1] > LAST_OUTSIDE:
                self.report(f"level {key} is below zero: {quantity}")
        for key in self.sums:
            self.report(f"level {key} is missing, its moves add up to {self.sums[key]}")
        for item in [item for item, total in items.items() if total]:
            self.report(f"the levels of item {item} add up to {items[item]}, not to zero")


def is_signed(key, guild, record, hash_, stamp, signature):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    message = f"tallyman head {guild} {record} {hash_} {stamp}".encode()
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(decode(signature), message)
    except InvalidSignature:
        return False
    return True


def decode(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def main():
    options = argparse.ArgumentParser(description="Verify an export of Tallyman's books.")
    options.add_argument("file")
    options.add_argument("--anchors")
    options.add_argument("--key", action="append", default=[])
    given = options.parse_args()
    keys = {hashlib.sha256(key).hexdigest()[:8]: key for key in map(decode, given.key)}
    anchors = defaultdict(lambda: defaultdict(list))
    for line in open(given.anchors) if given.anchors else ():
        guild, record, hash_, *signature = line.split()
        anchors[int(guild)][int(record)].append((hash_, "".join(signature)))
    export = Export(keys, anchors)
    for text in open(given.file, encoding="utf-8"):
        line = json.loads(text)
        if not given.key:
            export.keys |= {name: decode(key) for name, key in line.get("public_keys", {}).items()}
        export.take(line)
    export.finish()
    wrong = export.problems + [f"{guild}: a copy kept elsewhere knows it" for guild in anchors]
    by = "" if given.key else " (by the keys that the export names itself)"
    print(f"{export.compared} heads compared, {export.signatures} signatures valid{by}")
    print("\n".join(wrong[:MAX_SHOWN]) if wrong else "Nothing is wrong.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
