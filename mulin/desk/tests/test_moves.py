"""Every move of a case from its page, with scripts off: the bar leads there, the form does it."""

import re
from datetime import timedelta

import pytest

from mulin.cases import moves
from mulin.cases.models import CaseText, ReplyTemplate
from mulin.desk.bar import CONFIRM, DONE, ICONS
from mulin.desk.tests.conftest import REPLY, undo_of
from mulin.kernel import clock


def press(client, said, move: str, page_of, **fields):
    """As a person does: find the move on the page; where it is a link, open its form; send it."""
    seen = page_of(client, said.url).replace("&amp;", "&")
    address = f"{said.url}{move}/"
    assert address in seen, f"{move} is not on the page"
    if re.search(rf'<a [^>]*href="{address}', seen):
        form = page_of(client, address)
        for name in fields:
            assert f'name="{name}"' in form, f"{name} is not in the form of {move}"
    answer = client.post(address, fields)
    assert answer.status_code == 302, re.findall(r'class="errors">(.*?)</ul>', answer.content.decode(), re.S)
    return said.case()


def choice(kind: str, said) -> str:
    from mulin.cases.reasons import choices

    return choices(f"cases.{kind}.reasons", said.case().place)[0][0]


def soon(days: int = 20) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def test_accept_is_one_tap(clerk, speak, page_of):
    assert press(clerk, speak(), "accept", page_of).state == "accepted"


def test_find_facts_by_a_grid_worker(browser, speak, world, page_of):
    said = speak()
    case = press(
        browser("gridworker"), said, "find-facts", page_of, fact_basics="三盏灯不亮", fact_root="镇流器老化"
    )
    assert case.state == "found"
    assert case.matter.facts == {"basics": "三盏灯不亮", "root": "镇流器老化"}


def test_dispatch_to_a_unit_of_the_list(clerk, speak, world, bring, page_of):
    said = speak(building="")
    bring(said.number, "accepted")
    case = press(clerk, said, "dispatch", page_of, org=str(world.housing.id), note="请今天看一下")
    assert (case.state, case.lead_id) == ("dispatched", world.housing.id)


def test_object_and_decide_the_objection(browser, clerk, speak, world, bring, page_of):
    said = speak()
    bring(said.number, "dispatched")
    objected = press(
        browser("department"), said, "object", page_of, reason="这盏灯是小区的，不是市政的",
        proposed=str(world.housing.id),
    )  # fmt: skip
    assert objected.state == "returned"
    form = page_of(clerk, f"{said.url}decide-objection/")
    assert "提出异议的单位认为应由它办" in form
    decided = press(
        clerk, said, "decide-objection", page_of, uphold="true", reason="确实是小区的",
        org_likely=str(world.housing.id),
    )  # fmt: skip
    assert (decided.state, decided.lead_id) == ("dispatched", world.housing.id)


def test_a_rejected_objection_stays_with_the_unit(browser, clerk, speak, world, bring, do, page_of):
    said = speak()
    bring(said.number, "dispatched")
    do("object", "department", said.number, reason="不归我们")
    case = press(clerk, said, "decide-objection", page_of, uphold="false", reason="按职责就是城管局")
    assert (case.state, case.lead_id) == ("dispatched", world.city_management.id)


def test_start_is_one_tap_for_the_unit(browser, speak, bring, page_of):
    said = speak()
    bring(said.number, "dispatched")
    assert press(browser("department"), said, "start", page_of).state == "in_hand"


def test_finish_with_a_photo(browser, speak, bring, page_of):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    said = speak()
    bring(said.number, "in_hand")
    picture = BytesIO()
    Image.new("RGB", (40, 30), "orange").save(picture, "JPEG")
    upload = SimpleUploadedFile("after.jpg", picture.getvalue(), "image/jpeg")
    case = press(
        browser("department"), said, "finish", page_of, done_text="换了镇流器", reply=REPLY, photos=upload
    )
    assert case.state == "done"
    assert case.matter.photos.filter(role="after").count() == 1


