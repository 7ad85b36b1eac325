"""Errors become words here, and nowhere else: what is wrong, what to do, with the figures."""

from functools import singledispatch

from discord import app_commands

from bot import errors
from bot.domain.quantities import PLACES, format_quantity
from bot.views.text import MAX_CHOICE, amount, bold, clip, plain, when

_NOUNS = {"audit_event": "record", "location": "place", "stock_level": "stock level"}

_INVALID = {
    "not_a_number": "Write {field} as a number such as `3` or `2.5`, with a point and no spaces.",
    "too_many_decimals": "{Field} takes at most {limit} decimals, for example `2.125`.",
    "not_positive": "{Field} must be more than zero.",
    "negative": "{Field} cannot be less than zero.",
    "too_large": "{Field} can be {limit} at most.",
    "level_too_large": "That would be more than a place can hold: {limit} at most.",
    "too_long": "{Field} is too long: {limit} characters at most.",
    "empty": "{Field} cannot be empty.",
    "invisible": "{Field} holds invisible or control characters. Type it again by hand.",
    "markup": "{Field} cannot hold Discord mentions or tags such as `@everyone` or `<@…>`.",
    "unknown_setting": "There is no setting {value}. Pick one from the list.",
    "not_minutes": "Write the minutes as a whole number from 0 to {limit}.",
    "unknown_timezone": "I know no time zone {value}. Write one such as `Europe/Berlin`.",
    "unknown_currency": "{value} is no ISO currency code. Write one such as `EUR`.",
    "not_an_email": "That does not look like an e-mail address. Write one such as "
    "`orders@example.com`.",
    "not_a_phone": "That does not look like a phone number. Write one such as `+49 30 123456`.",
    "not_a_tax_id": "That does not look like a tax id. Write one such as `DE123456789`.",
    "unknown_status": "There is no status {value}. Pick one from the list.",
    "not_a_time": "I cannot read {value} as a time. Write one such as `2026-11-25`, "
    "`2026-11-25 14:30`, `yesterday` or `7d`.",
    "unknown_action": "There is no action {value}. Pick one from the list.",
    "reserved": "{Field} {value} means that there is none. Pick another.",
    "not_a_record": "Write the record's number, such as `41`.",
}

_NOT_REVERSIBLE = {
    "is_reversal": "#{record} is itself an undo of #{other}. An undo cannot be undone; "
    "book the stock again instead.",
    "not_stock": "#{record} did not move stock, so there is nothing to undo.",
    "already_reversed": "#{record} was already undone by #{other}.",
    "not_yours": "#{record} is not yours. Someone who may undo others' records can do it.",
    "too_old": "#{record} is more than {minutes} minutes old. "
    "Someone who may undo any record can still do it.",
}

# What to do about a supplier that is there already.
_WAY_ON = {
    "pending": ": somebody has yet to decide about it.",
    "rejected": ": ask for it once more with `/supplier resubmit`.",
    "suspended": ": `/supplier reinstate` asks for it once more.",
}


@singledispatch
def explain(error: BaseException) -> str | None:
    """Say an error in one or two plain sentences; None if it was not expected."""
    del error
    return None


def unexpected(reference: str) -> str:
    """Say that something broke, with the reference that stands in the log as well."""
    return (
        f"Something went wrong on my side (reference `{reference}`). Check with `/history` "
        "whether it was booked before you try again."
    )


NOT_IN_DIRECT_MESSAGES = "I keep a server's books. Use my commands in your server, not here."
INTERRUPTED = "I was interrupted before I could do this; nothing was changed. Please try again."


@explain.register
def _(error: errors.NotFound) -> str:
    noun = _noun(error.noun)
    if error.noun == "undoable record":
        return "You have no stock record that could be undone."
    if error.noun == "binding":
        return f"That Discord role does not bring the role {bold(error.wanted)}."
    if error.noun == "record":
        return f"There is no record #{plain(error.wanted)}." if error.wanted else "No such record."
    if error.noun == "profile":
        return "Nothing is kept about you here. `/my register` makes you known to these books."
    if not error.wanted:
        return f"That {noun} does not exist (any more)."
    hint = ""
    if error.suggestions:
        hint = " Did you mean " + ", ".join(bold(name) for name in error.suggestions) + "?"
    return f"There is no {noun} {bold(error.wanted[:100])}.{hint}"


