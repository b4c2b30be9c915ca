"""The step "survey": drafted, sent out, closed, published, handed on."""

from datetime import date

import pytest

from mulin.councils.stepkinds import kinds
from mulin.councils.steps import SettingError
from mulin.councils.topics import actions, library, moves, queries, survey_step
from mulin.councils.topics.models import Step
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys.models import Sheet, Survey

pytestmark = pytest.mark.django_db

FILE = """
[process]
code = "ask"
title = "问一问"
about = "先问"
basis = "约定"

[[step]]
key = "ask"
kind = "survey"
title = "问大家"
days = 10
[step.settings]
template = "theme_choice"
options_question = "theme"
keep = 3
"""


@pytest.fixture
def asking(own_folder, world, cast, freeze):
    """A topic whose first step, a survey, has begun on 2026-03-02."""
    freeze("2026-03-02 10:00")
    (own_folder / "ask.toml").write_text(FILE, encoding="utf-8")
    assert "ask" in library.processes(), library.broken()
    actor = cast.clerk.actor
    topic = actions.start_topic(actor=actor, process="ask", place=world.home, title="社区的主题")
    actions.announce_topic(actor=actor, number=topic.number)
    actions.begin_step(actor=actor, number=topic.number, key="ask")
    return queries.get_topic(actor, topic.number)


def now(topic) -> tuple[Step, Survey | None]:
    (step,) = queries.steps_of(topic)
    return step, Survey.objects.filter(pk=step.record).first()


@pytest.mark.parametrize(
    "raw",
    [
        {"template": "nothing"},
        {"once": "person"},
        {"keep": -1},
        {"template": "theme_choice", "options_question": "why"},
        {"colour": "red"},
    ],
)
def test_settings_that_cannot_be_are_refused(raw):
    with pytest.raises(SettingError):
        survey_step.settings(raw)


def test_beginning_drafts_a_survey_with_the_days_of_the_step_under_the_topics_one_line(asking):
    step, survey = now(asking)
    assert (survey.state, survey.title, survey.template) == ("draft", "社区的主题", "theme_choice")
    assert (survey.opens_on, survey.closes_on) == (date(2026, 3, 2), date(2026, 3, 12))
    assert not Entry.objects.filter(code__startswith="voices.survey").exists()
    assert Entry.objects.filter(code="councils.topic.step_begun").count() == 1
    assert kinds()["survey"].public_url(asking, step) == ""


def test_each_state_says_what_is_missing(asking, cast, freeze):
    step, survey = now(asking)
    assert not moves.progress_of(asking, step).invites
    with pytest.raises(ActionError, match="发出去"):
        actions.end_step(actor=cast.clerk.actor, number=asking.number, key="ask")
    surveys.open_survey(actor=cast.clerk.actor, number=survey.number)
    step, survey = now(asking)
    progress = moves.progress_of(asking, step)
    assert progress.invites and progress.missing
    assert kinds()["survey"].public_url(asking, step) == f"/s/{survey.number}"
    for _ in range(20):
        Sheet.objects.create(survey=survey, state="done", answers={})
    surveys.close_survey(actor=cast.clerk.actor, number=survey.number)
    with pytest.raises(ActionError, match="公布"):
        actions.end_step(actor=cast.clerk.actor, number=asking.number, key="ask")


def test_a_small_courtyard_whose_sheets_are_too_few_to_be_published_can_go_on(asking, cast):
    _step, survey = now(asking)
    surveys.open_survey(actor=cast.clerk.actor, number=survey.number)
    for _ in range(13):
        Sheet.objects.create(survey=survey, state="done", answers={})
    surveys.close_survey(actor=cast.clerk.actor, number=survey.number)
    actions.end_step(actor=cast.clerk.actor, number=asking.number, key="ask")
    step, survey = now(asking)
    assert "13" in step.outcome and "不公布" in step.outcome
    assert survey.published_at is None


def test_what_is_wanted_most_goes_on_to_later_steps_in_that_order(asking, cast):
    _step, survey = now(asking)
    actor = cast.clerk.actor
    surveys.open_survey(actor=actor, number=survey.number)
    offered = [one.key for one in survey_step.queries.form_of(survey) if one.key == "theme"]
    assert offered
    choices = [
        one.key for one in next(q for q in survey_step.queries.form_of(survey) if q.key == "theme").options
    ]
    first, second = choices[2], choices[0]
    for n in range(24):
        order = [first, second] if n < 20 else [second, first]
        Sheet.objects.create(survey=survey, state="done", answers={"theme": order})
    surveys.close_survey(actor=actor, number=survey.number)
    surveys.publish_results(
        actor=actor, number=survey.number, questions=["theme"], conclusion="大家最想要健康"
    )
    actions.end_step(actor=actor, number=asking.number, key="ask")
    result = queries.result_of(asking, "ask")
    assert [one["key"] for one in result["options"]][:2] == [first, second]
    assert len(result["options"]) == 3 and result["returned"] == 24
    step, _survey = now(asking)
    assert step.outcome == "大家最想要健康"


def test_stopping_drops_a_draft_and_closes_what_is_open(asking, cast):
    actor = cast.clerk.actor
    _step, survey = now(asking)
    surveys.open_survey(actor=actor, number=survey.number)
    actions.stop_topic(actor=actor, number=asking.number, reason="先不问了")
    survey.refresh_from_db()
    assert survey.state == "closed"
    assert not Entry.objects.filter(code="voices.survey.closed").exists()


def test_a_draft_is_dropped_when_the_topic_stops(asking, cast):
    actions.stop_topic(actor=cast.clerk.actor, number=asking.number, reason="先不问了")
    assert not Survey.objects.exists()


def test_a_survey_that_somebody_deleted_says_what_to_do(asking, cast):
    _step, survey = now(asking)
    surveys.discard_survey(actor=cast.clerk.actor, number=survey.number)
    with pytest.raises(ActionError, match="删掉"):
        actions.end_step(actor=cast.clerk.actor, number=asking.number, key="ask")
