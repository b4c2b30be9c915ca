"""The pages of sessions, for residents and at the desk."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.academy.sessions import actions, attending, feeds, photos, queries
from mulin.academy.sessions.models import Session
from mulin.academy.sessions.tests.conftest import at
from mulin.academy.sessions.tests.test_attending import picture
from mulin.academy.sessions.tests.test_signing import sign
from mulin.kernel.errors import NotVisible
from mulin.people.models import Organisation

pytestmark = pytest.mark.django_db


def public(name: str, *args) -> str:
    return reverse(f"academy:{name}", args=args)


def desk(name: str, *args) -> str:
    return reverse(f"academy_desk:{name}", args=args)


def opened(response) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(BytesIO(response.content))


def text_of(response) -> str:
    return response.content.decode()


def test_the_week_shows_what_is_on_and_the_way_to_the_next_one(cast, plan, client_for, world):
    shown, draft = plan(), plan("2026-11-25 14:00", state="draft", title="没有公布")
    said = text_of(client_for().get(public("sessions-of", world.home)))
    assert public("session", shown.number) in said and "没有公布" not in said
    empty = text_of(client_for().get(public("sessions-of", world.home) + "?week=2026-11-16"))
    assert public("session", shown.number) in empty
    assert client_for().get(public("sessions-of", "500108002099")).status_code == 404
    assert client_for().get(public("session", draft.number)).status_code == 404
    home = text_of(client_for(cast.resident).get(f"/c/{world.home}", follow=True))
    assert public("session", shown.number) in home


def test_a_long_list_of_my_sessions_asks_no_more_of_the_database_than_a_short_one(
    cast, plan, crowd, client_for, django_assert_max_num_queries
):
    (first,) = crowd(1)
    for day in range(24, 30):
        session = plan(f"2026-11-{day} 14:00", places_most=1)
        sign(first, session)
        sign(cast.neighbour.actor, session)
        sign(cast.resident.actor, session)
    browser = client_for(cast.resident)
    with django_assert_max_num_queries(10):
        said = text_of(browser.get(public("sessions-mine")))
    assert said.count("前面还有1家") == 6


def test_one_tap_from_the_page_to_the_place_and_back(cast, plan, client_for):
    session = plan(places_most=1)
    browser = client_for(cast.resident)
    page = public("session", session.number)
    assert "报名" in text_of(browser.get(page))
    assert "您报上了" in text_of(browser.post(public("session-signup", session.number), follow=True))
    other = client_for(cast.neighbour)
    assert "排候补" in text_of(other.get(page))
    said = text_of(other.post(public("session-signup", session.number), follow=True))
    assert "您在候补" in said and "您排第一个" in said
    browser.post(public("session-leave", session.number))
    assert "刚空出来" in text_of(other.get(page))


def test_without_an_account_one_is_asked_to_sign_in_and_told_the_other_way(plan, client_for):
    session = plan()
    assert "打个电话" in text_of(client_for().get(public("session", session.number)))
    answer = client_for().post(public("session-signup", session.number))
    assert answer.status_code == 302 and public("session", session.number) in answer["Location"]


def test_a_family_signs_up_and_changes_its_heads(cast, plan, client_for):
    session = plan(places_most=4)
    browser = client_for(cast.resident)
    browser.post(public("session-signup", session.number), {"heads": "3"})
    browser.post(public("session-signup", session.number), {"heads": "2", "change": "1"})
    session.refresh_from_db()
    assert session.taken == 2
    said = text_of(
        browser.post(public("session-signup", session.number), {"heads": "x", "change": "1"}, follow=True)
    )
    assert "请改一下人数" in said


def test_names_stay_inside(cast, plan, client_for):
    session = plan()
    sign(cast.resident.actor, session)
    actions.sign_up_for(actor=cast.clerk.actor, number=session.number, label="3栋张阿姨")
    said = text_of(client_for(cast.neighbour).get(public("session", session.number)))
    assert "张阿姨" not in said and "李晓梅" not in said and "报了2人" in said
    listed = text_of(client_for(cast.clerk).get(desk("session-attendance", session.number)))
    assert "张阿姨" in listed and "李晓梅" in listed
    for person in (cast.other_clerk, cast.gridworker, cast.resident):
        assert client_for(person).get(desk("session-attendance", session.number)).status_code in (403, 404)


def test_my_own_sessions_and_my_calendar(cast, plan, client_for):
    session = plan()
    browser = client_for(cast.resident)
    assert "还没有报名" in text_of(browser.get(public("sessions-mine")))
    browser.post(public("session-signup", session.number))
    browser.post(public("sessions-mine-link"))
    said = text_of(browser.get(public("sessions-mine")))
    address = public("sessions-mine-calendar", feeds.secret_of(cast.resident.account))
    assert session.title in said and address in said
    assert session.title in text_of(client_for().get(address))
    assert client_for().get(public("sessions-mine-calendar", "x" * 32)).status_code == 404
    assert client_for().get(public("sessions-mine")).status_code == 302


def test_calendars_of_a_session_a_club_and_a_community(cast, plan, club, client_for, world):
    from icalendar import Calendar

    session = plan(actor=cast.group_leader.actor, club=club, title="合唱")
    plan("2026-11-25 14:00")

    def events(url: str):
        return Calendar.from_ical(client_for().get(url).content).walk("VEVENT")

    one = events(public("session-calendar", session.number))[0]
    assert one.decoded("dtstart") == session.starts_at and str(one["status"]) == "CONFIRMED"
    assert len(events(public("sessions-calendar", world.home))) == 2
    assert len(events(public("sessions-club-calendar", club.number))) == 1
    actions.cancel_session(actor=cast.group_leader.actor, number=session.number, reason="停电")
    off = events(public("sessions-club-calendar", club.number))[0]
    assert str(off["status"]) == "CANCELLED" and int(off["sequence"]) == 1


def test_one_tap_at_the_door(cast, plan, client_for, freeze):
    session = plan()
    freeze(at("2026-11-24 13:30"))
    url = public("session-here", session.number, attending.door_code(session))
    assert "我们到了" in text_of(client_for(cast.resident).get(url))
    assert "登录后签到" in text_of(client_for().get(url))
    assert client_for().post(url).status_code == 302
    assert "签到了" in text_of(client_for(cast.resident).post(url, {"heads": "2"}))
    old = public("session-here", session.number, "0" * 12)
    assert "不是今天的" in text_of(client_for(cast.neighbour).get(old))
    sheet = client_for(cast.clerk).get(desk("session-door", session.number))
    assert "<svg" in text_of(sheet) and "no-store" in sheet["Cache-Control"]


# The desk -----------------------------------------------------------------------------------------------


def new_body(**more):
    return {
        "title": "健康讲座", "kind": "talk", "starts_at": "2026-11-24T14:00", "lasts": "90", "where": "三楼",
        "skip_holidays": "on", **more,
    }  # fmt: skip


def test_a_clerk_plans_a_session_and_everything_typed_stays_after_a_mistake(cast, world, client_for, hall):
    browser = client_for(cast.clerk)
    body = new_body(place=world.home, venue=hall.number)
    answer = browser.post(desk("session-new"), {**body, "places_most": "99"})
    assert answer.status_code == 422 and "最多容40人" in text_of(answer) and "健康讲座" in text_of(answer)
    answer = browser.post(desk("session-new"), body, follow=True)
    assert "可以报名了" in text_of(answer) and Session.objects.get().venue == hall


def test_a_series_shows_its_days_before_it_is_made(cast, world, client_for):
    browser = client_for(cast.clerk)
    body = new_body(place=world.home, starts_at="2026-12-04T14:00", every="1", until="2027-01-15")
    said = text_of(browser.post(desk("session-new"), {**body, "preview": "1"}))
    assert "一共6次" in said and "不办" in said and "还没有公布" in said
    assert not Session.objects.exists()
    said = text_of(browser.post(desk("session-new"), body, follow=True))
    assert "排好了6次" in said and "1月1日" in said and Session.objects.count() == 6
    last = Session.objects.order_by("starts_at").last()
    answer = browser.post(
        desk("session-cancel", last.number), {"reason": "放假", "following": ""}, follow=True
    )
    assert "取消了" in text_of(answer)


def test_a_wish_and_a_club_lead_into_the_form(cast, club, client_for):
    said = text_of(client_for(cast.group_leader).get(f"{desk('session-new')}?club={club.number}"))
    assert f'value="{club.number}" selected' in said and "社区自己办" not in said


def test_move_edit_and_substitute_from_the_desk(cast, plan, client_for, hall, teacher):
    session = plan(venue=hall)
    browser = client_for(cast.clerk)
    body = {"starts_at": "2026-11-25T09:00", "lasts": "60", "venue": hall.number, "reason": "老师有事"}
    assert "改好了" in text_of(browser.post(desk("session-move", session.number), body, follow=True))
    edit = {"title": "手机课二", "places_most": "5", "materials": "讲义 https://example.org/a\n自带手机"}
    browser.post(desk("session-edit", session.number), edit)
    browser.post(desk("session-substitute", session.number), {"teacher": teacher.number})
    session.refresh_from_db()
    assert session.starts_at == at("2026-11-25 09:00") and session.teacher == teacher
    assert [one["title"] for one in session.materials] == ["讲义", "自带手机"]
    shown = text_of(client_for().get(public("session", session.number)))
    assert "何老师" in shown and "老师有事" in shown and "https://example.org/a" in shown


def test_a_teacher_who_did_not_agree_is_not_named_to_everybody(plan, client_for, other_teacher, cast):
    session = plan(teacher=other_teacher)
    assert "罗老师" not in text_of(client_for().get(public("session", session.number)))
    assert "罗老师" in text_of(client_for(cast.clerk).get(desk("session", session.number)))


def test_rain_on_one_page(cast, plan, client_for, square, world):
    plan(venue=square, title="晨练")
    browser = client_for(cast.clerk)
    assert "晨练" in text_of(browser.get(desk("sessions-weather")))
    body = {"place": world.home, "day": "2026-11-24", "reason": "暴雨"}
    said = text_of(browser.post(desk("sessions-weather"), body, follow=True))
    assert "取消了1场" in said and Session.objects.get().state == "cancelled"
    assert client_for(cast.resident).get(desk("sessions-weather")).status_code == 403


def test_the_list_is_ticked_and_the_session_ends_on_one_page(cast, plan, client_for, freeze):
    session = plan()
    sign(cast.resident.actor, session, 2)
    freeze(at("2026-11-24 14:30"))
    browser = client_for(cast.clerk)
    row = session.signups.get()
    body = {f"came_{row.pk}": "2", "walk_ins": "3", "hold": "1"}
    said = text_of(browser.post(desk("session-attendance", session.number), body, follow=True))
    session.refresh_from_db()
    assert (session.state, session.came) == ("held", 5) and "记下了" in said
    bad = browser.post(desk("session-attendance", session.number), {"walk_ins": "abc"})
    assert bad.status_code == 422
    assert "来了5人" in text_of(client_for().get(public("session", session.number)))
    said = text_of(browser.get(desk("sessions-figures")))
    assert "参加人次" in said and "只数得出有账号" in said


def test_a_phone_call_is_written_down_by_the_grid_worker_who_sees_no_list(cast, plan, client_for):
    session = plan(places_most=1)
    browser = client_for(cast.gridworker)
    url = desk("session-sign-up-for", session.number)
    said = text_of(browser.post(url, {"label": "5栋刘伯", "heads": "1"}, follow=True))
    assert "写上了" in said and session.signups.get().label == "5栋刘伯"
    row = session.signups.get()
    assert browser.post(desk("session-take-off", session.number, row.pk)).status_code in (403, 404)
    client_for(cast.clerk).post(desk("session-take-off", session.number, row.pk))
    session.refresh_from_db()
    assert session.taken == 0


def test_the_list_on_paper_and_in_excel(cast, plan, client_for):
    session = plan()
    sign(cast.resident.actor, session)
    browser = client_for(cast.clerk)
    assert "李晓梅" in text_of(browser.get(desk("session-list", session.number)))
    book = opened(browser.get(desk("session-list-file", session.number)))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[2][:2] == ["李晓梅", 1] and "138" not in str(rows)
    figures = opened(browser.get(desk("sessions-figures-file")))
    assert figures.sheet_names == ["按联盟", "按主题", "按月"]


def test_results_of_teams_on_the_page(cast, plan, client_for, freeze, world):
    team = Organisation.objects.create(name="二栋队", kind="volunteer_team", place=world.home)
    session = plan(kind="contest")
    freeze(at("2026-11-24 15:00"))
    body = {"team_1": f"o:{team.pk}", "words_1": "一等奖"}
    answer = client_for(cast.clerk).post(desk("session-results", session.number), body, follow=True)
    assert "登记好了" in text_of(answer)
    assert "二栋队" in text_of(client_for().get(public("session", session.number)))
    lesson = plan("2026-11-26 14:00")
    assert client_for(cast.clerk).get(desk("session-results", lesson.number)).status_code == 404


def test_a_photo_goes_from_the_desk_to_the_page_with_consents(cast, plan, client_for, freeze):
    session = plan()
    freeze(at("2026-11-24 15:00"))
    browser = client_for(cast.clerk)
    file = BytesIO(picture())
    file.name = "a.jpg"
    browser.post(desk("session-photos", session.number), {"photos": file})
    photo = session.photos.get()
    seen = public("session-photo", photo.pk, "thumb")
    assert client_for().get(seen).status_code == 404 and browser.get(seen).status_code == 200
    url = desk("session-photo-consent", session.number, photo.pk)
    assert "左起第2位" in text_of(browser.get(f"{url}?shown=2"))
    missing = browser.post(url, {"shown": "2", "spot_1": "spoken", "stated": "on"})
    assert missing.status_code == 422 and "每一位都要同意" in text_of(missing)
    browser.post(url, {"shown": "2", "spot_1": "spoken", "spot_2": "guardian", "stated": "on"})
    assert client_for().get(seen).status_code == 200
    assert seen in text_of(client_for().get(public("session", session.number)))
    browser.post(desk("session-photo-do", session.number, photo.pk, "hide"))
    assert client_for().get(seen).status_code == 404
    assert not photos.published(session)


def test_the_desks_lists_and_week(cast, plan, client_for, freeze, hall):
    session, draft = plan(venue=hall), plan("2026-11-25 14:00", state="draft", title="草稿课")
    browser = client_for(cast.clerk)
    assert session.title in text_of(browser.get(desk("sessions")))
    assert "草稿课" in text_of(browser.get(desk("sessions") + "?show=draft"))
    assert "草稿课" in text_of(browser.get(desk("sessions-calendar")))
    freeze(at("2026-11-25 20:00"))
    assert session.title in text_of(browser.get(desk("sessions") + "?show=todo"))
    assert "1 场活动还没记来了多少人" in text_of(browser.get("/desk/", follow=True))
    browser.post(desk("session-do", draft.number, "discard"))
    assert not Session.objects.filter(pk=draft.pk).exists()


def test_lists_need_few_statements_however_long_they_are(
    cast, plan, client_for, hall, teacher, world, crowd, django_assert_max_num_queries
):
    for n in range(12):
        session = plan(f"2026-11-24 {8 + n:02d}:00", venue=hall, teacher=teacher, minutes=45)
        for one in crowd_of(crowd, n):
            sign(one, session)
    since, until = date(2026, 11, 23), date(2026, 11, 29)
    with django_assert_max_num_queries(10):
        assert len(queries.week_of(world.home, since, until)) == 12
    with django_assert_max_num_queries(10):
        assert len(queries.desk_list(cast.clerk.actor, "coming").items) == 12
    for person, url in (
        (cast.resident, public("sessions-of", world.home)), (cast.clerk, desk("sessions")),
        (cast.clerk, desk("sessions-calendar")), (cast.clerk, desk("session-attendance", session.number)),
    ):  # fmt: skip
        browser = client_for(person)
        browser.get(url)
        with django_assert_max_num_queries(14):  # with the login, the posts and the shell's own
            assert browser.get(url).status_code == 200


def crowd_of(crowd, n: int) -> list:
    from mulin.people.models import Account
    from mulin.people.queries import actor_for

    return [actor_for(Account.objects.create(username=f"p{n}", name=f"人{n}", password="!"))]


def test_the_list_turns_its_pages_by_key(cast, world, client_for):
    start = at("2026-11-24 09:00")
    Session.objects.bulk_create(
        Session(
            number=f"{n:010d}", place=world.home, title=f"第{n}场", where="院子", kind="tea",
            starts_at=start + timedelta(hours=n), ends_at=start + timedelta(hours=n + 1),
        )
        for n in range(55)
    )  # fmt: skip
    found = queries.desk_list(cast.clerk.actor, "coming")
    rest = queries.desk_list(cast.clerk.actor, "coming", cursor=found.next)
    assert len(found.items) == 50 and len(rest.items) == 5 and rest.next is None
    assert "第54场" in text_of(client_for(cast.clerk).get(f"{desk('sessions')}?before={found.next}"))


def test_what_a_group_that_is_not_public_holds_is_for_its_members(cast, plan, club, client_for):
    club.org.is_public = False
    club.org.save()
    session = plan(club=club, title="只给自己人")
    page = reverse("academy:session", args=[session.number])
    assert client_for(cast.group_member).get(page).status_code == 200
    assert client_for(cast.clerk).get(page).status_code == 200
    numbers = {"session": session.number, "session-calendar": session.number}
    for name, number in (numbers | {"sessions-club-calendar": club.number}).items():
        assert client_for(cast.resident).get(reverse(f"academy:{name}", args=[number])).status_code == 404
    here = client_for(cast.resident).get(reverse("academy:sessions-of", args=[session.place]))
    assert "只给自己人" not in here.content.decode()
    with pytest.raises(NotVisible):
        actions.sign_up(actor=cast.resident.actor, number=session.number)
    assert actions.sign_up(actor=cast.group_member.actor, number=session.number).state == "coming"


def test_a_grid_worker_finds_the_way_to_sign_somebody_up(cast, plan, client_for):
    session = plan()
    way = desk("session-sign-up-for", session.number)
    assert way in text_of(client_for(cast.gridworker).get(public("session", session.number)))
    assert way not in text_of(client_for(cast.resident).get(public("session", session.number)))
    assert way not in text_of(client_for().get(public("session", session.number)))
