import inspect
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

import bot
import bot.views
from bot import errors
from bot.domain import counts, invoices, orders, payments, receiving, requests
from bot.domain.approvals import AlreadyAgreed
from bot.domain.availability import (
    Availability,
    InQuarantine,
    InsufficientAvailable,
    ReservedFor,
)
from bot.domain.boards import BoardChannelClosed, BoardExists
from bot.domain.bulk_lines import LotLeftOut
from bot.domain.charts import ChartNeedsItem, ChartTakesNo, NothingToDraw
from bot.domain.conversions import NotExact
from bot.domain.days import AmbiguousDay
from bot.domain.devices import (
    AlreadyRevoked,
    DeviceExpired,
    DeviceRefused,
    DeviceRevoked,
    DeviceUnknown,
    LinkExpired,
    LinkRefused,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
    PageUnreachable,
)
from bot.domain.documents import NotADocument
from bot.domain.guild_settings import NotSetUp, RatesInUse, SettingUnchanged, SetUpUnchanged
from bot.domain.imports import (
    FileTooLarge,
    ImportApplied,
    ImportLapsed,
    ImportNotReversible,
    ImportOutdated,
    LotMissing,
    NamedOtherwise,
    NotImported,
    RepeatedRow,
    UnknownColumns,
)
from bot.domain.invoice_files import UnusableFile
from bot.domain.invoice_matching import InvoiceDiffers
from bot.domain.item_days import DaysUnchanged
from bot.domain.items import (
    AlertAnswered,
    BarcodeTaken,
    ItemExists,
    ItemInStock,
    MergedAway,
    TargetBelowPoint,
    TrackingFixed,
    UnitFixed,
    UnitIsOwn,
    UnitOfBarcodes,
    Unlike,
)
from bot.domain.lines import LineFault, LinesRefused, NoQuantity
from bot.domain.locations import (
    InsideItself,
    LocationExists,
    LocationHasLocations,
    LocationNotEmpty,
)
from bot.domain.lookalikes import DiffersInSigns, LooksAlike
from bot.domain.lots import (
    ExpiryDiffers,
    LotNeeded,
    LotsDiffer,
    LotSetAside,
    LotUnchanged,
    NotTracked,
    OneOfSerial,
    SerialInStock,
)
from bot.domain.members import (
    AccessKept,
    AlreadyActive,
    AlreadyDeactivated,
    AlreadyRegistered,
    DeactivationExceeded,
    MemberLeft,
    MemberUnchanged,
    NotRegistered,
    ReactivationExceeded,
    TooManyChanges,
)
from bot.domain.money import Money
from bot.domain.order_files import MeansSeveral, SameMakersNumber
from bot.domain.pictures import UnusablePicture
from bot.domain.prices import PriceUnchanged
from bot.domain.quantities import AmbiguousQuantity
from bot.domain.records import DayClosed, DoneBefore, ExportTooLarge, NotRepeatable
from bot.domain.roles import (
    AlreadyBound,
    DefaultRoleExceeded,
    EveryoneOnlyLooks,
    GrantExceeded,
    NotBound,
)
from bot.domain.sheets import UnreadableSheet
from bot.domain.shifts import NotOnShift
from bot.domain.stock import (
    InsideNeeded,
    InsufficientStock,
    LocationNeeded,
    NothingInStock,
    NothingToUndo,
    NotReversible,
    ReversalBlocked,
    SameLocation,
)
from bot.domain.suppliers import STATUSES, SupplierExists
from bot.domain.sync_refusals import (
    AlreadyApplied,
    AlreadyCorrected,
    ChangedSince,
    MergedSince,
    NotDone,
    RightsUnknown,
    TooOld,
)
from bot.domain.units import NotWhole, WrongUnit
from bot.interactions.registers import load_modules
from bot.locales import use_locale
from bot.settings import SettingsError
from bot.views.errors import explain, interrupted, unexpected
from bot.views.errors.items import UNLIKE, UNUSABLE_PICTURES
from bot.views.errors.stock import NOT_REVERSIBLE
from bot.views.errors.values import REASONS
from tests.pseudo import untranslated
from tests.views.markdown import live_around

