"""Answering a survey on a phone: without an account, kept when the browser closes, counted once."""

from datetime import timedelta

import pytest
from django.test import Client

from mulin.kernel import clock, throttle
from mulin.voices.surveys import actions
from mulin.voices.surveys.models import Sheet, SurveyCode


@pytest.fixture
def opened(world, cast):
    def make(template="annual_needs", **fields):
        clerk = cast.clerk.actor
        made = actions.draft_survey(actor=clerk, place=world.home, template=template)
        frame = {"title": "大家最需要什么", "closes_on": clock.today() + timedelta(days=9), **fields}
        actions.edit_survey(actor=clerk, number=made.number, **frame)
        return actions.open_survey(actor=clerk, number=made.number)

    return make


def test_a_neighbour_finds_it_on_the_community_s_home(client, opened, world):
    survey = opened()
    assert f'href="/s/{survey.number}"' in client.get(f"/c/{world.home}/").content.decode()
    assert survey.title not in client.get(f"/c/{world.other_home}/").content.decode()


def test_it_is_answered_without_an_account_and_once(client, opened):
    url = f"/s/{opened().number}"
    assert "不用登记" in client.get(url).content.decode()
    answer = client.post(url, {"age": "a36", "needs": ["meals", "other"], "needs.other": "钢琴"})
    assert answer.url == f"{url}/thanks"
    assert "谢谢您" in client.get(answer.url).content.decode()
    assert Sheet.objects.get().answers == {"age": "a36", "needs": ["meals", "other"], "needs.other": "钢琴"}
    assert client.get(url).url == f"{url}/thanks"
    client.post(url, {"needs": ["green"]})
    assert Sheet.objects.count() == 1


def test_what_was_filled_in_is_there_again_after_the_browser_was_closed(client, opened):
    url = f"/s/{opened().number}"
    client.get(url)
    assert client.post(f"{url}/save", {"age": "a80"}).json()["kept"]
    assert 'value="a80" checked' in client.get(url).content.decode()
    assert 'value="a80" checked' not in Client().get(url).content.decode()


def test_a_browser_without_cookies_loses_nothing_on_the_page(opened):
    url = f"/s/{opened().number}"
    assert Client().post(f"{url}/save", {"age": "a80"}).status_code == 409
    answer = Client().post(url, {"age": "a80"})
    assert answer.status_code == 422
    assert 'value="a80" checked' in answer.content.decode() and "这一题要回答" in answer.content.decode()


def test_a_printed_code_is_asked_for_and_named_when_it_is_wrong(client, opened, cast):
    survey = opened(once="household")
    code = actions.make_codes(actor=cast.clerk.actor, number=survey.number, n=1)[0]
    url = f"/s/{survey.number}"
    client.get(url)
    answer = client.post(url, {"needs": ["meals"], "code": "AAAA-AAAA"})
    assert answer.status_code == 422 and "这个码不对" in answer.content.decode()
    assert client.post(url, {"needs": ["meals"], "code": code}).status_code == 302
    # The button pressed twice is thanked for; a code that somebody else has used is no thanks.
    assert client.post(url, {"needs": ["meals"], "code": code}).url == f"{url}/thanks"
    answer = Client().post(url, {"needs": ["green"], "code": code})
    assert answer.status_code == 409 and "这个码已经交过一份了" in answer.content.decode()
    assert 'value="green" checked' in answer.content.decode()
    assert (Sheet.objects.count(), SurveyCode.objects.count()) == (1, 1)


def test_a_draft_is_nobody_s_business(client, world, cast):
    made = actions.draft_survey(actor=cast.clerk.actor, place=world.home, template="rapport")
    for path in ("", "/thanks", "/results"):
        assert client.get(f"/s/{made.number}{path}").status_code == 404


