"""Every page in both languages, normal and elder mode, phone and desk: axe finds nothing serious, nothing is
said in the console, and nothing is asked of another host.

Four rounds show each pair of language, mode and size once: an orthogonal array instead of all eight.
"""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.pages import NOT_PAGES
from tests.matrix import table
from tests.matrix.routes import all_routes

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
ROUNDS = [
    ("zh-hans", False, PHONE),
    ("zh-hans", True, DESK),
    ("en", False, DESK),
    ("en", True, PHONE),
]
RUN = """() => axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
}).then(found => found.violations.map(one => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 3).map(node => node.target.join(' ')),
})))"""
BAD = {"serious", "critical"}


@pytest.fixture(scope="session")
def readable() -> set[str]:
    """Names of the routes that answer GET with a page to somebody, as the matrix says."""
    names = {route.path: route.name for route in all_routes()}
    return {
        names[key[0]]
        for key, row in table.read().items()
        if key[1] == "GET" and "ok" in row.cells.values() and not key[0].startswith(("api/", "open311/"))
    }


@pytest.fixture(scope="session")
def pages(instance_home, readable) -> list[dict[str, str]]:
    known = json.loads((instance_home / "pages.json").read_text(encoding="utf-8"))
    return [page for page in known if page["name"] in readable]


def test_every_page_of_the_matrix_has_an_address_to_look_at(pages, readable):
    missing = readable - {page["name"] for page in pages} - NOT_PAGES
    assert not missing, f"no address in tests/browser/pages.py for: {sorted(missing)}"


@pytest.mark.parametrize(
    ("language", "elder", "size"), ROUNDS, ids=["zh-phone", "zh-elder-desk", "en-desk", "en-elder-phone"]
)
def test_axe_finds_nothing_serious_on_any_page(people, site, pages, language, elder, size):
    assert AXE.is_file(), "axe is not here: run `python assets.py --dev`"
    open_pages = {}
    found: dict[str, list[str]] = defaultdict(list)
    wanted = os.environ.get("MULIN_BROWSER_PAGES", "")
    for entry in (entry for entry in pages if wanted in entry["url"]):
        who = entry["who"]
        if who not in open_pages:
            page = people(who, size=size, language=language)
            page.context.add_init_script(path=AXE)
            page.context.add_cookies([{"name": "mulin_elder", "value": "1" if elder else "0", "url": site}])
            open_pages[who] = page
        page = open_pages[who]
        answer = page.goto(entry["url"], wait_until="load")
        if answer.status >= 400:
            found[f"serious: answered {answer.status}"].append(f"{entry['url']} as {who or 'anonymous'}")
            continue
        for one in page.evaluate(RUN):
            words = f"{one['impact']}: {one['id']}: {one['help']}"
            found[words].append(f"{entry['url']} as {who or 'anonymous'}: {'; '.join(one['nodes'])}")
    told = [
        f"{words} ({len(where)})\n    " + "\n    ".join(where[:4]) for words, where in sorted(found.items())
    ]
    print("\n".join(told))
    bad = [one for one in told if one.split(":")[0] in BAD]
    assert not bad, "\n" + "\n".join(bad)
