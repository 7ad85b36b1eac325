"""What counts say in lines and refusals alike, and the names of their actions."""

from typing import Final

from bot.domain.counts import AskedAgain
from bot.locales import N_, _
from bot.views.actions import ActionWords, declare_action_words
from bot.views.text import bold, person, plain

# More than a count has lines.
_MAX_NUMBER: Final = 9999
_REASONS: Final = {
    "counted": N_("{item} at {location} was counted or skipped meanwhile."),
    "later": N_("{item} at {location} was counted later than this, so that count stays."),
    "moved": N_("{item} at {location} was moved after you opened the form."),
    "barred": N_("{item} at {location} was counted by you before, so someone else must."),
    "unreadable": N_("{item}: {typed} is not a quantity."),
    "ambiguous": N_("{item}: {typed} can be read in two ways; write it without the comma."),
    "unit": N_("{item} is counted in {unit}: write {typed} in that unit."),
    "serial": N_("{item}: a serial number is one piece, not {typed}."),
    "whole": N_("{item} is counted in whole {unit}, and {typed} is not."),
}

declare_action_words(
    {
        "count.started": ActionWords(N_("started count"), N_("Started the count")),
        "count.counted": ActionWords(N_("counted for"), N_("Counted for")),
        "count.added": ActionWords(N_("added to count"), N_("Added to the count")),
        "count.skipped": ActionWords(N_("skipped lines of"), N_("Skipped lines of")),
        "count.submitted": ActionWords(N_("submitted count"), N_("Submitted the count")),
        "count.posted": ActionWords(N_("posted count"), N_("Posted the count")),
        "count.confirmed": ActionWords(N_("confirmed count"), N_("Nothing differs in the count")),
        "count.recounted": ActionWords(
            N_("asked for another count of"), N_("Asked for another count of")
        ),
        "count.discarded": ActionWords(N_("discarded count"), N_("Discarded the count")),
    }
)


def again_line(asked: AskedAgain) -> str:
    """Say why a line is asked again."""
    text = _(_REASONS[asked.reason]).format(
        item=bold(asked.sku),
        location=plain(asked.location),
        typed=bold(asked.typed),
        unit=plain(asked.unit),
    )
    if asked.reason in {"counted", "later"} and asked.by is not None:
        return f"{text} ({person(asked.by)})"
    return text


def numbers(text: str) -> tuple[int, ...]:
    """Read the numbers of lines in a custom id, `3.4.5`; ValueError for anything else."""
    found = tuple(int(part) for part in text.split("."))
    if not all(0 < each <= _MAX_NUMBER for each in found):
        raise ValueError(text)
    return found
