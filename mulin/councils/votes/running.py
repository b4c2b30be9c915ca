"""A vote on its way: notice, opening, close, an extension, giving up."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from mulin.councils import recounting
from mulin.councils.rosters import queries as rosters
from mulin.councils.rosters.models import Ownership
from mulin.councils.votes import access, box, keys, papers, ruling
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote, VoteSlot
from mulin.kernel import clock, days
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.people.queries import actor_for

REASON_LENGTH = 300
_chance = secrets.SystemRandom()


def lacks(vote: Vote) -> list[str]:
    """What keeps a draft from its notice, one sentence each."""
    found = []
    if vote.kind != "yes_no" and len(vote.options) < (1 if vote.kind == "budget" else 2):
        found.append(_("至少要有两个选项。") if vote.kind != "budget" else _("至少要有一个项目。"))
    if vote.kind == "budget" and not vote.money:
        found.append(_("还没有写预算一共多少。"))
    if vote.kind == "budget" and any(one["cost"] is None for one in vote.options):
        found.append(_("每个项目都要写费用。"))
    found += _lacks_of_roster(vote)
    if not vote.opens_at or not vote.closes_at:
        found.append(_("还没有定哪天开始、哪天截止。"))
    elif vote.opens_at < earliest(vote):
        days = int(ruling.value("councils.vote.notice_days", vote))
        found.append(_("要提前 %(n)s 天公告，开始的时间太早了。") % {"n": days})
    elif vote.closes_at <= now():
        found.append(_("截止的时间已经过了。"))
    if vote.is_secret and not keys.are_ready(vote):
        found.append(_("计票人的钥匙还没有领齐、核对过。"))
    return found


def _lacks_of_roster(vote: Vote) -> list[str]:
    if vote.roster is None or vote.roster.body != vote.body:
        return [_("还没有选定稿的名册。")]
    if not vote.roster.is_frozen:
        return [_("名册还没有定稿。")]
    if any(gap.code == "area-missing" for gap in ruling.gaps_ahead(vote)):
        return [_("按现在的规则，名册里有的房屋或车位没有面积，没法计票。请先出一份更正的名册。")]
    return []


def earliest(vote: Vote) -> datetime:
    """The first moment at which the vote may open, were the notice given now: after whole days of notice. The
    day of the notice is not counted (民法典第201条)."""
    days = int(ruling.value("councils.vote.notice_days", vote))
    if not days:
        return now() - timedelta(days=1)
    midnight = now().astimezone(clock.zone()).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days + 1)


def give_notice(*, actor: Actor, number: str) -> Vote:
    """Announce the vote. What is asked, the rule with its sources and the roster stand still from now on.

    Who: councils.vote:manage. Raises not-now, not-ready (with all that is missing), roster-changed,
    bad-threshold.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "draft")
        if found := lacks(vote):
            raise ActionError("not-ready", " ".join(found), status=422)
        rosters.require_intact(vote.roster)
        rule = ruling.resolve(vote)
        vote.rule = recounting.rule_as_json(rule)
        vote.state, vote.noticed_at = "notice", now()
        vote.save()
        line(
            "councils.vote.noticed", actor, vote,
            begins=days.kept(vote.opens_at), until=days.kept(vote.closes_at),
            n=vote.roster.figures.get("entries", 0),
        )  # fmt: skip
    return vote


def open_vote(*, actor: Actor, number: str) -> Vote:
    """Begin to take papers, once the announced time has come and before the announced close. Who:
    councils.vote:manage. Raises not-now, too-early, over, keys-missing."""
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "notice")
        if now() < vote.opens_at:
            raise ActionError("too-early", _("公告的开始时间还没有到，到时会自动开始。"))
        _open(actor, vote)
    return vote


def _open(actor: Actor, vote: Vote) -> None:
    if now() >= vote.closes_at:
        text = _("公告的截止时间已经过了，来不及收票。请先延期，写明原因；不办了就停办。")
        raise ActionError("over", text)
    if vote.is_secret:
        if not keys.are_ready(vote):
            raise ActionError("keys-missing", _("计票人的钥匙还没有领齐、核对过，不能开始。"))
        _fill_box(vote)
    vote.state, vote.opened_at = "open", now()
    vote.save(update_fields=["state", "opened_at"])
    line("councils.vote.opened", actor, vote, until=days.kept(vote.closes_at))


def _fill_box(vote: Vote) -> None:
    """A slot for every entry of the roster, each filled with chance."""
    room = papers.room(vote)
    slots = [VoteSlot(vote=vote, sealed=box.empty_slot(room)) for _n in range(vote.roster.entries.count())]
    _chance.shuffle(slots)
    VoteSlot.objects.bulk_create(slots, batch_size=1000)


