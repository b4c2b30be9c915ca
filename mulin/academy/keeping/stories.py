"""What grew out of what, in plain sentences: a wish, a club, a place, delegates, a decision.

Every step is a public record with its day and its page; nothing here names a person. Other modules tell
theirs through providers `stories.<name>(place, limit)` that give the same `Story`."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.academy.clubs.models import Club
from mulin.academy.keeping import access, delegating, links, states
from mulin.academy.keeping.models import (
    Delegation,
    Keeping,
    KeptPlace,
    PlaceCount,
    PlaceEntry,
    PlaceFinding,
)
from mulin.academy.keeping.reading import listed
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, registry
from mulin.kernel.links import address
from mulin.kernel.stories import Step, Story
from mulin.people.models import Organisation
from mulin.voices.models import Matter

ON_CARD, ON_PAGE = 2, 20
WISHES = ("wish", "offer")


@dataclass(slots=True)
class _Facts:
    """Everything that the stories of some places need, read at once."""

    terms: dict[UUID, list[Keeping]]
    held: Counter
    begun: dict[UUID, date]
    decisions: dict[UUID, list[PlaceEntry]]
    counts: dict[UUID, list[PlaceCount]]
    findings: dict[UUID, list[PlaceFinding]]
    sent: dict[UUID, list[Delegation]]
    told: dict[UUID, dict[str, Any]]


def card(actor: Any, place: str) -> dict[str, Any] | None:
    """For a community's home: the latest stories in one sentence each; None where nothing grew yet."""
    found = stories(place, ON_CARD)
    if not found:
        return None
    return {"stories": found, "url": reverse("academy:keeping-stories", args=[place])}


def stories(place: str, limit: int = ON_PAGE) -> list[Story]:
    """The stories of a community, the one that moved last first. A place without a wish, a club or anything
    that came of it is not a story yet."""
    kept = list(access.public_places(place).select_related("matter").order_by("-id")[:limit])
    facts = _read(kept)
    found = [_of_place(one, facts) for one in kept]
    clubs = {term.org_id for terms in facts.terms.values() for term in terms}
    found += _of_clubs(place, clubs, limit)
    for name, provider in registry.providers().items():
        if name.startswith("stories."):
            found += provider(place, limit)
    found = [one.told() for one in found if len(one.steps) > 1]
    return sorted(found, key=lambda one: one.on, reverse=True)[:limit]


def story_of(kept: KeptPlace) -> Story:
    """The story of one place."""
    return _of_place(kept, _read([kept])).told()


def _read(kept: list[KeptPlace]) -> _Facts:
    ids = [one.pk for one in kept]
    terms = _by(
        Keeping.objects.filter(kept__in=ids, state__in=states.PUBLIC_STATES)
        .select_related("org__club__matter")
        .order_by("starts_on", "id"),
        "kept_id",
    )
    every = [term for rows in terms.values() for term in rows]
    clubs = [term.org.club.pk for term in every if _club(term.org)]
    orgs = {term.org_id for term in every}
    held, begun = _sessions(clubs)
    sent = _by(Delegation.objects.filter(org__in=orgs, state="sent").order_by("id"), "org_id")
    pairs = [(one.kind, one.ref) for rows in sent.values() for one in rows]
    counts = PlaceCount.objects.filter(kept__in=ids).prefetch_related("lines__item").order_by("on", "id")
    found = PlaceFinding.objects.filter(kept__in=ids).select_related("voice__matter").order_by("id")
    return _Facts(
        terms=terms,
        held=held,
        begun=begun,
        decisions=_by(PlaceEntry.objects.filter(kept__in=ids, stage="decision").order_by("on"), "kept_id"),
        counts=_by(counts, "kept_id"),
        findings=_by(found, "kept_id"),
        sent=sent,
        told=delegating.told(pairs),
    )


