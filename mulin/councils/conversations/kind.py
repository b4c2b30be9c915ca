"""The step "opinions": a conversation inside a topic."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mulin.councils.conversations import actions, moderating, queries, reading
from mulin.councils.conversations.models import OPEN_TO, RESULTS, Conversation
from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, suppression
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError

MOST_PEOPLE = 1_000_000


def settings(raw: Settings) -> Settings:
    """open_to = "anyone" | "verified"; seeds = first statements; least = how many people before anybody sees
    the picture (0: as the rules say); results = "during" | "after"; writes = people may add statements."""
    found = only(raw, open_to="anyone", seeds=[], least=0, results="during", writes=True)
    for key, allowed in (("open_to", OPEN_TO), ("results", RESULTS)):
        if found[key] not in allowed:
            raise SettingError(f"{key}: expected one of {', '.join(allowed)}, not {found[key]!r}")
    if found["least"] and not suppression.LIMIT <= found["least"] <= MOST_PEOPLE:
        raise SettingError(f"least: {suppression.LIMIT} to {MOST_PEOPLE}, or 0 for what the rules say")
    if not all(isinstance(text, str) for text in found["seeds"]):
        raise SettingError("seeds: expected a list of sentences")
    try:
        seeds = moderating.clean_seeds(found["seeds"])
    except ActionError as error:
        raise SettingError(f"seeds: {error.message}") from error
    return {**found, "seeds": seeds}


def begin(*, actor: Actor, topic: Topic, step: Step) -> UUID:
    """A conversation with the first statements of the process; open at once where these are enough and the
    last day is known, else a draft that somebody finishes."""
    chosen = settings(step.settings)
    more: dict[str, Any] = {name: chosen[name] for name in ("open_to", "results", "writes")}
    if chosen["least"]:
        more["least"] = chosen["least"]
    made = actions.make(
        place=topic.place,
        title=_("%(topic)s：您怎么看") % {"topic": topic.title} if len(topic.title) <= 60 else topic.title,
        text=step.text or topic.summary,
        topic=topic,
        step=step,
        org_id=topic.org_id,
        closes_on=step.ends_on,
        **more,
    )
    moderating.put_seeds(made, chosen["seeds"])
    ends_later = made.closes_on is not None and made.closes_on >= clock.today()
    if ends_later and not actions.lacks_seeds(made):
        actions.begin(made)
    return made.pk


def _of(step: Step) -> Conversation | None:
    return Conversation.objects.filter(pk=step.record).first() if step.record else None


def end(*, actor: Actor, topic: Topic, step: Step) -> None:
    """Close what is still open. Nothing is left to do where it was published before."""
    found = Conversation.objects.select_for_update(of=("self",)).filter(pk=step.record).first()
    if found and found.state == "open":
        actions.finish(found)


def stop(*, actor: Actor, topic: Topic, step: Step) -> None:
    """The same where the step is left out or the topic given up; a draft goes, so that nobody opens it
    later."""
    end(actor=actor, topic=topic, step=step)
    Conversation.objects.filter(pk=step.record, state="draft").delete()


def progress(topic: Topic, step: Step) -> Progress:
    found = _of(step)
    if found is None:
        return Progress(missing=(_("这场征集已经删掉了。请跳过这一步，或者停下议题后重新开始。"),))
    if found.state == "draft":
        missing = (_("还没有开始征集：请写好开头的话，定下结束的日子，再开始。"),)
        return Progress(line=_("正在准备征集意见。"), missing=missing)
    if found.state == "open":
        return _running(found)
    if found.state == "closed":
        missing = (_("还没有公布结论：请写明多数人和少数人的看法。"),)
        return Progress(line=_("意见收完了，正在整理。"), missing=missing)
    return _result(found)


def _running(found: Conversation) -> Progress:
    n = queries.people(found)
    line = ngettext("%(n)s 人表了态。", "%(n)s 人表了态。", n) % {"n": n}
    takes = queries.takes_answers(found)
    return Progress(
        line=line,
        invites=takes,
        missing=(_("还在征集意见：请先结束征集，再公布结论。"),),
    )


def _result(found: Conversation) -> Progress:
    """What came out; without figures where too few took part."""
    n = queries.people(found)
    line = ngettext("%(n)s 人表了态，结论已公布。", "%(n)s 人表了态，结论已公布。", n) % {"n": n}
    picture = queries.picture_of(found)
    if picture is None or picture.people < queries.least_of(found):
        return Progress(line=line, outcome=found.conclusion, result={"conclusion": found.conclusion})
    report = reading.report(picture, queries.shown_statements(found))
    return Progress(
        line=line,
        outcome=reading.outcome(report, found.conclusion),
        result={"conclusion": found.conclusion, **reading.result(report)},
    )


def _desk_url(topic: Topic, step: Step) -> str:
    found = _of(step)
    return reverse("councils_desk:conversation", args=[found.number]) if found else ""


def _public_url(topic: Topic, step: Step) -> str:
    found = _of(step)
    if found is None or found.state == "draft":
        return ""
    return reverse("councils:conversation", args=[found.number])


KIND = StepKind(
    code="opinions",
    title=gettext_lazy("听意见"),
    icon="chat",
    settings=settings,
    begin=begin,
    progress=progress,
    desk_url=_desk_url,
    public_url=_public_url,
    end=end,
    stop=stop,
)
