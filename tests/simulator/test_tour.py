import time

import pytest

from simulator.page import opening
from simulator.page.tour import Tour
from tests.simulator.fixtures import LOOKING, Desk

pytestmark = [pytest.mark.slow, LOOKING]

STEPS: list[dict[str, object]] = [
    {"member": "Eli", "channel": "warehouse", "done": [{"command": "item list", "says": "did"}]},
    {"member": "Ada", "channel": "audit", "marks": True, "done": [{"seen": True}]},
    {"member": "Nico", "channel": "warehouse", "done": [{"command": "slow"}]},
    {
        "member": "Mia",
        "channel": "approvals",
        "done": [{"command": "nothing"}, {"press": "card:ask"}, {"press": "card:", "says": "app"}],
    },
]
ROW = {
    "type": 1,
    "components": [
        {"type": 2, "style": 3, "label": "Approve", "custom_id": "card:approve"},
        {"type": 2, "style": 4, "label": "Reject", "custom_id": "card:reject"},
    ],
}


def begin(desk: Desk) -> None:
    steps = [{"title": "t", "text": "x", **step} for step in STEPS]
    desk.stage.begin(Tour.read({"title": "First look", "steps": steps}))


def done(desk: Desk) -> list[bool]:
    progress = desk.stage.tour.progress(desk.stage)
    assert progress is not None
    return [step["done"] for step in progress["steps"]]


def marked(desk: Desk) -> list[str]:
    progress = desk.stage.tour.progress(desk.stage)
    assert progress is not None
    return [key for step in progress["steps"] for key in step["marked"]]


async def test_steps_are_done_in_order_by_what_people_do(desk: Desk) -> None:
    desk.puppet.post(desk.channel("audit"), content="older than the tour")
    begin(desk)
    for name, command in (("Mia", "item list"), ("Eli", "slow"), ("Eli", "item list")):
        assert done(desk) == [False] * 4
        await desk.act("slash", name, command=command, values={})
    assert done(desk) == [True, False, False, False]
    await desk.act("seen", "Ada", "audit")
    assert done(desk) == [True, False, False, False], "there is nothing to be seen yet"
    record = desk.puppet.post(desk.channel("audit"), content="a record")
    assert marked(desk) == [str(record.id)]
    await desk.act("read", "Ada", "audit", message=str(record.id))
    assert done(desk) == [True, False, False, False], "what opens was not read"
    await desk.act("seen", "Ada", "audit")
    assert done(desk) == [True, True, False, False]
    assert marked(desk) == []
    await desk.act("skip", "Nico")
    card = desk.puppet.post(desk.channel("approvals"), content="card", components=[ROW])
    press = {"message": str(card.id), "control": "card:reject"}
    await desk.act("click", "Mia", "approvals", **press)
    assert done(desk) == [True, True, False, False], "another answer than the step wants"
    await desk.act("click", "Mia", "approvals", **{**press, "control": "card:approve"})
    assert done(desk) == [True, True, False, True], "a step that was left out is not done"


async def test_the_plug_waits_for_its_step(desk: Desk) -> None:
    begin(desk)
    assert (await desk.act("unplug", "Eli"))["why"] == "The tour is not there yet."


async def test_the_past_is_dated_as_it_was(desk: Desk) -> None:
    then = int(time.time()) - 9 * 86_400
    said = {"member": "Ben", "channel": "warehouse", "say": "see you", "at": then}
    asked = {"member": "Eli", "channel": "warehouse", "command": "item list", "values": {}}
    gone = {**asked, "command": "gone"}
    opening.write_past(desk.stage, [said, asked])
    begin(desk)
    await opening.play(desk.stage, [said, gone, asked])
    line, answer = desk.stage.messages(desk.member("Eli"), desk.channel("warehouse"))
    assert (line.content, int(line.created_at.timestamp())) == ("see you", then)
    assert answer.content == "did item"
    assert desk.stage.last_read(desk.member("Ada").user, line.channel) > line.id


async def test_without_a_tour_nothing_is_shown(desk: Desk) -> None:
    assert desk.stage.tour.progress(desk.stage) is None
