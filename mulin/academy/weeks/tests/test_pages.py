"""The journey through the pages: an offer, a teacher, a week, a hand on it, publishing, what is seen."""

import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.academy.sessions.models import Session
from mulin.academy.weeks import states
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock

HOME = "500108002005"


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


def _desk(name: str, *args) -> str:
    return reverse(f"academy_desk:{name}", args=args)


def _asked_in(clerk, offer) -> Teacher:
    """The offer is asked in, talked with, checked."""
    assert offer.matter.title in clerk.get(_desk("teacher-offers")).content.decode()
    new = f"{_desk('teacher-new')}?order={offer.number}"
    assert clerk.get(new).status_code == 200
    given = {
        "place": HOME,
        "name": "陈老师",
        "skills": ["calligraphy"],
        "answer": "请来谈谈。",
        "is_named": "on",
    }
    answer = clerk.post(new, {**given, "day_0": "3", "from_0": "14:00", "to_0": "17:30"})
    one = Teacher.objects.get()
    assert answer.url == _desk("teacher", one.number)
    clerk.post(_desk("teacher-talk", one.number), {"on": clock.today().isoformat(), "note": "周三下午"})
    checked = {"on": clock.today().isoformat(), "is_clear": "yes", "paper": "档案 7"}
    clerk.post(_desk("teacher-check", one.number), checked)
    assert "档案 7" in clerk.get(_desk("teacher", one.number)).content.decode()
    return one


def _planned(clerk, monday) -> Week:
    answer = clerk.post(_desk("week-new"), {"place": HOME, "monday": monday.isoformat()})
    week = Week.objects.get()
    assert answer.url == _desk("week", week.number)
    clerk.post(_desk("week-solve", week.number), {"seconds": "1"})
    return Week.objects.get()


def _begin() -> str:
    return Week.objects.get().solution["sessions"][0]["from"]


def _move_by_hand(clerk, week: Week, room, one: Teacher) -> None:
    """Seen first, refused where a rule is broken, saved where none is, and undone."""
    (key,) = week.wishes
    url = _desk("week-session", week.number, key)
    form = {"day": "5", "begin": "10:00", "venue": room.number, "teacher": one.number}
    seen = clerk.post(url, {**form, "look": "1"}).content.decode()
    assert str(states.DESPITE["slots"]) in seen and str(states.DESPITE["teacher_times"]) in seen
    assert clerk.post(url, {**form, "save": "1"}).status_code == 422
    form["day"], form["begin"] = "3", "15:00"
    assert clerk.post(url, {**form, "save": "1"}).status_code == 302
    assert _begin() == "15:00"
    clerk.post(_desk("week-move", week.number, "undo"))
    assert _begin() == "14:00"


def test_from_an_offer_to_the_published_week_through_the_pages(
    clerk, client_for, cast, order, venue, monday, client
):
    room = venue()
    slots = [{"day": 3, "from": "14:00", "to": "17:30"}]
    offer = order("calligraphy", kind="offer", state="gathered", slots=slots)
    order("calligraphy")
    one = _asked_in(clerk, offer)
    week = _planned(clerk, monday)
    page = clerk.get(_desk("week", week.number)).content.decode()
    assert room.name in page and "陈老师" in page and str(states.WEEK_STATES["proposed"][0]) in page
    _move_by_hand(clerk, week, room, one)
    assert clerk.post(_desk("week-publish", week.number), {"until": ""}).status_code == 302
    session = Session.objects.get()
    page = client.get(reverse("academy:weeks-of", args=[HOME])).content.decode()
    assert session.title in page and "陈老师" in page and "14:00–15:30" in page
    page = client.get(reverse("academy:week", args=[week.number])).content.decode()
    assert "14:00–15:30" in page and "这个时段只有这一门要" in page
    assert client.get(reverse("academy:week-print", args=[week.number])).status_code == 200
    assert "陈老师" in client.get(reverse("academy:teachers-of", args=[HOME])).content.decode()


