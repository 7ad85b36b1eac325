"""Everything that the bot declares, played by everybody: `make permissions` writes the table down.

Nothing here knows how rights are computed. A cell is what a person was answered.
"""

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from loguru import logger
from simcord.interactions import command_leaves

from bot.database.unit import UnitOfWork
from bot.domain.guild_settings import NO_ROLE
from bot.domain.permissions import DEFAULT_ROLES, OWNER_PERMISSIONS
from bot.interactions import dispatch as controls
from tests.cogs.fixtures import open_world
from tests.cogs.phones import Answer, Phone
from tests.cogs.world import House, World
from tests.database.books import recorded
from tests.database.clock import Clock
from tests.database.servers import Databases
from tests.permission_lines import (
    ANOTHER,
    CHANNEL,
    COMMANDS,
    CONTROLS,
    NOT_DEACTIVATED,
    ONESELF,
    ROLE,
    SUGGESTIONS,
    SUGGESTIONS_OF,
)

PAGE = Path(__file__).parent.parent / "docs" / "permissions.md"
ROLES = {role.name: role.permissions for role in DEFAULT_ROLES}
# Who was not deactivated holds that, whatever else.
NOTHING: frozenset[str] = frozenset({NOT_DEACTIVATED})
# Who plays, and what they hold; the last four hold nothing, each for a reason of its own.
PEOPLE: dict[str, frozenset[str]] = {
    **{name: permissions | NOTHING for name, permissions in ROLES.items()},
    "owner": OWNER_PERMISSIONS | NOTHING,
    "stranger": NOTHING,
    "demoted": NOTHING,
    "deactivated": frozenset(),
    "other guild": NOTHING,
}
# The codes stand in small print under the words.
_REFUSED = re.compile(r"You don't have permission: .+\n-# (.+)")
_DEACTIVATED = "Your access has been deactivated."
_MEANINGLESS = ("reference `", "is out of date", "has changed. Restart", "I cannot read")


_HEAD = """# Permissions

Who could do what, as it came out when everyone tried everything in a simulated Discord.
`make permissions` plays it again and writes this page; `tests/test_permission.py` fails when it
is out of date, when something is declared and not played, or when a cell is not what the
right in its line says.

*viewer* to *admin* hold the default role of that name and nothing else; *owner* owns the guild
and holds no role; *stranger* holds nothing. *demoted* was an admin a moment ago; *deactivated*
still holds the admin's Discord role; *other guild* is an admin there.
Suggestions are what is offered while one types: "no" is an empty list.

"""


@dataclass(frozen=True)
class Row:
    """A thing that can be done, what it takes, and who could do it when they tried."""

    kind: str
    name: str
    needs: str
    could: dict[str, bool]
    lacked: frozenset[str]  # what those who were refused were told that it takes


async def play(world: World, *, is_whole: bool = True) -> list[Row]:
    """Let everybody try everything in a world of its own; nothing is changed by any of it.

    Unless it is the whole, of each thing a stranger, and in turn another without the right and one
    with it.
    """
    house, other = await world.open_house("Depot"), await world.open_house("Other")
    await house.manager.type("supplier propose", name="Acme")
    await house.manager.type("count start", location="Shelf A1")
    await house.manager.type("request new", lines="BOLT-8 1", **{"for": "Jo"})
    await _write_documents(house)
    await house.manager.type("item add", sku="SERUM", name="What has lots", tracking="lot")
    await house.manager.type("put", item="SERUM", location="Shelf A1", lot="L1")
    await house.manager.type("item add", sku="OLD", name="What was archived")
    await house.manager.type("location add", name="Shed")
    await house.manager.type("item archive", item="OLD")
    await house.manager.type("location archive", location="Shed")
    figures = {"kind": "low", "channel": house.channel, "every": "day"}
    await house.manager.type("report schedule", **figures)
    await house.manager.type("board create", channel=house.channel, kind="stock")
    # Someone's client still shows a channel that the bot knows to be gone.
    house.bot_guild._channels.pop(house.guild.create_text_channel("gone").id)
    answers: dict[tuple[str, str], dict[str, str | None]] = {each: {} for each in _list_all(world)}
    for who in PEOPLE:
        async with _person(who, house, other) as person, world.unchanged():
            for kind, name, said in [
                each async for each in _try_all(person, house, None if is_whole else who)
            ]:
                answers[kind, name][who] = said
    return [
        Row(
            kind=kind,
            name=name,
            needs=_needs(kind, name),
            could={who: said is None for who, said in by.items()},
            lacked=frozenset(said for said in by.values() if said),
        )
        for (kind, name), by in answers.items()
    ]


