import pytest

from mulin.councils.results import actions, kinds, queries, ratings
from mulin.councils.topics import actions as topics
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry
from mulin.voices.surveys import answering

pytestmark = pytest.mark.django_db


@pytest.fixture
def rated(make_topic):
    """A topic whose result is being rated."""
    return make_topic("say")


def rate(topic, cast, yes: int, no: int) -> None:
    for satisfied, n in (("yes", yes), ("no", no)):
        for _ in range(n):
            actions.enter_rating(actor=cast.clerk.actor, number=topic.number, satisfied=satisfied)


def test_a_resident_rates_in_two_taps_and_only_once_a_browser(rated, client):
    page = client.get(f"/council/ratings/{rated.number}/").content.decode()
    survey = ratings.of_step(queries.step_of(rated, "rate"))
    assert f"/s/{survey.number}" in page and "四十二个坑" not in page
    answering.submit_sheet(number=survey.number, key="k" * 22, answers={"satisfied": "yes"})
    with pytest.raises(ActionError):
        answering.submit_sheet(number=survey.number, key="k" * 22, answers={"satisfied": "no"})
    assert ratings.returned(survey) == 1


def test_paper_counts_as_much_and_a_grid_worker_may_type_it_in(rated, cast):
    actions.enter_rating(
        actor=cast.clerk.actor, number=rated.number, satisfied="no", words="树太小", channel="paper"
    )
    assert ratings.returned(ratings.of_step(queries.step_of(rated, "rate"))) == 1
    with pytest.raises(ActionError) as refused:
        actions.enter_rating(actor=cast.clerk.actor, number=rated.number, satisfied="")
    assert refused.value.code == "no-answer"
    actions.enter_rating(actor=cast.gridworker.actor, number=rated.number, satisfied="yes", channel="visit")
    assert ratings.returned(ratings.of_step(queries.step_of(rated, "rate"))) == 2
    for person in (cast.other_clerk, cast.resident, cast.building_head):
        with pytest.raises(NotVisible):
            actions.enter_rating(actor=person.actor, number=rated.number, satisfied="yes")
    with pytest.raises(NotVisible):
        actions.publish_rating(actor=cast.gridworker.actor, number=rated.number, conclusion="好。")


def test_the_result_is_published_with_what_follows(rated, cast, client):
    rate(rated, cast, 20, 6)
    with pytest.raises(ActionError) as early:
        topics.end_step(actor=cast.clerk.actor, number=rated.number, key="say")
    assert "还没有公布" in str(early.value)
    actions.publish_rating(actor=cast.clerk.actor, number=rated.number, conclusion="死了的三棵补种。")
    page = client.get(f"/council/ratings/{rated.number}/").content.decode()
    assert "77%（20 / 26）" in page and "死了的三棵补种" in page
    step = topics.end_step(actor=cast.clerk.actor, number=rated.number, key="say")
    assert step.result["rating"] == {"returned": 26, "yes": 20, "no": 6}


def test_small_figures_are_covered(rated, cast, client):
    rate(rated, cast, 20, 2)
    actions.publish_rating(actor=cast.clerk.actor, number=rated.number, conclusion="再去问问。")
    page = client.get(f"/council/ratings/{rated.number}/").content.decode().split("<main")[1]
    assert "人数太少" in page and "20" not in page.split("收回")[1].split("</section>")[0].replace("2026", "")
    shown = ratings.shown(queries.step_of(rated, "rate"))
    assert shown.yes is None and shown.no is None


def test_nothing_is_typed_in_after_the_publication(rated, cast):
    rate(rated, cast, 6, 0)
    actions.publish_rating(actor=cast.clerk.actor, number=rated.number, conclusion="谢谢大家。")
    with pytest.raises(ActionError) as refused:
        actions.enter_rating(actor=cast.clerk.actor, number=rated.number, satisfied="no")
    assert refused.value.code == "not-now"
    assert ratings.shown(queries.step_of(rated, "rate")).yes == 6


def test_a_topic_that_is_given_up_takes_no_more_ratings(rated, cast):
    topics.stop_topic(actor=cast.clerk.actor, number=rated.number, reason="另有安排")
    assert not ratings.takes(ratings.of_step(queries.step_of(rated, "rate")))


def test_no_line_of_the_journal_tells_who_rated(rated, cast):
    survey = ratings.of_step(queries.step_of(rated, "rate"))
    answering.submit_sheet(number=survey.number, key="z" * 22, answers={"satisfied": "no"})
    lines = Entry.objects.filter(code="voices.survey.answered")
    assert lines and all(line.actor is None for line in lines)


def test_a_group_of_neighbours_rates_what_it_did_itself(process, world, cast):
    """A group's leader has no right to the surveys of the place, but to the ratings of the group's topic."""
    leader = cast.group_leader.actor
    topic = topics.start_topic(
        actor=leader, process=process, place=world.home, title="小花园", summary="种花。", org=world.group.id
    )
    step = topic.steps.get(key="say")
    step.record = ratings.begin(actor=leader, topic=topic, step=step)
    step.state = "open"
    step.save()
    actions.enter_rating(actor=leader, number=topic.number, satisfied="yes")
    assert ratings.returned(ratings.of_step(step)) == 1
    actions.publish_rating(actor=leader, number=topic.number, conclusion="接着种。")
    step.refresh_from_db()
    assert not kinds.rate_progress(topic, step).missing
