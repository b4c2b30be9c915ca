from datetime import timedelta

import pytest

from mulin.cases import moves
from mulin.councils.results import actions, inbox, queries
from mulin.councils.results.actions.works import follow_case
from mulin.councils.results.models import Work
from mulin.councils.topics import actions as topics
from mulin.kernel import waiting
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Notice

pytestmark = pytest.mark.django_db
DONE = "四十二个坑挖好，土换过，验收单附后。"


@pytest.fixture
def plan(make_topic, cast, world):
    """`plan(…)` is a work of a topic that stands at its works."""
    topic = make_topic("work")

    def make(**fields) -> Work:
        given = {"title": "换树", "due_on": today() + timedelta(days=30), "money": 80_000_00}
        return actions.plan_work(actor=cast.clerk.actor, topic=topic.number, **{**given, **fields})

    return make


def test_a_work_has_an_owner_a_day_and_money_and_residents_see_it(plan, world, client):
    work = plan(org=world.city_management.id)
    page = client.get(f"/council/works/{work.topic.number}/").content.decode()
    for words in ("换树", "南岸区城市管理局", "80,000 元", "还没开始"):
        assert words in page, words


def test_the_unit_that_does_it_reports_and_others_do_not(plan, cast, world):
    work = plan(org=world.city_management.id)
    with pytest.raises(NotVisible):
        actions.report_work(actor=cast.other_clerk.actor, number=work.number, text="开工了")
    actions.report_work(actor=cast.department.actor, number=work.number, text="开工了")
    work.refresh_from_db()
    assert work.state == "under_way"
    with pytest.raises(NotAllowed):
        actions.report_work(actor=cast.department.actor, number=work.number, text="不做了", kind="dropped")


def test_a_delay_has_a_reason_and_a_later_day(plan, cast):
    work = plan()
    clerk = cast.clerk.actor
    with pytest.raises(ActionError) as refused:
        actions.report_work(
            actor=clerk, number=work.number, kind="delay", text="下雨", when=work.due_on - timedelta(days=3)
        )
    assert refused.value.code == "in-the-past"
    later = work.due_on + timedelta(days=10)
    actions.report_work(actor=clerk, number=work.number, kind="delay", text="连着下雨", when=later)
    work.refresh_from_db()
    assert work.due_on == later
    with pytest.raises(ActionError) as quiet:
        actions.edit_work(actor=clerk, number=work.number, title="换树", due_on=later + timedelta(days=1))
    assert quiet.value.code == "day-known"


def test_done_with_evidence_ends_the_step(plan, cast, client):
    work = plan()
    clerk = cast.clerk.actor
    number = work.topic.number
    with pytest.raises(ActionError) as early:
        topics.end_step(actor=clerk, number=number, key="work")
    assert "换树" in str(early.value)
    actions.finish_work(
        actor=clerk,
        number=work.number,
        text=DONE,
        evidence="验收单 | https://example.org/v.pdf",
        spent=79_000_00,
    )
    assert "https://example.org/v.pdf" in client.get(f"/council/works/{number}/").content.decode()
    assert topics.end_step(actor=clerk, number=number, key="work").state == "done"


def test_what_was_done_badly_is_taken_up_again(plan, cast):
    work = plan()
    actions.finish_work(actor=cast.clerk.actor, number=work.number, text=DONE)
    found = actions.take_up_again(actor=cast.clerk.actor, number=work.number, reason="三棵没活")
    assert found.state == "under_way" and found.done_on is None
    assert [note.kind for note in found.notes.order_by("id")] == ["done", "again"]


def test_a_known_work_is_given_up_with_a_reason_and_not_deleted(plan, cast):
    work = plan()
    with pytest.raises(ActionError) as refused:
        actions.drop_plan(actor=cast.clerk.actor, number=work.number)
    assert refused.value.code == "known"
    actions.report_work(actor=cast.clerk.actor, number=work.number, kind="dropped", text="管线太浅")
    work.refresh_from_db()
    assert work.state == "dropped"


def test_works_of_a_draft_stay_with_its_writers(make_topic, cast, client):
    topic = make_topic("paper")
    found = topic.resolutions.get()
    work = actions.plan_work(
        actor=cast.clerk.actor, resolution=found.number, title="还没公布的事", due_on=today()
    )
    assert "还没公布的事" not in client.get(f"/council/works/{topic.number}/").content.decode()
    actions.drop_plan(actor=cast.clerk.actor, number=work.number)
    assert not Work.objects.exists()


def test_a_work_becomes_a_case_and_is_done_when_the_case_is_closed(plan, cast, world, settle):
    work = plan(org=world.city_management.id)
    actions.hand_to_cases(actor=cast.clerk.actor, number=work.number, category="street_lamp")
    work.refresh_from_db()
    case = queries.cases_of([work])[work.matter_id]
    assert case["state"] == "dispatched" and work.state == "under_way"
    with pytest.raises(ActionError) as refused:
        actions.finish_work(actor=cast.clerk.actor, number=work.number, text=DONE)
    assert refused.value.code == "with-case"
    from mulin.cases.models import Case

    moves.perform("start", actor=cast.department.actor, number=case["number"])
    Case.objects.filter(number=case["number"]).update(state="confirmed")
    moves.perform("close", actor=cast.clerk.actor, number=case["number"])
    settle()
    work.refresh_from_db()
    assert work.state == "done" and work.done_on == today()


def test_lines_of_a_case_may_come_twice(plan, cast):
    work = plan()
    actions.hand_to_cases(actor=cast.clerk.actor, number=work.number, category="street_lamp")
    work.refresh_from_db()
    for _ in range(2):
        follow_case(work.matter_id, "cases.case.closed", {})
    work.refresh_from_db()
    assert work.state == "done"
    follow_case(work.matter_id, "cases.case.reopened", {})
    work.refresh_from_db()
    assert work.state == "under_way"
    follow_case(work.matter_id, "cases.case.refused", {})
    work.refresh_from_db()
    assert work.state == "planned" and work.matter_id is None


def test_a_work_is_handed_over_once(plan, cast):
    work = plan()
    actions.hand_to_cases(actor=cast.clerk.actor, number=work.number, category="street_lamp")
    with pytest.raises(ActionError) as refused:
        actions.hand_to_cases(actor=cast.clerk.actor, number=work.number)
    assert refused.value.code == "with-case"


def test_what_is_due_or_late_waits_in_the_inbox_of_who_does_it(plan, cast, world):
    plan(title="还早的事", due_on=today() + timedelta(days=40))
    plan(title="快到的事", due_on=today() + timedelta(days=3), org=world.city_management.id)
    assert [item.title for item in waiting.items(inbox.SOURCES, cast.clerk.actor, 10)[0]] == ["快到的事"]
    assert [item.title for item in waiting.items(inbox.SOURCES, cast.department.actor, 10)[0]] == ["快到的事"]
    for nobody in (cast.other_clerk, cast.street):
        assert waiting.items(inbox.SOURCES, nobody.actor, 10) == ([], 0)


def test_the_unit_hears_of_what_it_has_to_do(plan, cast, world, settle):
    work = plan(org=world.city_management.id)
    settle()
    told = Notice.objects.filter(code="councils.work.planned").values_list("account", "url")
    assert list(told) == [(cast.department.id, f"/desk/council/work/{work.number}/")]