D = Decimal
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
CHOICES = ((101, "Shelf A1", D(3)),)

GUESSES = (
    errors.Candidate("item", 101, "BOLT-8", "Bolt", D(3), "pcs"),
    errors.Candidate("item", 102, "BOLT-9", is_archived=True),
)

SAMPLES: list[errors.TallymanError] = [
    errors.NotFound("item"),
    errors.NotFound("item", "BOLT", GUESSES),
    errors.Ambiguous("item", "Bolt", GUESSES),
    errors.Ambiguous("location", "A1", GUESSES * 4, has_more=True),
    errors.Ambiguous("spaceship", "Acme", GUESSES),
    AmbiguousQuantity("quantity", "1,000", D(1000), D(1)),
    UnreadableSheet("too_many_rows", 10_000),
    UnreadableSheet("too_large"),
    UnknownColumns("stock", ("sku", "quantity"), ("x", "x")),
    ImportLapsed(),
    ImportApplied(label="Acme", record=41, at=MONDAY),
    ImportOutdated(2, ("BOLT-8",)),
    ImportNotReversible(41, "BOLT-8"),
    RepeatedRow(4),
    NamedOtherwise("BOLT", "BOLT-8"),
    LotLeftOut("BOLT-8", "lot"),
    LotLeftOut("BOLT-8", "serial"),
    LotMissing("BOLT-8", "lot"),
    LotMissing("BOLT-8", "serial"),
    NotImported("prices"),
    FileTooLarge(),
    WrongUnit("BOLT-8", "pcs", "hull"),
    WrongUnit("BOLT-8", "pcs", "hull", ("pcs", "hull")),
    WrongUnit("BOLT-8", "pcs", "hull", ("pcs", "hull") * 4),
    LotsDiffer("BOLT-8", "BOLT-9", "ACME", MONDAY.date(), None),
    LotsDiffer("BOLT-8", "BOLT-9", "ACME", None, None),
    TargetBelowPoint("BOLT-8", D(10), D(5)),
    DeactivationExceeded(7, ("role.manage",)),
    AccessKept(7, is_program=True),
    NotExact("BOLT-8", "pcs", D("0.333333"), D(1), "hull"),
    NotWhole("BOLT-8", "pcs", D("1.5")),
    InsufficientAvailable(
        "BOLT-8",
        "pcs",
        D(5),
        Availability(D(9), D(6), D(4)),
        (ReservedFor("`R-1`", "Acme", D(4)),),
    ),
    InQuarantine("BOLT-8", "A1"),
    ChartNeedsItem("level"),
    ChartTakesNo("abc", "item"),
    ChartTakesNo("price", "location"),
    NothingToDraw("price", 90, "BOLT-8"),
    NothingToDraw("moves", 30, "BOLT-8", "Shelf A1"),
    NothingToDraw("abc", 1),
    LotNeeded("BOLT-8", "lot", "put", ("hull",)),
    LotNeeded("BOLT-8", "serial", "put"),
    NotTracked("BOLT-8"),
    LotSetAside("BOLT-8", "hull"),
    LotSetAside("BOLT-8", "hull", MONDAY.date()),
    SerialInStock("BOLT-8", "hull", "A1"),
    OneOfSerial("BOLT-8", "hull"),
    ExpiryDiffers("BOLT-8", "hull", MONDAY.date(), MONDAY.date()),
    LotUnchanged("BOLT-8", "hull", "held"),
    LotUnchanged("BOLT-8", "hull", "open"),
    DaysUnchanged("BOLT-8", is_kept=True),
    DaysUnchanged("BOLT-8", is_kept=False),
    AmbiguousDay("expiry", "hull", MONDAY.date(), MONDAY.date()),
    NothingInStock("BOLT-8", is_set_aside=True),
    InsufficientStock("BOLT-8", "pcs", "A1", D(1), D(2), lot="hull", set_aside=D(3)),
    TrackingFixed("BOLT-8", "lot"),
    TrackingFixed("BOLT-8", "none", "BOLT-1"),
    UnitIsOwn("BOLT-8", "pcs"),
    UnitIsOwn("BOLT-8", "hull", is_further=True),
    BarcodeTaken(field="barcode", value="BOLT-8", item="BOLT-8"),
    UnitOfBarcodes("BOLT-8", "pcs", "A1"),
    BarcodeTaken(field="barcode", value="A1", item="BOLT-8"),
    MergedAway("BOLT-8", "BOLT"),
    *(Unlike(reason, "BOLT-8", "BOLT", "pcs", "pcs") for reason in UNLIKE),
    *(UnusablePicture(reason) for reason in UNUSABLE_PICTURES),
    errors.NotFound("location", "A1"),
    errors.NotFound("record"),
    errors.NotFound("record", "4"),
    errors.NotFound("spaceship", "4"),
    NothingToUndo(),
    NotRepeatable("4"),
    NotBound("manager"),
    NotBound(),
    errors.NamesUnknown("permission", ("stock.fly",)),
    errors.NamesUnknown("permission", ("stock.fly", "<@1>")),
    ItemExists("sku", "BOLT-8", is_archived=True),
    ItemExists("name", "Bolt"),
    LocationExists("name", "A1", is_archived=True),
    InsideItself("A1", "A1.1"),
    InsideItself("A1", "A1"),
    InsideNeeded("location", "A1", (errors.Candidate("location", 101, "A1.1"),), item="BOLT-8"),
    InsideNeeded("location", "A1", (), item="BOLT-8"),
    errors.AlreadyExists("audit_event"),
    *(SupplierExists("name", "Acme", status) for status in STATUSES.statuses),
    AlreadyAgreed("Acme", 1, 2),
    *(errors.AlreadyDecided("Acme", status, 7, MONDAY, 41) for status in STATUSES.statuses),
    errors.Overtaken("order", "Acme", "cancelled", 7, MONDAY, 41),
    errors.SelfApproval("supplier", "Acme"),
    errors.KeyMissing(),
    errors.ValueDamaged(),
    errors.KeyUnreadable("books.db.key", "Is a directory"),
    ExportTooLarge(4711),
    errors.StaleVersion("item"),
    errors.StaleVersion("spaceship"),
    *(
        errors.IllegalStep("supplier", "ACME", status, step)
        for status in STATUSES.statuses
        for step in ("decided", "resubmitted", "suspended", "reinstated", "flown")
    ),
    errors.KeyReused("4711"),
    *(errors.InvalidValue("quantity", reason, "x", 3) for reason in REASONS),
    errors.InvalidValue("reorder_point", "too_large", limit=D("999.900")),
    errors.InvalidValue("hull", "too_large", limit=D("999.900")),
    InsufficientStock("BOLT-8", "pcs", "Shelf A1", D(3), D(5), elsewhere=CHOICES),
    ReversalBlocked(41, InsufficientStock("BOLT-8", "pcs", "Shelf A1", D(3), D(5))),
    ReversalBlocked(41, InsufficientStock("BOLT-8", "pcs", "Shelf A1", D(0), D(5)), 42),
    AlertAnswered("BOLT-8"),
    errors.LimitReached("role", 25),
    SameLocation("A1"),
    NothingInStock("BOLT-8"),
    SettingUnchanged("currency", "EUR"),
    RatesInUse("EUR", ("Acme",)),
    RatesInUse("EUR", ("Acme", "BOLT-8")),
    AlreadyBound("manager"),
    DayClosed("2026-01-05"),
    errors.AlreadyArchived("item", "BOLT-8"),
    errors.AlreadyInUse("item", "BOLT-8"),
    errors.NothingToDo("item", "BOLT-8"),
    errors.Archived("item", "BOLT-8"),
    errors.Archived("location", "A1"),
    ItemInStock("BOLT-8", "A1", D(3), "pcs"),
    LocationNotEmpty("A1", "BOLT-8", D(3), "pcs"),
    LocationHasLocations("A1", "A1.1"),
    UnitFixed("BOLT-8", "pcs"),
    UnitFixed("BOLT-8", "pcs", "BOLT-1"),
    *(
        LocationNeeded(verb, 100, "BOLT-8", "pcs", D(3), "", choices)
        for verb in ("take", "put")
        for choices in ((), CHOICES)
    ),
    GrantExceeded("manager", ("stock.move",)),
    GrantExceeded("manager", ("stock.move",), is_asked_for=True),
    GrantExceeded("manager", ("stock.move",), is_taken=True),
    LooksAlike("item", "sku", "BOLT-8", "Bolt"),
    DiffersInSigns("item", "sku", "BOLT-8", "Bolt"),
    TooManyChanges(MONDAY),
    MemberLeft(900),
    DefaultRoleExceeded("manager", ("stock.adjust",)),
    ReactivationExceeded(900, ("role.manage",)),
    SetUpUnchanged(),
    NotSetUp(may_set_up=False),
    EveryoneOnlyLooks("manager"),
    *(NotReversible(4, reason, 5, 15) for reason in NOT_REVERSIBLE),
    AlreadyRegistered(MONDAY),
    AlreadyRegistered(MONDAY, has_new_email=True),
    AccessKept(900),
    AccessKept(900, is_oneself=True),
    NotRegistered(),
    NotOnShift(),
    PageUnreachable(),
    BoardChannelClosed(5, ("`Send`",)),
    BoardExists("board", "kind", "Acme"),
    errors.NotFound("board", "Acme"),
    errors.NotFound("board"),
    errors.LimitReached("board", 25),
    DeviceUnknown(),
    DeviceRevoked("Acme", MONDAY),
    DeviceExpired("Acme", MONDAY),
    LinkUnknown(),
    LinkUsed(MONDAY),
    LinkExpired(MONDAY),
    LinkRevoked(MONDAY),
    AlreadyRevoked("device", "Acme"),
    errors.LimitReached("device", 20),
    errors.NotFound("device", "Acme"),
    errors.Ambiguous("device", "Acme", (errors.Candidate("device", 1, "Acme"),)),
    NotADocument("count", "x", "C-4"),
    NoQuantity(),
    LinesRefused((LineFault(2, "BOLT-8", NoQuantity()),)),
    requests.LinePicked("BOLT-8", "pcs", D(2), D(1)),
    requests.TooMuchPicked("BOLT-8", "pcs", D(2), D(3)),
    requests.NothingPicked("Acme", 104),
    requests.NothingToPick("Acme"),
    requests.AskedForAgain("Acme", "ACME", 104),
    requests.PlanChanged("Acme", 104),
    orders.SupplierNotApproved("Acme", "suspended"),
    orders.PricesMissing("Acme", ((1, "BOLT-8"),)),
    orders.PricesMissing("Acme", ((1, "BOLT-8"), (2, "BOLT-8"))),
    orders.OtherCurrency("EUR", "EUR"),
    orders.NothingToOrder("BOLT-8"),
    MeansSeveral("BOLT-8", "BOLT"),
    SameMakersNumber("BOLT-8", (3, 5)),
    orders.SupplierNeeded(100, 41, "BOLT-8"),
    orders.SupplierNeeded(100, 41, "BOLT-8", ((104, "Acme"),)),
    receiving.TooMuchDelivered(
        "Acme",
        104,
        (
            receiving.Excess(
                sku="BOLT-8", unit="pcs", ordered=D(1), received=D(0), delivered=D(3), limit=D(1)
            ),
        ),
    ),
    receiving.NothingDelivered("Acme", 104),
    *(receiving.NothingAwaited("Acme", status) for status in ("draft", "received", "closed")),
    receiving.NotOrdered("Acme", "BOLT-8"),
    receiving.NotOrdered("Acme", "BOLT-8", "BOLT"),
    receiving.DeliveredMeanwhile("Acme", 104),
    receiving.SerialsDiffer("BOLT-8", D(3), 2),
    receiving.SerialTwice("BOLT-8"),
    *(receiving.LotUntyped("BOLT-8", tracking) for tracking in ("lot", "serial")),
    counts.NothingToCount("A1"),
    counts.TooMuchToCount("A1"),
    counts.LinesOpen("Acme", 3),
    counts.CountUnderWay(1, "Acme", "A1"),
    counts.NothingCounted("Acme"),
    counts.NothingEntered("Acme", 104),
    counts.NothingEntered(
        "Acme",
        104,
        (counts.AskedAgain(line=1, sku="BOLT-8", location="A1", reason="counted", by=900),),
    ),
    PriceUnchanged("Acme"),
    *(UnusableFile(reason) for reason in ("too_large", "empty", "unknown_type", "gone")),
    invoices.InvoiceExists(
        value="Acme",
        supplier="Acme",
        status="received",
        total=Money(D(1), "EUR"),
        invoice_id=104,
        made_by=900,
        made_at=MONDAY,
    ),
    invoices.SupplierNotPaid("Acme", "suspended", "Acme"),
    invoices.NoLinesYet("Acme", 104),
    invoices.OtherCurrency("Acme", "EUR", "EUR"),
    invoices.NotOnOrder("Acme", "BOLT-8"),
    invoices.OrderOfAnother("Acme", "Acme"),
    invoices.NoPrice(),
    invoices.PaymentsUnderWay("Acme", ("Acme",)),
    InvoiceDiffers("Acme", 104, "EUR", (), Money(D(1), "EUR"), Money(D(2), "EUR")),
    *(payments.InvoiceNotPayable("invoice", "Acme", each, "pay") for each in ("paid", "void")),
    *(payments.MoreThanOpen("Acme", Money(D(3), "EUR"), Money(D(each), "EUR")) for each in (0, 2)),
    *(LotMissing("BOLT-8", tracking) for tracking in ("lot", "serial")),
    counts.NothingLeft("Acme", is_barred=False),
    counts.NothingLeft("Acme", is_barred=True),
    counts.AlreadyListed("Acme", "BOLT-8", "A1"),
    counts.OutsideCount("A1.1", "A1"),
    counts.LotUnnamed("BOLT-8"),
    counts.CorrectedSince("Acme", "BOLT-8", "A1", 41),
    counts.CountBlocked("Acme", D(3), InsufficientStock("BOLT-8", "pcs", "A1", D(1), D(3))),
    MemberUnchanged("900"),
    AlreadyDeactivated("900"),
    AlreadyActive("900"),
    DoneBefore(4, timedelta(seconds=40)),
    DoneBefore(4, timedelta(minutes=9, seconds=59)),
    errors.StaleControl(),
    errors.TooManyAtOnce(),
    errors.HeavyWorkUnderWay(),
    errors.NotAllowed(("stock.move",)),
    errors.NotAllowed(("stock.move", "stock.reverse")),
    errors.NotAllowed(("settings.manage", "role.manage"), needs_all=True),
    errors.NotAllowed(("stock.move",), reason="deactivated"),
    errors.Unavailable(),
    errors.Unavailable(is_certain=False),
    *(errors.Unavailable(trouble=trouble) for trouble in get_args(errors.Trouble)),
    errors.ClockWrong(now=MONDAY, right=MONDAY + timedelta(days=1)),
    errors.ClockWrong(now=MONDAY + timedelta(days=1), right=MONDAY),
    errors.ClockBehind(MONDAY, MONDAY + timedelta(days=365)),
    errors.SchemaOutdated("1", "2"),
    MergedSince("BOLT-8"),
    TooOld(timedelta(days=91), timedelta(days=90)),
    AlreadyApplied(41),
    AlreadyCorrected(41),
    ChangedSince(("name",), 41),
    NotDone("stock_moves", "DELETE"),
    RightsUnknown(),
]
SENTENCES = re.compile(r"[<`*A-Za-z#0-9].*[.?)]", re.DOTALL)


