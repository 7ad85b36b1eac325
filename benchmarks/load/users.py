"""The users that Locust plays: floor workers with a scanner, and people who type commands.

It runs in an environment of its own, which has Locust and nothing of this project.
"""

import itertools
import json
import os
import random
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from locust import HttpUser, between, events, task

PLAN: dict[str, Any] = json.loads(Path(os.environ["LOAD_PLAN"]).read_text())
DONE = {"applied", "duplicate"}

_tokens = itertools.cycle(PLAN["tokens"])
_people = itertools.cycle(range(PLAN["people"]))
_amounts = itertools.count(1)
_acknowledged: list[str] = []


class FloorWorker(HttpUser):
    """Moves goods about, and syncs what was done a few at a time."""

    host = PLAN["api_url"]
    fixed_count = len(PLAN["tokens"])
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        self.client.headers["Authorization"] = f"Bearer {next(_tokens)}"
        self.cursor: str | None = None
        self.seq = 0
        self._sync([], "sync: first copy")

    @task(8)
    def send_moves(self) -> None:
        operations = [self._move() for _ in range(random.randint(1, 5))]
        self._sync(operations, "sync: 1 to 5 moves")
        if random.random() < 0.1:
            self._sync(operations, "sync: sent again")

    @task(1)
    def send_queue(self) -> None:
        self._sync([self._move() for _ in range(50)], "sync: a queue of 50")

    @task(4)
    def poll(self) -> None:
        self._sync([], "sync: poll")

    def _move(self) -> dict[str, Any]:
        source, target = random.sample(["Shelf A1", "Shelf B2"], 2)
        self.seq += 1
        return {
            "id": str(uuid.uuid4()),
            "seq": self.seq,
            "table": "stock_moves",
            "operation": "INSERT",
            "data": {"item": "ROPE", "quantity": "1", "from": source, "to": target},
            "timestamp": datetime.now(UTC).isoformat(),
        }

    def _sync(self, operations: list[dict[str, Any]], name: str) -> None:
        body = {
            "protocol": 1,
            "schema_version": 1,
            "device_time": datetime.now(UTC).isoformat(),
            "cursor": self.cursor,
            "operations": operations,
        }
        with self.client.post("/api/v1/sync", json=body, name=name, catch_response=True) as answer:
            if answer.status_code != 200:
                answer.failure(f"{answer.status_code}: {answer.text[:200]}")
                return
            said = answer.json()
            self.cursor = said["cursor"]
            left = [each for each in said["results"] if each["status"] not in DONE]
            _acknowledged.extend(e["id"] for e in said["results"] if e["status"] in DONE)
            if left:
                answer.failure(f"{left[0]['status']}: {left[0]['reason']}")


class ChatUser(HttpUser):
    """Types commands in the simulated Discord, and waits for each answer."""

    host = PLAN["chat_url"]
    fixed_count = PLAN["people"]
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        self.person = next(_people)

    @task(2)
    def move(self) -> None:
        source, target = random.sample(["Shelf A1", "Shelf B2"], 2)
        # Another amount each time: the same command again may be asked back.
        quantity = f"{1 + next(_amounts) % 997 / 1000:.3f}"
        values = {"item": "ROPE", "quantity": quantity, "from_": source, "to": target}
        self._type("move", values, "Moved")

    @task(1)
    def find(self) -> None:
        self._type("find", {"query": "ROPE"}, "in stock")

    def _type(self, command: str, values: dict[str, str], expected: str) -> None:
        body = {"person": self.person, "command": command, "values": values}
        with self.client.post("/", json=body, name=f"/{command}", catch_response=True) as answer:
            if expected not in answer.text:
                answer.failure(answer.text[:200])


@events.test_stop.add_listener
def keep_acknowledged(**_environment: Any) -> None:
    """Say which operations devices were told are done: the books must have all of them, once."""
    Path(PLAN["acknowledged"]).write_text(json.dumps(_acknowledged))
