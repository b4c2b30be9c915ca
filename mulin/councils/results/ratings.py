"""Those it concerns say whether they are content with what came of it.

The sheets are those of `voices.surveys`: one a browser or a household, nothing that leads to a person, paper
typed in at the desk with equal weight. Here is only what is special: two questions, and a result that is
fixed when it is published.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, policy, suppression
from mulin.kernel.actors import SYSTEM, Actor
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import queries as reading
from mulin.voices.surveys.models import Survey

WORDS_LENGTH = 500
TITLE_LENGTH = 80
LEAST_TIME = timedelta(days=7)


def _form() -> dict[str, Any]:
    """Both questions, in both languages."""
    words = {
        "satisfied": "您对办的结果满意吗",
        "yes": "满意",
        "no": "不满意",
        "words": "想说的话：好在哪里，还差什么",
    }
    english = {
        "satisfied": "Are you content with the result?",
        "yes": "Yes",
        "no": "No",
        "words": "In your words: what is good, what is missing",
    }
    options = [{"key": key, "text": words[key], "text_en": english[key]} for key in ("yes", "no")]
    questions = [
        {
            "key": "satisfied", "kind": "single", "text": words["satisfied"],
            "text_en": english["satisfied"], "options": options, "required": True,
        },
        {
            "key": "words", "kind": "text", "text": words["words"], "text_en": english["words"],
            "most": WORDS_LENGTH,
        },
    ]  # fmt: skip
    return {"sections": [{"questions": questions}]}


def acting(actor: Actor, topic: Topic, permission: str) -> Actor:
    """Who runs a topic may collect its ratings; the surveys of the place at large stay with its workers."""
    if policy.can(actor, permission, topic.place):
        return actor
    return Actor(account=actor.account, name=actor.name, is_system=True)


def begin(*, actor: Actor, topic: Topic, step: Step) -> UUID:
    """Open the survey of a rate step; part of the action that begins the step."""
    who = acting(actor, topic, surveys.MANAGE)
    with translation.override("zh-hans"):  # its title is a name, and stays as it was given
        title = _("评一评：%(title)s") % {"title": topic.title}
        intro = _("事情办得怎么样，请您评一评。不用登记，不记是谁填的。")
    number = surveys.draft_survey(actor=who, place=topic.place, title=title[:TITLE_LENGTH]).number
    surveys.edit_questions(actor=who, number=number, data=_form())
    until = step.ends_on if step.ends_on and step.ends_on > clock.today() else None
    surveys.edit_survey(
        actor=who, number=number, title=title[:TITLE_LENGTH], intro=intro,
        once=step.settings.get("once", "device"), closes_on=until or clock.today() + LEAST_TIME,
    )  # fmt: skip
    return surveys.open_survey(actor=who, number=number).pk


def of_step(step: Step | None) -> Survey | None:
    """The survey of a rate step that has begun."""
    return Survey.objects.filter(pk=step.record).first() if step and step.record else None


def takes(survey: Survey) -> bool:
    return reading.takes_answers(survey)


def returned(survey: Survey) -> int:
    return reading.returned([survey]).get(survey.pk, 0)


def end(*, actor: Actor, topic: Topic, step: Step) -> None:
    stop(step)


def stop(step: Step) -> None:
    """Take no more ratings, where some are still taken."""
    survey = of_step(step)
    if survey is not None and survey.state == "open":
        surveys.close_survey(actor=SYSTEM, number=survey.number)


@dataclass(frozen=True, slots=True)
class Figures:
    """What may be shown of the ratings. `yes` and `no` are None where so few said one of them that it would
    show persons."""

    returned: int
    yes: int | None
    no: int | None
    conclusion: str = ""

    @property
    def is_covered(self) -> bool:
        return self.yes is None

    @property
    def share(self) -> str:
        """`83%（25 / 30）`, empty where it is covered or nobody answered."""
        if self.yes is None or self.no is None or not self.yes + self.no:
            return ""
        return f"{round(100 * self.yes / (self.yes + self.no))}%（{self.yes} / {self.yes + self.no}）"

    @property
    def line(self) -> str:
        if self.share:
            return _("满意的占 %(share)s") % {"share": self.share}
        if not self.returned:
            return _("没有人评价")
        return _("收到 %(n)s 份评价，人数太少，不显示各有多少") % {"n": self.returned}

    def as_json(self) -> dict[str, Any]:
        return {"returned": self.returned, "yes": self.yes, "no": self.no}


def counted(survey: Survey, conclusion: str = "") -> Figures:
    """The figures as they stand, covered where they must be."""
    found = reading.results(survey)
    tally = found.tallies.get("satisfied")
    yes, no = (tally.counts.get(key, 0) if tally else 0 for key in ("yes", "no"))
    if suppression.protect({"yes": yes, "no": no}):
        return Figures(found.returned, None, None, conclusion)
    return Figures(found.returned, yes, no, conclusion)


def shown(step: Step) -> Figures:
    """The result as it was published: what is typed in later changes nothing."""
    kept = step.data.get("figures") or {}
    conclusion = step.data.get("conclusion", "")
    return Figures(kept.get("returned", 0), kept.get("yes"), kept.get("no"), conclusion)
