"""A proposal goes up: written, sent, studied, answered with reasons, level by level, in time."""

from datetime import timedelta

import pytest

from mulin.councils.upward import actions, queries, reading, states, telling
from mulin.councils.upward.models import Hop, Proposal
from mulin.kernel import clock, codes, rulebook, waiting
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, RuleOverride
from mulin.people.models import Account, Post
from mulin.people.queries import actor_for
from mulin.voices.actions import submit_voice
from mulin.voices.needs import actions as needs
from mulin.voices.needs.linking import Source

TITLE = "老旧小区自来水改成一户一表"
WORDS = {"title": TITLE, "text": "三百户共用一块总表，水费收不齐。", "request": "请把本片列入改造计划。"}
REASONED = "经研究，本片管网年限已到，列入明年第一批改造，三月进场。"


def refused(wanted, call, **fields):
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == wanted
    return error.value


@pytest.fixture
def drafted(world, cast):
    def make(actor=None, **fields):
        fields = {**WORDS, "place": world.home, **fields}
        return actions.draft_proposal(actor=actor or cast.clerk.actor, **fields)

    return make


@pytest.fixture
def sent(drafted, cast):
    def make(**fields):
        return actions.send_proposal(actor=cast.clerk.actor, number=drafted(**fields).number)

    return make


@pytest.fixture
def city(world, db):
    """Somebody who answers for the municipality."""
    account = Account.objects.create(username="mayor", name="市里", is_demo=True)
    Post.objects.create(account=account, role="district_officer", place=world.site)
    return actor_for(account)


def hop(proposal):
    return Hop.objects.filter(proposal=proposal).order_by("-position").first()


def state(proposal):
    return Proposal.objects.get(pk=proposal.pk).state


# Writing ---------------------------------------------------------------------------------------------


def test_who_makes_it_sees_the_draft_and_nobody_else(drafted, cast):
    made = drafted()
    assert queries.get_proposal(cast.secretary.actor, made.number).pk == made.pk
    for person in (cast.other_clerk, cast.street, cast.district, cast.department, cast.resident):
        with pytest.raises(NotVisible):
            queries.get_proposal(person.actor, made.number)
    with pytest.raises(NotVisible):
        queries.get_public_proposal(made.number)


def test_a_group_sends_in_its_own_name_and_not_for_the_community(drafted, world, cast):
    made = drafted(actor=cast.group_leader.actor, org=world.group.pk)
    assert made.org_id == world.group.pk
    with pytest.raises(NotAllowed):
        drafted(actor=cast.group_leader.actor)
    actions.send_proposal(actor=cast.group_leader.actor, number=made.number)
    assert state(made) == "up"


def test_only_those_of_the_place_write_one(drafted, cast):
    for person in (cast.other_clerk, cast.street, cast.resident, cast.gridworker, cast.group_member):
        with pytest.raises(NotAllowed):
            drafted(actor=person.actor)


def test_persons_and_doors_stay_out(drafted):
    for field in ("title", "text", "request"):
        assert refused("personal-data", drafted, **{field: "请联系张伟13812345678"}).field == field


def test_a_tip_off_and_a_matter_of_elsewhere_become_no_proposal(drafted, world, cast):
    tip_off = submit_voice(
        actor=cast.resident.actor, text="有人深夜往河里倒油", place=world.home, kind="tip_off"
    ).voice.matter
    refused("restricted", drafted, matter=tip_off)
    far = submit_voice(
        actor=cast.neighbour.actor, text="路灯坏了一个星期", place=world.other_home, kind="complaint"
    ).voice.matter
    refused("elsewhere", drafted, matter=far)


def test_what_is_incomplete_is_not_sent(drafted, cast):
    made = drafted(text="", request="")
    refused("incomplete", actions.send_proposal, actor=cast.clerk.actor, number=made.number)
    actions.edit_proposal(actor=cast.clerk.actor, number=made.number, **WORDS)
    actions.send_proposal(actor=cast.clerk.actor, number=made.number)
    refused("not-now", actions.edit_proposal, actor=cast.clerk.actor, number=made.number, **WORDS)


def test_a_draft_is_dropped_and_what_was_sent_is_not(drafted, sent, cast):
    actions.discard_proposal(actor=cast.clerk.actor, number=drafted().number)
    made = sent()
    refused("not-now", actions.discard_proposal, actor=cast.clerk.actor, number=made.number)
    assert Proposal.objects.count() == 1


