"""Silence is not consent: the resident's word, call-backs, closing unconfirmed, reopening."""

from datetime import UTC, datetime

import pytest
from django.utils import translation

from mulin.cases import clocks, inbox, pages, personal
from mulin.cases.actions import close_confirmed
from mulin.cases.actions.ending import RESULTS
from mulin.cases.models import CallBack, CaseText
from mulin.cases.moves import MoveForm
from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.people.models import Account
from mulin.voices.models import Voice


def test_the_person_says_solved_and_the_case_is_confirmed(speak, bring, do):
    said = speak()
    bring(said.number, "done")
    case = do(
        "confirm", "resident", said.voice.number, is_solved="true", is_satisfied="false", remark="慢了点"
    )
    assert (case.state, case.is_solved, case.is_satisfied) == ("confirmed", True, False)
    voice = Voice.objects.get(pk=said.voice.pk)
    assert (voice.is_solved, voice.is_satisfied, voice.remark) == (True, False, "慢了点")


def test_not_solved_reopens_and_the_unit_that_led_still_leads(speak, bring, do, world):
    said = speak()
    bring(said.number, "done")
    case = do("confirm", "resident", said.number, is_solved=False)
    assert (case.state, case.is_solved, case.lead_id) == ("reopened", False, world.city_management.id)
    assert case.reopened_count == 1 and case.done_at is None
    do("start", "department", said.number)
    case = do(
        "finish", "department", said.number, done_text="又换了线", confirm_reply=True,
        reply="三单元门口的路灯这次连同线路一起换了，昨晚七点试亮正常，旁边的灯也检查过了。",
    )  # fmt: skip
    assert case.is_solved is None
    assert Voice.objects.get(pk=said.voice.pk).is_solved is None


def test_what_was_written_with_not_solved_stays_on_the_case_after_the_next_word(speak, bring, do, cast):
    said = speak()
    bring(said.number, "done")
    do("confirm", "resident", said.number, is_solved=False, remark="亮了一晚又灭了，打13812345678找我")
    do("start", "department", said.number)
    reply = "三单元门口的路灯这次连同线路一起换了，昨晚七点试亮正常，旁边的灯也检查过了。"
    do("finish", "department", said.number, done_text="又换了线", confirm_reply=True, reply=reply)
    do("confirm", "resident", said.number, is_solved=True, remark="这次好了")
    lines = pages.case_page(cast.clerk.actor, said.number).timeline
    assert [(one.code, one.words[0].text) for one in lines if any(w.kind == "said" for w in one.words)] == [
        ("cases.case.not_solved", "亮了一晚又灭了，打13812345678找我"),
        ("cases.case.confirmed", "这次好了"),
    ]


def test_what_was_written_with_a_verdict_is_exported_and_erased_with_the_voice(speak, bring, do, cast):
    said = speak()
    bring(said.number, "done")
    do("confirm", "resident", said.number, is_solved=False, remark="亮了一晚又灭了")
    wrote = [one["text"] for one in personal.export(cast.resident.account.id)["texts"]]
    assert "亮了一晚又灭了" in wrote
    assert personal.forget_words([said.voice.pk]) == 1
    assert not CaseText.objects.filter(text__contains="亮了一晚").exists()


def test_what_was_written_while_merged_is_erased_with_its_voice_after_the_unmerge(speak, bring, do, cast):
    first, other = speak(), speak(actor=cast.building_head.actor, text="路口的红绿灯坏了一晚上")
    do("merge", "clerk", first.number, into=other.number)
    bring(other.number, "done")
    do("confirm", "resident", first.voice.number, is_solved=False, remark="亮了一晚又灭了")
    do("unmerge", "clerk", first.number, reason="不是同一件")
    assert personal.forget_words([first.voice.pk]) == 1
    assert not CaseText.objects.filter(text__contains="亮了一晚").exists()


def test_who_was_merged_into_another_case_confirms_and_reopens_by_their_own_number(speak, bring, do, cast):
    first, other = speak(), speak(actor=cast.building_head.actor, text="路口的红绿灯坏了一晚上")
    do("merge", "clerk", first.number, into=other.number)
    bring(other.number, "done")
    case = do("confirm", "resident", first.voice.number, is_solved=True)
    assert (case.number, case.state) == (other.number, "confirmed")
    case = do("reopen", "resident", first.voice.number, reason="又灭了")
    assert (case.number, case.state) == (other.number, "reopened")


