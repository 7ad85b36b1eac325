"""The root of everything that Tallyman refuses or fails to do: the families, and what they share.

An error carries facts in fields, never a sentence: ``bot/views/errors/`` is the only place
that turns one into words. What only one noun can raise is beside its module in ``bot/domain``,
in one of these families (``InsufficientStock`` is a ``RuleBroken`` of ``bot/domain/stock.py``).

    TallymanError
      NotFound                 no such item, location, role, record ...
      Ambiguous                what was typed means several things
      NamesUnknown             some of several names do not exist
      Conflict
        AlreadyExists          the name or SKU is taken
        StaleVersion           the thing was changed since the person looked at it
        IllegalStep            the thing's status does not allow this
        AlreadyDecided, Overtaken  another person was quicker
        KeyReused              the idempotency key belongs to another request
      RuleBroken
        InvalidValue           a typed value is not acceptable
        LimitReached           a bound of the product is hit
        NothingToDo            the books already say so
          AlreadyArchived, AlreadyInUse
        Archived               an archived thing takes no part in moves
        StillInUse             it holds stock, or others depend on it
        SelfApproval           the proposer may not decide
        StaleControl           a button whose message shows an older state
        TooManyAtOnce          a person or guild has used up its share
        HeavyWorkUnderWay      the guild verifies, exports or imports already
      NotAllowed               the person lacks a permission
      Unavailable              the database cannot serve now; nothing was changed
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
