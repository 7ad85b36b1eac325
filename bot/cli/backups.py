"""`tallyman db backup` and `tallyman db restore`: all books in one file, and the way back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.asking import confirm, current_schema, owner_url, show_kept
from bot.console import failures_in_words, read_settings, run
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.database.admin.backup_seals import Authenticity
    from bot.database.admin.counts import GuildTally

_AUTHENTICITY: "dict[Authenticity, str]" = {
    "authentic": "The backup is authentic: one of the keys here wrote it.",
    "bare": "Warning: the backup has a checksum only, so anyone could have changed it.",
    "other key": "Warning: the backup was written with a key that is not here; anyone could have "
    "changed it.",
}


def backup(file: Annotated[Path, typer.Argument(help="A new file")]) -> None:
    """Write the books of all guilds into a new file, while the bot runs."""
    from bot.database.admin.backup import back_up

    settings = read_settings()
    url = settings.database_backup_url.get_secret_value()
    keys = _list_keys(settings)
    tallies = run(lambda: back_up(url, file, keys=keys))
    typer.echo(f"{file} contains the books of {len(tallies)} guilds:")
    _show(tallies)
    if not keys:
        typer.echo("There is no key yet, so the file has a checksum and no proof of who wrote it.")
    typer.echo("The encryption key of contact data is not in it: keep a copy elsewhere.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file from `tallyman db backup`")],
    *,
    replace: Annotated[bool, typer.Option("--replace", help="Replace the existing books")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing, also of a backup that no key here proves")
    ] = False,
) -> None:
    """Restore a backup into an empty database, all or nothing. Stop the bot first."""
    from bot.cli.maintenance import read_heads, record
    from bot.database.admin import migrate, revisions
    from bot.database.admin.backup import judge
    from bot.database.admin.backup import restore as put_back

    settings = read_settings()
    keys = _list_keys(settings)
    authenticity = run(lambda: judge(file, keys))
    is_unproved = bool(keys) and authenticity != "authentic"
    if is_unproved:
        typer.echo(_AUTHENTICITY[authenticity])
        what = "Restoring a backup that no key here proves"
        confirm("Restore it all the same?", what, is_sure=yes)
    if replace:
        confirm("Replace all books in the database?", "Replacing the books", is_sure=yes)
    heads = run(lambda: read_heads(owner_url(settings)))
    restored = run(
        lambda: put_back(
            owner_url(settings), file, is_replacing=replace, keys=keys, is_trusted=is_unproved
        )
    )
    if not is_unproved:
        typer.echo(_AUTHENTICITY[restored.authenticity])
    typer.echo(f"The database contains the books of {len(restored.tallies)} guilds:")
    _show(restored.tallies)
    show_kept(restored.kept)
    typer.echo("Contact data needs the encryption key from the time of the backup.")
    if restored.is_on_citus:
        typer.echo("The books are on one node of Citus: run `tallyman db distribute`.")
    if not settings.is_sqlite and settings.database_owner_url != settings.database_url:
        typer.echo("The bot's user has no privileges yet: run `tallyman db grant`.")
    if restored.revision != revisions.newest_revision():
        # A record can only be written into the newest schema.
        run(lambda: migrate.upgrade(owner_url(settings)))
        typer.echo(
            f"The backup was of an older version; the schema is now {current_schema(settings)}."
        )
    facts = [("backup", file.name)]
    run(lambda: record(settings, "books.restored", facts, heads))
    typer.echo("Each guild's books have a record of the restore.")


def _list_keys(settings: Settings) -> list[str]:
    from bot.database.admin.keys import list_keys

    data_key = settings.data_key.get_secret_value() if settings.data_key else None
    with failures_in_words():
        return list_keys(settings.database_url.get_secret_value(), data_key)


def _show(tallies: "list[GuildTally]") -> None:
    for tally in tallies:
        counts = ", ".join(f"{table} {count}" for table, count in sorted(tally.rows.items()))
        typer.echo(f"  guild {tally.guild_id}, head #{tally.last_record} {tally.chain_head}")
        typer.echo(f"    rows: {counts}")
