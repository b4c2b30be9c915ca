"""The pages of help between neighbours, for residents and at the desk."""

from io import BytesIO

import pytest
from django.urls import reverse

from mulin.kernel import clock
from mulin.mutualaid.matching import actions, personal_data
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed

pytestmark = pytest.mark.django_db


def public(name: str, *args) -> str:
    return reverse(f"aid:{name}", args=args)


def desk(name: str, *args) -> str:
    return reverse(f"aid_desk:{name}", args=args)


def text_of(response) -> str:
    return response.content.decode()


WHEN = {"days": ["1", "2"], "begins": "16:30", "ends": "17:15"}


def test_a_mother_asks_on_her_phone_and_only_she_and_workers_read_it(cast, world, client_for):
    browser = client_for(cast.resident)
    assert public("need-new", world.home, "pickup") in text_of(
        client_for().get(public("need-ask", world.home))
    )
    url = public("need-new", world.home, "pickup")
    assert client_for().get(url).status_code == 302
    answer = browser.post(url, {"kind": "pickup", "name": "", "text": "两个孩子", **WHEN})
    assert answer.status_code == 422 and "两个孩子" in text_of(answer)
    answer = browser.post(url, {"kind": "pickup", "name": "李妈妈", "text": "两个孩子", **WHEN})
    need = AidNeed.objects.get()
    assert answer.url == public("need", need.number)
    page = text_of(browser.get(answer.url))
    assert "要家长书面同意" in page and "周一、周二 16:30–17:15" in page
    browser.post(public("need-consent", need.number))
    assert need.consents.count() == 1 and "会有回音" in text_of(browser.get(answer.url))
    for other in (cast.neighbour, cast.clerk):
        assert client_for(other).get(answer.url).status_code == 404
    assert client_for(cast.neighbour).get(desk("need", need.number)).status_code == 403
    assert "两个孩子" in text_of(client_for(cast.clerk).get(desk("need", need.number)))
    assert client_for(cast.other_clerk).get(desk("need", need.number)).status_code == 404


def test_the_whole_way_at_the_desk(cast, world, helped, client_for):
    helped("王婶", account=cast.neighbour.account)
    browser = client_for(cast.clerk)
    answer = browser.post(
        desk("need-new"),
        {"place": world.home, "channel": "phone", "kind": "tutoring", "name": "小罗妈妈",
         "contact": "13900139000",
         **WHEN, "ends": "18:30"},
    )  # fmt: skip
    need = AidNeed.objects.get()
    assert answer.url == desk("need", need.number)
    assert "收到家长签字的同意书才能找人" in text_of(browser.get(answer.url))
    assert "家长签字" in text_of(browser.get(desk("need-consent-print", need.number)))
    browser.post(desk("need-consent", need.number), {"given_on": f"{clock.today()}"})
    browser.post(desk("need-suggest", need.number))
    page = text_of(browser.get(desk("need", need.number)))
    assert "王婶" in page and "时间合得上" in page and "无犯罪记录查询有效到" in page
    offer = need.offers.get()
    url = desk("need-propose", need.number, offer.pk)
    assert browser.post(url, {}).status_code == 422
    answer = browser.post(url, {"safe_rule": "two_adults", "safe_note": "家里，外婆在"})
    match = AidMatch.objects.get()
    assert answer.url == desk("match", match.number)
    for side in ("helper", "family"):
        browser.post(desk("match-move", match.number, "yes"), {"side": side})
    browser.post(desk("match-visit", match.number), {"on": f"{clock.today()}", "minutes": "60"})
    browser.post(desk("match-talk", match.number), {"note": "都好", "goes_on": "yes"})
    match.refresh_from_db()
    assert match.state == "running" and match.visits.get().state == "confirmed"
    assert "家里，外婆在" in text_of(browser.get(desk("match-print", match.number)))
    said = {"on": f"{clock.today()}", "words": "搬桌椅", "times": "2", "may_publish": "on"}
    browser.post(desk("need-giveback", need.number), said)
    given = need.give_backs.get()
    browser.post(desk("giveback-publish", given.number), {"text": "给院坝会搬桌椅"})
    assert "给院坝会搬桌椅" in text_of(client_for().get(public("community", world.home)))


