"""Lists, search and the case page: what they show, in what order, in how many statements."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.cases import inbox
from mulin.cases.pages import case_page, resident_case
from mulin.cases.queries import export_rows, list_cases
from mulin.kernel import search
from mulin.voices.models import Voice

MOST = 10


@pytest.fixture
def few(speak, bring, world, cast):
    """Six cases in different states and places."""
    rows = {
        "lamp": speak(),
        "garbage": speak(text="垃圾堆在楼道口没人收，味道很大", category="garbage"),
        "water": speak(text="停水两天了，老人没法做饭", category="water_supply", kind="help"),
        "other": speak(place=world.other_home, text="同景的健身器材坏了", category="park"),
        "done": speak(text="井盖响得睡不着，请换胶圈", category="manhole_cover"),
        "sent": speak(text="占道摆摊堵了消防通道", category="road_occupation"),
    }
    bring(rows["done"].number, "done")
    bring(rows["sent"].number, "dispatched")
    return rows


def numbers(page) -> list[str]:
    return [case.number for case in page.items]


def warm(cast):
    list_cases(cast.district.actor)


def test_a_list_needs_at_most_ten_statements_however_long(few, cast, speak):
    for n in range(12):
        speak(text=f"第{n}盏路灯坏了，请来看看吧")
    warm(cast)
    for filters in ({}, {"q": "路灯"}, {"mine": True}, {"order": "newest", "category": "sanitation"}):
        with CaptureQueriesContext(
            connection,
        ) as done:
            page = list_cases(cast.district.actor, **filters)
            for case in page.items:
                assert case.place_name and case.category_name and case.state_label
                assert (case.lead.name if case.lead else "") is not None
                assert case.matter.voices_count == 1
        assert len(done) <= MOST, [q["sql"][:90] for q in done]


def test_a_case_page_needs_at_most_ten_statements(few, cast, do):
    number = few["sent"].number
    do("whistle", "clerk", number, orgs=[few["sent"].case().lead_id and _housing()], reason="一起来看")
    do("note", "clerk", number, text="店主答应周五前搬走")
    do("claim", "department", number)
    warm(cast)
    with CaptureQueriesContext(connection) as done:
        page = case_page(cast.clerk.actor, number)
        assert [line.text for line in page.timeline] and page.voices and page.clocks
    assert len(done) <= MOST, [q["sql"][:90] for q in done]


def _housing():
    from mulin.people.models import Organisation

    return Organisation.objects.get(name="南岸区住房城乡建委").id


def test_the_most_dangerous_comes_first_and_then_the_clock(few, cast, world):
    page = list_cases(cast.clerk.actor, place=world.home)
    order = [(-case.urgency, case.due_at) for case in page.items]
    assert order == sorted(order)
    assert few["other"].number not in numbers(page)
    assert numbers(page)[0] in {few["water"].number, few["done"].number}


def test_pages_follow_one_another_without_gaps_or_repeats(few, cast):
    for order in ("burning", "newest"):
        whole = numbers(list_cases(cast.district.actor, order=order))
        seen, cursor = [], None
        while True:
            page = list_cases(cast.district.actor, order=order, size=2, cursor=cursor)
            seen += numbers(page)
            cursor = page.next
            if cursor is None:
                break
        assert seen == whole and len(seen) == 6


@pytest.mark.parametrize("cursor", ["rubbish", "WyJ4Il0", "WzEsICJ4IiwgInkiXQ", "W10"])
def test_a_cursor_that_is_not_ours_gives_the_first_page(few, cast, cursor):
    assert numbers(list_cases(cast.clerk.actor, cursor=cursor)) == numbers(list_cases(cast.clerk.actor))


def test_filters_narrow_the_list(few, cast, world, later):
    def found(**filters):
        return set(numbers(list_cases(cast.district.actor, order="newest", **filters)))

    assert found(state="done") == {few["done"].number}
    assert found(state="done,dispatched") == {few["done"].number, few["sent"].number}
    assert found(category="sanitation") == {few["garbage"].number}
    assert found(kind="help") == {few["water"].number}
    assert found(place=world.other_home) == {few["other"].number}
    assert found(place=world.street) == {v.number for k, v in few.items() if k != "other"}
    assert few["lamp"].number in found(place=world.building) and few["other"].number not in found(
        place=world.grid
    )
    assert few["lamp"].number in found(place=world.estate)
    assert found(org=world.city_management.id) == {few["done"].number, few["sent"].number}
    assert found(severity="major") == set()
    assert found(place="nowhere") == set()
    assert found(org="nobody") == set()
    assert found(overdue=True) == set()
    with later(days=40):
        late = found(overdue=True)
        assert few["garbage"].number in late and few["done"].number not in late
        assert found(overdue=False) == {v.number for v in few.values()} - late
        assert found(until=few["lamp"].case().opened_on) and not found(since="2099-01-01")


def test_mine_is_what_my_unit_leads_or_was_called_to(few, cast, do, world):
    assert set(numbers(list_cases(cast.department.actor, mine=True, order="newest"))) == {
        few["done"].number, few["sent"].number
    }  # fmt: skip
    do("accept", "clerk", few["lamp"].number)
    do("whistle", "clerk", few["lamp"].number, orgs=[world.city_management.id], reason="来")
    assert few["lamp"].number in numbers(list_cases(cast.department.actor, mine=True))


def test_search_finds_words_and_numbers_within_what_one_may_see(few, cast, world):
    assert numbers(list_cases(cast.clerk.actor, q="消防通道")) == [few["sent"].number]
    assert numbers(list_cases(cast.clerk.actor, q=few["lamp"].number)) == [few["lamp"].number]
    spaced = f"{few['lamp'].number[:3]} {few['lamp'].number[3:6]} {few['lamp'].number[6:]}"
    assert numbers(list_cases(cast.clerk.actor, q=spaced)) == [few["lamp"].number]
    assert numbers(list_cases(cast.clerk.actor, q="健身器材")) == []
    assert numbers(list_cases(cast.other_clerk.actor, q="健身器材")) == [few["other"].number]
    assert numbers(list_cases(cast.district.actor, q="路灯", place=world.other_home)) == []


def test_search_pages_go_on_until_the_end(cast, speak):
    said = {speak(text=f"第{n}栋的路灯坏了，晚上很黑").number for n in range(7)}
    seen, cursor = [], None
    for _ in range(9):
        page = list_cases(cast.clerk.actor, q="路灯", size=2, cursor=cursor)
        seen += numbers(page)
        cursor = page.next
        if cursor is None:
            break
    assert sorted(seen) == sorted(said)


def test_an_export_has_a_header_every_row_and_no_contact(few, cast):
    rows = list(export_rows(cast.clerk.actor))
    assert rows[0][0] == "编号"
    assert {row[0] for row in rows[1:]} == {v.number for k, v in few.items() if k != "other"}
    assert all(len(row) == len(rows[0]) for row in rows)


def test_the_case_page_shows_what_every_level_reads_and_hides_the_contact(speak, cast, do, bring, world):
    said = speak(contact="13812345678")
    do("find-facts", "gridworker", said.number, facts={"basics": "灯坏三天"})
    do("accept", "clerk", said.number)
    do("dispatch", "clerk", said.number, org=world.city_management.id)
    page = case_page(cast.department.actor, said.number)
    assert page.voices[0].has_contact
    assert page.facts[0][2] == "灯坏三天"
    assert [row.org_name for row in page.involvements] == ["南岸区城市管理局"]
    assert any(line.text == "派给了南岸区城市管理局" and line.who == "郑洁" for line in page.timeline)
    assert "start" in [move.name for move in page.moves]
    assert page.waits_for == "等南岸区城市管理局开始办理"
    assert page.suggestions.routes


def test_a_resident_sees_units_but_no_names_of_workers_and_no_internal_words(speak, cast, do, bring):
    said = speak()
    do("note", "clerk", said.number, text="这个人常常投诉")
    bring(said.number, "done")
    page = resident_case(cast.resident.actor, Voice.objects.get(pk=said.voice.pk))
    text = " ".join(
        f"{line.text}{line.who}{line.org}{[w.text for w in line.words]}" for line in page.timeline
    )
    assert "南岸区城市管理局" in text and "郑洁" not in text and "褚强" not in text
    assert "常常投诉" not in text and "换了镇流器并试亮" not in text
    assert page.can_confirm and str(page.state_label) == "请您确认"


def test_the_inbox_shows_each_what_waits_for_them(few, cast, do, world):
    def waits(part):
        return {i.facts["number"]: i.facts["waits"] for i in inbox.items(getattr(cast, part).actor)}

    assert waits("clerk")[few["lamp"].number] == "accept"
    assert waits("department") == {few["sent"].number: "start"}
    assert few["lamp"].number not in waits("street")
    assert few["lamp"].number not in waits("district")
    assert waits("resident") == {}
    do("accept", "clerk", few["lamp"].number)
    assert waits("clerk")[few["lamp"].number] == "dispatch"
    do("object", "department", few["sent"].number, reason="不归我们")
    assert waits("clerk")[few["sent"].number] == "decide-objection"
    do("whistle", "clerk", few["lamp"].number, orgs=[world.city_management.id], reason="来")
    assert waits("department")[few["lamp"].number] == "answer-whistle"
    do("refuse", "clerk", few["garbage"].number, reason_code="elsewhere", reason="归城管直接办")
    assert waits("secretary")[few["garbage"].number] == "approve"
    assert few["garbage"].number not in waits("clerk")
    do("escalate", "clerk", few["water"].number, reason="全街道停水")
    do("escalate", "clerk", few["water"].number, reason="请街道协调")
    assert waits("street")[few["water"].number] == "accept"
    for part in ("clerk", "street", "department"):
        assert inbox.count(getattr(cast, part).actor) == len(waits(part))


def test_the_inbox_costs_two_statements(few, cast):
    warm(cast)
    with CaptureQueriesContext(connection) as done:
        inbox.items(cast.clerk.actor)
    assert len(done) <= 3


@pytest.mark.parametrize("part", ["clerk", "secretary", "gridworker", "resident"])
def test_search_finds_ones_own_behind_many_newer_hits_elsewhere(speak, cast, world, monkeypatch, part):
    """However many newer cases of a city hold the same words, those of one's own place come up."""
    monkeypatch.setattr("mulin.cases.queries.WALKED", 1)
    monkeypatch.setattr("mulin.kernel.search.LOOKED_UP", 1)
    monkeypatch.setattr("mulin.kernel.search._newest_known", {})
    mine = speak()
    for _ in range(3):
        speak(place=world.other_home)
    found = list_cases(getattr(cast, part).actor, q="路灯", size=1).items
    assert [case.number for case in found] == ([] if part == "resident" else [mine.number])


