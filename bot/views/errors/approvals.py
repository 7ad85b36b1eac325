"""Refusals about decisions."""

from typing import Final

from bot.domain.approvals import AlreadyAgreed
from bot.errors import AlreadyDecided, IllegalStep, Overtaken, SelfApproval
from bot.locales import N_, _
from bot.views.approval_words import status_word
from bot.views.errors.translator import explain
from bot.views.text import bold, person, when

_STEPS: Final = {
    "decided": N_("{name} is {status}, so it cannot be approved or rejected now."),
    "resubmitted": N_("{name} is {status}, so it cannot be resubmitted now."),
    "suspended": N_("{name} is {status}, so it cannot be suspended now."),
    "reinstated": N_("{name} is {status}, so it cannot be reinstated now."),
}
# A step, the noun, and the status that is in its way: what leads out of it.
_WAYS_OUT: Final = {
    ("submitted", "order", "rejected"): N_(
        "{name} was rejected. Change its lines first (`/order lines`), then submit it."
    ),
    ("sent", "order", "draft"): N_("{name} is a draft. Submit it first: `/order submit`."),
}
_ANY_STEP: Final = N_("{name} is {status}, so this cannot be done now.")

_DECISIONS: Final = {
    "approved": N_("{name} was already approved by {member} {when} as #{record}."),
    "rejected": N_("{name} was already rejected by {member} {when} as #{record}."),
    "posted": N_("{name} was already posted by {member} {when} as #{record}."),
    "discarded": N_("{name} was already discarded by {member} {when} as #{record}."),
    "counting": N_("{name} is to be counted again, says {member} {when} in #{record}."),
}
_ANY_DECISION: Final = N_("{name} was already decided by {member} {when} as #{record}.")
_OWN: Final = {
    "count": N_("You counted lines of {name}, so someone else must decide about it."),
    "payment": N_("You asked for {name}, so someone else must decide about it."),
}
_ANY_OWN: Final = N_(
    "You proposed or edited {name} after its last approval, so someone else must approve or "
    "reject it."
)


@explain.register
def explain_illegal_step(error: IllegalStep) -> str:
    """Say which status is in the way."""
    way_out = _WAYS_OUT.get((error.step, error.noun, error.state))
    text = way_out or _STEPS.get(error.step, _ANY_STEP)
    return _(text).format(name=bold(error.label), status=status_word(error.state, error.noun))


@explain.register
def explain_already_decided(error: AlreadyDecided) -> str:
    """Say who decided, and when."""
    return _(_DECISIONS.get(error.status, _ANY_DECISION)).format(
        name=bold(error.label),
        member=f"<@{error.decided_by}>",
        when=when(error.decided_at),
        record=error.record,
    )


@explain.register
def explain_overtaken(error: Overtaken) -> str:
    """Say who was quicker, and what the thing is now."""
    return _("{name} was changed by {member} {when} as #{record}: it is {status} now.").format(
        name=bold(error.label),
        member=person(error.changed_by),
        when=when(error.changed_at),
        record=error.record,
        status=status_word(error.status, error.noun),
    )


@explain.register
def explain_self_approval(error: SelfApproval) -> str:
    """Say why another person has to decide."""
    return _(_OWN.get(error.noun, _ANY_OWN)).format(name=bold(error.label))


@explain.register
def explain_already_agreed(error: AlreadyAgreed) -> str:
    """Say that other people have to approve as well."""
    return _(
        "You have approved {name} already. It has {given} of {needed} approvals; the others must "
        "come from other people."
    ).format(name=bold(error.label), given=error.given, needed=error.needed)
