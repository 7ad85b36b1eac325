"""Devices in words: a link and its picture, lists, what was linked."""

from typing import Final

from bot.database.models import DeviceContact, DeviceSession
from bot.domain.devices import session_ends_at
from bot.locales import N_, _
from bot.services.device_calls import DeviceLinked
from bot.services.devices import DevicesListed, LinkMade
from bot.views.actions import ActionWords, declare_action_words
from bot.views.components import Button, number
from bot.views.pages import Picture, Row, Turn, list_page, page_buttons, turns_of
from bot.views.replies import Reply, renders
from bot.views.text import bold, person, when

_QR_CODE: Final = "device-link.png"
PAGE = Button("device", "page", Turn.parse)
REVOKE = Button("device", "revoke", number)

declare_action_words(
    {
        "device.linked": ActionWords(
            N_("made a link for the device"), N_("Made a link for the device")
        ),
        "device.redeemed": ActionWords(N_("linked the device"), N_("Linked the device")),
        "device.revoked": ActionWords(N_("revoked the device"), N_("Revoked the device")),
    }
)


def link_page(made: LinkMade, link: str, qr_code: bytes) -> Reply:
    """Show a link as a QR code and as text, to open it on the device or to copy it there."""
    lines = [
        _("Scan this with the camera of {device}, or open the link on it:").format(
            device=bold(made.name)
        ),
        link,
        _(
            "It works once, until {time} ({in_minutes}). Who opens it works as you: show it to "
            "no one."
        ).format(time=when(made.expires_at, "t"), in_minutes=when(made.expires_at)),
    ]
    description = _("QR code of the link that links the device {device}").format(device=made.name)
    return list_page(
        _("Link a device"),
        (),
        above=lines,
        footer=_("`/device list` shows your devices and revokes them.") + f" #{made.record}",
        picture=Picture(_QR_CODE, qr_code, description),
    )


@renders(LinkMade)
def link_lost_page(made: LinkMade) -> Reply:
    """Say that a link cannot be shown again: its code is kept nowhere."""
    return Reply(
        _(
            "A link for {device} was made, but this answer came too late to show it. "
            "Run `/device link` again."
        ).format(device=bold(made.name))
        + f" `#{made.record}`"
    )


@renders(DeviceLinked)
def device_linked_page(linked: DeviceLinked) -> Reply:
    """Say which device was linked."""
    return Reply(
        _("📱 {device} is linked.").format(device=bold(linked.name)) + f" `#{linked.record}`"
    )


@renders(DevicesListed)
def devices_page(listed: DevicesListed) -> Reply:
    """Show a page of devices, each with when it was last used and a button that revokes it."""
    rows = listed.page.rows
    return list_page(
        _("Devices") if listed.is_of_all else _("Your devices"),
        [
            Row(_line(row, listed.contacts.get(row.id), listed), REVOKE(_("Revoke"), row.id))
            for row in rows
        ],
        nothing=_("_No devices are linked._ `/device link` links one."),
        footer=_("A device that is lost: revoke it, and its next contact is refused."),
        buttons=page_buttons(PAGE, (), *turns_of(listed.page, [row.id for row in rows])),
    )


def _line(device: DeviceSession, contact: DeviceContact | None, listed: DevicesListed) -> str:
    parts = [bold(device.name)]
    if listed.is_of_all:
        parts.append(person(device.user_id))
    last_used_at = contact.last_used_at if contact else None
    if device.linked_at is None:
        parts.append(
            _("not linked yet; the link ends {when}").format(when=when(device.link_expires_at))
        )
        return " · ".join(parts)
    parts.append(_("linked {when}").format(when=when(device.linked_at, "D")))
    if last_used_at is not None:
        parts.append(_("last used {when}").format(when=when(last_used_at)))
    if session_ends_at(device.linked_at, last_used_at) <= listed.now:
        parts.append(_("expired"))
    return " · ".join(parts)


def device_choice(device: DeviceSession, user_id: int) -> str:
    """Name a device in a list of suggestions, by its number where it is another member's."""
    if device.user_id == user_id:
        return device.name
    return _("{device} of another member (#{id})").format(device=device.name, id=device.id)
