"""Refusals about requests, and about lines that were typed."""

from typing import Final

from bot.domain.lines import LinesRefused, NoQuantity
from bot.domain.quantities import format_quantity
from bot.domain.requests import (
    AskedForAgain,
    LinePicked,
    NothingPicked,
    NothingToPick,
    PlanChanged,
    TooMuchPicked,
)
from bot.locales import _, ngettext
from bot.views.errors.translator import explain
from bot.views.text import amount, bold, plain

_MAX_FAULTS: Final = 10


@explain.register
def explain_lines_refused(error: LinesRefused) -> str:
    """Say what is wrong with each line."""
    lines = [_("Nothing was done, because of these lines:")]
    lines += [
        _("Line {number} `{text}`: {reason}").format(
            number=fault.number,
            text=fault.text.replace("`", "'"),
            reason=explain(fault.cause) or _("it cannot be read"),
        )
        for fault in error.faults[:_MAX_FAULTS]
    ]
    more = len(error.faults) - _MAX_FAULTS
    if more > 0:
        text = ngettext("… and {count} more line.", "… and {count} more lines.", more)
        lines.append(text.format(count=more))
    return "\n".join(lines)


@explain.register
def explain_no_quantity(_error: NoQuantity) -> str:
    """Say how a line is written."""
    return _("Write the SKU and how much of it, such as `BOLT-8 20`.")


@explain.register
def explain_line_picked(error: LinePicked) -> str:
    """Say how much was picked already."""
    return _(
        "{picked} of {item} were picked already, so the line cannot be less than that."
    ).format(picked=amount(error.picked, error.unit), item=bold(error.item))


@explain.register
def explain_asked_for_again(error: AskedForAgain) -> str:
    """Say which request took the place of another."""
    return _("{label} was asked for again already, as {again}.").format(
        label=bold(error.label), again=bold(error.again)
    )


@explain.register
def explain_too_much_picked(error: TooMuchPicked) -> str:
    """Say how much is left to pick."""
    return _(
        "Only {left} of {item} are left to pick; you wrote {picked}. Nothing was booked."
    ).format(
        left=amount(error.left, error.unit),
        item=bold(error.item),
        picked=format_quantity(error.picked),
    )


@explain.register
def explain_nothing_picked(error: NothingPicked) -> str:
    """Say that zeros book nothing."""
    return _("You picked nothing for {label}, so nothing was booked.").format(
        label=plain(error.label)
    )


@explain.register
def explain_nothing_to_pick(error: NothingToPick) -> str:
    """Say that there is nothing to be had."""
    return _("Nothing that is left of {label} is available now.").format(label=plain(error.label))


@explain.register
def explain_plan_changed(error: PlanChanged) -> str:
    """Say that the list has to be looked at again."""
    return _(
        "{label} or the stock changed since this list was shown, so nothing was booked. Look at "
        "the list again."
    ).format(label=plain(error.label))
