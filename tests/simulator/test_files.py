"""Files between people and a real bot: as options, in forms, in layouts."""

import sys
from pathlib import Path

import pytest

from simulator import ClientRefused, LoopbackDiscord, Process
from simulator.messages import File, kind_of
from tests.simulator.gallery import picture

BOT = Path(__file__).parent / "example_bot.py"


async def test_files_go_to_the_bot_and_come_back_in_a_layout(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord:
        clerk = discord.act_as(discord.add_guild("Depot").add_member("clerk"))
        content, world = picture(1, 2, 3), discord.world
        sent = world.files.keep(File(world.next_id(), "a b.png", content, kind_of(content)))
        arguments, log = [sys.executable, str(BOT)], tmp_path / "bot.log"
        async with Process(arguments, log_file=log, environment=discord.environment) as bot:
            await bot.wait_until_ready(discord.bot_ready())
            loaded = await clerk.slash("load", file=sent)
            assert loaded.content == f"a b.png, {len(content)} bytes, {len(content)}"
            form = await clerk.slash("upload")
            for wrong in ({}, {"Sheet": [sent, sent]}, {"Sheet": [sent], "Kind": "Take"}):
                with pytest.raises(ClientRefused):
                    clerk.send_submit(form.modal, wrong)
            values = {"Sheet": [sent], "Kind": "Count", "Shelves": ["A1", "B1"]}
            shown = await clerk.submit(form.modal, values)
    assert shown.text.startswith("Count ['A1', 'B1'] True")
    (back,) = shown.message.files
    assert (back.content, back.content_type) == (content, "image/png")
