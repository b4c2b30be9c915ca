"""People who join late, leave early or speak again: everybody gets the answer, nobody's words go round."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.cases.actions import escalate_overdue
from mulin.cases.models import Case
from mulin.cases.pages import resident_case
from mulin.kernel import actions as rules
from mulin.kernel.errors import ActionError
from mulin.voices.actions import withdraw_voice
from mulin.voices.models import Voice


@pytest.mark.parametrize("state", ["done", "confirmed"])
def test_who_joins_after_the_answer_gets_it_and_may_say_that_it_is_not_solved(speak, bring, do, cast, state):
    said = speak()
    bring(said.number, state)
    late = speak(actor=cast.building_head.actor, text="三单元门口的灯还是不亮", join=said.number)
    voice = Voice.objects.get(pk=late.voice.pk)
    assert voice.answer == said.case().reply and voice.answered_at
    assert do("confirm", "building_head", voice.number, is_solved=False).state == "reopened"


def test_who_joins_before_the_answer_has_none_yet(speak, bring, cast):
    said = speak()
    bring(said.number, "in_hand")
    late = speak(actor=cast.building_head.actor, text="三单元门口的灯还是不亮", join=said.number)
    assert Voice.objects.get(pk=late.voice.pk).answered_at is None


def test_a_case_that_all_its_people_took_back_can_still_end(speak, bring, do, cast, later):
    said = speak()
    bring(said.number, "in_hand")
    withdraw_voice(actor=cast.resident.actor, number=said.voice.number, reason="solved_itself")
    do("finish", "department", said.number, done_text="换了灯", reply="路灯已经换新，昨晚试亮正常。",
       confirm_reply=True)  # fmt: skip
    with later(days=30):
        case = do("close", "clerk", said.number)
    assert (case.state, case.outcome) == ("closed", "unconfirmed")


@pytest.mark.parametrize("state", ["in_hand", "done"])
def test_the_desk_cannot_take_the_last_voice_back_instead_of_asking(speak, bring, do, cast, later, state):
    """Nobody would be left to ask, and the case could be closed without a single call."""
    said = speak()
    bring(said.number, state)
    with pytest.raises(ActionError) as error:
        withdraw_voice(actor=cast.clerk.actor, number=said.voice.number, reason="by_mistake")
    assert error.value.code == "under-way"
    assert Voice.objects.get(pk=said.voice.pk).state != "withdrawn"
    withdraw_voice(actor=cast.resident.actor, number=said.voice.number, reason="solved_itself")


def test_a_note_that_is_too_long_is_refused_and_not_cut(speak, bring, do):
    said = speak()
    bring(said.number, "done")
    with pytest.raises(ActionError) as error:
        do("call-back", "clerk", said.number, how="phone", result="no_answer", note="长" * 301)
    assert (error.value.code, error.value.field) == ("field-too-long", "note")


def test_what_one_resident_writes_on_reopening_is_not_shown_to_the_others(speak, bring, do, cast):
    said = speak()
    other = speak(actor=cast.building_head.actor, text="三单元门口的灯不亮", join=said.number)
    bring(said.number, "closed")
    do("reopen", "resident", said.number, reason="我家3栋501的李晓梅，当晚又灭了")
    voice = Voice.objects.get(pk=other.voice.pk)
    shown = resident_case(cast.building_head.actor, voice).timeline
    assert [line.code for line in shown][-1] == "cases.case.reopened"
    assert "李晓梅" not in str(shown)
    assert "李晓梅" in str(resident_case(cast.resident.actor, said.voice).timeline)


def test_what_the_desk_writes_on_reopening_is_shown_to_the_people(speak, bring, do, cast):
    said = speak()
    bring(said.number, "closed")
    do("reopen", "clerk", said.number, reason="回访时灯又灭了")
    assert "回访时灯又灭了" in str(resident_case(cast.resident.actor, said.voice).timeline)


@pytest.mark.postgres
def test_a_move_locks_the_matter_before_the_case_as_the_voices_do(speak, do):
    said = speak()
    with CaptureQueriesContext(connection) as caught:
        do("accept", "clerk", said.number)
    locks = [q["sql"].split('FROM "')[1].split('"')[0] for q in caught if "FOR UPDATE" in q["sql"]]
    assert locks[:2] == ["voices_matter", "cases_case"]


def test_a_ladder_that_is_unset_in_one_place_does_not_stop_the_others(speak, bring, world, cast, later):
    here, there = speak(), speak(actor=cast.neighbour.actor, place=world.other_home)
    rules.set_rule(
        actor=cast.admin.actor, name="cases.escalation.ladder", place=world.home, value=None,
        basis="试验", certainty="to be verified",
    )  # fmt: skip
    with later(days=60):
        assert escalate_overdue() >= 1
    assert Case.objects.get(number=there.number).escalation == 1
    assert here.case().escalation == 0