def test_what_was_written_on_reopening_is_of_the_voice_that_was_named(speak, bring, do, cast):
    first, other = speak(), speak(text="路口的红绿灯坏了一晚上")
    do("merge", "clerk", first.number, into=other.number)
    bring(other.number, "done")
    for said in (first, other):
        do("reopen", "resident", said.voice.number, reason=f"还没好：{said.voice.number}")
        assert CaseText.objects.get(text__contains=said.voice.number).voice == said.voice.pk
        bring(other.number, "done")


def test_the_same_remark_sent_again_is_kept_once_and_again_after_the_next_answer(speak, bring, do):
    said = speak()
    bring(said.number, "done")
    for is_satisfied in ("false", "true"):
        do("confirm", "resident", said.number, is_solved=True, is_satisfied=is_satisfied, remark="还是暗")
    assert CaseText.objects.filter(kind="said").count() == 1
    do("reopen", "resident", said.number, reason="又灭了")
    bring(said.number, "done")
    do("confirm", "resident", said.number, is_solved=True, remark="还是暗")
    assert CaseText.objects.filter(kind="said").count() == 2


def test_one_not_solved_reopens_though_another_said_solved(speak, bring, do, cast):
    said = speak()
    other = speak(actor=cast.building_head.actor, text="三单元门口的灯不亮", join=said.number)
    bring(said.number, "done")
    assert do("confirm", "resident", said.voice.number, is_solved=True).state == "confirmed"
    assert do("confirm", "building_head", other.voice.number, is_solved=False).state == "reopened"


def test_somebody_elses_voice_cannot_be_confirmed(speak, bring, do, cast):
    said = speak()
    bring(said.number, "done")
    with pytest.raises(NotVisible):
        do("confirm", "neighbour", said.voice.number, is_solved=True)
    with pytest.raises(NotAllowed):
        do("confirm", "clerk", said.voice.number, is_solved=True)


def test_an_anonymous_person_confirms_with_the_receipt(speak, bring):
    from mulin.cases import moves

    said = speak(actor=ANONYMOUS, contact="")
    bring(said.number, "done")
    with pytest.raises(NotVisible):
        moves.perform("confirm", actor=ANONYMOUS, number=said.number, is_solved=True)
    holder = ANONYMOUS.with_receipt(said.voice.id)
    assert moves.perform("confirm", actor=holder, number=said.number, is_solved=True).state == "confirmed"


def test_nothing_can_be_confirmed_before_there_is_an_answer(speak, bring, do):
    said = speak()
    bring(said.number, "in_hand")
    with pytest.raises(ActionError) as error:
        do("confirm", "resident", said.number, is_solved=True)
    assert error.value.code == "nothing-to-confirm"


def test_silence_brings_a_call_back_task_and_only_recorded_attempts_close_it(speak, bring, do, later, cast):
    said = speak()
    bring(said.number, "done")
    with pytest.raises(ActionError) as error:
        do("close", "clerk", said.number)
    assert error.value.code == "not-confirmed-yet"
    assert said.number not in [i.facts["number"] for i in inbox.items(cast.clerk.actor)]
    with later(days=12):
        waiting = [i for i in inbox.items(cast.clerk.actor) if i.facts["waits"] == "call-back"]
        assert [i.facts["number"] for i in waiting] == [said.number]
        with pytest.raises(ActionError) as error:
            do("close", "clerk", said.number)
        assert error.value.code == "call-backs-missing"
        do("call-back", "gridworker", said.number, result="no_answer", how="phone", note="响了很久")
        do("call-back", "gridworker", said.number, result="no_answer", how="phone")
    with later(days=13):
        do("call-back", "clerk", said.number, result="no_answer", how="message")
        with pytest.raises(ActionError):  # two days so far, three are needed
            do("close", "clerk", said.number)
    with later(days=14):
        do("call-back", "clerk", said.number, result="declined", how="visit")
        case = do("close", "clerk", said.number)
    assert (case.state, case.outcome, case.is_solved) == ("closed", "unconfirmed", None)
    assert CallBack.objects.filter(case=case).count() == 4


