"""People at work: threads that report and move cases over HTTP, and remember every answer they fully read.

A request that got no answer, or one of 500 and above, is sent again with the same Idempotency-Key until it
gets one: so at the end every request was acknowledged, and must have happened exactly once.
"""

import base64
import http.client
import io
import itertools
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any

PLACE = "500108002005"
TIMEOUT = 30
GIVE_UP = 150
THINGS = ("楼道灯", "门禁", "水管", "电梯按钮", "垃圾桶", "健身器材", "井盖", "路面", "围栏", "晾衣架")
# The journal's line of each move, in the order in which a case meets them.
CODES = {
    "accept": "cases.case.accepted",
    "extend": "cases.case.extended",
    "start": "cases.case.started",
    "finish": "cases.case.finished",
    "reopen": "cases.case.reopened",
}


@dataclass
class Ledger:
    """What was acknowledged. Threads only append, and the interpreter makes that safe."""

    voices: list[dict[str, Any]] = field(default_factory=list)
    moves: list[dict[str, Any]] = field(default_factory=list)
    broken: int = 0
    refused: list[str] = field(default_factory=list)
    unavailable: int = 0

    def dump(self) -> dict[str, Any]:
        """What the audit compares with the database."""
        return {
            "voices": [
                {
                    "number": made["answer"]["number"],
                    "text": made["body"]["text"],
                    "photos": len(made["body"].get("photos", ())),
                }
                for made in self.voices
            ],
            "moves": [{"number": made["number"], "code": made["code"]} for made in self.moves],
        }

    def __len__(self) -> int:
        return len(self.voices) + len(self.moves)


def picture(n: int) -> str:
    """A small photo that no other report has, as base64."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), (n % 256, n // 256 % 256, n // 65536 % 256)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


class Client(threading.Thread):
    """One person: reports something, handles what they reported, now and then reopens it."""

    def __init__(self, name: str, port: int, token: str, ledger: Ledger, gate: threading.Event):
        super().__init__(name=name, daemon=True)
        self.port, self.token, self.ledger, self.gate = port, token, ledger, gate
        self.random = random.Random(name)
        self.numbers = itertools.count()
        self.stopping = threading.Event()
        self.resting = threading.Event()
        self.mine: list[tuple[str, list[str]]] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                if not self.gate.is_set():
                    self.resting.set()
                    self.gate.wait(0.2)
                    continue
                self.resting.clear()
                self.step()
        except BaseException as error:
            self.failure = error
        finally:
            self.resting.set()

    def step(self) -> None:
        if self.mine and self.random.random() < 0.6:
            number, left = self.mine[self.random.randrange(len(self.mine))]
            self.move(number, left.pop(0))
            if not left:
                self.mine.remove((number, left))
        else:
            self.report()

    def report(self) -> None:
        n = next(self.numbers)
        thing = self.random.choice(THINGS)
        text = f"{n}栋{thing}坏了三天，编号{self.name}{n}，请来看看"
        body: dict[str, Any] = {"text": text, "place": PLACE, "kind": "help"}
        if self.random.random() < 0.2:
            body["photos"] = [picture(n)]
        key = f"voice-{self.name}-{n}"
        answer = self.acknowledged("/api/v1/voices", key, body)
        if answer is None:
            return
        self.ledger.voices.append({"path": "/api/v1/voices", "key": key, "body": body, "answer": answer})
        if answer["case"]:
            self.mine.append((answer["case"], self.plan()))

    def plan(self) -> list[str]:
        """The moves that this case will see, perhaps not all of them before the end."""
        first = ["accept", *(["extend"] if self.random.random() < 0.3 else []), "start", "finish"]
        return [*first, "reopen", "start", "finish"] if self.random.random() < 0.5 else first

    def move(self, number: str, move: str) -> None:
        n = next(self.numbers)
        key = f"move-{self.name}-{n}"
        fields: dict[str, dict[str, Any]] = {
            "extend": {"reason": f"配件要等，单号{n}"},
            "reopen": {"reason": f"又坏了一次，第{n}回"},
            "finish": {
                "done_text": f"已经更换并试用，工单{n}",
                "reply": f"您说的事今天修好了，换的零件编号是{self.name}{n}，有问题请再告诉我们。",
                "confirm_reply": True,
                "photos": [picture(n)],
            },
        }
        path, body = f"/api/v1/cases/{number}/{move}", fields.get(move)
        answer = self.acknowledged(path, key, body)
        if answer is not None:
            made = {"path": path, "key": key, "body": body, "answer": answer, "number": number}
            self.ledger.moves.append({**made, "code": CODES[move]})

    def acknowledged(self, path: str, key: str, body: Any) -> dict[str, Any] | None:
        """The answer of 2xx, however often it takes; None for a refusal, which is kept as a failure."""
        deadline = time.monotonic() + GIVE_UP
        while time.monotonic() < deadline:
            try:
                status, answer = self.post(path, key, body)
            except (OSError, http.client.HTTPException, ValueError):
                self.ledger.broken += 1
                time.sleep(0.15)
                continue
            if status < 300:
                return answer
            if status < 500:
                self.ledger.refused.append(f"{path} {key}: {status} {answer}")
                return None
            self.ledger.unavailable += 1
            if status != 503:
                self.ledger.refused.append(f"{path} {key}: {status} {answer}")
            time.sleep(0.25)
        raise AssertionError(f"no answer to {path} {key} in {GIVE_UP} s")

    def post(self, path: str, key: str, body: Any) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
            if body is not None:
                headers["Content-Type"] = "application/json"
            connection.request("POST", path, None if body is None else json.dumps(body).encode(), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


class Crowd:
    """All clients together: they work, rest for a check, and go home when their last request is answered."""

    def __init__(self, port: int, token: str, people: int = 4):
        self.ledger = Ledger()
        self.gate = threading.Event()
        self.clients = [Client(f"c{i}", port, token, self.ledger, self.gate) for i in range(people)]
        for client in self.clients:
            client.start()

    def work(self) -> None:
        self.gate.set()

    def rest(self) -> None:
        """Returns when every request under way has been acknowledged."""
        self.gate.clear()
        for client in self.clients:
            if not client.resting.wait(GIVE_UP + TIMEOUT):
                raise AssertionError(f"{client.name} is still waiting for an answer")
            if client.failure:
                raise client.failure

    def go_home(self) -> None:
        for client in self.clients:
            client.stopping.set()
        self.gate.set()
        for client in self.clients:
            client.join(GIVE_UP)
            if client.failure:
                raise client.failure

    def replay(self, many: int = 40) -> list[str]:
        """Send acknowledged requests once more with their keys: each must get the answer that it got."""
        problems = []
        for made in [*self.ledger.voices[-many:], *self.ledger.moves[-many:]]:
            status, found = self.clients[0].post(made["path"], made["key"], made["body"])
            if found != made["answer"]:
                problems.append(f"{made['key']} was answered otherwise the second time: {status} {found}")
        return problems
