"""`tallyman db ...`: the database as a whole, for operators."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import UPGRADE, fail, read_settings, run
from bot.errors import GrantRefused, KeyMissing
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.database.admin import grants
    from bot.database.admin.counts import GuildTally
    from bot.database.admin.safekeeping import Loss

database = typer.Typer(help="The database.", no_args_is_help=True)

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
    kept = run(lambda: upgrade_keeping_copy(_owner_url(settings), revision))
    _show_kept(kept)
    typer.echo(f"Schema is now {_current(settings)}.")


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
    url = _owner_url(settings)
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
        _confirm(f"Take the schema down to {revision}?", "Dropping data", is_sure=yes)
        note = partial(record_downgrade, settings, revision)
        _show_kept(run(lambda: downgrade_keeping_copy(url, revision, backup, note)))
    typer.echo(f"Schema is now {_current(settings)}.")


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
    owner_url = _owner_url(settings)
    run(lambda: revisions.require_current(owner_url))
    try:
        granted = run(lambda: grants.grant(owner_url, users))
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
    current, newest = _current(settings), revisions.newest_revision()
    if current != newest:
        fail(f"Schema is {current}, this version needs {newest}: {UPGRADE}")
    drift = run(lambda: migrate.find_drift(_owner_url(settings)))
    if drift:
        fail("\n".join(["The schema differs from the migrations:", *drift]))
    typer.echo(f"Schema is current ({current}).")
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
    from bot.database.admin.triggers import list_missing_triggers

    missing = await list_missing_triggers(_owner_url(settings))
    findings = [f"The trigger {name} is missing or disabled." for name in missing]
    if users:
        findings += await privileges.list_foreign_tables(_owner_url(settings))
    for kind, url in users.items():
        findings += await privileges.list_privilege_problems(url, kind)
        findings += await privileges.list_unrefused(url, kind)
    return findings


def _separate_users(settings: Settings) -> "dict[grants.Kind, str]":
    from bot.database.admin import grants

    return grants.separate_users(
        _owner_url(settings),
        settings.database_url.get_secret_value(),
        settings.database_backup_url.get_secret_value(),
    )


@database.command()
def backup(file: Annotated[Path, typer.Argument(help="A new file")]) -> None:
    """Write the books of all guilds into a new file, while the bot runs."""
    from bot.database.admin.backup import back_up

    settings = read_settings()
    url = settings.database_backup_url.get_secret_value()
    tallies = run(lambda: back_up(url, file))
    typer.echo(f"{file} contains the books of {len(tallies)} guilds:")
    _show(tallies)
    typer.echo("The encryption key of contact data is not in it: keep a copy elsewhere.")


@database.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file from `tallyman db backup`")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the existing books")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Replace them without asking")] = False,
) -> None:
    """Restore a backup into an empty database, all or nothing. Stop the bot first."""
    from bot.cli.maintenance import read_heads, record
    from bot.database.admin import migrate, revisions
    from bot.database.admin.backup import restore as put_back

    settings = read_settings()
    if replace:
        _confirm("Replace all books in the database?", "Replacing the books", is_sure=yes)
    heads = run(lambda: read_heads(_owner_url(settings)))
    restored = run(lambda: put_back(_owner_url(settings), file, is_replacing=replace))
    typer.echo(f"The database contains the books of {len(restored.tallies)} guilds:")
    _show(restored.tallies)
    _show_kept(restored.kept)
    typer.echo("Contact data needs the encryption key from the time of the backup.")
    if not settings.is_sqlite and settings.database_owner_url != settings.database_url:
        typer.echo("The bot's user has no privileges yet: run `tallyman db grant`.")
    if restored.revision != revisions.newest_revision():
        # A record can only be written into the newest schema.
        run(lambda: migrate.upgrade(_owner_url(settings)))
        typer.echo(f"The backup was of an older version; the schema is now {_current(settings)}.")
    facts = [("backup", file.name)]
    run(lambda: record(settings, "books.restored", facts, heads))
    typer.echo("Each guild's books have a record of the restore.")


def _confirm(question: str, what: str, *, is_sure: bool) -> None:
    if is_sure:
        return
    if not sys.stdin.isatty():
        fail(f"{what} needs --yes without a terminal. Nothing was changed.")
    typer.confirm(question, abort=True)


def _show_kept(kept: Path | None) -> None:
    if kept is not None:
        typer.echo(f"The previous books are in {kept}.")


def _show_loss(loss: "Loss", revision: str) -> None:
    tables = [f"{table} ({rows} rows)" for table, rows in loss.tables.items()]
    typer.echo(f"There are books of {loss.guilds} guilds. {revision} has none of this:")
    for what, names in (("tables", tables), ("columns", loss.columns)):
        if names:
            typer.echo(f"  {what}: {', '.join(names)}")


def _show(tallies: "list[GuildTally]") -> None:
    for tally in tallies:
        counts = ", ".join(f"{table} {count}" for table, count in sorted(tally.rows.items()))
        typer.echo(f"  guild {tally.guild_id}, head #{tally.last_record} {tally.chain_head}")
        typer.echo(f"    rows: {counts}")


@database.command()
def rekey(
    *,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Give up what a lost key encrypted")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Give it up without asking")] = False,
) -> None:
    """Re-encrypt contact data with a new key: the first of DATA_KEY, or a generated one."""
    from bot.app import database_settings
    from bot.cli.maintenance import record
    from bot.database.admin import revisions
    from bot.database.admin.rekey import Rekeyed
    from bot.database.admin.rekey import rekey as rekey_all
    from bot.database.encryption import Encryption
    from bot.database.service import DatabaseService

    settings = read_settings()
    if give_up:
        question = "Give up all contact data that the keys do not decrypt, for ever?"
        _confirm(question, "Giving it up", is_sure=yes)
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


def _current(settings: Settings) -> str | None:
    from bot.database.admin import revisions

    return run(lambda: revisions.current_revision(_owner_url(settings)))


def _owner_url(settings: Settings) -> str:
    return settings.database_owner_url.get_secret_value()
