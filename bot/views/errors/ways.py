"""The ways that refusals name: a command that the person may use, or who may."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.domain.actions import ACTIONS, is_reversible, way_back_from
from bot.errors import NotAllowed, TallymanError
from bot.locales import N_, _
from bot.views.command_rights import is_command, rights_of
from bot.views.permissions import permission_text
from bot.views.text import all_of, any_of, role

_MAX_ROLES: Final = 5
# What a command does about what was done, by the command that the action is declared with; what
# most of them do needs no line here.
_CHANGED_BACK: Final = N_("`/{command}` changes it back.")
_WAYS_BACK: Final[Mapping[str, str]] = {
    "board create": N_("`/board create` makes the board again."),
    "board remove": N_("`/board remove` removes the board."),
    "count show": N_("Go on with the count instead: `/count show`."),
    "count start": N_("`/count start` begins another count."),
    "device link": N_("`/device link` links the device again."),
    "device revoke": N_("`/device revoke` ends the link."),
    "import": N_("`/import` reads the file again."),
    "invoice add": N_("`/invoice add` enters the invoice again."),
    "invoice dispute": N_("`/invoice dispute` takes the match back."),
    "invoice lines": N_("`/invoice lines` changes the lines back."),
    "invoice match": N_("`/invoice match` ends the dispute."),
    "invoice void": N_(
        "To make an invoice void, press **Open** in `/invoice list`, then **Make void**."
    ),
    "item archive": N_("`/item archive` takes the item out of use."),
    "item barcode": N_("`/item barcode` adds a code, and removes one that is there."),
    "item merge": N_("`/item merge` joins the items again."),
    "item restore": N_("`/item restore` makes the item active again."),
    "item unit": N_("`/item unit` sets the factor, and 0 removes the unit."),
    "location archive": N_("`/location archive` takes the location out of use."),
    "location rename": N_("`/location rename` gives it its name back."),
    "location restore": N_("`/location restore` makes the location active again."),
    "lot hold": N_("`/lot hold` holds the lot again."),
    "lot release": N_("`/lot release` releases the lot."),
    "my erase": N_("`/my erase` removes the profile."),
    "my profile": N_("`/my profile` shows what is kept, and what changes it."),
    "my register": N_("`/my register` registers again."),
    "order cancel": N_("`/order cancel` ends the order, `/order close` once some of it came in."),
    "order lines": N_("`/order lines` changes the lines."),
    "order new": N_("`/order new` orders again."),
    "payment list": N_("Open it in `/payment list`: those who decide about it can reject it."),
    "payment request": N_("`/payment request` asks for the payment again."),
    "payment reverse": N_("`/payment reverse` takes the payment back."),
    "people deactivate": N_("`/people deactivate` takes the permissions away again."),
    "people reactivate": N_("`/people reactivate` restores the permissions."),
    "people roles": N_("`/people roles` sets the roles back."),
    "price set": N_("`/price set` sets the price that held before."),
    "receive": N_("`/receive` books the delivery again."),
    "report schedule": N_("`/report schedule` schedules the report again."),
    "report unschedule": N_("`/report unschedule` ends the schedule."),
    "request cancel": N_("`/request cancel` cancels the request."),
    "request lines": N_("`/request lines` changes the lines back."),
    "request new": N_("`/request new` asks for the goods again."),
    "request pick": N_("`/request pick` picks again."),
    "role bind": N_("`/role bind` binds the role again."),
    "role create": N_("`/role create` makes the role again."),
    "role delete": N_("`/role delete` deletes the role."),
    "role permissions": N_("`/role permissions` sets the permissions back."),
    "role unbind": N_("`/role unbind` ends the binding."),
    "settings set": N_("`/settings set` sets it back."),
    "setup": N_("`/setup` changes what was set up."),
    "shift end": N_("`/shift end` ends the shift."),
    "shift start": N_("`/shift start` begins another shift."),
    "supplier reinstate": N_("`/supplier reinstate` asks for the supplier again."),
    "supplier resubmit": N_("`/supplier resubmit` proposes the supplier again."),
    "supplier show": N_("Open it with `/supplier show`: those who decide about it can reject it."),
    "supplier suspend": N_("`/supplier suspend` ends orders from the supplier."),
    "track": N_("`/track` decides whether the days of an item are kept."),
}


def may(error: TallymanError, command: str) -> bool:
    """Whether the person who was refused may use a command; true while they are not known."""
    return _lacked(error, command) is None


def way(error: TallymanError, command: str, hint: str) -> str:
    """Return a hint that names a command, or who may use it where this person may not."""
    refusal = _lacked(error, command)
    if refusal is None:
        return hint
    roles = [role(each, refusal.guild_id) for each in refusal.discord_role_ids[:_MAX_ROLES]]
    if roles:
        return _("Ask {roles} for `/{command}`.").format(roles=any_of(roles), command=command)
    names = [f"**{permission_text(each)}**" for each in refusal.permissions]
    needed = all_of(names) if refusal.needs_all else any_of(names)
    return _("Ask someone with the permission {needed} for `/{command}`.").format(
        needed=needed, command=command
    )


def way_back(error: TallymanError, action: str) -> str:
    """Return what leads back from what a record did, empty if nothing does."""
    command = way_back_from(action)
    return way(error, command, _words_for(command)) if command else ""


def ways_besides_undo(error: TallymanError) -> Iterator[str]:
    """Yield how a person who may not use `/undo` takes back what else it takes back."""
    for action in sorted(ACTIONS):
        command = way_back_from(action)
        if is_reversible(action) and command and may(error, command):
            yield _words_for(command)


def list_ways_to_nowhere() -> Iterator[str]:
    """Find the actions whose way back is no command that a refusal can name."""
    for action in sorted(ACTIONS):
        command = way_back_from(action)
        if command and command not in _WAYS_BACK and not is_command(command):
            yield f"the way back from {action} is /{command}, which no cog declares"


def _words_for(command: str) -> str:
    if command in _WAYS_BACK:
        return _(_WAYS_BACK[command])
    return _(_CHANGED_BACK).format(command=command)


def _lacked(error: TallymanError, command: str) -> NotAllowed | None:
    if error.refused is None:
        return None
    any_one, every = rights_of(command)
    return error.refused.lacks(any_of=any_one, all_of=every)