@explain.register
def _(error: errors.NamesUnknown) -> str:
    names = ", ".join(bold(clip(name, MAX_CHOICE)) for name in error.names[:10])
    return f"Nothing was changed, because there is no such {_noun(error.noun)}: {names}."


@explain.register
def _(error: errors.AlreadyExists) -> str:
    value = bold(error.value) if error.value else "this"
    field = "SKU" if error.field == "sku" else error.field
    text = f"There is already {_a(error.noun)} with the {field} {value}."
    if error.status:
        return f"{text} It is {error.status}{_WAY_ON.get(error.status, '.')}"
    if error.is_archived and error.noun == "item":
        return text + " It is archived: bring it back with `/item restore`."
    return text + (" It is archived." if error.is_archived else "")


@explain.register
def _(error: errors.StaleVersion) -> str:
    return f"This {_noun(error.noun)} was changed after you looked at it. Look again, then decide."


@explain.register
def _(error: errors.IllegalStep) -> str:
    return f"{bold(error.label)} is {error.state}, so it cannot be {error.step} now."


@explain.register
def _(error: errors.AlreadyDecided) -> str:
    return (
        f"{bold(error.label)} was already {error.status} by <@{error.decided_by}> "
        f"{when(error.decided_at)} as #{error.record}."
    )


@explain.register
def _(_error: errors.KeyReused) -> str:
    return "This click or command was already used for something else; nothing was changed."


@explain.register
def _(error: errors.InvalidValue) -> str:
    field = error.field.replace("_", " ").replace("sku", "SKU")
    limit = error.limit
    if not isinstance(limit, int) and limit is not None:
        limit_text = format_quantity(limit)
    else:
        limit_text = str(PLACES if limit is None else limit)
    return _INVALID[error.reason].format(
        field=f"the {field}",
        Field=f"The {field}",
        value=bold(error.value) if error.value else "that",
        limit=limit_text,
    )


@explain.register
def _(error: errors.InsufficientStock) -> str:
    return (
        f"{plain(error.location)} holds {amount(error.available, error.unit)} of "
        f"{plain(error.item)}; you asked for {format_quantity(error.wanted)}."
    )


@explain.register
def _(error: errors.LimitReached) -> str:
    return f"There can be {error.limit} {_noun(error.noun)}s at most."


@explain.register
def _(error: errors.SamePlace) -> str:
    return f"{bold(error.location)} is where it already lies. Pick another place."


@explain.register
def _(error: errors.NothingToDo) -> str:
    if error.noun == "level":
        return f"{bold(error.label)} already holds just that much of {bold(error.state)}."
    if error.noun == "setting":
        return f"{plain(error.label)} is already {bold(error.state)}."
    if error.noun == "member":
        person = f"<@{error.label}>"
        state = f"The access of {person} is already switched {error.state}."
        return state if error.state else f"That changes nothing about {person}."
    if error.noun == "role":
        return f"That Discord role already brings the role {bold(error.label)}."
    label = bold(error.label)
    return (
        f"{label} is already {error.state}."
        if error.state
        else (f"That changes nothing about {label}.")
    )


@explain.register
def _(error: errors.Archived) -> str:
    mend = " Bring it back with `/item restore` first." if error.noun == "item" else ""
    return f"The {_noun(error.noun)} {bold(error.label)} is archived.{mend}"


@explain.register
def _(error: errors.StillInUse) -> str:
    if error.quantity is None:
        return f"{bold(error.label)} still has {bold(error.blocker)} inside it. Archive that first."
    held = amount(error.quantity, error.unit)
    if error.noun == "item":
        return (
            f"{bold(error.blocker)} still holds {held} of {bold(error.label)}. Move it out first."
        )
    return f"{bold(error.label)} still holds {held} of {bold(error.blocker)}. Move it out first."


@explain.register
def _(error: errors.UnitFixed) -> str:
    return (
        f"{bold(error.sku)} was already moved in {plain(error.unit)}, so its unit cannot change. "
        "Add a new item instead."
    )


@explain.register
def _(error: errors.LocationNeeded) -> str:
    quantity = amount(error.quantity, error.unit)
    if error.verb == "put":
        if not error.choices:
            return "There is no place yet. Add one with `/location add`."
        return f"Where do you put {quantity} of {bold(error.item)}?"
    return f"Where do you take {quantity} of {bold(error.item)} from?"


