"""Ratings: typed in from paper, and published with what follows from them."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.results import access, queries, ratings
from mulin.councils.results.actions.common import line, must_be_open, public_text
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering
from mulin.voices.surveys.models import Survey

CONCLUSION_LENGTH = 1000


def enter_rating(
    *,
    actor: Actor,
    number: str,
    satisfied: str,
    words: str = "",
    channel: str = "paper",
    code: str = "",
    without_code: str = "",
) -> Survey:
    """Type in what somebody said on paper, by telephone or at the door; it counts as much as any other.

    Who: councils.rating:enter, while the result is not published. Raises not-now, no-answer, bad-channel,
    no-code, bad-code, taken, not-voided, NotVisible.
    """
    with write():
        topic, step, survey = _collected(actor, number, access.ENTER)
        if step.data.get("conclusion"):
            raise ActionError("not-now", _("结果已经公布，不再录入。"))
        if satisfied not in ("yes", "no"):
            raise ActionError("no-answer", _("请选满意还是不满意。"), field="satisfied", status=422)
        answers: dict[str, Any] = {"satisfied": satisfied}
        if words.strip():
            answers["words"] = words.strip()[: ratings.WORDS_LENGTH]
        who = ratings.acting(actor, topic, "voices.survey:enter")
        answering.enter_sheet(
            actor=who, number=survey.number, answers=answers, channel=channel, code=code,
            without_code=without_code,
        )  # fmt: skip
    return survey


def publish_rating(*, actor: Actor, number: str, conclusion: str) -> Step:
    """Take no more ratings and show everybody how many are content, and what is done about those who are not.
    Figures so small that they show persons stay covered.

    Who: councils.rating:manage. Raises not-now, no-conclusion, text-too-long, personal-data, NotVisible.
    """
    with write():
        topic, step, survey = _collected(actor, number, access.RATE)
        if step.data.get("conclusion"):
            raise ActionError("not-now", _("结果已经公布过了。"))
        must_be_open(step, step.title)
        text = _("请写几句：大家怎么说，还差的接下来怎么办。")
        conclusion = public_text(conclusion, "conclusion", CONCLUSION_LENGTH, missing=text)
        ratings.stop(step)
        survey.refresh_from_db()
        found = ratings.counted(survey)
        least = int(rulebook.value("voices.survey.least", at=topic.place))
        if not found.is_covered and found.returned >= least:
            who = ratings.acting(actor, topic, "voices.survey:publish")
            surveys.publish_results(
                actor=who, number=survey.number, questions=["satisfied"], conclusion=conclusion
            )
        step.data = {**step.data, "conclusion": conclusion, "figures": found.as_json()}
        step.save(update_fields=["data"])
        line("councils.rating.published", actor, step, topic=topic, number=topic.number)
    return step


def _collected(actor: Actor, number: str, permission: str) -> tuple[Topic, Step, Survey]:
    """The topic, its rate step, locked, and the survey that collects."""
    topic = access.topic_for(actor, number, permission)
    found = queries.step_of(topic, "rate")
    step = Step.objects.select_for_update().get(pk=found.pk) if found else None
    survey = ratings.of_step(step)
    if step is None or survey is None:
        raise NotVisible(number)
    return topic, step, survey
