"""Anchors: heads of a guild's chain that are kept outside of the database, perhaps signed.

A line of a file of anchors reads `guild record hash [signature]`. A signature reads
`s1.<key>.<stamp>.<base64>`: the name of the key, the day or time of the signing, and Ed25519 over
`message_of`. It holds all that a reader needs beside the public key.
"""

import re
from dataclasses import dataclass
from typing import Final

import orjson

# The action of a record that names the head before it, and the field with its signature.
DAY_CLOSED: Final = "day.closed"
SIGNATURE: Final = "signature"
HASH_LENGTH: Final = 64
# Beside a signature so much of a hash identifies it; the signature covers all of it.
SHORT_HASH: Final = 16
_LINE: Final = re.compile(r"(\d{1,20}) (\d{1,16}) ([0-9a-f]{64})(?: (\S{1,200}))?")
_CHAIN: Final = re.compile(r"([0-9a-f]{64}) \(#(\d{1,16})\)")
_SIGNATURE: Final = re.compile(r"s1\.([0-9a-f]{8})\.([0-9TZ:-]{10,20})\.([A-Za-z0-9_-]{86})")


class AnchorError(ValueError):
    """A line of a file of anchors, by its number, is none."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line} is no anchor")
        self.line = line


@dataclass(frozen=True, slots=True)
class Anchor:
    """A guild's head at a record, as a copy outside of the database has it."""

    guild_id: int
    record: int
    hash: str
    signature: str = ""

    def fits(self, hash_: object) -> bool:
        """Whether this is the hash of a record; an anchor may have its beginning alone."""
        return isinstance(hash_, str) and hash_.startswith(self.hash)

    def __str__(self) -> str:
        return f"{self.guild_id} {self.record} {self.hash} {self.signature}".rstrip()


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature taken apart: which key made it, when, and its text in base64."""

    key_name: str
    stamp: str
    content: str

    @classmethod
    def parse(cls, text: str) -> "Signature | None":
        """Read a signature; None if it is none."""
        match = _SIGNATURE.fullmatch(text)
        return cls(*match.groups()) if match else None

    def __str__(self) -> str:
        return f"s1.{self.key_name}.{self.stamp}.{self.content}"


def message_of(anchor: Anchor, stamp: str) -> bytes:
    """Return what is signed."""
    return f"tallyman head {anchor.guild_id} {anchor.record} {anchor.hash} {stamp}".encode()


def anchor_of_day(guild_id: int, detail: str) -> Anchor | None:
    """Return the head that a closed day names; None if its record names none."""
    after = orjson.loads(detail).get("after", {})
    match = _CHAIN.fullmatch(after.get("chain", ""))
    return Anchor(guild_id, int(match[2]), match[1], after.get(SIGNATURE, "")) if match else None


def signature_of_day(detail: str) -> Signature | None:
    """Return the signature of a closed day, None if it has none."""
    return Signature.parse(orjson.loads(detail).get("after", {}).get(SIGNATURE, ""))


def parse_anchors(text: str) -> list[Anchor]:
    """Read a file of anchors; empty lines and `#` comments count for nothing."""
    anchors = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or content.startswith("#"):
            continue
        match = _LINE.fullmatch(content)
        if match is None:
            raise AnchorError(number)
        guild_id, record, hash_, signature = match.groups()
        anchors.append(Anchor(int(guild_id), int(record), hash_, signature or ""))
    return anchors
