"""Time limits in working time, pauses over holidays, extension, the words of a clock."""

from datetime import date, datetime

import pytest
from django.utils import translation

from mulin.cases import clocks
from mulin.cases.actions import escalate_overdue
from mulin.cases.models import Case, Clock
from mulin.kernel import clock
from mulin.kernel.models import Entry
from mulin.kernel.rules import Rule

ZONE = "+08:00"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text + ZONE)


def rule(limit: str) -> Rule:
    return Rule("cases.limit.solve", limit, "cases", "1", "000000000000", "依据", "to be verified")


def test_limits_come_from_kind_category_and_severity(speak, freeze):
    freeze("2025-11-05 10:00:00+08:00")  # a Wednesday
    complaint = speak()
    assert complaint.case().clocks.get(kind="solve").limit == "13 wd"
    question = speak(text="请问老年食堂几点开门，怎么办卡", kind="consult", category="elder_care")
    assert question.case().clocks.get(kind="solve").due_at == moment("2025-11-10T17:30:00")
    garbage = speak(text="垃圾堆在楼道口没人收，味道很大", category="garbage")
    assert garbage.case().clocks.get(kind="solve").limit == "1 d"
    assert garbage.case().clocks.get(kind="solve").rule["certainty"] == "to be verified"


def test_several_clocks_run_for_one_case_and_the_first_orders_it(speak, freeze, do, bring):
    freeze("2025-11-05 10:00:00+08:00")
    said = speak(text="楼顶有人在违章搭建阳光房，正在施工", category="illegal_building")
    case = said.case()
    assert {c.kind: c.limit for c in case.clocks.all()} == {
        "response": "1 wd",
        "stop": "4 wh",
        "solve": "20 d",
    }
    assert case.due_at == case.clocks.get(kind="stop").due_at == moment("2025-11-05T15:30:00")
    bring(said.number, "in_hand")
    case = do("stop-harm", "department", said.number, note="已责令停工")
    assert case.clocks.get(kind="stop").is_met is True
    assert case.due_at == case.clocks.get(kind="solve").due_at


def test_a_clock_stands_still_while_a_case_is_suspended_over_a_holiday(speak, freeze, do, bring):
    freeze("2025-09-26 10:00:00+08:00")  # Friday before the National Day holiday (1 to 8 October)
    said = speak()
    bring(said.number, "in_hand")
    before = said.case().clocks.get(kind="solve")
    due = clocks.calendar().nth_working_day(date(2025, 9, 26), 13)
    assert clock.day_of(before.due_at) == due
    do("suspend", "department", said.number, reason="等节后配件", review_on="2025-10-10")
    do("approve", "secretary", said.number)
    case = said.case()
    assert case.state == "suspended"
    assert clock.day_of(case.due_at) == date(2025, 10, 10)
    freeze("2025-10-09 10:00:00+08:00")  # the first working day after it
    case = do("resume", "department", said.number, reason="配件到了")
    after = case.clocks.get(kind="solve")
    missed = clocks.calendar().working_days_between(date(2025, 9, 26), date(2025, 10, 9))
    assert clock.day_of(after.due_at) == clocks.calendar().nth_working_day(due, missed)
    assert after.paused_at is None and len(after.pauses) == 1
    assert case.state == "in_hand"
    assert case.due_at == after.due_at


def test_an_extension_survives_a_pause(speak, freeze, do, bring):
    freeze("2025-11-05 10:00:00+08:00")
    said = speak()
    bring(said.number, "in_hand")
    extended = clock.day_of(do("extend", "department", said.number, reason="等配件").due_at)
    do("suspend", "department", said.number, reason="等审批", review_on="2025-11-20")
    do("approve", "secretary", said.number)
    freeze("2025-11-07 10:00:00+08:00")
    case = do("resume", "department", said.number, reason="批了")
    assert clock.day_of(case.due_at) == clocks.calendar().nth_working_day(extended, 2)


