"""Every move: what it does, who may not, and from where it is refused."""

from datetime import timedelta

import pytest

from mulin.cases import moves, states
from mulin.cases.models import Involvement, Objection
from mulin.kernel import clock, registry
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice


def refused(error) -> str:
    return error.value.code


def test_every_move_of_the_table_can_be_performed_and_has_a_permission():
    from mulin.kernel import policy

    assert set(moves.DO) == set(moves.ALL)
    for name in moves.ALL:
        assert moves.permission(name) in policy.table()
        for field, _required in moves.field_names(name):
            assert field in moves.SPECS


def test_every_state_is_reached_by_some_move_and_has_words():
    from mulin.cases.module import SENTENCES

    reached = {move.to for move in states.MOVES.values()} | {"reported", "confirmed"}
    assert states.OPEN | states.ENDED == set(states.STATES)
    assert reached - {""} <= set(states.STATES)
    assert set(states.STATES) - reached == set()
    assert all(code in registry.sentences() for code in SENTENCES)


def test_one_line_for_each_action(speak, bring):
    said = speak()
    before = Entry.objects.count()
    bring(said.number, "done")
    assert Entry.objects.count() == before + 4


def test_an_unknown_move_is_not_found(speak, cast):
    said = speak()
    with pytest.raises(NotVisible):
        moves.perform("vanish", actor=cast.clerk.actor, number=said.number)


def test_a_missing_field_is_named_and_an_unknown_one_refused(speak, do):
    said = speak()
    with pytest.raises(ActionError) as error:
        do("dispatch", "clerk", said.number)
    assert (refused(error), error.value.field) == ("field-missing", "org")
    with pytest.raises(ActionError) as error:
        do("accept", "clerk", said.number, speed="fast")
    assert (refused(error), error.value.status) == ("unknown-field", 422)
    with pytest.raises(ActionError) as error:
        do("suspend", "clerk", said.number, reason="等材料", review_on="soon")
    assert (refused(error), error.value.field) == ("field-invalid", "review_on")


@pytest.mark.parametrize("move", sorted(states.MOVES))
def test_a_move_from_a_state_that_the_table_does_not_allow_is_refused(move, speak, bring, do, world):
    said = speak()
    bring(said.number, "closed")
    if "closed" in states.MOVES[move].sources:
        return
    fields = {
        "facts": {"basics": "灯坏"},
        "org": str(world.housing.id),
        "orgs": [str(world.housing.id)],
        "reason": "写一句原因",
        "uphold": "true",
        "done_text": "修好了",
        "reply": "修好了路灯",
        "review_on": (clock.today() + timedelta(days=9)).isoformat(),
        "into": said.number,
        "reason_code": "elsewhere",
    }
    sent = {name: fields[name] for name, required in moves.field_names(move) if required}
    part = "department" if move in {"object"} else "street"
    with pytest.raises(ActionError) as error:
        do(move, part, said.number, **sent)
    assert refused(error) in {"wrong-state", "same-case"}
    assert said.case().state == "closed"


def test_find_facts_fills_the_one_fact_sheet_of_the_matter(speak, do):
    said = speak()
    case = do("find-facts", "gridworker", said.number, facts={"basics": "三单元灯坏", "root": "线路老化"})
    assert case.state == "found"
    do("accept", "clerk", said.number)
    assert said.case().matter.facts == {"basics": "三单元灯坏", "root": "线路老化"}
    with pytest.raises(ActionError) as error:
        do("find-facts", "clerk", speak(text="另一件事也要说清楚一下").number, facts={"gossip": "听说"})
    assert refused(error) == "unknown-fact"


def test_a_case_goes_only_to_units_of_its_district(speak, do, world):
    from mulin.people.models import Organisation

    far = Organisation.objects.create(name="江津区城管局", kind="department", place="500116000000")
    city = Organisation.objects.create(name="市住建委", kind="department", place="500100000000")
    said = speak()
    do("accept", "clerk", said.number)
    with pytest.raises(ActionError) as error:
        do("dispatch", "clerk", said.number, org=far.id)
    assert refused(error) == "org-elsewhere"
    assert do("dispatch", "clerk", said.number, org=city.id).lead_id == city.id


def test_the_first_unit_leads_until_the_dispatcher_decides(speak, bring, do, world):
    said = speak()
    bring(said.number, "dispatched")
    with pytest.raises(ActionError) as error:
        do("dispatch", "clerk", said.number, org=world.housing.id)
    assert refused(error) == "wrong-state"
    case = do("object", "department", said.number, reason="路灯归物业管", proposed=world.property_firm.id)
    assert (case.state, case.lead_id) == ("returned", world.city_management.id)
    solve = case.clocks.get(kind="solve")
    assert solve.paused_at is None and solve.stopped_at is None
    case = do("decide-objection", "clerk", said.number, uphold=False, reason="路灯在公共道路上")
    assert (case.state, case.lead_id) == ("dispatched", world.city_management.id)
    assert Objection.objects.get(case=case).is_upheld is False


