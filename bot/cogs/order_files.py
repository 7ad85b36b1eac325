"""Orders as files: the PDF that a supplier gets, and the file that a supplier wrote."""

from dataclasses import replace

from bot.cogs.files import file_line, file_of_form, read_file
from bot.domain.actors import Actor
from bot.domain.order_files import KIND, OrderFile, read_order_file
from bot.errors import TallymanError
from bot.interactions.clients import Interaction
from bot.interactions.desk import Desk
from bot.interactions.dispatch import handles
from bot.services.orders.printing import PrintOrder, print_order
from bot.services.orders.steps import StepOrder, send_order
from bot.threads import in_file_thread
from bot.views.order_sheets import order_sheet
from bot.views.orders import PDF, SEND, pdf_page
from bot.views.replies import Reply, render


@handles(PDF)
async def show_pdf(interaction: Interaction, order_id: int) -> None:
    """Show an order as a PDF."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        return replace(pdf_page(), file=await _print(desk, actor, order_id))

    await desk.read(interaction, work)


@handles(SEND)
async def send(interaction: Interaction, order_id: int, version: int) -> None:
    """Mark the order that was shown as sent."""
    await send_and_print(interaction, StepOrder(order=order_id, version=version))


async def send_and_print(interaction: Interaction, request: StepOrder) -> None:
    """Mark an order as sent and answer with its PDF; after a crash a button gets it."""
    desk = interaction.client.desk

    async def work(actor: Actor) -> Reply:
        sent = await desk.db.run(send_order, request, actor, str(interaction.id))
        try:
            return replace(render(sent), file=await _print(desk, actor, sent.order_id))
        except TallymanError:
            # It is sent, whether this user sees prices or not.
            return render(sent)

    await desk.change(interaction, work, send_order)


async def _print(desk: Desk, actor: Actor, order_id: int) -> tuple[str, bytes]:
    printed = await desk.db.query(print_order, PrintOrder(order=order_id), actor)
    from bot.reports.print import write_pdf  # noqa: PLC0415  # takes its time, and is rarely needed

    sheet = order_sheet(printed)
    async with desk.db.reads.in_file_line(actor.guild_id):
        return sheet.file_name, await in_file_thread(write_pdf, sheet)


async def read_form_file(interaction: Interaction) -> OrderFile | None:
    """Return what is in the file of a form; raises UnreadableSheet, UnknownColumns."""
    attached = file_of_form(interaction)
    if attached is None:
        return None
    async with file_line(interaction):
        content = await read_file(attached)
        from bot.reports.sheets import read_sheet  # noqa: PLC0415  # rarely needed

        return read_order_file(await in_file_thread(read_sheet, content, KIND))
