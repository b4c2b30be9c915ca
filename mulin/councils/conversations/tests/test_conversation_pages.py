"""The pages: on the phone without an account and without scripts, and at the desk."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.councils.conversations import actions, answering, queries
from mulin.councils.conversations.models import Conversation, Opinion, Participant, Statement
from mulin.councils.conversations.tests.making import SEEDS, TITLE, drafted, opened, pictured, two_camps
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import today

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast):
    return opened(cast)


def public(name, made):
    return reverse(f"councils:{name}", args=[made.number])


def desk(name, made, *more):
    return reverse(f"councils_desk:{name}", args=[made.number, *more])


def asked(response) -> int:
    return int(re.search(r'name="n" value="(\d+)"', response.content.decode()).group(1))


# On the phone --------------------------------------------------------------------------------------------


def test_one_answers_statement_by_statement_without_scripts(client, made):
    page = client.get(public("conversation", made))
    assert "mulin_opinion" in client.cookies
    answered = {}
    while b'name="n"' in page.content:
        n = asked(page)
        assert n not in answered
        answered[n] = 1
        page = client.post(public("conversation-answer", made), {"n": n, "value": "1"}, follow=True)
    assert set(answered) == set(range(1, len(SEEDS) + 1))
    assert "都表过态了" in page.content.decode()
    assert Opinion.objects.count() == len(SEEDS)
    assert Participant.objects.count() == 1


def test_with_scripts_only_the_next_statement_comes(client, made):
    n = asked(client.get(public("conversation", made)))
    half = client.post(
        public("conversation-answer", made), {"n": n, "value": "-1"}, headers={"HX-Request": "true"}
    )
    assert half.status_code == 200
    assert b"<html" not in half.content and asked(half) != n


def test_an_answer_can_be_taken_back(client, made):
    n = asked(client.get(public("conversation", made)))
    after = client.post(public("conversation-answer", made), {"n": n, "value": "1"}, follow=True)
    assert f"?n={n}" in after.content.decode()
    again = client.get(public("conversation", made), {"n": n})
    assert asked(again) == n and 'aria-pressed="true"' in again.content.decode()
    client.post(public("conversation-answer", made), {"n": n, "value": "0"})
    assert list(Opinion.objects.values_list("n", "value")) == [(n, 0)]
    mine = client.get(public("conversation-mine", made))
    assert SEEDS[n - 1] in mine.content.decode()


def test_somebody_elses_telephone_knows_nothing(client, made):
    client.get(public("conversation", made))
    client.post(public("conversation-answer", made), {"n": 1, "value": "1"})
    from django.test import Client

    other = Client().get(public("conversation-mine", made))
    assert SEEDS[0] not in other.content.decode()


def test_what_one_writes_is_covered_and_waits(client, made):
    client.get(public("conversation", made))
    done = client.post(public("conversation-say", made), {"text": "有事打我电话13812345678"}, follow=True)
    assert "已经遮住" in done.content.decode()
    one = Statement.objects.get(state="waiting")
    assert "13812345678" not in one.text
    mine = client.get(public("conversation-mine", made)).content.decode()
    assert one.text in mine and "等审核" in mine


def test_something_alike_is_shown_before_it_is_taken(client, made):
    client.get(public("conversation", made))
    text = "消防通道上面不能停车吧"
    page = client.post(public("conversation-say", made), {"text": text})
    assert page.status_code == 422
    assert "有人说过类似的" in page.content.decode() and text in page.content.decode()
    client.post(public("conversation-say", made), {"text": text, "anyway": "1"})
    assert Statement.objects.filter(text=text).exists()


def test_a_refusal_keeps_what_was_written(client, made):
    client.get(public("conversation", made))
    page = client.post(public("conversation-say", made), {"text": "很长" * 80})
    assert page.status_code == 422 and "很长很长" in page.content.decode()


def test_a_wrong_answer_is_said_and_nothing_breaks(client, made):
    client.get(public("conversation", made))
    assert client.get(public("conversation", made), {"n": "9" * 5000, "last": "9" * 5000}).status_code == 200
    long = {"n": "9" * 5000, "value": "1"}  # Python reads no number of so many digits
    for body in ({"n": "x", "value": "1"}, {"n": 1, "value": "7"}, {"n": 99, "value": "1"}, long, {}):
        response = client.post(public("conversation-answer", made), body, follow=True)
        assert response.status_code == 200
        half = client.post(public("conversation-answer", made), body, headers={"HX-Request": "true"})
        assert half.status_code == 200
    assert not Opinion.objects.exists()


def test_drafts_do_not_exist_for_everybody(client, cast):
    made = drafted(cast)
    assert client.get(public("conversation", made)).status_code == 404
    assert client.get(public("conversation-map", made)).status_code == 404


def test_for_residents_only_a_stranger_is_asked_to_log_in(client, cast, client_for):
    made = opened(cast, open_to="verified")
    page = client.get(public("conversation", made)).content.decode()
    assert "请先登录" in page and 'name="n"' not in page
    assert "去申请认证" in client_for(cast.neighbour).get(public("conversation", made)).content.decode()
    own = client_for(cast.resident)
    own.post(
        public("conversation-answer", made), {"n": asked(own.get(public("conversation", made))), "value": "1"}
    )
    assert Opinion.objects.count() == 1


def test_the_picture_comes_after_ones_own_answers(client, made):
    two_camps(made)
    pictured(made)
    client.get(public("conversation", made))
    assert "先说说您自己怎么想" in client.get(public("conversation-map", made)).content.decode()
    for n in range(1, 8):
        client.post(public("conversation-answer", made), {"n": n, "value": "1"})
    page = client.get(public("conversation-map", made)).content.decode()
    assert "大家都认的" in page and "<svg" in page and "A 组" in page and "看表格" in page
    assert client.get(public("conversation-print", made)).status_code == 200


def test_with_a_handful_of_people_no_picture_is_shown(client, made):
    client.get(public("conversation", made))
    for n in range(1, 9):
        client.post(public("conversation-answer", made), {"n": n, "value": "1"})
    assert "人还不够多" in client.get(public("conversation-map", made)).content.decode()


def test_a_published_one_leads_to_its_conclusion(client, made, cast):
    two_camps(made)
    actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    actions.publish_conversation(actor=cast.clerk.actor, number=made.number, conclusion="先划六个车位。")
    page = client.get(public("conversation", made), follow=True)
    assert page.redirect_chain and "先划六个车位。" in page.content.decode()


def test_the_home_page_of_the_community_shows_it(client, made):
    assert TITLE in client.get(reverse("portal:community", args=[made.place])).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_speak_both_languages_and_show_both_to_elders(client, made, language):
    two_camps(made)
    pictured(made)
    client.cookies["mulin_language"] = language
    client.cookies["mulin_elder"] = "1"
    for name in ("conversation", "conversation-say", "conversation-mine", "conversation-map"):
        assert client.get(public(name, made)).status_code == 200, name


def test_an_address_answers_only_so_often(client, made, settings, world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    settings.MULIN_THROTTLE = True
    RuleOverride.objects.create(
        name="councils.opinions.answers_per_hour", place=world.home, valid_from=today() - timedelta(days=1),
        value=2, basis="test", certainty="house default", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    client.get(public("conversation", made))
    for n in (1, 2, 3):
        page = client.post(public("conversation-answer", made), {"n": n, "value": "1"}, follow=True)
    assert "太频繁" in page.content.decode()
    assert Opinion.objects.count() == 2


# At the desk ---------------------------------------------------------------------------------------------


def test_a_conversation_is_made_moderated_and_published_at_the_desk(client_for, cast, world):
    clerk = client_for(cast.clerk)
    page = clerk.post(
        reverse("councils_desk:conversation-new"),
        {
            "place": world.home, "title": TITLE, "text": "为了车位", "open_to": "anyone", "results": "during",
            "least": 20, "writes": "on", "closes_on": str(today() + timedelta(days=5)),
        },
    )  # fmt: skip
    made = Conversation.objects.get()
    assert page.url == desk("conversation-seeds", made)
    clerk.post(page.url, {"seeds": "\n".join(SEEDS)})
    clerk.post(desk("conversation-move", made, "open"))
    made.refresh_from_db()
    assert made.state == "open"
    one, _masked = answering.write_statement(
        actor=ANONYMOUS, number=made.number, key="k" * 22, text="晚上十点以后别按喇叭"
    )
    assert one.text in clerk.get(desk("conversation", made)).content.decode()
    clerk.post(desk("conversation-statement", made, one.n), {"do": "show", "text": one.text})
    assert one.n in queries.shown_statements(made)
    two_camps(made)
    clerk.post(desk("conversation-move", made, "close"))
    clerk.post(desk("conversation-publish", made), {"conclusion": "先划六个车位。"})
    made.refresh_from_db()
    assert (made.state, made.conclusion) == ("published", "先划六个车位。")
    for name in ("conversation", "conversation-map", "conversation-print"):
        assert clerk.get(desk(name, made)).status_code == 200, name
    excel = clerk.get(desk("conversation-export", made))
    assert excel["Content-Disposition"].endswith('.xlsx"') and excel.content[:2] == b"PK"
    votes = clerk.post(desk("conversation-votes", made))
    assert votes["Content-Type"] == "application/zip"


def test_what_waits_stands_in_the_inbox(client_for, cast, made):
    answering.write_statement(actor=ANONYMOUS, number=made.number, key="k" * 22, text="晚上十点以后别按喇叭")
    page = client_for(cast.clerk).get(reverse("desk:inbox")).content.decode()
    assert "1 句居民写的话等审核" in page


def test_the_queue_offers_what_is_alike(client_for, cast, made):
    answering.write_statement(
        actor=ANONYMOUS, number=made.number, key="k" * 22, text="消防通道上面不能停车吧", anyway=True
    )
    clerk = client_for(cast.clerk)
    assert "并到选中的这句" in clerk.get(desk("conversation", made)).content.decode()
    clerk.post(desk("conversation-statement", made, len(SEEDS) + 1), {"do": "merge", "into": "2"})
    assert Statement.objects.get(n=len(SEEDS) + 1).into == 2


def test_a_refusal_at_the_desk_is_said(client_for, cast, made):
    clerk = client_for(cast.clerk)
    page = clerk.post(desk("conversation-statement", made, 1), {"do": "reject"}, follow=True)
    assert "请写明理由" in page.content.decode()
    page = clerk.post(desk("conversation-move", made, "renew"), follow=True)
    assert "至少有5个人" in page.content.decode()
    assert clerk.post(desk("conversation-statement", made, 1), {"do": "shout"}).status_code == 404


def test_the_desk_of_another_place_does_not_know_it(client_for, cast, made):
    other = client_for(cast.other_clerk)
    for name in ("conversation", "conversation-edit", "conversation-seeds", "conversation-map"):
        assert other.get(desk(name, made)).status_code == 404, name
    assert TITLE not in other.get(reverse("councils_desk:conversations")).content.decode()


def test_lists_are_quick_however_many_there_are(client_for, cast, made, django_assert_max_num_queries):
    for _ in range(3):
        opened(cast)
    clerk = client_for(cast.clerk)
    clerk.get(reverse("councils_desk:conversations"))
    with django_assert_max_num_queries(30):
        clerk.get(reverse("councils_desk:conversations"))