def test_after_the_end_it_says_so_and_results_come_later(client, opened, cast):
    survey = opened()
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    assert "已经结束" in client.get(f"/s/{survey.number}").content.decode()
    assert client.get(f"/s/{survey.number}/results").url == f"/s/{survey.number}"


def test_small_figures_of_a_published_result_are_covered(client, opened, cast):
    survey = opened()
    for n in range(20):
        browser = Client()
        browser.get(f"/s/{survey.number}")
        browser.post(f"/s/{survey.number}", {"needs": ["meals"], "age": "a80" if n < 2 else "a36"})
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    call = {"actor": cast.secretary.actor, "number": survey.number, "conclusion": "先办老人食堂。"}
    actions.publish_results(**call, questions=["age", "needs"])
    html = client.get(f"/s/{survey.number}/results").content.decode()
    assert "少于五份" in html and 'aria-label="80岁及以上"' not in html
    assert '20<span class="soft"> · 100%' in html and "先办老人食堂" in html


def test_every_kind_of_question_has_a_field_that_works_without_scripts(client, opened, cast, world):
    options = [{"key": "a", "text": "甲"}, {"key": "b", "text": "乙"}]
    kinds = {
        "single": {"options": options}, "multiple": {"options": options}, "rating": {"most": 5}, "text": {},
        "matrix": {"options": options, "rows": [{"key": "r", "text": "行"}]}, "ranking": {"options": options},
        "number": {}, "place": {},
    }  # fmt: skip
    questions = [{"key": kind, "kind": kind, "text": kind, **more} for kind, more in kinds.items()]
    clerk = cast.clerk.actor
    made = actions.draft_survey(actor=clerk, place=world.home)
    actions.edit_questions(actor=clerk, number=made.number, data={"sections": [{"questions": questions}]})
    frame = {"title": "全都有", "closes_on": clock.today()}
    actions.edit_survey(actor=clerk, number=made.number, **frame)
    actions.open_survey(actor=clerk, number=made.number)
    client.get(f"/s/{made.number}")
    data = {
        "single": "a", "multiple": ["a", "b"], "rating": "4", "text": "好", "matrix.r": "b", "ranking.a": "2",
        "ranking.b": "1", "number": "3", "place.lon": "106.56", "place.lat": "29.51",
    }  # fmt: skip
    assert client.post(f"/s/{made.number}", data).status_code == 302
    assert Sheet.objects.get().answers == {
        "single": "a", "multiple": ["a", "b"], "rating": 4, "text": "好", "matrix": {"r": "b"},
        "ranking": ["b", "a"], "number": 3, "place": [106.56, 29.51],
    }  # fmt: skip


def test_the_next_person_on_the_same_telephone_begins_anew(client, opened):
    url = f"/s/{opened().number}"
    client.get(url)
    client.post(f"{url}/save", {"age": "a80"})
    assert "上次填到一半" in client.get(url).content.decode()
    assert client.post(f"{url}/save", {"anew": "1"}).url == url
    html = client.get(url).content.decode()
    assert 'value="a80" checked' not in html and "上次填到一半" not in html
    assert not Sheet.objects.exists()


def test_somebody_in_elder_mode_finds_it_too(client, opened, world):
    survey = opened()
    client.cookies["mulin_elder"] = "1"
    html = client.get(f"/c/{world.home}/").content.decode()
    assert "elder" in html and f'href="/s/{survey.number}"' in html


def test_the_limit_counts_addresses_never_accounts(client_for, cast, opened, settings, monkeypatch):
    """A counter by account would say who has answered within the last hour."""
    settings.MULIN_THROTTLE = True
    asked = []
    monkeypatch.setattr(throttle, "check", lambda what, who, **more: asked.append(who))
    client = client_for(cast.resident)
    url = f"/s/{opened().number}"
    client.get(url)
    client.post(f"{url}/save", {"age": "a80"})
    client.post(url, {"needs": ["meals"]})
    assert asked == ["127.0.0.1", "127.0.0.1"]
