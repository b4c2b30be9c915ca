"""The steps "vote" and "budget" of a process. docs/processes.md lists their keys."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.steps import Progress, SettingError, Settings, StepKind, only
from mulin.councils.topics.models import Step, Topic
from mulin.councils.topics.queries import result_of
from mulin.councils.votes import access, drafting, result, running, states, telling
from mulin.councils.votes.models import Vote
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError

BEGINS, ENDS = time(8), time(20)
MOST_YUAN = 10**12


def vote_settings(raw: Settings) -> Settings:
    """`kind`: yes_no, choose_one, approve, rank. `secret`; owners' votes are always named. `body`: whose
    vote, the topic's where empty. `affair`: the matter in words of the rule packs (consultation, decision, or
    a matter of councils.matters). `seats`, `max_choices` (0: no limit), `breaks_ties`: equal options are told
    apart by their order on the paper. `options_from`: the step whose options are voted on; for yes_no its
    winners, or all of them where it chose none, are what is asked."""
    found = dict(
        only(
            raw, kind="yes_no", secret=True, body="", affair="consultation", seats=1, max_choices=0,
            breaks_ties=False, options_from="",
        )
    )  # fmt: skip
    if found["kind"] not in states.KINDS or found["kind"] == "budget":
        raise SettingError("kind: yes_no, choose_one, approve or rank")
    return _checked(found)


def budget_settings(raw: Settings) -> Settings:
    """`money`: how much there is, in yuan (0: filled in at the desk). `method`: equal_shares or greedy.
    `max_choices`: how many projects a paper may support (0: all). `options_from`: the step with the projects.
    `secret`, `body` as for a vote."""
    found = dict(
        only(raw, money=0, method="equal_shares", max_choices=0, options_from="", secret=True, body="")
    )
    if found["method"] not in states.METHODS:
        raise SettingError(f"method: {' or '.join(states.METHODS)}")
    if not 0 <= found["money"] <= MOST_YUAN:
        raise SettingError("money: whole yuan, not below 0")
    return _checked(found)


def _checked(found: dict[str, Any]) -> Settings:
    if found["body"] and found["body"] not in states.BODY_WORDS:
        raise SettingError(f"body: one of {', '.join(states.BODY_WORDS)}")
    if found["max_choices"] < 0 or found.get("seats", 1) < 1:
        raise SettingError("seats and max_choices are not below 1 (max_choices 0: no limit)")
    return found


def begin(*, actor: Actor, topic: Topic, step: Step) -> UUID:
    """Draft the vote, with the options of the earlier step and the planned days. The notice that its rule
    asks for lies within them, so that nobody waits for two notices."""
    is_budget = step.kind == "budget"
    own = (budget_settings if is_budget else vote_settings)(step.settings)
    earlier = result_of(topic, own["options_from"]) if own["options_from"] else {}
    options = _options(earlier)
    kind = "budget" if is_budget else own["kind"]
    settings: dict[str, Any] = {
        "title": _title(topic, step),
        "text": topic.summary,
        "body": own["body"] or topic.body,
        "affair": own.get("affair", "consultation"),
        "kind": kind,
        "is_secret": own["secret"],
        "options": [] if kind == "yes_no" else options,
        "seats": min(own.get("seats", 1), max(len(options), 1)),
        "max_choices": _limit(own["max_choices"], options),
        "breaks_ties": own.get("breaks_ties", False),
        "opens_at": _moment(step.begins_on, BEGINS),
        "closes_at": _moment(step.ends_on, ENDS),
    }
    if is_budget:
        settings |= {"money": own["money"] * 100 or None, "method": own["method"]}
    if kind == "yes_no" and options:
        asked = _("、").join(str(one["title"]) for one in _asked(earlier))
        settings["text"] = "\n\n".join(filter(None, [topic.summary, asked]))
    vote = drafting.make_vote(place=topic.place, topic=topic, step=step, **settings)
    _begin_after_notice(vote)
    return vote.pk


def _begin_after_notice(vote: Vote) -> None:
    first = datetime.combine(clock.day_of(running.earliest(vote)), BEGINS, clock.zone())
    if vote.opens_at and vote.opens_at < first:
        vote.opens_at = first
        if vote.closes_at and vote.closes_at <= first:
            vote.closes_at = datetime.combine(clock.day_of(first), ENDS, clock.zone())
        vote.save(update_fields=["opens_at", "closes_at"])


def _title(topic: Topic, step: Step) -> str:
    both = f"{topic.title}：{step.title}"
    return both if len(both) <= drafting.TITLE_LENGTH else topic.title


def _asked(earlier: dict[str, Any]) -> list[dict[str, Any]]:
    """What a yes or no is about: the winners of the earlier step, or all that it brought if it chose none."""
    rows = list(earlier.get("options", ()))
    return [one for one in rows if one["key"] in earlier.get("winners", ())] or rows


def _options(earlier: dict[str, Any]) -> list[dict[str, Any]]:
    rows = earlier.get("options", ())
    return [
        {
            "key": str(row.get("key", "")),
            "title": str(row.get("title", ""))[: drafting.OPTION_LENGTH],
            "text": str(row.get("text", "")),
            "cost": row.get("cost"),
        }
        for row in rows
    ]


def _limit(most: int, options: list[Any]) -> int | None:
    return min(most, len(options)) or None


def _moment(day: date | None, hour: time) -> datetime | None:
    return datetime.combine(day, hour, clock.zone()) if day else None


def vote_of(step: Step) -> Vote | None:
    return (
        Vote.objects.select_related("topic", "roster").filter(pk=step.record).first() if step.record else None
    )


def progress(topic: Topic, step: Step) -> Progress:
    """From the draft to the published result."""
    vote = vote_of(step)
    if vote is None:
        return Progress(missing=(_("这个表决已经不在了。请跳过这一步，或者停下议题后重新开始。"),))
    if vote.state == "stopped":
        return Progress(line=_("这次表决停办了。"), missing=(_("表决停办了。请跳过这一步，或者停下议题。"),))
    if vote.state in states.DONE:
        status = str(states.STATUS_WORDS.get(vote.status, vote.status))
        line = _("表决结束：%(status)s。") % {"status": status}
        return Progress(line=line, outcome=told(vote), result=_result(topic, step, vote))
    missing = {
        "draft": _("请把表决拟好，定名册，然后公告。"),
        "notice": _("公告期还没有过。"),
        "open": _("投票还没有截止。"),
        "closed": _("请开箱计票。"),
        "counted": _("请确认并公布结果。"),
    }[vote.state]
    line = {
        "draft": _("正在准备表决。"),
        "notice": _("已公告，%(day)s开始投票。") % {"day": moment(vote.opens_at)},
        "open": _("正在投票，%(day)s截止。") % {"day": moment(vote.closes_at)},
        "closed": _("投票截止了，等着计票。"),
        "counted": _("投票截止了，等着公布结果。"),
    }[vote.state]
    return Progress(line=line, invites=vote.state == "open", missing=(missing,))


def moment(when: datetime | None) -> str:
    """`7月3日 20:00`, with the year when it is not this one."""
    from mulin.councils.results.words import on_day

    if when is None:
        return ""
    return f"{on_day(clock.day_of(when))} {when.astimezone(clock.zone()):%H:%M}"


def told(vote: Vote) -> str:
    """What came out, in one line: for the record of the topic."""
    words = telling.words_of(vote)
    found = result.outcome_of(vote)
    names = _("、").join(words[one] for one in found["winners"] if vote.kind != "yes_no")
    status = str(states.STATUS_WORDS.get(vote.status, vote.status))
    n = telling.counted_of(vote, sum(vote.turnout.values()))
    if names:
        return _("%(status)s：%(names)s。%(n)s投了票。") % {"status": status, "names": names, "n": n}
    return _("%(status)s。%(n)s投了票。") % {"status": status, "n": n}


def _result(topic: Topic, step: Step, vote: Vote) -> dict[str, Any]:
    """Options and winners for the steps behind. A yes to what an earlier step chose hands its winners on."""
    found = {**result.outcome_of(vote), "vote": vote.number}
    source = step.settings.get("options_from", "")
    if vote.kind == "yes_no" and source:
        earlier = result_of(topic, source)
        found["options"] = list(earlier.get("options", ()))
        found["winners"] = [one["key"] for one in _asked(earlier)] if vote.status == "passed" else []
    return found


def stop(*, actor: Actor, topic: Topic, step: Step) -> None:
    """A draft is dropped; what was announced is given up, and its papers are thrown away unread. That is not
    for everybody who may stop a topic: as of the vote itself (`running.stop_vote`) it needs
    councils.vote:certify. A vote that is counted can no longer be given up: who knows a result must not be
    able to bury it. Raises NotAllowed, counted."""
    vote = (
        Vote.objects.select_for_update(of=("self",)).filter(pk=step.record).first() if step.record else None
    )
    if vote is None:
        return
    if vote.state == "draft":
        vote.delete()
    elif vote.state == "counted":
        text = _("表决已经计票，不能再停。请先确认并公布结果；规则没有填全的，先填好再算。")
        raise ActionError("counted", text)
    elif vote.state not in (*states.DONE, "stopped"):
        access.require(actor, access.CERTIFY, vote)
        running.drop(vote, topic.stop_reason or step.skip_reason)


def desk_url(topic: Topic, step: Step) -> str:
    vote = vote_of(step)
    return reverse("councils_desk:vote", args=[vote.number]) if vote else ""


def public_url(topic: Topic, step: Step) -> str:
    vote = vote_of(step)
    if vote is None or vote.state not in states.PUBLIC:
        return ""
    return reverse("councils:vote", args=[vote.number])


def _kind(code: str, title: Any, icon: str, settings: Any) -> StepKind:
    return StepKind(
        code=code,
        title=title,
        icon=icon,
        settings=settings,
        begin=begin,
        progress=progress,
        desk_url=desk_url,
        public_url=public_url,
        stop=stop,
    )


KINDS = (
    _kind("vote", gettext_lazy("表决"), "vote", vote_settings),
    _kind("budget", gettext_lazy("预算投票"), "money", budget_settings),
)