def list_suggestions(world: World) -> list[tuple[str, str]]:
    """Return every option with suggestions, as (command, option)."""
    return [
        (command, option["name"])
        for command, options in list_commands(world).items()
        for option in options
        if option.get("autocomplete")
    ]


def list_commands(world: World) -> dict[str, list[dict[str, Any]]]:
    """Return every command with its options, as Discord was told of them."""
    return {
        " ".join(path): leaf.get("options", [])
        for root in world.env.backend.commands[None].values()
        for path, leaf in command_leaves(root)
    }


def list_controls() -> set[str]:
    """Return every button, menu and form that the bot declares."""
    return {
        f"{kind} {noun}:{verb}"
        for (kind, noun, verb), handler in controls._HANDLERS.items()
        if handler.__module__.startswith("bot.")
    }


def satisfies(held: frozenset[str], needs: str) -> bool:
    """Whether the held permissions are those that are needed."""
    if " and " in needs:
        return set(needs.split(" and ")) <= held
    return not needs or bool(set(needs.split(" or ")) & held)


def write_page(rows: list[Row]) -> str:
    """Write the table as a page."""
    head = _HEAD + f"| | takes | {' | '.join(PEOPLE)} |\n|---|---|{'---|' * len(PEOPLE)}\n"
    lines = []
    for row in rows:
        needs = re.sub(r"[a-z]+\.[a-z]+", r"`\g<0>`", row.needs) or "_everyone_"
        needs = needs.replace(NOT_DEACTIVATED, "_everyone with access_")
        cells = " | ".join("yes" if row.could[who] else "no" for who in PEOPLE)
        lines.append(f"| {row.kind} `{row.name}` | {needs} | {cells} |")
    return head + "\n".join(lines) + "\n"


def _list_all(world: World) -> list[tuple[str, str]]:
    """List what there is a line for, by kind and name."""
    controls_of = (tuple(name.split(" ", 1)) for name in CONTROLS)
    return [
        *(("command", f"/{name}") for name in COMMANDS),
        *((kind, handler) for kind, handler in controls_of),
        *(
            ("suggestions", f"/{command} {option}")
            for command, option in list_suggestions(world)
            if option in SUGGESTIONS and command in COMMANDS
        ),
    ]


def _choose(needs: str, turn: int) -> set[str]:
    """Return who tries what takes this right when not all do."""
    able = [who for who, held in PEOPLE.items() if satisfies(held, needs) and who != "stranger"]
    others = [who for who in PEOPLE if who not in able]
    return {"stranger", *(each[turn % len(each)] for each in (able, others))}


async def _try_all(
    person: Phone, house: House, who: str | None
) -> AsyncIterator[tuple[str, str, str | None]]:
    """Try everything that there is a line for, or what falls to `who`.

    Yields what was lacking, None if nothing was.
    """
    turns = {each: turn for turn, each in enumerate(_list_all(house.world))}

    def is_tried(kind: str, name: str) -> bool:
        return who is None or who in _choose(_needs(kind, name), turns[kind, name])

    for name, line in COMMANDS.items():
        if not is_tried("command", f"/{name}"):
            continue
        given = _fill(line.given, person, house)
        answer = await person.type(name.split(" · ")[0], **given)
        yield "command", f"/{name}", _lacking(answer)
    for name, control in CONTROLS.items():
        kind, _, handler = name.partition(" ")
        if is_tried(kind, handler):
            yield kind, handler, _lacking(await person.use(answer, kind, control))
    for command, option in list_suggestions(house.world):
        if option not in SUGGESTIONS or command not in COMMANDS:
            continue
        if is_tried("suggestions", f"/{command} {option}"):
            given = _fill(COMMANDS[command].given, person, house)
            given.pop(option, None)
            if option == "lot":
                given["item"] = "SERUM"  # lots are those of an item
            offered = set(await person.values(command, option, **given)) - {NO_ROLE}
            yield "suggestions", f"/{command} {option}", None if offered else ""


