"""A lane under a lease: its rows, the batch that is on its way, and why it waited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.database.models import AuditEvent
from bot.domain.lanes import purpose_of


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message to be delivered, with the record that it is about, if any."""

    kind: str
    record: int
    created_at: datetime
    event: AuditEvent | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A text about all rows of one kind up to a record."""

    kind: str
    channel_id: int
    last_record: int
    text: str


@dataclass(frozen=True, slots=True)
class Batch(Draft):
    """A message that is on its way, unchanged until it arrived."""

    nonce: str
    frozen_at: datetime
    # Known once it arrived; the lane's row does not keep it.
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class LeasedLane:
    """A lane that this process may deliver now, with the batch or else the rows that are next."""

    guild_id: int
    lane: str
    channel_ids: Mapping[str, int]
    timezone: str
    language: str
    failures: int
    retry_at: datetime | None
    blocked_reason: str | None
    blocked_since: datetime | None
    owner_told_at: datetime | None
    # What Discord called the guild and who owned it when a process that serves it last delivered.
    guild_name: str = ""
    owner_id: int | None = None
    batch: Batch | None = None
    rows: tuple[OutboxRow, ...] = field(default=(), repr=False)

    @property
    def channel_id(self) -> int | None:
        """The channel that the lane leads to, None if it leads to none or the guild has none."""
        return self.channel_ids.get(purpose_of(self.lane) or self.lane)

    def leading_to(self, channel_id: int | None) -> "LeasedLane":
        """Return the lane of a board, which leads to the channel that shows it."""
        if channel_id is None:
            return self
        return replace(self, channel_ids={**self.channel_ids, self.lane: channel_id})


def to_leased_lane(row: Any, guild: Sequence[Any]) -> LeasedLane:
    """Read a lane's row, and those of its guild's channels."""
    batch = None
    if row.batch_text is not None:
        batch = Batch(
            kind=row.batch_kind,
            channel_id=row.batch_channel_id,
            last_record=row.batch_last_record,
            text=row.batch_text,
            nonce=row.batch_nonce,
            frozen_at=row.batch_frozen_at,
        )
    return LeasedLane(
        guild_id=row.guild_id,
        lane=row.lane,
        channel_ids={each.purpose: each.channel_id for each in guild if each.purpose},
        timezone=guild[0].timezone if guild else "UTC",
        language=guild[0].language if guild else "",
        failures=row.failures,
        retry_at=row.retry_at,
        blocked_reason=row.blocked_reason,
        blocked_since=row.blocked_since,
        owner_told_at=row.owner_told_at,
        guild_name=(guild[0].name or "") if guild else "",
        owner_id=guild[0].owner_id if guild else None,
        batch=batch,
    )


def to_outbox_row(row: Any) -> OutboxRow:
    """Read a row of the outbox with the record that it is about."""
    columns = dict(row._mapping)
    own = {name: columns.pop(f"row_{name}") for name in ("kind", "record", "created_at")}
    event = AuditEvent.model_construct(**columns) if columns["record"] is not None else None
    return OutboxRow(**own, event=event)
