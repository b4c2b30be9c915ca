"""Who is told of what, once, and never of something that they may not see."""

import pytest

from mulin.kernel import notices
from mulin.kernel.models import Notice
from mulin.kernel.numbers import show_number
from mulin.people.models import Post
from mulin.people.queries import actor_by_id
from mulin.voices.actions import publish_matter, recategorise_matter, relocate_matter
from mulin.voices.drafts import title_of

GAS = "三单元楼道里有很浓的煤气味，有老人头晕"


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
    rows = list(Notice.objects.filter(matter=matter))
    shown, title = show_number(said.number), said.case().title
    assert f"您反映的事 {shown} 已受理" in {notices.say(n) for n in rows}
    titles = notices.titles(rows)
    said_words = {notices.say(n, titles[n.pk]) for n in rows}
    assert f"您反映的事“{title}”（{shown}）已受理" in said_words
    assert f"有一件事派给了您的单位：“{title}”（{shown}）" in said_words


def test_the_people_of_a_merged_voice_are_told_too(speak, cast, do, bring, settle):
    first = speak()
    second = speak(actor=cast.building_head.actor, text="三单元的灯坏了，看不见台阶")
    do("merge", "clerk", second.number, into=first.number)
    bring(first.number, "done")
    settle()
    assert cast.building_head.id in told("cases.case.merged", second.case().matter_id)
    assert told("cases.case.finished", first.case().matter_id) == {cast.resident.id, cast.building_head.id}


def test_a_call_back_by_message_asks_the_person_and_nobody_else(speak, bring, cast, do, settle):
    said, code = speak(), "cases.case.called_back"
    speak(actor=cast.building_head.actor, text="三单元的灯坏了，看不见台阶")
    bring(said.number, "done")
    matter = said.case().matter_id
    do("call-back", "clerk", said.number, result="no_answer", how="phone", voice=said.number)
    settle()
    assert told(code, matter) == set()
    do("call-back", "clerk", said.number, result="no_answer", how="message", voice=said.number)
    settle()
    assert told(code, matter) == {cast.resident.id}
    shown = show_number(said.number)
    assert notices.say(Notice.objects.get(code=code)) == f"社区想问：您反映的事 {shown} 解决了吗？请来说一声"


def about(person, matter, **how) -> set[str]:
    """By which words the notices of a matter name it to somebody."""
    rows = list(Notice.objects.filter(matter=matter, account=person.account))
    assert rows
    known = notices.titles(rows, **how)
    return {known.get(row.pk, "") for row in rows}


@pytest.mark.parametrize("outside", [False, True])
def test_nobody_reads_the_words_of_another_resident_in_a_notice(speak, cast, do, bring, settle, outside):
    first = speak(text="隔壁老王家又吵又闹，我睡不着", category="noise")
    own = "我们单元夜里很吵，睡不好"
    second = speak(actor=cast.neighbour.actor, text=own, category="noise")
    do("merge", "clerk", second.number, into=first.number)
    bring(first.number, "done")
    settle()
    matter = first.case().matter_id
    assert about(cast.neighbour, matter, outside=outside) == {title_of(own)}
    assert about(cast.neighbour, second.case().matter_id, outside=outside) == {title_of(own)}
    assert about(cast.resident, matter, outside=outside) == {title_of(first.voice.text)}
    assert about(cast.department, matter, outside=outside) == {first.case().title}


def test_who_may_not_open_a_matter_reads_its_public_title_or_the_number_alone(speak, cast, settle):
    said = speak()
    settle()
    matter = said.case().matter
    stray = Notice(account=cast.neighbour.account, matter=matter.pk, code="cases.case.accepted", url="/")
    assert notices.titles([stray]) == {}
    publish_matter(actor=cast.clerk.actor, number=said.number, title="路灯不亮", text="")
    assert notices.titles([stray]) == {stray.pk: "路灯不亮"}


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        (GAS, {"category": "gas_leak", "kind": "help", "severity": "major"}),
        ("举报楼下麻将馆聚众赌博", {"category": "vice", "kind": "tip_off"}),
    ],
)
def test_what_a_restricted_matter_is_about_never_leaves_the_house(
    speak, cast, do, settle, outbox, words, fields
):
    said = speak(text=words, **fields)
    do("accept", "street", said.number)
    settle()
    matter = said.case().matter_id
    assert about(cast.resident, matter) == {title_of(words)}
    assert about(cast.resident, matter, outside=True) == {""}
    sent: list[str] = []
    notices.deliver(lambda _account, _subject, text: sent.append(text), urgent_only=False)
    assert any(show_number(said.number) in text for text in sent)
    assert not any(title_of(words)[:4] in text for text in sent)


