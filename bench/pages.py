"""Part 7: what a phone loads when it first opens a page, counted from the real server's answers."""

import http.client
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from django.db import connection

from bench import databases, servers, texts, worlds
from bench.figures import Figure, at_most
from bench.measure import NothingMeasured
from bench.options import Options

DATABASE = "bench_pages"
GOAL_KB = 60.0
MATTERS = 24


def measure(options: Options) -> list[Figure]:
    databases.make(DATABASE, worlds.template())
    secret = _content()
    connection.close()
    paths = {
        "/": "/",
        "/report": f"/report?place={worlds.HOME}",
        "/c/<place>/": f"/c/{worlds.HOME}/",
        "/r/<secret>": f"/r/{secret}",
        "/register/": "/register/",
    }
    with servers.running(DATABASE, with_worker=False) as server:
        figures = [_figure(name, _load(server.port, path)) for name, path in paths.items()]
    databases.drop(DATABASE)
    return figures


def _content() -> str:
    """A community with wishes, offers and published matters; the secret of one voice."""
    from mulin.kernel import worker
    from mulin.kernel.actors import ANONYMOUS
    from mulin.people.models import Account
    from mulin.people.queries import actor_by_id
    from mulin.voices.actions import publish_matter, submit_voice

    street = actor_by_id(Account.objects.get(username="street").pk)
    said = texts.pool(MATTERS)
    secret = ""
    for n, text in enumerate(said):
        kind = ("wish", "offer", "help", "complaint")[n % 4]
        receipt = submit_voice(actor=ANONYMOUS, text=text, place=worlds.HOME, kind=kind, severity="minor")
        matter = receipt.voice.matter
        secret = receipt.secret if kind == "help" else secret
        if matter.publication == "asked":
            publish_matter(actor=street, number=matter.number, title=text[:20], text=text)
    worker.settle()
    return secret


@dataclass
class Loaded:
    """The parts of one page with their compressed sizes in bytes, and what compressed them."""

    sizes: dict[str, int] = field(default_factory=dict)
    codings: dict[str, str] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.sizes.values())


class Parts(HTMLParser):
    """What a browser fetches of its own accord: styles, scripts, pictures, icons and the manifest."""

    def __init__(self, base: str):
        super().__init__()
        self.base = base
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        known = dict(given)
        wanted = known.get("src") if tag in {"script", "img"} else None
        if tag == "link" and set((known.get("rel") or "").split()) & {
            "stylesheet",
            "icon",
            "manifest",
            "modulepreload",
        }:
            wanted = known.get("href")
        if wanted and not wanted.startswith("data:"):
            self.found[urljoin(self.base, wanted)] = None


def _load(port: int, path: str) -> Loaded:
    loaded = Loaded()
    base = f"http://127.0.0.1:{port}"
    for _ in range(5):  # a browser follows
        status, headers, body, plain = _get(port, path)
        if status not in {301, 302, 303}:
            break
        path = urljoin(f"{base}{path}", headers["location"]).removeprefix(base)
    if status != 200 or b"</html>" not in plain:
        raise NothingMeasured(f"{path} answers {status}")
    _keep(loaded, path, headers, body)
    parser = Parts(base + path)
    parser.feed(plain.decode())
    for url in parser.found:
        if not url.startswith(base):
            raise NothingMeasured(f"{path} loads {url}, from elsewhere")
        part = url.removeprefix(base)
        status, headers, body, _plain = _get(port, part)
        if status != 200:
            raise NothingMeasured(f"{path} loads {part}, which answers {status}")
        _keep(loaded, part, headers, body)
    return loaded


def _keep(loaded: Loaded, path: str, headers: dict[str, str], body: bytes) -> None:
    loaded.sizes[path] = len(body)
    loaded.codings[path] = headers.get("content-encoding", "none")


def _get(port: int, path: str) -> tuple[int, dict[str, str], bytes, bytes]:
    """(status, headers, body as it came over the wire, body unpacked)."""
    session = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    session.request("GET", path, headers={"Accept-Encoding": "br, gzip", "Accept-Language": "zh-CN"})
    answer = session.getresponse()
    body = answer.read()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    session.close()
    return answer.status, headers, body, _unpacked(body, headers.get("content-encoding", ""))


def _unpacked(body: bytes, coding: str) -> bytes:
    import gzip

    import brotli

    return {"br": brotli.decompress, "gzip": gzip.decompress}.get(coding, bytes)(body)


def _figure(name: str, loaded: Loaded) -> Figure:
    total = loaded.total / 1000
    heaviest = sorted(loaded.sizes.items(), key=lambda item: -item[1])
    note = ", ".join(
        f"{path.rpartition('/')[2] or path} {size / 1000:.1f} ({loaded.codings[path]})"
        for path, size in heaviest
    )
    label = f"{name}, {len(loaded.sizes)} files"
    return Figure(
        "pages",
        label,
        databases.name(),
        round(total, 1),
        "kB",
        **at_most(round(total, 1), GOAL_KB, " kB"),
        note=note,
    )
