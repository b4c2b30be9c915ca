"""Preparing: frame, list, people, questions, the step of a process."""

from types import SimpleNamespace

import pytest

from mulin.councils.canvasses import access, questions, setup, stepping
from mulin.councils.canvasses.models import Canvass, CanvassHousehold
from mulin.councils.canvasses.tests.test_etiquette import code_of
from mulin.councils.steps import SettingError
from mulin.councils.topics.models import Step, Topic
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry


@pytest.fixture
def draft(cast, world):
    return setup.draft_canvass(actor=cast.clerk.actor, place=world.home, title="装电梯")


@pytest.mark.parametrize(("typed", "kept"), [("90%", "9/10"), ("9/10", "9/10"), ("2/3", "2/3"), ("1", "1")])
def test_a_target_is_a_fraction_or_a_percentage(typed, kept):
    assert setup.target_share(typed) == kept


@pytest.mark.parametrize("typed", ["", "0", "110%", "abc", "1/0", "-1/2"])
def test_other_targets_are_refused_with_an_example(typed):
    assert code_of(lambda: setup.target_share(typed)) == "bad-target"


def test_a_step_of_a_process_checks_its_target():
    assert stepping.KIND.settings({}) == {"target": "9/10"}
    assert stepping.KIND.settings({"target": "2/3"}) == {"target": "2/3"}
    for wrong in ({"target": "11/10"}, {"target": 0.9}, {"days": 3}):
        with pytest.raises(SettingError):
            stepping.KIND.settings(wrong)


def test_who_may_prepare_one(cast, world):
    make = {"place": world.home, "title": "装电梯"}
    for person in (cast.clerk, cast.secretary, cast.street, cast.district):
        setup.draft_canvass(actor=person.actor, **make)
    setup.draft_canvass(actor=cast.group_leader.actor, org=world.group.pk, **make)
    for person in (cast.resident, cast.gridworker, cast.auditor, cast.other_clerk, cast.group_leader):
        with pytest.raises(NotAllowed):
            setup.draft_canvass(actor=person.actor, **make)


def test_it_begins_only_when_everything_is_there(cast, world, draft):
    def start():
        return setup.start_canvass(actor=cast.clerk.actor, number=draft.number)

    assert code_of(start) == "not-ready"
    setup.edit_canvass(
        actor=cast.clerk.actor, number=draft.number, title="装电梯", purpose="为什么", contact="电话"
    )
    assert code_of(start) == "not-ready"
    setup.add_households(
        actor=cast.clerk.actor,
        number=draft.number,
        doors=setup.doors_typed(world.home, "金堰花园1栋,1单元1-1"),
    )
    assert code_of(start) == "not-ready"
    setup.add_canvasser(actor=cast.clerk.actor, number=draft.number, account=cast.resident.id)
    assert start().state == "running"
    assert code_of(start) == "not-now"
    changed = {"title": "装电梯", "purpose": "为什么", "contact": "电话", "target": "1/2"}
    assert (
        code_of(lambda: setup.edit_canvass(actor=cast.clerk.actor, number=draft.number, **changed))
        == "not-now"
    )


def test_a_pasted_list_says_which_line_is_wrong(cast, world, draft):
    doors = setup.doors_typed(
        world.home, "金堰花园1栋,1单元5-2,支持\n\n家属院4栋\t2单元1-1\n金堰花园2栋，3-3，还在想"
    )
    assert [(door.key, door.stance) for door in doors] == [
        ("B001-1单元5-2", "agree"), ("B004-2单元1-1", "not_reached"), ("B002-3-3", "undecided"),
    ]  # fmt: skip
    for wrong in ("99栋,1-1", "金堰花园1栋", "金堰花园1栋,1-1,也许"):
        assert code_of(lambda wrong=wrong: setup.doors_typed(world.home, wrong)) == "bad-line"


def test_a_typed_door_that_is_on_file_belongs_to_who_lives_there(cast, world, draft):
    add = {"actor": cast.clerk.actor, "number": draft.number}
    setup.add_households(**add, doors=setup.doors_typed(world.home, "金堰花园1栋,1单元5-2"))
    assert CanvassHousehold.objects.get().household.residences.get().account_id == cast.resident.id
    again = setup.doors_on_file(world.home, [world.building])
    assert code_of(lambda: setup.add_households(**add, doors=again)) == "no-households"


def test_a_household_cannot_disappear_once_it_has_begun(campaign, cast):
    given = {"actor": cast.clerk.actor, "number": campaign.number, "n": 0}
    assert code_of(lambda: setup.remove_household(**given)) == "not-now"


def test_the_last_leader_stays(campaign, cast):
    leader = campaign.row.canvassers.get(role="leader")
    given = {"actor": cast.clerk.actor, "number": campaign.number, "canvasser": leader.pk}
    assert code_of(lambda: setup.remove_canvasser(**given)) == "last-leader"


