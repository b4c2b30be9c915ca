"""Preparing a vote: what is asked, of whom, until when, and who opens the box."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.rosters import queries as rosters
from mulin.councils.topics.models import Step, Topic
from mulin.councils.votes import access, ruling, states
from mulin.councils.votes.models import Vote, VoteKey
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.people.models import Account
from mulin.people.queries import actor_for

TITLE_LENGTH, TEXT_LENGTH, OPTION_LENGTH, MOST_OPTIONS, MOST_OFFICERS = 80, 4000, 60, 60, 5
MOST_MONEY = 10**14
_KEY = re.compile(r"[a-z0-9_]{1,32}")
SETTINGS = (
    "title", "text", "body", "affair", "kind", "is_secret", "options", "seats", "max_choices", "breaks_ties",
    "money", "method", "opens_at", "closes_at", "custom",
)  # fmt: skip


def line(code: str, actor: Actor, vote: Vote, **data: Any) -> None:
    """The vote's journal line; with its topic's thread, so that the topic tells the whole story."""
    facts = {"number": vote.number, **data}
    org = vote.topic.org_id if vote.topic else None
    journal.record(
        code, actor=actor, place=vote.place, org=org, subject=vote.pk, matter=vote.thread, data=facts
    )


def must_be(vote: Vote, *allowed: str) -> None:
    if vote.state not in allowed:
        word = states.STATE_WORDS[vote.state]
        raise ActionError("not-now", _("表决现在是“%(state)s”，不能这样做。") % {"state": word})


def make_vote(*, place: str, topic: Topic | None = None, step: Step | None = None, **settings: Any) -> Vote:
    """A new draft, inside the caller's transaction and without a line of its own: for a step of a topic."""
    vote = Vote(number=new_number(), place=place, topic=topic, step=step)
    _fill(vote, settings)
    vote.save()
    return vote


def draft_vote(*, actor: Actor, place: str, topic: Topic | None = None, **settings: Any) -> Vote:
    """A new draft. `settings` as in `edit_vote`; only a title is needed.

    Who: councils.vote:manage. Raises no-place, no-title and what `edit_vote` raises of the settings.
    """
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    org = topic.org_id if topic else None
    require(actor, access.MANAGE, Target(place=place, orgs=frozenset({org} - {None})))
    with write():
        vote = make_vote(place=place, topic=topic, **settings)
        line("councils.vote.drafted", actor, vote)
    return vote


