"""Many people, each with one request of their own: every one is sent once, over keep-alive connections.

    python -m bench.crowd PLAN.json      (prints one JSON object)

The plan: {"port", "connections", "requests": [{"path", "cookie"}, …]}. A request is a form's POST.
"""

import json
import selectors
import sys
import time
from pathlib import Path

from bench.client import Connection

TOKEN = "b" * 32  # the cookie and the field of a form must agree


def run(plan: dict) -> dict:
    """Send all; times in ms and statuses."""
    requests = [request(**one) for one in plan["requests"]]
    waiting = iter(requests)
    chooser = selectors.DefaultSelector()
    times: list[float] = []
    statuses: dict[int, int] = {}
    started = time.perf_counter()
    busy = 0
    for _ in range(min(plan["connections"], len(requests))):
        one = Connection(plan["port"])
        chooser.register(one.socket, selectors.EVENT_READ, one)
        one.send(next(waiting))
        busy += 1
    while busy:
        for key, _ in chooser.select(timeout=60):
            status = key.data.read()
            if status is None:
                continue
            times.append((time.perf_counter() - key.data.sent_at) * 1000)
            statuses[status] = statuses.get(status, 0) + 1
            following = next(waiting, None)
            if following is None:
                chooser.unregister(key.data.socket)
                busy -= 1
            else:
                key.data.send(following)
    seconds = time.perf_counter() - started
    return {"seconds": seconds, "times": times, "statuses": {str(k): v for k, v in statuses.items()}}


def request(path: str, cookie: str) -> bytes:
    body = f"csrfmiddlewaretoken={TOKEN}&heads=1"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Cookie: sessionid={cookie}; csrftoken={TOKEN}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


if __name__ == "__main__":
    print(json.dumps(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
