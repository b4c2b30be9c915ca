"""My things and what I was told."""

import pytest
from django.test import Client
from django.urls import reverse

from mulin.kernel.models import Notice

pytestmark = pytest.mark.django_db


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def told(say, cast, client_for, finish, settle):
    """The resident reported, was answered, and has notices: the logged-in browser."""
    client = client_for(cast.resident)
    sent = say(client)
    finish(sent.voice.number)
    settle()
    client.voice = sent.voice
    return client


def test_my_things_need_no_account(world):
    response = Client().get("/mine")
    assert response.status_code == 200
    assert "您还没有说过什么" in page(response)
    assert "noindex" in response["X-Robots-Tag"]


def test_what_waits_for_my_word_comes_first(told, say):
    say(told, text="另一件事，门禁坏了", idempotency_key="n" * 22)
    html = page(told.get("/mine"))
    assert html.index("楼道的灯坏了") < html.index("门禁坏了")
    assert "请您确认" in html


def test_nobody_sees_my_things(told, cast, client_for):
    for client in (Client(), client_for(cast.neighbour), client_for(cast.clerk)):
        assert told.voice.text not in page(client.get("/mine"))


def test_news_stands_on_my_page_and_in_the_bar(told):
    html = page(told.get("/mine"))
    assert "有了答复" in html
    new = Notice.objects.filter(read_at=None).count()
    assert new and f'<span class="bar__count">{new}<' in html


def test_opening_a_notice_marks_it_and_leads_to_the_matter(told):
    notice = Notice.objects.get(code="cases.case.finished")
    answer = told.post(reverse("portal:notice-open", args=[notice.pk]))
    assert told.get(answer["Location"]).status_code == 200
    assert Notice.objects.get(pk=notice.pk).read_at


def test_nobody_opens_my_notices(told, cast, client_for):
    notice = Notice.objects.get(code="cases.case.finished")
    for client in (Client(), client_for(cast.neighbour)):
        assert client.post(reverse("portal:notice-open", args=[notice.pk])).status_code == 404
        client.post(reverse("portal:notices-read"))
    assert Notice.objects.get(pk=notice.pk).read_at is None


def test_all_notices_are_marked_at_once_and_can_be_seen_again(told):
    assert "都标为已读" in page(told.get("/mine/notices?show=new"))
    told.post(reverse("portal:notices-read"))
    assert "都看过了" in page(told.get("/mine/notices?show=new"))
    assert "有了答复" in page(told.get("/mine/notices"))


def test_without_an_account_the_page_says_how_to_get_notices(world):
    assert "登录后，消息会到这里" in page(Client().get("/mine/notices"))


@pytest.mark.parametrize("path", ["/mine", "/mine/notices", "/find"])
def test_my_pages_are_also_in_english(told, path):
    told.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    html = page(told.get(path))
    assert '<html lang="en"' in html and "我说过的" not in html


def test_the_desk_is_offered_to_those_only_who_may_enter_it(cast, client_for):
    """Who belongs to a group of neighbours holds a post, but none of the desk."""
    entry = f'href="{reverse("desk:inbox")}"'
    assert entry in page(client_for(cast.clerk).get("/mine"))
    member = client_for(cast.group_member)
    assert entry not in page(member.get("/mine"))
    refused = member.get(reverse("desk:inbox"))
    assert refused.status_code == 403
    assert entry not in page(refused) and "回首页" in page(refused)


def test_where_i_take_part_is_one_row_each_and_nothing_i_never_began(world, cast, client_for):
    from mulin.mutualaid.matching.actions import ask_help

    client = client_for(cast.resident)
    assert "我参加的" not in page(client.get("/mine"))
    windows = [{"day": 1, "from": "09:00", "to": "10:00"}]
    ask_help(actor=cast.resident.actor, place=world.home, kind="company", name="李家", windows=windows)
    html = page(client.get("/mine"))
    assert "我参加的" in html and reverse("aid:mine") in html
    for name in ("academy:clubs-mine", "academy:sessions-mine", "academy:rota-mine", "bookings:venue-mine"):
        assert reverse(name) not in html
    assert "我参加的" not in page(Client().get("/mine"))
