"""A global limit whose refused request is given up: the others go on nevertheless."""

import asyncio

import discord
import pytest

from bot.pacing.global_limit import GlobalLimit
from simulator import LoopbackDiscord

GIVEN_UP_SECONDS = 2.0


async def test_requests_go_on_though_the_one_that_was_refused_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with LoopbackDiscord() as loopback:
        monkeypatch.setattr(discord.http.Route, "BASE", loopback.api_url)
        channel = loopback.add_guild().channel("general")
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(loopback.world.token)
            client.http._global_over = GlobalLimit(longest_seconds=1.0)
            loopback.fault(
                "POST", "/channels/*", status=429, is_global=True, retry_after_seconds=60
            )
            refused = client.http.send_message(
                channel.id, params=discord.http.handle_message_parameters("lost")
            )
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(refused, GIVEN_UP_SECONDS)
            going_on = client.http.send_message(
                channel.id, params=discord.http.handle_message_parameters("told")
            )
            await asyncio.wait_for(going_on, 10)
        assert [message.content for message in channel.messages] == ["told"]
