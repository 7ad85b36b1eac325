"""Refusals about a guild's settings and channels."""

from typing import Final

from bot.domain.guild_settings import NotSetUp, RatesInUse, SettingUnchanged, SetUpUnchanged
from bot.locales import _, ngettext
from bot.views.errors.translator import explain
from bot.views.errors.ways import way
from bot.views.text import bold, first_of, plain

_MAX_NAMED: Final = 5


@explain.register
def explain_setting_unchanged(error: SettingUnchanged) -> str:
    """Say which value the setting has."""
    return _("{setting} is already {value}.").format(
        setting=plain(error.label), value=bold(error.value)
    )


@explain.register
def explain_rates_in_use(error: RatesInUse) -> str:
    """Name the orders whose rates would become others."""
    text = ngettext(
        "{orders} is not received yet and has a rate to {currency}, which would become one to the "
        "new currency.",
        "{orders} are not received yet and have rates to {currency}, which would become rates to "
        "the new currency.",
        len(error.orders),
    ).format(orders=first_of(list(map(bold, error.orders)), _MAX_NAMED), currency=error.currency)
    hint = _("Receive what they bring, or end them with `/order cancel` or `/order close` first.")
    return f"{text} {way(error, 'order cancel', hint)}"


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
