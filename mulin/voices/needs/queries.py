"""Reads about needs: the whole list for staff, what is on it for everybody."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.kernel import clock, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.language import either
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.voices.models import Matter
from mulin.voices.needs import counting, ranking, states
from mulin.voices.needs.models import Need, NeedSource, NeedStep
from mulin.voices.queries import PUBLIC

VIEW, COLLECT = "voices.need:view", "voices.need:collect"
MANAGE, SETTLE = "voices.need:manage", "voices.need:settle"
FIELDS = Fields(place="place", grid="grid", orgs="owner", divisions=True)
DONE_SHOWN = 20


def target_of(need: Need) -> Target:
    """What a permission on a need is asked for."""
    return Target(need.place, need.grid, orgs=frozenset({need.owner_id} if need.owner_id else ()))


def visible_needs(actor: Actor) -> QuerySet[Need]:
    """Needs that the actor may read with all that led to them, drafts too."""
    return Need.objects.filter(policy.visible(actor, VIEW, FIELDS)).select_related("owner")


def get_need(actor: Actor, number: str, *, lock: bool = False) -> Need:
    """One need for a worker, or NotVisible (404)."""
    seen = Need.objects.filter(policy.visible(actor, VIEW, FIELDS), number=clean_number(number))
    found = (seen.select_for_update() if lock else seen.select_related("owner")).first()
    if found is None:
        raise NotVisible(number)
    return found


def get_public_need(number: str) -> Need:
    """One need as everybody may read it, also when it was taken off the list; NotVisible (404) for drafts."""
    shown = Need.objects.filter(state__in=states.PUBLIC, number=clean_number(number))
    found = shown.select_related("owner").first()
    if found is None:
        raise NotVisible(number)
    return found


# The rank, in words -------------------------------------------------------------------------------------


def _word(entry: dict[str, Any]) -> str:
    return either(entry["zh"], entry.get("en", ""))


def urgency_words(place: str) -> list[str]:
    """The steps of urgency, the least first."""
    return [_word(one) for one in rulebook.value("voices.needs.urgency", at=place)]


def group_words(place: str) -> dict[str, str]:
    """Code -> name of those who need most care."""
    return {one["code"]: _word(one) for one in rulebook.value("voices.needs.groups", at=place)}


def weights_at(place: str) -> ranking.Weights:
    """How needs are ranked in a community."""

    def steps(name: str) -> ranking.Steps:
        return tuple(sorted((one["from"], one["points"]) for one in rulebook.value(name, at=place)))

    return ranking.Weights(
        urgency=tuple(one["points"] for one in rulebook.value("voices.needs.urgency", at=place)),
        people=steps("voices.needs.people"),
        months=steps("voices.needs.months"),
        group=rulebook.value("voices.needs.group_points", at=place),
        groups_most=rulebook.value("voices.needs.group_points_most", at=place),
    )


@dataclass(slots=True)
class Row:
    """A need with what a list says of it. `rank` is 0 for what is not ranked. `why`: (words, points)."""

    need: Need
    heard: counting.Heard
    score: ranking.Score
    rank: int = 0
    why: list[tuple[str, int]] = field(default_factory=list)

    @property
    def people(self) -> str:
        return counting.people_words(self.heard.total)


def rows(needs: Iterable[Need]) -> list[Row]:
    """Needs with counts and reasons; those on a list in the order of their rank, community by community the
    first ones first; then the others, the latest first."""
    needs = list(needs)
    heard = counting.heard([one.pk for one in needs])
    by_place: dict[str, list[Need]] = {}
    for one in needs:
        by_place.setdefault(one.place, []).append(one)
    made = [row for place, some in by_place.items() for row in _ranked(place, some, heard)]
    on_list = sorted((one for one in made if one.rank), key=lambda row: (row.rank, -row.score.total))
    return on_list + sorted((one for one in made if not one.rank), key=lambda row: row.need.pk, reverse=True)


def _facts(need: Need, heard: counting.Heard) -> ranking.Facts:
    moment = need.listed_at or need.created_at
    return ranking.Facts(
        key=need.number,
        urgency=need.urgency,
        people=heard.total,
        months=ranking.months_between(need.since, clock.today()),
        groups=len(need.groups),
        came=moment.timestamp(),
        fixed=need.fixed_rank,
    )


def _ranked(place: str, needs: list[Need], counts: dict[UUID, counting.Heard]) -> list[Row]:
    nobody = counting.Heard(0, {})
    weights = weights_at(place)
    facts = {one.number: _facts(one, counts.get(one.pk, nobody)) for one in needs}
    on_list = [facts[one.number] for one in needs if one.state in states.RANKED]
    places = {one.key: n for n, one in enumerate(ranking.order(on_list, weights), 1)}
    found = []
    for one in needs:
        score = ranking.score(facts[one.number], weights)
        row = Row(one, counts.get(one.pk, nobody), score, places.get(one.number, 0))
        row.why = _why(one, facts[one.number], score, weights)
        found.append(row)
    return found


def _why(
    need: Need, facts: ranking.Facts, score: ranking.Score, weights: ranking.Weights
) -> list[tuple[str, int]]:
    """Where the points come from, in words; a criterion that gave none is left out."""
    urgency, groups = urgency_words(need.place), group_words(need.place)
    least, _points = ranking.reached(weights.people, facts.people)
    months = facts.months
    words = [
        (urgency[min(need.urgency, len(urgency) - 1)] if urgency else "", score.urgency),
        (_("%(n)s 人以上说过") % {"n": least}, score.people),
        (ngettext("已经 %(n)s 个月", "已经 %(n)s 个月", months) % {"n": months}, score.months),
        (_("涉及%(who)s") % {"who": _("、").join(groups.get(c, c) for c in need.groups)}, score.groups),
    ]
    return [(text, points) for text, points in words if points]


# Lists -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class PublicList:
    """A community's list as everybody reads it: by rank; what cannot be done now; what was done."""

    ranked: list[Row]
    not_now: list[Row]
    done: list[Row]

    def __bool__(self) -> bool:
        return bool(self.ranked or self.not_now or self.done)


