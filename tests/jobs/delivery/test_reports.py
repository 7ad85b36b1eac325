"""Scheduled reports: each day once, as of its own time, also after crashes and long pauses."""

import asyncio
import io
from datetime import timedelta
from typing import Any

import discord
import pytest
from python_calamine import CalamineWorkbook
from simcord.components import walk_components

from bot.database.delivery.lanes import OutboxLanes
from bot.database.delivery.report_postings import ReportPostings
from bot.database.engine import DatabaseSettings
from bot.database.models import Outbox, OutboxLane, ReportPosting
from bot.database.service import DatabaseService
from bot.domain.lanes import REPORT
from bot.jobs.delivery.outbox import OutboxJob
from bot.jobs.delivery.reports import Made, ReportDrawing
from bot.services.reports.scheduling import ScheduleReport, schedule_report
from tests.cogs.world import House, World
from tests.conftest import DATA_KEY
from tests.database.books import GUILD, Warehouse, rows_of
from tests.database.clock import Clock


class Figures:
    """A channel that reports are posted to, as its readers see it."""

    def __init__(self, world: World, house: House) -> None:
        self._world = world
        seen = discord.PermissionOverwrite(view_channel=True)
        overwrites = {**house.hidden(), house.roles["manager"]: seen}
        self.channel = house.guild.create_text_channel("figures", overwrites=overwrites)

    @property
    def names(self) -> list[str]:
        """The files of the posts, the oldest first."""
        return [name for name, _content in self.files()]

    def files(self) -> list[tuple[str, bytes]]:
        backend = self._world.env.backend
        return [
            (each["filename"], backend.cdn.get(each["url"]) or b"")
            for message in backend.messages[self.channel.id].values()
            for each in message.attachments
            if not each["filename"].endswith(".png")
        ]

    def text(self, at: int = -1) -> str:
        """What a post says, with the description of its picture."""
        parts = []
        stored = list(self._world.env.backend.messages[self.channel.id].values())[at]
        for part in walk_components(stored.components):
            parts.append(part.get("content", ""))
            parts += [each.get("description") or "" for each in part.get("items", ())]
        return "\n".join(filter(None, parts))


