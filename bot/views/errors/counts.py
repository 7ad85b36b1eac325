"""Refusals about counts."""

from bot.domain import counts
from bot.domain.quantities import format_quantity
from bot.locales import _, ngettext
from bot.views.count_words import again_line
from bot.views.errors.translator import explain
from bot.views.text import amount, bold, plain


@explain.register
def explain_nothing_to_count(error: counts.NothingToCount) -> str:
    """Say that nothing is there, and how to count it nevertheless."""
    return _(
        "Nothing to count at {location}: name the items in `items`, or another location."
    ).format(location=bold(error.location))


@explain.register
def explain_too_much_to_count(error: counts.TooMuchToCount) -> str:
    """Ask for a smaller count."""
    return _(
        "{location} has more than {limit} lines to count. Count the locations inside it one by "
        "one, or name items."
    ).format(location=bold(error.location), limit=error.limit)


@explain.register
def explain_lines_open(error: counts.LinesOpen) -> str:
    """Say how many lines are left."""
    return ngettext(
        "{count} line of {label} is neither counted nor skipped.",
        "{count} lines of {label} are neither counted nor skipped.",
        error.count,
    ).format(count=error.count, label=bold(error.label))


@explain.register
def explain_count_under_way(error: counts.CountUnderWay) -> str:
    """Name the count that is under way."""
    return _("{label} of {location} is under way: count there.").format(
        label=bold(error.label), location=plain(error.location)
    )


@explain.register
def explain_nothing_counted(error: counts.NothingCounted) -> str:
    """Say that there is nothing to decide about."""
    return _("Every line of {label} is skipped. Count one of them first.").format(
        label=bold(error.label)
    )


@explain.register
def explain_nothing_entered(error: counts.NothingEntered) -> str:
    """Say of each line why it was not taken."""
    if not error.again:
        return _("Nothing was entered for {label}.").format(label=bold(error.label))
    head = _("Nothing was counted for {label}:").format(label=bold(error.label))
    return "\n".join([head, *map(again_line, error.again)])


@explain.register
def explain_nothing_left(error: counts.NothingLeft) -> str:
    """Say that this user has nothing more to count."""
    text = _("No line of {label} is left to count. Submit it.")
    if error.is_barred:
        text = _("You counted the lines of {label} that are left, so someone else must.")
    return text.format(label=bold(error.label))


@explain.register
def explain_already_listed(error: counts.AlreadyListed) -> str:
    """Send the user to the line that is there."""
    return _("{item} at {location} is in {label} already. Press Enter to count it.").format(
        item=bold(error.item), location=plain(error.location), label=bold(error.label)
    )


@explain.register
def explain_outside_count(error: counts.OutsideCount) -> str:
    """Name the location that is counted."""
    return _("{location} is not inside {counted}, which is counted here.").format(
        location=bold(error.location), counted=bold(error.counted)
    )


@explain.register
def explain_lot_unnamed(error: counts.LotUnnamed) -> str:
    """Ask for the lot."""
    return _(
        "{item} is kept by lots. Write its lot behind the quantity when you add it to a count, and "
        "if it is new, the day through which it is good: `SKU 5 LOT-1 2027-03-01`."
    ).format(item=bold(error.item))


@explain.register
def explain_corrected_since(error: counts.CorrectedSince) -> str:
    """Name the line and the record, and what to do."""
    return _(
        "{label} cannot be posted: {item} at {location} was corrected in #{record} after it was "
        "counted. Have it counted again with Recount."
    ).format(
        label=bold(error.label),
        item=bold(error.item),
        location=plain(error.location),
        record=error.record,
    )


@explain.register
def explain_count_blocked(error: counts.CountBlocked) -> str:
    """Name the line that cannot be posted, and what to do."""
    cause = error.cause
    return _(
        "{label} cannot be posted: {missing} of {item} were missing at {location}, and only "
        "{quantity} are left there. Have it counted again with Recount."
    ).format(
        label=bold(error.label),
        missing=format_quantity(error.missing),
        item=bold(cause.item),
        location=plain(cause.location),
        quantity=amount(cause.available, cause.unit),
    )