def test_a_template_like_reply_asks_once_and_keeps_what_was_typed(browser, speak, bring):
    said = speak()
    bring(said.number, "in_hand")
    department = browser("department")
    stock = "您好，您反映的问题已收悉，我们高度重视，将进一步加强管理，感谢您的支持。"
    fields = {"done_text": "看过了", "reply": stock}
    asked = department.post(f"{said.url}finish/", fields)
    page = asked.content.decode()
    assert asked.status_code == 422 and "像套话" in page and stock in page and 'name="confirm_reply"' in page
    assert said.case().state == "in_hand"
    assert department.post(f"{said.url}finish/", {**fields, "confirm_reply": "on"}).status_code == 302
    assert said.case().state == "done"


def test_a_reply_template_is_put_into_the_form_without_scripts(browser, speak, world, bring, page_of):
    said = speak()
    bring(said.number, "in_hand")
    template = ReplyTemplate.objects.create(org=world.city_management, title="路灯", text="我们已到现场查看")
    department = browser("department")
    form = page_of(department, f"{said.url}finish/")
    assert f"?template={template.pk}" in form
    filled = page_of(department, f"{said.url}finish/", template=str(template.pk))
    assert re.search(r'name="reply"[^>]*>\s*我们已到现场查看', filled)


def test_call_back_and_close(clerk, speak, bring, page_of):
    said = speak(contact="13700002222")
    bring(said.number, "done")
    case = press(
        clerk,
        said,
        "call-back",
        page_of,
        result="reached",
        how="phone",
        is_solved="true",
        is_satisfied="true",
    )
    assert (case.state, case.is_solved) == ("confirmed", True)
    assert press(clerk, said, "close", page_of).state == "closed"


def test_suspend_and_a_second_person_agrees(clerk, browser, speak, bring, page_of):
    said = speak()
    bring(said.number, "accepted")
    proposed = press(clerk, said, "suspend", page_of, reason="要等明年大修资金", review_on=soon())
    assert proposed.state == "accepted" and proposed.pending
    agreed = press(browser("secretary"), said, "approve", page_of)
    assert agreed.state == "suspended"
    assert press(clerk, said, "resume", page_of, reason="资金到了").state == "accepted"


def test_refuse_and_a_second_person_declines(clerk, browser, speak, page_of):
    said = speak()
    press(clerk, said, "refuse", page_of, reason_code=choice("refusal", said), reason="不在本区")
    case = press(browser("secretary"), said, "decline", page_of, reason="就在本区，应当受理")
    assert (case.state, case.pending) == ("reported", None)


def test_merge_by_number_and_take_apart_again(clerk, speak, page_of):
    first, second = (
        speak(),
        speak(text="花坛边的座椅断了一条腿，老人差点摔倒。", category="public_facility" and ""),
    )
    case = press(clerk, second, "merge", page_of, into=first.number)
    assert case.state == "merged"
    seen = page_of(clerk, second.url)
    assert "已并入同一件事" in seen
    assert press(clerk, second, "unmerge", page_of, reason="不是一回事").state == "reported"


def test_reopen(clerk, speak, bring, page_of):
    said = speak()
    bring(said.number, "closed")
    assert press(clerk, said, "reopen", page_of, reason="灯又坏了").state == "reopened"


def test_extend_and_escalate(clerk, speak, bring, page_of):
    said = speak()
    bring(said.number, "accepted")
    assert press(clerk, said, "extend", page_of, reason="要等配件").clocks.get(kind="solve").extended_at
    assert press(clerk, said, "escalate", page_of, reason="要街道协调").escalation == 1


def test_whistle_and_both_answers(clerk, browser, speak, world, page_of):
    said = speak()
    press(clerk, said, "whistle", page_of, orgs=[str(world.city_management.id)], reason="请到现场")
    department = browser("department")
    press(department, said, "answer-whistle", page_of, state="arrived")
    assert "已到场" in page_of(clerk, said.url)
    case = press(department, said, "answer-whistle", page_of, state="done", note="围挡已拆")
    assert case.involvements.get(role="whistled").state == "done"


def test_claim_assign_and_note(clerk, cast, speak, page_of):
    said = speak()
    assert press(clerk, said, "claim", page_of).handler_id == cast.clerk.id
    assert (
        press(clerk, said, "assign", page_of, handler=str(cast.gridworker.id)).handler_id
        == cast.gridworker.id
    )
    press(clerk, said, "note", page_of, text="居民白天不在家")
    assert CaseText.objects.filter(text="居民白天不在家").exists()
    assert "居民白天不在家" in page_of(clerk, said.url)


