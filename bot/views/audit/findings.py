"""What a verification found, in words: a sentence for each finding."""

from typing import Final

from bot.domain.findings import Finding
from bot.domain.quantities import format_quantity
from bot.locales import N_, _, ngettext
from bot.services.verification import BooksVerified
from bot.views.text import plain

_SENTENCES: Final = {
    "missing": N_("#{record} is missing"),
    "unexpected": N_("#{record} should not exist"),
    "changed": N_("#{record} or its moves were changed"),
    "unlikely": N_("#{record} says something that cannot have happened"),
    "stray_moves": N_("moves refer to #{record}, which does not exist"),
    "head": N_("the chain at #{record} ends with another hash than the book has"),
    "level": N_("{item} at {location}: the level is {said}, the moves add up to {summed}"),
    "no_level": N_("{item} at {location}: there is no level, the moves add up to {summed}"),
    "stray_level": N_("{item} at {location}: the level is {said}, but there are no moves"),
    "below_zero": N_("{item} at {location} is below zero: {summed}"),
    "row_differs": N_("{thing}: {field} is {stored}, #{record} says {recorded}"),
    "row_missing": N_("{thing} is missing, #{record} is the last record about it"),
    "row_stray": N_("{thing} exists, but no record says so"),
    "row_unproven": N_(
        "{thing} was changed by #{record}, which this version does not know; a newer one can tell"
    ),
    "unreadable": N_("{thing}: there is a value that cannot be read"),
    "unreadable_books": N_("what comes after #{record} cannot be read"),
    "stray_receipt": N_("a receipt names #{record}, which it does not belong to"),
    "no_receipt": N_("the receipt of #{record} is missing"),
    "no_line": N_("the line of #{record} for the audit channel was removed"),
    "line_lost": N_("the line of #{record} is not in the audit channel"),
    "anchor_differs": N_("#{record} has another hash than its copy outside"),
    "anchor_beyond": N_("a copy outside knows #{record}, but the books end before it"),
    "bad_signature": N_("the signature of the head at #{record} is wrong"),
    "unsigned_day": N_(
        "#{record} closed a day without a valid signature; if the signing key is new here, the "
        "next day has one"
    ),
    "day_differs": N_("#{record} closed a day with another head than the record before it has"),
}
THINGS: Final = {
    "guild": N_("the settings"),
    "channel": N_("the {thing} channel"),
    "item": N_("item {thing}"),
    "former SKU": N_("the former SKU {thing}"),
    "lot": N_("lot {thing}"),
    "location": N_("location {thing}"),
    "role": N_("role {thing}"),
    "binding": N_("the binding of a Discord role ({thing})"),
    "assignment": N_("the assignment of a role ({thing})"),
    "member": N_("member {thing}"),
    "supplier": N_("supplier {thing}"),
    "default role": N_("that member {thing} had the default role or lost roles"),
    "approval": N_("the approval of {thing}"),
    "shift": N_("shift {thing}"),
    "device": N_("device {thing}"),
    "board": N_("board {thing}"),
    "report schedule": N_("scheduled report {thing}"),
    "count": N_("count {thing}"),
    "count line": N_("the line of a count ({thing})"),
    "request": N_("request {thing}"),
    "request line": N_("the line of a request ({thing})"),
    "unit": N_("unit {thing}"),
    "barcode": N_("barcode {thing}"),
    "image": N_("the picture of item {thing}"),
    "merge": N_("the merge of item {thing}"),
    "tracked item": N_("that the days of item {thing} are kept"),
    "level": N_("the level {thing}"),
    "item day": N_("the day {thing}"),
    "item day mark": N_("how far the days of item {thing} are kept"),
    "import": N_("the file that #{thing} imported"),
    "sync operation": N_("when a device did {thing}"),
    "dated move": N_("when the move {thing} happened"),
    "price": N_("price {thing}"),
    "order": N_("order {thing}"),
    "order line": N_("the line of an order ({thing})"),
    "invoice": N_("invoice {thing}"),
    "invoice line": N_("the line of an invoice ({thing})"),
    "invoice file": N_("the file of invoice {thing}"),
    "payment": N_("payment {thing}"),
}


def finding_text(finding: Finding, verified: BooksVerified) -> str:
    """Say one problem of the books."""
    said, summed = (
        format_quantity(value) if value is not None else _("no number")
        for value in (finding.said, finding.summed)
    )
    item = _("item {id}").format(id=finding.item_id)
    location = _("location {id}").format(id=finding.location_id)
    thing = _(THINGS[finding.noun]) if finding.noun else ""
    return _(_SENTENCES[finding.code]).format(
        record=finding.record,
        item=plain(verified.names.get(finding.item_id or 0, item)),
        location=plain(verified.names.get(finding.location_id or 0, location)),
        said=said,
        summed=summed,
        thing=thing.format(thing=plain(finding.thing) or "…"),
        field=plain(finding.field),
        stored=plain(finding.stored) or _("none"),
        recorded=plain(finding.recorded) or _("none"),
    )


def notes_on(verified: BooksVerified) -> list[str]:
    """Say what could not be compared, and how many copies outside were."""
    notes = []
    if verified.unreadable:
        notes.append(
            ngettext(
                "{count} encrypted value could not be compared: its key is missing.",
                "{count} encrypted values could not be compared: their key is missing.",
                verified.unreadable,
            ).format(count=verified.unreadable)
        )
    if verified.unknown:
        notes.append(
            ngettext(
                "{count} record is of a newer version and was not replayed.",
                "{count} records are of a newer version and were not replayed.",
                verified.unknown,
            ).format(count=verified.unknown)
        )
    if verified.foreign:
        notes.append(
            ngettext(
                "{count} head is signed with a key that is not known here.",
                "{count} heads are signed with keys that are not known here.",
                verified.foreign,
            ).format(count=verified.foreign)
        )
    return notes
