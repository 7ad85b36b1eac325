"""A guided tour: steps with a text, who does them where, and when they count as done.

A step is data, written by the starting process without knowledge of this code:

    {"title": "...", "text": "...", "member": "Eli", "channel": "warehouse",
     "done": [{"command": "take", "says": "Took"}]}

`done` lists alternatives: `command` (answered, with `says` in the answer), `press` (true: a button
or select of a message that all can see in the step's channel; `says` in its custom id), `read`
(true: the member has seen something there that came after the step before it was done).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.interactions import Interaction, Kind
from simulator.page.shown import command_words

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Channel, Member
    from simulator.page.stage import Stage
    from simulator.refusals import Json


@dataclass
class Step:
    """One step; `finished_at` is the id of what fulfilled it."""

    title: str
    text: str
    member: str
    channel: str
    done: list[Json]
    hint: str = ""
    finished_at: int | None = None


@dataclass
class Tour:
    """Steps that are done one after the other."""

    title: str = ""
    steps: list[Step] = field(default_factory=list)
    since: int = 0

    @classmethod
    def load(cls, path: Path) -> Tour:
        """Read a tour from JSON."""
        written = json.loads(path.read_text(encoding="utf-8"))
        return cls(written["title"], [Step(**step) for step in written["steps"]])

    def restart(self, since: int = 0) -> None:
        """Forget what was done; only what comes after `since` counts from now on."""
        self.since = since
        for step in self.steps:
            step.finished_at = None

    def progress(self, stage: Stage) -> Json | None:
        """Look which steps are done by now and say so; None when there is no tour."""
        since = self.since
        for step in self.steps:
            step.finished_at = step.finished_at or _find_done(stage, step, since)
            if step.finished_at is None:
                break
            since = step.finished_at
        shown = [_shown(stage, step) for step in self.steps]
        return {"title": self.title, "steps": shown} if shown else None


def _shown(stage: Stage, step: Step) -> Json:
    member, channel = stage.member_named(step.member), stage.channel_named(step.channel)
    return {
        "title": step.title,
        "text": step.text,
        "hint": step.hint,
        "member": str(member.user.id) if member else None,
        "channel": str(channel.id) if channel else None,
        "done": step.finished_at is not None,
    }


def _find_done(stage: Stage, step: Step, since: int) -> int | None:
    """The id of what fulfils a step, if it came after `since`."""
    member, channel = stage.member_named(step.member), stage.channel_named(step.channel)
    if member is None or channel is None:
        return None
    found = (_find(stage, each, member, channel, since) for each in step.done)
    return next((key for key in found if key is not None), None)


def _find(
    stage: Stage, condition: Json, member: Member, channel: Channel, since: int
) -> int | None:
    if condition.get("read"):
        last = stage.last_read(member.user, channel)
        read = (it.id for it in channel.messages if since < it.id <= last)
        return next(read, None)
    says = condition.get("says", "")
    for act in stage.acts_of(member.user):
        if act.id <= since or not act.answered:
            continue
        if "command" in condition and _is_command(stage, act, condition["command"], says):
            return act.id
        if condition.get("press") and _is_press(act, channel, says):
            return act.id
    return None


def _is_command(stage: Stage, act: Interaction, words: str, says: str) -> bool:
    is_it = act.kind is Kind.COMMAND and command_words(act) == words
    return is_it and any(says in message.text for message in stage.answers_to(act))


def _is_press(act: Interaction, channel: Channel, says: str) -> bool:
    source = act.source
    return (
        act.kind is Kind.COMPONENT
        and source is not None
        and source.channel is channel
        and not source.ephemeral
        and says in act.data["custom_id"]
    )
