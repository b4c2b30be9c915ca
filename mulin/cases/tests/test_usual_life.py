"""The closed loop from a voice to the end, with five people."""

import pytest
from django.db import IntegrityError, transaction

from mulin.cases.models import Case
from mulin.kernel import journal
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.voices.models import Voice


def codes_of(case) -> list[str]:
    return [e.code for e in Entry.objects.filter(matter=case.matter_id).order_by("id")]


def test_a_voice_opens_a_case_in_state_reported_with_its_clocks(speak):
    said = speak()
    case = said.case()
    assert (case.state, case.is_open, case.place) == ("reported", True, said.voice.place)
    assert {c.kind for c in case.clocks.all()} == {"response", "solve"}
    assert case.due_at == min(c.due_at for c in case.clocks.all())
    assert codes_of(case) == ["voices.voice.submitted"]


def test_a_case_goes_the_whole_way(speak, bring, do):
    said = speak()
    bring(said.number, "closed")
    case = said.case()
    assert (case.state, case.outcome, case.is_open) == ("closed", "confirmed", False)
    assert (case.is_solved, case.is_satisfied, case.responded_in_time) == (True, True, True)
    assert codes_of(case)[1:] == [
        "cases.case.accepted",
        "cases.case.dispatched",
        "cases.case.started",
        "cases.case.finished",
        "cases.case.confirmed",
        "cases.case.closed",
    ]
    assert not case.clocks.filter(stopped_at=None).exists()
    assert not case.matter.is_open
    assert journal.verify().ok


def test_the_answer_goes_to_every_voice(speak, bring, cast):
    said = speak()
    other = speak(actor=cast.building_head.actor, text="三单元门口路灯不亮，请修", join=said.number)
    assert other.number == said.number
    bring(said.number, "done")
    voices = Voice.objects.filter(matter=said.voice.matter)
    assert voices.count() == 2
    assert all(v.answer and v.answered_at for v in voices)


def test_a_second_case_for_the_same_matter_cannot_be_opened(speak, cast):
    said = speak()
    speak(actor=cast.building_head.actor, text="三单元门口路灯不亮，请修", join=said.number)
    assert Case.objects.filter(matter=said.voice.matter).count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="x", matter=said.voice.matter, place=said.case().place, kind="help", title="x",
            opened_on=said.case().opened_on, due_at=said.case().due_at,
        )  # fmt: skip


def test_a_stranger_cannot_find_the_case(speak, do):
    said = speak()
    for part in ("neighbour", "other_clerk", "newcomer", "department", "group_leader"):
        with pytest.raises(NotVisible):
            do("accept", part, said.number)


def test_the_person_of_the_voice_sees_no_desk_and_an_auditor_may_not_act(speak, do):
    said = speak()
    with pytest.raises(NotVisible):
        do("accept", "resident", said.number)
    with pytest.raises(NotAllowed):
        do("accept", "auditor", said.number)
