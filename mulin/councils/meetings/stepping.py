"""The step kind `meeting`: so many meetings on a topic, and perhaps a decision."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mulin.councils.meetings import actions, queries, states
from mulin.councils.meetings.catalogue import type_of, types
from mulin.councils.meetings.models import AgendaItem, Meeting
from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import days
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now


def settings(raw: Settings) -> Settings:
    """type: key of packs/meetings.toml; at_least: held meetings; must_decide: adopted or rejected."""
    found = only(raw, type="residents_council", at_least=1, must_decide=False)
    if found["type"] not in types():
        raise SettingError(f"type: no meeting is called {found['type']!r}; known are {', '.join(types())}")
    if not 1 <= found["at_least"] <= 50:
        raise SettingError("at_least: expected 1 to 50")
    if found["must_decide"] and types()[found["type"]].decides == "vote":
        raise SettingError("must_decide: this type decides by a vote, not at the meeting; add a vote step")
    return found


def begin(*, actor: Actor, topic: Topic, step: Step) -> UUID:
    """A first draft with the topic on its agenda."""
    is_to_decide = bool(step.settings.get("must_decide"))
    kind = step.settings.get("type", "residents_council")
    made = actions.make(
        kind, topic.place, site=topic.site, org=topic.org_id, topic=topic, step=step, decide=is_to_decide
    )
    return made.pk


def end(*, actor: Actor, topic: Topic, step: Step) -> None:
    actions.withdraw_step(actor, step, _("这一步已经结束，不用再开。"))


def stop(*, actor: Actor, topic: Topic, step: Step) -> None:
    actions.withdraw_step(actor, step, _("这个议题停办了。"))


def progress(topic: Topic, step: Step) -> Progress:
    """Counts the meetings that were held, and reads what they decided on the topic."""
    found = queries.meetings_of_step(step)
    held = [one for one in found if one.state in states.HELD]
    items = list(
        AgendaItem.objects.filter(meeting__in=held, topic=topic).select_related("meeting").order_by("id")
    )
    decided = [one for one in items if one.decision in states.DECIDED]
    coming = sorted(
        (one for one in found if one.state == "announced" and one.begins_at and one.begins_at > now()),
        key=lambda one: one.begins_at,
    )
    return Progress(
        line=_line(held, coming),
        invites=bool(coming),
        missing=_missing(step, held, decided),
        outcome=_outcome(held, decided),
        result=_result(held, decided),
    )


def _line(held: list[Meeting], coming: list[Meeting]) -> str:
    said = [ngettext("开了 %(n)s 次会。", "开了 %(n)s 次会。", len(held)) % {"n": len(held)}] if held else []
    if coming:
        words = {"type": str(type_of(coming[0].type)), "when": days.kept(coming[0].begins_at)}
        said.append(_("下一次：%(type)s，%(when)s。") % words)
    elif not held:
        said.append(_("正在准备开会，时间定了会通知。"))
    return " ".join(said)


def _missing(step: Step, held: list[Meeting], decided: list[AgendaItem]) -> tuple[str, ...]:
    missing = []
    least = int(step.settings.get("at_least", 1))
    if len(held) < least:
        left = least - len(held)
        missing.append(ngettext("还要开 %(n)s 次会。", "还要开 %(n)s 次会。", left) % {"n": left})
    if step.settings.get("must_decide"):
        if not decided:
            missing.append(_("会上还没有对这件事作出决定。"))
        elif decided[-1].meeting.state == "held":
            missing.append(_("作决定的那次会，记录还没有确认。"))
    return tuple(missing)


def _outcome(held: list[Meeting], decided: list[AgendaItem]) -> str:
    if decided:
        last = decided[-1]
        words = {
            "type": str(type_of(last.meeting.type)),
            "decision": str(states.DECISIONS[last.decision]),
            "text": last.resolution,
        }
        return _("%(type)s：%(decision)s。%(text)s") % words
    if held:
        n = len(held)
        said = ngettext("开了 %(n)s 次会，说了什么都在记录里。", "开了 %(n)s 次会，说了什么都在记录里。", n)
        return said % {"n": n}
    return ""


def _result(held: list[Meeting], decided: list[AgendaItem]) -> dict[str, Any]:
    found: dict[str, Any] = {"meetings": [one.number for one in held]}
    if decided:
        last = decided[-1]
        found |= {"decision": last.decision, "text": last.resolution, "meeting": last.meeting.number}
        if last.votes_for is not None:
            found["votes"] = [last.votes_for, last.votes_against, last.votes_abstain]
    return found


def desk_url(topic: Topic, step: Step) -> str:
    """The step's one meeting, or the list of all of them."""
    found = queries.meetings_of_step(step)
    if len(found) == 1:
        return reverse("councils_desk:meeting", args=[found[0].number])
    return f"{reverse('councils_desk:meetings')}?topic={topic.number}"


def public_url(topic: Topic, step: Step) -> str:
    """The coming meeting, else the last one that everybody may see; empty before the first notice."""
    shown = [one for one in queries.meetings_of_step(step) if one.state in states.PUBLIC_STATES]
    coming = [one for one in shown if one.state == "announced"]
    best = (coming or shown[-1:] or [None])[0]
    return reverse("councils:meeting", args=[best.number]) if best else ""


KIND = StepKind(
    code="meeting",
    title=gettext_lazy("开会"),
    icon="people",
    settings=settings,
    begin=begin,
    progress=progress,
    desk_url=desk_url,
    public_url=public_url,
    end=end,
    stop=stop,
)