def test_an_upheld_objection_moves_the_lead_or_takes_the_case_back(speak, bring, do, world, cast):
    said = speak()
    bring(said.number, "dispatched")
    do("object", "department", said.number, reason="归住建管")
    with pytest.raises(ActionError) as error:
        do("decide-objection", "clerk", said.number, uphold=True, reason="对", org=world.city_management.id)
    assert refused(error) == "same-org"
    case = do("decide-objection", "clerk", said.number, uphold=True, reason="对", org=world.housing.id)
    assert (case.state, case.lead_id) == ("dispatched", world.housing.id)
    current = Involvement.objects.filter(case=case, is_current=True).values_list("org_id", "role")
    assert list(current) == [(world.housing.id, "lead")]
    with pytest.raises(NotVisible):  # the former unit has nothing to do with it any more
        do("start", "department", said.number)
    other = speak(text="小区门口的灯也不亮了，请来看看")
    bring(other.number, "dispatched")
    do("object", "department", other.number, reason="归社区自己办")
    case = do("decide-objection", "clerk", other.number, uphold=True, reason="社区自己办")
    assert (case.state, case.lead_id) == ("accepted", None)


def test_only_the_leading_unit_may_object_and_not_decide_on_itself(speak, bring, do, world, cast, settle):
    said = speak()
    bring(said.number, "accepted")
    do("dispatch", "clerk", said.number, org=world.committee.id)
    with pytest.raises(NotAllowed):
        do("object", "street", said.number, reason="不归它")
    do("object", "clerk", said.number, reason="不归我们")
    with pytest.raises(ActionError) as error:
        do("decide-objection", "clerk", said.number, uphold=True, reason="我说了算")
    assert refused(error) == "own-objection"
    with pytest.raises(ActionError) as error:  # a colleague would decide on the own unit too
        do("decide-objection", "secretary", said.number, uphold=True, reason="我说了算")
    assert refused(error) == "own-objection"
    case = said.case()
    assert case.desk == world.street
    for part, is_offered in (("clerk", False), ("secretary", False), ("street", True)):
        names = {move.name for move in moves.moves_for(getattr(cast, part).actor, case)}
        assert ("decide-objection" in names) == is_offered
    settle()
    told = set(Notice.objects.filter(code="cases.case.objected").values_list("account_id", flat=True))
    assert cast.street.id in told and not told & {cast.clerk.id, cast.secretary.id}
    assert do("decide-objection", "street", said.number, uphold=False, reason="归社区").state == "dispatched"


def test_the_community_may_handle_it_itself_and_then_leads(speak, do, cast, world):
    said = speak()
    do("accept", "gridworker", said.number)
    case = do("start", "clerk", said.number)
    assert (case.state, case.lead_id, case.handler_id) == ("in_hand", world.committee.id, cast.clerk.id)


def test_the_response_clock_ends_when_people_are_contacted(speak, bring, later, do):
    said = speak()
    bring(said.number, "dispatched")
    assert said.case().responded_at is None
    with later(days=20):
        case = do("start", "department", said.number)
    assert case.responded_in_time is False
    assert case.clocks.get(kind="response").is_met is False


def test_a_reply_that_looks_like_a_template_is_flagged_before_it_is_sent(speak, bring, do):
    said = speak()
    bring(said.number, "in_hand")
    empty = "您好，您反映的问题已收悉，我单位高度重视，已转相关部门处理，感谢您的支持与理解。"
    with pytest.raises(ActionError) as error:
        do("finish", "department", said.number, done_text="已处理", reply=empty)
    assert (refused(error), error.value.field) == ("reply-looks-like-template", "reply")
    assert said.case().state == "in_hand"
    case = do("finish", "department", said.number, done_text="已处理", reply=empty, confirm_reply="on")
    assert case.state == "done"
    assert Entry.objects.get(code="cases.case.finished", subject=case.id).data["template_like"] >= 0.5


def test_a_photo_is_asked_for_only_where_the_catalogue_says_so(speak, bring, do, settings):
    from mulin.voices import categories
    from mulin.voices.models import Category

    said = speak()
    bring(said.number, "in_hand")
    Category.objects.create(
        code="street_lamp", parent="public_facilities", name="路灯",
        fields={"photo": True, "photo_basis": "某某规定第五条"},
    )  # fmt: skip
    categories.forget()
    try:
        with pytest.raises(ActionError) as error:
            do("finish", "department", said.number, done_text="换灯", reply="路灯换好了" * 9)
        assert (refused(error), error.value.field) == ("photo-needed", "photos")
    finally:
        Category.objects.all().delete()
        categories.forget()


