"""Lanes to a guild's channels, and the lines of the audit channel."""

from collections.abc import Sequence

from bot.database.delivery.leased_lanes import LeasedLane
from bot.database.models import AuditEvent
from bot.domain.lanes import AUDIT_LINE
from bot.jobs.delivery.batches import NoChannelError, Sender
from bot.jobs.delivery.renderers import Context, renders
from bot.views.audit.lines import audit_batch


class ChannelSender(Sender):
    """What goes to the channel that a guild uses for a purpose."""

    async def find_channel(self, held: LeasedLane) -> int:
        """Return the channel that the guild names; raises NoChannelError."""
        if held.channel_id is None:
            raise NoChannelError
        return held.channel_id


@renders(AUDIT_LINE)
def audit_lines(events: Sequence[AuditEvent], context: Context) -> tuple[int, str]:
    """Write a line for every record."""
    return audit_batch(events, context.now)
