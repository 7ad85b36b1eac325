"""Verify an export of Tallyman's books, without Tallyman.

    python3 verify_export.py FILE [--anchors FILE] [--key PUBLIC_KEY]

FILE is what `tallyman audit export` wrote. Checked are: all hashes of the chain, from begin to end;
that levels are the sums of the moves, no location is below zero and every item's levels add up to
zero, the outside world counted in; that closed days name the right heads and stay signed; and heads
kept elsewhere (`guild record hash [signature]` a line). PUBLIC_KEY is what `/audit verify` shows,
noted elsewhere; without it the keys in the export are used, which proves less. The exit code is 1
if anything is wrong. Needs Python 3.11 and, for signatures, `cryptography`.
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
EVENT = "guild_id record at actor_id source action subject_type subject_id subject detail reverses"
MOVE = "line item_id source_id target_id quantity actor_id"
NEW_EVENT, NEW_MOVE = f"{EVENT} format actor_kind operation_id", f"{MOVE} lot_id unit_cost currency"
FORMATS = {  # which fields the hash of a record covers, by its format
    1: (set(EVENT.split()), set(MOVE.split())),
    2: (set(NEW_EVENT.split()), set(NEW_MOVE.split())),
}
SIGNATURE = re.compile(r"s1\.([0-9a-f]{8})\.([0-9TZ:-]{10,20})\.([A-Za-z0-9_-]{86})")
ANCHOR = re.compile(r"(\d{1,20}) (\d{1,16}) ([0-9a-f]{64})(?: (\S{1,200}))?")
KEY = re.compile(r"\s*(?:([0-9a-f]{8})\s+)?([A-Za-z0-9_-]{43})=?\s*")
DAMAGED = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Book:
    """One guild's books; `known` holds what is given and found of all guilds."""

    def __init__(self, known, line):
        if (line["export"], line["version"]) != ("tallyman books", 1):
            raise SystemExit("This is an export of a version that this program does not know.")
        self.known, self.guild, self.last = known, int(line["guild"]), int(line["after"])
        self.first, self.hash, self.end = self.last + 1, line["previous"], None
        # Whether there are signed days, and unsigned ones.
        self.days, self.items, self.sums = set(), defaultdict(Decimal), defaultdict(Decimal)
        self.heads = dict(known.heads.get(self.guild, {}))
        if not known.key:
            known.keys |= dict(map(read_key, line["public_keys"].values()))
        is_only = self.guild not in [book.guild for book in known.books]
        self.expect(is_only, "this file has more than one book of this guild")
        begin = hashlib.sha256(b"tallyman book %d" % self.guild).hexdigest()
        is_right = self.last > 0 or (self.last, self.hash) == (0, begin)
        self.expect(is_right, "the chain does not begin as this guild's must")
        self.compare()

    def expect(self, is_right, otherwise):
        if not is_right:
            self.known.problems.append(f"{self.guild}: {otherwise}")

    def take_record(self, line, event, moves, form):
        last, link, number = self.last, self.hash, int(event["record"])
        self.expect(number == last + 1, f"#{last} is followed by #{number}")
        self.expect(not self.end, f"#{number} follows the end of the book")
        fields, moved = FORMATS.get(form, (set(), set()))
        fields = fields | (event.keys() & {"operation_id"} if form == 1 else set())
        are_right = event.keys() == fields and all(move.keys() == moved for move in moves)
        self.expect(are_right, f"#{number} has other fields than its format")
        is_own = event["guild_id"] == self.guild and event.get("format", form) == form
        self.expect(is_own, f"#{number} is of other books")
        hashed = [link, event, moves]
        text = json.dumps(hashed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        is_right = hashlib.sha256(text.encode()).hexdigest() == line["hash"]
        self.expect(is_right, f"#{number} or its moves were changed")
        self.last, self.hash = number, line["hash"]
        self.compare()
        for move in moves:
            quantity, lot = Decimal(move["quantity"]), move.get("lot_id", 0)
            self.expect(quantity.is_finite() and quantity > 0, f"#{number} moves {quantity}")
            self.sums[move["item_id"], move["source_id"], lot] -= quantity
            self.sums[move["item_id"], move["target_id"], lot] += quantity
        if event["action"] == "day.closed":
            self.take_day(number, json.loads(event["detail"])["after"], last, link)

    def take_day(self, number, said, last, link):
        is_right = said["chain"] == f"{link} (#{last})"
        self.expect(is_right, f"#{number} closed a day with another head than #{last} has")
        if said.get("signature"):
            self.days.add(self.check_signature(last, link, said["signature"]))
        else:
            self.expect(True not in self.days, f"#{number} closed a day unsigned, unlike before")
            self.days.add(False)

    def compare(self):
        for kept, signature in self.heads.pop(self.last, ()):
            self.known.compared += 1
            self.expect(kept == self.hash, f"#{self.last} has another hash than the copy elsewhere")
            if signature:
                self.check_signature(self.last, kept, signature)

    def check_signature(self, record, hash_, signature):
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        match = SIGNATURE.fullmatch(signature)
        try:
            content = f"tallyman head {self.guild} {record} {hash_} {match[2]}".encode()
            key = Ed25519PublicKey.from_public_bytes(self.known.keys[match[1]])
            key.verify(base64.urlsafe_b64decode(match[3] + "=="), content)
            self.known.signatures += 1
            return True
        except KeyError:
            self.expect(False, f"the signature of #{record} is of an unknown key, {match[1]}")
        except (InvalidSignature, TypeError):
            self.expect(False, f"the signature of #{record} is wrong")
        return False

    def take_end(self, line):
        # An export from a time after the last record says where that is, with none behind it.
        is_empty = self.last < self.first and line["last"] < self.last
        is_right = is_empty or (line["last"], line["head"]) == (self.last, self.hash)
        self.expect(is_right, f"it ends with #{line['last']}, the records with #{self.last}")
        self.expect(not self.end, "the book ends twice")
        self.end = line

    def take_level(self, level):
        key = level["item_id"], level["location_id"], level["lot_id"]
        quantity, summed = Decimal(level["quantity"]), self.sums.pop(key, None)
        self.items[key[0]] += quantity
        is_right = quantity.is_finite() and (quantity == summed or self.first > 1)
        self.expect(is_right, f"level {key} is {quantity}, its moves add up to {summed}")
        if quantity < 0 and key[1] > LAST_OUTSIDE:
            self.expect(False, f"level {key} is below zero: {quantity}")

    def finish(self):
        self.expect(self.end, f"the export was cut behind #{self.last}, its end is missing")
        for number in self.heads:
            self.expect(False, f"a copy kept elsewhere knows #{number}, this export does not")
        if self.known.key and self.days == {False}:
            self.expect(False, "no day is signed by the given key")
        is_whole = self.first == 1 and self.end and not self.end.get("goes_on")
        for key, summed in self.sums.items() if is_whole else ():
            self.expect(False, f"level {key} is missing, its moves add up to {summed}")
        for item, total in self.items.items():
            self.expect(not total, f"the levels of item {item} add up to {total}, not to zero")
        part = "whole" if is_whole else "a part"
        print(f"{self.guild}: {part}, #{self.first} to #{self.last}, {self.hash}")


def read_key(text):
    match = KEY.fullmatch(text)
    key = base64.urlsafe_b64decode(match[2] + "=") if match else b""
    name = hashlib.sha256(key).hexdigest()[:8]
    if not match or match[1] not in (None, name):
        raise SystemExit(f"{text[:60]!r} is no public key; one reads like `1a2b3c4d AbC...`.")
    return name, key


def main():
    options = argparse.ArgumentParser(description="Verify an export of Tallyman's books.")
    options.add_argument("file")
    options.add_argument("--anchors")
    options.add_argument("--key", action="append", default=[])
    known = options.parse_args()
    known.keys, known.heads = dict(map(read_key, known.key)), defaultdict(lambda: defaultdict(list))
    known.books, known.problems, known.compared, known.signatures = [], [], 0, 0
    for number, line in enumerate(open(known.anchors, "rb") if known.anchors else (), 1):
        if (text := line.decode(errors="replace").strip()) and not text.startswith("#"):
            if not (match := ANCHOR.fullmatch(text)):
                raise SystemExit(f"Anchor line {number} is no `guild record hash [signature]`.")
            known.heads[int(match[1])][int(match[2])].append((match[3], match[4]))
    for number, text in enumerate(open(known.file, "rb"), 1):
        try:
            line = json.loads(text)
            if "export" in line:
                known.books.append(Book(known, line))
            elif "event" in line:
                known.books[-1].take_record(line, line["event"], line["moves"], line["format"])
            elif "head" in line:
                known.books[-1].take_end(line)
            else:
                known.books[-1].take_level(line["level"])
        except DAMAGED:
            known.problems.append(f"line {number} is cut or damaged, what it says is not checked")
    for book in known.books:
        book.finish()
    missing = {*known.heads} - {book.guild for book in known.books}
    wrong = known.problems + [f"{each}: a copy kept elsewhere knows it" for each in missing]
    wrong = wrong if known.books else ["This file does not begin like an export."]
    by = "" if known.key else " (by the keys that the export names itself)"
    print(f"{known.compared} heads compared, {known.signatures} signatures valid{by}")
    print("\n".join(wrong[:50]) if wrong else "Nothing is wrong.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"{error.filename} cannot be read: {error.strerror}.")