def test_exclude_and_a_second_person_decides(clerk, browser, speak, page_of):
    said = speak()
    press(clerk, said, "exclude", page_of, reason_code=choice("exclusion", said), reason="同一个人重复反映")
    seen = page_of(clerk, said.url)
    assert "不计入考核，等第二个人决定" in seen and "/decide-exclusion/" not in seen
    assert press(browser("secretary"), said, "decide-exclusion", page_of, agree="true").excluded_for


def test_acknowledge_a_major_matter(clerk, speak, page_of):
    said = speak(text="煤气味很浓，有人晕倒", kind="help", category="gas_leak", severity="major")
    assert press(clerk, said, "acknowledge", page_of).acknowledged_at


def test_stop_harm_ends_its_own_clock(browser, speak, world, bring, do, page_of):
    from mulin.cases.clocks import running

    said = speak(text="井盖不见了，路中间一个大洞", category="manhole_cover")
    assert "stop" in {one.kind for one in running(said.case())}
    bring(said.number, "in_hand")
    press(browser("department"), said, "stop-harm", page_of, note="已让工地停工")
    assert "stop" not in {one.kind for one in running(said.case())}


def test_every_move_has_its_icon_and_its_word_when_done():
    offered = set(moves.ALL) - {"confirm"}
    assert offered <= set(DONE)
    assert offered - {"check"} <= set(ICONS)
    assert set(CONFIRM) <= offered


class TestRefusals:
    """What the desk says when a move is not possible; nothing is lost and nothing is done."""

    def test_an_unknown_move_is_not_there(self, clerk, speak):
        assert clerk.get(f"{speak().url}vanish/").status_code == 404

    def test_the_residents_own_move_is_not_the_desks(self, clerk, speak, bring):
        said = speak()
        bring(said.number, "done")
        assert clerk.post(f"{said.url}confirm/", {"is_solved": "true"}).status_code == 404
        assert said.case().state == "done"

    def test_a_move_that_the_state_does_not_allow_says_so(self, clerk, speak):
        said = speak()
        answer = clerk.get(f"{said.url}close/")
        assert answer.status_code == 409 and "不能“办结”" in answer.content.decode()
        assert clerk.post(f"{said.url}close/").status_code == 409

    def test_a_move_without_the_right_is_refused(self, browser, speak):
        said = speak()
        client = browser("gridworker")
        assert client.get(f"{said.url}dispatch/").status_code == 403
        assert client.post(f"{said.url}dispatch/", {}).status_code in {403, 422}
        assert said.case().state == "reported"

    def test_a_missing_field_keeps_what_was_typed(self, clerk, speak, bring):
        said = speak()
        bring(said.number, "accepted")
        answer = clerk.post(f"{said.url}suspend/", {"reason": "等资金", "review_on": ""})
        page = answer.content.decode()
        assert answer.status_code == 422 and "等资金" in page and "哪天复核" in page
        assert said.case().pending is None

    def test_a_day_in_the_past_is_refused_beside_its_field(self, clerk, speak, bring):
        said = speak()
        bring(said.number, "accepted")
        answer = clerk.post(f"{said.url}suspend/", {"reason": "等资金", "review_on": soon(-1)})
        assert answer.status_code == 422 and "m_review_on_error" in answer.content.decode()

    def test_who_moved_it_out_of_sight_is_led_to_the_inbox(self, browser, clerk, speak, world, bring, do):
        said = speak()
        bring(said.number, "dispatched")
        do("object", "department", said.number, reason="不归我们")
        fields = {"uphold": "true", "reason": "收回来", "org": str(world.housing.id)}
        assert clerk.post(f"{said.url}decide-objection/", fields).url == said.url
        assert browser("department").get(said.url).status_code == 404

    def test_the_list_one_came_from_is_kept_through_a_move(self, clerk, speak):
        said = speak()
        answer = clerk.post(f"{said.url}accept/?list=cases%3Fstate%3Dreported")
        assert answer.url == f"{said.url}?list=cases%3Fstate%3Dreported"


