"""A house that was opened once: for each test its books and its Discord are as they were then.

Opening one takes more than most of the commands that are tested in it. The bot finds it as after a
restart, so nothing is in its memory that only the opening put there.
"""

import io
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simcord
from sqlalchemy.engine import make_url

from tests.cogs.world import House, World


@dataclass(frozen=True)
class KeptHouse:
    """The books of a house as a file, and the simulated Discord that it is in."""

    books: Path
    discord: bytes

    def move_into(self, world: World) -> House:
        """Put the house into a world whose bot was not started yet."""
        shutil.copy(self.books, file_of(world.url))
        env = world.env
        house, backend, guilds = _Unpickler(io.BytesIO(self.discord), world).load()
        env.backend = backend
        env._guilds = guilds
        assert isinstance(house, House)
        return house


async def keep_house(world: World, house: House) -> bytes:
    """Return the simulated Discord with all that is known of the house; nothing is under way."""
    env = world.env
    await env.settle()
    await world.app.desk.pending.flush()
    backend = env.backend
    forgotten: dict[str, Any] = {"subscribers": [], "http_requests": [], "transcript": []}
    living = {name: getattr(backend, name) for name in forgotten}
    written = io.BytesIO()
    try:
        vars(backend).update(forgotten)
        _Pickler(written, world).dump((house, backend, env._guilds))
    finally:
        vars(backend).update(living)
    return written.getvalue()


def file_of(url: str) -> Path:
    """Return the file of an SQLite address."""
    return Path(make_url(url).database or "")


class _Pickler(pickle.Pickler):
    """Writes everything but the world and its bot, which are others when it is read."""

    def __init__(self, file: io.BytesIO, world: World) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self._world = world

    def persistent_id(self, written: object) -> str | None:
        if written is self._world:
            return "world"
        return "env" if isinstance(written, simcord.Env) else None


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, world: World) -> None:
        super().__init__(file)
        self._world = world

    def persistent_load(self, name: Any) -> World | simcord.Env:
        return self._world if name == "world" else self._world.env
