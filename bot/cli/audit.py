"""`tallyman audit ...`: the audit trails of all guilds, for operators."""

import typer

from bot.console import fail, read_settings, run
from bot.settings import Settings

audit = typer.Typer(help="The audit trail.", no_args_is_help=True)


@audit.command()
def verify() -> None:
    """Verify the chain of records and the stock levels of every guild, while the bot runs."""
    settings = read_settings()
    if not run(lambda: _verify(settings)):
        fail("Problems found.")


async def _verify(settings: Settings) -> bool:
    """Print the result for each guild; return True if all are intact."""
    from bot.app import database_settings
    from bot.database.admin import revisions
    from bot.database.delivery.guild_list import list_guild_ids
    from bot.database.service import DatabaseService
    from bot.domain.actors import system_actor
    from bot.services.verification import verify_books
    from bot.views.audit.findings import finding_text

    await revisions.require_current(settings.database_url.get_secret_value())
    db = DatabaseService(database_settings(settings))
    are_intact = True
    try:
        count = 0
        async for guild_id in list_guild_ids(db):
            count += 1
            verified = await verify_books(db, system_actor(guild_id, "command line"))
            state = "problems found" if verified.findings else "verified"
            are_intact = are_intact and not verified.findings
            typer.echo(f"{guild_id}: {state}, {verified.last_record} records, head {verified.head}")
            for finding in verified.findings:
                typer.echo(f"  {finding_text(finding, verified)}")
        typer.echo(f"{count} guilds.")
    finally:
        await db.close()
    return are_intact