@explain.register
def _(error: errors.SelfApproval) -> str:
    return (
        f"You proposed or changed {bold(error.label)} since it was last decided about, "
        "so somebody else has to decide."
    )


@explain.register
def _(error: errors.AlreadyRegistered) -> str:
    mend = " Change your e-mail with `/my email`." if error.has_new_email else ""
    return f"You have been registered here since {when(error.since, 'D')}; nothing changed.{mend}"


@explain.register
def _(error: errors.AccessKept) -> str:
    if error.is_oneself:
        return "You cannot switch off your own access. Ask somebody else who manages people."
    return f"The access of <@{error.user_id}> cannot be switched off: they own this server."


@explain.register
def _(error: errors.ExportTooLarge) -> str:
    return (
        f"That is more than fits into one file: it was full at #{error.last}. "
        "Narrow it with `since` and `until`."
    )


@explain.register
def _(_error: errors.StaleControl) -> str:
    return "This button or list is out of date. Run the command again."


@explain.register
def _(error: errors.NothingInStock) -> str:
    return f"There is no {bold(error.item)} in stock anywhere."


@explain.register
def _(error: errors.NotReversible) -> str:
    return _NOT_REVERSIBLE[error.reason].format(
        record=error.record, other=error.other_record, minutes=error.minutes
    )


@explain.register
def _(error: errors.ReversalBlocked) -> str:
    cause = error.cause
    return (
        f"#{error.record} cannot be undone: {plain(cause.location)} holds only "
        f"{amount(cause.available, cause.unit)} of {plain(cause.item)}, and "
        f"{format_quantity(cause.wanted)} would have to go back."
    )


@explain.register
def _(error: errors.DoneBefore) -> str:
    minutes, seconds = divmod(int(error.age.total_seconds()), 60)
    ago = f"{minutes} min" if minutes else f"{seconds} s"
    return f"You did this {ago} ago as #{error.record}. Again?"


@explain.register
def _(error: errors.GrantExceeded) -> str:
    missing = ", ".join(f"`{permission}`" for permission in error.missing[:5])
    holds = "would hold" if error.is_asked_for else "holds"
    return (
        f"The role {bold(error.role)} {holds} more than you do ({missing}), and you can only "
        "grant what you hold. Ask the server's owner."
    )


@explain.register
def _(error: errors.ChannelsForbidden) -> str:
    return (
        f"There is no {error.channel} channel and I may not make one. Give me the permission "
        f"Manage Channels, or name a channel: `/setup {error.channel}_channel`."
    )


@explain.register
def _(error: errors.EveryoneOnlyLooks) -> str:
    return f"The role {bold(error.role)} does more than look, so everyone cannot have it."


@explain.register
def _(error: errors.NotAllowed) -> str:
    if error.reason == "deactivated":
        return "Your access to these books was switched off. Ask a person who manages people."
    needed = (" and " if error.needs_all else " or ").join(
        f"`{permission}`" for permission in error.permissions
    )
    return f"You may not do this: it takes {needed}. Ask an admin of these books for a role."


@explain.register
def _(error: errors.Unavailable) -> str:
    if error.is_certain:
        return "I am busy, nothing was changed. Please try again in a moment."
    return (
        "I lost the database while booking this and cannot tell yet whether it was done. "
        "I will correct this message as soon as I know; do not repeat it before."
    )


@explain.register
def _(_error: errors.KeyMissing) -> str:
    return (
        "I cannot read or keep contact data: the key for it is missing. "
        "Tell whoever runs me to set DATA_KEY."
    )


@explain.register
def _(_error: errors.SchemaOutdated) -> str:
    return "I am being updated, nothing was changed. Please try again in a few minutes."


@explain.register
def _(_error: app_commands.CommandNotFound) -> str:
    return "I do not know this command any more. Restart Discord to see the current ones."


@explain.register
def _(_error: app_commands.CommandSignatureMismatch) -> str:
    return "This command has changed. Restart Discord to see its current form."


@explain.register
def _(error: app_commands.TransformerError) -> str:
    return f"I cannot read {bold(str(error.value)[:40])}. Pick it from the list."


@explain.register
def _(_error: app_commands.NoPrivateMessage) -> str:
    return NOT_IN_DIRECT_MESSAGES


def _noun(noun: str) -> str:
    return _NOUNS.get(noun, noun)


def _a(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {_noun(noun)}"
