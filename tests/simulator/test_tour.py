import json
from pathlib import Path

from simulator.page.tour import Tour
from tests.simulator.fixtures import LOOKING, Desk

pytestmark = LOOKING

STEPS: list[dict[str, object]] = [
    {"member": "Eli", "channel": "warehouse", "done": [{"command": "item list", "says": "did"}]},
    {"member": "Ada", "channel": "audit", "done": [{"read": True}]},
    {
        "member": "Mia",
        "channel": "approvals",
        "done": [{"command": "nothing"}, {"press": True, "says": "approve"}],
    },
]
ROW = {
    "type": 1,
    "components": [{"type": 2, "style": 3, "label": "Approve", "custom_id": "card:approve"}],
}


def done(desk: Desk) -> list[bool]:
    progress = desk.stage.tour.progress(desk.stage)
    assert progress is not None
    return [step["done"] for step in progress["steps"]]


async def test_steps_are_done_in_order_by_what_people_do(desk: Desk, tmp_path: Path) -> None:
    steps = [{"title": "t", "text": "x", **step} for step in STEPS]
    path = tmp_path / "tour.json"
    path.write_text(json.dumps({"title": "First look", "steps": steps}))
    desk.stage.tour = Tour.load(path)
    old = desk.puppet.post(desk.channel("audit"), content="older than the tour")
    await desk.act("read", "Ada", "audit", message=str(old.id))
    assert done(desk) == [False, False, False]
    await desk.act("slash", "Mia", command="item list", values={})
    assert done(desk) == [False, False, False]
    await desk.act("slash", "Eli", command="item list", values={})
    assert done(desk) == [True, False, False]
    record = desk.puppet.post(desk.channel("audit"), content="a record")
    assert done(desk) == [True, False, False]
    await desk.act("read", "Ada", "audit", message=str(record.id))
    assert done(desk) == [True, True, False]
    card = desk.puppet.post(desk.channel("approvals"), content="card", components=[ROW])
    await desk.act("click", "Mia", "approvals", message=str(card.id), control="card:approve")
    assert done(desk) == [True, True, True]


async def test_without_a_tour_nothing_is_shown(desk: Desk) -> None:
    assert desk.stage.tour.progress(desk.stage) is None
