"""What this process last found when it verified a guild's books: a fact to show, and no proof."""

from bot.services.why.chain import Checked


class LastChecks:
    """The last verification of each guild; a restart knows none, and pages say so."""

    def __init__(self) -> None:
        self._found: dict[int, Checked] = {}

    def note(self, guild_id: int, checked: Checked) -> None:
        """Keep what a verification found."""
        self._found[guild_id] = checked

    def find(self, guild_id: int | None) -> Checked | None:
        """Return what the last verification of a guild found, None if there was none."""
        return self._found.get(guild_id or 0)
