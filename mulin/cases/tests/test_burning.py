"""What burns: danger to life, then overdue, then due soonest, then age; and a guess that is no danger yet."""

from datetime import timedelta

import pytest

from mulin.cases import classes, inbox, queries, ways
from mulin.cases.models import Case
from mulin.kernel import clock, rulebook
from mulin.kernel.models import RuleOverride
from mulin.voices.actions import recategorise_matter, submit_voice
from mulin.voices.models import Matter, Voice

HURRY = "楼下的路灯今天必须马上修，非常紧急，请尽快处理"


def guessed(cast, world, confidence: float, text: str = "家里又停电了，冰箱里的菜都坏了") -> Case:
    """A case whose category the machine guessed; how sure it was is set here."""
    receipt = submit_voice(actor=cast.resident.actor, text=text, place=world.home, kind="complaint")
    case = receipt.voice.matter.case
    assert (receipt.voice.matter.category, receipt.voice.matter.category_by) == ("power_supply", "guess")
    found = [{"code": "power_supply", "confidence": confidence, "reason": []}]
    Voice.objects.filter(pk=receipt.voice.pk).update(suggestions={"category": found})
    # As it would have been opened with this confidence.
    case.clocks.all().delete()
    case.delete()
    voice = Voice.objects.select_related("matter").get(pk=receipt.voice.pk)
    ways.attach(
        actor=cast.resident.actor, matter=Matter.objects.get(pk=voice.matter_id), voice=voice, joined=False
    )
    return Case.objects.get(matter_id=voice.matter_id)


def limits(case: Case) -> dict[str, str]:
    return {one.kind: one.limit for one in case.clocks.filter(stopped_at=None)}


def test_the_order_is_danger_to_life_then_overdue_then_due_soonest_then_age(speak, cast, later):
    tree = speak(text="大树倒了压住栏杆，没有人来", category="tree_pruning")
    with later(days=30):
        # Its words are in a hurry; that alone moves nothing.
        lamp = speak(text=HURRY)
        gas = speak(text="停气两天了，做不了饭", category="gas_supply")
        bench = speak(text="小区的长椅断了一条腿", category="")
        danger = speak(text="三单元楼道里有很浓的煤气味，有老人头晕", category="")
        wanted = [one.number for one in (danger, tree, gas, lamp, bench)]
        assert tree.case().due_at < clock.now()
        assert [one.facts["number"] for one in inbox.items(cast.clerk.actor)] == wanted
        assert [case.number for case in queries.list_cases(cast.clerk.actor).items] == wanted


@pytest.mark.parametrize("level", [1, 2])
def test_a_rule_below_danger_to_life_moves_nothing_above_a_clock(speak, cast, world, level):
    RuleOverride.objects.create(
        name="cases.urgency", place=world.home, valid_from="2020-01-01", value=level,
        basis="试", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert speak().case().urgency == 0


def test_a_major_matter_that_is_done_no_longer_stands_first(speak, cast, do, bring):
    said = speak(text="三单元楼道里有很浓的煤气味，有老人头晕")
    assert said.case().urgency == 3
    bring(said.number, "done")
    assert said.case().urgency == 0
    do("reopen", "clerk", said.number, reason="又有气味")
    assert said.case().urgency == 3


def test_a_half_sure_guess_fills_the_category_and_sets_the_ordinary_limits(cast, world):
    case = guessed(cast, world, 0.48)
    assert case.category == "power_supply"
    assert (limits(case), case.urgency) == ({"response": "1 wd", "solve": "13 wd"}, 0)


def test_a_guess_as_sure_as_the_rule_asks_sets_the_limits_of_its_category(cast, world):
    assert limits(guessed(cast, world, 0.8)) == {"response": "2 h", "solve": "24 h"}


@pytest.mark.parametrize("move", ["accept", "dispatch", "recategorise"])
def test_when_the_desk_confirms_a_guess_the_clocks_follow(cast, world, do, move):
    case = guessed(cast, world, 0.48)
    if move == "recategorise":
        recategorise_matter(actor=cast.clerk.actor, number=case.number, category="power_supply")
    else:
        fields = {"org": world.city_management.id} if move == "dispatch" else {}
        if move == "dispatch":
            Case.objects.filter(pk=case.pk).update(state="accepted")
        do(move, "clerk", case.number, **fields)
    case = Case.objects.get(pk=case.pk)
    assert limits(case) == {"response": "2 h", "solve": "24 h"}
    assert case.due_at <= case.created_at + timedelta(hours=2, minutes=1)


def test_a_step_of_its_own_begins_and_ends_with_the_category_that_asks_for_it(speak, cast):
    said = speak()
    recategorise_matter(actor=cast.clerk.actor, number=said.number, category="manhole_cover")
    assert limits(said.case())["stop"] == "2 h" and "stop" in said.case().rules
    recategorise_matter(actor=cast.clerk.actor, number=said.number, category="street_lamp")
    assert "stop" not in limits(said.case()) and "stop" not in said.case().rules


def test_what_the_person_said_is_relied_on_and_no_category_is_none(speak):
    assert classes.relied_on(speak(category="gas_supply", text="停气两天了").case()) == "gas_supply"
    assert classes.relied_on(Case(matter=Matter())) == ""
