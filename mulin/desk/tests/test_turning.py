"""Pages of a list both ways: the filters stay, and one comes back to where one was."""

import re
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from mulin.desk.turning import MOST, turning


def walk(query: str, steps: int) -> list[str]:
    """The addresses of the first pages of an endless list."""
    pages = [f"?{query}" if query else "?"]
    for n in range(steps):
        pages.append(turning(QueryDict(pages[-1][1:]), query, f"c{n + 1}").older)
    return pages


@pytest.mark.parametrize("query", ["", "state=accepted&q=%E7%81%AF"])
def test_every_page_leads_back_to_the_one_before(query):
    pages = walk(query, 5)
    for n in range(1, 6):
        back = turning(QueryDict(pages[n][1:]), query, "more").newer
        assert parse_qs(back[1:]) == parse_qs(pages[n - 1][1:])


def test_a_long_way_keeps_the_address_short_and_ends_at_the_first_page():
    pages = walk("mine=1", 40)
    assert len(pages[-1]) < 200
    at = pages[-1]
    for _turn in range(MOST + 1):
        found = turning(QueryDict(at[1:]), "mine=1", "more")
        assert found.first in ("", "?mine=1")
        at = found.newer
    assert at == "?mine=1"


def test_a_list_of_one_page_has_nothing_to_turn():
    found = turning(QueryDict(""), "", None)
    assert (found.newer, found.older, found.first) == ("", "", "")


@pytest.mark.django_db
def test_the_list_of_cases_can_be_turned_back(clerk, speak, page_of, monkeypatch):
    from mulin.desk.reading import cases as reading

    small = reading.listed
    monkeypatch.setattr(reading, "listed", lambda actor, what, at: small(actor, what, at, size=2))
    texts = ["井盖松了一过车就响", "路灯不亮看不见路", "垃圾桶满了没人收", "石板松动会绊倒人"]
    for text in texts:
        speak(text=f"{text}，请尽快来处理。")
    first = page_of(clerk, "/desk/cases/?order=newest")
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = page_of(clerk, f"/desk/cases/{following}")
    assert "order=newest" in following
    back = re.search(r'rel="prev" href="([^"]+)"', second)[1].replace("&amp;", "&")
    again = page_of(clerk, f"/desk/cases/{back}")
    numbers = r'class="case-row__number number">(\d+)'
    assert re.findall(numbers, again) == re.findall(numbers, first) != re.findall(numbers, second)
