"""What sync refuses."""

from bot.domain.sync_refusals import (
    AlreadyApplied,
    AlreadyCorrected,
    ChangedSince,
    MergedSince,
    NotDone,
    RightsUnknown,
    TooOld,
)
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold


@explain.register
def explain_too_old(error: TooOld) -> str:
    """Say how far back the books look."""
    return _(
        "This happened more than {days} days ago, so I cannot put it where it belongs. Enter it "
        "again as of now."
    ).format(days=error.limit.days)


@explain.register
def explain_already_applied(error: AlreadyApplied) -> str:
    """Say that what was to be corrected was done."""
    return _(
        "What you corrected was booked after all, as `#{record}`. Undo that, or leave it."
    ).format(record=error.record)


@explain.register
def explain_already_corrected(error: AlreadyCorrected) -> str:
    """Say that it was corrected before."""
    return _("This was corrected before, as `#{record}`.").format(record=error.record)


@explain.register
def explain_changed_since(error: ChangedSince) -> str:
    """Say which record came later."""
    return _("This was changed later, by `#{record}`, and stays as it is now.").format(
        record=error.record
    )


@explain.register
def explain_merged_since(error: MergedSince) -> str:
    """Say that stock of two items has become one since."""
    return _(
        "Another item was merged into {item} after this happened. Count {item} again, or enter "
        "this again as of now."
    ).format(item=bold(error.sku))


@explain.register
def explain_not_done(error: NotDone) -> str:
    """Say that there is no such operation."""
    del error
    return _("This cannot be done from a device.")


@explain.register
def explain_rights_unknown(error: RightsUnknown) -> str:
    """Say that Discord has to be asked first."""
    del error
    return _("I cannot ask Discord now what you may do. This waits until I can.")
