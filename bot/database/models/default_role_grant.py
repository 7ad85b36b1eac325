from sqlalchemy import BigInteger
from sqlmodel import Field

from bot.database.models.base import CHANGE, GuildRow, in_book


class DefaultRoleGrant(GuildRow, table=True):
    """That a person was once given the default role, or had roles taken away; kept for good.

    It survives the erasing of a profile, and says nothing of a person but their id: otherwise
    what was taken away would come back by erasing and registering again.
    """

    __tablename__ = "default_role_grant"
    grants = CHANGE
    __table_args__ = (in_book(),)

    user_id: int = Field(primary_key=True, sa_type=BigInteger)
    # The records that gave the role first and that last took roles away, if there are any.
    given_record: int | None = Field(default=None, sa_type=BigInteger)
    taken_record: int | None = Field(default=None, sa_type=BigInteger)