# The road --------------------------------------------------------------------------------------------


def test_the_road_leads_past_a_city_that_has_no_government(world):
    road = [(level, codes.short(code)) for level, code in queries.road_above(world.home)]
    assert road == [("street", "500108002"), ("district", "500108"), ("city", "50")]


def test_from_the_street_to_the_city_each_with_its_answer(sent, world, cast, city):
    made = sent()
    number = made.number
    assert (hop(made).level, hop(made).place, hop(made).state) == ("street", world.street, "sent")
    actions.receive_proposal(actor=cast.street.actor, number=number)
    actions.pass_proposal_up(
        actor=cast.street.actor, number=number, answer="情况属实，街道没有改造资金，请区里统筹研究。"
    )
    assert hop(made).level == "district"
    actions.study_proposal(actor=cast.district.actor, number=number, org=world.housing.pk)
    actions.pass_proposal_up(
        actor=cast.district.actor, number=number, answer="建议全市统一改造，请市里定标准和补助办法。"
    )
    actions.answer_proposal(actor=city, number=number, decision="adopted", answer=REASONED)
    assert state(made) == "answered"
    shown = reading.steps(queries.get_public_proposal(number))
    assert [(one["level"], one["state"]["code"]) for one in shown] == [
        ("街道", "sent_up"), ("区县", "sent_up"), ("市", "answered"),
    ]  # fmt: skip
    assert shown[-1]["answer"] == REASONED
    refused("no-level", actions.send_proposal, actor=cast.clerk.actor, number=number, note="再报")
    actions.end_proposal(actor=cast.clerk.actor, number=number, result="三百户都换了表。")
    assert state(made) == "done"


def test_what_came_back_is_completed_and_goes_to_the_same_level_again(sent, cast):
    made = sent()
    actions.return_proposal(
        actor=cast.street.actor, number=made.number, answer="请补上每栋的户数和现在每月的欠费。"
    )
    assert state(made) == "returned"
    fields = {"actor": cast.clerk.actor, "number": made.number}
    refused("no-note", actions.send_proposal, **fields)
    actions.edit_proposal(**fields, **{**WORDS, "text": "六栋三百户，每月欠费两千元。"})
    actions.send_proposal(**fields, note="补上了户数和欠费")
    assert (hop(made).position, hop(made).level, hop(made).state) == (2, "street", "sent")


def test_an_answer_that_does_not_convince_can_go_one_level_up(sent, cast):
    made = sent()
    actions.answer_proposal(actor=cast.street.actor, number=made.number, decision="declined", answer=REASONED)
    actions.send_proposal(actor=cast.clerk.actor, number=made.number, note="涉及全区，请区里定")
    assert (hop(made).level, state(made)) == ("district", "up")


def test_it_can_be_taken_back_with_the_reason(sent, cast):
    made = sent()
    refused("no-words", actions.withdraw_proposal, actor=cast.clerk.actor, number=made.number, reason=" ")
    actions.withdraw_proposal(actor=cast.clerk.actor, number=made.number, reason="已经解决了")
    assert (state(made), hop(made).state) == ("withdrawn", "withdrawn")
    refused("not-now", actions.receive_proposal, actor=cast.street.actor, number=made.number)


def test_an_answer_has_reasons(sent, cast):
    made = sent()
    answer = {"actor": cast.street.actor, "number": made.number}
    refused("too-short", actions.answer_proposal, decision="declined", answer="不行", **answer)
    refused("no-words", actions.answer_proposal, decision="declined", answer="", **answer)
    refused("not-offered", actions.answer_proposal, decision="maybe", answer=REASONED, **answer)


# Who answers -----------------------------------------------------------------------------------------


def test_a_level_answers_for_itself_only(sent, cast):
    made = sent()
    answer = {"number": made.number, "decision": "adopted", "answer": REASONED}
    with pytest.raises(NotAllowed):  # the district sees it, and does not speak for the street
        actions.answer_proposal(actor=cast.district.actor, **answer)
    with pytest.raises(NotAllowed):
        actions.answer_proposal(actor=cast.clerk.actor, **answer)
    with pytest.raises(NotVisible):
        actions.answer_proposal(actor=cast.department.actor, **answer)
    actions.answer_proposal(actor=cast.street.actor, **answer)


