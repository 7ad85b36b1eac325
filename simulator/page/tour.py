"""A guided tour: steps with a text, who does them where, and when they count as done.

A tour is data, written by the starting process without knowledge of this code:

    {"title": "...", "intro": {...}, "end": {...}, "opening": [...],
     "steps": [{"title": "...", "text": "...", "member": "Eli", "channel": "warehouse",
                "done": [{"command": "take", "says": "Took"}]}]}

`done` lists alternatives: `command` (a command that was answered), `press` (a button or select,
named by a part of its custom id), `seen` (the visitor has seen what is marked), `plugged` (the
plug was pulled and all came out well). `says` is a part of the answer to a command or a press.
A step may have a `hint`, a command to `fill` in (a file among its values is its `name`, `size` and
`data` in base64), and `marks`: what came to the channel since the tour began is marked. What opens
only (a form, a channel) is no step done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulator.interactions import Interaction, Kind
from simulator.page.shown import command_words

if TYPE_CHECKING:
    from simulator import Channel, Member
    from simulator.page.stage import Stage
    from simulator.refusals import Json


@dataclass
class Step:
    """One step; `finished_at` is the id of what fulfilled it, or of when it was skipped."""

    title: str
    text: str
    member: str
    channel: str
    done: list[Json]
    hint: str = ""
    fill: Json | None = None
    marks: bool = False
    plug: Json | None = None
    finished_at: int | None = None
    is_skipped: bool = False


@dataclass
class Tour:
    """Steps that are done one after the other; `since` is what came before the tour."""

    title: str = ""
    steps: list[Step] = field(default_factory=list)
    intro: Json = field(default_factory=dict)
    end: Json = field(default_factory=dict)
    opening: list[Json] = field(default_factory=list)
    since: int = 0

    @classmethod
    def read(cls, written: Json) -> Tour:
        """Read a tour as it was written."""
        more: dict[str, Any] = {key: written.get(key) or {} for key in ("intro", "end")}
        steps = [Step(**step) for step in written["steps"]]
        return cls(written["title"], steps, **more, opening=written.get("opening") or [])

    @property
    def current(self) -> Step | None:
        """The first step that is not done."""
        return next((step for step in self.steps if step.finished_at is None), None)

    def progress(self, stage: Stage) -> Json | None:
        """Look which steps are done by now and say so; None when there is no tour."""
        since = self.since
        for step in self.steps:
            step.finished_at = step.finished_at or _find_done(stage, step, since)
            if step.finished_at is None:
                break
            since = step.finished_at
        if not self.steps:
            return None
        shown = [self._shown(stage, step) for step in self.steps]
        return {"title": self.title, "intro": self.intro, "end": self.end, "steps": shown}

    def skip(self, stage: Stage) -> None:
        """Go on without the current step, which is not counted as done."""
        step = self.current
        if step is not None:
            step.is_skipped, step.finished_at = True, stage.world.next_id()

    def see(self, stage: Stage) -> None:
        """Note that the visitor has seen what the current step marks, if anything is there."""
        step = self.current
        if step is not None and any("seen" in each for each in step.done):
            step.finished_at = max(map(int, self._marked(stage, step)), default=None)

    def _marked(self, stage: Stage, step: Step) -> list[str]:
        """The messages that came to the step's channel since the first step was done."""
        channel = stage.channel_named(step.channel)
        began = self.steps[0].finished_at
        if not step.marks or began is None or channel is None:
            return []
        return [str(it.id) for it in channel.messages if it.id > began and it.author.is_bot]

    def _shown(self, stage: Stage, step: Step) -> Json:
        member, channel = stage.member_named(step.member), stage.channel_named(step.channel)
        is_now = step is self.current
        return {
            "title": step.title,
            "text": step.text,
            "hint": step.hint,
            "fill": step.fill,
            "member": str(member.user.id) if member else None,
            "channel": str(channel.id) if channel else None,
            "done": step.finished_at is not None and not step.is_skipped,
            "skipped": step.is_skipped,
            "marked": self._marked(stage, step) if is_now else [],
            "seeing": any("seen" in each for each in step.done),
            "plug": stage.plug.shown() if step.plug else None,
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
    if "plugged" in condition:
        return stage.plug.finished_at
    acts = (act for act in stage.acts_of(member.user) if act.id > since and act.answered)
    for act in acts:
        is_it = (
            act.kind is Kind.COMMAND and command_words(act) == condition["command"]
            if "command" in condition
            else "press" in condition and _is_press(act, channel, condition["press"])
        )
        if is_it and _says(stage, act, condition.get("says", "")):
            return act.id
    return None


def _says(stage: Stage, act: Interaction, text: str) -> bool:
    return any(text in message.text for message in stage.answers_to(act))


def _is_press(act: Interaction, channel: Channel, control: str) -> bool:
    source = act.source
    is_there = source is not None and source.channel is channel
    return act.kind is Kind.COMPONENT and is_there and control in act.data["custom_id"]
