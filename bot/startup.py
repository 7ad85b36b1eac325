"""What a process checks before it serves: the schema, the keys, the privileges of its user."""

from loguru import logger

from bot.database.admin import revisions
from bot.database.admin.keys import find_keys_state, find_lost_signer
from bot.database.admin.privileges import list_privilege_problems
from bot.database.engine import DatabaseSettings
from bot.settings import Settings, SettingsError


async def bring_schema_up_to_date(settings: Settings) -> None:
    """Upgrade SQLite by itself; raise SchemaOutdated on PostgreSQL, where an owner decides."""
    url = settings.database_owner_url.get_secret_value()
    if not settings.is_sqlite:
        await revisions.require_current(settings.database_url.get_secret_value())
    elif await revisions.current_revision(url, may_create=True) != revisions.newest_revision():
        # Alembic is loaded only where there is something to migrate.
        from bot.database.admin.safekeeping import upgrade_keeping_copy  # noqa: PLC0415

        kept = await upgrade_keeping_copy(url)
        if kept is not None:
            logger.info("The books as they were before the upgrade are in {}", kept)


async def require_keys(settings: Settings) -> None:
    """Raise SettingsError if the key of what is encrypted is missing or another one.

    Running on, the bot would encrypt under a new key, and no one would notice what was lost.
    """
    reached = database_settings(settings)
    found = await find_keys_state(reached.url, reached.data_key)
    if found.state == "wrong":
        looked_for = f"in the file {found.file}" if found.file else "in DATA_KEY"
        what = "is missing" if found.is_missing else "is another one"
        problem = (
            f"The key that encrypted the contact data {what}; it was looked for {looked_for}. "
            "Put it back there, or name it in DATA_KEY. If it is lost for good, "
            "`tallyman db rekey --give-up` makes that data unreadable for ever."
        )
        raise SettingsError((problem,))
    if found.state == "partly":
        logger.warning("Some contact data is encrypted with a key that is missing, see the doctor")


async def warn_of_lost_signer(settings: Settings) -> None:
    """Log that days were signed with a key that is not here; without it they stay unsigned."""
    reached = database_settings(settings)
    lost = await find_lost_signer(reached.url, reached.signing_key)
    if lost is not None:
        logger.error(
            "Closed days were signed with the key {}, which is not here: put it back", lost
        )


async def warn_of_privileges(settings: Settings) -> None:
    """Log the privileges that the bot's user has beyond its needs; it runs all the same."""
    if settings.is_sqlite:
        return  # access to the file is access to everything
    problems = await list_privilege_problems(settings.database_url.get_secret_value())
    for problem in problems:
        logger.warning("{}", problem)
    if problems:
        logger.warning("`tallyman db grant` gives the bot a user that may do what it needs")


def database_settings(settings: Settings) -> DatabaseSettings:
    """Say how the running process reaches the database."""
    return DatabaseSettings(
        url=settings.database_url.get_secret_value(),
        data_key=settings.data_key.get_secret_value() if settings.data_key else None,
        signing_key=settings.signing_key.get_secret_value() if settings.signing_key else None,
        pool_size=settings.database_pool_size,
        pre_ping=settings.database_pre_ping,
        pooler=settings.database_pooler,
        echo=settings.database_echo,
        clock_check=settings.clock_check,
    )
