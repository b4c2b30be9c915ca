"""The step "survey": a questionnaire of the module voices, drafted when the step begins.

The questions are looked through and sent out where all surveys are; the step ends when the survey is closed
and, unless the process says otherwise, its results are published. A question whose answers are proposals
(`options_question`) hands them on to later steps, the most wanted first.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.voices.surveys import actions, queries
from mulin.voices.surveys.models import ONCE, Survey
from mulin.voices.surveys.reading import on_day
from mulin.voices.surveys.tally import Tally
from mulin.voices.surveys.templates import EMPTY, templates

MOST_OPTIONS = 12
CHOSEN_FROM = frozenset({"single", "multiple", "ranking"})


def settings(raw: Settings) -> Settings:
    """`template`: which questions to begin with; `once`: a sheet for each device or household; `publish`:
    whether the results must be public before the step ends; `options_question`: the question whose choices
    later steps go on with, and `keep`: how many of them (0: all)."""
    found = only(raw, template="", once="device", publish=True, options_question="", keep=0)
    if found["template"] and found["template"] not in templates():
        raise SettingError(f"template: {found['template']!r} is none of {', '.join(templates())}")
    if found["once"] not in ONCE:
        raise SettingError(f"once: {found['once']!r} is none of {', '.join(ONCE)}")
    if not 0 <= found["keep"] <= MOST_OPTIONS:
        raise SettingError(f"keep: 0 to {MOST_OPTIONS}")
    if found["options_question"] and found["template"]:
        _check_question(found["template"], found["options_question"])
    return found


def _check_question(template: str, key: str) -> None:
    offered = [one.key for one in templates()[template].form if one.kind in CHOSEN_FROM]
    if key not in offered:
        raise SettingError(f"options_question: {key!r} is none of {', '.join(offered) or 'no question'}")


def begin(*, actor: Actor, topic: Topic, step: Step) -> UUID:
    """Draft the survey for the days of the step. The topic's own permission is enough: nobody is asked
    anything before somebody who may send surveys out does so."""
    made = actions.prepare_survey(
        place=topic.place,
        template=step.settings.get("template") or EMPTY,
        title=topic.title,
        opens_on=step.begins_on,
        closes_on=step.ends_on,
        once=step.settings.get("once", "device"),
    )
    return made.pk


def _survey(step: Step) -> Survey | None:
    return Survey.objects.filter(pk=step.record).first() if step.record else None


def progress(topic: Topic, step: Step) -> Progress:
    """Drafted, asking, closed, published."""
    survey = _survey(step)
    if survey is None:
        return Progress(missing=(_("这份问卷已经删掉了。请跳过这一步，或者停下议题后重新开始。"),))
    if survey.state == "draft":
        line = _("题目还在准备。")
        return Progress(line=line, missing=(_("请核对问卷的题目，然后发出去。"),))
    returned = queries.returned([survey]).get(survey.pk, 0)
    came_back = ngettext("收回 %d 份", "收回 %d 份", returned) % returned
    if survey.state == "open":
        line = _("正在征求意见，%(day)s前都可以填。") % {"day": on_day(survey.closes_on)}
        invites = queries.takes_answers(survey)
        return Progress(line=line, invites=invites, missing=(_("问卷还在收，%s。") % came_back,))
    if not survey.published_at and step.settings.get("publish", True) and step.state == "open":
        least = int(rulebook.value("voices.survey.least", at=topic.place))
        if returned < least:
            # They cannot be published, and a small courtyard has no more households.
            line = _("问卷结束，%(n)s。不到 %(least)s 份，为了不让人认出是谁填的，不公布数字。")
            line = line % {"n": came_back, "least": least}
            return Progress(line=line, outcome=line, result={"survey": survey.number, "returned": returned})
        line = _("问卷收完了，正在整理结果。")
        return Progress(line=line, missing=(_("请公布问卷的结果，再结束这一步。"),))
    line = _("问卷结束，%s。") % came_back
    return Progress(line=line, outcome=survey.conclusion or line, result=_result(survey, step, returned))


def _result(survey: Survey, step: Step, returned: int) -> dict[str, Any]:
    found: dict[str, Any] = {"survey": survey.number, "returned": returned}
    key = step.settings.get("options_question", "")
    one = queries.results(survey).tallies.get(key) if key else None
    if one is None:
        return found
    ranked = _ranked(one)[: step.settings.get("keep") or MOST_OPTIONS]
    texts = {option.key: option.text for option in one.question.options}
    offered = [{"key": code, "title": texts[code], "text": "", "cost": None} for code in ranked]
    return {**found, "options": offered}


def _ranked(one: Tally) -> list[str]:
    """The choices, the most wanted first; as the form lists them where equal."""
    wanted = one.points if one.question.kind == "ranking" else one.counts
    order = [option.key for option in one.question.options]
    return sorted(order, key=lambda code: (-wanted.get(code, 0), order.index(code)))


def stop(*, actor: Actor, topic: Topic, step: Step) -> None:
    """A draft is dropped, an open survey closed."""
    survey = _survey(step)
    if survey is None:
        return
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if survey.state == "draft":
        survey.delete()
    elif survey.state == "open":
        actions.shut(survey)


def _page(name: str, step: Step) -> str:
    survey = _survey(step)
    return address(name, survey.number) if survey else ""


def desk_url(topic: Topic, step: Step) -> str:
    return _page("desk:survey", step)


def public_url(topic: Topic, step: Step) -> str:
    survey = _survey(step)
    return "" if survey is None or survey.state == "draft" else _page("portal:survey", step)


KIND = StepKind(
    code="survey",
    title=pgettext_lazy("one", "问卷"),
    icon="question",
    settings=settings,
    begin=begin,
    progress=progress,
    desk_url=desk_url,
    public_url=public_url,
    stop=stop,
)
