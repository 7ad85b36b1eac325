"""`tallyman db distribute`: the books spread over the nodes of Citus, and whether they are."""

from typing import TYPE_CHECKING

import typer

from bot.cli.asking import owner_url
from bot.console import fail, read_settings, run
from bot.errors import DistributionRefused
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.database.admin.citus_roles import Role

_REFUSALS = {
    "no_extension": "The database has no Citus. Have an administrator create the extension and add "
    "the workers, then run this again; without Citus there is nothing to distribute.",
    "not_coordinator": "DATABASE_OWNER_URL leads to a worker of Citus. Name the coordinator in it.",
    "in_use": "The database is in use ({detail} connections); stop the bot first.",
    "failed": "Citus refused it: {detail}. What was distributed stays so: put that right, then run "
    "this again.",
}
AGAIN = "run `tallyman db distribute`."


def distribute() -> None:
    """Distribute the tables over Citus by guild, also those of later migrations."""
    from bot.database.admin import distribution, revisions

    settings = read_settings()
    if settings.is_sqlite:
        fail("SQLite keeps the books in one file: nothing to distribute.")
    url = owner_url(settings)
    run(lambda: revisions.require_current(url))
    try:
        done = run(lambda: distribution.distribute(url, users_on_citus(settings)))
    except DistributionRefused as error:
        fail(_REFUSALS[error.reason].format(detail=error.detail))
    if done.tables:
        typer.echo(f"Distributed: {', '.join(sorted(done.tables))}.")
    else:
        typer.echo("Every table was distributed already.")
    typer.echo("Ledger and audit refuse to be changed on every node.")
    if done.strangers:
        typer.echo(f"{' and '.join(done.strangers)} does not exist yet: run `tallyman db grant`.")


async def list_findings(settings: Settings) -> list[str]:
    """Say what is not distributed as it has to be; nothing on other servers."""
    from bot.database.admin import distribution

    return await distribution.list_problems(owner_url(settings), users_on_citus(settings))


async def is_distributed(settings: Settings) -> bool:
    """Whether the books are spread over Citus."""
    from bot.database.admin import citus, revisions

    return await revisions.on_connection(owner_url(settings), citus.is_distributed)


def users_on_citus(settings: Settings) -> "dict[str, Role]":
    """Return whose sessions need settings there: the owner's, and the bot's if it is another's."""
    from bot.database.admin.grants import user_of

    users: dict[str, Role] = {user_of(settings.database_url.get_secret_value()): "app"}
    # One user for both waits for locks as the owner does.
    users[user_of(owner_url(settings))] = "owner"
    return {name: role for name, role in users.items() if name}
