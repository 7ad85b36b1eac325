"""Refusals about members and their access."""

from bot.domain.members import (
    AccessKept,
    AlreadyActive,
    AlreadyDeactivated,
    AlreadyRegistered,
    DeactivationExceeded,
    MemberLeft,
    MemberUnchanged,
    NotRegistered,
    ReactivationExceeded,
    TooManyChanges,
)
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import when

_MAX_NAMED = 5


@explain.register
def explain_not_registered(_error: NotRegistered) -> str:
    """Say that there is no profile."""
    return _("No data is stored about you here. Register with `/my register`.")


@explain.register
def explain_member_unchanged(error: MemberUnchanged) -> str:
    """Say that the member is already as asked for."""
    return _("{member} already has these values.").format(member=f"<@{error.label}>")


@explain.register
def explain_already_deactivated(error: AlreadyDeactivated) -> str:
    """Say that the member was deactivated before."""
    return _("{member} is already deactivated.").format(member=f"<@{error.label}>")


@explain.register
def explain_already_active(error: AlreadyActive) -> str:
    """Say that the member is not deactivated."""
    return _("{member} is not deactivated.").format(member=f"<@{error.label}>")


@explain.register
def explain_already_registered(error: AlreadyRegistered) -> str:
    """Say since when the actor is registered."""
    text = _("You have been registered here since {when}; nothing changed.").format(
        when=when(error.since, "D")
    )
    if error.has_new_email:
        text += " " + _("Change your e-mail address with `/my email`.")
    return text


@explain.register
def explain_too_many_changes(error: TooManyChanges) -> str:
    """Say when the actor may change their profile again."""
    return _(
        "You changed your profile many times within an hour, and each change stays in the books. "
        "Try again {when}."
    ).format(when=when(error.again_at))


@explain.register
def explain_member_left(error: MemberLeft) -> str:
    """Say that a role assigned now would not count."""
    return _(
        "{member} is not in this server, and roles assigned before they come back do not count. "
        "Assign them then."
    ).format(member=f"<@{error.user_id}>")


@explain.register
def explain_reactivation_exceeded(error: ReactivationExceeded) -> str:
    """Name what the member would get back and the actor does not hold."""
    missing = ", ".join(f"`{permission}`" for permission in error.missing[:_MAX_NAMED])
    return _(
        "{member} would get back more than you hold ({permissions}), and you can only grant "
        "what you hold. Ask the server's owner."
    ).format(member=f"<@{error.user_id}>", permissions=missing)


@explain.register
def explain_deactivation_exceeded(error: DeactivationExceeded) -> str:
    """Name what the member holds and the actor does not."""
    missing = ", ".join(f"`{permission}`" for permission in error.missing[:_MAX_NAMED])
    return _(
        "{member} holds more than you do ({permissions}), and you can only take away what you "
        "hold. Ask the server's owner."
    ).format(member=f"<@{error.user_id}>", permissions=missing)


@explain.register
def explain_access_kept(error: AccessKept) -> str:
    """Say whose access cannot be deactivated."""
    if error.is_oneself:
        return _("You cannot deactivate yourself. Ask someone else who manages people.")
    if error.is_program:
        return _("I cannot be deactivated: I act for those who use me, with their permissions.")
    return _("{member} cannot be deactivated: they own this server.").format(
        member=f"<@{error.user_id}>"
    )
