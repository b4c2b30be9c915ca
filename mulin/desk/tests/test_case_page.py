"""The page of one case: what it shows to whom, and that it costs little."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.kernel import clock
from mulin.kernel.days import day_words
from mulin.kernel.models import ThreadLink
from mulin.people.models import SecretRead


def test_the_page_quotes_the_voice_without_its_telephone_number(clerk, speak, page_of):
    seen = page_of(clerk, speak().url)
    assert "三单元门口的路灯坏了" in seen
    assert "13912345678" not in seen


def test_each_clock_says_its_rule(clerk, speak, page_of):
    seen = page_of(clerk, speak().url)
    assert re.search(r'class="clock[^"]*" title="[^"]*依据[^"]*"', seen)


def test_the_head_counts_the_time_left_as_the_facts_do(clerk, speak, page_of, freeze):
    """Three working hours on a Friday evening are three days of the plain clock: two deadlines, it seems."""
    freeze("2025-11-07 16:00:00+08:00")
    said = speak()
    seen = page_of(clerk, said.url)
    left = set(re.findall(r"(?:还剩|超期) [^<，；]+", seen))
    first = re.search(r"[^>· ]+：还剩 [^<]+", seen)[0]
    assert first in seen[seen.index(first) + 1 :] and "工作" in first, left
    assert not re.search(r">\s*还剩", seen), left
    sheet = page_of(clerk, f"{said.url}print/")
    first = re.search(r"[^>· ]+：2025年11月\d+日 \d\d:\d\d到期", sheet)[0]
    assert first in sheet[sheet.index(first) + 1 :] and "还剩" not in sheet


def test_internal_words_are_marked_and_public_ones_are_not(clerk, speak, bring, page_of):
    said = speak()
    bring(said.number, "done")
    seen = page_of(clerk, said.url)
    done, reply = (line for line in seen.split("<p") if "换了镇流器并试亮" in line or "镇流器烧坏" in line)
    assert "内部" in done and "内部" not in reply


def test_a_department_sees_the_case_it_leads_but_no_form_for_publishing(browser, speak, bring, page_of):
    said = speak()
    bring(said.number, "dispatched")
    seen = page_of(browser("department"), said.url)
    assert "/start/" in seen and f"/desk/publication/{said.number}/" not in seen


def test_one_main_button_a_page(clerk, speak, bring, page_of):
    said = speak()
    for state in ("reported", "accepted", "done"):
        if state != "reported":
            bring_to(said, state, bring)
        assert (
            page_of(clerk, said.url).split('id="sheet"')[0].count("btn--main") == 2
        )  # with the shared question


def bring_to(said, state, bring) -> None:
    if state == "accepted":
        bring(said.number, "accepted")
    else:
        from mulin.cases.models import Case

        Case.objects.filter(number=said.number).update(state="reported")
        bring(said.number, state)


def test_a_certain_route_is_one_tap(clerk, cast, world, speak, bring, page_of):
    from mulin.cases.actions import set_route

    set_route(actor=cast.street.actor, place=world.home, org=world.city_management.id, category="street_lamp")
    said = speak(building="")
    bring(said.number, "accepted")
    seen = page_of(clerk, said.url)
    assert f"派给{world.city_management.name}" in seen
    answer = clerk.post(f"{said.url}dispatch/", {"org_likely": str(world.city_management.id)})
    assert answer.status_code == 302
    assert (said.case().state, said.case().lead_id) == ("dispatched", world.city_management.id)


def test_the_dispatch_form_comes_with_the_suggested_unit_and_its_reason_chosen(
    clerk, cast, world, speak, page_of
):
    from mulin.cases.actions import set_route

    set_route(
        actor=cast.street.actor, place=world.home, org=world.housing.id, category="street_lamp",
        note="路灯移交住建",
    )  # fmt: skip
    seen = page_of(clerk, f"{speak(building='').url}dispatch/")
    assert "路灯移交住建" in seen
    assert re.search(rf'value="{world.housing.id}"[^>]*checked', seen)


def test_the_suggested_category_can_be_taken_in_one_tap(clerk, cast, speak, page_of):
    said = speak(category="", text="楼下垃圾堆了三天没有清运，苍蝇满天飞，臭得不敢开窗")
    matter = said.case().matter
    assert matter.category_by in {"", "guess"}
    seen = page_of(clerk, said.url)
    assert "类别对吗" in seen
    code = re.search(r'name="category" value="([a-z_0-9]+)"', seen)[1]
    assert clerk.post(f"/desk/matters/{said.number}/category/", {"category": code}).status_code == 302
    matter.refresh_from_db()
    assert (matter.category, matter.category_by) == (code, "desk")


def test_a_step_that_waits_for_a_second_person_stands_at_the_top(clerk, browser, speak, do, page_of):
    said = speak()
    do(
        "refuse",
        "clerk",
        said.number,
        reason_code=refusal_code(said),
        reason="这件事归铁路管，我们不能受理。",
    )
    seen = page_of(clerk, said.url)
    assert "等第二个人同意" in seen and "请另一位同事来定" in seen and "/approve/" not in seen
    assert "/approve/" in page_of(browser("secretary"), said.url)


def refusal_code(said) -> str:
    from mulin.cases.reasons import choices

    return choices("cases.refusal.reasons", said.case().place)[0][0]


def test_where_to_go_stands_under_the_title_of_a_major_matter(clerk, speak, page_of):
    said = speak(text="煤气味很浓", kind="help", category="gas_leak", severity="major", address="一单元楼道")
    head = page_of(clerk, said.url).split("detail__head")[1].split("</header>")[0]
    assert " · 一单元楼道" in head
    lamp = speak(text="一单元楼道的灯坏了", address="一单元楼道")
    assert "detail__spot" not in page_of(clerk, lamp.url)


def test_the_checklist_of_a_major_matter_is_ticked_one_tap_each(clerk, cast, speak, page_of):
    said = speak(text="煤气味很浓，有人晕倒", kind="help", category="gas_leak", severity="major")
    seen = page_of(clerk, said.url)
    assert "到场清单" in seen and "只有负责处置的人看得到" in seen
    item = re.search(r'name="item" value="([^"]+)"', seen)[1]
    assert clerk.post(f"{said.url}check/", {"item": item, "done": "true"}).status_code == 302
    assert item in said.case().checks
    assert 'aria-pressed="true"' in page_of(clerk, said.url)


def test_a_whistle_is_seen_from_both_sides(clerk, browser, cast, world, speak, do, page_of):
    said = speak()
    do("whistle", "clerk", said.number, orgs=[str(world.housing.id)], reason="请到现场看看顶棚")
    assert world.housing.name in page_of(clerk, said.url)
    assert "还没报到" in page_of(clerk, said.url)


def test_the_thread_names_what_it_grew_out_of(clerk, cast, speak, page_of):
    parent, child = speak(text="想在空地上种点花，大家一起浇水。", kind="wish", category=""), speak()
    ThreadLink.objects.create(
        child_kind="voices.matter", child=child.case().matter_id,
        parent_kind="voices.matter", parent=parent.voice.matter_id, note="花园边的路灯",
    )  # fmt: skip
    seen = page_of(clerk, child.url)
    assert "来龙去脉" in seen and f"/desk/wishes/{parent.number}/" in seen and "花园边的路灯" in seen


def test_likely_duplicates_offer_to_be_merged(clerk, speak, page_of):
    first = speak(text="金堰花园三单元门口的路灯坏了，晚上看不见路。")
    second = speak(text="金堰花园三单元门口路灯坏了，晚上看不见路，请修。")
    seen = page_of(clerk, second.url)
    assert "也许是同一件" in seen
    assert f"into={first.number}" in seen


def test_the_case_page_costs_little_whatever_happened_to_it(clerk, speak, bring):
    said = speak()
    bring(said.number, "closed")
    clerk.get(said.url)
    with CaptureQueriesContext(connection) as asked:
        clerk.get(said.url)
    assert len(asked) - 3 <= 20


def test_a_tip_off_is_not_there_for_the_community(browser, cast, speak):
    said = speak(text="有人在收保护费，不敢说名字", kind="tip_off", category="")
    assert browser("clerk").get(said.url).status_code == 404
    assert browser("street").get(said.url).status_code == 200


def test_the_printed_sheet_has_no_contact_and_no_buttons(clerk, speak, page_of):
    seen = page_of(clerk, f"{speak().url}print/")
    assert "13912345678" not in seen and "/dispatch/" not in seen and "经办人" in seen


def test_on_paper_days_are_dates(clerk, speak, page_of, freeze):
    """Whoever takes the sheet out of its folder next year does not know which day was today."""
    freeze("2026-11-10 09:00:00+08:00")
    said = speak()
    freeze("2026-11-11 09:30:00+08:00")
    assert "昨天 09:00" in page_of(clerk, said.url)
    sheet = page_of(clerk, f"{said.url}print/")
    assert "2026年11月10日 09:00" in sheet and "打印于 2026年11月11日 09:30" in sheet
    assert not re.search("今天|昨天|明天", sheet)


def test_on_paper_the_day_until_which_a_resident_is_asked_has_its_year(clerk, speak, page_of, bring, freeze):
    freeze("2026-11-10 09:00:00+08:00")
    said = speak()
    bring(said.number, "done")
    assert re.search(r"等确认，到1[12]月\d+日", page_of(clerk, said.url))
    sheet = page_of(clerk, f"{said.url}print/")
    assert re.search(r"等确认，到2026年1[12]月\d+日", sheet) and not re.search(r"(?<!年)1[12]月\d+日", sheet)


def test_on_paper_the_day_of_a_review_has_its_year_on_the_sheet_and_in_the_list(
    clerk, speak, page_of, bring, do, freeze
):
    freeze("2026-11-10 09:00:00+08:00")
    said = speak()
    bring(said.number, "in_hand")
    do("suspend", "department", said.number, reason="等审批", review_on="2026-12-05")
    do("approve", "street", said.number)
    for address in (f"{said.url}print/", "/desk/cases/print/"):
        sheet = page_of(clerk, address)
        assert "2026年12月5日" in sheet and not re.search(r"(?<!年)12月5日", sheet)


def test_the_day_of_a_proposed_review_is_said_as_days_are(client_for, cast, speak, page_of, bring, do):
    said = speak()
    bring(said.number, "in_hand")
    day = clock.today() + timedelta(days=9)
    do("suspend", "department", said.number, reason="等审批", review_on=day.isoformat())
    seen = page_of(client_for(cast.street), said.url)
    assert f"复核日期：{day_words(day)}" in seen and day.isoformat() not in seen


def test_a_number_of_a_voice_finds_its_case(clerk, cast, speak, page_of):
    said = speak()
    joined = speak(actor=cast.neighbour.actor, text="我也看到路灯不亮", place=None, join="")
    assert said.number in page_of(clerk, f"/desk/cases/{said.voice.number}/")
    assert joined.number in page_of(clerk, joined.url)


class TestContact:
    """Reading a contact: for a purpose, once, and seen by its owner."""

    def test_it_is_shown_once_and_its_owner_can_see_who_looked(self, clerk, cast, speak, page_of):
        said = speak(contact="13700001111")
        address = f"/desk/voices/{said.voice.number}/contact/"
        answer = clerk.post(address, {"purpose": "约上门修灯的时间"})
        assert "13700001111" in answer.content.decode()
        assert "13700001111" not in page_of(clerk, said.url)
        read = SecretRead.objects.get(voice=said.voice.id)
        assert (read.reader, read.purpose) == (cast.clerk.id, "约上门修灯的时间")

    @pytest.mark.parametrize("purpose", ["", "看"])
    def test_without_a_purpose_it_stays_closed(self, purpose, clerk, speak):
        said = speak(contact="13700001111")
        answer = clerk.post(f"/desk/voices/{said.voice.number}/contact/", {"purpose": purpose})
        assert "13700001111" not in answer.content.decode()
        assert not SecretRead.objects.exists()


def test_the_page_says_why_the_case_waits_for_the_one_who_looks(clerk, browser, speak, bring, page_of):
    said = speak()
    assert "等您“受理”：您是金堰社区的" in page_of(clerk, said.url)
    bring(said.number, "dispatched")
    assert "等您“开始办理”：由您的单位牵头" in page_of(browser("department"), said.url)
    seen = page_of(clerk, said.url)
    assert "等您" not in seen.split("<h1>")[0].split("detail__head")[1]
