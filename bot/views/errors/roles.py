"""Refusals about roles and what they grant."""

from bot.domain.roles import (
    AlreadyBound,
    DefaultRoleExceeded,
    EveryoneOnlyLooks,
    GrantExceeded,
    NotBound,
)
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold

_MAX_NAMED = 5


@explain.register
def explain_not_bound(error: NotBound) -> str:
    """Say that there is no such link."""
    if not error.wanted:
        return _("That Discord role grants no role.")
    return _("That Discord role does not grant the role {role}.").format(role=bold(error.wanted))


@explain.register
def explain_already_bound(error: AlreadyBound) -> str:
    """Say that the link exists."""
    return _("That Discord role already grants the role {role}.").format(role=bold(error.label))


@explain.register
def explain_grant_exceeded(error: GrantExceeded) -> str:
    """Name what the actor does not hold."""
    if error.is_taken:
        text = _(
            "The role {role} grants permissions that you do not hold ({permissions}), and you "
            "can only take away what you hold. Ask the server's owner."
        )
    elif error.is_asked_for:
        text = _(
            "The role {role} would grant more than you hold ({permissions}), and you can only "
            "grant what you hold. Ask the server's owner."
        )
    else:
        text = _(
            "The role {role} grants more than you hold ({permissions}), and you can only "
            "grant what you hold. Ask the server's owner."
        )
    return text.format(role=bold(error.role), permissions=_named(error.missing))


@explain.register
def explain_default_role_exceeded(error: DefaultRoleExceeded) -> str:
    """Say what the role of everyone who registers cannot grant."""
    return _(
        "Everyone who registers gets the `default_role`, so it can grant no more than `employee` "
        "does. The role {role} also grants {permissions}."
    ).format(role=bold(error.role), permissions=_named(error.beyond))


@explain.register
def explain_everyone_only_looks(error: EveryoneOnlyLooks) -> str:
    """Say what @everyone may have."""
    return _("The role {role} can do more than look, so everyone cannot have it.").format(
        role=bold(error.role)
    )


def _named(permissions: tuple[str, ...]) -> str:
    return ", ".join(f"`{permission}`" for permission in permissions[:_MAX_NAMED])
