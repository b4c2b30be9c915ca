"""The list of cases: filters, views, batches, Excel, print, map."""

import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from mulin.cases.models import Case, SavedView
from mulin.desk import exporting
from mulin.desk.tests.conftest import undo_of
from mulin.kernel.models import Entry, Job
from mulin.people.models import Post


def listed(page: str) -> list[str]:
    return re.findall(r'name="n" value="(\d{10})"', page)


@pytest.fixture
def three(speak, bring):
    """One reported, one accepted, one dispatched case."""
    first = speak()
    second = speak(text="井盖松了，一过车就响，晚上睡不着。", category="")
    third = speak(text="楼下垃圾三天没清，臭得很。", category="", kind="help")
    bring(second.number, "accepted")
    bring(third.number, "dispatched")
    return first, second, third


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, {0, 1, 2}),
        ({"state": "accepted"}, {1}),
        ({"state": "reported,dispatched"}, {0, 2}),
        ({"category": "street_lamp"}, {0}),
        ({"kind": "help"}, {2}),
        ({"severity": "major"}, set()),
        ({"q": "井盖"}, {1}),
        ({"q": "垃圾", "state": "accepted"}, set()),
        ({"period": "today"}, {0, 1, 2}),
        ({"since": "2099-01-01"}, set()),
        ({"until": "2001-01-01"}, set()),
        ({"overdue": "1"}, set()),
        ({"suspended": "1"}, set()),
        ({"ended": "1"}, set()),
        ({"order": "newest"}, {0, 1, 2}),
        ({"place": "500108002005-B001"}, {0, 1, 2}),
        ({"place": "500108002005-B002"}, set()),
        ({"place": "500108002005-G001"}, {0, 1, 2}),
        ({"place": "nonsense", "state": "nonsense", "since": "nonsense"}, {0, 1, 2}),
    ],
)
def test_a_filter_keeps_just_what_it_says(query, expected, clerk, three, page_of):
    assert set(listed(page_of(clerk, "/desk/cases/", **query))) == {three[n].number for n in expected}


def test_mine_is_what_my_unit_leads(browser, three, page_of):
    assert listed(page_of(browser("department"), "/desk/cases/", mine="1")) == [three[2].number]


def test_another_community_sees_none_of_it(browser, three, page_of):
    assert listed(page_of(browser("other_clerk"), "/desk/cases/")) == []


def test_pages_follow_each_other_without_gap_or_repeat(clerk, speak, page_of, monkeypatch):
    from mulin.desk.reading import cases as reading

    numbers = {speak(text=f"第{n}处井盖松了，一过车就响。").number for n in range(5)}
    whole = reading.listed
    monkeypatch.setattr(reading, "listed", lambda a, w, c, **k: whole(a, w, c, **{**k, "size": 2}))
    seen: list[str] = []
    query: dict = {"order": "newest"}
    while True:
        page = page_of(clerk, "/desk/cases/", **query)
        seen += listed(page)
        following = re.search(r'rel="next" href="[^"]*cursor=([A-Za-z0-9_-]+)', page)
        if not following or len(seen) > 5:
            break
        query["cursor"] = following[1]
    assert len(seen) == 5 and set(seen) == numbers


def test_the_list_costs_at_most_ten_statements(clerk, three, bring, speak):
    for n in range(6):
        speak(text=f"第{n}处井盖松了，一过车就响。")
    clerk.get("/desk/cases/")
    for query in ({}, {"q": "井盖"}, {"place": "500108002005-G001", "state": "reported"}):
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get("/desk/cases/", query).status_code == 200
        assert len(asked) - 3 <= 10, query


def test_a_case_opened_from_the_list_keeps_the_list_beside_it(clerk, three, page_of):
    page = page_of(clerk, "/desk/cases/", state="accepted")
    address = re.search(r'href="(/desk/cases/\d{10}/\?list=[^"]+)"', page)[1].replace("&amp;", "&")
    seen = page_of(clerk, address)
    pane = re.search(r'hx-get="(/desk/cases/pane/[^"]+)"', seen)[1].replace("&amp;", "&")
    beside = page_of(clerk, pane)
    assert three[1].number in beside and three[0].number not in beside