def public_list(place: str) -> PublicList:
    """The list of a community."""
    shown = Need.objects.filter(place=place, state__in=(*states.RANKED, "not_now")).select_related("owner")
    done = Need.objects.filter(place=place, state="done").select_related("owner").order_by("-id")
    found = rows([*shown, *done[:DONE_SHOWN]])
    return PublicList(
        ranked=[one for one in found if one.rank],
        not_now=[one for one in found if one.need.state == "not_now"],
        done=[one for one in found if one.need.state == "done"],
    )


def row_of(need: Need) -> Row:
    """One need with its rank among all of its community."""
    others = Need.objects.filter(place=need.place, state__in=states.RANKED).exclude(pk=need.pk)
    return next(one for one in rows([need, *others]) if one.need.pk == need.pk)


def public_matters_of(need: Need) -> list[Matter]:
    """Published matters that a need was heard in, as they are now."""
    linked = need.sources.exclude(matter=None).values_list("matter", flat=True)
    now = counting.effective(list(linked))
    return list(Matter.objects.filter(PUBLIC, pk__in={one.pk for one in now.values()}).order_by("id"))


def sources_of(need: Need) -> list[NeedSource]:
    """Where it was heard, the latest first, with its matters and texts read along."""
    return list(need.sources.select_related("matter", "sheet__survey").order_by("-id"))


def steps_of(need: Need) -> list[NeedStep]:
    """What everybody was told of it, oldest first."""
    return list(need.steps.select_related("owner").order_by("id"))


# What it is linked to --------------------------------------------------------------------------------------


def needs_of_matter(matter: UUID) -> list[Need]:
    """The needs that a matter was linked to."""
    return list(Need.objects.filter(sources__matter=matter).order_by("id"))


def needs_of_texts(sheets: Collection[UUID]) -> dict[tuple[UUID, str], str]:
    """(sheet, question) -> number of the need that this text feeds."""
    found = NeedSource.objects.filter(sheet__in=sheets).values_list("sheet", "question", "need__number")
    return {(sheet, question): number for sheet, question, number in found}


def joinable(actor: Actor, place: str) -> list[Need]:
    """Needs of a community to which something more can be linked: those not done, on the list first."""
    open_now = Q(state__in=("draft", *states.RANKED, "not_now"))
    return [row.need for row in rows(visible_needs(actor).filter(open_now, place=place))]
