"""Lanes: where messages to Discord go, each in its own order, so that none blocks another."""

AUDIT_LANE = "audit"
APPROVALS_LANE = "approvals"
_DIRECT = "direct:"


def direct_lane(user_id: int) -> str:
    """Return the lane of messages to one person."""
    return f"{_DIRECT}{user_id}"


def recipient_of(lane: str) -> int | None:
    """Return whom a lane of direct messages leads to, None for the lane of a channel."""
    return int(lane.removeprefix(_DIRECT)) if lane.startswith(_DIRECT) else None