def test_what_nobody_has_classified_can_be_listed_alone(clerk, three, page_of):
    from mulin.cases.models import Case

    Case.objects.filter(number=three[1].number).update(category="")
    page = page_of(clerk, "/desk/cases/", category="unclassified")
    assert listed(page) == [three[1].number]
    assert 'value="unclassified" selected' in page


class TestViews:
    """A filter under a name: saved, renamed, taken away; one's own only."""

    def test_a_filter_is_saved_renamed_and_deleted(self, clerk, cast, page_of):
        answer = clerk.post(
            "/desk/views/save/", {"name": "待派的", "query": "state=accepted&cursor=x&evil=1"}
        )
        assert answer.url == "/desk/cases/?state=accepted"
        view = SavedView.objects.get(account=cast.clerk.account)
        assert (view.name, view.query) == ("待派的", "state=accepted")
        assert "待派的" in page_of(clerk, "/desk/cases/")
        before = Entry.objects.filter(code__startswith="cases.view.").count()
        clerk.post(f"/desk/views/{view.pk}/", {"name": "等着派的"})
        assert Entry.objects.filter(code__startswith="cases.view.").count() == before + 1
        view = SavedView.objects.get(account=cast.clerk.account)
        assert (view.name, view.query) == ("等着派的", "state=accepted")
        page = clerk.post(f"/desk/views/{view.pk}/", {"name": view.name, "delete": "1"}, follow=True)
        assert not SavedView.objects.exists()
        address, fields = undo_of(page.content.decode())
        clerk.post(address, fields)
        assert SavedView.objects.get().query == "state=accepted"

    def test_two_views_never_get_the_same_name(self, clerk, page_of):
        for name, query in (("一", "state=accepted"), ("二", "state=done")):
            clerk.post("/desk/views/save/", {"name": name, "query": query})
        first = SavedView.objects.get(name="一")
        answer = clerk.post(f"/desk/views/{first.pk}/", {"name": "二"}, follow=True)
        assert "已经有同名的视图" in answer.content.decode()
        assert set(SavedView.objects.values_list("name", flat=True)) == {"一", "二"}

    def test_somebody_elses_view_is_not_there(self, clerk, browser, cast):
        clerk.post("/desk/views/save/", {"name": "我的", "query": "state=accepted"})
        view = SavedView.objects.get()
        assert browser("secretary").post(f"/desk/views/{view.pk}/", {"delete": "1"}).status_code == 404
        assert SavedView.objects.exists()

    def test_a_view_without_a_name_says_what_is_missing(self, clerk):
        answer = clerk.post("/desk/views/save/", {"name": " ", "query": ""}, follow=True)
        assert "请起个名字" in answer.content.decode()