def test_who_leaves_gives_the_doors_back(campaign, cast, knows):
    from mulin.councils.canvasses.tests.test_etiquette import plan

    knows("1单元1-1", "1单元6-1")
    plan(campaign, cast)
    one = campaign.member(cast.group_leader)
    assert setup.remove_canvasser(actor=cast.clerk.actor, number=campaign.number, canvasser=one.pk) == 1
    assert not campaign.row.visits.exists()


def test_whoever_joins_is_told(campaign, cast, settle):
    from mulin.kernel.models import Notice

    settle()
    assert Notice.objects.filter(account=cast.group_leader.account, url="/council/canvasses/mine/").exists()


def test_a_question_is_public_once_it_is_answered_and_no_more_when_it_is_taken_back(
    campaign, cast, client_for, anonymous
):
    one = questions.ask(actor=anonymous, number=campaign.number, text="会不会挡光？")
    address = f"/council/canvasses/{campaign.number}/"
    assert "会不会挡光" not in client_for().get(address).content.decode()
    given = {"actor": cast.clerk.actor, "number": campaign.number, "question": one.pk}
    said = {"kind": "question", "text": "会不会挡光？"}
    assert code_of(lambda: questions.answer_question(**given, **said, answer="")) == "no-answer"
    questions.answer_question(**given, **said, answer="井道用玻璃。")
    assert "井道用玻璃" in client_for().get(address).content.decode()
    questions.leave_question(**given, reason="说到了某个人")
    assert "井道用玻璃" not in client_for().get(address).content.decode()
    with pytest.raises((NotAllowed, NotVisible)):
        questions.leave_question(**{**given, "actor": cast.group_leader.actor}, reason="不想答")


def test_a_step_makes_its_canvass_tells_how_far_it_is_and_erases_when_the_topic_is_given_up(
    campaign, cast, world
):
    topic = SimpleNamespace(
        place=world.home, site="", org=None, title="装电梯", summary="每户一万二", pk=None, thread=None
    )
    found = campaign.row
    step = SimpleNamespace(record=found.pk, settings={"target": "1/4"}, ends_on=None)
    told = stepping.KIND.progress(topic, step)
    assert told.invites and told.missing and "不到5户" in told.line
    stepping.KIND.stop(actor=cast.clerk.actor, topic=topic, step=step)
    found = Canvass.objects.get(pk=found.pk)
    assert found.state == "ended" and found.is_stopped and not found.households.exists()
    told = stepping.KIND.progress(topic, step)
    assert not told.missing and told.outcome and not told.invites
    assert access.get_public(found.number) == found


def test_a_real_step_makes_a_canvass_whose_end_stands_on_the_timeline_of_its_topic(cast, world):
    topic = Topic.objects.create(
        number="1000000008", place=world.home, process="old_estate", title="老旧小区改造", summary="换水管",
        state="running",
    )  # fmt: skip
    step = Step.objects.create(
        topic=topic, position=1, key="canvass", kind="canvass", title="敲门行动", state="open"
    )
    step.settings = stepping.KIND.settings({"target": "2/3"})
    step.record = stepping.KIND.begin(actor=cast.clerk.actor, topic=topic, step=step)
    step.save()
    found = Canvass.objects.get(pk=step.record)
    assert (found.title, found.target, found.topic) == ("老旧小区改造", "2/3", topic)
    assert access.may_lead(cast.clerk.actor, found) and not access.may_lead(cast.secretary.actor, found)
    assert stepping.KIND.progress(topic, step).missing and stepping.KIND.public_url(topic, step) == ""
    assert found.number in stepping.KIND.desk_url(topic, step)
    assert code_of(lambda: setup.discard_canvass(actor=cast.clerk.actor, number=found.number)) == "in-topic"
    stepping.KIND.stop(actor=cast.clerk.actor, topic=topic, step=step)
    assert Entry.objects.get(code="councils.canvass.stopped").matter == topic.thread


def test_a_question_that_names_a_neighbour_is_not_answered_in_public_as_it_stands(campaign, cast):
    asked = questions.ask(
        actor=cast.resident.actor, number=campaign.number, text="3栋1单元5-2的不交钱，电话13912345678，怎么办"
    )
    fields = {
        "actor": cast.clerk.actor, "number": campaign.number, "question": asked.pk, "kind": "question",
        "answer": "没有交的以后再交。",
    }  # fmt: skip
    assert code_of(lambda: questions.answer_question(**fields, text=asked.text)) == "personal-data"
    questions.answer_question(**fields, text="有人不交钱怎么办")
    asked.refresh_from_db()
    assert asked.state == "answered" and asked.text == "有人不交钱怎么办"
