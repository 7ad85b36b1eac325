"""Commands that wait for a choice: what was typed, kept in the message that asks.

The message is the one place that no restart loses, that every process can read, and that is gone
with it. Its footer shows text as it is: the person reads there what will go on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import orjson

from bot.domain.stock import ChosenId

# What fits the footer of an embed.
MAX_WRITTEN: Final = 2048

_OPTION: Final = re.compile(
    r' ([\w-]{1,32}):(?:#([a-z]+)(\d{1,19})|("(?:[^"\\]|\\.)*")|([^\s"#]\S*))'
)
_COMMAND: Final = re.compile(r"/([\w-]+(?: [\w-]+)*?)(?= [\w-]+:|$)")
_BARE: Final = re.compile(r'[^\s"#][^\s"]*')


@dataclass(frozen=True, slots=True)
class WaitingCommand:
    """A command with its options as they were typed; what was chosen is in it by its id."""

    name: str
    options: Mapping[str, str | ChosenId]

    def find_option(self, typed: str, *, noun: str = "") -> str | None:
        """Return the option into which this was typed, the one of the noun's name first."""
        names = sorted(self.options, key=lambda name: name != noun)
        for name in names:
            value = self.options[name]
            if isinstance(value, str) and value.strip() == typed.strip():
                return name
        return None

    def choosing(self, option: str, value: str | ChosenId) -> "WaitingCommand":
        """Return the command with one option decided."""
        return replace(self, options={**self.options, option: value})

    def __str__(self) -> str:
        return f"/{self.name}" + "".join(
            f" {name}:{_write(value)}" for name, value in self.options.items()
        )

    @classmethod
    def parse(cls, text: str) -> "WaitingCommand":
        """Read what a message keeps; raises ValueError."""
        named = _COMMAND.match(text)
        if named is None:
            raise ValueError(text)
        options: dict[str, str | ChosenId] = {}
        at = named.end()
        while at < len(text):
            option = _OPTION.match(text, at)
            if option is None:
                raise ValueError(text)
            name, noun, number, quoted, bare = option.groups()
            if noun is not None:
                options[name] = ChosenId.of(noun, int(number))
            else:
                options[name] = orjson.loads(quoted) if quoted is not None else bare
            at = option.end()
        return cls(named[1], options)


def _write(value: str | ChosenId) -> str:
    if isinstance(value, ChosenId):
        return f"#{value.noun}{int(value)}"
    return value if _BARE.fullmatch(value) else orjson.dumps(value).decode()