def _by(rows: Iterable[Any], name: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _sessions(clubs: list[UUID]) -> tuple[Counter, dict[UUID, date]]:
    """Of each club: how many sessions were held, and the day of the first."""
    held: Counter = Counter()
    begun: dict[UUID, date] = {}
    rows = Session.objects.filter(club__in=clubs, ends_at__lt=clock.now()).exclude(
        state__in=("draft", "cancelled")
    )
    for club, starts_at in rows.order_by("starts_at").values_list("club", "starts_at"):
        held[club] += 1
        begun.setdefault(club, clock.day_of(starts_at))
    return held, begun


def _club(org: Organisation) -> Club | None:
    return getattr(org, "club", None)


# The steps -------------------------------------------------------------------------------------------------


def _of_place(kept: KeptPlace, facts: _Facts) -> Story:
    story = Story(kept.name, reverse("academy:keeping", args=[kept.number]))
    terms = facts.terms[kept.pk]
    first = terms[0].org if terms else None
    club = _club(first) if first else None
    matter = kept.matter or (club.matter if club else None)
    story.steps += _wish(matter)
    if club:
        story.steps += _club_steps(club, first, facts.held[club.pk], facts.begun.get(club.pk))
    story.steps += [_kept(kept, term) for term in terms]
    story.steps += [_decision(one) for one in facts.decisions[kept.pk]]
    story.steps += _counted(kept, facts.counts[kept.pk])
    story.steps += _noticed(facts.findings[kept.pk])
    for org in {term.org_id: term.org for term in terms}.values():
        story.steps += _sent(org, facts.sent[org.pk], facts.told)
    return story


def _wish(matter: Matter | None) -> list[Step]:
    """What somebody said, where everybody may read it."""
    if matter is None or matter.publication != "shown" or matter.restriction:
        return []
    n = matter.voices_count + matter.me_too_count
    words = {"n": n, "what": matter.public_title or matter.title}
    if matter.kind in WISHES:
        said = ngettext("%(n)s 位邻居说“%(what)s”", "%(n)s 位邻居说“%(what)s”", n) % words
    else:
        said = ngettext("%(n)s 位邻居反映“%(what)s”", "%(n)s 位邻居反映“%(what)s”", n) % words
    url = address("portal:matter", matter.number)
    return [Step(clock.day_of(matter.created_at), said, url, said, "wish")]


def _club_steps(club: Club, org: Organisation, held: int, begun: date | None) -> list[Step]:
    on = clock.day_of(club.created_at)
    said = _("%(club)s成立") % {"club": org.name}
    url = address("academy:club", club.number) or address("people:group", org.pk)
    steps = [Step(on, said, url, said, "people")]
    if held and begun:
        text = ngettext("第一次活动，到现在 %(n)s 次", "第一次活动，到现在 %(n)s 次", held) % {"n": held}
        steps.append(Step(max(begun, on), text, url, "", "calendar"))
    return steps


def _kept(kept: KeptPlace, term: Keeping) -> Step:
    words = {"org": term.org.name, "place": kept.name}
    text = _("%(org)s开始照看%(place)s") % words
    short = _("照看起%(place)s") % words if _club(term.org) else text
    return Step(term.starts_on, text, reverse("academy:keeping", args=[kept.number]), short, "heart")


def _decision(one: PlaceEntry) -> Step:
    url = links.told([(one.link_kind, one.link)]).get(one.link, {}).get("url", "") if one.link else ""
    return Step(one.on, one.title, url, "", "vote")


def _counted(kept: KeptPlace, rows: list[PlaceCount]) -> list[Step]:
    if not rows:
        return []
    last = rows[-1]
    lines = sorted(last.lines.all(), key=lambda line: line.item.position)
    said = listed(f"{line.item.name} {line.n}{line.item.unit}" for line in lines[:3])
    words = {"n": len(rows), "what": said}
    text = ngettext("清点过 %(n)s 次，上一次：%(what)s", "清点过 %(n)s 次，上一次：%(what)s", words["n"])
    text %= words
    return [Step(last.on, text, f"{reverse('academy:keeping', args=[kept.number])}#counts", "", "list")]


def _noticed(rows: list[PlaceFinding]) -> list[Step]:
    matters = {row.voice.matter_id: row.voice.matter for row in rows}
    if not matters:
        return []
    n, done = len(matters), sum(not one.is_open for one in matters.values())
    short = ngettext("发现了 %(n)s 件事", "发现了 %(n)s 件事", n) % {"n": n}
    text = short
    if done:
        text += ngettext("，办好 %(n)s 件", "，办好 %(n)s 件", done) % {"n": done}
    shown = [one for one in matters.values() if one.publication == "shown" and not one.restriction]
    url = address("portal:matter", shown[-1].number) if shown else ""
    return [Step(clock.day_of(rows[0].created_at), text, url, text, "eye")]


def _sent(org: Organisation, rows: list[Delegation], told: dict[UUID, dict[str, Any]]) -> list[Step]:
    steps = []
    for one in rows:
        found = told.get(one.ref)
        if found is None:
            continue
        words = {"org": org.name, "what": found["title"]}
        text = _("%(org)s派代表去议“%(what)s”") % words
        short = _("派代表去议“%(what)s”") % words
        steps.append(Step(clock.day_of(one.created_at), text, found["url"], short, "chat"))
        if found.get("outcome"):
            steps.append(
                Step(found["outcome_on"], found["outcome"], found["outcome_url"], found["outcome"], "vote")
            )
    return steps


def _of_clubs(place: str, told: set[UUID], limit: int) -> list[Story]:
    """Clubs that grew out of a wish and keep no place (yet)."""
    here = Q(matter__publication="shown", matter__restriction="", place=place)
    rows = Club.objects.filter(here, org__is_public=True, state__in=("running", "resting"))
    clubs = list(rows.exclude(org__in=told).select_related("org", "matter").order_by("-id")[:limit])
    held, begun = _sessions([one.pk for one in clubs])
    orgs = [one.org_id for one in clubs]
    sent = _by(Delegation.objects.filter(org__in=orgs, state="sent").order_by("id"), "org_id")
    known = delegating.told([(one.kind, one.ref) for rows_ in sent.values() for one in rows_])
    found = []
    for one in clubs:
        url = address("academy:club", one.number) or address("people:group", one.org_id)
        story = Story(one.org.name, url)
        story.steps += _wish(one.matter)
        story.steps += _club_steps(one, one.org, held[one.pk], begun.get(one.pk))
        story.steps += _sent(one.org, sent[one.org_id], known)
        found.append(story)
    return found