def test_every_page_of_a_week_opens_in_each_state(clerk, order, venue, teacher, plan):
    venue(), teacher(), order()
    order("yoga")
    order("chess", people=1)
    week = plan()
    for name in ("week", "week-refused", "week-demand", "week-print", "week-publish"):
        assert clerk.get(_desk(name, week.number)).status_code == 200, name
    page = clerk.get(_desk("week-refused", week.number)).content.decode()
    assert "还没有能教“瑜伽”的老师" in page and "满 3 人再开" in page
    file = io.BytesIO(clerk.get(_desk("week-excel", week.number)).content)
    book = CalamineWorkbook.from_filelike(file)
    rows = {name: len(book.get_sheet_by_name(name).to_python()) for name in ("课表", "没排上")}
    assert rows == {"课表": 2, "没排上": 3}
    assert clerk.get(_desk("week-progress", week.number)).json()["state"] == "done"
    Week.objects.update(state="solving")
    assert "正在排这一周" in clerk.get(_desk("week", week.number)).content.decode()
    assert clerk.post(_desk("week-move", week.number, "stop")).status_code == 302
    assert Week.objects.get().state == "proposed"


def test_an_empty_desk_invites(clerk):
    for name in ("weeks", "teachers", "teacher-offers"):
        assert clerk.get(_desk(name)).status_code == 200
    made = clerk.post(_desk("week-new"), {"place": HOME, "monday": ""})
    assert made.status_code == 422


def test_a_teacher_changes_the_own_times_and_takes_a_rest(client_for, cast, teacher):
    one = teacher(account=cast.resident.account)
    mine = client_for(cast.resident)
    assert "书法" in mine.get(reverse("academy:teaching")).content.decode()
    url = reverse("academy:teaching-own", args=[one.number])
    assert mine.get(url).status_code == 200
    wrong = {"day_0": "2", "from_0": "11:00", "to_0": "09:00"}
    assert mine.post(url, wrong).status_code == 422
    assert mine.post(url, {"day_0": "2", "from_0": "09:00", "to_0": "11:00"}).status_code == 302
    mine.post(reverse("academy:teaching-move", args=[one.number, "rest"]))
    one.refresh_from_db()
    assert one.times == [{"day": 2, "from": "09:00", "to": "11:00"}] and one.state == "resting"
    other = client_for(cast.neighbour)
    assert other.get(url).status_code == 404


def test_a_name_without_consent_is_on_no_public_page(client, clerk, cast, order, venue, teacher, plan):
    from mulin.academy.weeks import actions

    venue(), teacher(), order()
    week = plan()
    actions.publish_week(actor=cast.clerk.actor, number=week.number)
    for url in (
        reverse("academy:weeks-of", args=[HOME]), reverse("academy:week", args=[week.number]),
        reverse("academy:week-print", args=[week.number]), reverse("academy:teachers-of", args=[HOME]),
    ):  # fmt: skip
        assert "陈老师" not in client.get(url).content.decode(), url
    assert "陈老师" not in clerk.get(_desk("week-print", week.number)).content.decode()


def test_every_refusal_of_the_engine_has_a_sentence():
    from pathlib import Path

    text = (Path(__file__).parents[2] / "timetable" / "reasons.py").read_text()
    import re

    codes = set(re.findall(r'"code": "([a-z_]+)"', text))
    codes |= {"rooms_full", "teachers_full", "group_busy"}
    assert len(codes) >= 11 and codes <= states.REFUSAL_CODES
    figures = dict.fromkeys(
        ("minutes", "size", "largest", "venues", "too_small", "not_equipped", "owner", "room_open",
         "teacher_there", "starts", "no_room", "no_teacher", "busy", "people", "least"), 1
    )  # fmt: skip
    for code in states.REFUSAL_CODES:
        assert "%(" not in states.refused({"code": code, **figures}, "书法")
