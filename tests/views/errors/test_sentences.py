import inspect
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

import bot
from bot import errors
from bot.views.errors.sentences import _INVALID, _NOT_REVERSIBLE, INTERRUPTED, explain, unexpected
from tests.views.markdown import live_around

D = Decimal
CHOICES = ((101, "Shelf A1", D(3)),)

SAMPLES: list[errors.TallymanError] = [
    errors.NotFound("item"),
    errors.NotFound("item", "BOLT", ("BOLT-8", "BOLT-9")),
    errors.NotFound("location", "A1"),
    errors.NotFound("record"),
    errors.NotFound("record", "4"),
    errors.NotFound("undoable record"),
    errors.NotFound("repeatable record", "4"),
    errors.NotFound("binding", "manager"),
    errors.NamesUnknown("permission", ("stock.fly",)),
    errors.NamesUnknown("permission", ("stock.fly", "<@1>")),
    errors.AlreadyExists("item", "sku", "BOLT-8", is_archived=True),
    errors.AlreadyExists("location", "name", "A1", is_archived=True),
    errors.AlreadyExists("audit_event"),
    errors.AlreadyExists("supplier", "name", "Acme", status="rejected"),
    errors.AlreadyExists("supplier", "name", "Acme", status="approved"),
    errors.AlreadyDecided("Acme", "approved", 7, datetime(2026, 1, 5, tzinfo=UTC), 41),
    errors.SelfApproval("supplier", "Acme"),
    errors.KeyMissing(),
    errors.ExportTooLarge(4711),
    errors.StaleVersion("item"),
    errors.IllegalStep("supplier", "ACME", "pending", "suspended"),
    errors.KeyReused("4711"),
    *(errors.InvalidValue("quantity", reason, "x", 3) for reason in _INVALID),
    errors.InvalidValue("reorder_point", "too_large", limit=D("999.900")),
    errors.InsufficientStock("BOLT-8", "pcs", "Shelf A1", D(3), D(5)),
    errors.ReversalBlocked(41, errors.InsufficientStock("BOLT-8", "pcs", "Shelf A1", D(3), D(5))),
    errors.LimitReached("role", 25),
    errors.SamePlace("A1"),
    errors.NothingInStock("BOLT-8"),
    errors.NothingToDo("level", "A1", state="BOLT-8"),
    errors.NothingToDo("setting", "currency", state="EUR"),
    errors.NothingToDo("role", "manager", state="bound"),
    errors.NothingToDo("item", "BOLT-8", state="archived"),
    errors.NothingToDo("item", "BOLT-8"),
    errors.Archived("item", "BOLT-8"),
    errors.Archived("location", "A1"),
    errors.StillInUse("item", "BOLT-8", "A1", D(3), "pcs"),
    errors.StillInUse("location", "A1", "BOLT-8", D(3), "pcs"),
    errors.StillInUse("location", "A1", "A1.1"),
    errors.UnitFixed("BOLT-8", "pcs"),
    *(
        errors.LocationNeeded(verb, 100, "BOLT-8", "pcs", D(3), "", choices)
        for verb in ("take", "put")
        for choices in ((), CHOICES)
    ),
    errors.GrantExceeded("manager", ("stock.move",)),
    errors.GrantExceeded("manager", ("stock.move",), is_asked_for=True),
    errors.ChannelsForbidden("audit"),
    errors.EveryoneOnlyLooks("manager"),
    *(errors.NotReversible(4, reason, 5, 15) for reason in _NOT_REVERSIBLE),
    errors.AlreadyRegistered(datetime(2026, 1, 5, tzinfo=UTC)),
    errors.AlreadyRegistered(datetime(2026, 1, 5, tzinfo=UTC), has_new_email=True),
    errors.AccessKept(900),
    errors.AccessKept(900, is_oneself=True),
    errors.NotFound("profile"),
    errors.NothingToDo("member", "900"),
    errors.NothingToDo("member", "900", state="off"),
    errors.DoneBefore(4, timedelta(seconds=40)),
    errors.DoneBefore(4, timedelta(minutes=9, seconds=59)),
    errors.StaleControl(),
    errors.NotAllowed(("stock.move", "stock.reverse")),
    errors.NotAllowed(("stock.move",), reason="deactivated"),
    errors.Unavailable(),
    errors.Unavailable(is_certain=False),
    errors.SchemaOutdated("1", "2"),
]
SENTENCES = re.compile(r"[\"`*A-Za-z#0-9].*[.?)]", re.DOTALL)


