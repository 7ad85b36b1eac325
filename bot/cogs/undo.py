"""`/undo`, and the buttons that undo a record or do the same again."""

from discord import app_commands

from bot.cogs.autocomplete import suggest_undoable
from bot.cogs.base import BaseCog
from bot.cogs.options import RecordOption
from bot.domain.actors import Actor
from bot.domain.records import DoneBefore, parse_record
from bot.interactions import Interaction, click_key, handles
from bot.services.receipts import FindRequest, find_request
from bot.services.reversing import ReverseRecord, reverse_record
from bot.views.command_rights import help_topic, needs
from bot.views.replies import Reply, render
from bot.views.stock import AGAIN, INSIST, UNDO


@help_topic("floor", 2)
class UndoCog(BaseCog):
    """The command that reverses records."""

    @needs("stock.move or stock.reverse")
    @app_commands.command(description="Undo a record (your newest if omitted)")
    @app_commands.describe(record="The record's number, such as 41")
    @app_commands.autocomplete(record=suggest_undoable)
    async def undo(self, interaction: Interaction, record: RecordOption | None = None) -> None:
        await self.desk.write(
            interaction,
            reverse_record,
            lambda: ReverseRecord(record=None if record is None else parse_record(record)),
        )


@handles(UNDO)
async def undo_record(interaction: Interaction, record: int) -> None:
    """Undo the record that the message is about."""
    desk = interaction.client.desk
    await desk.write(interaction, reverse_record, ReverseRecord(record=record))


@handles(AGAIN)
async def repeat_record(interaction: Interaction, record: int) -> None:
    """Repeat the request of the record; the actor has seen that it was done."""
    await _repeat(interaction, record, is_insisted=False)


@handles(INSIST)
async def repeat_missed(interaction: Interaction, record: int) -> None:
    """Repeat a request whose first answer the actor may have missed, and ask no more about it."""
    await _repeat(interaction, record, is_insisted=True)


async def _repeat(interaction: Interaction, record: int, *, is_insisted: bool) -> None:
    desk = interaction.client.desk
    key = click_key(interaction, "again")
    wanted = FindRequest(record=record, key=key, is_insisted=is_insisted)

    async def work(actor: Actor) -> Reply:
        found = await desk.db.query(find_request, wanted, actor)
        if found.repeated_as is not None:
            raise DoneBefore(found.repeated_as, found.age)
        reply = render(await desk.db.run(found.operation, found.request, actor, key))
        if is_insisted:
            await desk.pending.note_known(actor.guild_id, record)
        return reply

    await desk.change(interaction, work, find_request, key=key)