class TestBatch:
    """The same move on many cases, with a word for each that did not go."""

    def test_the_result_counts_both_and_says_why(self, clerk, three):
        numbers = [one.number for one in three]
        answer = clerk.post("/desk/cases/batch/", {"move": "accept", "n": numbers}, follow=True)
        page = answer.content.decode()
        assert "1 件已受理，2 件没有" in page
        assert "现在是“已派出”" in page and three[2].number in page

    def test_dispatch_asks_for_the_unit_once(self, clerk, three, world):
        numbers = [three[0].number, three[1].number]
        asked = clerk.post("/desk/cases/batch/", {"move": "dispatch", "n": numbers})
        assert asked.status_code == 200 and str(world.housing.id) in asked.content.decode()
        fields = {"move": "dispatch", "n": numbers, "org": str(world.housing.id)}
        assert "2 件已派出" in clerk.post("/desk/cases/batch/", fields, follow=True).content.decode()
        assert {one.case().lead_id for one in three[:2]} == {world.housing.id}

    def test_merge_keeps_the_chosen_one(self, clerk, three):
        numbers = [three[0].number, three[1].number]
        fields = {"move": "merge", "n": numbers, "into": three[0].number}
        assert "1 件已合并" in clerk.post("/desk/cases/batch/", fields, follow=True).content.decode()
        assert (three[0].case().state, three[1].case().state) == ("reported", "merged")

    def test_a_batch_that_was_claimed_or_merged_can_be_taken_back(self, clerk, three):
        numbers = [one.number for one in three[:2]]
        page = clerk.post("/desk/cases/batch/", {"move": "claim", "n": numbers}, follow=True)
        address, fields = undo_of(page.content.decode())
        back = clerk.post(address, fields, follow=True).content.decode()
        assert "2 件已还回" in back and {one.case().handler_id for one in three} == {None}
        page = clerk.post(
            "/desk/cases/batch/", {"move": "merge", "n": numbers, "into": numbers[0]}, follow=True
        )
        address, fields = undo_of(page.content.decode())
        assert "1 件已拆开" in clerk.post(address, fields, follow=True).content.decode()
        assert three[1].case().state == "accepted"

    def test_a_claimed_batch_goes_back_to_who_had_each(self, clerk, cast, do, three):
        _free, taken, own = three
        do("claim", "secretary", taken.number)
        do("claim", "clerk", own.number)
        numbers = [one.number for one in three]
        page = clerk.post("/desk/cases/batch/", {"move": "claim", "n": numbers}, follow=True)
        assert {one.case().handler_id for one in three} == {cast.clerk.id}
        address, fields = undo_of(page.content.decode())
        back = clerk.post(address, fields, follow=True).content.decode()
        assert "2 件已还回" in back and "件没有" not in back
        handlers = [one.case().handler_id for one in three]
        assert handlers == [None, cast.secretary.id, cast.clerk.id]

    def test_no_way_back_is_offered_to_a_handler_who_has_gone(self, clerk, cast, do, three):
        taken = three[1]
        do("claim", "secretary", taken.number)
        Post.objects.filter(account=cast.secretary.account).update(ends_on="2020-01-01")
        page = clerk.post("/desk/cases/batch/", {"move": "claim", "n": [taken.number]}, follow=True)
        assert "1 件由您经办了" in page.content.decode() and 'class="undo"' not in page.content.decode()

    def test_claim_and_print(self, clerk, cast, three):
        numbers = [one.number for one in three]
        clerk.post("/desk/cases/batch/", {"move": "claim", "n": numbers})
        assert {one.case().handler_id for one in three} == {cast.clerk.id}
        printed = clerk.post(
            "/desk/cases/batch/", {"move": "print", "n": numbers[:2]}, follow=True
        ).content.decode()
        assert numbers[0] in printed and numbers[2] not in printed

    def test_nothing_ticked_is_said(self, clerk, three):
        assert (
            "请先勾选" in clerk.post("/desk/cases/batch/", {"move": "accept"}, follow=True).content.decode()
        )

    def test_a_move_that_is_no_batch_move_is_not_there(self, clerk, three):
        assert clerk.post("/desk/cases/batch/", {"move": "close", "n": [three[0].number]}).status_code == 404

    def test_cases_of_elsewhere_do_not_go_along(self, browser, three):
        client = browser("other_clerk")
        page = client.post("/desk/cases/batch/", {"move": "accept", "n": [three[0].number]}, follow=True)
        assert "没有找到这个编号的事项" in page.content.decode()
        assert three[0].case().state == "reported"

    def test_a_grid_worker_cannot_dispatch_many(self, browser, three):
        fields = {"move": "dispatch", "n": [three[0].number]}
        assert browser("gridworker").post("/desk/cases/batch/", fields).status_code == 403