def subclasses(of: type[errors.TallymanError]) -> Iterator[type[errors.TallymanError]]:
    for subclass in of.__subclasses__():
        if subclass.__module__ == errors.__name__:
            yield subclass
            yield from subclasses(subclass)


RAISED = [kind for kind in subclasses(errors.TallymanError) if not list(subclasses(kind))]
NAMES = [kind.__name__ for kind in subclasses(errors.TallymanError)]


def test_every_error_has_a_sample_here_but_the_one_that_is_nobodys_fault() -> None:
    said_elsewhere = {errors.GrantRefused, errors.LoginRefused}  # operators read these
    unsaid = set(RAISED) - {type(sample) for sample in SAMPLES} - said_elsewhere
    assert unsaid == {errors.BrokenBooks}


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_every_error_is_said_in_a_sentence_or_two(error: errors.TallymanError) -> None:
    text = explain(error)
    assert text is not None
    assert SENTENCES.fullmatch(text), text
    assert len(re.findall(r"[.?!](?:\s|$)", text)) <= 3, text
    assert len(text) < 250
    assert "{" not in text
    assert "None" not in text


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_no_sentence_tells_of_the_programs_inside(error: errors.TallymanError) -> None:
    text = explain(error) or ""
    for name in (*NAMES, "audit_event", "stock_level", "constraint", "Traceback"):
        assert name not in text or name == "Archived"  # which is also a word


def test_a_defect_is_not_explained_but_gets_a_reference() -> None:
    assert explain(errors.BrokenBooks("levels differ")) is None
    assert explain(ZeroDivisionError()) is None
    assert "`ABC`" in unexpected("ABC")


def test_what_discord_py_refuses_with_is_said_too() -> None:
    for error in (
        app_commands.CommandNotFound("take", []),
        app_commands.NoPrivateMessage(),
        INTERRUPTED,
    ):
        text = explain(error) if isinstance(error, Exception) else error
        assert text is not None
        assert SENTENCES.fullmatch(text)


def test_every_reason_that_the_code_gives_has_words() -> None:
    source = "\n".join(path.read_text() for path in Path(inspect.getfile(bot)).parent.rglob("*.py"))
    invalid = set(re.findall(r"InvalidValue\([^)]*?reason=\"(\w+)\"", source))
    invalid |= {
        reason
        for pair in re.findall(r"reason=\"(\w+)\" if [^)]* else \"(\w+)\"", source)
        for reason in pair
    }
    assert invalid
    assert invalid <= _INVALID.keys()
    reversible = set(re.findall(r"NotReversible\(\w+, \"(\w+)\"", source))
    assert reversible == _NOT_REVERSIBLE.keys()


HOSTILE = st.sampled_from(
    ["<@1>", "@everyone", "*b*", "[x](http://y)", "`c`", "||s||", "_i_", "\\", "~~s~~", "http://z"]
)
OWN = re.compile(r"\*\*|`(?:/|#|\d|[a-zA-Z]+[./]|@|<@…>)[^`]*`|`<@…>`")


@given(HOSTILE, HOSTILE)
def test_what_people_named_does_nothing_in_a_refusal(one: str, other: str) -> None:
    for error in (
        errors.NotFound("item", one, (other, one)),
        errors.AlreadyExists("item", "sku", one),
        errors.InvalidValue("value", "unknown_timezone", one),
        errors.InsufficientStock(one, other, one, D(3), D(5)),
        errors.SamePlace(one),
        errors.NothingToDo("level", one, state=other),
        errors.Archived("item", one),
        errors.StillInUse("item", one, other, D(3), one),
        errors.UnitFixed(one, other),
        errors.LocationNeeded("take", 1, one, other, D(3), "", CHOICES),
        errors.GrantExceeded(one, ("stock.move",)),
        errors.EveryoneOnlyLooks(one),
    ):
        text = explain(error)
        assert text is not None
        assert not live_around(OWN, text), text
