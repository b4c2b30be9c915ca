"""Noting a need, putting it on the list, naming who is responsible, saying how far it is, ordering."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.days import day_words
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.people.models import Organisation
from mulin.people.queries import organisations_above
from mulin.voices import drafts
from mulin.voices.needs import linking, queries, states
from mulin.voices.needs.models import Need, NeedStep
from mulin.voices.needs.queries import COLLECT, MANAGE, SETTLE
from mulin.voices.needs.wording import public_words

TITLE_LENGTH, TEXT_LENGTH, CONCERNS_LENGTH, WORDS_LENGTH, REASON_LENGTH = 60, 1000, 120, 1000, 200
LOWEST_RANK = 200


def note_need(
    *, actor: Actor, place: str, grid: str = "", source: linking.Source | None = None, **facts: Any
) -> Need:
    """A need that staff heard of, not on the list yet; `source`: where (see `linking.Source`), `facts` as
    `edit_need` takes them.

    Who: voices.need:collect there; a grid worker in their own grid. Raises no-place, and what `edit_need` and
    `linking.add` raise.
    """
    if codes.level(place) != codes.Level.COMMUNITY or "-" in place:
        raise ActionError("no-place", _("请选一个社区。"), field="place", status=422)
    require(actor, COLLECT, Target(place, grid))
    with write():
        need = Need(number=new_number(), place=place, grid=grid)
        _describe(need, facts)
        need.save()
        kind = linking.put(actor, need, source) if source else ""
        matter = source.matter_id if source else None
        line("voices.need.noted", actor, need, matter=matter, kind=kind)
    return need


def edit_need(*, actor: Actor, number: str, **facts: Any) -> Need:
    """Change what is said of a need: title, text, category, concerns, groups, urgency, since.

    Who: voices.need:manage; while it is not on the list also who may collect needs there. Raises no-title,
    text-too-long, personal-data, category-unknown, not-offered, bad-day.
    """
    with write():
        need = queries.get_need(actor, number, lock=True)
        require(actor, COLLECT if need.state == "draft" else MANAGE, queries.target_of(need))
        _describe(need, facts)
        need.save()
        line("voices.need.edited", actor, need)
    return need


def _describe(need: Need, facts: dict[str, Any]) -> None:
    known = {"title", "text", "category", "concerns", "groups", "urgency", "since"}
    if unknown := sorted(facts.keys() - known):
        raise TypeError(f"a need has no {unknown[0]}")
    need.title = public_words(facts.get("title", need.title), "title", TITLE_LENGTH)
    if not need.title:
        raise ActionError("no-title", _("请用一句话说是什么需要，最多60个字。"), field="title", status=422)
    need.text = public_words(facts.get("text", need.text), "text", TEXT_LENGTH)
    need.concerns = public_words(facts.get("concerns", need.concerns), "concerns", CONCERNS_LENGTH)
    need.category = drafts.check_category(facts.get("category", need.category))
    need.groups = _groups(need.place, facts.get("groups", need.groups))
    need.urgency = facts.get("urgency", need.urgency)
    if not 0 <= need.urgency < len(queries.urgency_words(need.place)):
        raise ActionError("not-offered", _("请选一级有多急。"), field="urgency", status=422)
    need.since = facts.get("since", need.since)
    if need.since and need.since > today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="since", status=422)


def _groups(place: str, chosen: Iterable[str]) -> list[str]:
    known, wanted = queries.group_words(place), set(chosen)
    if wanted - known.keys():
        raise ActionError("not-offered", _("请从给出的选项里选。"), field="groups", status=422)
    return [code for code in known if code in wanted]


def line(code: str, actor: Actor, need: Need, *, matter: UUID | None = None, **data: Any) -> None:
    """One line of the journal about a need."""
    facts = {"number": need.number, "need": need.number, **data}
    journal.record(
        code, actor=actor, place=need.place, subject=need.pk, matter=matter, org=need.owner_id, data=facts
    )


def settle_need(
    *, actor: Actor, number: str, state: str, words: str = "", owner: UUID | None = None,
    due_on: date | None = None,
) -> Need:  # fmt: skip
    """Say how far a need is: put it on the list, in hand, done, not now, moved up, off the list, or listed
    again. `words` are read by everybody.

    In hand needs an owner (an official unit of its places, or a group) and the day until when; not now needs
    the reason and the day it is looked at again. Who: voices.need:manage; the unit that owns it and
    voices.need:settle for `states.BY_OWNER`. Raises not-now, no-owner, no-day, bad-day, no-words,
    text-too-long, personal-data, not-offered.
    """
    words = public_words(words, "words", WORDS_LENGTH, doors=True)
    with write():
        need = queries.get_need(actor, number, lock=True)
        _may_settle(actor, need, state, owner)
        before = need.state
        _check_move(need, state, words)
        if owner or state == "in_hand":
            need.owner = _owner(need, owner or need.owner_id)
        need.due_on = _due(need, state, due_on)
        if state in {"off", "draft"}:
            need.owner = None
        need.state, need.answer = state, words
        need.listed_at = need.listed_at or now()
        if state not in states.RANKED:
            need.fixed_rank, need.rank_reason = None, ""
        need.save()
        step = NeedStep.objects.create(
            need=need, state=state, words=words, owner=need.owner, due_on=need.due_on
        )
        line("voices.need.settled", actor, need, state=state, before=before, step=str(step.pk))
    return need


def _may_settle(actor: Actor, need: Need, state: str, owner: UUID | None) -> None:
    others = state not in states.BY_OWNER or (owner is not None and owner != need.owner_id)
    require(actor, MANAGE if others else SETTLE, queries.target_of(need))


def _check_move(need: Need, state: str, words: str) -> None:
    if state not in states.MOVES[need.state]:
        now_word = states.STATE_WORDS[need.state]
        raise ActionError("not-now", _("这条需要现在是“%(state)s”，不能这样做。") % {"state": now_word})
    if not words and state not in states.SILENT and need.state != "draft":
        said = _("请写几句给大家看：做了什么，或者为什么。")
        raise ActionError("no-words", said, field="words", status=422)


def _owner(need: Need, org: UUID | None) -> Organisation:
    found = next((one for one in owners_for(need.place) if one.pk == org), None)
    if found is None:
        raise ActionError("no-owner", _("请选一个负责的单位或小组。"), field="owner", status=422)
    return found


def owners_for(place: str) -> list[Organisation]:
    """Who can be responsible for a need of a community: official units of it and of the places above, firms
    and groups inside it."""
    inside = Organisation.objects.filter(closed_on=None, place__startswith=place).order_by("name")
    above = organisations_above(place)
    known = {one.pk for one in above}
    return [*above, *(one for one in inside if one.pk not in known)]


def _due(need: Need, state: str, due_on: date | None) -> date | None:
    if state not in {"in_hand", "not_now"}:
        return None
    if due_on is None and state == "in_hand":
        due_on = need.due_on if need.state == "in_hand" else None
        if due_on is None:
            raise ActionError("no-day", _("请定下哪天以前办好。"), field="due_on", status=422)
        return due_on
    latest = today() + timedelta(days=rulebook.value("voices.needs.review_days", at=need.place))
    if state == "not_now":
        due_on = due_on or latest
        if due_on > latest:
            said = _("最晚到%(day)s再看一次，请选早一点的日子。") % {"day": day_words(latest)}
            raise ActionError("bad-day", said, field="due_on", status=422)
    if due_on and due_on < today():
        raise ActionError("bad-day", _("这一天已经过了，请改一个。"), field="due_on", status=422)
    return due_on


def discard_need(*, actor: Actor, number: str) -> None:
    """Drop a need that was never on the list; what it was heard in stays. Who: voices.need:manage. Raises
    not-now, in-use (a proposal was written for it)."""
    with write():
        need = queries.get_need(actor, number, lock=True)
        require(actor, MANAGE, queries.target_of(need))
        if need.state != "draft":
            raise ActionError("not-now", _("列入过清单的不能删，可以写明理由后撤下。"))
        line("voices.need.discarded", actor, need)
        try:
            need.delete()
        except ProtectedError as error:
            text = _("已经有一条建议是为它写的，请先删掉那条建议的草稿。")
            raise ActionError("in-use", text) from error


def place_need(*, actor: Actor, number: str, rank: int | None, reason: str = "") -> Need:
    """Put a need at a place of its list, for a reason that everybody reads; `rank` None: back to where its
    points put it. Who: voices.need:manage. Raises not-now, bad-rank, no-reason, personal-data."""
    reason = public_words(reason, "reason", REASON_LENGTH)
    with write():
        need = queries.get_need(actor, number, lock=True)
        require(actor, MANAGE, queries.target_of(need))
        if need.state not in states.RANKED:
            raise ActionError("not-now", _("在清单上排着的才有先后。"))
        if rank is not None and not 1 <= rank <= LOWEST_RANK:
            raise ActionError("bad-rank", _("请填从1开始的名次。"), field="rank", status=422)
        if rank is not None and not reason:
            said = _("请写明为什么这样排，大家都看得到。")
            raise ActionError("no-reason", said, field="reason", status=422)
        need.fixed_rank, need.rank_reason = rank, reason if rank is not None else ""
        need.save(update_fields=["fixed_rank", "rank_reason"])
        line("voices.need.placed" if rank else "voices.need.unplaced", actor, need, rank=rank or 0)
    return need


def link_source(*, actor: Actor, number: str, source: linking.Source) -> Need:
    """Say where else a need was heard. Who: voices.need:collect. Raises not-now, and what `linking.put`
    raises."""
    with write():
        need = queries.get_need(actor, number, lock=True)
        require(actor, COLLECT, queries.target_of(need))
        if need.state in {"done", "off"}:
            raise ActionError("not-now", _("这一条已经不在清单上，请先重新列入，或另记一条。"))
        kind = linking.put(actor, need, source)
        matter = source.matter_id if kind == "matter" else None
        is_public = need.state in states.PUBLIC
        code = "voices.need.matter_linked" if matter else "voices.need.source_added"
        line(code, actor, need, matter=matter, kind=kind, public=is_public)
    return need


def unlink_source(*, actor: Actor, number: str, source: UUID) -> Need:
    """Take a source off a need: it did not say that after all. Who: voices.need:manage, or collect while
    it is a draft. Raises NotVisible for one of another need."""
    with write():
        need = queries.get_need(actor, number, lock=True)
        require(actor, COLLECT if need.state == "draft" else MANAGE, queries.target_of(need))
        found = linking.take(need, source)
        line("voices.need.source_removed", actor, need, matter=found.matter_id, kind=found.kind)
    return need


def move_up(need: Need, words: str) -> None:
    """For what carries a need to a higher level: in its own transaction and journal line. A need in another
    state stays as it is."""
    if "moved_up" not in states.MOVES[need.state]:
        return
    need.state, need.answer, need.due_on = "moved_up", words, None
    need.save(update_fields=["state", "answer", "due_on"])
    NeedStep.objects.create(need=need, state="moved_up", words=words, owner=need.owner)
