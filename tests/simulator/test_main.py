import json
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from simulator import Process

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_one_line_says_where_everything_is_and_a_signal_ends_it(
    number: signal.Signals, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "simulator", "--world", "demo"]
    log = tmp_path / "simulator.log"
    async with Process(command, log_file=log, directory=ROOT) as process:
        await process.wait_for_output("\n")
        ready = json.loads(process.output)
        assert set(ready["environment"]) == {
            "DISCORD_TOKEN",
            "DISCORD_API_URL",
            "DISCORD_GATEWAY_URL",
        }
        assert {"Olga", "Mia", "Eli", "Ada", "Nico"} < set(ready["guild"]["members"])
        async with aiohttp.ClientSession() as client:
            async with client.get(ready["page"]) as response:
                assert response.status == 200
            origin = ready["page"].rsplit("/", 2)[0]
            # An open page must not delay the end.
            async with client.ws_connect(f"{ready['page']}live", origin=origin) as socket:
                await socket.receive_str()
                began = time.monotonic()
                process.signal(number)
                assert await process.wait() == 0
                assert time.monotonic() - began < 1
    assert process.output.count("\n") == 1