class TestExport:
    """Excel at once when short, as a job when long; no contact in either."""

    def rows(self, content: bytes) -> list[list]:
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    def test_the_file_holds_the_filtered_rows(self, clerk, three):
        answer = clerk.get("/desk/cases/export/", {"state": "accepted"})
        rows = self.rows(answer.content)
        assert [row[0] for row in rows[1:]] == [three[1].number]
        assert not any("13912345678" in str(cell) for row in rows for cell in row)

    def test_a_text_that_looks_like_a_formula_stays_a_text(self, clerk, speak):
        speak(text="=HYPERLINK(“x”) 路灯坏了", category="")
        rows = self.rows(clerk.get("/desk/cases/export/").content)
        assert str(rows[1][1]).startswith("=HYPERLINK")

    def test_a_long_list_becomes_a_job_with_a_file(self, clerk, cast, three, monkeypatch, page_of):
        monkeypatch.setattr(exporting, "AT_ONCE", 2)
        answer = clerk.get("/desk/cases/export/")
        job = Job.objects.get(account=cast.clerk.account)
        assert answer.url == f"/desk/jobs/{job.pk}/"
        assert (job.state, job.result) == ("done", {"rows": 3})
        assert "下载 Excel" in page_of(clerk, answer.url)
        content = b"".join(clerk.get(f"{answer.url}file/").streaming_content)
        assert {row[0] for row in self.rows(content)[1:]} == {one.number for one in three}

    def test_a_job_is_its_owners_alone(self, clerk, browser, three, monkeypatch):
        monkeypatch.setattr(exporting, "AT_ONCE", 2)
        address = clerk.get("/desk/cases/export/").url
        other = browser("secretary")
        for part in ("", "state/", "file/"):
            assert other.get(address + part).status_code == 404
        assert other.post(f"{address}stop/").status_code == 404


def test_the_printed_list_says_where_and_how_many(clerk, three, page_of):
    seen = page_of(clerk, "/desk/cases/print/", place="500108002005")
    assert "3 件" in seen and "金堰社区" in seen and three[0].number in seen


def test_the_map_shows_every_case_with_a_position_once(clerk, three):
    found = clerk.get("/desk/cases/pins/").json()
    pinned = [one["url"] for f in found["features"] for one in f["properties"]["cases"]]
    assert sorted(pinned) == sorted(one.url for one in three) and found["total"] == 3


def test_cases_at_one_building_are_one_point_that_has_the_worst_colour(clerk, three):
    Case.objects.filter(number=three[0].number).update(urgency=3)
    points = clerk.get("/desk/cases/pins/").json()["features"]
    assert len(points) == 1
    facts = points[0]["properties"]
    assert (facts["n"], facts["tone"]) == (3, "urgent")
    assert facts["cases"][0]["url"] == three[0].url
    assert "13912345678" not in str(facts)


def test_a_search_says_that_the_newest_come_first_and_offers_no_other_order(clerk, speak, page_of):
    speak(text="院子里的路灯坏了")
    page = page_of(clerk, "/desk/cases/?q=路灯&order=burning")
    assert "新的在前" in page and "先急后缓" not in page
    assert "先急后缓" in page_of(clerk, "/desk/cases/")


def test_a_single_character_beside_a_word_hides_nothing(clerk, speak, page_of):
    said = speak(text="二单元楼道的灯坏了")
    for words in ("楼道 灯", "灯 楼道", "楼道"):
        assert listed(page_of(clerk, "/desk/cases/", q=words)) == [said.number]


def test_a_search_for_one_character_says_that_it_takes_two(clerk, speak, page_of):
    speak(text="院子里的路灯坏了")
    for page in ("/desk/cases/", "/desk/search/"):
        assert "请写两个字以上" in page_of(clerk, page, q="灯")
        assert "请写两个字以上" not in page_of(clerk, page, q="路灯")
        assert "请写两个字以上" not in page_of(clerk, page, q="电梯")
