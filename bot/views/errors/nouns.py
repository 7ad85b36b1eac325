"""The sentences that differ from noun to noun by their noun alone.

Whole sentences, because a language may change more than one word of them with the noun.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.locales import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class NounWords:
    """What is said of one kind of thing; a kind without words of its own gets these."""

    unknown: str = N_("There is no **{name}** here.")
    several: str = N_("**{name}** may be one of several: {names}. Which one?")
    gone: str = N_("This no longer exists.")
    unknown_names: str = N_("Nothing was changed, because these do not exist: {names}.")
    taken: str = N_("This already exists.")
    taken_by_field: Mapping[str, str] = field(default_factory=dict)
    changed: str = N_("This was changed after you looked at it. Look again before you decide.")
    archived: str = N_("**{name}** is archived.")
    limit: str = N_("There can be at most {limit} of these.")


_DEFAULT = NounWords()

_NOUNS = {
    "item": NounWords(
        unknown=N_("There is no item **{name}**."),
        several=N_("Several items are called **{name}**: {names}. Which one?"),
        gone=N_("This item no longer exists."),
        taken=N_("There is already an item named **{name}**."),
        taken_by_field={"sku": N_("There is already an item with the SKU **{name}**.")},
        changed=N_("This item was changed after you looked at it. Look again before you decide."),
        archived=N_("The item **{name}** is archived."),
    ),
    "location": NounWords(
        unknown=N_("There is no location **{name}**."),
        several=N_("Several locations are called **{name}**: {names}. Which one?"),
        gone=N_("This location no longer exists."),
        taken=N_("There is already a location named **{name}**."),
        changed=N_(
            "This location was changed after you looked at it. Look again before you decide."
        ),
        archived=N_("The location **{name}** is archived."),
    ),
    "unit": NounWords(
        unknown=N_("There is no unit **{name}** of it."),
        limit=N_("An item can have at most {limit} other units."),
    ),
    "barcode": NounWords(limit=N_("An item can have at most {limit} barcodes.")),
    "merged lot": NounWords(limit=N_("An item of more than {limit} lots cannot be merged.")),
    "tracked item": NounWords(limit=N_("The days of at most {limit} items can be kept.")),
    "merged item": NounWords(limit=N_("At most {limit} items can be merged into one.")),
    "image": NounWords(gone=N_("This picture no longer exists.")),
    "lot": NounWords(
        unknown=N_("There is no lot **{name}** of this item."),
        gone=N_("This lot no longer exists."),
        taken=N_("This item already has a lot named **{name}**."),
        changed=N_("This lot was changed after you looked at it. Look again before you decide."),
    ),
    "device": NounWords(
        unknown=N_("There is no device **{name}**. `/device list` shows your devices."),
        several=N_(
            "Several devices are called **{name}**. Revoke the right one in `/device list`, which "
            "says when each was last used."
        ),
        gone=N_("This device no longer exists."),
        limit=N_(
            "You already have {limit} devices. Revoke one that you no longer use: `/device list`."
        ),
    ),
    "board": NounWords(
        unknown=N_("There is no board in that channel. `/board create` makes one."),
        gone=N_("This board no longer exists."),
        taken=N_("That channel already shows the board **{name}**."),
        limit=N_(
            "A server can have at most {limit} boards. Remove those of a channel with "
            "`/board remove` first."
        ),
    ),
    "report schedule": NounWords(
        unknown=N_("There is no scheduled report **{name}**. Pick one from the list."),
        gone=N_("This report is not scheduled any more."),
        taken=N_("This report is scheduled there at that time already."),
        limit=N_(
            "There can be at most {limit} scheduled reports. `/report unschedule` ends one of them."
        ),
    ),
    "item or location": NounWords(unknown=N_("There is no item or location **{name}**.")),
    "supplier": NounWords(
        unknown=N_("There is no supplier **{name}**."),
        gone=N_("This supplier no longer exists."),
        taken=N_("There is already a supplier named **{name}**."),
        changed=N_(
            "This supplier was changed after you looked at it. Look again before you decide."
        ),
    ),
    "count": NounWords(
        unknown=N_("There is no count **{name}**."),
        gone=N_("This count no longer exists."),
        changed=N_("This count was changed after you looked at it. Look again before you decide."),
    ),
    "request": NounWords(
        unknown=N_("There is no request **{name}**."),
        gone=N_("This request no longer exists."),
        changed=N_(
            "This request was changed after you looked at it. Look again before you decide."
        ),
    ),
    "invoice": NounWords(
        unknown=N_("There is no invoice **{name}**."),
        several=N_("Several suppliers have an invoice **{name}**: {names}. Which one?"),
        gone=N_("This invoice no longer exists."),
        changed=N_(
            "This invoice was changed after you looked at it. Look again before you decide."
        ),
    ),
    "invoice file": NounWords(gone=N_("This invoice has no file.")),
    "payment": NounWords(
        unknown=N_("There is no payment **{name}**."),
        gone=N_("This payment no longer exists."),
        changed=N_(
            "This payment was changed after you looked at it. Look again before you decide."
        ),
    ),
    "role": NounWords(
        unknown=N_("There is no role **{name}**."),
        gone=N_("This role no longer exists."),
        unknown_names=N_("Nothing was changed, because these roles do not exist: {names}."),
        taken=N_("There is already a role named **{name}**."),
        changed=N_("This role was changed after you looked at it. Look again before you decide."),
        limit=N_(
            "There can be at most {limit} roles. Delete one that is not used with `/role delete`."
        ),
    ),
    "time zone": NounWords(
        unknown=N_("There is no time zone **{name}**. Write one such as `Europe/Berlin`.")
    ),
    "Discord role": NounWords(gone=N_("This Discord role no longer exists.")),
    "channel": NounWords(gone=N_("This channel no longer exists.")),
    "permission": NounWords(
        unknown=N_("There is no permission **{name}**."),
        unknown_names=N_("Nothing was changed, because these permissions do not exist: {names}."),
    ),
    "member": NounWords(
        unknown=N_("There is no member **{name}** here."),
        gone=N_("This member no longer exists."),
    ),
    "record": NounWords(
        unknown=N_("There is no record #{name}."),
        gone=N_("This record does not exist."),
    ),
    "subject": NounWords(unknown=N_("There is no item, location, supplier or role **{name}**.")),
    "binding": NounWords(
        gone=N_("That Discord role does not grant this role."),
        taken=N_("That Discord role already grants this role."),
    ),
}


def words_of(noun: str) -> NounWords:
    """Return the sentences about a kind of thing."""
    return _NOUNS.get(noun, _DEFAULT)
