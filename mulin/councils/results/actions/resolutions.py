"""Resolutions: drafted, published once every objection is answered, withdrawn with a reason."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.results import access, queries, sources, states
from mulin.councils.results.actions.common import LONG, REASON, TITLE, line, public_text
from mulin.councils.results.models import Resolution
from mulin.councils.topics.models import Topic
from mulin.kernel import codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require

DAYS_RULE = "councils.resolution.posted_days"
MOST_DAYS = 365
TEXTS = ("why", "decision", "decided_by", "gains", "loses", "majority", "minority")


def draft_resolution(*, actor: Actor, place: str, title: str, body: str = "residents") -> Resolution:
    """A draft that stands alone: decided without a topic, in a meeting for instance. Those of a topic are
    made by its step. Who: councils.resolution:manage there. Raises no-place, no-title, bad-body."""
    if not codes.is_valid(place) or "-" in place or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    if body not in states.BODY_WORDS:
        raise ActionError("bad-body", _("请选是谁的决定。"), field="body", status=422)
    require(actor, access.DRAFT, place)
    with write():
        resolution = Resolution.objects.create(
            number=new_number(), place=place, body=body,
            title=public_text(title, "title", TITLE, missing=_("请写一个标题。")),
        )  # fmt: skip
        _line("councils.resolution.drafted", actor, resolution)
    return resolution


def edit_resolution(
    *,
    actor: Actor,
    number: str,
    title: str,
    body: str = "",
    decided_on: date | None = None,
    cost: int | None = None,
    money_from: str = "",
    chosen: Sequence[str] | None = None,
    options: Sequence[dict[str, Any]] | None = None,
    **texts: str,
) -> Resolution:
    """Change a draft. `texts`: why, decision, decided_by, gains, loses, majority, minority. `chosen`: keys of
    the options that were decided; `options`: the options themselves, where no topic brings them.

    Who: councils.resolution:manage. `cost` in fen. Raises not-now, no-title, bad-body, in-the-future,
    text-too-long, personal-data, NotVisible.
    """
    with write():
        resolution = _locked(actor, number)
        require(actor, access.DRAFT, access.of_resolution(resolution))
        _must_be(resolution, "draft")
        resolution.title = public_text(title, "title", TITLE, missing=_("请写一个标题。"))
        if body and body not in states.BODY_WORDS:
            raise ActionError("bad-body", _("请选是谁的决定。"), field="body", status=422)
        if decided_on and decided_on > today():
            raise ActionError(
                "in-the-future", _("决定的日子不能在今天以后。"), field="decided_on", status=422
            )
        resolution.body, resolution.decided_on = body or resolution.body, decided_on
        resolution.cost = cost
        resolution.money_from = public_text(money_from, "money_from", 200)
        for name in TEXTS:
            if name in texts:
                setattr(resolution, name, public_text(texts[name], name, LONG))
        if options is not None and resolution.topic_id is None:
            resolution.options = [
                {**sources.clean(row), "chosen": bool(row.get("chosen"))} for row in options
            ]
        elif chosen is not None:
            resolution.options = [{**row, "chosen": row["key"] in chosen} for row in resolution.options]
        resolution.save()
        _line("councils.resolution.edited", actor, resolution)
    return resolution


def refresh_resolution(*, actor: Actor, number: str) -> Resolution:
    """Fetch anew into a draft what earlier steps say by now: empty fields and the options are filled in, what
    was written stays. Who: councils.resolution:manage. Raises not-now, no-topic, NotVisible."""
    with write():
        resolution = _locked(actor, number)
        require(actor, access.DRAFT, access.of_resolution(resolution))
        _must_be(resolution, "draft")
        if resolution.topic is None or resolution.step is None:
            raise ActionError("no-topic", _("这份决议不是从议题来的。"))
        resolution.options = []
        sources.fill(resolution, resolution.topic, resolution.step)
        resolution.save()
        _line("councils.resolution.edited", actor, resolution)
    return resolution


def missing_to_publish(resolution: Resolution) -> list[tuple[str, str]]:
    """What is still missing, (code, sentence) each; empty when it may be published."""
    found = []
    if not resolution.why:
        found.append(("no-why", _("还没有写为什么要办。")))
    if not resolution.decision:
        found.append(("no-decision", _("还没有写定了什么。")))
    if not resolution.decided_by:
        found.append(
            ("no-decided-by", _("还没有写谁定的、怎么定的：哪次会、哪次表决，到了多少人、多少人同意。"))
        )
    if resolution.topic and (n := queries.waiting_concerns(resolution.topic)):
        text = _("还有 %(n)s 条反对意见或疑问没有答复。一条一条答复了，才能公布。") % {"n": n}
        found.append(("concerns-waiting", text))
    return found


def posting_of(resolution: Resolution) -> dict[str, Any]:
    """How many days it has to hang out, by which rule. Raises rule-unset."""
    rule = rulebook.rule(DAYS_RULE, at=resolution.place, body=resolution.body)
    own = int(resolution.step.settings.get("posted_days", 0)) if resolution.step else 0
    days = max(int(rule.value), own)
    return {"days": days, "basis": rule.basis, "certainty": rule.certainty, "least": int(rule.value)}


def publish_resolution(*, actor: Actor, number: str, days: int | None = None) -> Resolution:
    """Everybody reads it from now on; who spoke about the matter is told. It is posted for the days of the
    rule, or for more.

    Who: councils.resolution:publish. Raises not-now, no-why, no-decision, no-decided-by, concerns-waiting
    (every objection is answered first), rule-unset, too-short, NotVisible.
    """
    with write():
        resolution = _locked(actor, number)
        require(actor, access.PUBLISH, access.of_resolution(resolution))
        _must_be(resolution, "draft")
        if missing := missing_to_publish(resolution):
            code = missing[0][0]
            raise ActionError(code, " ".join(text for _code, text in missing))
        posting = posting_of(resolution)
        days = posting["days"] if days is None else days
        if not posting["least"] <= days <= MOST_DAYS:
            text = _("公示不能少于 %(least)s 天，最多 365 天。") % {"least": posting["least"]}
            raise ActionError("too-short", text, field="days", status=422)
        resolution.state, resolution.published_at = "published", now()
        resolution.posting = {**posting, "days": days}
        # The day of publication does not count (民法典 201).
        resolution.posted_from, resolution.posted_until = today(), today() + timedelta(days=days)
        if resolution.topic:
            resolution.grounds = sources.grounds(resolution.topic)
        resolution.save()
        _line("councils.resolution.published", actor, resolution, until=resolution.posted_until.isoformat())
    return resolution


def withdraw_resolution(*, actor: Actor, number: str, reason: str) -> Resolution:
    """Take a published one back; its page stays and says why. Who: councils.resolution:publish. Raises
    not-now, no-reason, text-too-long, personal-data, NotVisible."""
    with write():
        resolution = _locked(actor, number)
        require(actor, access.PUBLISH, access.of_resolution(resolution))
        _must_be(resolution, "published")
        text = _("请写为什么撤下，大家都会看到。")
        resolution.withdrawn_reason = public_text(reason, "reason", REASON, missing=text)
        resolution.state = "withdrawn"
        resolution.save(update_fields=["state", "withdrawn_reason"])
        _line("councils.resolution.withdrawn", actor, resolution)
    return resolution


def revise_resolution(*, actor: Actor, number: str) -> Resolution:
    """A new draft with the words of a withdrawn one, so that a mistake can be mended; works that are not over
    go along. Who: councils.resolution:manage. Raises not-now, NotVisible."""
    with write():
        old = _locked(actor, number)
        require(actor, access.DRAFT, access.of_resolution(old))
        _must_be(old, "withdrawn")
        if old.step is not None and old.step.state == "done":
            raise ActionError("not-now", _("议题的这一步已经结束，请另起一份决议。"))
        names = (
            "place",
            "topic",
            "step",
            "org",
            "body",
            "title",
            "decided_on",
            "options",
            "cost",
            "money_from",
        )
        new = Resolution(number=new_number(), **{name: getattr(old, name) for name in (*names, *TEXTS)})
        new.save()
        old.works.filter(state__in=("planned", "under_way")).update(resolution=new)
        if old.step is not None and old.step.record == old.pk:
            old.step.record = new.pk
            old.step.save(update_fields=["record"])
        _line("councils.resolution.revised", actor, new)
    return new


def discard_resolution(*, actor: Actor, number: str) -> None:
    """Delete a draft that stands alone and has no works. Who: councils.resolution:manage. Raises not-now,
    has-works, of-topic, NotVisible."""
    with write():
        resolution = _locked(actor, number)
        require(actor, access.DRAFT, access.of_resolution(resolution))
        _must_be(resolution, "draft")
        if resolution.topic_id:
            raise ActionError("of-topic", _("这份决议是议题的一步，不能单独删掉。"))
        if resolution.works.exists():
            raise ActionError("has-works", _("先去掉下面要办的事，再删草稿。"))
        _line("councils.resolution.discarded", actor, resolution)
        resolution.delete()


def _locked(actor: Actor, number: str) -> Resolution:
    """The resolution, its topic's row first: nobody raises an objection meanwhile."""
    seen = access.resolution_for(actor, number)
    if seen.topic_id:
        Topic.objects.select_for_update().get(pk=seen.topic_id)
    return access.resolution_for(actor, number, lock=True)


def _must_be(resolution: Resolution, state: str) -> None:
    if resolution.state != state:
        word = states.RESOLUTION_STATES[resolution.state][0]
        raise ActionError("not-now", _("决议现在是“%(state)s”，不能这样做。") % {"state": word})


def _line(code: str, actor: Actor, resolution: Resolution, **data: Any) -> None:
    facts = {"number": resolution.number, **data}
    line(code, actor, resolution, topic=resolution.topic, place=resolution.place, **facts)
