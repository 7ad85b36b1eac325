"""The words and controls of cards and notices: one declaration per kind of thing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import discord

from bot.domain.approvals import APPROVED, PENDING, REJECTED
from bot.domain.printed import Printed
from bot.locales import N_, _
from bot.services.approvals.declared import APPROVALS
from bot.views.components import Button, Form, number


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusWords:
    """The word for a status, its looks, and what a card says of the users who decided so."""

    name: str
    mark: str
    colour: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWords:
    """The button of a decision: `named` is its label beside others, `form` asks for a reason."""

    verb: str
    label: str
    style: discord.ButtonStyle = discord.ButtonStyle.secondary
    named: str = ""
    form: str = ""
    placeholder: str = ""


_DECISIONS: Final = (
    DecisionWords(
        verb="approve",
        label=N_("Approve"),
        style=discord.ButtonStyle.success,
        named=N_("Approve {name}"),
    ),
    DecisionWords(
        verb="reject",
        label=N_("Reject"),
        style=discord.ButtonStyle.danger,
        form=N_("Reject {name}?"),
        placeholder=N_("What has to change?"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWords:
    """What the card and the notice of a kind say, and the command that lists what waits.

    `opened` says who asked for the decision; `notices` are by the status that a decision led to.
    """

    title: str
    notices: Mapping[str, str]
    list_command: str
    statuses: Mapping[str, StatusWords] = field(default_factory=dict)
    decisions: tuple[DecisionWords, ...] = _DECISIONS
    opened: str = N_("Sent for approval by {user} {when}")
    details: str = N_("Details")
    whole: Callable[[Any], list[str]] = field(default=lambda _whole: [])
    """What a card says of the whole of a thing, where its facts are not all."""
    sheet: Callable[[Any], Printed | None] = field(default=lambda _whole: None)
    """What is attached to a card that has no room for all of it."""


class CardControls:
    """The buttons of a kind's cards, by their verbs, and the forms that ask for a reason.

    Their custom ids never change: the cards that earlier versions posted keep working.
    """

    def __init__(self, noun: str, decisions: tuple[DecisionWords, ...]) -> None:
        self.buttons = {each.verb: Button(noun, each.verb, number, number) for each in decisions}
        self.forms = {
            each.verb: Form(noun, each.verb, number, number) for each in decisions if each.form
        }
        self.details = Button(noun, "details", number)


_STATUSES: Final = {
    PENDING: StatusWords(name=N_("pending"), mark="⏳", colour="#b7791f"),
    APPROVED: StatusWords(
        name=N_("approved"), mark="✅", colour="#3b7d5c", said=N_("Approved by {users} {when}")
    ),
    REJECTED: StatusWords(
        name=N_("rejected"), mark="❌", colour="#a03a3a", said=N_("Rejected by {users} {when}")
    ),
}
# Of things with a status that no one decides about.
_FURTHER: dict[str, Mapping[str, StatusWords]] = {}
_WORDS: dict[str, KindWords] = {}
_CONTROLS: dict[str, CardControls] = {}


def declare_card(noun: str, words: KindWords) -> CardControls:
    """Declare what the cards and notices of a kind say, and their controls."""
    assert noun not in _WORDS
    _WORDS[noun] = words
    _CONTROLS[noun] = CardControls(noun, words.decisions)
    return _CONTROLS[noun]


def declare_statuses(noun: str, statuses: Mapping[str, StatusWords]) -> None:
    """Declare the words of a kind's statuses: two kinds may call one status by different words."""
    _FURTHER[noun] = statuses


def controls_of(noun: str) -> CardControls:
    """Return the controls of a kind that has been declared."""
    return _CONTROLS[noun]


def find_words(noun: str) -> KindWords | None:
    """Return the words of a kind, None if it has not been declared."""
    return _WORDS.get(noun)


def words_of(noun: str) -> KindWords:
    """Return the words of a kind that has been declared."""
    return _WORDS[noun]


def status_words(noun: str, status: str) -> StatusWords:
    """Return the words of a kind's status."""
    return words_of(noun).statuses.get(status) or _STATUSES[status]


def status_word(status: str, noun: str = "") -> str:
    """Return the word for a status of a kind, or of any; an unknown one is its own word."""
    known = (words.statuses for words in _WORDS.values())
    for statuses in (_FURTHER.get(noun, {}), _STATUSES, *_FURTHER.values(), *known):
        if status in statuses:
            return _(statuses[status].name)
    return status


def pending_of(noun: str) -> str:
    """Return the status in which a kind of thing is decided about."""
    return APPROVALS[noun].kind.table.pending


def mark_of(noun: str, status: str) -> str:
    """Return the sign of a kind's status."""
    return status_words(noun, status).mark


def list_missing_words() -> Iterator[str]:
    """Find what the card or the notice of a kind could not say: looked at once, at the start."""
    for noun, approvals in APPROVALS.items():
        words = _WORDS.get(noun)
        if words is None:
            yield f"no view declares the card of a {noun}"
            continue
        for status in approvals.kind.table.statuses:
            if status not in _STATUSES and status not in words.statuses:
                yield f"the card of a {noun} has no words for {status}"
        decided = {to for each in approvals.kind.decisions for to in each.step.leads.values()}
        for status in sorted(decided):
            if status not in words.notices:
                yield f"the notice about a {noun} has no words for {status}"
        verbs = {each.verb for each in words.decisions}
        for verb in sorted({each.verb for each in approvals.kind.decisions} ^ verbs):
            yield f"the card of a {noun} has no button for {verb}, or one without a decision"
