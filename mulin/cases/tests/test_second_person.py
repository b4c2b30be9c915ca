"""Suspensions, refusals and exclusions need a second person and are visible to the resident."""

import pytest

from mulin.cases.models import Exclusion
from mulin.cases.pages import resident_case
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry
from mulin.voices.models import Voice


def public_words(cast, said) -> str:
    page = resident_case(cast.resident.actor, Voice.objects.get(pk=said.voice.pk))
    return "\n".join(f"{line.text} {' '.join(w.text for w in line.words)}" for line in page.timeline)


def propose_refusal(do, number):
    return do("refuse", "clerk", number, reason_code="market", reason="这是商家之间的事，请联系市场监管")


def test_a_refusal_takes_effect_only_when_somebody_else_agrees(speak, do, cast):
    said = speak(text="隔壁超市卖得比网上贵，要求它降价")
    case = propose_refusal(do, said.number)
    assert (case.state, case.pending["move"]) == ("reported", "refuse")
    assert "商家之间" not in public_words(cast, said)
    with pytest.raises(ActionError) as error:
        do("approve", "clerk", said.number)
    assert (error.value.code, error.value.status) == ("same-person", 403)
    case = do("approve", "secretary", said.number)
    assert (case.state, case.outcome, case.is_open, case.pending) == ("refused", "refused", False, None)
    assert "商家之间" in public_words(cast, said)
    assert Voice.objects.get(pk=said.voice.pk).answer.startswith("这是商家之间的事")
    assert not case.matter.is_open


def test_nothing_else_moves_while_a_second_person_is_asked(speak, do):
    said = speak()
    propose_refusal(do, said.number)
    with pytest.raises(ActionError) as error:
        do("accept", "secretary", said.number)
    assert error.value.code == "pending"
    case = do("decline", "secretary", said.number, reason="路灯归我们管")
    assert (case.state, case.pending) == ("reported", None)
    assert do("accept", "secretary", said.number).state == "accepted"


def test_a_refusal_needs_a_reason_of_the_list(speak, do):
    said = speak()
    with pytest.raises(ActionError) as error:
        do("refuse", "clerk", said.number, reason_code="lazy", reason="不想办")
    assert (error.value.code, error.value.field) == ("unknown-reason", "reason_code")


def test_a_refused_case_can_be_reopened_by_its_person(speak, do, cast):
    said = speak()
    propose_refusal(do, said.number)
    do("approve", "secretary", said.number)
    case = do("reopen", "resident", said.number, reason="这是公共路灯，不是商家的")
    assert (case.state, case.outcome, case.reopened_count) == ("reopened", "", 1)
    assert case.matter.is_open
    assert case.clocks.filter(kind="solve", stopped_at=None).exists()


def test_a_suspension_needs_a_day_in_the_future_and_another_person(speak, bring, do, cast):
    said = speak()
    bring(said.number, "in_hand")
    with pytest.raises(ActionError) as error:
        do("suspend", "department", said.number, reason="等", review_on="2020-01-01")
    assert error.value.code == "review-past"
    from datetime import timedelta

    from mulin.kernel.clock import today

    day = (today() + timedelta(days=30)).isoformat()
    do("suspend", "department", said.number, reason="等市里批地", review_on=day)
    with pytest.raises(ActionError):
        do("approve", "department", said.number)
    case = do("approve", "street", said.number)
    assert (case.state, case.review_on.isoformat(), case.previous_state) == ("suspended", day, "in_hand")
    assert "等市里批地" in public_words(cast, said)
    assert Entry.objects.get(code="cases.case.suspended").data["proposed_by"] == str(cast.department.id)


def test_an_exclusion_is_decided_by_another_person_and_the_resident_can_read_it(speak, bring, do, cast):
    said = speak()
    bring(said.number, "done")
    do("exclude", "clerk", said.number, reason_code="awaits_law", reason="等新规划")
    with pytest.raises(ActionError) as error:
        do("decide-exclusion", "clerk", said.number, agree=True)
    assert error.value.code == "same-person"
    case = do("decide-exclusion", "secretary", said.number, agree=True)
    assert case.excluded_for == "awaits_law"
    assert "等待法律、政策或规划" in public_words(cast, said)
    with pytest.raises(ActionError) as error:
        do("exclude", "clerk", said.number, reason_code="illegal", reason="再来")
    assert error.value.code == "excluded-already"


def test_a_declined_exclusion_changes_nothing_and_may_be_proposed_again(speak, do):
    said = speak()
    do("exclude", "clerk", said.number, reason_code="malicious", reason="像是恶作剧")
    with pytest.raises(ActionError):
        do("decide-exclusion", "secretary", said.number, agree=False)
    case = do("decide-exclusion", "secretary", said.number, agree=False, reason="不是，灯确实坏了")
    assert case.excluded_for == "" and Exclusion.objects.get(case=case).is_accepted is False
    do("exclude", "clerk", said.number, reason_code="out_of_scope", reason="不归我们")
    assert Exclusion.objects.get(case=case).is_accepted is None
