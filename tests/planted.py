"""What tests declare beside the product's own, with both halves."""

from bot.domain.actions import Reversal, declare_actions
from bot.views.actions import ActionWords, declare_action_words


def plant_actions(*names: str, reversal: Reversal = Reversal.NOT) -> None:
    """Declare actions and their words for the whole run."""
    declare_actions(*names, reversal=reversal)
    declare_action_words({name: ActionWords("tested", "Tested") for name in names})
