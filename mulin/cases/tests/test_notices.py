"""Who is told of what, once, and never of something that they may not see."""

from mulin.kernel import notices
from mulin.kernel.models import Notice


def told(code, matter) -> set:
    return set(Notice.objects.filter(code=code, matter=matter).values_list("account_id", flat=True))


def test_the_person_hears_of_every_step_and_the_unit_of_its_case(speak, bring, cast, settle):
    said = speak()
    bring(said.number, "closed")
    settle()
    matter = said.case().matter_id
    for code in ("accepted", "started", "finished", "closed"):
        assert told(f"cases.case.{code}", matter) == {cast.resident.id}
    assert told("cases.case.dispatched", matter) == {cast.department.id}
    said_words = {notices.say(n) for n in Notice.objects.filter(matter=matter)}
    assert f"您反映的事 {said.number} 已受理" in said_words


def test_the_people_of_a_merged_voice_are_told_too(speak, cast, do, bring, settle):
    first = speak()
    second = speak(actor=cast.building_head.actor, text="三单元的灯坏了，看不见台阶")
    do("merge", "clerk", second.number, into=first.number)
    bring(first.number, "done")
    settle()
    assert cast.building_head.id in told("cases.case.merged", second.case().matter_id)
    assert told("cases.case.finished", first.case().matter_id) == {cast.resident.id, cast.building_head.id}


def test_a_second_person_is_asked_and_the_proposer_hears_a_no(speak, cast, do, settle):
    said = speak()
    do("refuse", "clerk", said.number, reason_code="market", reason="商家之间的事")
    settle()
    matter = said.case().matter_id
    asked = told("cases.case.refusal_proposed", matter)
    assert cast.secretary.id in asked and cast.clerk.id not in asked
    do("decline", "secretary", said.number, reason="归我们")
    settle()
    assert told("cases.case.proposal_declined", matter) == {cast.clerk.id}


def test_an_objection_goes_to_the_dispatcher_and_a_whistle_at_once_to_the_unit(
    speak, cast, do, bring, settle, world
):
    said = speak()
    bring(said.number, "dispatched")
    do("object", "department", said.number, reason="不归我们")
    do("whistle", "clerk", said.number, orgs=[world.street_office.id, world.command_center.id], reason="来")
    settle()
    matter = said.case().matter_id
    assert told("cases.case.objected", matter) == {cast.clerk.id, cast.secretary.id}
    assert told("cases.case.whistled", matter) == {cast.street.id}
    assert Notice.objects.get(code="cases.case.whistled", account=cast.street.account).is_urgent


def test_nobody_is_told_of_a_tip_off_that_they_may_not_see(speak, cast, do, settle, freeze):
    from mulin.cases.actions import escalate_overdue

    freeze("2025-11-05 10:00:00+08:00")
    said = speak(kind="tip_off", text="举报楼下麻将馆聚众赌博，每晚都有", category="vice")
    do("escalate", "street", said.number, reason="请区里协调")
    do("refuse", "street", said.number, reason_code="emergency_line", reason="已转公安办理")
    freeze("2025-12-05 10:00:00+08:00")
    escalate_overdue()
    settle()
    accounts = set(Notice.objects.filter(matter=said.case().matter_id).values_list("account_id", flat=True))
    assert not accounts & {cast.clerk.id, cast.secretary.id, cast.gridworker.id}
    assert cast.district.id in accounts
