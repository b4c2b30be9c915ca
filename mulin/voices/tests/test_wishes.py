"""Wishes and offers: gathered by theme and place, answered to everyone, rated by who wished."""

from datetime import timedelta

import pytest

from mulin.kernel import clock, waiting
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Notice
from mulin.voices import actions, queries
from mulin.voices.models import Matter, Voice
from mulin.voices.module import MODULE
from mulin.voices.tests.conftest import WISH


def refused(code: str, call, **fields) -> None:
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == code


@pytest.fixture
def wish(speak, cast):
    def make(person=None, text=WISH, kind="wish", **fields):
        fields.setdefault("category", "skill_sharing")
        return speak((person or cast.resident).actor, text=text, kind=kind, **fields).voice

    return make


def test_a_wish_becomes_an_order_and_waits_for_an_answer(wish, cast):
    voice = wish()
    assert voice.matter.way == "order" and voice.matter.category == "skill_sharing"
    assert [m.pk for m in queries.waiting_wishes(cast.secretary.actor)] == [voice.matter_id]
    assert not queries.waiting_wishes(cast.other_clerk.actor).exists()
    assert not queries.waiting_wishes(cast.resident.actor).exists()


def test_the_inbox_shows_a_wish_with_the_day_it_is_due(wish, cast):
    voice = wish()
    (item,), total = waiting.items(MODULE.inbox, cast.secretary.actor, 5)
    assert item.facts["number"] == voice.number and item.due_at > item.since
    assert total == 1 and waiting.items(MODULE.inbox, cast.other_clerk.actor, 5) == ([], 0)


def test_who_works_above_sees_late_wishes_as_a_count_and_not_as_rows(wish, cast):
    wish()
    assert waiting.items(MODULE.inbox, cast.street.actor, 5) == ([], 0)
    with clock.at(clock.now() + timedelta(days=400)):
        (item,), total = waiting.items(MODULE.inbox, cast.street.actor, 5)
    assert total == 1
    assert "1 条心愿" in item.title and item.due_at is None and item.url == "/desk/wishes/"


def test_a_like_wish_here_joins_the_first_and_one_elsewhere_does_not(wish, cast, world):
    first = wish()
    second = wish(cast.newcomer, text="我想要一个周末的书法班，孩子和老人都能来学的那种。")
    far = wish(cast.neighbour, place=world.other_home)
    offer = wish(cast.newcomer, kind="offer")
    other = wish(cast.newcomer, text="想要一个免费磨剪刀的日子", category="convenience")
    assert second.matter_id == first.matter_id
    assert len({first.matter_id, far.matter_id, offer.matter_id, other.matter_id}) == 4
    assert Matter.objects.get(pk=first.matter_id).voices_count == 2


def test_everyone_who_wished_is_answered(wish, cast, settle, lines):
    first = wish()
    wish(cast.newcomer, text=WISH + "谢谢。")
    actions.answer_wish(actor=cast.secretary.actor, number=first.number, decision="accepted", text="七月开班")
    assert set(Voice.objects.values_list("answer", flat=True)) == {"七月开班"}
    assert lines("voices.wish.answered")[0].data["voices"] == 2
    assert not queries.waiting_wishes(cast.secretary.actor).exists()
    settle()
    told = Notice.objects.filter(code="voices.wish.answered").values_list("account", flat=True)
    assert set(told) == {cast.resident.id, cast.newcomer.id}


def test_who_joins_an_accepted_wish_is_answered_at_once(wish, cast):
    first = wish()
    actions.answer_wish(actor=cast.secretary.actor, number=first.number, decision="accepted", text="七月开班")
    late = wish(cast.newcomer)
    assert late.matter_id == first.matter_id and late.answer == "七月开班" and late.answered_at


