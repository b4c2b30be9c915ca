"""Opening the box, counting, certifying, and what is published of it."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils import owners, recounting
from mulin.councils.counting import Totals, VoteRule, decide
from mulin.councils.rosters import counting as roster_counting
from mulin.councils.rosters import queries as rosters
from mulin.councils.votes import access, box, keys, money, papers, ruling
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote, VoteTurnout
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

_chance = secrets.SystemRandom()


def count_vote(
    *, actor: Actor, number: str, keys_given: Sequence[str] = (), present: int | None = None
) -> Vote:
    """Open the box with the keys of all officers, mix the papers, count them and throw the box away.

    What is kept are the papers in the order of what they say, and the receipts in the order of their letters,
    apart from each other. `present`: how many came to the meeting, where there was one (owners take part by
    their papers alone). A count that lacks a rule is kept as refused; see `count_again`. Who:
    councils.vote:count. Raises not-now, roster-changed, wrong-key, no-key, papers-missing, not-all-typed,
    bad-count, no-attendance.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "closed")
        rosters.require_intact(vote.roster)
        if vote.kind != "budget":
            vote.present = _present(vote, ruling.stored(vote), present)
        said = _opened(vote, keys_given) if vote.is_secret else None
        _count(vote, said)
        vote.state, vote.counted_at = "counted", now()
        vote.save()
        vote.slots.all().delete()
        vote.batches.all().delete()
        if vote.is_secret:
            _mix_turnout(vote)
        line("councils.vote.counted", actor, vote, status=vote.status)
    return vote


def _present(vote: Vote, rule: VoteRule, present: int | None) -> int | None:
    """How many came, as the rule needs it."""
    if vote.is_by_area:
        return None
    if present is None and ruling.needs_present(vote, rule):
        text = _("门槛按到会人数算，请填到会多少；没有开会的，填交了票的人数。")
        raise ActionError("no-attendance", text, field="present", status=422)
    if present is not None and not vote.voted.count() <= present <= vote.roster.entries.count():
        text = _("到会人数不能少于投票人数，也不能多于名册。")
        raise ActionError("bad-count", text, field="present", status=422)
    return present


def _opened(vote: Vote, given: Sequence[str]) -> list[papers.Choice]:
    """All papers of the box, mixed. Leaves the receipts on the vote."""
    came = vote.voted.filter(channel="paper").count()
    typed = vote.slots.filter(channel="paper").count()
    if typed != came:
        text = _("到场登记了 %(came)s 张纸质票，录入了 %(typed)s 张。请先录完再开箱。")
        raise ActionError("not-all-typed", text % {"came": came, "typed": typed})
    unseal = box.opener(keys.in_order(vote, given))
    plain = []
    for sealed in vote.slots.exclude(channel="").order_by("id").values_list("sealed", flat=True):
        try:
            plain.append(papers.unpacked(unseal(bytes(sealed))))
        except box.BoxError:
            continue
    if len(plain) != vote.voted.count():
        text = _("已投 %(voted)s 项，票箱里能打开的有 %(n)s 张，对不上。先不计票，请保留现场并核对备份。")
        raise ActionError("papers-missing", text % {"voted": vote.voted.count(), "n": len(plain)})
    _chance.shuffle(plain)
    vote.receipts = sorted(receipt for receipt, _choice in plain if receipt)
    return [choice for _receipt, choice in plain]


def _mix_turnout(vote: Vote) -> None:
    """Write who has voted anew in a random order, so that the order of the rows tells no order of coming."""
    rows = list(vote.voted.values_list("entry_id", "channel"))
    _chance.shuffle(rows)
    vote.voted.all().delete()
    VoteTurnout.objects.bulk_create(
        (VoteTurnout(vote=vote, entry_id=entry, channel=channel) for entry, channel in rows), batch_size=1000
    )


def _count(vote: Vote, said: list[papers.Choice] | None) -> None:
    """Fill `file` and `status`."""
    if said is None and not vote.is_by_area:
        said = list(vote.papers.values_list("choice", flat=True))
    if vote.kind == "budget":
        vote.file = money.counted(vote, said or [])
        vote.status = "decided"
        return
    rule = ruling.stored(vote)
    if said is None:
        totals = _by_area(vote, rule)
        if totals.gaps:
            vote.file = {"result": decide(rule, totals).as_json()}
        else:
            vote.file = recounting.export(rule, number=vote.number, title=vote.title, totals=totals)
    else:
        heads = vote.roster.figures["heads"]
        vote.file = recounting.export(
            rule, number=vote.number, title=vote.title, papers=list(said), roster=heads, present=vote.present
        )
    vote.status = vote.file["result"]["status"]


