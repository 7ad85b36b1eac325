"""What the API takes and answers, as pydantic models: all of them, and nothing else.

Ids of Discord are text: they are larger than the numbers that JavaScript counts exactly.
"""

from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bot.domain.sync import MAX_OPERATIONS, MAX_PULLED, PullTable, PushTable, Status, Verb

# The largest number that JSON's readers agree on.
MAX_NUMBER: Final = 2**53 - 1
_DEFAULT_PULLED: Final = 1_000
_MAX_NAME: Final = 100
# A clock without a battery says 1970; far beyond these, times cannot be calculated with.
_YEARS: Final = range(1970, 2200)


def _of_our_time(value: datetime) -> datetime:
    if value.year not in _YEARS:
        raise ValueError(f"must be from {_YEARS.start} to {_YEARS.stop - 1}")
    return value


Number = Annotated[int, Field(ge=0, le=MAX_NUMBER)]
Instant = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
OperationId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$"
    ),
    Field(description="A UUID, made by the device."),
]


class _Model(BaseModel):
    # What a later page sends besides is no reason to refuse its queue.
    model_config = ConfigDict(extra="ignore", frozen=True, strict=False)


class Redemption(_Model):
    """A link that a device was given, to be exchanged for a token, once."""

    link: str = Field(
        max_length=500, description="The whole link of `/device link`, or what follows `#link=`."
    )


class Device(_Model):
    """A device that works for a member; it is linked again if it is not heard of until then."""

    id: str
    name: str
    linked_at: datetime
    expires_at: datetime


class Person(_Model):
    """The member a device works for, and what they may do as of now."""

    id: str
    name: str
    language: str = Field(description="The member's own setting; empty: the reader's choice.")
    permissions: list[str]


class Guild(_Model):
    """The guild whose books a device works in, and the settings that a scanner needs."""

    id: str
    name: str = Field(description="Empty if this process does not know it.")
    language: str
    timezone: str
    currency: str
    undo_minutes: int
    expiry_warning_days: int
    over_delivery_percent: str


class Me(_Model):
    """Who a token speaks for."""

    device: Device
    person: Person
    guild: Guild


class Linked(Me):
    """A device that was linked; the token is shown this once."""

    token: str


class AwaitedLine(_Model):
    """How much is still to come of an item, as text, in its own unit."""

    item_id: int
    sku: str
    left: str
    unit: str


class AwaitedOrder(_Model):
    """An order that goods may come in of; its `label` is what `order` of a move takes."""

    label: str
    supplier: str
    promised_on: date | None
    lines: list[AwaitedLine]


class AwaitedOrders(_Model):
    """The newest orders that goods may come in of, a hundred at most, the oldest first."""

    orders: list[AwaitedOrder]


class Operation(_Model):
    """Something that was done at a device."""

    id: OperationId
    seq: Number
    table: PushTable
    operation: Verb
    data: dict[str, Any]
    timestamp: Instant = Field(description="When, by the device's own clock.")
    base_version: Number | None = None
    supersedes: OperationId | None = Field(
        default=None, description="The refused operation that this one takes the place of."
    )


class UnusableOperation(_Model):
    """What is no operation but has a name: it is rejected alone, or all behind it would wait."""

    id: str = Field(max_length=_MAX_NAME)


class SyncRequest(_Model):
    """What was done at a device since, and from where on it wants to know what changed."""

    protocol: Number
    schema_version: Number
    device_time: Instant = Field(description="What the device's clock says while it sends this.")
    cursor: str | None = Field(default=None, max_length=2_100)
    last_sync_timestamp: Instant | None = None
    pull_limit: Annotated[int, Field(ge=1, le=MAX_PULLED)] = _DEFAULT_PULLED
    operations: list[
        Annotated[Operation | UnusableOperation, Field(union_mode="left_to_right")]
    ] = Field(default=[], max_length=MAX_OPERATIONS)


class Result(_Model):
    """What became of an operation."""

    id: str
    status: Status
    reason: str
    record: int | None


class Conflict(_Model):
    """An operation that was refused, or that lost to what the books say, and why."""

    operation_id: str
    table: PushTable | None = Field(description="Null: what was sent is no operation.")
    reason: str
    message: str
    server_record: dict[str, Any] | None


class Change(_Model):
    """A row as it is since a record (`seq`, also its version)."""

    seq: int
    table: PullTable
    operation: Verb
    id: str
    version: int
    data: dict[str, Any] | None
    timestamp: datetime


class SyncAnswer(_Model):
    """What became of the operations, and what changed."""

    changes_applied: list[str]
    results: list[Result]
    conflicts: list[Conflict]
    changes: list[Change]
    cursor: str | None = Field(
        description="To be sent next time. Null: nothing could be looked up and none was sent."
    )
    last_sync_timestamp: datetime | None
    has_more: bool
    reset: bool
    server_timestamp: datetime


class FieldProblem(_Model):
    """A field of a request that cannot be what it is."""

    field: str
    detail: str


class Problem(_Model):
    """Why a request was not answered (RFC 9457); `code` stays the same in every language."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    reference: str | None = None
    errors: list[FieldProblem] | None = None