def test_a_declined_wish_closes_with_its_reason(wish, cast):
    voice = wish()
    actions.answer_wish(actor=cast.secretary.actor, number=voice.number, decision="declined", text="没有场地")
    matter = Matter.objects.get(pk=voice.matter_id)
    assert (matter.decision, matter.is_open) == ("declined", False) and matter.closed_at
    again = {"actor": cast.secretary.actor, "number": voice.number, "decision": "accepted", "text": "有了"}
    refused("matter-closed", actions.answer_wish, **again)
    assert wish(cast.newcomer).matter_id != matter.id


def test_an_answer_needs_a_decision_a_reason_and_the_right(wish, speak, cast):
    number = wish().number
    act = {"actor": cast.secretary.actor, "number": number}
    refused("decision-unknown", actions.answer_wish, **act, decision="perhaps", text="看看")
    refused("answer-missing", actions.answer_wish, **act, decision="declined", text="")
    refused("text-too-long", actions.answer_wish, **act, decision="declined", text="长" * 1001)
    complaint = speak(kind="complaint").voice.number
    refused(
        "not-a-wish",
        actions.answer_wish,
        actor=cast.secretary.actor,
        number=complaint,
        decision="accepted",
        text="好",
    )
    with pytest.raises(NotAllowed):
        actions.answer_wish(actor=cast.admin.actor, number=number, decision="accepted", text="好")


def test_the_one_who_wished_rates_the_answer(wish, speak, cast):
    voice = wish()
    act = {"actor": cast.resident.actor, "number": voice.number, "is_satisfied": True}
    refused("not-answered", actions.rate_wish, **act)
    actions.answer_wish(actor=cast.secretary.actor, number=voice.number, decision="accepted", text="好")
    actions.rate_wish(**act, remark="谢谢")
    voice.refresh_from_db()
    assert voice.is_satisfied is True and voice.remark == "谢谢" and voice.rated_at
    with pytest.raises(NotAllowed):
        actions.rate_wish(actor=cast.secretary.actor, number=voice.number, is_satisfied=True)
    complaint = speak(kind="complaint").voice.number
    refused("not-a-wish", actions.rate_wish, actor=cast.resident.actor, number=complaint, is_satisfied=True)


def test_the_home_of_a_community_lists_public_wishes_by_theme(wish, cast, world):
    hidden = wish(text="想要一个别人看不到的心愿", category="convenience")
    shown, offer = wish(), wish(cast.newcomer, text="我能教孩子写毛笔字", kind="offer")
    for voice in (shown, offer):
        actions.publish_matter(actor=cast.secretary.actor, number=voice.number, title="书法", text="书法")
    (theme,) = queries.wishes(world.home)
    assert [m.number for m in theme["wishes"]] == [shown.number]
    assert [m.number for m in theme["offers"]] == [offer.number]
    assert theme["name"] == "邻里生活" and hidden.number not in str(theme)
    assert queries.wishes(world.other_home) == []


def test_a_guess_of_the_machine_never_hides_an_offer_for_good(speak, monkeypatch):
    """A category that is never published is right when a person chose it, not when it was only guessed."""
    from mulin.voices import understanding

    guess = {"category": [{"code": "neighbour_dispute", "confidence": 0.99, "reason": []}]}
    monkeypatch.setattr(understanding, "suggest", lambda text, place="": guess)
    offer = speak(text="我会修家电，可以帮邻居看看", kind="offer").voice.matter
    assert (offer.category, offer.publication) == ("", "asked")
    chosen = speak(text="我会修家电，可以帮大家", kind="offer", category="neighbour_dispute").voice.matter
    assert chosen.publication == "never"
    guess["kind"] = [{"code": "offer", "confidence": 0.75, "reason": []}]
    unsaid = speak(text="我会修家电，谁家要修请说一声").voice.matter
    assert (unsaid.kind, unsaid.category, unsaid.publication) == ("help", "", "asked")
    complaint = speak(text="楼上半夜吵架", kind="complaint").voice.matter
    assert (complaint.category, complaint.publication) == ("neighbour_dispute", "never")
