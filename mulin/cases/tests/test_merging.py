"""Two reports of one matter become one case and can be parted again; nobody's voice is lost."""

import pytest

from mulin.cases import pages
from mulin.kernel.errors import ActionError
from mulin.voices.models import Voice


@pytest.fixture
def two(speak, cast):
    first = speak()
    second = speak(actor=cast.building_head.actor, text="三单元的灯坏了，看不见台阶")
    return first, second


def matter_of(said):
    return Voice.objects.get(pk=said.voice.pk).matter


def test_voices_go_over_and_get_the_one_answer(two, do, bring):
    first, second = two
    case = do("merge", "clerk", second.number, into=first.number)
    assert (case.state, case.outcome, case.merged_into.number) == ("merged", "merged", first.number)
    assert matter_of(second).number == first.number
    assert matter_of(first).voices_count == 2
    assert not case.clocks.filter(stopped_at=None, paused_at=None).exists()
    bring(first.number, "done")
    assert Voice.objects.get(pk=second.voice.pk).answer


def test_the_number_of_a_merged_voice_still_leads_to_the_case_that_answers_it(two, do, cast):
    first, second = two
    do("merge", "clerk", second.number, into=first.number)
    page = pages.resident_case(cast.building_head.actor, Voice.objects.get(pk=second.voice.pk))
    assert page.merged_into == first.number
    assert any("并入同一件事" in line.text for line in page.timeline)


def test_unmerging_brings_voices_clocks_and_state_back(two, do, later):
    first, second = two
    do("accept", "clerk", second.number)
    due = second.case().clocks.get(kind="solve").due_at
    do("merge", "clerk", second.number, into=first.number)
    with later(days=4):
        case = do("unmerge", "clerk", second.number, reason="不是同一盏灯")
        assert (case.state, case.is_open, case.merged_into) == ("accepted", True, None)
        assert matter_of(second).number == second.number
        assert (matter_of(first).voices_count, matter_of(second).voices_count) == (1, 1)
        clock = case.clocks.get(kind="solve")
        assert clock.paused_at is None and clock.due_at > due
        assert case.due_at < clock.due_at or case.due_at == clock.due_at


def test_a_chain_of_merges_is_undone_one_by_one(two, do, speak, cast):
    first, second = two
    third = speak(actor=cast.group_leader.actor, text="灯不亮，孩子放学害怕")
    do("merge", "clerk", second.number, into=first.number)
    do("merge", "clerk", first.number, into=third.number)
    assert {matter_of(one).number for one in (first, second, third)} == {third.number}
    do("unmerge", "clerk", first.number, reason="不同的灯")
    assert matter_of(first).number == first.number
    assert matter_of(second).number == third.number
    do("unmerge", "clerk", second.number, reason="也不同")
    assert matter_of(second).number == second.number
    assert matter_of(third).voices_count == 1


def test_a_case_is_not_merged_into_itself_into_a_finished_or_an_unseen_one(two, do, speak, bring, world):
    first, second = two
    for into, code in ((first.number, "same-case"), ("0000000000", "unknown-case")):
        with pytest.raises(ActionError) as error:
            do("merge", "clerk", first.number, into=into)
        assert error.value.code == code
    elsewhere = speak(place=world.other_home, text="同景的路灯坏了一排")
    with pytest.raises(ActionError) as error:
        do("merge", "clerk", first.number, into=elsewhere.number)
    assert error.value.code == "unknown-case"
    bring(second.number, "done")
    with pytest.raises(ActionError) as error:
        do("merge", "clerk", first.number, into=second.number)
    assert error.value.code == "target-ended"


def test_a_tip_off_does_not_leak_into_an_open_case(two, do, speak):
    first, _second = two
    secret = speak(kind="tip_off", text="举报有人偷接路灯的电给商铺用", category="street_lamp")
    assert secret.case().restriction == "tip_off"
    with pytest.raises(ActionError) as error:
        do("merge", "street", secret.number, into=first.number)
    assert error.value.code == "restriction-differs"
