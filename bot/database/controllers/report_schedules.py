from bot.database.controllers.base import BaseController
from bot.database.models import ReportPosting, ReportSchedule


class ReportScheduleController(BaseController[ReportSchedule]):
    """Which reports are posted to channels, and when."""

    model = ReportSchedule
    noun = "report schedule"
    permission = "board.manage"


class ReportPostingController(BaseController[ReportPosting]):
    """The last day of each schedule, and what of it is still to be posted."""

    model = ReportPosting
    noun = "report posting"
    permission = "board.manage"
