"""Signatures of closed days and of copies outside, judged by the keys that are known here.

Who holds the database can leave a signature out as easily as change what it signs: where the
bot has a key, a closed day without a valid signature is itself a finding.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from bot.database.signing import Signing, Verdict
from bot.domain.anchors import Anchor
from bot.domain.findings import ClosedDay, Finding

# The key is made while the first day is being closed.
_MADE_MEANWHILE: Final = timedelta(hours=1)


class Judgement:
    """What the keys that are known here say of some anchors."""

    def __init__(self, signing: Signing, anchors: Iterable[Anchor]) -> None:
        self.has_key = bool(signing.list_public_keys())
        self._since = signing.made_at
        self._said: dict[Anchor, Verdict] = {
            anchor: signing.check(anchor) for anchor in set(anchors) if anchor.signature
        }

    @property
    def foreign(self) -> int:
        """How many are signed with keys that are not known here."""
        return sum(said == "unknown" for said in self._said.values())

    def proves(self, anchor: Anchor) -> bool:
        """Whether an anchor that the audit channel has proves anything: without a key, all do."""
        return not self.has_key or self._said.get(anchor) == "valid"

    def list_findings(self, days: Iterable[ClosedDay]) -> Iterator[Finding]:
        """Find wrong signatures, and days that the bot would have signed."""
        for anchor, said in self._said.items():
            if said == "wrong":
                yield Finding("bad_signature", anchor.record)
        for day in self._list_unsigned(list(days)) if self.has_key else ():
            if self._said.get(day.head) != "wrong":
                yield Finding("unsigned_day", day.record)

    def _list_unsigned(self, days: list[ClosedDay]) -> list[ClosedDay]:
        """Find days of which the bot had a key: those behind a signed one, else the newest."""
        found, has_signed = list[ClosedDay](), False
        for day in days:
            is_valid = self._said.get(day.head) == "valid"
            has_signed = has_signed or is_valid
            is_newer = self._since is not None and day.at > self._since - _MADE_MEANWHILE
            if not is_valid and (has_signed or is_newer):
                found.append(day)
        return found if has_signed or found else days[-1:]