def test_both_sides_on_their_phones(cast, helped, needed, proposed, client_for):
    helped("王婶", account=cast.neighbour.account)
    match = proposed(needed())
    helper, family = client_for(cast.neighbour), client_for(cast.resident)
    url = public("match", match.number)
    assert "愿不愿意都可以" in text_of(helper.get(url)) and "李妈妈" not in text_of(helper.get(url))
    helper.post(public("match-answer", match.number), {"answer": "yes"})
    family.post(public("match-answer", match.number), {"answer": "yes"})
    assert "三单元李妈妈" in text_of(helper.get(url)) and "13900139000" in text_of(helper.get(url))
    helper.post(public("match-visit", match.number), {"on": f"{clock.today()}", "minutes": "45"})
    visit = match.visits.get()
    assert "是这样" not in text_of(helper.get(url)) and "是这样" in text_of(family.get(url))
    family.post(public("visit", visit.pk, "confirm"))
    visit.refresh_from_db()
    assert visit.state == "confirmed"
    assert client_for(cast.secretary).post(public("visit", visit.pk, "confirm")).status_code == 404
    family.post(public("match-incident", match.number),
                {"what": "other", "happened_on": f"{clock.today()}", "text": "等了很久"})  # fmt: skip
    assert "先停着" in text_of(helper.get(url))
    family.post(public("match-stop", match.number), {"why": "not_needed"})
    assert "结束" in text_of(family.get(public("mine")))


def test_helpers_see_when_their_check_ends(cast, helped, client_for):
    helper = helped("王婶", account=cast.neighbour.account, checked=345)
    assert "有效到" in text_of(client_for(cast.neighbour).get(public("helper", helper.number)))
    inbox = text_of(client_for(cast.clerk).get("/desk/"))
    assert "无犯罪记录查询快到期" in inbox
    assert "查询到" in text_of(client_for(cast.clerk).get(desk("helpers")))


def test_the_inbox_has_what_waits(cast, needed, helped, begun, client_for, freeze):
    helped("王婶", account=cast.neighbour.account)
    waiting = needed("company", name="独居的赵爷爷")
    match = begun(needed())
    actions.report_incident(actor=cast.resident.actor, number=match.number, what="hurt", text="摔了一跤",
                            happened_on=clock.today())  # fmt: skip
    for person in (cast.clerk, cast.street):
        inbox = text_of(client_for(person).get("/desk/"))
        assert "有人受伤" in inbox and desk("need", waiting.number) in inbox
    assert "有人受伤" not in text_of(client_for(cast.other_clerk).get("/desk/"))


def test_the_community_page_and_the_card_have_counts_and_no_names(cast, world, helped, client_for):
    for n in range(5):
        helped(f"第{n}位")
    page = text_of(client_for().get(public("community", world.home)))
    home = text_of(client_for().get(f"/c/{world.home}", follow=True))
    assert "5 位邻居愿意" in page and "5 位邻居在岗" in home
    assert "第1位" not in page and "第1位" not in home


def test_the_export_has_figures_and_no_names(cast, helped, needed, begun, client_for):
    from zipfile import ZipFile

    helped("王婶")
    match = begun(needed())
    actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    answer = client_for(cast.district).get(desk("figures-export"))
    with ZipFile(BytesIO(answer.content)) as book:
        said = "".join(book.read(name).decode() for name in book.namelist() if name.endswith(".xml"))
    assert "<v>45</v>" in said and "不足5" in said and "王婶" not in said and "李妈妈" not in said


def everything(cast, helped, needed, begun, proposed) -> dict:
    """A trial with a disputed visit and a give-back, and a match that is being asked."""
    one = helped("王婶", account=cast.neighbour.account)
    helped("刘叔", kinds=["company", "elder_care"])
    need = needed()
    match, other = begun(need), proposed(needed("company", name="独居的赵爷爷"))
    visit = actions.note_visit(actor=cast.resident.actor, number=match.number, on=clock.today(), minutes=45)
    actions.dispute_visit(actor=cast.neighbour.actor, visit=visit.pk, reason="那天没去")
    actions.note_give_back(
        actor=cast.resident.actor, number=need.number, on=clock.today(), words="搬桌椅", may_publish=True
    )
    given = need.give_backs.get()
    return {"one": one, "need": need, "match": match, "other": other, "visit": visit, "given": given}


