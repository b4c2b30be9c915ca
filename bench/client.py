"""A load of requests from a process of its own: keep-alive connections to loopback, stops by itself.

    python -m bench.client PLAN.json      (prints one JSON object)

The plan: {"port", "token", "connections", "seconds", "bodies": [text of a JSON body, …]}. Each connection
sends its next request when it has read the whole answer to the last one.
"""

import json
import selectors
import socket
import sys
import time
from pathlib import Path

MOST_SECONDS = 120


class Connection:
    """One keep-alive connection: what it waits for, and how long each of its requests took."""

    def __init__(self, port: int):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        self.sent_at = 0.0

    def send(self, request: bytes) -> None:
        self.buffer = b""
        self.sent_at = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> int | None:
        """The status of the answer once all of it is here."""
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.buffer += part
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        if not found or len(body) < self._length(head):
            return None
        return int(head[9:12])

    @staticmethod
    def _length(head: bytes) -> int:
        for line in head.split(b"\r\n"):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                return int(value)
        raise ConnectionError("the answer does not say how long it is")


def run(plan: dict) -> dict:
    """Send until the time is over; the answer holds every time in ms, and the statuses."""
    requests = [request(plan["token"], body) for body in plan["bodies"]]
    chooser = selectors.DefaultSelector()
    connections = [Connection(plan["port"]) for _ in range(plan["connections"])]
    times: list[float] = []
    statuses: dict[int, int] = {}
    started = time.perf_counter()
    end = started + min(plan["seconds"], MOST_SECONDS)
    for n, one in enumerate(connections):
        chooser.register(one.socket, selectors.EVENT_READ, one)
        one.send(requests[n % len(requests)])
    sent, waiting = len(connections), len(connections)
    while waiting:
        for key, _ in chooser.select(timeout=30):
            one = key.data
            status = one.read()
            if status is None:
                continue
            now = time.perf_counter()
            times.append((now - one.sent_at) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
            if now < end:
                one.send(requests[sent % len(requests)])
                sent += 1
            else:
                chooser.unregister(one.socket)
                waiting -= 1
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "times": times, "statuses": {str(k): v for k, v in statuses.items()}}


def request(token: str, body: str) -> bytes:
    content = body.encode()
    head = (
        "POST /api/v1/voices HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
