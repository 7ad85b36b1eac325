"""`tallyman db ...`: the database as a whole, for operators."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.asking import confirm, current_schema, owner_url, show_kept
from bot.cli.backups import backup, restore
from bot.cli.distribution import AGAIN, distribute, is_distributed, list_findings
from bot.console import UPGRADE, fail, read_settings, run
from bot.errors import GrantRefused, KeyMissing
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.database.admin import grants
    from bot.database.admin.safekeeping import Loss

database = typer.Typer(help="The database.", no_args_is_help=True)
database.command()(backup)
database.command()(restore)
database.command()(distribute)

_ONE_USER = "One user owns the tables, runs the bot and makes the backups: no separate privileges."
_MAY: "dict[grants.Kind, str]" = {
    "app": "add to the ledger and change the other tables, as the bot does.",
    "backup": "read everything, as backups do.",
}
_REFUSALS = {
    "may_not_create": "The user {user} does not exist, and DATABASE_OWNER_URL's cannot create it. "
    "Have an administrator of the server create it, then run this again.",
    "owns_not_all": "The tables do not belong to {user}. Name their owner in DATABASE_OWNER_URL.",
}
_OTHER_KEY = (
    "Some contact data is encrypted with a key that is missing. Add it after the new one, with a "
    "comma between: DATA_KEY=new,old. What was re-encrypted stays so. If the key is lost for good, "
    "add --give-up."
)
_OTHER_BOT = (
    "A bot still runs with the old DATA_KEY. Restart it with both keys, then run this again."
)

Revision = Annotated[str, typer.Argument(help="The target revision")]


@database.command()
def upgrade(revision: Revision = "head") -> None:
    """Migrate the schema to the newest revision; an SQLite file is copied beside first."""
    from bot.database.admin.safekeeping import upgrade_keeping_copy

    settings = read_settings()
    kept = run(lambda: upgrade_keeping_copy(owner_url(settings), revision))
    show_kept(kept)
    typer.echo(f"Schema is now {current_schema(settings)}.")
    if run(lambda: is_distributed(settings)):
        typer.echo(f"New tables are on one node of Citus: {AGAIN}")


@database.command()
def downgrade(
    revision: Revision,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Drop data without asking")] = False,
    backup: Annotated[
        Path | None,
        typer.Option(help="A backup of these books; on PostgreSQL one is required"),
    ] = None,
) -> None:
    """Migrate the schema down; `base` removes it. Data of newer revisions is lost."""
    from bot.cli.maintenance import record_downgrade
    from bot.database.admin import migrate
    from bot.database.admin.safekeeping import downgrade_keeping_copy, find_loss

    settings = read_settings()
    url = owner_url(settings)
    loss = run(lambda: find_loss(url, revision))
    if not loss.guilds:
        run(lambda: migrate.downgrade(url, revision))
    else:
        _show_loss(loss, revision)
        if not settings.is_sqlite and backup is None:
            fail(
                "Nothing was changed. Make a backup (`tallyman db backup FILE`), then name it: "
                "--backup FILE."
            )
        confirm(f"Take the schema down to {revision}?", "Dropping data", is_sure=yes)
        note = partial(record_downgrade, settings, revision)
        show_kept(run(lambda: downgrade_keeping_copy(url, revision, backup, note)))
    typer.echo(f"Schema is now {current_schema(settings)}.")


@database.command()
def grant() -> None:
    """Create least-privilege database users for the bot and the backups."""
    from bot.database.admin import grants, revisions

    settings = read_settings()
    if settings.is_sqlite:
        typer.echo("On SQLite access to the file is access to everything: nothing to grant.")
        return
    users = _separate_users(settings)
    if not users:
        fail(f"{_ONE_USER} Name others in DATABASE_URL and DATABASE_BACKUP_URL.")
    url = owner_url(settings)
    run(lambda: revisions.require_current(url))
    try:
        granted = run(lambda: grants.grant(url, users))
    except GrantRefused as error:
        fail(_REFUSALS[error.reason].format(user=error.user))
    for each in granted:
        made = "was made and may" if each.is_new else "may"
        typer.echo(f"{each.user} {made} {_MAY[each.kind]}")
    if "backup" not in users:
        typer.echo("DATABASE_BACKUP_URL names no separate user, so backups have none.")


@database.command()
def check() -> None:
    """Check that the schema is current and protected."""
    from bot.database.admin import grants, migrate, revisions

    settings = read_settings()
    current, newest = current_schema(settings), revisions.newest_revision()
    if current != newest:
        fail(f"Schema is {current or 'missing'}, this version needs {newest}: {UPGRADE}")
    drift = run(lambda: migrate.find_drift(owner_url(settings)))
    if drift:
        fail("\n".join(["The schema differs from the migrations:", *drift]))
    typer.echo(f"Schema is current ({current}).")
    if scattered := run(lambda: list_findings(settings)):
        fail("\n".join([*scattered, f"To set it right, stop the bot and {AGAIN}"]))
    users = {} if settings.is_sqlite else _separate_users(settings)
    findings = run(lambda: _find_weaknesses(settings, users))
    if findings:
        fail("\n".join(["The database is not protected:", *findings]))
    typer.echo("The ledger and the audit trail are append-only.")
    for kind, url in users.items():
        typer.echo(f"{grants.user_of(url)} may {_MAY[kind]} Everything else was tried and refused.")
    if not settings.is_sqlite and not users:
        typer.echo(f"{_ONE_USER} `tallyman db grant` creates a least-privilege user for the bot.")


async def _find_weaknesses(settings: Settings, users: "Mapping[grants.Kind, str]") -> list[str]:
    from bot.database.admin import privileges
    from bot.database.admin.added_rules import list_added_rules
    from bot.database.admin.triggers import list_missing_triggers

    missing = await list_missing_triggers(owner_url(settings))
    findings = [f"The trigger {name} is missing or disabled." for name in missing]
    added = await list_added_rules(owner_url(settings))
    findings += [f"The {name} was added by hand and may change what is written." for name in added]
    if users:
        findings += await privileges.list_foreign_tables(owner_url(settings))
    for kind, url in users.items():
        findings += await privileges.list_privilege_problems(url, kind)
        findings += await privileges.list_unrefused(url, kind)
    return findings


def _separate_users(settings: Settings) -> "dict[grants.Kind, str]":
    from bot.database.admin import grants

    return grants.separate_users(
        owner_url(settings),
        settings.database_url.get_secret_value(),
        settings.database_backup_url.get_secret_value(),
    )


def _show_loss(loss: "Loss", revision: str) -> None:
    tables = [f"{table} ({rows} rows)" for table, rows in loss.tables.items()]
    typer.echo(f"There are books of {loss.guilds} guilds. {revision} has none of this:")
    for what, names in (("tables", tables), ("columns", loss.columns)):
        if names:
            typer.echo(f"  {what}: {', '.join(names)}")


@database.command()
def rekey(
    *,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Give up what a lost key encrypted")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Give it up without asking")] = False,
) -> None:
    """Re-encrypt contact data with a new key: the first of DATA_KEY, or a generated one."""
    from bot.cli.maintenance import record
    from bot.database.admin import revisions
    from bot.database.admin.rekey import Rekeyed
    from bot.database.admin.rekey import rekey as rekey_all
    from bot.database.encryption import Encryption
    from bot.database.service import DatabaseService
    from bot.startup import database_settings

    settings = read_settings()
    if give_up:
        question = "Give up all contact data that the keys do not decrypt, for ever?"
        confirm(question, "Giving it up", is_sure=yes)
    reached = database_settings(settings)
    encryption = Encryption(reached.url, reached.data_key)

    async def work() -> Rekeyed:
        await revisions.require_current(reached.url)
        db = DatabaseService(reached)
        try:
            return await rekey_all(db, encryption, is_giving_up=give_up)
        finally:
            await db.close()

    try:
        rekeyed = run(work)
    except KeyMissing:
        fail(_OTHER_KEY)
    facts = [("values", str(rekeyed.encrypted)), ("given up", "yes" if give_up else "")]
    run(lambda: record(settings, "books.rekeyed", [each for each in facts if each[1]]))
    typer.echo(f"Re-encrypted: {rekeyed.encrypted}.")
    if rekeyed.left:
        fail(f"Still encrypted with an older key: {rekeyed.left}. {_OTHER_BOT}")
    old = (
        "The old key was dropped."
        if encryption.file
        else "Only the first key of DATA_KEY is needed."
    )
    typer.echo(f"{old} Older backups need the old key: make a new backup.")
