"""Problems: what the API says when it does not answer a request, by the problem's code."""

import re
from datetime import UTC, datetime
from typing import Final

from bot.locales import N_, _
from bot.views.text import unformatted

TITLES: Final = {
    "malformed_json": N_("The body is not JSON"),
    "unknown_protocol": N_("Another version of the protocol"),
    "token_missing": N_("No token"),
    "token_unknown": N_("Unknown token"),
    "device_revoked": N_("Device revoked"),
    "device_expired": N_("Device expired"),
    "not_allowed": N_("Not allowed"),
    "not_found": N_("Not found"),
    "link_unknown": N_("Unknown link"),
    "method_not_allowed": N_("Method not allowed"),
    "too_slow": N_("Too slow"),
    "link_used": N_("Link used before"),
    "link_expired": N_("Link expired"),
    "link_revoked": N_("Link revoked"),
    "body_too_large": N_("Body too large"),
    "not_json": N_("Another type of content"),
    "invalid_request": N_("Unusable request"),
    "too_many_requests": N_("Too many requests"),
    "internal": N_("Unexpected error"),
    "busy": N_("Busy"),
    "discord_unavailable": N_("Discord does not answer"),
}

_DETAILS: Final = {
    "malformed_json": N_("The body cannot be read as JSON in UTF-8. Send one JSON object."),
    "unknown_protocol": N_(
        "This program speaks another version of the protocol. Update it, or reload the page."
    ),
    "token_missing": N_("Send the device's token as `Authorization: Bearer <token>`."),
    "not_allowed": N_("You don't have permission to use devices here. Ask an admin for a role."),
    "not_found": N_("There is nothing at this address."),
    "method_not_allowed": N_("This address does not take this method."),
    "too_slow": N_("The body did not arrive in time. Send it again over a better connection."),
    "body_too_large": N_("The body has more than {limit} bytes. Send fewer operations at once."),
    "not_json": N_("Send the body as application/json, in UTF-8 and without a content encoding."),
    "invalid_request": N_("The request cannot be used as it is; `errors` says where."),
    "too_many_requests": N_("That was a lot at once. Wait {seconds} seconds, then try again."),
    "internal": N_("Something went wrong on my side (reference {reference}). Try again later."),
    "busy": N_("I am busy, nothing was changed. Please try again in a moment."),
    "discord_unavailable": N_(
        "Discord does not answer, so I cannot tell what you may do now. Try again in a moment."
    ),
    "left": N_("You are no longer a member of this server, so this device may do nothing here."),
}
# What Discord shows as a name, a time or small print is something else for every other reader.
_MENTIONS: Final = re.compile(r"<(@!?|@&|#)\d+>(?:, <\1\d+>)*")
_MENTIONED: Final = {
    "@": N_("a member in Discord"),
    "@!": N_("a member in Discord"),
    "@&": N_("a role in Discord"),
    "#": N_("a channel in Discord"),
}
_TIME: Final = re.compile(r"<t:(\d+):\w>")
_SMALL_PRINT: Final = re.compile(r"^-# .*$", re.MULTILINE)


def problem_title(code: str) -> str:
    """Return the title of a problem."""
    return _(TITLES[code])


def problem_detail(code: str, **facts: object) -> str:
    """Say what is wrong, and what to do."""
    return _(_DETAILS[code]).format(**facts)


def without_markup(text: str) -> str:
    """Return a sentence for Discord as text for a page: no markup, no mentions."""
    kept = _TIME.sub(_write_time, _SMALL_PRINT.sub("", text))
    return unformatted(_MENTIONS.sub(_name_mentioned, kept)).replace("`", "").strip()


def _name_mentioned(found: re.Match[str]) -> str:
    """Return what kind of thing was mentioned; it has no name outside of Discord."""
    name = _(_MENTIONED[found[1]])
    before = found.string[: found.start()]
    begins = not before.strip() or before.endswith(". ")
    return name[:1].upper() + name[1:] if begins else name


def _write_time(found: re.Match[str]) -> str:
    return f"{datetime.fromtimestamp(int(found[1]), UTC):%Y-%m-%d %H:%M} UTC"
