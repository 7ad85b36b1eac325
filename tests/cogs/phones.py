"""People at their phones: they type commands, press buttons, and read private answers.

Whatever a person is shown is checked here for what must hold of every answer: it came, it is
private, it pings nobody, and it tells nothing of the program's inside.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import simcord
from simcord.actors import _dispatch_actor_interaction
from simcord.backend.models import Message
from simcord.components import walk_components
from simcord.enums import InteractionType
from simcord.interactions import nest_options, walk_to_subcommand
from simcord.results import InteractionResult

from bot import errors as bot_errors
from tests.permission_lines import ControlLine

_TEXT, _BUTTON = 3, 2
_MENU, _FIELD, _LABEL, _DISPLAY, _SECTION = 3, 4, 18, 10, 9
_CLASSES = [name for name in vars(bot_errors) if re.fullmatch(r"([A-Z][a-z]+){2,}", name)]
_INSIDE = re.compile(
    r"Traceback|File \"|sqlite|postgres|asyncpg|sqlalchemy|SELECT |INSERT |constraint|"
    rf"Exception|Error\b|\bNone\b|\b({'|'.join(_CLASSES)})\b"
)


@dataclass(frozen=True)
class Answer:
    """What a person sees: text, buttons, and the message that they hang on."""

    content: str
    title: str
    description: str
    footer: str
    buttons: dict[str, str]  # label -> custom id, pressable ones alone
    greyed: frozenset[str]
    rows: dict[str, str]  # what a row of a page says -> the custom id of its button
    message: simcord.ResponseMessage

    @property
    def text(self) -> str:
        """Everything written in it, as Discord is given it."""
        parts = (self.content, self.title, self.description, self.footer)
        return "\n".join(part for part in parts if part)

    @property
    def lines(self) -> list[str]:
        """The lines of its text."""
        return self.text.splitlines()

    @property
    def record(self) -> int:
        """The record's number, which stands alone in its last line."""
        found = re.fullmatch(r"`#(\d+)`", self.lines[-1])
        assert found, f"no record number under {self.text!r}"
        return int(found[1])


class Phone:
    """A user in a guild (or, without one, in a direct message) as the bot sees them."""

    def __init__(
        self,
        env: simcord.Env,
        person: simcord.MemberActor | simcord.UserHandle,
        channel: simcord.ChannelHandle,
    ) -> None:
        self._env = env
        self._person: Any = person
        self._channel = channel

    @property
    def id(self) -> int:
        """The person's id."""
        return int(self._person.id)

    @property
    def member(self) -> simcord.MemberActor:
        """The person as a member, who can be named in an option."""
        assert isinstance(self._person, simcord.MemberActor)
        return self._person

    async def type(self, command: str, **options: Any) -> Answer:
        """Type a command with options that Discord's client accepts."""
        return self.read(await self.ask(command, **options))

    async def ask(self, command: str, **options: Any) -> InteractionResult:
        """Type a command whose answer may get lost on its way."""
        result = await self._person.slash(self._channel, command, **options)
        assert isinstance(result, InteractionResult)
        return result

    async def send(self, command: str, **options: Any) -> Answer:
        """Send a command past the checks of Discord's client, with the options as they are."""
        data = self._command(command)
        leaf, nesting = walk_to_subcommand(data, command.split()[1:])
        types = {option["name"]: option["type"] for option in leaf.get("options", [])}
        given = [
            {"name": name, "type": types.get(name, _TEXT), "value": value}
            for name, value in options.items()
        ]
        payload = {
            "id": data["id"],
            "name": data["name"],
            "type": 1,
            "options": nest_options(data, nesting, given),
        }
        kind = InteractionType.APPLICATION_COMMAND
        return self.read(await self._dispatch(kind, payload))

    async def send_unknown(self, command: str) -> Answer:
        """Send a command that the bot has not, as a client does that was never told so."""
        data = {"id": "1", "name": command, "type": 1, "options": []}
        return self.read(await self._dispatch(InteractionType.APPLICATION_COMMAND, data))

    async def press(self, answer: Answer, label: str) -> Answer:
        """Press a button under an answer."""
        return await self.press_on(answer.message, label)

    async def press_row(self, answer: Answer, text: str) -> Answer:
        """Press the button of the row of a page that says this."""
        (custom_id,) = [found for row, found in answer.rows.items() if text in row]
        return self.read(await self._person.click(answer.message, custom_id=custom_id))

    async def open_row_form(self, answer: Answer, text: str) -> InteractionResult:
        """Press the button of a row that opens a form."""
        (custom_id,) = [found for row, found in answer.rows.items() if text in row]
        result = await self._person.click(answer.message, custom_id=custom_id)
        assert isinstance(result, InteractionResult)
        assert result.modal, "no form was shown"
        return result

    async def choose(self, answer: Answer, *values: Any, custom_id: str | None = None) -> Answer:
        """Choose in a menu under an answer: texts, roles or channels."""
        return self.read(await self._person.select(answer.message, values, custom_id=custom_id))

    async def open_form(self, answer: Answer, label: str) -> InteractionResult:
        """Press a button that opens a form, under an answer."""
        return await self.open_form_on(answer.message, label)

    async def press_on(self, message: Any, label: str) -> Answer:
        """Press a button under a message that everybody sees."""
        return self.read(await self._person.click(message, label=label))

    async def open_form_on(self, message: Any, label: str) -> InteractionResult:
        """Press a button that opens a form, under a message that everybody sees."""
        result = await self._person.click(message, label=label)
        assert isinstance(result, InteractionResult)
        assert result.modal, "no form was shown"
        return result

    async def submit(self, shown: InteractionResult, **values: Any) -> Answer:
        """Fill a form in and send it."""
        return self.read(await self._person.submit_modal(shown, values))

    async def forge(self, answer: Answer, custom_id: str, *, waiting: str = "") -> Answer:
        """Press a button that this client made up under an answer, which keeps a command."""
        button = {"type": _BUTTON, "style": 2, "custom_id": custom_id}
        with self._forged(answer, button, waiting):
            return self.read(await self._person.click(answer.message, custom_id=custom_id))

    async def forge_choice(self, answer: Answer, custom_id: str, *values: str) -> Answer:
        """Choose in a menu that this client made up under an answer."""
        options = [{"label": value, "value": value} for value in values]
        menu = {"type": _MENU, "custom_id": custom_id, "options": options, "max_values": 25}
        with self._forged(answer, menu):
            return await self.choose(answer, *values, custom_id=custom_id)

    async def forge_form(self, custom_id: str, **values: str) -> Answer:
        """Send a form that this client made up."""
        fields = [
            {"type": _LABEL, "component": {"type": _FIELD, "custom_id": name, "value": value}}
            for name, value in values.items()
        ]
        data = {"custom_id": custom_id, "components": fields}
        return self.read(await self._dispatch(InteractionType.MODAL_SUBMIT, data))

    async def suggest(
        self, command: str, option: str, typed: str = "", **filled: Any
    ) -> list[dict[str, str]]:
        """Type into an option and return what is offered."""
        offered = await self._person.autocomplete(self._channel, command, option, typed, **filled)
        assert len(offered) <= 25
        return list(offered)

    async def values(self, command: str, option: str, typed: str = "", **filled: Any) -> list[str]:
        """Type into an option and return the values of what is offered."""
        return [c["value"] for c in await self.suggest(command, option, typed, **filled)]

    def _command(self, command: str) -> dict[str, Any]:
        found = self._env.backend.find_command(command.split(maxsplit=1)[0], None)
        assert found is not None
        return found

    async def _dispatch(self, kind: InteractionType, data: dict[str, Any]) -> InteractionResult:
        self._env._begin_operation("send")
        try:
            return await _dispatch_actor_interaction(self._person, kind, self._channel, data)
        finally:
            self._env._end_operation()

    async def use(self, answer: Answer, kind: str, line: ControlLine) -> Answer:
        """Send what pressing a button, choosing in a menu or sending a form would send."""
        if kind == "form":
            return await self.forge_form(line.custom_id, **line.filled)
        if kind == "menu":
            return await self.forge_choice(answer, line.custom_id, *line.chosen)
        return await self.forge(answer, line.custom_id, waiting=line.waiting)

    @contextmanager
    def _forged(
        self, answer: Answer, component: dict[str, Any], waiting: str = ""
    ) -> Iterator[None]:
        stored = self._stored(answer)
        was = stored.components, stored.embeds
        stored.components = [{"type": 1, "components": [component]}]
        if waiting:
            stored.embeds = [{"type": "rich", "description": "?", "footer": {"text": waiting}}]
        try:
            yield
        finally:
            stored.components, stored.embeds = was

    def _stored(self, answer: Answer) -> Message:
        return self._env.backend.get_message(answer.message.channel_id, answer.message.id)

    def read(self, result: InteractionResult) -> Answer:
        """Read what came of a command or a press; the newest, if there is more than one."""
        shown = [*([result.response] if result.response else []), *result.followups]
        assert shown, "nothing was answered"
        return read_message(self._env, shown[-1])


