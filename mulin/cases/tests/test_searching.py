"""Searches of cases against a plain count in Python: every case once, newest text first, whoever asks."""

import random
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.cases import queries
from mulin.cases.queries import Filters, list_cases
from mulin.kernel import search

PARTS = ("clerk", "gridworker", "street", "department", "district", "admin", "other_clerk", "resident")
WORDS = ("路灯", "垃圾", "坏了", "led", "停水")


@pytest.fixture
def told(speak, bring, world):
    """A score of matters in two communities, in several states; some were spoken of several times."""
    chance = random.Random(7)
    said = []
    for n in range(20):
        text = "，".join(chance.sample(WORDS, chance.randint(1, 4))) + f"，第{n}处，请来修一下"
        place = world.other_home if chance.random() < 0.4 else world.home
        said.append(speak(text=text, place=place))
        if place == world.home and chance.random() < 0.5:
            bring(said[-1].number, chance.choice(["accepted", "dispatched", "done"]))
    for _ in range(20):
        matter = chance.choice(said).voice.matter
        search.index("matter", matter.pk, matter.place, "".join(chance.sample(WORDS, 2)))


def texts_of_matters() -> list[tuple]:
    """(row number, matter, tokens) of every text."""
    if search.is_postgres():
        sql = "SELECT id, object, tsvector_to_array(tokens) FROM kernel_searchrow WHERE kind = 'matter'"
    else:
        sql = (
            "SELECT r.id, r.object, t.tokens FROM kernel_searchrow r"
            " JOIN kernel_searchtext t ON t.rowid = r.id WHERE r.kind = 'matter'"
        )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall()
    return [
        (row, str(key).replace("-", ""), set(words.split() if isinstance(words, str) else words))
        for row, key, words in rows
    ]


def asked_by_chance(chance: random.Random, world) -> dict:
    places = (world.home, world.other_home, world.street, world.district, world.city, world.grid)
    asked = {
        "place": (0.3, places),
        "state": (0.3, ("reported", "dispatched", "accepted,done")),
        "org": (0.15, (str(world.city_management.id),)),
        "mine": (0.15, (True,)),
        "is_open": (0.15, (True, False)),
        "overdue": (0.1, (True, False)),
        "suspended": (0.1, (True, False)),
    }
    return {name: chance.choice(values) for name, (share, values) in asked.items() if chance.random() < share}


@pytest.mark.parametrize("seed", range(3))
def test_every_search_finds_what_a_plain_count_finds_and_each_case_once(told, cast, world, monkeypatch, seed):
    chance, texts = random.Random(seed), texts_of_matters()
    hit = 0
    for _ in range(100):
        monkeypatch.setattr(queries, "WALKED", chance.choice([0, 1, 200]))
        monkeypatch.setattr(queries, "WALKED_NARROWED", chance.choice([0, 1, 400]))
        monkeypatch.setattr(queries, "FEW", chance.choice([0, 1, 5, 1000]))
        monkeypatch.setattr(search, "LOOKED_UP", chance.choice([1, 2, 7, 1000]))
        actor = getattr(cast, chance.choice(PARTS)).actor
        q, filters = " ".join(chance.sample(WORDS, chance.choice([1, 1, 2]))), asked_by_chance(chance, world)
        seen = {one.matter_id.hex for one in queries._rows(actor, Filters(**filters), "newest")}
        newest: dict[str, int] = {}
        for row, matter, tokens in texts:
            if matter in seen and set(search.tokens(q)) <= tokens:
                newest[matter] = max(row, newest.get(matter, 0))
        found, pages, size = [], [None], chance.choice([1, 2, 5, 50])
        while not found or pages[-1]:
            page = list_cases(actor, q=q, size=size, cursor=pages[-1], **filters)
            assert len(page.items) <= size
            found += [case.matter_id.hex for case in page.items]
            pages.append(page.next)
            if page.next is None:
                break
        assert found == sorted(newest, key=newest.get, reverse=True), (q, filters, size)
        assert all(one != other for one, other in pairwise(pages[1:]))
        hit += len(found)
    assert hit > 100


def test_who_leads_thousands_is_known_after_the_first_of_them(told, cast):
    actor = cast.department.actor
    with CaptureQueriesContext(connection) as asked:
        list_cases(actor, q="路灯", is_open=True)
    (few,) = (one["sql"] for one in asked.captured_queries if "WITH few" in one["sql"])
    assert few.count(f"LIMIT {queries.FEW + 1}") == len(queries._branches(actor)) > 1
