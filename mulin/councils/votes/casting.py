"""Handing in papers, online and at the table: one for each entry of the roster, whichever way it comes."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.councils.rosters import queries as rosters
from mulin.councils.rosters.models import RosterEntry
from mulin.councils.votes import access, box, keys, paper_official, papers, ruling
from mulin.councils.votes.drafting import line, must_be
from mulin.councils.votes.models import Vote, VoteBegun, VotePaper, VoteSlot, VoteTurnout
from mulin.kernel import journal
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require

STIRRED = 8
_chance = secrets.SystemRandom()


def begin_paper(*, actor: Actor, number: str) -> None:
    """Remember that somebody opened the paper, for one reminder before the close. It writes no line."""
    with write():
        vote = access.get_public(number)
        require(actor, access.CAST, access.target_of(vote))
        if vote.state == "open":
            VoteBegun.objects.get_or_create(vote=vote, account_id=actor.account)


def cast(*, actor: Actor, number: str, entries: Sequence[UUID], choice: Sequence[str]) -> list[str]:
    """Hand in the same paper for each of these entries; the receipts of a secret vote, which nobody keeps.

    The line in the journal says that a paper came, not whose. Of a named vote a paper can be changed until
    the close where the rule councils.vote.change says so. Who: who may act for the entries by the roster or
    a written proxy. Raises not-open, no-entry, not-yours, voted, not-offered, too-many, twice.
    """
    with write():
        vote = access.get_public(number, lock=True)
        require(actor, access.CAST, access.target_of(vote))
        must_take(vote)
        paper_official.refuse_online(vote)
        chosen = papers.check(vote, choice)
        mine = {one.pk: one for one in rosters.entries_of(vote.roster, actor, vote=vote.number)}
        wanted = list(dict.fromkeys(entries))
        if not wanted:
            raise ActionError("no-entry", _("请选为谁投票。"), field="entry", status=422)
        if not set(wanted) <= set(mine):
            text = _("名册上没有您可以代表的这一项。如果登记有误，请联系社区。")
            raise ActionError("not-yours", text, field="entry")
        if vote.is_secret:
            receipts = [_into_box(vote, mine[one], chosen) for one in wanted]
        else:
            receipts = []
            for one in wanted:
                _named(vote, mine[one], chosen, actor)
        VoteBegun.objects.filter(vote=vote, account=actor.account).delete()
        _came(vote, len(wanted))
    return receipts


def must_take(vote: Vote) -> None:
    """Whether papers are taken now: the worker closes within a minute, the clock at once."""
    if vote.state != "open" or now() >= vote.closes_at:
        raise ActionError("not-open", _("现在不能投票：还没有开始，或者已经截止。"))


def _came(vote: Vote, n: int) -> None:
    """Who came stands in the list of who has voted; beside a moment and in an order it has no place."""
    facts = {"number": vote.number, "n": n}
    journal.record(
        "councils.vote.cast",
        actor=ANONYMOUS,
        place=vote.place,
        subject=vote.pk,
        matter=vote.thread,
        data=facts,
    )


def _mark(vote: Vote, entry: RosterEntry, channel: str) -> None:
    """That this entry has voted; a second time is refused, by the database too."""
    try:
        with transaction.atomic():
            VoteTurnout.objects.create(vote=vote, entry=entry, channel=channel)
    except IntegrityError as error:
        text = _("“%(who)s”已经投过了，每一项只能投一次。") % {"who": entry.label}
        raise ActionError("voted", text, field="entry") from error


def _into_box(vote: Vote, entry: RosterEntry, chosen: list[str]) -> str:
    _mark(vote, entry, "portal")
    receipt = papers.new_receipt()
    _put(vote, papers.packed(chosen, receipt), "portal", keys.publics(vote))
    return receipt


def _put(vote: Vote, paper: bytes, channel: str, publics: list[bytes]) -> None:
    """Seal a paper into a free slot drawn by chance."""
    free = VoteSlot.objects.filter(vote=vote, channel="").order_by("id").values_list("id", flat=True)
    slot = free.filter(id__gte=VoteSlot().id).first() or free.first()
    if slot is None:
        raise ActionError("box-full", _("票箱里的票已经和名册一样多，不能再放。请核对到场登记。"))
    written = [(slot, box.seal(publics, paper, papers.room(vote)), channel), *_stirred(vote)]
    _chance.shuffle(written)
    for one, sealed, came_by in written:
        VoteSlot.objects.filter(pk=one).update(sealed=sealed, channel=came_by)


def _stirred(vote: Vote) -> list[tuple[UUID, bytes, str]]:
    """A handful of the papers in the box, to be written again as they are beside the new one: PostgreSQL puts
    what is written at the end and marks it with its transaction, so that the last would be the last to have
    come."""
    taken = VoteSlot.objects.filter(vote=vote).exclude(channel="").order_by("id")
    found = list(taken.filter(id__gte=VoteSlot().id)[:STIRRED])
    found += list(taken.exclude(pk__in=[one.pk for one in found])[: STIRRED - len(found)])
    return [(one.pk, bytes(one.sealed), one.channel) for one in found]


def _named(vote: Vote, entry: RosterEntry, chosen: list[str], actor: Actor) -> None:
    owner = getattr(entry, "speaks_for", "")
    by_proxy = getattr(entry, "by_proxy", None) is not None
    found = VotePaper.objects.filter(vote=vote, entry=entry, owner=owner).first()
    if found and not (ruling.may_change(vote) and can_be_changed(found, by_proxy)):
        text = _("“%(who)s”已经投过了，每一项只能投一次。") % {"who": entry.label}
        raise ActionError("voted", text, field="entry")
    paper = found or VotePaper(vote=vote, entry=entry, owner=owner)
    paper.choice, paper.account_id = chosen, actor.account
    paper.is_by_proxy = by_proxy
    paper.save()
    VoteTurnout.objects.get_or_create(vote=vote, entry=entry, defaults={"channel": "portal"})


def can_be_changed(paper: VotePaper, by_proxy: bool) -> bool:
    """Whether a named paper may be replaced, where papers may be changed: one from the table never; one that
    a proxy handed in, by its owner too; one of the owner's own hand, not by a proxy, for who acts in person
    has taken the matter back."""
    return paper.channel == "portal" and (paper.is_by_proxy or not by_proxy)


# --- at the table ----------------------------------------------------------------------------------------


def _at_table(actor: Actor, number: str, *allowed: str) -> Vote:
    vote = access.locked(actor, number)
    access.require(actor, access.MANAGE, vote)
    must_be(vote, *allowed)
    return vote


def _entry(vote: Vote, entry: UUID) -> RosterEntry:
    found = vote.roster.entries.filter(pk=entry).first()
    if found is None:
        raise ActionError("no-entry", _("请从名册里选。"), field="entry", status=422)
    return found


def mark_came(*, actor: Actor, number: str, entry: UUID) -> Vote:
    """Secret votes: somebody put a paper into the box on the table. From then on they cannot vote online.

    While papers are taken. Who: councils.vote:manage. Raises not-now, not-open, named-vote, no-entry, voted.
    """
    with write():
        vote = _at_table(actor, number, "open")
        must_take(vote)
        must_be_secret(vote)
        _mark(vote, _entry(vote, entry), "paper")
        line("councils.vote.came", actor, vote)
    return vote


def unmark_came(*, actor: Actor, number: str, entry: UUID) -> Vote:
    """Take a mark back that was set by mistake. Who: councils.vote:manage. Raises not-now, no-entry."""
    with write():
        vote = _at_table(actor, number, "open", "closed")
        must_be_secret(vote)
        gone, _kinds = vote.voted.filter(entry=entry, channel="paper").delete()
        if not gone:
            raise ActionError("no-entry", _("这一项没有登记过纸质票。"))
        if vote.state == "closed":
            vote.turnout = {**vote.turnout, "paper": vote.turnout.get("paper", 1) - 1}
            vote.save(update_fields=["turnout"])
        line("councils.vote.came_undone", actor, vote)
    return vote


def must_be_secret(vote: Vote) -> None:
    if not vote.is_secret:
        raise ActionError("named-vote", _("这是记名表决，请直接录入每张票。"))


def put_typed(vote: Vote, actor: Actor, choices: Sequence[papers.Choice]) -> int:
    """Seal papers from the box on the table that two persons typed alike (`paper_batches`, the only way in),
    inside the caller's transaction; None is a spoiled one. How many are typed now.

    Raises named-vote, more-than-came, not-offered, too-many.
    """
    must_be_secret(vote)
    came = vote.voted.filter(channel="paper").count()
    typed = vote.slots.filter(channel="paper").count()
    if not choices or typed + len(choices) > came:
        text = _("到场登记了 %(came)s 张纸质票，已录 %(typed)s 张，再录就多了。请先核对登记。")
        raise ActionError("more-than-came", text % {"came": came, "typed": typed}, field="papers")
    publics = keys.publics(vote)
    for choice in choices:
        said = None if choice is None else papers.check(vote, choice)
        _put(vote, papers.packed(said, ""), "paper", publics)
    line("councils.vote.papers_typed", actor, vote, n=len(choices))
    return typed + len(choices)


def untype_papers(*, actor: Actor, number: str) -> Vote:
    """Take all typed papers out again, to type them anew: single ones cannot be found. Who:
    councils.vote:count. Raises not-now, named-vote."""
    with write():
        vote = _at_table(actor, number, "closed")
        access.require(actor, access.COUNT, vote)
        must_be_secret(vote)
        empty = box.empty_slot(papers.room(vote))
        n = vote.slots.filter(channel="paper").update(sealed=empty, channel="")
        line("councils.vote.papers_untyped", actor, vote, n=n)
    return vote


def enter_named(
    *, actor: Actor, number: str, entry: UUID, owner: str = "", choice: papers.Choice
) -> VotePaper:
    """Named votes: type in a paper with its name, for an entry and, where there are owners, one of them.

    While open or closed. One who voted online keeps that paper. Who: councils.vote:count. Raises not-now,
    secret-vote, no-entry, not-an-owner, voted, not-offered, too-many.
    """
    with write():
        vote = _at_table(actor, number, "open", "closed")
        access.require(actor, access.COUNT, vote)
        if vote.is_secret:
            raise ActionError("secret-vote", _("这是无记名表决，不能按人录入。"))
        paper = take_named(vote, actor, _entry(vote, entry), owner, choice)
        line("councils.vote.paper_entered", actor, vote)
    return paper


def take_named(vote: Vote, actor: Actor, entry: RosterEntry, owner: str, choice: papers.Choice) -> VotePaper:
    """One named paper from the table, inside the caller's transaction and without a line of its own. Raises
    not-an-owner, voted, not-offered, too-many, twice."""
    if vote.is_by_area:
        codes = entry.owner_codes
        owner = owner or (codes[0] if len(codes) == 1 else "")
        if owner not in codes:
            text = _("请选是哪一位共有人的票。")
            raise ActionError("not-an-owner", text, field="owner", status=422)
    said = None if choice is None else papers.check(vote, choice)
    if VotePaper.objects.filter(vote=vote, entry=entry, owner=owner).exists():
        text = _("“%(who)s”已经投过了，每一项只能投一次。") % {"who": entry.label}
        raise ActionError("voted", text, field="entry")
    paper = VotePaper.objects.create(
        vote=vote, entry=entry, owner=owner, choice=said, channel="paper", entered_by=actor.account
    )
    _made, is_new = VoteTurnout.objects.get_or_create(vote=vote, entry=entry, defaults={"channel": "paper"})
    if vote.state == "closed" and is_new:
        vote.turnout = {**vote.turnout, "paper": vote.turnout.get("paper", 0) + 1}
        vote.save(update_fields=["turnout"])
    return paper


def withdraw_named(*, actor: Actor, number: str, paper: UUID) -> Vote:
    """Take out a named paper that was typed wrongly. Who: councils.vote:count. Raises not-now, no-entry."""
    with write():
        vote = _at_table(actor, number, "open", "closed")
        access.require(actor, access.COUNT, vote)
        found = vote.papers.filter(pk=paper, channel="paper").first()
        if found is None:
            raise ActionError("no-entry", _("没有这张录入的票。"))
        entry = found.entry_id
        found.delete()
        if not vote.papers.filter(entry=entry).exists():
            vote.voted.filter(entry=entry).delete()
        if vote.state == "closed":
            channels = list(vote.voted.values_list("channel", flat=True))
            vote.turnout = {name: channels.count(name) for name in ("portal", "paper")}
            vote.save(update_fields=["turnout"])
        line("councils.vote.paper_withdrawn", actor, vote)
    return vote
