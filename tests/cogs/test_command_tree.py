from typing import Any

import pytest
from simcord.interactions import command_leaves

from tests.cogs.world import World
from tests.permission_lines import COMMANDS as LINES

COMMANDS = {name: line.options for name, line in LINES.items() if " · " not in name}
TEXT, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, FILE = 3, 4, 5, 6, 7, 8, 11
TYPES = {
    "hours": INTEGER,
    "days": INTEGER,
    "expiring_within_days": INTEGER,
    "on": BOOLEAN,
    "member": USER,
    "image": FILE,
    "file": FILE,
    "audit_channel": CHANNEL,
    "approvals_channel": CHANNEL,
    "channel": CHANNEL,
    "alerts_channel": CHANNEL,
    "requests_channel": CHANNEL,
    "admin_role": ROLE,
    "manager_role": ROLE,
    "employee_role": ROLE,
    "buyer_role": ROLE,
    "accountant_role": ROLE,
    "auditor_role": ROLE,
    "discord_role": ROLE,
    "blind": BOOLEAN,
}
GUESSED = {
    "item",
    "location",
    "lot",
    "from",
    "to",
    "parent",
    "role",
    "supplier",
    "permission",
    "count",
    "request",
    "order",
    "invoice",
    "payment",
}
GUILD_ONLY, GUILD_INSTALL_ONLY = [0], [0]
TEXT_CHANNELS_ONLY = [0]


Tree = dict[str, list[dict[str, Any]]]


@pytest.fixture
def roots(world: World) -> list[dict[str, Any]]:
    """What The commands were sent to Discord."""
    return list(world.env.backend.commands[None].values())


@pytest.fixture
def tree(roots: list[dict[str, Any]]) -> Tree:
    """The commands that people can type, with their options."""
    return {
        " ".join(path): leaf.get("options", [])
        for root in roots
        for path, leaf in command_leaves(root)
    }


def test_the_commands_are_those_of_the_product(tree: Tree) -> None:
    assert tree.keys() == COMMANDS.keys()


def test_options_have_their_names_in_order_and_are_required_or_not(tree: Tree) -> None:
    told = {
        command: " ".join(o["name"] + ("" if o.get("required") else "?") for o in options)
        for command, options in tree.items()
    }
    assert told == COMMANDS


def test_options_are_text_unless_discord_has_a_picker_for_them(tree: Tree) -> None:
    for command, options in tree.items():
        for option in options:
            wanted = TYPES.get(option["name"], TEXT)
            if (command, option["name"]) == ("board remove", "channel"):
                wanted = TEXT  # no picker offers a channel that was deleted
            assert option["type"] == wanted, f"/{command} {option['name']}"


def test_discord_guesses_along_wherever_something_known_is_named(tree: Tree) -> None:
    for command, options in tree.items():
        for option in options:
            is_day = (command, option["name"]) == ("price set", "from")
            is_guessed = (option["name"] in GUESSED and not is_day) or (
                command,
                option["name"],
            ) in {
                ("find", "query"),
                ("item merge", "into"),
                ("settings set", "value"),
                ("audit search", "action"),
                ("audit search", "subject"),
                ("audit show", "record"),
                ("undo", "record"),
                ("device revoke", "device"),
                ("board remove", "channel"),
                ("report unschedule", "schedule"),
            }
            assert bool(option.get("autocomplete")) == is_guessed, f"/{command} {option['name']}"


def test_notes_and_reasons_are_at_most_two_hundred_characters(tree: Tree) -> None:
    limits = {
        command: option.get("max_length")
        for command, options in tree.items()
        for option in options
        if option["name"] in {"note", "reason"}
    }
    assert set(limits.values()) == {200}


def test_only_text_channels_can_be_named(tree: Tree) -> None:
    channels = [option for option in tree["setup"] if option["type"] == CHANNEL]
    assert [option["channel_types"] for option in channels] == [TEXT_CHANNELS_ONLY] * 4


def test_a_setting_is_picked_from_those_that_there_are(tree: Tree) -> None:
    key = next(option for option in tree["settings set"] if option["name"] == "key")
    names = [choice["value"] for choice in key["choices"]]
    assert names == [
        "default_role",
        "undo_minutes",
        "timezone",
        "currency",
        "expiry_warning_days",
        "order_approval_above",
        "over_delivery_percent",
        "match_tolerance_percent",
    ]


def test_commands_are_for_guilds_alone(roots: list[dict[str, Any]]) -> None:
    for root in roots:
        assert root["contexts"] == GUILD_ONLY
        assert root["integration_types"] == GUILD_INSTALL_ONLY


def test_discords_own_permissions_hide_no_command(roots: list[dict[str, Any]]) -> None:
    for root in roots:
        assert root.get("default_member_permissions") is None


def test_everything_that_people_see_is_described(roots: list[dict[str, Any]]) -> None:
    nodes = list(roots)
    while nodes:
        node = nodes.pop()
        assert len(node["description"]) > 3, node["name"]
        nodes += node.get("options", [])


@pytest.mark.both_engines
async def test_an_unchanged_tree_is_told_only_once(world: World) -> None:
    await world.restart()
    told = [r for r in world.env.http_requests if r.method == "PUT" and "commands" in r.path]
    assert len(told) == 1


@pytest.mark.both_engines
async def test_a_tree_that_others_changed_is_told_again_when_asked_for(world: World) -> None:
    assert await world.bot.sync_commands(is_forced=True)
    assert not await world.bot.sync_commands()