def test_a_case_that_one_took_can_be_put_down_again_in_one_tap(clerk, speak):
    said = speak()
    page = clerk.post(f"{said.url}claim/", follow=True).content.decode()
    address, fields = undo_of(page)
    clerk.post(address, fields)
    assert said.case().handler_id is None


def test_a_case_taken_from_a_colleague_goes_back_to_the_colleague(clerk, cast, do, speak):
    said = speak()
    do("claim", "secretary", said.number)
    address, fields = undo_of(clerk.post(f"{said.url}claim/", follow=True).content.decode())
    clerk.post(address, fields)
    assert said.case().handler_id == cast.secretary.id


def test_only_the_handler_puts_a_case_down(clerk, do, speak):
    said = speak()
    do("claim", "secretary", said.number)
    assert clerk.post(f"{said.url}release/").status_code in (403, 409)


def test_a_changed_category_can_be_changed_back_in_one_tap(clerk, speak):
    said = speak()
    url = f"/desk/matters/{said.number}/category/"
    page = clerk.post(url, {"category": "garbage"}, follow=True)
    assert said.case().category == "garbage"
    address, fields = undo_of(page.content.decode())
    clerk.post(address, fields)
    assert said.case().category == "street_lamp"


def test_where_nothing_is_due_the_one_action_leads_to_the_next_case(clerk, speak, bring, page_of):
    closed, waiting = speak(), speak(text="花坛边的座椅断了一条腿，老人差点摔倒。")
    bring(closed.number, "closed")
    page = page_of(clerk, closed.url)
    assert "看下一件" in page
    answer = clerk.get("/desk/next/", {"after": closed.number})
    assert answer.url == waiting.url
    assert clerk.get("/desk/next/", {"after": waiting.number}).url == "/desk/"


@pytest.mark.parametrize("kept", ["inbox?tab=all", "cases?order=newest", "cases?", "cases?q=井盖", "inbox?"])
def test_the_next_one_is_found_on_every_page_of_the_list_and_the_end_is_said(
    clerk, cast, speak, monkeypatch, kept
):
    from mulin.desk.reading import inbox as reading
    from mulin.desk.views import following as view

    small, mine = reading.list_cases, view.inbox
    monkeypatch.setattr(reading, "list_cases", lambda a, **how: small(a, **{**how, "size": 2}))
    monkeypatch.setattr(
        "mulin.desk.reading.cases.list_cases", lambda a, **how: small(a, **{**how, "size": 2})
    )
    monkeypatch.setattr(view, "inbox", lambda *args, **how: mine(*args, **{"size": 2, **how}))
    numbers = {speak(text=f"第{n}个井盖松了，一过车就响，请来看看。").number for n in range(5)}
    at, seen = clerk.get("/desk/next/", {"after": "0", "list": kept}).url, []
    while "/cases/" in at.partition("?")[0].removesuffix("/desk/cases/") and len(seen) < 9:
        seen.append(re.search(r"/cases/(\d+)/", at)[1])
        answer = clerk.get("/desk/next/", {"after": seen[-1], "list": kept})
        at = answer.url
    assert len(seen) == 5 and set(seen) == numbers
    assert "这张单子看到底了" in clerk.get(at).content.decode()


def test_the_next_one_follows_the_filtered_list_one_came_from(clerk, speak):
    lamp, bench = speak(), speak(text="垃圾桶满了好几天，没人来收，臭得很。", category="garbage")
    kept = f"cases?category={'garbage'}"
    answer = clerk.get("/desk/next/", {"after": lamp.number, "list": kept})
    assert bench.url in answer.url and "list=cases" in answer.url


def test_nothing_is_chosen_beforehand_where_no_route_names_the_category(clerk, world, speak, bring, page_of):
    """A lamp at an estate's building may stand on the public road: the firm is proposed, not chosen."""
    said = speak(building=world.building)
    bring(said.number, "accepted")
    page = page_of(clerk, f"{said.url}dispatch/")
    assert str(world.property_firm.id) in page and "由它管理" in page
    assert "checked" not in page
    assert f"派给{world.property_firm.name}" not in page_of(clerk, said.url)
    empty = clerk.post(f"{said.url}dispatch/", {})
    assert empty.status_code == 422 and said.case().state == "accepted"
