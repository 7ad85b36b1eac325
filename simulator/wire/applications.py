"""The bot itself: its account, its application, its commands."""

import itertools

from simulator import limits
from simulator.refusals import ApiError, Json, Refusal
from simulator.wire import payloads
from simulator.wire.rest import Call, Route
from simulator.world import World


def read_self(world: World, _: Call) -> Json:
    """GET /users/@me."""
    return payloads.own_user(world)


def read_application(world: World, _: Call) -> Json:
    """GET /oauth2/applications/@me."""
    return payloads.application(world)


def _scope(world: World, call: Call) -> int | None:
    """The guild of the path, or None for the global commands."""
    if call.id("application") != world.application_id:
        raise ApiError(Refusal.UNKNOWN_APPLICATION)
    if "guild" not in call.parameters:
        return None
    if call.id("guild") not in world.guilds:
        raise ApiError(Refusal.MISSING_ACCESS)
    return call.id("guild")


def read_commands(world: World, call: Call) -> list[Json]:
    """GET the commands of a guild or the global ones."""
    return world.commands.get(_scope(world, call), [])


def write_commands(world: World, call: Call) -> list[Json]:
    """PUT the commands of a guild or the global ones; one of the same name keeps its id."""
    scope = _scope(world, call)
    limits.check_commands(call.body or [])
    ids = {old["name"]: old["id"] for old in world.commands.get(scope, [])}
    fresh = (str(world.next_id()) for _ in itertools.count())
    commands = []
    for body in call.body or []:
        command: Json = {
            "type": 1,
            "nsfw": False,
            "default_member_permissions": None,
            **{key: value for key, value in body.items() if key != "integration_types"},
            "integration_types": body.get("integration_types") or [0],
            "id": ids.get(body["name"]) or next(fresh),
            "application_id": str(world.application_id),
            "version": next(fresh),
            "description": body.get("description", ""),
        }
        if scope is not None:
            command["guild_id"] = str(scope)
        if command["default_member_permissions"] is not None:
            command["default_member_permissions"] = str(command["default_member_permissions"])
        commands.append(command)
    world.commands[scope] = commands
    world.pulse.beat()
    return commands


COMMANDS = "/applications/{application}/commands"
GUILD_COMMANDS = "/applications/{application}/guilds/{guild}/commands"
ROUTES = [
    Route("GET", "/users/@me", read_self),
    Route("GET", "/oauth2/applications/@me", read_application),
    Route("GET", COMMANDS, read_commands),
    Route("PUT", COMMANDS, write_commands),
    Route("GET", GUILD_COMMANDS, read_commands),
    Route("PUT", GUILD_COMMANDS, write_commands),
]