def pages_of(place: str, made: dict) -> dict[str, list[str]]:
    """Who looks at which pages."""
    one, need, match = made["one"].number, made["need"].number, made["match"].number
    other, visit, check = made["other"].number, made["visit"].pk, made["one"].checks.get().pk
    lists = ("needs", "need-new", "needs-plan", "helpers", "helper-new", "helpers-training", "matches",
             "incidents", "figures")  # fmt: skip
    return {
        "resident": [
            public("community", place), public("need-ask", place), public("mine"),
            public("need-new", place, "company"), public("helper-new", place), public("match", other),
            *(public(f"need{page}", need) for page in ("", "-edit", "-close", "-giveback")),
            *(public(f"match{page}", match) for page in ("", "-stop", "-visit", "-incident")),
        ],
        "neighbour": [
            public("helper", one), public("helper-edit", one), public("match", match),
            public("visit", visit, "dispute"), public("mine"),
        ],
        "clerk": [
            *map(desk, lists),
            *(desk(f"need{page}", need) for page in ("", "-edit", "-consent", "-consent-print", "-close")),
            *(desk(f"helper{page}", one) for page in ("", "-edit", "-decline", "-check", "-insurance")),
            *(desk(f"match{page}", match) for page in ("", "-talk", "-close", "-visit", "-print")),
            desk("need-giveback", need), desk("match-incident", match), desk("match", other),
            desk("helper-check-end", one, check), desk("visit-settle", visit),
            desk("giveback-publish", made["given"].number), desk("needs") + "?show=closed&kind=pickup",
            desk("helpers") + "?show=way", desk("figures") + "?days=30",
        ],
    }  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_stands(cast, world, helped, needed, begun, proposed, client_for, language):
    made = everything(cast, helped, needed, begun, proposed)
    for who, urls in pages_of(world.home, made).items():
        browser = client_for(getattr(cast, who))
        browser.cookies["mulin_language"] = language
        for url in urls:
            assert browser.get(url).status_code == 200, url


def test_lists_ask_the_database_as_often_for_twenty_as_for_two(
    cast, needed, helped, client_for, django_assert_max_num_queries
):
    for n in range(20):
        needed("company", name=f"第{n}家")
    for n in range(4):
        helped(f"第{n}位")
    browser = client_for(cast.clerk)
    browser.get(desk("needs"))
    with django_assert_max_num_queries(30):
        browser.get(desk("needs"))
    with django_assert_max_num_queries(30):
        browser.get(desk("helpers"))


def test_a_person_takes_along_and_leaves(cast, helped, needed, begun):
    helped("王婶", account=cast.neighbour.account)
    need = needed()
    match = begun(need)
    assert personal_data.export(cast.resident.id)["needs"][0]["matches"][0]["number"] == match.number
    assert personal_data.erase(cast.neighbour.id) == 1 and personal_data.erase(cast.resident.id) == 1
    match.refresh_from_db()
    helper = AidHelper.objects.get()
    assert (match.state, helper.name, helper.contact_sealed, helper.state) == ("closed", "—", "", "ended")
    assert helper.checks.count() == 1


def test_a_wish_is_sent_this_way_from_the_desk(cast, world, client_for):
    from mulin.voices.actions import submit_voice

    said = submit_voice(
        actor=cast.resident.actor, text="想请邻居陪母亲去医院", place=world.home, kind="wish"
    ).voice
    browser = client_for(cast.clerk)
    url = desk("need-take", said.matter.number)
    assert "陪母亲去医院" in text_of(browser.get(url))
    answer = browser.post(url, {"text": "转到邻里互助了"})
    assert answer.url == desk("need", AidNeed.objects.get().number)
    assert "先补上要哪种帮助" in text_of(browser.get(answer.url))
    assert "已经转到互助" in text_of(browser.post(url, {"text": "再转一次"}))
