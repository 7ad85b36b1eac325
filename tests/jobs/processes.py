"""Bots in this process that ask a Discord on loopback, and are connected to no gateway."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

import discord
import pytest

from bot.app import App
from bot.client import point_at
from bot.settings import Settings
from simulator import LoopbackDiscord
from tests.conftest import DATA_KEY


@asynccontextmanager
async def logged_in(
    loopback: LoopbackDiscord, database_url: str, clock: Callable[[], datetime], shards: str = ""
) -> AsyncIterator[App]:
    """Log a bot in; it has the shards that are named, else all."""
    settings = Settings(
        _env_file=None,
        discord_token=loopback.world.token,
        discord_api_url=loopback.api_url,
        discord_gateway_url=loopback.gateway_url,
        discord_shards=shards,
        database_url=database_url,
        data_key=DATA_KEY,
        http_port="off",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
        app = App(settings, clock=clock)
        point_at(settings)
        await app.log_in()
        yield app
        for job in app.jobs:
            await job.stop()
        await app.client.close()
        await app.db.close()
