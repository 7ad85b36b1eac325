"""Lanes: destinations of messages to Discord, each in its own order, so that none blocks another.

A lane is spelled `channel:<purpose>` (the guild decides which channel that is), `person:<id>`,
`report:<schedule>` or `board:<id>`. The kind of a message selects its renderer.
"""

from typing import Final

AUDIT: Final = "audit"
APPROVALS: Final = "approvals"
ALERTS: Final = "alerts"
REQUESTS: Final = "requests"
CHANNEL_PURPOSES: Final = (AUDIT, APPROVALS, ALERTS, REQUESTS)

# What a message is, which decides who renders it.
AUDIT_LINE: Final = "audit_line"
CARD: Final = "card"
DECISION: Final = "decision"
LOW_STOCK: Final = "low_stock"
# What expires soon and what is late, in the alerts channel, once a day.
DIGEST: Final = "digest"
# The card of a document, in the channel of its kind's purpose.
DOCUMENT: Final = "document"
# A board whose message has to be posted, edited or deleted.
BOARD: Final = "board"
# A report that is due by a schedule, in a lane of its own.
REPORT: Final = "report"
# Every one has a renderer (bot/jobs/delivery); the application asserts that at its start.
KINDS: Final = (AUDIT_LINE, CARD, DECISION, LOW_STOCK, DIGEST, DOCUMENT, BOARD, REPORT)

# Why a person's lane waits: they take no messages and see no channel to be mentioned in.
UNREACHABLE: Final = "unreachable"

_CHANNEL: Final = "channel:"
_PERSON: Final = "person:"
_BOARD: Final = "board:"
_REPORT: Final = "report:"


def channel_lane(purpose: str) -> str:
    """Return the lane to the channel that a guild uses for a purpose."""
    return f"{_CHANNEL}{purpose}"


def direct_lane(user_id: int) -> str:
    """Return the lane of messages to one person."""
    return f"{_PERSON}{user_id}"


def board_lane(board_id: int) -> str:
    """Return the lane to the message of a board."""
    return f"{_BOARD}{board_id}"


def report_lane(schedule_id: int) -> str:
    """Return the lane of the posts of a scheduled report."""
    return f"{_REPORT}{schedule_id}"


def scheduled_by(lane: str) -> int | None:
    """Return the schedule that a lane is of, None if it leads elsewhere."""
    return int(lane.removeprefix(_REPORT)) if lane.startswith(_REPORT) else None


def purpose_of(lane: str) -> str | None:
    """Return the purpose of the channel that a lane leads to, None if it leads elsewhere."""
    return lane.removeprefix(_CHANNEL) if lane.startswith(_CHANNEL) else None


def recipient_of(lane: str) -> int | None:
    """Return the person that a lane leads to, None if it leads elsewhere."""
    return int(lane.removeprefix(_PERSON)) if lane.startswith(_PERSON) else None


def board_of(lane: str) -> int | None:
    """Return the board that a lane leads to, None if it leads elsewhere."""
    return int(lane.removeprefix(_BOARD)) if lane.startswith(_BOARD) else None


def is_personal(lane: str) -> bool:
    """Whether a lane leads to a person."""
    return lane.startswith(_PERSON)


AUDIT_LANE: Final = channel_lane(AUDIT)
APPROVALS_LANE: Final = channel_lane(APPROVALS)
ALERTS_LANE: Final = channel_lane(ALERTS)
