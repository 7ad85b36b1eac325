"""The root of everything that Tallyman refuses or fails to do, as one tree.

An error carries facts in fields, never a sentence: ``bot/views/errors/`` is the only place
that turns one into words. What only one noun can raise is beside its domain module.

    TallymanError
      NotFound                 no such item, location, role, record ...
      Ambiguous                what was typed means several things
        InsideNeeded           locations inside the one that was named hold the item
        NothingToUndo, NotRepeatable, NotBound, NotRegistered
      NamesUnknown             some of several names do not exist
      Conflict
        AlreadyExists          the name or SKU is taken
          ItemExists, LocationExists, SupplierExists, LooksAlike, BarcodeTaken
        StaleVersion           the thing was changed since the person looked at it
        IllegalStep            the thing's status does not allow this
        AlreadyDecided, Overtaken  another person was quicker
        AlreadyApplied, AlreadyCorrected, ChangedSince  what a device sent came too late
        KeyReused              the idempotency key belongs to another request
      RuleBroken
        InvalidValue           a typed value is not acceptable
        LimitReached           a bound of the product is hit
        NothingToDo            the books already say so
          AlreadyArchived, AlreadyInUse, AlreadyBound, AlreadyDeactivated, AlreadyActive,
          SettingUnchanged, MemberUnchanged, DayClosed, AlreadyRevoked
        Archived               an archived thing takes no part in moves
        StillInUse             it holds stock, or others depend on it
          ItemInStock, LocationNotEmpty, LocationHasLocations, UnitOfBarcodes
        SelfApproval, StaleControl, TooManyAtOnce, HeavyWorkUnderWay
        of stock               InsufficientStock, SameLocation, NothingInStock, LocationNeeded,
                               NotReversible, ReversalBlocked
        of locations           InsideItself
        of items               UnitFixed, WrongUnit, NotWhole, NotExact, TrackingFixed,
                               UnitIsOwn, UnusablePicture, MergedAway, Unlike
        of quantities          AmbiguousQuantity
        of documents           NotADocument
        of counts              NothingToCount, TooMuchToCount, LinesOpen, NothingCounted,
                               NothingEntered, NothingLeft, AlreadyListed, OutsideCount,
                               LotUnnamed, CountBlocked, CorrectedSince, CountUnderWay
        of typed lines         LinesRefused, NoQuantity, LotLeftOut
        of requests            LinePicked, TooMuchPicked, NothingPicked, NothingToPick,
                               PlanChanged
        of deliveries          NothingAwaited, NothingDelivered, TooMuchDelivered, NotOrdered,
                               DeliveredMeanwhile, LotUntyped, SerialsDiffer, SerialTwice
        of sync                TooOld, NotDone
        of records             DoneBefore, ExportTooLarge
        of imports             RepeatedRow, NamedOtherwise, UnknownColumns
        of roles               GrantExceeded, EveryoneOnlyLooks
        of members             AlreadyRegistered, AccessKept, ReactivationExceeded,
                               TooManyChanges, MemberLeft
        of settings            SetUpUnchanged, NotSetUp, RatesInUse
        of devices             DeviceRefused (DeviceUnknown, DeviceRevoked, DeviceExpired),
                               LinkRefused (LinkUnknown, LinkUsed, LinkExpired, LinkRevoked),
                               PageUnreachable
      NotAllowed               the person lacks a permission
      Unavailable              the database cannot serve now; nothing was changed
        RightsUnknown          Discord cannot be asked what a device's member may do
        ClockWrong             the clock is minutes ahead of Discord's or behind it
      ClockBehind              the clock is minutes behind the newest record
      KeyMissing               contact data cannot be encrypted or decrypted
        ValueDamaged           it was changed or moved since
      KeyUnreadable            the file of the key cannot be read
      SchemaOutdated           the database needs a migration
      SchemaUnknown            the database's schema is of another version of the program
      UnknownRevision          no such revision, or none on the way
      NoBooks                  the database is missing, or another program's
      BackupRefused            a backup or restore is refused until the operator fixes something
      GrantRefused             the database's owner cannot grant privileges
      DistributionRefused      the tables cannot be distributed over Citus
      LoginRefused             the database does not let this user in
      BrokenBooks              the ledger and a table differ: a defect
"""

from bot.errors.conflicts import (
    AlreadyDecided,
    AlreadyExists,
    Conflict,
    IllegalStep,
    KeyReused,
    Overtaken,
    StaleVersion,
)
from bot.errors.lookups import (
    Ambiguous,
    Candidate,
    NamesUnknown,
    NotFound,
)
from bot.errors.operating import (
    BackupRefused,
    BrokenBooks,
    ClockBehind,
    ClockWrong,
    DistributionRefused,
    GrantRefused,
    KeyMissing,
    KeyUnreadable,
    LoginRefused,
    NoBooks,
    SchemaOutdated,
    SchemaUnknown,
    Trouble,
    Unavailable,
    UnknownRevision,
    ValueDamaged,
)
from bot.errors.root import (
    TallymanError,
)
from bot.errors.rules import (
    AlreadyArchived,
    AlreadyInUse,
    Archived,
    HeavyWorkUnderWay,
    InvalidValue,
    LimitReached,
    NotAllowed,
    NothingToDo,
    RuleBroken,
    SelfApproval,
    StaleControl,
    StillInUse,
    TooManyAtOnce,
)

__all__ = [
    "AlreadyArchived",
    "AlreadyDecided",
    "AlreadyExists",
    "AlreadyInUse",
    "Ambiguous",
    "Archived",
    "BackupRefused",
    "BrokenBooks",
    "Candidate",
    "ClockBehind",
    "ClockWrong",
    "Conflict",
    "DistributionRefused",
    "GrantRefused",
    "HeavyWorkUnderWay",
    "IllegalStep",
    "InvalidValue",
    "KeyMissing",
    "KeyReused",
    "KeyUnreadable",
    "LimitReached",
    "LoginRefused",
    "NamesUnknown",
    "NoBooks",
    "NotAllowed",
    "NotFound",
    "NothingToDo",
    "Overtaken",
    "RuleBroken",
    "SchemaOutdated",
    "SchemaUnknown",
    "SelfApproval",
    "StaleControl",
    "StaleVersion",
    "StillInUse",
    "TallymanError",
    "TooManyAtOnce",
    "Trouble",
    "Unavailable",
    "UnknownRevision",
    "ValueDamaged",
]