def test_the_words_of_a_clock_name_the_rule_they_come_from(speak, freeze):
    freeze("2025-11-05 10:00:00+08:00")
    said = speak(text="三单元停电了，整栋楼都没有电", category="power_supply", kind="help")
    shown = {c.kind: clocks.show(c, said.case().place) for c in said.case().clocks.all()}
    assert shown["solve"].words == "还剩 24 小时"
    assert "待核实" in shown["solve"].rule and "cases@2026.1" in shown["solve"].rule
    with translation.override("en"):
        english = clocks.show(said.case().clocks.get(kind="solve"), said.case().place)
    assert english.words == "24 hours left"
    freeze("2025-11-08 10:00:00+08:00")
    late = clocks.show(said.case().clocks.get(kind="solve"), said.case().place)
    assert late.is_overdue and late.words == "超期 2 天"
    assert clocks.due_words(said.case()).startswith("超期")


def test_a_change_of_category_changes_the_limits_that_still_run(speak, freeze, cast):
    from mulin.voices.actions import recategorise_matter

    freeze("2025-11-05 10:00:00+08:00")
    said = speak()
    recategorise_matter(actor=cast.clerk.actor, number=said.number, category="garbage")
    case = said.case()
    assert case.category == "garbage"
    assert case.clocks.get(kind="solve").limit == "1 d"
    assert case.due_at == min(c.due_at for c in case.clocks.all())


def test_a_matter_that_turns_out_major_gets_the_acknowledge_clock_and_comes_first(speak, cast):
    from mulin.voices.actions import recategorise_matter

    said = speak()
    recategorise_matter(actor=cast.secretary.actor, number=said.number, category="gas_leak", severity="major")
    case = said.case()
    assert (case.severity, case.restriction, case.urgency) == ("major", "major", 3)
    assert case.clocks.filter(kind="acknowledge", stopped_at=None).exists()


def test_overdue_cases_rise_level_by_level_once_each(speak, freeze):
    freeze("2025-11-05 10:00:00+08:00")
    said = speak(text="垃圾堆在楼道口没人收，味道很大", category="garbage")

    def levels():
        lines = Entry.objects.filter(code="cases.case.overdue", subject=said.case().id).order_by("id")
        return [line.data["level"] for line in lines]

    assert escalate_overdue() == 0
    freeze("2025-11-06 18:00:00+08:00")  # both the response and the solve clock are over
    escalate_overdue()
    escalate_overdue()
    assert levels() == ["community"]
    freeze("2025-11-07 18:00:00+08:00")
    escalate_overdue()
    freeze("2025-11-12 18:00:00+08:00")
    escalate_overdue()
    escalate_overdue()
    assert levels() == ["community", "street", "district"]
    assert said.case().escalation == 3


def test_what_waits_for_the_resident_is_never_overdue(speak, bring, freeze):
    freeze("2025-11-05 10:00:00+08:00")
    said = speak()
    bring(said.number, "done")
    freeze("2025-12-30 10:00:00+08:00")
    assert escalate_overdue() == 0


@pytest.mark.parametrize("limit", ["2 wh", "24 h", "5 wd", "15 d", "1 mo"])
def test_a_clock_starts_with_the_limit_of_its_rule(limit, db):
    made = clocks.make(Case(place="500108002005"), "solve", rule(limit), moment("2025-11-05T10:00:00"))
    assert made.limit == limit and made.due_at > made.started_at
    assert isinstance(made, Clock) and made.rule["basis"] == "依据"


def test_a_pause_within_an_extension_moves_its_end_too(speak, freeze, do, bring):
    """Suspended when the first limit was over already, but not what was added to it."""
    freeze("2025-11-05 10:00:00+08:00")
    said = speak()
    bring(said.number, "in_hand")
    first = clock.day_of(said.case().clocks.get(kind="solve").due_at)
    extended = clock.day_of(do("extend", "department", said.number, reason="等配件").due_at)
    begun = clocks.calendar().nth_working_day(first, 1)
    assert begun < extended
    freeze(f"{begun} 10:00:00+08:00")
    do("suspend", "department", said.number, reason="等审批", review_on="2025-12-20")
    do("approve", "secretary", said.number)
    over = clocks.calendar().nth_working_day(begun, 12)
    freeze(f"{over} 10:00:00+08:00")
    case = do("resume", "department", said.number, reason="批了")
    assert clock.day_of(case.due_at) == clocks.calendar().nth_working_day(extended, 12)
    assert not case.clocks.get(kind="solve").due_at < clock.now()