def _lacking(answer: Answer) -> str | None:
    """Return what the person was told that they lack; None if that was not in the way."""
    for words in _MEANINGLESS:
        assert words not in answer.text, answer.text
    if answer.text.startswith(_DEACTIVATED):
        return ""
    refused = _REFUSED.match(answer.text)
    if refused is None:
        return None
    return refused[1].replace("`", "").replace(" + ", " and ").replace(" / ", " or ")


def _needs(kind: str, name: str) -> str:
    if kind == "command":
        return COMMANDS[name.removeprefix("/")].needs
    if kind == "suggestions":
        return SUGGESTIONS_OF.get(name) or SUGGESTIONS[name.rpartition(" ")[2]]
    return CONTROLS[f"{kind} {name}"].needs


def _fill(given: dict[str, Any], person: Phone, house: House) -> dict[str, Any]:
    """Put this guild's own things where a line has stand-ins."""
    gone = house.guild.channels["gone"]
    stands_for = {
        ROLE: house.roles["viewer"],
        ONESELF: person.member,
        ANOTHER: house.colleague.member,
        CHANNEL: gone,
    }
    return {name: stands_for.get(value, value) for name, value in given.items()}


@asynccontextmanager
async def _person(who: str, house: House, other: House) -> AsyncIterator[Phone]:
    """Return the person of this name."""
    if who == "demoted":
        house.take_role(house.admin, "admin")
        yield house.admin
    elif who == "deactivated":
        person = house.join("admin")
        await _deactivate(house, person)
        yield person
    elif who == "other guild":
        yield house.join_as(other.admin)
    else:
        yield getattr(house, who)


async def _write_documents(house: House) -> None:
    """Have a document in every status that some option offers."""

    async def write(uow: UnitOfWork) -> None:
        # Of one who is none of the players, so that only those who manage people see it.
        await uow.devices.create(
            user_id=1, name="Gun", name_key="gun", link_expires_at=uow.now, linked_at=uow.now
        )
        supplier = await uow.suppliers.require_reference("Acme")
        for status in ("draft", "approved", "sent", "partial"):
            order = await uow.orders.open(
                made_by=1, made_at=uow.now, supplier_id=supplier.id, currency="EUR"
            )
            await uow.orders.update_by_id(order.id, status=status)
        for status in ("received", "matched"):
            invoice = await uow.invoices.open(
                made_by=1,
                made_at=uow.now,
                supplier_id=supplier.id,
                supplier_number=status,
                number_key=status,
                currency="EUR",
                total=Decimal("1.000"),
            )
            await uow.invoices.update_by_id(invoice.id, status=status)
        for status in ("approved", "paid"):
            payment = await uow.payments.open(
                made_by=1,
                made_at=uow.now,
                invoice_id=invoice.id,
                amount=Decimal("1.000"),
                currency="EUR",
            )
            await uow.payments.update_by_id(payment.id, status=status)

    await house.world.db.run(recorded(write), None, house.actor_of(house.owner), "orders")


async def _deactivate(house: House, person: Phone) -> None:
    async def deactivate(uow: UnitOfWork) -> None:
        now = uow.now
        # Nothing is kept about them that they could erase.
        await uow.members.create(user_id=person.id, name="", name_key="", deactivated_at=now)

    db, owner = house.world.db, house.actor_of(house.owner)
    await db.run(recorded(deactivate), None, owner, f"off-{person.id}")


async def _write() -> None:
    logger.remove()
    with tempfile.TemporaryDirectory() as directory:
        place = Path(directory)
        url = await asyncio.to_thread(Databases(place).copy_sqlite, place / "books.db")
        async with open_world(url, Clock()) as world:
            PAGE.write_text(write_page(await play(world)))


if __name__ == "__main__":
    asyncio.run(_write())