def test_extending_moves_the_end_once_with_a_reason(speak, bring, do):
    said = speak()
    bring(said.number, "in_hand")
    before = said.case().clocks.get(kind="solve").due_at
    case = do("extend", "department", said.number, reason="配件要三天才到")
    assert case.clocks.get(kind="solve").due_at > before
    assert case.due_at == case.clocks.get(kind="solve").due_at
    with pytest.raises(ActionError) as error:
        do("extend", "department", said.number, reason="还要几天")
    assert refused(error) == "extended-already"


def test_escalating_rises_one_level_until_the_top(speak, do):
    said = speak()
    for level in ("community", "street", "district"):
        do("escalate", "clerk", said.number, reason="需要上级协调")
        assert (
            Entry.objects.filter(code="cases.case.escalated").order_by("-id").first().data["level"] == level
        )
    with pytest.raises(ActionError) as error:
        do("escalate", "clerk", said.number, reason="再报")
    assert refused(error) == "top-level"


def test_whistling_brings_a_unit_in_and_its_answer_is_seen(speak, bring, do, world):
    said = speak()
    bring(said.number, "accepted")
    with pytest.raises(NotVisible):
        do("answer-whistle", "department", said.number, state="arrived")
    do("whistle", "clerk", said.number, orgs=[world.city_management.id], reason="要一起看现场")
    row = Involvement.objects.get(org=world.city_management)
    assert (row.role, row.state) == ("whistled", "asked")
    do("answer-whistle", "department", said.number, state="arrived")
    with pytest.raises(ActionError) as error:
        do("answer-whistle", "department", said.number, state="done")
    assert refused(error) == "field-missing"
    do("answer-whistle", "department", said.number, state="done", note="清走了占道的杂物")
    row.refresh_from_db()
    assert (row.state, row.note) == ("done", "清走了占道的杂物")
    with pytest.raises(ActionError) as error:
        do("whistle", "street", said.number, orgs=[world.city_management.id], reason="再来")
    assert refused(error) == "already-here"


def test_a_called_unit_may_see_the_case_but_not_object_for_the_lead(speak, bring, do, world):
    said = speak()
    bring(said.number, "accepted")
    do("whistle", "clerk", said.number, orgs=[world.city_management.id], reason="来看看")
    do("dispatch", "clerk", said.number, org=world.committee.id)
    with pytest.raises(ActionError) as error:
        do("object", "department", said.number, reason="不归它")
    assert refused(error) == "not-your-unit"


def test_claiming_and_assigning_set_the_handler(speak, bring, do, cast):
    said = speak()
    bring(said.number, "accepted")
    assert do("claim", "clerk", said.number).handler_id == cast.clerk.id
    assert do("assign", "clerk", said.number, handler=cast.secretary.id).handler_id == cast.secretary.id
    with pytest.raises(ActionError) as error:
        do("assign", "clerk", said.number, handler=cast.neighbour.id)
    assert refused(error) == "unknown-handler"


def test_what_is_possible_agrees_with_what_is_allowed(speak, bring, cast, do):
    said = speak()
    bring(said.number, "dispatched")
    case = said.case()
    names = {move.name for move in moves.moves_for(cast.department.actor, case)}
    assert {"start", "object", "extend", "note", "claim", "escalate"} <= names
    assert not names & {"accept", "dispatch", "close", "decide-objection", "approve", "whistle", "confirm"}
    assert not moves.moves_for(cast.neighbour.actor, case)


def test_many_cases_can_be_moved_at_once_and_each_says_why_not(speak, cast):
    one, two = speak(), speak(text="花园里的树枝断了，怕砸到孩子")
    outcome = moves.perform_many("accept", actor=cast.clerk.actor, numbers=[one.number, two.number, "1"])
    assert [(number, ok) for number, ok, _why in outcome] == [
        (one.number, True), (two.number, True), ("1", False)
    ]  # fmt: skip
    again = moves.perform_many("accept", actor=cast.clerk.actor, numbers=[one.number])
    assert again[0][1] is False and "已受理" in again[0][2]


def test_a_form_offers_suggested_units_first_and_reasons_in_both_languages(speak, cast, world):
    from django.utils import translation

    said = speak(building=world.building)
    fields = {f.name: f for f in moves.MoveForm("dispatch").fields(cast.clerk.actor, said.case())}
    assert fields["org"].choices[0][0] == str(world.property_firm.id)
    assert {str(world.city_management.id), str(world.housing.id)} <= {c[0] for c in fields["org"].choices}
    reasons = {f.name: f for f in moves.MoveForm("refuse").fields(cast.clerk.actor, said.case())}
    assert dict(reasons["reason_code"].choices)["elsewhere"].startswith("不在本地")
    with translation.override("en"):
        english = moves.MoveForm("refuse").choices("reason_code", said.case())
    assert dict(english)["elsewhere"].startswith("lies outside")
