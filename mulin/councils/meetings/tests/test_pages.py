"""The pages of meetings, for residents and at the desk."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse

from mulin.councils.meetings import actions, attending, personal_data, queries
from mulin.councils.meetings.models import AgendaProposal, Meeting
from mulin.kernel import clock

pytestmark = pytest.mark.django_db


def public(name: str, *args) -> str:
    return reverse(f"councils:{name}", args=args)


def desk(name: str, *args) -> str:
    return reverse(f"councils_desk:{name}", args=args)


def text_of(response) -> str:
    return response.content.decode()


def test_the_notice_says_everything_and_no_names(cast, begun, client_for):
    made = begun("delegates_meeting", names=3, came=2)
    said = text_of(client_for().get(public("meeting", made.number)))
    assert "社区二楼" in said and "第1件事" in said and "应到 3 人，到了 2 人" in said
    assert "代表0" not in said


def test_minutes_are_read_once_they_are_published(cast, begun, client_for):
    from mulin.councils.meetings import minutes

    made = begun()
    item = made.items.first()
    minutes.decide_item(
        actor=cast.clerk.actor, number=made.number, item=item.pk, decision="adopted", resolution="周六修花坛"
    )
    url = public("meeting", made.number)
    assert "周六修花坛" not in text_of(client_for().get(url))
    minutes.decide_item(
        actor=cast.clerk.actor, number=made.number, item=made.items.last().pk, decision="heard"
    )
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    minutes.confirm_minutes(actor=cast.clerk.actor, number=made.number)
    assert "周六修花坛" not in text_of(client_for().get(url))
    minutes.publish_minutes(actor=cast.clerk.actor, number=made.number)
    assert "周六修花坛" in text_of(client_for().get(url))
    assert "周六修花坛" in text_of(client_for().get(public("meeting-print", made.number)))


def test_the_community_page_has_what_comes_and_what_was(cast, announced, published, client_for, world):
    coming = announced(days=30)
    said = text_of(client_for().get(public("meetings-of", world.home)))
    assert public("meeting", coming.number) in said and public("meeting", published.number) in said
    away = text_of(client_for().get(public("meetings-of", world.other_home)))
    assert public("meeting", coming.number) not in away
    home = text_of(client_for(cast.resident).get(f"/c/{world.home}", follow=True))
    assert public("meeting", coming.number) in home


def test_a_page_of_no_place_is_not_found(client_for):
    assert client_for().get(public("meetings-of", "500108002099")).status_code == 404
    assert client_for().get(public("meetings-of", "nowhere")).status_code == 404


def test_a_calendar_takes_the_file(cast, announced, client_for):
    from icalendar import Calendar

    made = announced()
    answer = client_for().get(public("meeting-calendar", made.number))
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert event.decoded("dtstart") == made.begins_at
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert "第2件事" in str(event["description"]) and str(event["status"]) == "CONFIRMED"
    actions.cancel_meeting(actor=cast.clerk.actor, number=made.number, reason="下雨")
    again = client_for().get(public("meeting-calendar", made.number))
    event = Calendar.from_ical(again.content).walk("VEVENT")[0]
    assert str(event["status"]) == "CANCELLED" and int(event["sequence"]) > 0


def test_word_reads_the_minutes(cast, published, client_for):
    from docx import Document

    answer = client_for(cast.clerk).get(desk("meeting-minutes-word", published.number))
    said = "\n".join(one.text for one in Document(BytesIO(answer.content)).paragraphs)
    assert "周六一起修花坛" in said and "应到 3 人，到了 2 人" in said and "代表0" not in said


def test_anybody_proposes_and_everything_typed_stays_after_a_mistake(world, client_for):
    url = public("meeting-propose-here", world.home)
    answer = client_for().post(url, {"title": "", "text": "晾衣杆不够"})
    assert answer.status_code == 422 and "晾衣杆不够" in text_of(answer)
    answer = client_for().post(url, {"title": "晾衣杆", "text": "晾衣杆不够"})
    assert answer.status_code == 302
    assert AgendaProposal.objects.get().account is None


def test_one_person_does_not_flood_the_agenda(world, client_for, settings):
    settings.MULIN_THROTTLE = True
    url = public("meeting-propose-here", world.home)
    browser = client_for()
    codes = [browser.post(url, {"title": f"第{n}条"}).status_code for n in range(7)]
    assert codes == [302] * 6 + [429]


def test_one_tap_at_the_door(cast, begun, client_for, freeze):
    made = begun()
    url = public("meeting-here", made.number, queries.door_code(made))
    assert "我到了" in text_of(client_for(cast.resident).get(url))
    assert "登录后签到" in text_of(client_for().get(url))
    assert client_for().post(url).status_code == 302 and not made.attendance.exists()
    assert "签到了" in text_of(client_for(cast.resident).post(url))
    assert made.attendance.get().account == cast.resident.account
    old = public("meeting-here", made.number, "0" * 12)
    assert "过时" in text_of(client_for(cast.neighbour).get(old))
    assert client_for(cast.neighbour).post(old).status_code == 409


def called_together(browser, world):
    """A meeting with one item and two people, announced."""
    assert "物业恳谈会" in text_of(browser.get(desk("meeting-types")))
    when = clock.now() + timedelta(days=5)
    answer = browser.post(
        desk("meeting-new", "residents_council"),
        {"place": world.home, "begins_at": f"{when:%Y-%m-%dT%H:%M}", "venue": "院子里", "title": "修花坛"},
    )
    made = Meeting.objects.get()
    assert answer.url == desk("meeting", made.number)
    number = made.number
    browser.post(desk("meeting-item-new", number), {"title": "花坛怎么修", "kind": "decide"})
    item = made.items.get()
    assert browser.post(desk("meeting-announce", number), {"told": ["residents"]}).status_code == 302
    browser.post(desk("meeting-people", number), {"text": "张三 3栋\n李四，物业"})
    assert sorted(made.attendance.values_list("name", "label")) == [("张三", "3栋"), ("李四", "物业")]
    return made, item


def somebody_comes(browser, made):
    number = made.number
    person = made.attendance.first()
    answer = browser.post(
        desk("meeting-person", number, person.pk), {"state": "present"}, headers={"HX-Request": "true"}
    )
    assert "勾错了" in text_of(answer) and answer["HX-Trigger"] == "mulin:came"
    assert "到了 1 人" in text_of(browser.get(desk("meeting-figures", number)))


def test_the_whole_way_at_the_desk(cast, world, client_for, freeze):
    browser = client_for(cast.clerk)
    made, item = called_together(browser, world)
    number = made.number
    freeze(made.begins_at)
    browser.post(desk("meeting-move", number, "open"))
    somebody_comes(browser, made)
    answer = browser.post(
        desk("meeting-minutes-save", number),
        {f"discussion_{item.pk}": "大家都说要修", "word_observers": "记者"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert "存下" in text_of(answer)
    assert "大家都说要修" in text_of(browser.get(desk("meeting-minutes", number)))
    answer = browser.post(desk("meeting-decide", number, item.pk), {"decision": "adopted"})
    assert answer.status_code == 422 and "请写明决定了什么" in text_of(answer)
    browser.post(desk("meeting-decide", number, item.pk), {"decision": "adopted", "resolution": "周六修"})
    browser.post(
        desk("meeting-action-new", number), {"text": "买水泥", "who": "王工", "due_on": "2026-12-05"}
    )
    for move in ("close", "confirm", "publish"):
        browser.post(desk("meeting-move", number, move))
    made.refresh_from_db()
    assert made.state == "published"
    said = text_of(client_for().get(public("meeting", number)))
    assert "大家都说要修" in said and "周六修" in said and "张三" not in said


@pytest.mark.parametrize("state", ["draft", "announced", "begun", "published", "cancelled"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands_in_every_state(request, cast, client_for, state, language):
    if state == "published":
        made = request.getfixturevalue("published")
    elif state == "cancelled":
        made = request.getfixturevalue("announced")()
        actions.cancel_meeting(actor=cast.clerk.actor, number=made.number, reason="下雨")
    else:
        made = request.getfixturevalue({"draft": "drafted"}.get(state, state))()
    browser = client_for(cast.clerk)
    browser.cookies["mulin_language"] = language
    for name in ("meeting", "meeting-door", "meeting-minutes", "meeting-notice", "meeting-minutes-print",
                 "meeting-edit", "meeting-announce", "meeting-change", "meeting-cancel", "meeting-item-new",
                 "meeting-people", "meeting-action-new", "meeting-code", "meeting-figures"):  # fmt: skip
        assert browser.get(desk(name, made.number)).status_code == 200, name
    item = made.items.first()
    for name in ("meeting-item", "meeting-item-move", "meeting-decide"):
        assert browser.get(desk(name, made.number, item.pk)).status_code == 200, name
    for name in ("meetings", "meetings-calendar", "meeting-types", "meeting-proposals"):
        assert browser.get(desk(name)).status_code == 200, name
    assert browser.get(desk("meetings") + "?show=over&q=会&type=hearing").status_code == 200
    if state != "draft":
        for name in ("meeting", "meeting-print", "meeting-propose"):
            assert browser.get(public(name, made.number)).status_code == 200, name


def test_the_list_asks_the_database_as_often_for_twenty_as_for_two(
    cast, drafted, client_for, django_assert_max_num_queries
):
    for _n in range(20):
        drafted(items=1)
    browser = client_for(cast.clerk)
    browser.get(desk("meetings"))
    with django_assert_max_num_queries(20):
        browser.get(desk("meetings"))


def test_a_person_takes_along_and_leaves(cast, begun):
    made = begun()
    attending.check_in(actor=cast.resident.actor, number=made.number, code=queries.door_code(made))
    mine = personal_data.export(cast.resident.id)
    assert mine["meetings"][0]["number"] == made.number
    assert personal_data.erase(cast.resident.id) == 1
    row = made.attendance.get()
    assert (row.name, row.account) == ("—", None) and queries.figures_of(made).guests == 1