def test_readers_named_by_several_steps_of_a_line_are_looked_at_once(speak, cast, monkeypatch):
    from mulin.cases import notices as rules

    case, looked = speak().case(), []
    real = rules.actor_for
    monkeypatch.setattr(rules, "actor_for", lambda account: looked.append(account.pk) or real(account))
    assert rules.who_may_open(case, [cast.clerk.id, cast.neighbour.id]) == [cast.clerk.id]
    assert rules.who_may_open(case, [cast.secretary.id, cast.clerk.id]) == [cast.secretary.id, cast.clerk.id]
    assert sorted(looked) == sorted([cast.clerk.id, cast.neighbour.id, cast.secretary.id])


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


@pytest.fixture
def other_gridworker(cast, world):
    """The newcomer works in the grid beside."""
    Post.objects.create(
        account=cast.newcomer.account, role="grid_worker", place=world.grids[1], org=world.committee,
        begins_on="2020-01-01",
    )  # fmt: skip
    cast.newcomer.again()
    return cast.newcomer


def urgent(matter) -> set:
    return set(Notice.objects.filter(matter=matter, is_urgent=True).values_list("account_id", flat=True))


def test_a_major_matter_alarms_its_own_grid_and_not_the_one_beside(speak, cast, settle, other_gridworker):
    said = speak(text=GAS, category="gas_leak", kind="help", severity="major")
    settle()
    told = urgent(said.case().matter_id)
    assert {cast.gridworker.id, cast.clerk.id, cast.street.id} <= told
    assert other_gridworker.id not in told


def test_a_matter_found_to_be_major_and_one_that_lies_elsewhere_alarm_too(
    speak, cast, settle, world, other_gridworker
):
    said = speak()
    settle()
    matter = said.case().matter_id
    assert urgent(matter) == set()
    act = {"actor": cast.clerk.actor, "number": said.number}
    recategorise_matter(**act, category="gas_leak", severity="major")
    settle()
    assert {cast.gridworker.id, cast.secretary.id, cast.district.id} <= urgent(matter)
    assert other_gridworker.id not in urgent(matter)
    relocate_matter(**act, place=world.home, building=f"{world.home}-B003")
    settle()
    assert other_gridworker.id in urgent(matter)
    words = {notices.say(one) for one in Notice.objects.filter(code="voices.matter.relocated", matter=matter)}
    shown = show_number(said.number)
    assert words == {
        f"您说的事 {shown} 转到了金堰社区",
        f"大事转到您这里：{shown} ，请马上知悉并处置",
    }


def test_who_joins_a_major_matter_alarms_nobody_anew(speak, cast, settle):
    first = speak(text=GAS, category="gas_leak", kind="help", severity="major")
    settle()
    before = Notice.objects.filter(is_urgent=True).count()
    again = speak(actor=cast.clerk.actor, text=GAS, category="gas_leak", severity="major", join=first.number)
    assert again.number == first.number
    settle()
    assert Notice.objects.filter(is_urgent=True).count() == before


def test_whatever_somebody_is_told_of_they_can_open(
    speak, cast, do, bring, settle, world, client_for, other_gridworker
):
    first, second = speak(), speak(actor=cast.building_head.actor, text="三单元的灯坏了，看不见台阶")
    joined = {"entered_for": True, "for_account": cast.neighbour.id, "join": first.number}
    speak(actor=cast.clerk.actor, channel="phone", **joined)
    do("whistle", "clerk", first.number, orgs=[world.street_office.id, world.housing.id], reason="来")
    do("merge", "clerk", first.number, into=second.number)
    bring(second.number, "dispatched")
    do("object", "department", second.number, reason="不归我们")
    do("escalate", "street", second.number, reason="请区里协调")
    major = speak(text=GAS, category="gas_leak", kind="help", severity="major")
    tip_off = speak(kind="tip_off", text="举报楼下麻将馆聚众赌博，每晚都有", category="vice")
    do("escalate", "street", tip_off.number, reason="请区里协调")
    do("refuse", "clerk", speak(text="商家退款的事").number, reason_code="market", reason="商家之间的事")
    settle()
    rows = list(Notice.objects.all())
    assert len({row.code for row in rows}) >= 6 and len(rows) >= 15
    assert major.case().matter_id in {row.matter for row in rows}
    for row in rows:
        person = next(p for p in cast.everybody().values() if p.id == row.account_id)
        answer = client_for(person).get(row.url)
        assert answer.status_code == 200, (row.code, row.url, actor_by_id(row.account_id))
