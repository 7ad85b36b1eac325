"""What is the same for everything that happens within one interaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.interactions.clients import Interaction
from bot.locales import use_locale
from bot.logs import log_context


@contextmanager
def speaking_to(interaction: Interaction) -> Iterator[None]:
    """Log who acts, and say everything in the language of their Discord."""
    with (
        use_locale(interaction.locale.value),
        log_context(
            guild_id=interaction.guild_id,
            user_id=interaction.user.id,
            interaction_id=interaction.id,
        ),
    ):
        yield