def test_a_unit_that_was_given_it_answers_and_does_not_hand_it_on(sent, world, cast):
    made = sent()
    actions.pass_proposal_up(actor=cast.street.actor, number=made.number, answer=REASONED)
    number = made.number
    refused(
        "no-unit", actions.study_proposal, actor=cast.district.actor, number=number, org=world.committee.pk
    )
    actions.study_proposal(actor=cast.district.actor, number=number, org=world.city_management.pk)
    with pytest.raises(NotAllowed):
        actions.pass_proposal_up(actor=cast.department.actor, number=number, answer=REASONED)
    actions.answer_proposal(actor=cast.department.actor, number=number, decision="partly", answer=REASONED)
    assert hop(made).org_id == world.city_management.pk


def test_a_level_answers_once(sent, cast):
    made = sent()
    answer = {"actor": cast.street.actor, "number": made.number, "answer": REASONED}
    actions.answer_proposal(decision="adopted", **answer)
    refused("not-now", actions.answer_proposal, decision="declined", **answer)
    assert hop(made).decision == "adopted"


# Time ------------------------------------------------------------------------------------------------


def test_receiving_has_three_working_days_and_answering_thirty_days(sent, cast, freeze):
    freeze("2026-11-02 09:00")
    made = sent()
    assert clock.day_of(hop(made).due_at).isoformat() == "2026-11-05"
    freeze("2026-11-03 09:00")
    actions.receive_proposal(actor=cast.street.actor, number=made.number)
    assert clock.day_of(hop(made).due_at).isoformat() == "2026-12-03"
    assert hop(made).rule["certainty"] == "house default"
    # Studying does not begin the time anew.
    freeze("2026-11-20 09:00")
    actions.study_proposal(actor=cast.street.actor, number=made.number)
    assert clock.day_of(hop(made).due_at).isoformat() == "2026-12-03"


def test_a_place_may_set_its_own_limit_or_none(sent, drafted, world, cast):
    fields = {"valid_from": clock.today(), "basis": "本区规定", "set_by": cast.admin.account}
    RuleOverride.objects.create(
        name="councils.upward.receive", place=world.street, value="1 wd", certainty="local practice", **fields
    )
    rulebook.forget()
    assert hop(sent()).rule["limit"] == "1 wd"
    RuleOverride.objects.update(value=None)
    rulebook.forget()
    refused("rule-unset", sent)
    assert Proposal.objects.filter(state="up").count() == 1


def items(person):
    found, _total = waiting.items(telling.SOURCES, person.again(), 50)
    return [(item.facts["number"], str(item.kind)) for item in found]


def test_it_waits_in_the_inbox_of_the_level_then_of_the_unit_then_of_the_makers(sent, world, cast):
    made = sent()
    assert items(cast.street) == [(made.number, "建议等收下")]
    assert items(cast.district) == items(cast.clerk) == items(cast.department) == []
    actions.receive_proposal(actor=cast.street.actor, number=made.number)
    assert items(cast.street) == [(made.number, "建议等答复")]
    actions.pass_proposal_up(actor=cast.street.actor, number=made.number, answer=REASONED)
    assert items(cast.street) == []
    actions.study_proposal(actor=cast.district.actor, number=made.number, org=world.city_management.pk)
    assert items(cast.district) == []
    assert items(cast.department) == [(made.number, "建议等答复")]
    actions.return_proposal(actor=cast.district.actor, number=made.number, answer=REASONED)
    assert items(cast.department) == []
    assert items(cast.clerk) == [(made.number, "退回补充")]
    assert len(items(cast.clerk)) == 1


def test_what_is_late_says_so(sent, freeze):
    freeze("2026-11-02 09:00")
    made = sent()
    freeze("2026-11-12 09:00")
    found = reading.hop_clock(hop(made))
    assert (found["text"], found["tone"]) == ("超期 7 天", "urgent")


# The story, and who is told --------------------------------------------------------------------------


