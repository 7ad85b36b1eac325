"""The name of every action, for the audit and for answers."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from bot.domain.actions import ACTIONS
from bot.locales import N_, _


class ActionWords(NamedTuple):
    """An action in words: `verb` follows the actor's name, `headline` starts an answer."""

    verb: str
    headline: str


ACTION_WORDS: Final = {
    "stock.taken": ActionWords(N_("took"), N_("Took")),
    "stock.put": ActionWords(N_("put"), N_("Put")),
    "stock.moved": ActionWords(N_("moved"), N_("Moved")),
    "stock.adjusted": ActionWords(N_("adjusted"), N_("Adjusted")),
    "stock.counted": ActionWords(N_("counted"), N_("Counted")),
    "stock.reversed": ActionWords(N_("reversed"), N_("Reversed")),
    "bulk.taken": ActionWords(N_("took, in bulk,"), N_("Took in bulk")),
    "bulk.put": ActionWords(N_("put, in bulk,"), N_("Put in bulk")),
    "bulk.moved": ActionWords(N_("moved, in bulk,"), N_("Moved in bulk")),
    "bulk.counted": ActionWords(N_("corrected, in bulk,"), N_("Counted in bulk")),
    "bulk.agreed": ActionWords(N_("counted, as the books say,"), N_("Counted, as the books say")),
    "import.applied": ActionWords(N_("imported"), N_("Imported")),
    "import.reversed": ActionWords(N_("reversed the import of"), N_("Reversed the import of")),
    "item.added": ActionWords(N_("added item"), N_("Added the item")),
    "item.edited": ActionWords(N_("changed item"), N_("Changed the item")),
    "item.archived": ActionWords(N_("archived item"), N_("Archived the item")),
    "item.restored": ActionWords(N_("restored item"), N_("Restored the item")),
    "item.unit_set": ActionWords(N_("set a unit of"), N_("Set a unit of")),
    "item.unit_removed": ActionWords(N_("removed a unit of"), N_("Removed a unit of")),
    "item.barcode_added": ActionWords(N_("added a barcode of"), N_("Added a barcode of")),
    "item.barcode_removed": ActionWords(N_("removed a barcode of"), N_("Removed a barcode of")),
    "item.tracked": ActionWords(N_("began to keep the days of"), N_("Keeps the days of")),
    "item.untracked": ActionWords(
        N_("ended keeping the days of"), N_("No longer keeps the days of")
    ),
    "item.merged": ActionWords(N_("merged items into"), N_("Merged the items")),
    "item.unmerged": ActionWords(N_("reversed the merge into"), N_("Reversed the merge of")),
    "item.snoozed": ActionWords(N_("snoozed the alerts of"), N_("Snoozed the alerts of")),
    "item.not_needed": ActionWords(N_("need not reorder"), N_("No need to reorder")),
    "location.added": ActionWords(N_("added location"), N_("Added the location")),
    "location.edited": ActionWords(N_("changed location"), N_("Changed the location")),
    "location.restored": ActionWords(N_("restored location"), N_("Restored the location")),
    "location.renamed": ActionWords(N_("renamed location"), N_("Renamed the location")),
    "location.archived": ActionWords(N_("archived location"), N_("Archived the location")),
    "role.extended": ActionWords(
        N_("gave new permissions to the"), N_("Gave new permissions to the")
    ),
    "role.created": ActionWords(N_("created role"), N_("Created the role")),
    "role.permitted": ActionWords(
        N_("changed the permissions of role"), N_("Changed the permissions of the role")
    ),
    "role.deleted": ActionWords(N_("deleted role"), N_("Deleted the role")),
    "role.forgotten": ActionWords(
        N_("unbound the deleted Discord role"), N_("Unbound the deleted Discord role")
    ),
    "role.bound": ActionWords(N_("bound role"), N_("Bound the role")),
    "role.unbound": ActionWords(N_("unbound role"), N_("Unbound the role")),
    "member.registered": ActionWords(N_("registered"), N_("Registered")),
    "member.edited": ActionWords(N_("changed the profile of"), N_("Changed the profile of")),
    "member.roles": ActionWords(N_("set the roles of"), N_("Set the roles of")),
    "member.deactivated": ActionWords(N_("deactivated"), N_("Deactivated")),
    "member.reactivated": ActionWords(N_("reactivated"), N_("Reactivated")),
    "member.erased": ActionWords(N_("erased the profile of"), N_("Erased the profile of")),
    "shift.started": ActionWords(N_("started the shift of"), N_("Started the shift of")),
    "shift.ended": ActionWords(N_("ended the shift of"), N_("Ended the shift of")),
    "guild.set_up": ActionWords(N_("set up this server:"), N_("This server is set up:")),
    "day.closed": ActionWords(N_("closed the day"), N_("Closed the day")),
    "books.restored": ActionWords(
        N_("restored the books from a backup:"), N_("Restored the books from a backup:")
    ),
    "books.rekeyed": ActionWords(
        N_("encrypted contact data again:"), N_("Encrypted contact data again:")
    ),
    "books.downgraded": ActionWords(
        N_("took the books to an older schema:"), N_("Took the books to an older schema:")
    ),
    "settings.changed": ActionWords(N_("changed setting"), N_("Changed the setting")),
}


def declare_action_words(words: Mapping[str, ActionWords]) -> None:
    """Declare the words of a noun's actions, beside its view."""
    assert not ACTION_WORDS.keys() & words.keys()
    ACTION_WORDS.update(words)


def list_actions_without_words() -> Iterator[str]:
    """Find the actions that could be recorded, and not be named."""
    for name in ACTIONS.keys() - ACTION_WORDS.keys():
        yield f"no view has words for the action {name}"


def verb_of(action: str) -> str:
    """Write an action after its actor's name; one of a later version by its own name."""
    words = ACTION_WORDS.get(action)
    return _(words.verb) if words else action


def headline_of(action: str) -> str:
    """Write an action at the start of an answer; one of a later version by its own name."""
    words = ACTION_WORDS.get(action)
    return _(words.headline) if words else action
