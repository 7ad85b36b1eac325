"""The invitation asks for what the bot needs, and says so everywhere with the same number."""

from pathlib import Path

import discord

from bot.domain.purposes import (
    FILE_PERMISSIONS,
    INVITED_PERMISSIONS,
    KEEPING_PERMISSIONS,
    NEEDED_PERMISSIONS,
    invite_url,
)

README = Path(__file__).parent.parent / "README.md"


def test_the_invitation_asks_for_what_the_bot_needs_and_nothing_else() -> None:
    needed = discord.Permissions(
        **dict.fromkeys(NEEDED_PERMISSIONS | KEEPING_PERMISSIONS | FILE_PERMISSIONS, True)
    )
    assert needed.value == INVITED_PERMISSIONS


def test_the_readme_has_the_same_address() -> None:
    assert invite_url("APPLICATION_ID") in README.read_text()
