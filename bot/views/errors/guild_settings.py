"""Refusals about a guild's settings and channels."""

from bot.domain.guild_settings import NotSetUp, SettingUnchanged, SetUpUnchanged
from bot.locales import _
from bot.views.errors.translator import explain
from bot.views.text import bold, plain


@explain.register
def explain_setting_unchanged(error: SettingUnchanged) -> str:
    """Say which value the setting has."""
    return _("{setting} is already {value}.").format(
        setting=plain(error.label), value=bold(error.value)
    )


@explain.register
def explain_set_up_unchanged(_error: SetUpUnchanged) -> str:
    """Say that everything is as it was."""
    return _("Nothing changed: this server is set up like that already.")


@explain.register
def explain_not_set_up(error: NotSetUp) -> str:
    """Say who sets the server up."""
    return not_set_up(may_set_up=error.may_set_up)


def not_set_up(*, may_set_up: bool) -> str:
    """Say that nothing can be done yet, and who can change that."""
    if may_set_up:
        return _("Run `/setup` first.")
    return _(
        "These books are not set up yet. The server's owner or an administrator runs `/setup`."
    )
