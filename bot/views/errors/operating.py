"""What the database or the installation cannot do now, in the words of the people who meet it."""

from bot import errors
from bot.locales import N_, _
from bot.views.errors.translator import explain
from bot.views.text import when

_TROUBLES: dict[errors.Trouble, str] = {
    "busy": N_("I am busy, nothing was changed. Please try again in a moment."),
    "unreachable": N_(
        "My database cannot be reached. Nothing was changed, and I work again by myself once it is "
        "back; if this goes on, ask the operator of this bot."
    ),
    "changing over": N_(
        "My database can only be read right now. Nothing was changed, and I book again by myself "
        "once it takes changes; if this goes on, ask the operator of this bot."
    ),
    "login refused": N_(
        "My database does not let me in. Nothing was changed; ask the operator of this bot to "
        "check its user and password."
    ),
    "disk full": N_(
        "My disk is full. Nothing was changed; ask the operator of this bot to make room."
    ),
    "read-only": N_(
        "I cannot write my books. Nothing was changed; ask the operator of this bot to check "
        "the rights of its files."
    ),
    "disk failing": N_(
        "My disk is failing. Nothing was changed; ask the operator of this bot to look at it."
    ),
    "damaged": N_(
        "My books are damaged. Nothing was changed; ask the operator of this bot to stop me and "
        "restore a backup."
    ),
    "no such database": N_(
        "My database is missing. Nothing was changed; ask the operator of this bot to look for it."
    ),
    "wrong schema": N_(
        "Tables of my books are missing. Nothing was changed; ask the operator of this bot to run "
        "`tallyman db check`."
    ),
    "no rights": N_(
        "My database refuses me what I need. Nothing was changed; ask the operator of this bot to "
        "run `tallyman db grant`."
    ),
    "clock behind": N_(
        "My clock is behind my books. Nothing was changed; ask the operator of this bot to set it."
    ),
    "clock ahead": N_(
        "My clock is ahead of Discord's. Nothing was changed; ask the operator of this bot to set "
        "it."
    ),
}


@explain.register
def explain_unavailable(error: errors.Unavailable) -> str:
    """Say what ails the database in a person's words, and whether anything may have changed."""
    if error.is_certain:
        return _(_TROUBLES[error.trouble])
    return _(
        "I lost the database while booking this and cannot tell yet whether it was done. "
        "I will correct this message as soon as I know; do not repeat it before."
    )


@explain.register
def explain_clock_wrong(error: errors.ClockWrong) -> str:
    """Say what time the clock says, and which it is."""
    said = (
        _(
            "My clock is ahead of Discord's: it says {now}, and it is {right}. Nothing was "
            "changed; ask the operator of this bot to set the clock."
        )
        if error.now > error.right
        else _(
            "My clock is behind Discord's: it says {now}, and it is {right}. Nothing was "
            "changed; ask the operator of this bot to set the clock."
        )
    )
    return said.format(now=when(error.now, "f"), right=when(error.right, "f"))


@explain.register
def explain_clock_behind(error: errors.ClockBehind) -> str:
    """Say that the clock is wrong, and what time it says."""
    return _(
        "My clock says {now}, but these books have a record of {newest}. Nothing was changed; "
        "ask the operator of this bot to set the clock."
    ).format(now=when(error.now, "f"), newest=when(error.newest, "f"))


@explain.register
def explain_key_missing(_error: errors.KeyMissing | errors.KeyUnreadable) -> str:
    """Say that the operator has to act."""
    return _(
        "I cannot read or store contact data: the encryption key is missing. "
        "Ask the operator of this bot to set DATA_KEY."
    )


@explain.register
def explain_schema_outdated(_error: errors.SchemaOutdated) -> str:
    """Say that an update is under way."""
    return _("I am being updated, nothing was changed. Please try again in a few minutes.")
