from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from simulator.interactions import Interaction
    from simulator.refusals import Json
    from simulator.world import Channel, User


class Flag(IntFlag):
    """The message flags that change behaviour here."""

    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    COMPONENTS_V2 = 1 << 15


# What a browser may draw, by its first bytes: a name proves nothing.
PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
OTHER = "application/octet-stream"
FILES_KEPT = 200


def kind_of(content: bytes) -> str:
    """The content type of a picture, or what any other file has."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in PICTURES.items() if content.startswith(start)), OTHER)


@dataclass
class File:
    """An uploaded file with its bytes."""

    id: int
    name: str
    content: bytes
    content_type: str = OTHER
    description: str | None = None


class Files:
    """What can be downloaded, under `address`: the newest of what was uploaded."""

    def __init__(self) -> None:
        self.address = ""
        self._kept: dict[int, File] = {}

    def keep(self, file: File) -> File:
        """Offer a file, and forget the oldest beyond what is kept."""
        self._kept[file.id] = file
        if len(self._kept) > FILES_KEPT:
            del self._kept[next(iter(self._kept))]
        return file

    def find(self, key: int) -> File | None:
        """The file of this id, if it is still there."""
        return self._kept.get(key)


@dataclass(eq=False)
class Message:
    """A message as every member sees it now; `edits` counts how often it was changed.

    `is_dismissed` says that the one person who could see it took it from their screen.
    """

    id: int
    channel: Channel
    author: User
    created_at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    flags: int = 0
    allowed_mentions: Json | None = None
    nonce: str | int | None = None
    nonce_at_seconds: float = 0
    edited_at: datetime | None = None
    edits: int = 0
    is_deleted: bool = False
    is_dismissed: bool = False
    interaction: Interaction | None = None
    reference: Json | None = None

    @property
    def ephemeral(self) -> bool:
        """Whether only one person sees it."""
        return bool(self.flags & Flag.EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it still says that the application is thinking."""
        return bool(self.flags & Flag.LOADING)

    @property
    def text(self) -> str:
        """All that can be read: content, embeds, text of components, labels of buttons."""
        parts: list[str | None] = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title"), embed.get("description")]
            parts.append((embed.get("author") or {}).get("name"))
            for row in embed.get("fields", []):
                parts += [row["name"], row["value"]]
            parts.append((embed.get("footer") or {}).get("text"))
        for component in walk(self.components):
            parts += [component.get("content"), component.get("label")]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[str]:
        """Labels of the buttons that can be pressed."""
        return [
            component.get("label", "")
            for component in walk(self.components)
            if component["type"] == 2 and not component.get("disabled")
        ]

    @property
    def pings(self) -> set[str]:
        """Whom the content notifies: "everyone", "here", "user:1", "role:2"; embeds never do."""
        rules = self.allowed_mentions or {"parse": ["everyone", "users", "roles"]}
        parse = rules.get("parse", [])
        pings = {
            f"{kind}:{found}"
            for kind, pattern in (("user", r"<@!?(\d+)>"), ("role", r"<@&(\d+)>"))
            for found in re.findall(pattern, self.content)
            if f"{kind}s" in parse or found in map(str, rules.get(f"{kind}s", []))
        }
        if "everyone" in parse:
            pings.update(re.findall(r"@(everyone|here)\b", self.content))
        return pings


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, with those inside rows, sections, containers and labels."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for key in ("accessory", "component"):
            if key in component:
                yield from walk([component[key]])
