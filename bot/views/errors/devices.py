"""Refusals about devices, as their page and other programs show them as well."""

from bot.domain.devices import (
    AlreadyRevoked,
    DeviceExpired,
    DeviceRevoked,
    DeviceUnknown,
    LinkExpired,
    LinkRevoked,
    LinkUnknown,
    LinkUsed,
    PageUnreachable,
)
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold


@explain.register
def explain_page_unreachable(_error: PageUnreachable) -> str:
    """Say what the operator has to set."""
    return _(
        "Devices cannot reach me yet: my operator has to set `PUBLIC_URL` to the https address of "
        "my web server."
    )


@explain.register
def explain_device_unknown(_error: DeviceUnknown) -> str:
    """Say that the token is of no device."""
    return _("This device is not linked. Run `/device link` in Discord and open the link here.")


@explain.register
def explain_device_revoked(error: DeviceRevoked) -> str:
    """Say that the device was revoked, and how to go on."""
    return _(
        "{device} was revoked. Run `/device link` in Discord and open the link here to use it "
        "again."
    ).format(device=bold(error.name))


@explain.register
def explain_device_expired(error: DeviceExpired) -> str:
    """Say that the device was away for too long, and how to go on."""
    return _(
        "{device} was not used for 90 days. Run `/device link` in Discord and open the link here "
        "to use it again."
    ).format(device=bold(error.name))


@explain.register
def explain_link_unknown(_error: LinkUnknown) -> str:
    """Say that the link is none of ours, or not whole."""
    return _("This link does not work. Run `/device link` in Discord for a new one.")


@explain.register
def explain_link_used(_error: LinkUsed) -> str:
    """Say that a link works once; it may be another person who used it."""
    return _(
        "This link was used before. If that was not you, revoke the device in `/device list`. "
        "Run `/device link` in Discord for a new one."
    )


@explain.register
def explain_link_expired(_error: LinkExpired) -> str:
    """Say that the link is too old."""
    return _(
        "This link has expired: it is valid for ten minutes. Run `/device link` in Discord for a "
        "new one."
    )


@explain.register
def explain_link_revoked(_error: LinkRevoked) -> str:
    """Say that the device was revoked before it was linked."""
    return _("This link was revoked. Run `/device link` in Discord for a new one.")


@explain.register
def explain_already_revoked(error: AlreadyRevoked) -> str:
    """Say that the device was revoked before."""
    return _("{device} is already revoked.").format(device=bold(error.label))
