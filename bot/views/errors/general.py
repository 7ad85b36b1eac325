"""Refusals that any noun may raise."""

from collections.abc import Sequence

from bot import errors
from bot.domain.lookalikes import DiffersInSigns, LooksAlike
from bot.locales import N_, _
from bot.views.errors.guild_settings import not_set_up
from bot.views.errors.nouns import words_of
from bot.views.errors.translator import explain
from bot.views.errors.ways import way, ways_besides_undo
from bot.views.permissions import permission_text
from bot.views.text import MAX_CHOICE, all_of, any_of, bold, clip, first_of, plain, role

_MAX_NAMED = 10

_RESTORING = {
    "item": N_("`/item restore` makes it active again."),
    "location": N_("`/location restore` makes it active again."),
}
_UNDO = ("stock.move", "stock.reverse")
_MAX_LISTED = 5
_DEACTIVATED = N_("Your access has been deactivated. Ask someone who manages people.")


@explain.register
def explain_not_found(error: errors.NotFound) -> str:
    """Say that there is no such thing, and what it may be a misspelling of."""
    words = words_of(error.noun)
    if not error.wanted:
        return _(words.gone)
    text = _(words.unknown).format(name=plain(error.wanted[:100]))
    if not error.suggestions:
        return text
    return text + " " + _("Did you mean {names}?").format(names=_list(error.suggestions))


@explain.register
def explain_ambiguous(error: errors.Ambiguous) -> str:
    """Say that several are called so, and which."""
    text = _(words_of(error.noun).several).format(
        name=plain(error.wanted[:MAX_CHOICE]), names=_list(error.candidates)
    )
    return text + " " + _("There are more: `/find` lists them all.") if error.has_more else text


@explain.register
def explain_names_unknown(error: errors.NamesUnknown) -> str:
    """Name the things that do not exist."""
    names = ", ".join(bold(clip(name, MAX_CHOICE)) for name in error.names[:_MAX_NAMED])
    return _(words_of(error.noun).unknown_names).format(names=names)


@explain.register
def explain_already_exists(error: errors.AlreadyExists) -> str:
    """Say which value is taken."""
    words = words_of(error.noun)
    if not error.value:
        return _(words_of("").taken)
    text = words.taken_by_field.get(error.field, words.taken)
    return _(text).format(name=plain(error.value))


@explain.register
def explain_differs_in_signs(error: DiffersInSigns) -> str:
    """Say which SKU it is but for its signs."""
    return _(
        "{name} differs from {other}, which is there already, in dashes or blanks alone. Use that "
        "one, or choose another SKU."
    ).format(name=bold(error.value), other=bold(error.other))


@explain.register
def explain_looks_alike(error: LooksAlike) -> str:
    """Say which name it is taken for."""
    return _(
        "{name} looks the same as {other}, which is there already, and is written with letters of "
        "another alphabet. Use that one, or choose another name."
    ).format(name=bold(error.value), other=bold(error.other))


@explain.register
def explain_stale_version(error: errors.StaleVersion) -> str:
    """Ask the person to look again."""
    return _(words_of(error.noun).changed)


@explain.register
def explain_key_reused(_error: errors.KeyReused) -> str:
    """Say that one click cannot mean two things."""
    return _("This click or command was already used for something else; nothing was changed.")


@explain.register
def explain_limit_reached(error: errors.LimitReached) -> str:
    """Name the limit."""
    return _(words_of(error.noun).limit).format(limit=error.limit)


@explain.register
def explain_nothing_to_do(error: errors.NothingToDo) -> str:
    """Say that it already is as asked for."""
    return _("{name} already has these values.").format(name=bold(error.label))


@explain.register
def explain_already_archived(error: errors.AlreadyArchived) -> str:
    """Say that it was archived before."""
    return _("{name} is already archived.").format(name=bold(error.label))


@explain.register
def explain_already_in_use(error: errors.AlreadyInUse) -> str:
    """Say that it is not archived."""
    return _("{name} is not archived.").format(name=bold(error.label))


@explain.register
def explain_archived(error: errors.Archived) -> str:
    """Say that it is archived, and how to restore it."""
    text = _(words_of(error.noun).archived).format(name=plain(error.label))
    return f"{text} {restoring(error, error.noun)}".rstrip()


def restoring(error: errors.TallymanError, noun: str) -> str:
    """Say how an archived thing is made active again, or who can do it; empty if it cannot be."""
    if noun not in _RESTORING:
        return ""
    return way(error, f"{noun} restore", _(_RESTORING[noun]))


@explain.register
def explain_stale_control(_error: errors.StaleControl) -> str:
    """Ask for the command instead of the button."""
    return _("This button or list is out of date. Run the command again.")


@explain.register
def explain_too_many_at_once(_error: errors.TooManyAtOnce) -> str:
    """Ask for patience."""
    return _("That was a lot at once. Wait a moment, then try again.")


@explain.register
def explain_heavy_work_under_way(_error: errors.HeavyWorkUnderWay) -> str:
    """Say that one verification or export at a time is made."""
    return _("These books are being verified or exported already. Try again when that is done.")


@explain.register
def explain_not_allowed(error: errors.NotAllowed) -> str:
    """Name the missing permission, and how to get it."""
    if error.reason == "deactivated":
        return _(_DEACTIVATED)
    if not error.is_set_up:
        return not_set_up(may_set_up=error.may_set_up)
    names = [f"**{permission_text(permission)}**" for permission in error.permissions]
    needed = all_of(names) if error.needs_all else any_of(names)
    refused = _("You don't have permission: {needed}.").format(needed=needed)
    ways = list(ways_besides_undo(error)) if error.permissions == _UNDO else []
    codes = (" + " if error.needs_all else " / ").join(f"`{name}`" for name in error.permissions)
    return f"{refused} {' '.join(ways) or what_to_do(error)}\n-# {codes}"


def what_to_do(error: errors.NotAllowed) -> str:
    """Say what the person can do to be allowed to."""
    if error.is_owner:
        return _("You own this server: press **Make me admin** in `/setup`.")
    if error.may_register:
        return _("Type `/my register` to get it.")
    if not error.discord_role_ids:
        return _("Ask an admin for a role.")
    roles = [role(each, error.guild_id) for each in error.discord_role_ids]
    return _("{roles} can do this: ask an admin for a role.").format(
        roles=first_of(roles, _MAX_NAMED)
    )


def _list(candidates: Sequence[errors.Candidate]) -> str:
    """Write what may have been meant; the buttons below a message name all of them."""
    labels = [_label(each) for each in candidates[:_MAX_LISTED]]
    return ", ".join([*labels, "…"] if len(candidates) > _MAX_LISTED else labels)


def _label(candidate: errors.Candidate) -> str:
    label = bold(clip(candidate.label, MAX_CHOICE))
    if candidate.name:
        label = f"{label} {plain(clip(candidate.name, MAX_CHOICE))}"
    return _("{label} (archived)").format(label=label) if candidate.is_archived else label