def _by_area(vote: Vote, rule: VoteRule) -> Totals:
    given = [
        owners.Paper(by=owner, choice=None if choice is None else tuple(choice), units=(key,))
        for owner, choice, key in vote.papers.values_list("owner", "choice", "entry__key")
    ]
    return owners.tally(rule, roster_counting.units(vote.roster), given)


def count_again(*, actor: Actor, number: str, present: int | None = None) -> Vote:
    """Count a refused vote once more, after somebody filled in the rules that were unset. What was set at the
    notice stays as it was then. `present`: how many came, where the rules that were filled in ask for it and
    nobody had said so. Who: councils.vote:count. Raises not-now, still-unset, no-attendance, bad-count."""
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.COUNT, vote)
        must_be(vote, "counted")
        if vote.status != "refused":
            raise ActionError("not-now", _("规则是全的，不用再算。"))
        rule = ruling.filled_in(vote)
        vote.rule = recounting.rule_as_json(rule)
        vote.present = _present(vote, rule, present if vote.present is None else vote.present)
        _count(vote, vote.file["papers"] if "papers" in vote.file else None)
        if vote.status == "refused":
            raise ActionError("still-unset", _("还有规则没有填，请先按下面写的填好。"))
        vote.save(update_fields=["rule", "present", "file", "status"])
        line("councils.vote.counted_again", actor, vote, status=vote.status)
    return vote


def certify_vote(*, actor: Actor, number: str, keys_destroyed: bool = False) -> Vote:
    """Certify the count and publish it. Of a secret vote the officers have destroyed their keys first.

    Who: councils.vote:certify. Raises not-now, refused (it lacks a rule), keys-not-destroyed.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.CERTIFY, vote)
        must_be(vote, "counted")
        if vote.status == "refused":
            raise ActionError("refused", _("规则没有填全，不能确认。请先填好规则再算一次。"))
        if vote.is_secret and not keys_destroyed:
            text = _("请先让每位计票人删掉自己的钥匙，再勾选确认。")
            raise ActionError("keys-not-destroyed", text, field="keys_destroyed", status=422)
        vote.state, vote.published_at = "published", now()
        vote.save(update_fields=["state", "published_at"])
        line("councils.vote.certified", actor, vote, status=vote.status)
    return vote


def archive_vote(*, actor: Actor, number: str) -> Vote:
    """Put a published vote into the archive, once nobody can challenge it any more.

    Who: councils.vote:certify. Raises not-now, too-early, challenged.
    """
    with write():
        vote = access.locked(actor, number)
        access.require(actor, access.CERTIFY, vote)
        must_be(vote, "published")
        if takes_challenges(vote):
            raise ActionError("too-early", _("还在可以提异议的日子里，过后再归档。"))
        if vote.challenges.filter(state="open").exists():
            raise ActionError("challenged", _("还有异议没有答复。"))
        vote.state = "archived"
        vote.save(update_fields=["state"])
        line("councils.vote.archived", actor, vote)
    return vote


def takes_challenges(vote: Vote) -> bool:
    """Whether the vote can be challenged: from the notice until some days after the result."""
    if vote.state in ("draft", "archived", "stopped"):
        return False
    if vote.published_at is None:
        return True
    return clock.today() <= challenge_day(vote)


def challenge_day(vote: Vote) -> date:
    """The last day on which a published vote can be challenged, to its end: the day of the publication is not
    counted (民法典第201条)."""
    days = int(ruling.value("councils.vote.challenge_days", vote))
    return clock.day_of(vote.published_at) + timedelta(days=days)


def outcome_of(vote: Vote) -> dict[str, Any]:
    """What came out, for the steps of a topic behind this one: {"options", "winners", "status"}."""
    result = vote.file.get("result", {})
    return {"options": vote.options, "winners": list(result.get("winners", ())), "status": vote.status}
