"""The rail has a few entries; what belongs together are tabs on each other's list pages."""

import re

import pytest

LISTS = {
    "topics": "/desk/council/",
    "meetings": "/desk/council/meetings/",
    "conversations": "/desk/council/conversations/",
    "votes": "/desk/council/votes/",
    "rosters": "/desk/council/rosters/",
    "resolutions": "/desk/council/resolutions/",
    "canvasses": "/desk/council/canvasses/",
    "proposals": "/desk/council/proposals/",
}
NEEDS = ["/desk/wishes/", "/desk/needs/", "/desk/surveys/"]
# What fits at 1280 by 720: the mark, and as many entries of 3.25 rem with their gaps.
MOST = 11


def rail(page: str) -> dict[str, str]:
    """name -> address, those of the phone's 更多 left out."""
    part = page.partition('class="rail"')[2].partition("</nav>")[0]
    return {name: url for url, name in re.findall(r'<a href="([^"]+)" data-rail="(\w+)"', part)}


def current(page: str) -> list[str]:
    part = page.partition('class="rail"')[2].partition("</nav>")[0]
    return re.findall(r'data-rail="(\w+)" aria-current="page"', part)


def tabs(page: str) -> list[str]:
    part = page.partition("tabs--lists")[2].partition("</ul>")[0]
    return re.findall(r'<a href="([^"]+)"', part)


@pytest.mark.parametrize("part", ["clerk", "secretary", "street", "department", "gridworker"])
def test_no_rail_is_longer_than_a_small_screen(part, browser, page_of):
    assert len(rail(browser(part).get("/desk/", follow=True).content.decode())) <= MOST


def test_all_of_councils_is_one_entry(clerk, page_of):
    found = rail(page_of(clerk, "/desk/"))
    assert found["topics"] == "/desk/council/" and found["wishes"] == "/desk/wishes/"
    assert not {*LISTS, "needs", "surveys"} - {"topics"} & set(found)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_of_councils_leads_to_the_others(name, clerk, page_of):
    page = page_of(clerk, LISTS[name])
    assert set(tabs(page)) == set(LISTS.values()) and current(page) == ["topics"]
    part = page.partition("tabs--lists")[2].partition("</ul>")[0]
    assert re.findall(r'<a href="([^"]+)" aria-current="page"', part) == [LISTS[name]]


@pytest.mark.parametrize("url", NEEDS)
def test_wishes_needs_and_surveys_stand_beside_each_other(url, clerk, page_of):
    page = page_of(clerk, url)
    assert tabs(page) == NEEDS and current(page) == ["wishes"]


def test_below_a_list_its_entry_stays_lit_and_the_tabs_are_away(clerk, page_of):
    page = page_of(clerk, "/desk/council/meetings/new/")
    assert current(page) == ["topics"] and not tabs(page)


def test_who_may_open_only_one_of_several_has_that_one_under_its_own_name(browser, page_of):
    """A department answers proposals and owns needs; the rest of both groups is not its to open."""
    page = page_of(browser("department"), "/desk/needs/")
    found = rail(page)
    assert found["wishes"] == "/desk/needs/" and found["topics"] == "/desk/council/proposals/"
    assert not tabs(page)
    for name, title in (("wishes", "急难愁盼"), ("topics", "民情直通车")):
        assert re.search(rf'data-rail="{name}".*?<span>([^<]+)</span>', page)[1] == title