def test_a_person_who_is_reached_counts_as_if_they_had_said_it_themselves(speak, bring, do):
    said = speak()
    bring(said.number, "done")
    with pytest.raises(ActionError) as error:
        do("call-back", "clerk", said.number, result="reached")
    assert error.value.field == "is_solved"
    case = do("call-back", "clerk", said.number, result="reached", is_solved=True, is_satisfied=True)
    assert (case.state, case.is_solved, case.is_satisfied) == ("confirmed", True, True)
    other = speak(text="花坛边的路灯也坏了好几天")
    bring(other.number, "done")
    case = do("call-back", "clerk", other.number, result="reached", is_solved=False)
    assert case.state == "reopened"


def test_no_contact_may_be_recorded_only_where_nobody_left_any(speak, bring, do, later, cast):
    known = speak()
    bring(known.number, "done")
    with pytest.raises(ActionError) as error:
        do("call-back", "clerk", known.number, result="no_contact")
    assert error.value.code == "contact-known" and "请先联系" in str(error.value)
    Account.objects.filter(pk=cast.resident.id).update(phone_sealed="")
    with pytest.raises(ActionError) as error:
        do("call-back", "clerk", known.number, result="no_contact")
    assert "选“消息”" in str(error.value)
    nobody = speak(actor=ANONYMOUS, text="垃圾堆了一个星期没有人清运")
    bring(nobody.number, "done")
    offered = [
        [code for code, _words in MoveForm("call-back").choices("result", one.case())]
        for one in (known, nobody)
    ]
    assert offered == [list(RESULTS), ["no_contact", "reached", "declined"]]
    with later(days=12):
        do("call-back", "clerk", nobody.number, result="no_contact")
        assert do("close", "clerk", nobody.number).outcome == "unconfirmed"


def test_an_unconfirmed_case_is_reopened_or_confirmed_by_a_late_word(speak, bring, do, later):
    said = speak(actor=ANONYMOUS, text="垃圾堆了一个星期没有人清运")
    bring(said.number, "done")
    from mulin.cases import moves

    holder = ANONYMOUS.with_receipt(said.voice.id)
    with later(days=12):
        do("call-back", "clerk", said.number, result="no_contact")
        do("close", "clerk", said.number)
    with later(days=20):
        case = moves.perform("confirm", actor=holder, number=said.number, is_solved=True)
        assert (case.state, case.outcome) == ("closed", "confirmed")
        case = moves.perform("confirm", actor=holder, number=said.number, is_solved=False)
        assert (case.state, case.outcome, case.closed_at) == ("reopened", "", None)


def test_the_window_for_reopening_ends(speak, bring, do, later):
    said = speak()
    bring(said.number, "closed")
    with later(days=120), pytest.raises(ActionError) as error:
        do("reopen", "resident", said.number, reason="又不亮了")
    assert error.value.code == "window-over"
    assert do("reopen", "clerk", said.number, reason="又不亮了").state == "reopened"


def test_confirmed_cases_are_closed_after_a_while_where_the_rule_says_so(speak, bring, later):
    said = speak()
    bring(said.number, "confirmed")
    assert close_confirmed() == 0
    with later(days=8):
        assert close_confirmed() == 1
        assert close_confirmed() == 0
    assert (said.case().state, said.case().outcome) == ("closed", "confirmed")


def test_the_time_to_confirm_is_told_by_its_last_day_in_the_same_words_everywhere(speak, bring):
    with clock.at(datetime(2026, 11, 22, 3, 0, tzinfo=UTC)):  # a Sunday: the seventh day is a Sunday too
        said = speak()
        bring(said.number, "done")
        one = said.case().clocks.get(kind="confirm")
        assert (
            clocks.show(one, said.case().place).words == clocks.due_words(said.case()) == "等确认，到11月30日"
        )
        with translation.override("en"):
            assert clocks.due_words(said.case()) == "to confirm until 30 November"
    with clock.at(datetime(2026, 12, 2, 3, 0, tzinfo=UTC)):
        assert clocks.show(one, said.case().place).words == clocks.due_words(said.case()) == "确认期已过"