def edit_vote(*, actor: Actor, number: str, roster: UUID | None = None, **settings: Any) -> Vote:
    """Change a draft: title, text, body, affair, kind, is_secret, options ([{key?, title, text, cost}]),
    seats, max_choices, breaks_ties, money, method, opens_at, closes_at, roster, and custom ({quorum, consent,
    basis}).

    Nothing changes after the notice. Who: councils.vote:manage. Raises not-now, no-title, text-too-long,
    bad-body, bad-kind, bad-option, option-twice, bad-count, bad-money, bad-period, bad-threshold, no-roster.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "draft")
        _fill(vote, settings)
        vote.roster = _roster(vote, roster) if roster else None
        vote.save()
        line("councils.vote.edited", actor, vote)
    return vote


def _roster(vote: Vote, roster: UUID) -> Any:
    found = rosters.usable_rosters(vote.place, vote.body).filter(pk=roster).first()
    if found is None:
        text = _("请选一份已定稿、投票的人和本表决一致的名册。")
        raise ActionError("no-roster", text, field="roster", status=422)
    return found


def _fill(vote: Vote, settings: Mapping[str, Any]) -> None:
    for name in SETTINGS:
        if name in settings:
            setattr(vote, name, settings[name])
    vote.title, vote.text = vote.title.strip(), vote.text.strip()
    if not vote.title or len(vote.title) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    if len(vote.text) > TEXT_LENGTH:
        raise ActionError("text-too-long", _("说明最多4000个字。"), field="text", status=422)
    if vote.body not in states.BODY_WORDS:
        raise ActionError("bad-body", _("请选谁来投票。"), field="body", status=422)
    if vote.kind not in states.KINDS or vote.method not in states.METHODS:
        raise ActionError("bad-kind", _("请选一种投票方式。"), field="kind", status=422)
    if vote.is_by_area:
        # By law a vote of known owners: who counts it must see whose area each paper carries.
        vote.is_secret = False
    vote.options = [] if vote.kind == "yes_no" else _options(vote.options)
    _check_kind(vote)
    _check_period(vote.opens_at, vote.closes_at)
    if vote.kind != "budget":
        ruling.resolve(vote)


def _check_kind(vote: Vote) -> None:
    most = len(vote.options) or 1
    if vote.is_by_area and vote.kind in ("rank", "budget"):
        text = _("按面积计票的表决不能用这种方式。")
        raise ActionError("bad-kind", text, field="kind", status=422)
    if vote.kind in ("yes_no", "rank", "budget"):
        vote.seats = 1
    if vote.kind not in ("approve", "budget"):
        vote.max_choices = None
    if vote.options and not 1 <= vote.seats <= most:
        raise ActionError("bad-count", _("选出几个，不能多于选项。"), field="seats", status=422)
    if vote.max_choices is not None and not 1 <= vote.max_choices <= most:
        text = _("最多选几个，不能多于选项。")
        raise ActionError("bad-count", text, field="max_choices", status=422)
    if vote.money is not None and not 0 < vote.money <= MOST_MONEY:
        raise ActionError("bad-money", _("请核对预算的金额。"), field="money", status=422)


def _check_period(opens_at: datetime | None, closes_at: datetime | None) -> None:
    if opens_at and closes_at and closes_at <= opens_at:
        raise ActionError("bad-period", _("截止要晚于开始。"), field="closes_at", status=422)


def _options(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Options with keys of their own; those that have one keep it."""
    if len(given) > MOST_OPTIONS:
        raise ActionError("bad-option", _("选项太多了，最多60个。"), field="options", status=422)
    found: list[dict[str, Any]] = []
    taken = {str(one.get("key", "")) for one in given}
    for n, one in enumerate(given, 1):
        title = str(one.get("title", "")).strip()
        cost = one.get("cost")
        if not title or len(title) > OPTION_LENGTH:
            text = _("每个选项都要有名称，最多60个字。")
            raise ActionError("bad-option", text, field="options", status=422)
        if cost is not None and (not isinstance(cost, int) or not 0 <= cost <= MOST_MONEY):
            raise ActionError("bad-money", _("请核对费用的金额。"), field="options", status=422)
        key = str(one.get("key", ""))
        if not _KEY.fullmatch(key):
            key = next(name for i in range(n, 1000) if (name := f"o{i}") not in taken)
            taken.add(key)
        found.append({"key": key, "title": title, "text": str(one.get("text", "")).strip(), "cost": cost})
    for name in ("key", "title"):
        if len({one[name] for one in found}) != len(found):
            raise ActionError("option-twice", _("有两个选项是一样的。"), field="options", status=422)
    return found


def discard_vote(*, actor: Actor, number: str) -> None:
    """Throw a draft away that belongs to no topic. Who: councils.vote:manage. Raises not-now, of-a-topic."""
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "draft")
        if vote.step_id:
            raise ActionError("of-a-topic", _("这个表决是议题的一步，请在议题里停下或跳过这一步。"))
        line("councils.vote.discarded", actor, vote)
        vote.delete()


def may_be_officers(vote: Vote) -> list[Account]:
    """Who may be an officer of a vote: those who may count it, by their posts."""
    found = Account.objects.filter(is_active=True, erased_at=None, posts__isnull=False).distinct()
    near = found.filter(posts__place__in=codes.chain(vote.place)).order_by("name", "id")[:200]
    return [one for one in near if access.may(actor_for(one), access.COUNT, vote)]


def set_officers(*, actor: Actor, number: str, accounts: Sequence[UUID]) -> Vote:
    """Name the officers of a secret vote: only all of them together can open the box. Those who stay keep
    their key. Before the notice only. Who: councils.vote:manage. Raises not-now, named-vote,
    too-few-officers, not-an-officer."""
    wanted = list(dict.fromkeys(accounts))
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "draft")
        if not vote.is_secret:
            raise ActionError("named-vote", _("记名表决不用钥匙。"))
        least = int(ruling.value("councils.vote.officers", vote))
        if not least <= len(wanted) <= MOST_OFFICERS:
            text = _("请选 %(least)s 到 %(most)s 位计票人。") % {"least": least, "most": MOST_OFFICERS}
            raise ActionError("too-few-officers", text, field="accounts", status=422)
        if set(wanted) - {one.pk for one in may_be_officers(vote)}:
            text = _("计票人要是本社区或上级能计票的岗位。")
            raise ActionError("not-an-officer", text, field="accounts", status=422)
        vote.keys.exclude(account__in=wanted).delete()
        kept = {one.account_id: one for one in vote.keys.all()}
        for n, account in enumerate(wanted):
            key = kept.get(account) or VoteKey(vote=vote, account_id=account)
            key.position = n
            key.save()
        line("councils.vote.officers_named", actor, vote, n=len(wanted))
    return vote