@pytest.fixture
def need(world, cast):
    """A need of the list, of which the resident spoke."""
    matter = submit_voice(
        actor=cast.resident.actor, text="水表一直是合用的，水费说不清", place=world.home, kind="complaint"
    ).voice.matter
    source = Source(matter=matter.number)
    made = needs.note_need(
        actor=cast.clerk.actor, place=world.home, title="水表合用，水费说不清", source=source
    )
    return needs.settle_need(actor=cast.clerk.actor, number=made.number, state="listed")


def test_a_need_that_goes_up_says_so_on_its_list(sent, need):
    made = sent(need=need)
    need.refresh_from_db()
    assert (need.state, TITLE in need.answer) == ("moved_up", True)
    assert [one.pk for one in queries.proposals_of_need(need.pk)] == [made.pk]


def told(person):
    return list(
        Notice.objects.filter(account=person.account, code__startswith="councils.proposal")
        .order_by("id").values_list("code", "url")
    )  # fmt: skip


def test_the_level_the_makers_and_those_who_said_so_are_told(sent, need, cast, settle):
    made = sent(need=need)
    settle()
    desk, public = f"/desk/council/proposals/{made.number}/", f"/council/proposals/{made.number}/"
    assert told(cast.street) == [("councils.proposal.sent", desk)]
    assert told(cast.resident) == [("councils.proposal.sent", public)]
    assert told(cast.neighbour) == told(cast.district) == []
    actions.answer_proposal(actor=cast.street.actor, number=made.number, decision="adopted", answer=REASONED)
    settle()
    assert told(cast.secretary) == told(cast.clerk) == [("councils.proposal.answered", desk)]
    assert told(cast.resident)[-1] == ("councils.proposal.answered", public)


def test_a_unit_that_was_given_it_is_told(sent, world, cast, settle):
    made = sent()
    actions.pass_proposal_up(actor=cast.street.actor, number=made.number, answer=REASONED)
    actions.study_proposal(actor=cast.district.actor, number=made.number, org=world.city_management.pk)
    settle()
    assert [code for code, _url in told(cast.department)] == ["councils.proposal.in_study"]


def test_its_lines_are_on_the_timeline_of_the_matter_and_hold_no_words(sent, world, cast):
    matter = submit_voice(
        actor=cast.resident.actor, text="水表一直是合用的，水费说不清", place=world.home, kind="complaint"
    ).voice.matter
    made = sent(matter=matter)
    actions.answer_proposal(actor=cast.street.actor, number=made.number, decision="adopted", answer=REASONED)
    lines = Entry.objects.filter(subject=made.pk)
    assert {line.matter for line in lines} == {matter.pk}
    assert not any(text in str(line.data) for line in lines for text in (TITLE, REASONED, WORDS["text"]))


def test_the_road_shows_where_it_is_and_not_where_it_need_not_go(sent, cast):
    made = sent()
    road = reading.road(queries.get_public_proposal(made.number))
    assert [(one["label"], one["past"], one["now"]) for one in road] == [
        ("社区", True, False), ("街道", False, True), ("区县", False, False), ("市", False, False),
    ]  # fmt: skip
    actions.answer_proposal(actor=cast.street.actor, number=made.number, decision="adopted", answer=REASONED)
    assert [one["label"] for one in reading.road(queries.get_public_proposal(made.number))] == [
        "社区",
        "街道",
    ]


def test_every_move_has_its_word_and_its_icon():
    moves = {move for some in states.HOP_MOVES.values() for move in some}
    assert moves == set(states.MOVE_WORDS) == set(states.MOVE_ICONS)
    assert set(states.HOP_TONES) == set(states.HOP_WORDS) and set(states.TONES) == set(states.STATE_WORDS)


def test_a_limit_at_the_weekend_is_counted_in_working_days(sent, freeze):
    freeze("2026-11-06 16:00")
    assert clock.day_of(hop(sent()).due_at) == clock.today() + timedelta(days=5)


def test_a_need_for_which_a_proposal_is_being_written_is_not_thrown_away(drafted, world, cast):
    need = needs.note_need(actor=cast.clerk.actor, place=world.home, title="一户一表")
    made = drafted(need=need)
    refused("in-use", needs.discard_need, actor=cast.clerk.actor, number=need.number)
    need.refresh_from_db()
    actions.discard_proposal(actor=cast.clerk.actor, number=made.number)
    needs.discard_need(actor=cast.clerk.actor, number=need.number)
