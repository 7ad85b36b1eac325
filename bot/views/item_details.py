"""What an item has beside its stock, in words: units, barcodes, former SKUs, its picture."""

from collections.abc import Iterator
from typing import Final

from bot.database.controllers.item_details import BarcodeMeaning, ItemDetails
from bot.database.models import Item, ItemImage
from bot.domain.items import TRACKING
from bot.domain.quantities import format_quantity
from bot.locales import N_, _
from bot.views.pages import Picture
from bot.views.text import MAX_CHOICE, amount, bold, clip, first_of, plain

TRACKING_WORDS: Final = {
    "lot": N_("Kept by lots"),
    "serial": N_("Kept by serial numbers"),
}
# With the rest they fit above the rows of a page.
_MAX_SHOWN: Final = 5


def details_lines(item: Item, details: ItemDetails) -> Iterator[str]:
    """Say what an item has beside its stock, a line each."""
    if item.tracking != TRACKING[0]:
        yield _(TRACKING_WORDS[item.tracking])
    if item.reorder_target is not None:
        yield _("Order up to {quantity}").format(quantity=amount(item.reorder_target, item.unit))
    if details.units:
        units = [
            f"1 {plain(each.unit)} = {amount(each.factor, item.unit)}" for each in details.units
        ]
        yield _("Units: {units}").format(units=first_of(units, _MAX_SHOWN))
    if details.barcodes:
        codes = [_code_text(item, each) for each in details.barcodes]
        yield _("Barcodes: {codes}").format(codes=first_of(codes, _MAX_SHOWN))
    if details.days_kept_since:
        yield _("Days kept since {day} (`/chart level`)").format(day=details.days_kept_since)
    if details.former_skus:
        names = first_of([bold(name) for name in details.former_skus], _MAX_SHOWN)
        yield _("Formerly {names}").format(names=names)


def picture_of(item: Item, image: ItemImage) -> Picture:
    """Return an item's picture for its page."""
    text = _("Picture of {item}").format(item=f"{item.sku} {item.name}")
    return Picture(f"{image.content_hash[:16]}.webp", image.content, clip(text, MAX_CHOICE))


def _code_text(item: Item, code: BarcodeMeaning) -> str:
    text = plain(code.code)
    if not code.unit and code.quantity == 1:
        return text
    return f"{text} ({format_quantity(code.quantity)} {plain(code.unit or item.unit)})"
