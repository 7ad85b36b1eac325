"""Merging items in words: what goes over, and the button that does it."""

from typing import Final

import discord

from bot.locales import _, ngettext
from bot.services.merging import MergePreviewed
from bot.views.components import Button, number, row_of
from bot.views.replies import Reply, renders
from bot.views.text import amount, bold, plain

MERGE: Final = Button("item", "merge", number, number)


@renders(MergePreviewed)
def merge_page(preview: MergePreviewed) -> Reply:
    """Say what a merge does, and ask."""
    item, into = preview.item, preview.into
    lines = [
        _("Merge {item} into {into}?").format(
            item=f"{bold(item.sku)} {plain(item.name)}", into=f"{bold(into.sku)} {plain(into.name)}"
        )
    ]
    if preview.locations:
        text = ngettext(
            "{quantity} at {count} location go over.",
            "{quantity} at {count} locations go over.",
            preview.locations,
        )
        held = f"**{amount(preview.quantity, item.unit)}**"
        lines.append(text.format(quantity=held, count=preview.locations))
    if preview.barcodes:
        text = ngettext(
            "{count} barcode leads to {into} then.",
            "{count} barcodes lead to {into} then.",
            preview.barcodes,
        )
        lines.append(text.format(count=preview.barcodes, into=bold(into.sku)))
    lines.append(
        _("Its SKU and its history lead to {into} then; `/undo` takes it back.").format(
            into=bold(into.sku)
        )
    )
    danger = discord.ButtonStyle.danger
    return Reply("\n".join(lines), view=row_of(MERGE(_("Merge"), item.id, into.id, style=danger)))