def rows_in(content: bytes) -> list[list[Any]]:
    """Return the rows of a workbook's first sheet below its headings."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()[1:]


async def play(world: World) -> None:
    """Let what is due be queued and posted."""
    await world.close_days()
    await world.tell_audit()


def drawing(world: World) -> ReportDrawing:
    outbox = next(job for job in world.app.jobs if isinstance(job, OutboxJob))
    found = outbox._channels._drawings[REPORT]  # type: ignore[attr-defined]
    assert isinstance(found, ReportDrawing)
    return found


async def unposted(world: World, house: House) -> list[str]:
    rows = await rows_of(world.db, ReportPosting, house.guild.id)
    return [row.day.isoformat() for row in rows if row.posted_at is None]


@pytest.fixture
async def figures(world: World, house: House) -> Figures:
    return Figures(world, house)


async def schedule(house: House, figures: Figures, kind: str, every: str = "day", **of: Any) -> Any:
    return await house.manager.type(
        "report schedule", kind=kind, channel=figures.channel, every=every, **of
    )


@pytest.mark.both_engines
async def test_a_report_is_posted_once_with_picture_table_and_file(
    world: World, house: House, figures: Figures
) -> None:
    await house.admin.type("item edit", item="BOLT-8", reorder_point="20")
    shown = await schedule(house, figures, "low", "week", at="9.30")
    at = int(world.clock.now.timestamp()) + 90 * 60
    assert f"**Low stock** in <#{figures.channel.id}> every Monday at 09:30, next <t:{at}:f>" in (
        shown.text
    )
    assert "Everyone can see" not in shown.text
    await play(world)
    assert figures.names == []
    world.clock.advance(hours=1, minutes=30)
    for _ in range(2):
        await play(world)
        await world.restart()
    (name, content) = figures.files()[0]
    assert name.startswith("low-2026-01-05-0930-")
    assert rows_in(content)[0][0] == "BOLT-8"
    text = figures.text()
    for said in (
        "### Low stock · as of 2026-01-05",
        "**14 pcs** of 20 · order",
        "Posted every Monday at 09:30.",
        "BOLT-8: 14 of 20 pcs",
    ):
        assert said in text
    (offered,) = await house.manager.suggest("report unschedule", "schedule")
    assert offered["name"] == "Low stock · #figures · every Monday at 09:30 · next 2026-01-12"
    gone = await house.manager.type("report unschedule", schedule=offered["value"])
    assert "Not posted any more: **Low stock**" in gone.text
    world.clock.advance(days=14)
    await play(world)
    assert len(figures.names) == 1
    assert await rows_of(world.db, ReportPosting, house.guild.id) == []


async def test_what_was_missed_is_posted_as_of_its_own_time(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "stock")
    await schedule(house, figures, "low")
    for _ in range(3):
        world.clock.advance(hours=23)  # before eight o'clock, from the second day on
        await house.employee.type("put", item="BOLT-8", quantity="1", location="Shelf A1")
        world.clock.advance(hours=1)
    world.clock.advance(hours=2)
    await play(world)
    stock = [content for name, content in figures.files() if name.startswith("stock-")]
    quantities = [rows_in(each)[0][3] for each in stock]
    assert quantities == [15, 16, 17]
    # What is of now alone is posted once.
    assert [name[:14] for name in figures.names if name.startswith("low-")] == ["low-2026-01-08"]
    text = next(figures.text(at) for at in range(4) if "Low stock" in figures.text(at))
    assert "2 before it were missed and are left out." in text
    assert "It is of now." in text


async def test_after_a_long_pause_the_last_seven_are_posted_and_the_others_counted(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "stock")
    world.clock.advance(days=20)
    await play(world)
    await play(world)
    assert [name[6:16] for name in figures.names] == [f"2026-01-{day}" for day in range(19, 26)]
    assert "13 before it were missed and are left out." in figures.text(0)
    assert "missed" not in figures.text(1)
    assert await unposted(world, house) == []
    assert len(await rows_of(world.db, ReportPosting, house.guild.id)) == 7
    world.clock.advance(days=1)
    await play(world)
    # What is posted is forgotten, but for the last day.
    assert len(await rows_of(world.db, ReportPosting, house.guild.id)) == 1


async def test_a_crash_behind_the_post_does_not_post_it_twice(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "value")
    world.clock.advance(hours=24)
    await world.close_days()
    postings, drawn = ReportPostings(world.db), drawing(world)
    (row,) = await rows_of(world.db, ReportPosting, house.guild.id)
    due = await postings.find_next(house.guild.id, row.schedule_id, 7)
    assert due is not None
    with world.env.time_context():
        await drawn._post(Made(due, await drawn._make(due)))
    (request,) = world.requests("POST", f"/channels/{figures.channel.id}/messages")
    assert isinstance(request.json, dict)
    assert request.json["enforce_nonce"]
    await world.restart()
    # The same nonce within a minute, and later the name of its file: Discord forgets nonces.
    world.clock.advance(minutes=5)
    await play(world)
    assert len(figures.names) == 1
    assert await unposted(world, house) == []


async def test_what_is_due_while_the_last_one_is_marked_is_not_lost(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "stock")
    world.clock.advance(hours=24)
    await world.close_days()
    (lane,) = [
        row for row in await rows_of(world.db, OutboxLane, house.guild.id) if "report" in row.lane
    ]
    lanes = next(job for job in world.app.jobs if isinstance(job, OutboxJob))._lanes
    held = await lanes.lease(house.guild.id, lane.lane)
    assert held is not None
    # Another process takes the next day before this one marks.
    world.clock.advance(hours=24)
    await world.close_days()
    drawn = drawing(world)
    with world.env.time_context():
        while await drawn.draw(held, held.rows[0]):
            pass
        # What came behind the last look would be deleted here with the row.
        world.clock.advance(hours=24)
        await world.close_days()
        assert await lanes.complete_rows(held, [held.rows[0]]) is not None
    await lanes.release([(house.guild.id, lane.lane)])
    await play(world)
    assert len(figures.names) == 3
    assert await unposted(world, house) == []


async def test_a_channel_that_is_forbidden_lets_the_report_wait_and_notifies_the_owner_once(
    world: World, house: House, figures: Figures
) -> None:
    await house.owner.type("my register")
    await schedule(house, figures, "stock")
    route = f"/channels/{figures.channel.id}/messages"
    world.break_route("POST", route, status=403, code=50013)
    world.clock.advance(hours=24)
    for _ in range(3):
        await play(world)
        world.clock.advance(hours=2)
    told = [text for text in house.direct_messages(house.owner) if "report" in text]
    assert len(told) == 1, house.direct_messages(house.owner)
    assert "scheduled report “Stock”" in told[0]
    assert f"<#{figures.channel.id}>" in told[0]
    shown = await house.admin.type("settings show")
    assert f"The report **Stock** is not posted in <#{figures.channel.id}>: I cannot write" in (
        shown.text
    )
    world.heal()
    world.clock.advance(hours=2)
    await play(world)
    assert len(figures.names) == 1
    shown = await house.admin.type("settings show")
    assert "is not posted" not in shown.text
    assert "- **Stock** in" in shown.text


async def test_money_takes_the_right_to_see_it_and_is_in_no_other_report(
    world: World, house: House, figures: Figures
) -> None:
    async with world.unchanged():
        asked = {"kind": "stock", "channel": house.channel, "every": "day"}
        refused = await house.employee.type("report schedule", **asked)
        assert "`board.manage`" in refused.text
    await schedule(house, figures, "abc")
    await house.employee.type("take", item="BOLT-8", quantity="4", location="Shelf A1")
    world.clock.advance(hours=24)
    await play(world)
    assert "4 pcs" in figures.text()
    (_name, content) = figures.files()[0]
    assert rows_in(content)[0][4:7] == [4, "", ""]


async def test_a_public_channel_is_warned_of_and_the_same_again_is_refused(
    world: World, house: House
) -> None:
    denied = discord.PermissionOverwrite(attach_files=False)
    lacking: dict[Any, Any] = {house.bot_guild.me: denied}
    public = house.guild.create_text_channel("open", overwrites=lacking)
    asked = {"kind": "low", "channel": public, "every": "month"}
    shown = await house.manager.type("report schedule", **asked)
    assert f"Everyone can see <#{public.id}>" in shown.text
    assert "these permissions: Attach Files" in shown.text
    async with world.unchanged():
        again = await house.manager.type("report schedule", **asked)
        assert "scheduled there at that time already" in again.text
        wrong = await house.manager.type("report schedule", **asked, at="25:00")
        assert "as a time of day" in wrong.text
        unknown = await house.manager.type("report unschedule", schedule="#99")
        assert "There is no scheduled report" in unknown.text


async def test_money_warns_of_the_roles_that_see_it_without_the_right(house: House) -> None:
    seen = discord.PermissionOverwrite(view_channel=True)
    shown_to: dict[Any, Any] = {house.roles[each]: seen for each in ("manager", "employee")}
    channel = house.guild.create_text_channel("money", overwrites={**house.hidden(), **shown_to})
    asked = {"channel": channel, "every": "month"}
    role = f"<@&{house.roles['employee'].id}>"
    warned = await house.manager.type("report schedule", kind="value", **asked)
    assert f"{role} can see <#{channel.id}> and should not." in warned.text
    free = await house.manager.type("report schedule", kind="stock", **asked)
    assert "should not" not in free.text


async def test_a_change_of_the_time_zone_moves_what_is_due(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "stock")
    await house.admin.type("settings set", key="timezone", value="Australia/Lord_Howe")
    world.clock.advance(hours=24)
    await play(world)
    # 08:00 of the sixth was over there when it was scheduled on the fifth at 19:00.
    assert [name[6:16] for name in figures.names] == ["2026-01-06"]


@pytest.mark.both_engines
async def test_two_processes_take_each_day_once(database_url: str, clock: Clock) -> None:
    settings = DatabaseSettings(database_url, data_key=DATA_KEY)
    first, second = (DatabaseService(settings, clock=clock) for _ in range(2))
    warehouse = await Warehouse.open(first)
    for kind in ("low", "stock"):
        request = ScheduleReport(kind=kind, channel_id=5, every="day")
        await warehouse.run(schedule_report, request, warehouse.manager)
    taken: set[Any] = set()
    for _day in range(3):
        clock.advance(hours=24)
        processes = [ReportPostings(each) for each in (first, second)] * 3
        following = await asyncio.gather(*(each.take(GUILD) for each in processes))
        assert set(following) == {clock.now + timedelta(hours=24)}
        rows = await rows_of(first, ReportPosting, GUILD)
        keys = [(row.schedule_id, row.day) for row in rows]
        assert len(keys) == len(set(keys))
        taken |= set(keys)
        queued = [row for row in await rows_of(first, Outbox, GUILD) if row.kind == REPORT]
        assert len(queued) == 2
    assert len(taken) == 6
    for service in (first, second):
        await service.close()


async def test_of_two_processes_that_made_a_report_the_one_with_the_lane_posts_it(
    world: World, house: House, figures: Figures
) -> None:
    await schedule(house, figures, "stock")
    world.clock.advance(hours=24)
    await world.close_days()
    (lane,) = [
        row.lane for row in await rows_of(world.db, OutboxLane, house.guild.id) if "rep" in row.lane
    ]
    slow = OutboxLanes(world.db)
    held = await slow.lease(house.guild.id, lane)
    assert held is not None
    drawn = ReportDrawing(world.bot, world.db)
    assert await drawn.draw(held, held.rows[0])
    # Reading took it so long that its lease is over, and the other process is quicker.
    world.clock.advance(seconds=15)
    await world.tell_audit()
    assert await slow.complete_rows(held, []) is None
    assert len(figures.names) == 1
    assert await unposted(world, house) == []
