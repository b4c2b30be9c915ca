"""Who sees what: places, units, major matters, tip-offs."""

import pytest

from mulin.cases import inbox, moves
from mulin.cases.actions import escalate_overdue
from mulin.cases.pages import case_page
from mulin.cases.queries import get_case, list_cases, visible_cases
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Notice

GAS = "三单元楼道里有很浓的煤气味，有老人头晕"


def who_sees(cast, number) -> set[str]:
    found = set()
    for name, person in cast.everybody().items():
        in_list = visible_cases(person.actor).filter(number=number).exists()
        try:
            get_case(person.actor, number)
        except NotVisible:
            assert not in_list
        else:
            assert in_list
            found.add(name)
    return found


def test_an_ordinary_case_is_seen_by_posts_of_its_place_and_above(speak, cast):
    seen = who_sees(cast, speak().number)
    assert seen == {
        "building_head", "gridworker", "clerk", "secretary", "street", "district", "auditor", "admin"
    }  # fmt: skip


def test_a_unit_sees_a_case_from_the_moment_it_takes_part(speak, cast, bring):
    said = speak()
    assert "department" not in who_sees(cast, said.number)
    bring(said.number, "dispatched")
    assert "department" in who_sees(cast, said.number)


def test_a_tip_off_is_not_seen_by_the_community(speak, cast):
    said = speak(kind="tip_off", text="举报楼下麻将馆聚众赌博，每晚都有", category="vice")
    assert who_sees(cast, said.number) == {"street", "district"}


def test_a_major_matter_is_seen_by_those_who_must_act(speak, cast):
    said = speak(text=GAS, category="gas_leak", kind="help", severity="major")
    assert said.case().restriction == "major"
    seen = who_sees(cast, said.number)
    assert "building_head" not in seen and "auditor" not in seen
    assert {"gridworker", "clerk", "secretary", "street", "district"} <= seen


def test_nobody_anonymous_sees_any_case(speak):
    speak()
    assert not visible_cases(ANONYMOUS).exists()
    assert list_cases(ANONYMOUS).items == []


def test_a_gas_leak_goes_the_urgent_way(speak, cast, settle, freeze, do):
    freeze("2025-11-05 23:10:00+08:00")
    said = speak(actor=ANONYMOUS, text=GAS, category="gas_leak", kind="help", severity="major")
    case = said.case()
    assert case.urgency == 3
    assert case.clocks.get(kind="acknowledge").limit == "10 min"
    settle()
    told = set(
        Notice.objects.filter(matter=case.matter_id, is_urgent=True).values_list("account_id", flat=True)
    )
    assert {cast.gridworker.id, cast.clerk.id, cast.secretary.id, cast.street.id, cast.district.id} <= told
    assert cast.other_clerk.id not in told
    first = inbox.items(cast.clerk.actor)[0]
    assert (first.facts["number"], first.facts["waits"], first.danger) == (said.number, "acknowledge", 3)
    freeze("2025-11-05 23:25:00+08:00")
    escalate_overdue()
    assert said.case().escalation == 1
    case = do("acknowledge", "gridworker", said.number)
    assert case.clocks.get(kind="acknowledge").is_met is False
    with pytest.raises(ActionError) as error:
        do("acknowledge", "clerk", said.number)
    assert error.value.code == "acknowledged-already"


def test_the_first_person_on_the_scene_ticks_what_was_done(speak, do, cast):
    said = speak(text=GAS, category="gas_leak", kind="help", severity="major")
    do("check", "gridworker", said.number, item="cordon")
    page = case_page(cast.clerk.actor, said.number)
    done = {check.code: check.who for check in page.checklist if check.done_at}
    assert done == {"cordon": "吴敏"}
    do("check", "gridworker", said.number, item="cordon", done=False)
    assert not any(check.done_at for check in case_page(cast.clerk.actor, said.number).checklist)
    with pytest.raises(ActionError) as error:
        do("check", "gridworker", said.number, item="selfie")
    assert error.value.code == "unknown-item"
    ordinary = speak()
    with pytest.raises(ActionError):
        moves.perform("acknowledge", actor=cast.clerk.actor, number=ordinary.number)


def test_a_tip_off_is_handed_to_nobody_who_may_not_read_it(speak, do, cast, world):
    from mulin.cases.actions.work import possible_handlers

    said = speak(kind="tip_off", text="举报楼下麻将馆聚众赌博，每晚都有", category="vice")
    assert possible_handlers(said.case(), []) == []
    # A unit that takes part has people who may read a tip-off, and others.
    units = [world.committee.id, world.city_management.id]
    handlers = {pk for pk, _name in possible_handlers(said.case(), units)}
    assert cast.department.id in handlers and not handlers & {cast.clerk.id, cast.secretary.id}
    with pytest.raises(ActionError) as error:
        do("assign", "street", said.number, handler=str(cast.clerk.id))
    assert error.value.code == "unknown-handler"
    ordinary = speak().case()
    assert cast.clerk.id in {pk for pk, _name in possible_handlers(ordinary, [])}


def test_the_form_says_that_a_photo_is_needed_only_where_it_is(speak, cast, bring, monkeypatch):
    from mulin.cases import classes

    said = speak()
    bring(said.number, "in_hand")

    def must() -> bool:
        fields = moves.MoveForm("finish").fields(cast.department.actor, said.case())
        return next(one.required for one in fields if one.name == "photos")

    assert not must()
    monkeypatch.setattr(classes, "needs_photo", lambda category: (True, "一项规定"))
    assert must()