def read_message(env: simcord.Env, shown: simcord.ResponseMessage) -> Answer:
    """Read a private answer, and check what must hold of each."""
    stored = env.backend.get_message(shown.channel_id, shown.id)
    assert shown.ephemeral, f"everybody sees {shown.content!r}"
    require_silent(stored)
    embed = shown.embeds[0] if shown.embeds else None
    controls = [c for c in walk_components(shown.components) if c.get("type") == _BUTTON]
    title, _, rest = _texts_of(shown).partition("\n")
    is_page = title.startswith("### ") and embed is None and not shown.content
    answer = Answer(
        content=shown.content or ("" if is_page else _texts_of(shown)),
        title=title.removeprefix("### ") if is_page else (embed.title or "") if embed else "",
        description=rest if is_page else (embed.description or "") if embed else "",
        footer=(embed.footer.text or "") if embed else "",
        buttons={c["label"]: c["custom_id"] for c in controls if not c.get("disabled")},
        greyed=frozenset(c["label"] for c in controls if c.get("disabled")),
        rows=_rows_of(shown),
        message=shown,
    )
    assert not _INSIDE.search(answer.text), answer.text
    return answer


def _texts_of(shown: simcord.ResponseMessage) -> str:
    """Return what is written in a page of components."""
    parts = [c["content"] for c in walk_components(shown.components) if c.get("type") == _DISPLAY]
    return "\n".join(parts)


def _rows_of(shown: simcord.ResponseMessage) -> dict[str, str]:
    """Return what the rows of a page say, with the custom ids of the buttons beside them."""
    sections = [c for c in walk_components(shown.components) if c.get("type") == _SECTION]
    return {
        "\n".join(text["content"] for text in each["components"]): each["accessory"]["custom_id"]
        for each in sections
    }


def require_silent(stored: Message) -> None:
    """Check that a message pings nobody, whatever stands in it."""
    assert not stored.mention_everyone
    assert not stored.ping_user_ids
    assert not stored.ping_role_ids
    policy = stored.allowed_mentions
    assert (policy.everyone, policy.users, policy.roles) == (False, frozenset(), frozenset())
