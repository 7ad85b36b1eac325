from tests.cogs.world import House, World


def address(house: House, record: int) -> str:
    """Return the address of the message of the audit channel that has a record."""
    channel = house.guild.channels["audit"]
    (found,) = [each for each in channel.history() if f"`#{record}`" in each.content]
    return f"https://discord.com/channels/{house.guild.id}/{channel.id}/{found.id}"


async def test_numbers_of_records_lead_readers_of_the_audit_to_their_lines(
    world: World, house: House
) -> None:
    taken = await house.employee.type("take", item="BOLT-8", location="Shelf A1", note="*" * 200)
    not_known = await house.auditor.type("history")
    assert not_known.text.count("https://") == 0
    await world.tell_audit()
    url = address(house, taken.record)

    listed = await house.auditor.type("history")
    assert f"[`#{taken.record}`]({url})" in listed.text
    shown = await house.auditor.type("audit show", record=str(taken.record))
    assert f"[line in the audit channel]({url})" in shown.text
    undone = await house.manager.type("undo", record=str(taken.record))
    assert undone.lines[0].startswith(f"✅ Reversed [#{taken.record}]({url}): **1 pcs**")
    shown = await house.auditor.type("audit show", record=str(undone.record))
    assert f"Reverses [#{taken.record}]({url})." in shown.text

    for plain in (await house.employee.type("history"), await house.viewer.type("history")):
        assert f"`#{taken.record}`" in plain.text
        assert "https://" not in plain.text
