"""New permissions of a version are given to the default roles of books that are open already."""

from bot.database.service import DatabaseService
from bot.domain.actors import system_actor
from bot.domain.permissions import role_defaults_version
from bot.errors import NothingToDo
from bot.services.role_defaults import ExtendDefaultRoles, extend_default_roles


class RoleDefaultsHandler:
    """Extends a guild's default roles once; a migration schedules it when the defaults change."""

    def __init__(self, db: DatabaseService) -> None:
        self._db = db

    async def __call__(self, guild_id: int) -> None:
        """Extend a guild's default roles by what they lack."""
        actor = system_actor(guild_id, "job")
        key = f"role-defaults-{role_defaults_version()}"
        try:
            await self._db.run(extend_default_roles, ExtendDefaultRoles(), actor, key)
        except NothingToDo:
            return