def subclasses(of: type[errors.TallymanError]) -> Iterator[type[errors.TallymanError]]:
    for subclass in of.__subclasses__():
        if subclass is SettingsError or subclass.__module__.startswith("bot.database.admin"):
            continue  # an operator reads it at the command line
        yield subclass
        yield from subclasses(subclass)


# A noun's words are declared beside its view, and loaded with all the others at the start.
load_modules(bot.views)
KINDS = list(subclasses(errors.TallymanError))
# These only group others.
ABSTRACT = {errors.Conflict, errors.RuleBroken, errors.StillInUse, DeviceRefused, LinkRefused}


def test_every_error_but_a_defect_has_a_sample_here() -> None:
    said_elsewhere = {errors.GrantRefused, errors.LoginRefused, errors.NoBooks}
    said_elsewhere |= {errors.SchemaUnknown, errors.UnknownRevision}  # operators read these
    said_elsewhere |= {errors.DistributionRefused, errors.BackupRefused}
    unsaid = set(KINDS) - {type(sample) for sample in SAMPLES} - said_elsewhere - ABSTRACT
    assert unsaid == {errors.BrokenBooks}


def test_every_error_is_explained_in_two_sentences() -> None:
    for error in SAMPLES:
        explained = explain(error)
        assert explained is not None, error
        # Codes stand in small print below.
        text = explained.partition("\n-# ")[0]
        assert SENTENCES.fullmatch(text), text
        assert len(re.findall(r"[.?!](?:\s|$)", text)) <= 3, text
        assert len(text) < 250
        assert "{" not in text
        assert "None" not in text


