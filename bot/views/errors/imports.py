"""Refusals about files that are imported and exported."""

from typing import Final

from bot.domain.imports import (
    FileTooLarge,
    ImportApplied,
    ImportLapsed,
    ImportNotReversible,
    ImportOutdated,
    LotMissing,
    NamedOtherwise,
    NotImported,
    RepeatedRow,
    UnknownColumns,
)
from bot.domain.sheets import MAX_FILE_BYTES, UnreadableSheet
from bot.domain.stock import BY_SERIAL
from bot.locales import N_, _, ngettext
from bot.views.errors.translator import explain
from bot.views.text import all_of, bold, clip, first_of, plain, when

_MEGABYTE: Final = 1024 * 1024
_MAX_HEADINGS: Final = 10
_SHEETS: Final = {
    "empty": N_("The file has no rows under its headings."),
    "broken": N_("I cannot read this file. Save it as CSV or XLSX, without a password."),
    "old_workbook": N_("I cannot read old workbooks (.xls). Save it as XLSX or CSV."),
    "open_quotes": N_(
        "A cell in the row that begins in line {limit} begins with a quotation mark that nothing "
        "closes. Remove it, or double it inside of quotation marks."
    ),
    "no_value": N_(
        "A cell in row {limit} has an error in it, or a formula that was not calculated. Correct "
        "it, or open the file in a spreadsheet program and save it there."
    ),
    "gone": N_("I could not get the file from Discord. Send it again."),
    "too_large": N_("The file is too large: {limit} MB at most."),
    "too_large_inside": N_("The workbook unpacks to too much. Save its first sheet as CSV."),
    "too_many_rows": N_("The file has too many rows: {limit} at most. Split it."),
    "too_many_columns": N_("The file has too many columns: {limit} at most."),
}
COLUMN_NAMES: Final = {
    "sku": N_("SKU"),
    "name": N_("name"),
    "unit": N_("unit"),
    "quantity": N_("quantity"),
    "location": N_("location"),
    "reorder_point": N_("reorder point"),
    "reorder_target": N_("reorder target"),
    "tracking": N_("tracking"),
    "whole": N_("whole numbers"),
    "lot": N_("lot"),
    "expiry": N_("expiry"),
    "parent": N_("parent"),
    "kind": N_("kind"),
    "supplier": N_("supplier"),
    "barcode": N_("barcode"),
    "amount": N_("price"),
    "currency": N_("currency"),
    "price_unit": N_("price unit"),
    "min_quantity": N_("minimum quantity"),
    "valid_from": N_("valid from"),
    "email": N_("e-mail"),
    "phone": N_("phone"),
    "tax_id": N_("tax id"),
    "note": N_("note"),
}
KIND_NAMES: Final = {
    "items": N_("items"),
    "stock": N_("stock"),
    "moves": N_("moves"),
    "locations": N_("locations"),
    "suppliers": N_("suppliers"),
    "prices": N_("prices"),
    "orders": N_("orders"),
    "requests": N_("requests"),
    "everything": N_("everything"),
}


@explain.register
def explain_unreadable_sheet(error: UnreadableSheet) -> str:
    """Say why a file cannot be read."""
    limit = MAX_FILE_BYTES // _MEGABYTE if error.reason == "too_large" else error.limit
    return _(_SHEETS[error.reason]).format(limit=f"{limit:,}".replace(",", " "))


@explain.register
def explain_unknown_columns(error: UnknownColumns) -> str:
    """Name the columns that are missing, and those that are there."""
    if error.kind == "prices":
        example = "`sku`, `price`, `price unit`, `currency`, `valid from`"
    else:
        example = "`sku`, `name`, `unit`, `quantity`, `location`"
    missing = all_of([bold(_(COLUMN_NAMES[name])) for name in error.missing])
    found = [bold(clip(heading, 40)) for heading in error.headings if heading]
    return _(
        "I find no column for {missing} in the first line. Its columns are {found}: "
        "name them, for example, {example}."
    ).format(missing=missing, found=first_of(found, _MAX_HEADINGS) or "-", example=example)


@explain.register
def explain_import_lapsed(error: ImportLapsed) -> str:
    """Say that the file has to be sent again."""
    del error
    return _("This preview was cancelled, or is older than a day. Send the file again.")


@explain.register
def explain_import_applied(error: ImportApplied) -> str:
    """Say when it was applied."""
    return _("{file} was imported {when} as `#{record}`. Nothing was changed now.").format(
        file=bold(error.label), when=when(error.at), record=error.record
    )


@explain.register
def explain_import_outdated(error: ImportOutdated) -> str:
    """Name what has changed since the preview."""
    text = ngettext(
        "{count} row changed in the books since this preview: {names}.",
        "{count} rows changed in the books since this preview: {names}.",
        error.count,
    ).format(count=error.count, names=", ".join(map(bold, error.named)))
    return text + " " + _("Nothing was imported. Send the file again.")


@explain.register
def explain_import_not_reversible(error: ImportNotReversible) -> str:
    """Name what has changed since the import."""
    return _(
        "{name} was changed after `#{record}`, so that import cannot be undone as a whole."
    ).format(name=bold(error.label), record=error.record)


@explain.register
def explain_repeated_row(error: RepeatedRow) -> str:
    """Name the line that says it already."""
    return _("Line {line} says something about it already.").format(line=error.line)


@explain.register
def explain_named_otherwise(error: NamedOtherwise) -> str:
    """Say what to write instead."""
    return _("{typed} is a former SKU or a barcode of {item}. Write {item}.").format(
        typed=bold(error.typed), item=bold(error.sku)
    )


@explain.register
def explain_lot_missing(error: LotMissing) -> str:
    """Say which column has to be filled in."""
    if error.tracking == BY_SERIAL:
        text = _("{item} is kept by serial numbers. Write that of each in the column `lot`.")
    else:
        text = _("{item} is kept by lots. Write which one was counted in the column `lot`.")
    return text.format(item=bold(error.sku))


@explain.register
def explain_not_imported(error: NotImported) -> str:
    """Say that there are no files of them yet."""
    kind = _(KIND_NAMES.get(error.kind, plain(error.kind)))
    return _("Files of {kind} cannot be imported or exported yet.").format(kind=kind)


@explain.register
def explain_file_too_large(error: FileTooLarge) -> str:
    """Say how to get it smaller."""
    del error
    return _(
        "The file is larger than the 10 MB that Discord takes. Export one kind at a time, as CSV."
    )