@pytest.mark.parametrize("window", [0, 1, 800])
@pytest.mark.parametrize("part", ["clerk", "district"])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_search_with_a_filter_turns_short_pages_until_every_case_was_seen(
    speak, cast, bring, monkeypatch, size, part, window
):
    """Two of six hits are kept by the filter: however few are looked at for a page, both come up, once."""
    monkeypatch.setattr("mulin.cases.queries.WALKED_NARROWED", window)
    monkeypatch.setattr("mulin.kernel.search.LOOKED_UP", 1)
    monkeypatch.setattr("mulin.kernel.search._newest_known", {})
    hits = [speak(text=f"路灯坏了第{n}盏") for n in range(6)]
    wanted = [hits[4], hits[1]]
    for one in wanted:
        bring(one.number, "dispatched")
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = list_cases(getattr(cast, part).actor, q="路灯", state="dispatched", size=size, cursor=cursor)
        seen += numbers(page)
        cursor, pages = page.next, pages + 1
    assert seen == [one.number for one in wanted]
    assert pages <= 7


@pytest.mark.parametrize("part", ["clerk", "department"])
def test_a_search_needs_at_most_ten_statements(few, cast, part):
    actor = getattr(cast, part).actor
    list_cases(actor, q="消防")
    with CaptureQueriesContext(connection) as done:
        page = list_cases(actor, q="消防")
    assert page.items and len(done) <= 5


