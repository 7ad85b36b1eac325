"""`tallyman audit ...`: the audit trails of all guilds, for operators."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.console import fail, read_settings, run
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.anchors import Anchor

audit = typer.Typer(help="The audit trail.", no_args_is_help=True)


@audit.command()
def verify(
    anchor: Annotated[
        Path | None, typer.Option(help="Compare with heads kept in this file")
    ] = None,
    write_anchor: Annotated[
        Path | None, typer.Option(help="Write the heads into this new file, to be kept elsewhere")
    ] = None,
) -> None:
    """Verify the records, stock levels and settings of every guild, while the bot runs."""
    settings = read_settings()
    anchors = _read_anchors(anchor) if anchor is not None else []
    if not run(lambda: _verify(settings, anchors, write_anchor)):
        fail("Problems found.")


@audit.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file")],
    *,
    guild: Annotated[int | None, typer.Option(help="Only this guild's books")] = None,
    since: Annotated[str, typer.Option(help="From this time, such as 2026-11-25 or 7d")] = "",
    until: Annotated[str, typer.Option(help="Until this time, such as today")] = "",
) -> None:
    """Write all that the chain covers into a new file, for docs/verify_export.py."""
    from bot.errors import InvalidValue

    settings = read_settings()
    try:
        guilds = run(lambda: _export(settings, file, guild, since, until))
    except InvalidValue as error:
        fail(f"{error.value} is no time; write one such as 2026-11-25, yesterday or 7d.")
    if guild is not None and not guilds:
        fail(f"There are no books of the guild {guild}.")
    typer.echo(f"{file} contains the books of {guilds} guilds.")


async def _export(settings: Settings, file: Path, guild: int | None, since: str, until: str) -> int:
    """Write the export of one guild or of all; return how many there were."""
    from bot.database.admin import revisions
    from bot.database.admin.backup_files import new_file
    from bot.database.delivery.guild_list import list_guild_ids
    from bot.database.service import DatabaseService
    from bot.domain.actors import system_actor
    from bot.services.audit import FindRecords
    from bot.services.chain_export import export_chain
    from bot.startup import database_settings

    await revisions.require_current(settings.database_url.get_secret_value())
    db = DatabaseService(database_settings(settings))
    count = 0
    try:
        with new_file(file) as made, made.open("wb") as target:
            async for guild_id in list_guild_ids(db):
                if guild is not None and guild_id != guild:
                    continue
                count += 1
                actor = system_actor(guild_id, "command line")
                async for piece in export_chain(db, FindRecords(since=since, until=until), actor):
                    target.write(piece)
    finally:
        await db.close()
    return count


def _read_anchors(file: Path) -> "list[Anchor]":
    from bot.domain.anchors import AnchorError, parse_anchors

    try:
        return parse_anchors(file.read_text())
    except AnchorError as error:
        fail(f"Line {error.line} of {file} does not read `guild record hash [signature]`.")
    except (OSError, UnicodeDecodeError):
        fail(f"{file} cannot be read.")


async def _verify(settings: Settings, anchors: "list[Anchor]", target: Path | None) -> bool:
    """Print the result for each guild and the heads; return True if all are intact."""
    import bot.services
    from bot.database.admin import revisions
    from bot.database.admin.backup_files import new_file
    from bot.database.delivery.guild_list import list_guild_ids
    from bot.database.service import DatabaseService
    from bot.domain.actors import system_actor
    from bot.domain.anchors import Anchor
    from bot.interactions.registers import load_modules
    from bot.services.verification import verify_books
    from bot.startup import database_settings
    from bot.views.audit.findings import finding_text, notes_on

    load_modules(bot.services)  # they declare what actions are known
    await revisions.require_current(settings.database_url.get_secret_value())
    db = DatabaseService(database_settings(settings))
    are_intact, heads = True, []
    missing = {each.guild_id for each in anchors}
    try:
        async for guild_id in list_guild_ids(db):
            missing.discard(guild_id)
            copies = [each for each in anchors if each.guild_id == guild_id]
            verified = await verify_books(db, system_actor(guild_id, "command line"), copies)
            state = "problems found" if verified.findings else "verified"
            are_intact = are_intact and not verified.findings
            typer.echo(f"{guild_id}: {state}, {verified.last_record} records, head {verified.head}")
            problems = [finding_text(finding, verified) for finding in verified.findings]
            for line in [*problems, *notes_on(verified)]:
                typer.echo(f"  {line}")
            head = Anchor(guild_id, verified.last_record, verified.head)
            stamp = f"{db.clock():%Y-%m-%dT%H:%M:%SZ}"
            heads.append(replace(head, signature=db.signing.sign(head, stamp)))
    finally:
        await db.close()
    for guild_id in sorted(missing):
        typer.echo(f"{guild_id}: a copy outside knows this guild, but it has no books here")
    typer.echo(f"{len(heads)} guilds.")
    lines = "".join(f"{each}\n" for each in heads)
    if target is None:
        typer.echo(lines, nl=False)
    else:
        with new_file(target) as made:
            made.write_text(lines)
    return are_intact and not missing