def close_vote(*, actor: Actor, number: str) -> Vote:
    """Take no more papers: at the announced time, or before it once no paper can come any more.

    Who: councils.vote:manage. Raises not-now, too-early.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "open")
        if not may_close(vote):
            raise ActionError("too-early", _("公告的截止时间还没有到，还有人可以投，或者可以改投。"))
        _close(actor, vote)
    return vote


def may_close(vote: Vote) -> bool:
    """Whether its time is over, or nobody could hand in anything any more."""
    return now() >= vote.closes_at or not papers_can_come(vote)


def papers_can_come(vote: Vote) -> bool:
    """Whether anybody could still hand in a paper, or another one: of a unit each of its owners may speak,
    and where papers may be changed what was announced holds to its last minute."""
    if vote.is_secret:
        return vote.voted.count() < vote.roster.entries.count()
    if ruling.may_change(vote):
        return True
    if vote.is_by_area:
        return vote.papers.count() < Ownership.objects.filter(entry__roster=vote.roster).count()
    return vote.papers.count() < vote.roster.entries.count()


def _close(actor: Actor, vote: Vote) -> None:
    channels = list(vote.voted.values_list("channel", flat=True))
    vote.turnout = {name: channels.count(name) for name in ("portal", "paper")}
    vote.state, vote.closed_at = "closed", now()
    vote.save(update_fields=["state", "closed_at", "turnout"])
    vote.begun.all().delete()
    line("councils.vote.closed", actor, vote, n=len(channels))


def extend_vote(*, actor: Actor, number: str, closes_at: datetime, reason: str) -> Vote:
    """Take papers longer than was announced, for a reason that everybody reads on the vote's page.

    Not once the close has come, also when the worker has not yet closed the vote: a vote that is over does
    not begin again. Who: councils.vote:manage. Raises not-now, over, bad-period, no-reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise ActionError("no-reason", _("请写明为什么延期，最多300个字。"), field="reason", status=422)
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.MANAGE, vote)
        must_be(vote, "notice", "open")
        if vote.state == "open" and now() >= vote.closes_at:
            raise ActionError("over", _("公告的截止时间已经过了，不能再延期。"))
        if closes_at <= max(now(), vote.closes_at):
            text = _("只能改到更晚的时间。")
            raise ActionError("bad-period", text, field="closes_at", status=422)
        vote.closes_at = closes_at
        day = clock.today().isoformat()
        vote.remarks = f"{vote.remarks}\n{day} {reason}".strip()
        vote.save(update_fields=["closes_at", "remarks"])
        line("councils.vote.extended", actor, vote, until=days.kept(closes_at))
    return vote


def stop_vote(*, actor: Actor, number: str, reason: str) -> Vote:
    """Give a vote up before its result is published; the papers are not opened and are thrown away.

    Who: councils.vote:certify. Raises not-now, no-reason.
    """
    reason = reason.strip()
    if not reason or len(reason) > REASON_LENGTH:
        raise ActionError("no-reason", _("请写明为什么停办，最多300个字。"), field="reason", status=422)
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.CERTIFY, vote)
        must_be(vote, "notice", "open", "closed")
        drop(vote, reason)
        line("councils.vote.stopped", actor, vote)
    return vote


def drop(vote: Vote, reason: str) -> None:
    """Give a vote up inside the caller's transaction, without a line: the box is thrown away unread."""
    vote.state, vote.stop_reason = "stopped", reason
    vote.save(update_fields=["state", "stop_reason"])
    for rows in (vote.slots, vote.batches, vote.papers, vote.begun):
        rows.all().delete()


def tick() -> int:
    """What the worker does every minute: open and close at the announced times, remind; how many."""
    done = 0
    for vote in Vote.objects.filter(state="notice", opens_at__lte=now()):
        done += _try(vote, "notice", _open)
    for vote in Vote.objects.filter(state="open", closes_at__lte=now()):
        done += _try(vote, "open", _close)
    for vote in Vote.objects.filter(state="open", reminded_at=None, closes_at__gt=now()):
        if vote.closes_at - now() <= timedelta(hours=int(ruling.value("councils.vote.remind_hours", vote))):
            done += _try(vote, "open", _remind)
    return done


def _try(vote: Vote, state: str, act) -> int:
    """One act on one vote in a transaction of its own; what cannot be done yet waits for the next time."""
    try:
        with write():
            found = Vote.objects.select_for_update(of=("self",)).select_related("topic", "roster")
            vote = found.get(pk=vote.pk)
            if vote.state != state:
                return 0
            act(SYSTEM, vote)
    except ActionError:
        return 0
    return 1


def _remind(actor: Actor, vote: Vote) -> None:
    """One line that notices are made of, for those who opened the paper and have not handed it in. Who has
    nothing left to hand in (they came to the table, or somebody of their household did) is forgotten."""
    for row in vote.begun.select_related("account"):
        mine = rosters.entries_of(vote.roster, actor_for(row.account), vote=vote.number)
        if not mine or vote.voted.filter(entry__in=mine).count() == len(mine):
            row.delete()
    vote.reminded_at = now()
    vote.save(update_fields=["reminded_at"])
    if n := vote.begun.count():
        line("councils.vote.reminded", actor, vote, n=n, until=days.kept(vote.closes_at))