def test_search_of_a_unit_looks_in_its_own_district_alone(speak, cast, do, bring, world):
    mine = speak()
    bring(mine.number, "dispatched")
    speak(place=world.other_home)
    assert [case.number for case in list_cases(cast.department.actor, q="路灯").items] == [mine.number]


@pytest.mark.parametrize("window", [0, 1, 99])
@pytest.mark.parametrize("level", [4, 6, 9, 12])
def test_hits_among_the_shown_are_the_same_however_they_are_looked_for(speak, monkeypatch, level, window):
    """In one district and in two, in a city, a street, a community; near the newest rows and far back."""
    monkeypatch.setattr("mulin.kernel.search._newest_known", {})
    homes = ["500108002005", "500108106003", "500112001001", "510104017005"]
    voices = list(Voice.objects.filter(number__in=[speak().number for _ in range(9)]).order_by("id"))
    lies = {voice.matter_id: homes[n % len(homes)] for n, voice in enumerate(voices)}
    for n, (matter, home) in enumerate(lies.items()):
        search.remove(matter)
        search.index("matter", matter, home, "路灯坏了")
        for _more in range(n % 3 * 2):  # neighbours said the same of the first ones
            search.index("matter", matter, home, "路灯还是坏的")
        search.index("matter", matter, home, "楼道的灯是好的")
    shown = Voice.objects.filter(pk__in=[voice.pk for voice in voices[:8]]).values("matter")
    for places in (*([home] for home in homes), homes[:2], homes[1:3], homes[2:], []):
        inside = tuple(place[:level] for place in places or [""])
        wanted = [matter for matter, home in lies.items() if home.startswith(inside)]
        found, before = [], 2**62
        while before:
            more, before = search.among(
                shown, "matter", "路灯", places=[place[:level].ljust(12, "0") for place in places],
                size=2, before=before, window=window,
            )  # fmt: skip
            found += more
        assert found == [matter for matter in reversed(wanted) if matter != voices[8].matter_id]