def test_no_sentence_shows_internal_names() -> None:
    internal = {kind.__name__ for kind in KINDS} - {"Archived"}  # which is also a word
    internal |= {"audit_event", "stock_level", "constraint", "Traceback"}
    for error in SAMPLES:
        text = explain(error) or ""
        assert not [name for name in internal if name in text], text


def test_a_defect_is_not_explained_but_gets_a_reference() -> None:
    assert explain(errors.BrokenBooks("levels differ")) is None
    assert explain(ZeroDivisionError()) is None
    assert "`ABC`" in unexpected("ABC")


def test_refusals_of_discord_py_are_explained() -> None:
    for error in (
        app_commands.CommandNotFound("take", []),
        app_commands.NoPrivateMessage(),
        interrupted(),
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
    assert invalid <= REASONS.keys()
    reversible = set(re.findall(r"NotReversible\(\w+, \"(\w+)\"", source))
    assert reversible == NOT_REVERSIBLE.keys()


HOSTILE = st.sampled_from(
    ["<@1>", "@everyone", "*b*", "[x](http://y)", "`c`", "||s||", "_i_", "\\", "~~s~~", "http://z"]
)
OWN = re.compile(r"\*\*|`(?:/|#|\d|[a-zA-Z]+[./]|@|<@…>)[^`]*`|`<@…>`")


@given(HOSTILE, HOSTILE)
def test_user_text_formats_and_pings_nothing_in_a_refusal(one: str, other: str) -> None:
    for error in (
        errors.NotFound("item", one, (errors.Candidate("item", 1, other, one),)),
        WrongUnit(one, "pcs", other),
        ItemExists("sku", one),
        LocationExists("name", one),
        SupplierExists("name", one, "approved"),
        errors.NotFound("time zone", one),
        InsufficientStock(one, other, one, D(3), D(5)),
        SameLocation(one),
        SettingUnchanged(one, other),
        errors.AlreadyArchived("item", one),
        errors.Archived("item", one),
        ItemInStock(one, other, D(3), one),
        LocationNotEmpty(one, other, D(3), one),
        LocationHasLocations(one, other),
        UnitFixed(one, other),
        LocationNeeded("take", 1, one, other, D(3), "", CHOICES),
        GrantExceeded(one, ("stock.move",)),
        EveryoneOnlyLooks(one),
    ):
        text = explain(error)
        assert text is not None
        assert not live_around(OWN, text), text


# What stays as it is in every language: names, quantities, mentions, times and permissions.
DATA = re.compile(
    r"`[^`]+`|BOLT(-\d)?|Bolt|Shelf A1|A1(\.1)?|Acme|ACME|manager|stock\.fly|currency|EUR|hull|pcs|"
    # Discord's own names of permissions are not translated.
    r"\*\*x\*\*|<@\d+>|<t:\d+:\w>|Send Messages"
)


def test_every_word_of_a_refusal_is_translated(pseudo_locale: str) -> None:
    for error in SAMPLES:
        with use_locale(pseudo_locale):
            text = explain(error)
        assert text is not None, error
        assert not untranslated(DATA.sub(" ", text)), text


@pytest.mark.parametrize("say", [interrupted, lambda: unexpected("ABC")])
def test_what_is_said_without_an_error_is_translated(
    say: Callable[[], str], pseudo_locale: str
) -> None:
    with use_locale(pseudo_locale):
        assert not untranslated(DATA.sub(" ", say()))
