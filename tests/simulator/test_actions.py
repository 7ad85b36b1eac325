from tests.simulator.fixtures import LOOKING, Desk

pytestmark = LOOKING


async def test_a_command_reaches_the_bot_with_typed_options(desk: Desk) -> None:
    mia, audit = desk.member("Mia").user, desk.channel("audit")
    values = {"item": "BOLT-8", "count": 3, "member": str(mia.id), "channel": str(audit.id)}
    answer = await desk.act("slash", "Eli", command="take", values=values)
    assert answer == {"status": 200, "outcome": "taken"}
    data = desk.puppet.said[-1]
    assert [(it["name"], it["value"]) for it in data["options"]] == list(values.items())
    assert set(data["resolved"]) == {"users", "members", "channels"}


async def test_what_a_client_would_not_send_is_refused(desk: Desk) -> None:
    for command, values in (
        ("take", {}),
        ("take", {"item": "x", "count": 0}),
        ("take", {"item": "x", "count": "3"}),
        ("take", {"item": "x", "member": "1"}),
        ("take", {"item": "x", "shelf": "nowhere"}),
        ("take", {"item": "x", "none": "x"}),
        ("manage", {}),
        ("nothing", {}),
        ("item", {}),
    ):
        answer = await desk.act("slash", "Eli", command=command, values=values)
        assert (answer["status"], answer["outcome"]) == (422, "refused"), (command, values)
    assert desk.puppet.said == []


async def test_a_channel_that_one_does_not_see_is_closed(desk: Desk) -> None:
    message = desk.puppet.post(desk.channel("audit"), content="secret")
    for action, more in (
        ("say", {"text": "hello"}),
        ("slash", {"command": "slow", "values": {}}),
        ("click", {"message": str(message.id), "control": "x"}),
    ):
        assert (await desk.act(action, "Eli", "audit", **more))["outcome"] == "refused"
    answer = await desk.act("click", "Eli", message=str(message.id), control="x")
    assert answer["outcome"] == "refused"


async def test_a_button_that_only_another_user_sees_cannot_be_pressed(desk: Desk) -> None:
    await desk.act("slash", "Eli", command="item list", values={})
    private = desk.stage.messages(desk.member("Eli"), desk.channel("warehouse"))[-1]
    assert private.ephemeral
    assert desk.stage.messages(desk.member("Mia"), desk.channel("warehouse")) == []
    for action in ("click", "dismiss"):
        answer = await desk.act(action, "Mia", message=str(private.id), control="x")
        assert answer["outcome"] == "refused"
    await desk.act("dismiss", "Eli", message=str(private.id))
    assert desk.stage.messages(desk.member("Eli"), desk.channel("warehouse")) == []


async def test_suggestions_come_from_the_bot(desk: Desk) -> None:
    answer = await desk.act(
        "suggest", "Eli", command="take", option="item", text="bolt", values={"count": 2}
    )
    assert [it["value"] for it in answer["choices"]] == ["BOLT-8", "BOLT-10"]


async def test_a_bot_that_stays_silent_has_failed(desk: Desk) -> None:
    # The three seconds pass at once for every waiter.
    desk.discord.world.listeners.append(lambda *_: desk.discord.advance(3))
    answer = await desk.act("slash", "Eli", command="silent", values={})
    assert answer["outcome"] == "failed"


async def test_a_form_is_opened_and_sent(desk: Desk) -> None:
    form = (await desk.act("slash", "Mia", command="ask", values={}))["form"]
    assert form["title"] == "Reject the supplier"
    wrong = await desk.act("submit", "Mia", form=form["id"], values={"why": "", "kind": ["p"]})
    assert wrong["outcome"] == "refused"
    stolen = await desk.act("submit", "Eli", form=form["id"], values={"why": "x", "kind": ["p"]})
    assert stolen["outcome"] == "refused"
    sent = await desk.act("submit", "Mia", form=form["id"], values={"why": "dear", "kind": ["p"]})
    assert sent["outcome"] == "taken"


async def test_a_message_is_written_as_it_was_typed(desk: Desk) -> None:
    await desk.act("say", "Nico", text="  hello <b>there</b> ")
    assert [it.content for it in desk.channel("warehouse").messages] == ["hello <b>there</b>"]
    for text in ("", "   ", "x" * 2001):
        assert (await desk.act("say", "Nico", text=text))["status"] == 422
    assert len(desk.channel("warehouse").messages) == 1


async def test_a_body_that_is_nested_too_deeply_is_not_understood(desk: Desk) -> None:
    headers = {"Origin": desk.origin, "Content-Type": "application/json"}
    address = f"{desk.page.address}do/say"
    async with desk.client.post(address, data=b"[" * 30_000, headers=headers) as response:
        assert response.status == 400
