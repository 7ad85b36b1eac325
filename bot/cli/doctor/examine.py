"""`tallyman doctor`: checks of everything that the bot needs, a line each."""

from collections.abc import AsyncIterator

from bot.cli.doctor.database import examine_database, examine_key, has_current_books
from bot.cli.doctor.findings import Finding, broken, well, worth_a_look
from bot.cli.doctor.signing import examine_signing
from bot.settings import Settings

_WHERE_BOTS_ARE_MADE = (
    "https://discord.com/developers/applications, your application, Bot, Reset Token"
)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check settings, database and Discord; a failure of one does not stop the others."""
    yield well("The settings can be read")
    if settings.discord_trust_custom_urls:
        yield worth_a_look(
            "DISCORD_TRUST_CUSTOM_URLS sends the token to addresses that are not Discord's",
            "remove it unless you run a proxy of your own",
        )
    yield examine_page(settings)
    yield examine_key(settings)
    yield await examine_signing(settings)
    async for finding in examine_database(settings):
        yield finding
    if settings.discord_token is None:
        yield broken("DISCORD_TOKEN is not set", f"get one at {_WHERE_BOTS_ARE_MADE}")
        return
    from bot.cli.doctor.discord import DiscordDoctor  # a whole bot, for its commands

    has_books = await has_current_books(settings)
    async for finding in DiscordDoctor(settings, has_books=has_books).examine():
        yield finding


def examine_page(settings: Settings) -> Finding:
    """Say where devices open the scanner's page."""
    how = "set PUBLIC_URL to the https address that a proxy passes on to HTTP_PORT"
    url = settings.page_url(settings.http_port)
    if url is None:
        return worth_a_look("Devices cannot be linked", how)
    if settings.public_url is None:
        return well(f"Devices of this machine can be linked; for others {how}")
    if settings.http_port is None:
        return worth_a_look(
            f"PUBLIC_URL is {url}, but this process answers no requests",
            "set HTTP_PORT unless another process does",
        )
    return well(f"Devices are linked at {url}")
