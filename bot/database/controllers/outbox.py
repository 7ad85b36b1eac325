from bot.database.controllers.base import BaseController
from bot.database.models import Outbox, OutboxLane, Schedule


class OutboxController(BaseController[Outbox]):
    """The messages that are still to be delivered."""

    model = Outbox
    noun = "message"
    permission = "stock.view"


class OutboxLaneController(BaseController[OutboxLane]):
    """How far each destination is, and why it waits."""

    model = OutboxLane
    noun = "lane"
    permission = "stock.view"


class ScheduleController(BaseController[Schedule]):
    """What is due for the guild, and when."""

    model = Schedule
    noun = "schedule"
    permission = "settings.manage"
