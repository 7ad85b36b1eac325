from bot.database.controllers.base import BaseController
from bot.database.models import Member


class MemberController(BaseController[Member]):
    """The people who registered with a guild's books."""

    model = Member
    noun = "member"
    permission = "people.view"
