"""What tests declare beside the product's own, with both halves."""

from bot.domain.actions import NO_WAY_BACK, Reversal, declare_actions
from bot.views.actions import ActionWords, declare_action_words


def plant_actions(*names: str, reversal: Reversal = Reversal.NOT) -> None:
    """Declare actions and their words for the whole run."""
    declare_actions(*names, reversal=reversal, way_back=NO_WAY_BACK)
    declare_action_words({name: ActionWords("tested", "Tested") for name in names})
