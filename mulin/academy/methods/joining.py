"""When two communities, streets or districts become one: what both have of one method becomes one too.

Of each such pair one goes on: the one that is at the new code already, else the older one; of adoptions the
one that was told of last. What the other one says is added to it.
"""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.methods import actions
from mulin.academy.methods.models import Adoption, Criterion, Method, Pilot, PilotSite, Spread
from mulin.kernel import clock
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write
from mulin.places.joining import meeting
from mulin.places.queries import name_of

SAID = ("changes", "result")


def join_methods(mapping: Mapping[str, str]) -> int:
    """Join what would be twice under the new codes (`mapping`: old code -> new code). For the reorganisation
    of places, before its rows are rewritten; one transaction and one line each, so it can be run again.
    Returns how many rows were joined to another one."""
    running = meeting(Pilot.objects.filter(state="running"), mapping, "method")
    n = sum(_join_pilots(place, pks) for (place, _method), pks in running.items())
    n += _join_sites(mapping)
    spreads = meeting(Spread.objects.all(), mapping, "method")
    n += sum(_join_spreads(place, pks) for (place, _method), pks in spreads.items())
    adoptions = meeting(Adoption.objects.filter(org=None), mapping, "method")
    return n + sum(_join_adoptions(place, pks) for (place, _method), pks in adoptions.items())


def _held(model: type, pks: list[UUID]) -> list:
    """The rows in the order of the ids, locked under their method, as the actions do."""
    methods = model.objects.filter(pk__in=pks).values("method")
    list(Method.objects.select_for_update().filter(pk__in=methods))
    rows = {one.pk: one for one in model.objects.select_for_update().filter(pk__in=pks)}
    return [rows[pk] for pk in pks if pk in rows]


def _join_pilots(place: str, pks: list[UUID]) -> int:
    """The one that goes on runs in the communities of both, from the first day to the last, and is held
    against the criteria of both. The others are stopped and keep what they were."""
    with write():
        first, *others = [one for one in _held(Pilot, pks) if one.state == "running"] or [None]
        for one in others:
            first.starts_on = min(first.starts_on, one.starts_on)
            first.ends_on = max(first.ends_on, one.ends_on)
            _share(one, first)
            one.state, one.ended_at = "stopped", clock.now()
            one.conclusion = _("两地合并，这次试点并入 %(number)s 接着做。") % {"number": first.number}
            one.save(update_fields=["state", "ended_at", "conclusion"])
            data = {"pilot": first.number, "other": one.number}
            actions.line("academy.pilot.joined", SYSTEM, first.method, place=place, **data)
        if others:
            first.save(update_fields=["starts_on", "ends_on"])
    return len(others)


def _share(one: Pilot, first: Pilot) -> None:
    has = set(first.sites.values_list("place", flat=True))
    sites = one.sites.order_by("id").values_list("place", flat=True)
    PilotSite.objects.bulk_create(PilotSite(pilot=first, place=site) for site in sites if site not in has)
    known = list(first.criteria.order_by("position"))
    same = {(row.words, row.direction, row.target, row.unit) for row in known}
    last = known[-1].position if known else 0
    for row in one.criteria.order_by("position"):
        if (row.words, row.direction, row.target, row.unit) not in same:
            last += 1
            Criterion.objects.create(
                pilot=first, position=last, words=row.words, direction=row.direction, target=row.target,
                unit=row.unit,
            )  # fmt: skip


def _join_sites(mapping: Mapping[str, str]) -> int:
    """A pilot that ran in two communities runs in the one that they became."""
    twice = [pk for pks in meeting(PilotSite.objects.all(), mapping, "pilot").values() for pk in pks[1:]]
    with write():
        return PilotSite.objects.filter(pk__in=twice).delete()[0]


def _join_spreads(place: str, pks: list[UUID]) -> int:
    with write():
        rows = _held(Spread, pks)
        first, *others = rows or [None]
        words = _all([(one.place, one.words) for one in rows])
        for one in others:
            one.delete()
            actions.line("academy.spread.joined", SYSTEM, first.method, place=place)
        if others:
            first.words = words
            first.save(update_fields=["words"])
    return len(others)


def _join_adoptions(place: str, pks: list[UUID]) -> int:
    with write():
        rows = _held(Adoption, pks)
        rows.sort(key=lambda one: one.told_at.timestamp() if one.told_at else 0, reverse=True)
        first, *others = rows or [None]
        said = {name: _all([(one.place, getattr(one, name)) for one in rows]) for name in SAID}
        for one in others:
            one.delete()
            data = {"adoption": first.number, "other": one.number}
            actions.line("academy.adoption.joined", SYSTEM, first.method, place=place, **data)
        if others:
            first.changes, first.result = (said[name] for name in SAID)
            first.save(update_fields=SAID)
    return len(others)


def _all(parts: list[tuple[str, str]]) -> str:
    """Words of several places one after the other, each under its place's name; what is the same, once."""
    said = [(place, words) for place, words in parts if words]
    if len({words for _place, words in said}) < 2:
        return said[0][1] if said else ""
    return "\n".join(f"{name_of(place)}：{words}" for place, words in said)  # untranslated: names, a colon
