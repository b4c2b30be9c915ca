"""The community's home and the pages behind it: whose community, what neighbours wish, whom to call."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from mulin.kernel.models import RuleOverride, ThreadLink
from mulin.portal.places import COOKIE
from mulin.voices import actions

pytestmark = pytest.mark.django_db


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def home(world):
    """A browser that chose the home community."""
    client = Client()
    client.cookies[COOKIE] = world.home
    return client


def test_who_has_no_community_yet_is_asked_for_it(world):
    html = page(Client().get("/"))
    assert "您住在哪个社区" in html
    assert "花园路街道" in html


def test_a_community_is_found_by_name_by_estate_and_by_street(world):
    assert world.home in page(Client().get("/", {"q": "金堰"}))
    assert "同景国际城" in page(Client().get("/", {"q": "同景国际城"}))
    assert "没有找到" in page(Client().get("/", {"q": "没有这个地方"}))
    assert "金山路社区" in page(Client().get("/", {"in": world.street}))


def test_choosing_a_community_is_remembered(world):
    client = Client()
    answer = client.post(reverse("portal:place"), {"place": world.home})
    assert answer["Location"] == reverse("portal:community", args=[world.home])
    assert "金堰社区" in page(client.get("/"))


def test_a_place_that_is_no_community_cannot_be_chosen(world):
    client = Client()
    for code in (world.street, "500108002999", "x", ""):
        assert client.post(reverse("portal:place"), {"place": code})["Location"] == "/?choose=1"
    assert COOKIE not in client.cookies


def test_a_residents_own_home_comes_first(cast, client_for, world):
    client = client_for(cast.neighbour)
    client.cookies[COOKIE] = world.home
    assert "<h1>同景社区</h1>" in page(client.get("/"))


def test_a_worker_sees_the_community_of_the_post(cast, client_for):
    assert "<h1>金堰社区</h1>" in page(client_for(cast.clerk).get("/"))


@pytest.mark.parametrize("name", ["community", "wishes", "answers", "matters", "people"])
def test_every_community_page_is_open_to_everyone_in_both_languages(world, name):
    url = reverse(f"portal:{name}", args=[world.other_home])
    assert Client().get(url).status_code == 200
    english = Client(headers={"accept-language": "en"}).get(url)
    assert english.status_code == 200
    assert '<html lang="en"' in page(english)


@pytest.mark.parametrize("name", ["community", "wishes", "answers", "matters", "people"])
@pytest.mark.parametrize("code", ["500108002000", "500108002999", "nonsense"])
def test_what_is_no_community_has_no_pages(world, name, code):
    assert Client().get(reverse(f"portal:{name}", args=[code])).status_code == 404


def test_wishes_stand_before_complaints(home, shown):
    shown("wish", "想学太极拳，早上八点前后都有空", category="interest_course")
    shown("complaint", "小区大门外的路灯灭了两盏", category="street_lamp")
    html = page(home.get("/"))
    assert html.index("想学太极拳") < html.index("路灯灭了两盏")
    assert "我也想" in html


def test_what_was_not_published_is_not_on_the_home_page(home, sent):
    assert sent.voice.text not in page(home.get("/"))


def test_the_wish_wall_is_by_theme_and_gives_reasons_for_a_no(home, shown, cast, world):
    shown("wish", "想学太极拳，早上八点前后都有空", category="interest_course")
    refused = shown("wish", "想办一次楼栋长桌宴", category="event")
    actions.answer_wish(
        actor=cast.clerk.actor, number=refused.number, decision="declined", text="消防通道不能摆桌子"
    )
    html = page(home.get(reverse("portal:wishes", args=[world.home])))
    assert "暂时做不到的" in html and "消防通道不能摆桌子" in html
    assert html.index("想学太极拳") < html.index("消防通道不能摆桌子")


def test_answers_lately_show_yes_and_no(home, shown, cast, world):
    wish = shown("wish", "想学太极拳，早上八点前后都有空")
    actions.answer_wish(
        actor=cast.clerk.actor, number=wish.number, decision="accepted", text="每天八点在院坝里"
    )
    for url in ("/", reverse("portal:answers", args=[world.home])):
        assert "每天八点在院坝里" in page(home.get(url))


def test_answers_and_what_is_in_hand_are_one_block_that_leads_to_both_lists(home, shown, cast, world):
    refused = shown("wish", "想办一次楼栋长桌宴", category="event")
    actions.answer_wish(actor=cast.clerk.actor, number=refused.number, decision="declined", text="通道不能摆")
    shown("help", "三单元的路灯灭了")
    said = page(home.get("/")).partition('aria-labelledby="said"')[2].partition("</section>")[0]
    assert "通道不能摆" in said and "三单元的路灯灭了" in said
    for name in ("answers", "matters"):
        assert f'href="{reverse(f"portal:{name}", args=[world.home])}"' in said


def test_my_things_come_first_on_the_home_page(sent, world):
    sent.client.cookies[COOKIE] = world.home
    html = page(sent.client.get("/"))
    assert "您说过的" in html and sent.voice.text in html
    assert "您说过的" not in page(Client().get(reverse("portal:community", args=[world.home])))


def test_the_offices_telephone_is_always_in_sight(home, world):
    world.committee.phone = "023-6280 1234"
    world.committee.save()
    assert "tel:023-6280 1234" in page(home.get("/"))


def test_workers_are_named_but_their_own_telephone_is_not_shown(home, cast, world):
    html = page(home.get(f"/c/{world.home}/people"))
    assert cast.gridworker.account.name in html
    assert "1380013800" not in html
    assert cast.building_head.account.name not in html


def test_a_number_that_the_community_made_public_stands_beside_the_name(home, cast, world):
    from mulin.kernel import rulebook

    RuleOverride.objects.create(
        name="portal.contacts", place=world.home, valid_from="2026-01-01", basis="公示牌",
        certainty="local practice", set_by=cast.admin.account,
        value=[
            {"name": cast.gridworker.account.name, "phone": "023-6280 5678"},
            {"name": "值班室", "phone": "023-1"},
        ],
    )  # fmt: skip
    rulebook.forget()
    html = page(home.get("/"))
    assert html.count(cast.gridworker.account.name) == 1
    assert "tel:023-6280 5678" in html and "值班室" in html


def test_a_group_tells_what_it_keeps_and_what_it_grew_out_of(home, shown, world):
    wish = shown("wish", "想在大门口种点花")
    world.group.adopted = world.sites[world.estate]
    world.group.save()
    ThreadLink.objects.create(
        child_kind="people.organisation", child=world.group.pk, parent_kind="voices.matter", parent=wish.pk
    )
    html = page(home.get(reverse("portal:people", args=[world.home])))
    assert "照看着金堰花园" in html
    assert reverse("portal:matter", args=[wish.number]) in html
    assert world.group.name in page(home.get(reverse("portal:matter", args=[wish.number])))


def test_a_thread_to_something_unpublished_is_not_told(home, sent, world):
    ThreadLink.objects.create(
        child_kind="people.organisation", child=world.group.pk, parent_kind="voices.matter",
        parent=sent.voice.matter_id,
    )  # fmt: skip
    assert sent.voice.text not in page(home.get("/"))


def test_other_modules_bring_their_blocks(home, monkeypatch, world):
    from mulin.kernel import registry
    from mulin.portal import community

    seen = []
    card = registry.Card("x", "portal/parts/me_too_refused.html", lambda actor, place: seen.append(place))
    other = registry.Card(
        "y", "portal/parts/me_too_refused.html", lambda actor, place: {"error": {"message": "来自别的模块"}}
    )
    monkeypatch.setattr(community.registry, "collect", lambda what: [card, other] if what == "cards" else [])
    assert "来自别的模块" in page(home.get("/"))
    assert seen == [world.home]


def test_what_one_can_take_part_in_stands_first_and_lines_of_neighbours_are_one_block(
    home, monkeypatch, shown, world
):
    from mulin.kernel import registry
    from mulin.portal import community

    def card(word, order, row=False):
        said = {"error": {"message": word}}
        template = "portal/parts/me_too_refused.html"
        return registry.Card(word, template, lambda actor, place: said, order, row)

    cards = [card("有活动", 20), card("一行", 41, True), card("又一行", 44, True), card("讲出来的", 60)]
    monkeypatch.setattr(community.registry, "collect", lambda what: cards if what == "cards" else [])
    shown("wish", "想学太极拳", category="interest_course")
    html = page(home.get("/"))
    words = ("有活动", "邻里之间", "一行", "又一行", "想学太极拳", "讲出来的", "找得到的人")
    places = [html.index(word) for word in words]
    assert places == sorted(places) and html.count("邻里之间") == 1


def test_the_elders_home_is_tiles_with_a_telephone(home, sent, world):
    home.cookies["mulin_elder"] = "1"
    world.committee.phone = "023-6280 1234"
    world.committee.save()
    html = page(home.get("/"))
    assert len(re.findall(r'class="tile[ "]', html)) == 8
    assert "打社区电话" in html and "tel:023-6280 1234" in html
    assert "elder.css" in html


def test_the_bar_reports_to_the_community_that_is_read(world, cast, client_for):
    client = client_for(cast.resident)
    theirs, report = reverse("portal:community", args=[world.other_home]), reverse("portal:report")
    talked_over = reverse("councils:topics-here", args=[world.other_home])
    for page in (theirs, talked_over):
        assert f'href="{report}?place={world.other_home}"><svg' in client.get(page).content.decode()
    assert f'href="{report}"><svg' in client.get("/").content.decode()


def test_the_home_page_asks_the_database_little(home, shown, cast, client_for, django_assert_max_num_queries):
    for n in range(4):
        shown(
            "wish",
            f"想要第{n}样东西",
            category=["event", "venue", "gift", "interest_course"][n] if n != 2 else "",
        )
        shown("help", f"第{n}盏路灯灭了")
    client = client_for(cast.resident)
    client.get("/")
    with django_assert_max_num_queries(24):
        client.get("/")


def test_the_home_page_costs_the_same_with_more_on_it(home, shown, django_assert_max_num_queries):
    shown("wish", "想要一块乒乓球桌", category="venue")
    home.get("/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        home.get("/")
    for n in range(3):
        shown("wish", f"想要第{n}样不同的东西", category=["event", "interest_course", "elder_care"][n])
    with django_assert_max_num_queries(len(few) + 1):
        home.get("/")


def test_a_groups_page_says_to_anybody_what_it_does_what_it_grew_from_and_how_to_join(world, shown):
    from mulin.kernel.models import ThreadLink
    from mulin.people.models import Organisation

    grew_from = shown(text="空地堆了垃圾，想种点花")
    group = Organisation.objects.get(pk=world.group.id)
    group.about = "轮流浇水，周六一起松土。"
    group.save()
    ThreadLink.objects.create(
        parent=grew_from.pk, parent_kind="voices.matter", child=group.pk, child_kind="people.organisation"
    )
    html = page(Client().get(reverse("people:group", args=[group.pk])))
    assert "轮流浇水" in html
    assert reverse("portal:matter", args=[grew_from.number]) in html
    assert f'href="{reverse("portal:people", args=[world.home])}#groups"' in html
    ask = f"{reverse('portal:report')}?group={group.pk}&place={world.home}"
    assert ask.replace("&", "&amp;") in html
    assert group.name in page(Client().get(ask))
    group.is_public = False
    group.save()
    assert group.name not in page(Client().get(ask))


def test_the_resident_is_led_to_the_board_of_the_community_at_hand(world):
    board = reverse("insight:board", args=[world.home])
    assert board in page(Client().get(reverse("portal:community", args=[world.home])))
    assert board in page(Client().get(reverse("disclosure:register"), {"place": world.home}))
    street = reverse("insight:board", args=[world.street])
    assert street in page(Client().get(reverse("disclosure:register"), {"place": world.street}))


def test_an_answered_wish_stands_on_the_home_once(home, shown, cast):
    wish = shown("wish", "想有一个乒乓球台")
    actions.answer_wish(actor=cast.clerk.actor, number=wish.number, decision="accepted", text="春节前摆两张")
    html = page(home.get("/"))
    assert html.count(reverse("portal:matter", args=[wish.number]) + '"') == 1
    assert "春节前摆两张" in html


def test_posts_are_named_in_the_language_of_the_page(world, cast):
    from mulin.people.models import Post

    Post.objects.filter(account=cast.clerk.id).update(title="社区工作者")
    Post.objects.filter(account=cast.gridworker.id).update(title="第二网格网格员")
    english = Client()
    english.cookies[COOKIE], english.cookies["mulin_language"] = world.home, "en"
    people = f"/c/{world.home}/people"
    html = page(english.get(people))
    assert "Community worker" in html and "社区工作者" not in html
    assert "第二网格网格员" not in html
    chinese = Client()
    chinese.cookies[COOKIE] = world.home
    assert "第二网格网格员" in page(chinese.get(people))
