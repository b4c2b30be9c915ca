"""Following one's own voice: the receipt, the number and its code, the account; and what one may do."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from mulin.cases import actions as cases
from mulin.cases.models import Case
from mulin.kernel import clock
from mulin.kernel.numbers import show_number
from mulin.portal import receipts
from mulin.portal.tests.conftest import LAMP
from mulin.voices import actions
from mulin.voices.models import Photo, Voice

pytestmark = pytest.mark.django_db


def page(response) -> str:
    return response.content.decode()


def secret_of(sent) -> str:
    return sent.url.split("/r/")[1].split("?")[0]


def post(client: Client, sent, name: str, **fields):
    return client.post(reverse(f"portal:voice-{name}", args=[sent.voice.number]), fields)


def test_whoever_has_the_link_sees_the_receipt(sent):
    html = page(Client().get(sent.url))
    assert show_number(sent.voice.number) in html
    assert LAMP in html
    assert "已收到" in html


def test_the_address_just_sent_from_begins_with_thanks_and_later_with_the_answer(sent, finish):
    thanks, answer = "收到了，谢谢您告诉我们", "给您的答复"
    html = page(Client().get(sent.url, {"sent": "1"}))
    assert thanks in html and answer not in html and "data-draft-clear" in html
    finish(sent.voice.number)
    html = page(Client().get(sent.url, {"sent": "1"}))
    assert thanks not in html and html.index(answer) < html.index('id="said"')


def test_a_made_up_link_finds_nothing(sent):
    assert Client().get(reverse("portal:receipt", args=["x" * 22])).status_code == 404
    assert Client().get(reverse("portal:receipt", args=["x"])).status_code == 404


def test_a_receipt_is_never_indexed_kept_or_told_to_other_sites(sent):
    response = Client().get(sent.url)
    assert "noindex" in response["X-Robots-Tag"]
    assert response["Cache-Control"] == "private, no-store"
    # `no-referrer` would make browsers send forms with `Origin: null`, which is refused as forged.
    assert response["Referrer-Policy"] == "same-origin"


def test_a_form_of_the_receipt_passes_the_check_against_forged_forms(sent):
    client = Client(enforce_csrf_checks=True)
    page_with_form = client.get(sent.url)
    token = page_with_form.context["csrf_token"]
    url = reverse("portal:voice-add", args=[sent.voice.number])
    assert client.post(url, {"add-text": "又闪了", "csrfmiddlewaretoken": str(token)}).status_code == 302
    assert client.post(url, {"add-text": "又闪了"}).status_code == 403


def test_the_receipt_says_by_when_somebody_answers_and_by_which_rule(sent):
    html = page(Client().get(sent.url))
    assert "最晚" in html
    # In the words of a neighbour, and never the name of a rule pack.
    assert "我们会在 4 个工作小时内给您回应。" in html
    assert "规则包" not in html and "时限" not in html


def test_the_printed_receipt_carries_the_link_the_number_and_the_code(sent):
    html = page(Client().get(reverse("portal:receipt-print", args=[secret_of(sent)])))
    assert f"/r/{secret_of(sent)}" in html
    assert receipts.show_code(receipts.code_of(sent.voice.number)) in html
    assert "<svg" in html
    # Paper is read on another day.
    assert not any(word in html for word in ("今天", "明天", "昨天"))
    assert Client().get(reverse("portal:receipt-print", args=["x" * 22])).status_code == 404


def test_the_qr_code_has_no_style_that_the_security_policy_refuses(sent):
    html = page(Client().get(sent.url))
    svg = html[html.index("<svg", html.index("slip__qr")) :].split("</svg>")[0]
    assert "style=" not in svg and "<style" not in svg
    assert "viewBox" in svg


# By number ----------------------------------------------------------------------------------------


def test_number_and_code_open_the_voice(sent):
    client = Client()
    code = receipts.code_of(sent.voice.number)
    answer = client.post(
        "/find", {"number": show_number(sent.voice.number), "code": f"{code[:4]} {code[4:].lower()}"}
    )
    assert answer["Location"] == reverse("portal:voice", args=[sent.voice.number])
    assert LAMP in page(client.get(answer["Location"]))


def test_a_number_with_a_wrong_code_opens_nothing(sent):
    client = Client()
    answer = client.post("/find", {"number": sent.voice.number, "code": "AAAAAAAA"})
    assert answer.status_code == 422
    assert "对不上" in page(answer) and "没有查到" in page(answer) and "送出" not in page(answer)
    assert client.get(reverse("portal:voice", args=[sent.voice.number])).status_code == 404


def test_a_number_that_does_not_exist_gets_the_same_answer(world):
    number = "1234567897"
    answer = Client().post("/find", {"number": number, "code": receipts.code_of(number)})
    assert answer.status_code == 422
    assert "对不上" in page(answer)


def test_codes_differ_by_number():
    assert receipts.code_of("1234567897") != receipts.code_of("1234567898")
    assert len(receipts.code_of("1234567897")) == 8


# Whose it is --------------------------------------------------------------------------------------


def test_the_browser_that_sent_it_finds_it_again(sent):
    assert LAMP in page(sent.client.get(reverse("portal:voice", args=[sent.voice.number])))
    assert LAMP in page(sent.client.get("/mine"))


def test_nobody_else_sees_it_by_its_number(sent, cast, client_for):
    url = reverse("portal:voice", args=[sent.voice.number])
    assert Client().get(url).status_code == 404
    for person in (cast.resident, cast.neighbour, cast.clerk):
        assert client_for(person).get(url).status_code == 404


def test_a_made_up_cookie_opens_nothing(sent):
    client = Client()
    client.cookies[receipts.KEPT] = f"[{sent.voice.pk.hex!r}]:forged"
    assert client.get(reverse("portal:voice", args=[sent.voice.number])).status_code == 404


@pytest.mark.parametrize("name", ["add", "correct", "withdraw", "rate", "reopen", "keep", "forget"])
def test_nobody_acts_on_a_foreign_voice(sent, name, cast, client_for):
    fields = {"add-text": "x", "correct-text": "x", "withdraw-reason": "private", "reopen-reason": "x"}
    for client in (Client(), client_for(cast.neighbour), client_for(cast.clerk)):
        assert post(client, sent, name, **fields).status_code == 404
    assert Voice.objects.get(pk=sent.voice.pk).state == "received"


def test_a_notice_with_the_matters_number_leads_to_my_own_voice(cast, client_for, shown, world):
    matter = shown()
    mine = actions.submit_voice(
        actor=cast.neighbour.actor, text="我这边的路灯也灭了", place=world.home, join=matter.number
    ).voice
    html = page(client_for(cast.neighbour).get(reverse("portal:voice", args=[matter.number])))
    assert show_number(mine.number) in html


# What one does with it ----------------------------------------------------------------------------


def test_words_and_photos_can_be_added(sent, picture):
    answer = post(sent.client, sent, "add", **{"add-text": "今天又闪了一次", "photos": [picture()]})
    assert answer.status_code == 302
    assert "今天又闪了一次" in page(sent.client.get(sent.url))
    assert Photo.objects.filter(voice=sent.voice).count() == 1


def test_a_photo_can_be_added_without_words(sent, picture):
    assert post(sent.client, sent, "add", photos=[picture()]).status_code == 302


def test_after_an_action_the_person_is_back_where_they_were(sent):
    client = Client()
    link = sent.url.split("?")[0]
    client.get(link)
    assert post(client, sent, "add", **{"add-text": "又闪了", "next": link})["Location"] == link
    elsewhere = post(client, sent, "add", **{"add-text": "又闪了", "next": "https://example.org/"})
    assert elsewhere["Location"] == reverse("portal:voice", args=[sent.voice.number])


def test_an_empty_addition_is_said_and_the_page_stays(sent):
    answer = post(sent.client, sent, "add", **{"add-text": ""})
    assert answer.status_code == 422
    assert LAMP in page(answer)


def test_a_mistake_can_be_corrected(sent):
    assert post(sent.client, sent, "correct", **{"correct-text": "3栋楼道的灯坏了三天"}).status_code == 302
    assert Voice.objects.get(pk=sent.voice.pk).text == "3栋楼道的灯坏了三天"


def test_a_correction_that_changes_nothing_is_said(sent):
    answer = post(sent.client, sent, "correct", **{"correct-text": LAMP})
    assert answer.status_code == 409
    assert "内容没有变化" in page(answer)


def test_a_voice_can_be_withdrawn_and_says_so(sent):
    assert post(sent.client, sent, "withdraw", **{"withdraw-reason": "solved_itself"}).status_code == 302
    html = page(sent.client.get(sent.url))
    assert "您已撤回" in html
    assert "送出补充" not in html


def test_withdrawing_needs_a_reason(sent):
    assert post(sent.client, sent, "withdraw").status_code == 422
    assert Voice.objects.get(pk=sent.voice.pk).state == "received"


def test_an_anonymous_person_confirms_that_it_is_solved(sent, finish):
    finish(sent.voice.number)
    html = page(sent.client.get(sent.url))
    assert "请您确认" in html and "换好了" in html and "解决了吗" in html
    answer = post(
        sent.client, sent, "rate", **{"rate-solved": "yes", "rate-satisfied": "yes", "rate-remark": "很快"}
    )
    assert answer.status_code == 302
    voice = Voice.objects.get(pk=sent.voice.pk)
    assert (voice.is_solved, voice.is_satisfied, voice.remark) == (True, True, "很快")
    assert Case.objects.get().state == "confirmed"
    assert "您的评价" in page(sent.client.get(sent.url))


def test_not_solved_means_that_work_goes_on(sent, finish):
    finish(sent.voice.number)
    post(sent.client, sent, "rate", **{"rate-solved": "no"})
    assert Case.objects.get().state == "reopened"
    assert "重新办理" in page(sent.client.get(sent.url))


def test_my_own_word_stays_on_my_receipt_in_the_second_person(sent, finish, say, cast, client_for):
    from mulin.voices import actions

    actions.publish_matter(
        actor=cast.clerk.actor, number=sent.voice.number, title="楼道灯不亮", text="楼道灯不亮"
    )
    neighbour = client_for(cast.resident)
    other = say(neighbour, join=sent.voice.number, idempotency_key="j" * 22)
    finish(sent.voice.number)
    post(sent.client, sent, "rate", **{"rate-solved": "no", "rate-remark": "亮了一晚又灭了"})
    mine = page(sent.client.get(sent.url))
    assert "亮了一晚又灭了" in mine
    assert "您说：没有解决" in mine and "反映的人说：没有解决" not in mine
    theirs = page(neighbour.get(other.url))
    assert "反映的人说：没有解决" in theirs and "亮了一晚又灭了" not in theirs
    finish(sent.voice.number)
    post(sent.client, sent, "rate", **{"rate-solved": "yes", "rate-remark": "这回好了"})
    mine = page(sent.client.get(sent.url))
    assert mine.count("亮了一晚又灭了") == 1 and "这回好了" in mine


def test_who_belongs_to_a_group_speaks_of_their_own_matter_without_it(cast, client_for, say, finish):
    """In a small group its name would say who spoke."""
    from mulin.kernel.models import Entry

    client = client_for(cast.group_member)
    mine = say(client)
    finish(mine.voice.number)
    post(client, mine, "rate", **{"rate-solved": "no", "rate-remark": "又灭了"})
    assert Entry.objects.get(code="cases.case.not_solved").org is None


def test_a_rating_without_a_word_is_asked_for_again(sent, finish):
    finish(sent.voice.number)
    answer = post(sent.client, sent, "rate", **{"rate-remark": "先写一句"})
    assert answer.status_code == 422
    assert "先写一句" in page(answer)
    assert Case.objects.get().state == "done"


def test_nothing_is_rated_before_it_is_answered(sent):
    assert "rate-solved" not in page(sent.client.get(sent.url))
    assert post(sent.client, sent, "rate", **{"rate-solved": "yes"}).status_code == 409


def test_what_was_confirmed_can_be_reopened_with_a_reason(sent, finish, cast):
    finish(sent.voice.number)
    post(sent.client, sent, "rate", **{"rate-solved": "yes"})
    cases.close_case(actor=cast.clerk.actor, number=sent.voice.number)
    assert "办结" in page(sent.client.get(sent.url))
    assert post(sent.client, sent, "reopen", **{"reopen-reason": ""}).status_code == 422
    assert post(sent.client, sent, "reopen", **{"reopen-reason": "当晚又灭了"}).status_code == 302
    assert Case.objects.get().state == "reopened"
    assert "当晚又灭了" in page(sent.client.get(sent.url))


def test_a_wish_is_answered_and_the_answer_rated(say, cast):
    client = Client()
    sent = say(client, text="想学太极拳，早上八点前后都有空", kind="wish")
    assert "心愿墙" in page(client.get(sent.url))
    actions.answer_wish(
        actor=cast.clerk.actor, number=sent.voice.number, decision="declined", text="场地在修，明年三月再看"
    )
    html = page(client.get(sent.url))
    assert "暂时做不到" in html and "明年三月" in html
    assert post(client, sent, "rate", **{"rate-satisfied": "no"}).status_code == 302
    assert Voice.objects.get(pk=sent.voice.pk).is_satisfied is False


def test_the_page_shows_nothing_of_who_works_on_it(sent, finish, cast):
    finish(sent.voice.number)
    html = page(sent.client.get(sent.url))
    assert cast.clerk.account.name not in html
    assert "金堰社区居委会" in html


def test_other_peoples_voices_on_the_same_matter_are_not_shown(sent, say, cast):
    actions.publish_matter(
        actor=cast.clerk.actor, number=sent.voice.matter.number, title="楼道灯坏了", text="楼道灯坏了"
    )
    say(
        Client(), text="我是四楼的，我这里的灯也坏了", join=sent.voice.matter.number, idempotency_key="o" * 22
    )
    html = page(sent.client.get(sent.url))
    assert "四楼" not in html


# Keeping and forgetting ------------------------------------------------------------------------------


def test_a_link_that_was_only_opened_is_forgotten_with_the_browser(sent):
    client = Client()
    client.get(sent.url)
    assert receipts.KEPT not in client.cookies
    assert client.cookies[receipts.OPENED]["max-age"] == ""
    assert client.cookies[receipts.OPENED]["httponly"]


def test_a_phone_can_be_told_to_remember_and_to_forget(sent):
    client = Client()
    client.get(sent.url)
    post(client, sent, "keep")
    assert int(client.cookies[receipts.KEPT]["max-age"]) > 0
    post(client, sent, "forget")
    assert client.get(reverse("portal:voice", args=[sent.voice.number])).status_code == 404
    assert client.get(sent.url).status_code == 200


def test_all_receipts_of_a_phone_are_forgotten_at_once(sent):
    sent.client.post(reverse("portal:forget-all"))
    assert LAMP not in page(sent.client.get("/mine"))
    assert Voice.objects.get(pk=sent.voice.pk).state == "received"


def test_what_was_said_without_an_account_can_be_kept_in_one(sent, cast, client_for):
    client = client_for(cast.resident)
    client.get(sent.url)
    assert "收进我的账户" in page(client.get(sent.url))
    assert post(client, sent, "keep").status_code == 302
    assert Voice.objects.get(pk=sent.voice.pk).account_id == cast.resident.id


def test_a_phone_remembers_twenty_receipts_at_most(say, world):
    client = Client()
    for n in range(22):
        say(client, text=f"第{n}盏灯坏了", idempotency_key=f"{n:022d}")
    kept = receipts.signing.loads(client.cookies[receipts.KEPT].value, salt=receipts.SALT)
    assert len(kept) == receipts.MOST
    assert kept[0] == Voice.objects.get(text="第21盏灯坏了").pk.hex


def test_the_receipt_is_also_in_english(sent):
    html = page(Client(headers={"accept-language": "en"}).get(sent.url))
    assert "How far it is" in html and "Receipt" in html
    assert "办到哪一步" not in html


def next_of(client: Client, voice: Voice) -> str:
    return client.get(reverse("portal:voice", args=[voice.number])).context["f"].next_step


def test_nobody_is_promised_a_call_who_left_no_number(say, sent, finish):
    assert "没有留电话" in next_of(sent.client, sent.voice)
    assert "和您联系" not in next_of(sent.client, sent.voice)
    finish(sent.voice.matter.number)
    assert "打电话问您" not in next_of(sent.client, sent.voice)
    assert "没有确认" in next_of(sent.client, sent.voice)


def test_who_left_a_number_is_told_of_the_call(say, finish):
    client = Client()
    voice = say(client, contact="13800138000").voice
    assert "和您联系" in next_of(client, voice)
    finish(voice.matter.number)
    assert "打电话问您" in next_of(client, voice)


def test_who_is_logged_in_without_a_number_is_told_of_messages(say, cast, client_for):
    client = client_for(cast.resident)
    cast.resident.account.set_phone("")
    cast.resident.account.save()
    voice = say(client).voice
    assert "我的" in next_of(client, voice) and "和您联系" not in next_of(client, voice)


def road_of(sent) -> list[tuple[str, str]]:
    steps = sent.client.get(reverse("portal:voice", args=[sent.voice.number])).context["f"].road
    return [
        (str(step["label"]), "past" if step["past"] else "now" if step["now"] else "ahead") for step in steps
    ]


def test_the_road_shows_only_steps_that_happened(sent, finish):
    assert road_of(sent)[0] == ("已收到", "now")
    finish(sent.voice.matter.number)  # accepted and done in place: never sent to a unit
    assert road_of(sent) == [
        ("已收到", "past"), ("在办", "past"), ("请您确认", "now"), ("办结", "ahead"),
    ]  # fmt: skip


def test_the_road_of_a_matter_that_was_sent_to_a_unit_says_so(sent, cast):
    from mulin.cases import moves

    number, org = sent.voice.matter.number, str(cast.department.actor.posts[0].org)
    moves.perform("accept", actor=cast.clerk.actor, number=number)
    moves.perform("dispatch", actor=cast.clerk.actor, number=number, org=org)
    moves.perform("start", actor=cast.department.actor, number=number)
    assert road_of(sent)[:3] == [("已收到", "past"), ("已派出", "past"), ("在办", "now")]


def test_an_objection_takes_nobody_back_on_the_road(sent, cast):
    from mulin.cases import moves

    number, org = sent.voice.matter.number, str(cast.department.actor.posts[0].org)
    moves.perform("accept", actor=cast.clerk.actor, number=number)
    moves.perform("dispatch", actor=cast.clerk.actor, number=number, org=org)
    moves.perform("object", actor=cast.department.actor, number=number, reason="这盏灯归物业")
    assert road_of(sent)[:2] == [("已收到", "past"), ("正在确定由谁来办", "now")]


def test_an_address_that_only_takes_forms_says_so_when_it_is_opened(sent):
    client, address = sent.client, reverse("portal:voice-add", args=[sent.voice.number])
    answer = client.get(address)
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"
    assert "这个网址只收表单" in page(answer) and "12345" in page(answer)
    came_back = client.post(address, {"add-text": ""}, headers={"referer": f"http://testserver{sent.url}"})
    switch = page(came_back).split('action="/language/"')[-1].split("</form>")[0]
    assert came_back.status_code == 422 and f'value="{sent.url}"' in switch


def test_the_receipt_says_the_building_and_the_address(say, world):
    html = page(say(Client(), building=world.building, address="三楼拐角", follow=True).answer)
    assert " · 三楼拐角" in html


def test_the_end_of_the_road_is_where_one_stands_and_not_a_step_behind(sent, finish):
    finish(sent.voice.matter.number)
    Case.objects.filter(matter=sent.voice.matter).update(state="closed", is_open=False)
    html = page(sent.client.get(reverse("portal:voice", args=[sent.voice.number])))
    road = html[html.index('<ol class="road"') :].split("</ol>")[0]
    assert road.count("已过") == 3 and 'aria-current="step">办结</li>' in road


def test_a_suspended_matter_is_not_called_work_in_hand_on_the_road(sent):
    Case.objects.filter(matter=sent.voice.matter).update(state="suspended")
    assert ("暂时办不了", "now") in road_of(sent)


def test_the_day_of_the_review_is_said_as_a_day_and_not_as_a_figure(sent, cast):
    number, day = sent.voice.number, clock.today() + timedelta(days=9)
    cases.accept_case(actor=cast.clerk.actor, number=number)
    cases.suspend_case(actor=cast.clerk.actor, number=number, reason="等配件", review_on=day)
    cases.approve_pending(actor=cast.street.actor, number=number)
    html = page(sent.client.get(reverse("portal:voice", args=[sent.voice.number])))
    assert f"{day.month}月{day.day}日会再看一次" in html and day.isoformat() not in html


def test_what_is_closed_offers_to_reopen_and_nothing_to_take_back(sent, finish):
    own = reverse("portal:voice", args=[sent.voice.number])
    assert "撤回这件事" in page(sent.client.get(own))
    finish(sent.voice.matter.number)
    post(sent.client, sent, "rate", **{"rate-solved": "yes", "rate-satisfied": "yes"})
    Case.objects.filter(matter=sent.voice.matter).update(state="closed", is_open=False, outcome="confirmed")
    html = page(sent.client.get(own))
    assert "重新打开" in html and "给您的答复" in html
    assert "撤回这件事" not in html and "改正写错的地方" not in html


def test_an_answer_that_did_not_solve_it_is_called_the_last_one(sent, finish):
    finish(sent.voice.matter.number)
    own = reverse("portal:voice", args=[sent.voice.number])
    assert "上次的答复" not in page(sent.client.get(own))
    post(sent.client, sent, "rate", **{"rate-solved": "no"})
    assert "上次的答复" in page(sent.client.get(own))
