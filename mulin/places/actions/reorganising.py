"""Reorganisation: districts are merged, split or renamed, and everything that is alive follows.

The decision (new divisions, successions, chains, the journal line) is one transaction. What follows from it
(rows of every app, search, counters) is done in batches behind it; if that breaks off, the same command
finishes it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, counters, journal, recounting
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Chain, ChainAlias
from mulin.kernel.policy import require
from mulin.places import caching, following, renumbering
from mulin.places.divisions import DivisionFileError, RowError
from mulin.places.models import Division, Succession
from mulin.places.reorganisation import Plan, plan_reorganisation, read_crosswalk
from mulin.places.succession import current

# Districts made after the statistical list of 2023, by the ministry's list of 2025-12-31.
NEW_DISTRICTS = {"500157": "两江新区"}  # untranslated: an official name
_ROUNDS = 5
WATCH_DAYS = 2
Progress = Callable[[int, int | None, str], Any]


class CrosswalkProblems(ActionError):
    """The table cannot be applied; nothing was changed. `problems` are rows, `summary` the counts."""

    def __init__(self, problems: list[RowError], summary: dict[str, int]):
        first = problems[0].describe(get_language() or "zh-hans")
        message = _("对照表有 %(n)s 处对不上，没有做任何改动。第一处：%(first)s") % {
            "n": len(problems),
            "first": first,
        }
        super().__init__("crosswalk", message, field="file", status=422)
        self.problems, self.summary = problems, summary


class _Row(NamedTuple):
    """A division as the planner wants it: what is in use counts as the statistical system."""

    code: str
    name: str
    level: int
    kind: str
    system: str


def reorganise_divisions(
    *,
    actor: Actor,
    path: str | Path,
    on: date,
    names: Mapping[str, str] | None = None,
    new_codes: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> dict[str, int]:
    """Apply a crosswalk of streets from a day on. Returns {"streets", "moved", "unresolved"}.

    Needs `places.division:manage`. Old divisions end the day before `on`; new ones are made, and codes that
    no file gives are marked provisional. Successions let every old code resolve; live rows of every app,
    search and counters move; journal lines keep their codes, and a community keeps its chain. One journal
    line; the same table again changes nothing and finishes what was broken off. CrosswalkProblems when rows
    do not fit, ActionError when the file is none or the day has not come.
    """
    require(actor, "places.division:manage", settings.MULIN_SITE_PLACE)
    if on > clock.today():
        raise ActionError(
            "not-yet", _("这一天还没有到。请在调整生效当天或之后再做。"), field="on", status=422
        )
    plan = _plan(path, on, names or {}, new_codes or {})
    if plan.problems:
        raise CrosswalkProblems(plan.problems, plan.summary)
    told = progress or (lambda done, total, message: None)
    told(0, None, _("正在登记新区划"))
    with write():
        if _decide(plan):
            journal.record(
                "places.divisions.reorganised",
                actor=actor,
                data={
                    "on": on.isoformat(),
                    "streets": plan.streets,
                    "moved": plan.summary["moved"],
                    "from": sorted({move.old[:6] for move in plan.moves}),
                    "to": sorted({move.new[:6] for move in plan.moves}),
                },
            )
        caching.bump()
    follow(on, told)
    return plan.summary


def preview_reorganisation(
    *, actor: Actor, path: str | Path, on: date, names: Mapping[str, str] | None = None
) -> Plan:
    """What `reorganise_divisions` would do with this table: moves, new divisions, problems. Changes nothing.

    Needs `places.division:manage`. ActionError when the file is none.
    """
    require(actor, "places.division:manage", settings.MULIN_SITE_PLACE)
    return _plan(path, on, names or {}, {})


def _plan(path: str | Path, on: date, names: Mapping[str, str], new_codes: Mapping[str, str]) -> Plan:
    try:
        rows = read_crosswalk(path)
    except DivisionFileError as error:
        raise ActionError(
            "not-a-crosswalk",
            _("这个文件不是区划对照表：%(why)s。") % {"why": error},
            field="file",
            status=422,
        ) from error
    # What an earlier run decided stays decided, also when a longer table follows.
    decided = dict(Succession.objects.filter(on=on).values_list("old", "new"))
    given = {old: new for old, new in decided.items() if not old.endswith("000")} | dict(new_codes)
    return plan_reorganisation(
        rows, list(_valid_before(rows, on)), on, names={**NEW_DISTRICTS, **names}, new_codes=given
    )


def _valid_before(rows: Iterable[Mapping[str, str]], on: date) -> Iterator[_Row]:
    """The divisions of the day before that matter: all large ones, and what lies in the districts named."""
    areas = {row.get(key, "")[:6] for row in rows for key in ("new_street_code", "old_street_code")}
    inside = Q(level__lte=4)
    for area in sorted(areas):
        if len(area) == 6 and codes.is_valid(area + "000000"):
            low, high = codes.bounds(codes.pad(area))
            inside |= Q(code__gte=low, code__lt=high)
    day = on - timedelta(days=1)
    valid = (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))
    found = Division.objects.filter(inside, valid).order_by("level", "code")
    for code, name, level, kind, system, in_use in found.values_list(
        "code", "name", "level", "kind", "system", "in_use"
    ).iterator(chunk_size=5000):
        if system != "nbs" and in_use:
            yield _Row(code, name, level, kind, "nbs")
        yield _Row(code, name, level, kind, system)


def _decide(plan: Plan) -> bool:
    """Write the new divisions, the successions and the chains; close the old. False: all was there."""
    known = set(Succession.objects.filter(on=plan.on).values_list("old", "new"))
    fresh = [move for move in plan.moves if (move.old, move.new) not in known]
    _create(plan)
    targets = {move.new for move in plan.moves}
    for division in Division.objects.filter(system="mca", code__in=targets, valid_to=None, in_use=False):
        # The ministry hangs the districts of a municipality on it; the tree in use has a city between.
        division.in_use, division.parent = True, codes.parent(division.code) or ""
        division.save(update_fields=["in_use", "parent"])
    closing = Division.objects.filter(code__in=plan.closed, in_use=True, valid_to=None)
    closing = closing.filter(Q(valid_from=None) | Q(valid_from__lt=plan.on))
    closing.update(valid_to=plan.on - timedelta(days=1))
    Succession.objects.bulk_create(
        [
            Succession(old=move.old, new=move.new, on=plan.on, note="provisional" if move.provisional else "")
            for move in fresh
        ],
        batch_size=500,
    )
    _alias(plan)
    return bool(fresh)


def _create(plan: Plan) -> None:
    """The divisions that are not there yet, with the outline and telephone of the community they were."""
    wanted = {division.code: division for division in plan.created}
    there = set(
        Division.objects.filter(code__in=wanted, valid_to=None)
        # A community that another one goes into is there in whatever system.
        .filter(Q(system="mca") | Q(level=12, in_use=True) & ~Q(code__in=plan.closed))
        .values_list("code", flat=True)
    )
    back = {move.new: move.old for move in plan.moves if move.level == 12}
    old = {
        division.code: division
        for division in Division.objects.filter(code__in=back.values(), in_use=True).order_by("valid_from")
    }
    made = []
    for code, division in wanted.items():
        if code in there:
            continue
        before = old.get(back.get(code, ""))
        made.append(
            Division(
                code=code,
                system=division.system,
                name=division.name,
                short_name=division.short_name,
                level=division.level,
                kind=division.kind,
                parent=division.parent,
                valid_from=plan.on,
                is_provisional=division.invented and division.level == 12,
                is_placeholder=division.invented and division.level < 12,
                shape=before.shape if before else None,
                phone=before.phone if before else "",
            )
        )
    Division.objects.bulk_create(made, batch_size=500)


def _alias(plan: Plan) -> None:
    """A community keeps the chain of the journal that it began under its old code."""
    keys = dict(ChainAlias.objects.values_list("place", "key"))
    started = set(
        Chain.objects.filter(key__in={move.new for move in plan.moves}).values_list("key", flat=True)
    )
    made: dict[str, ChainAlias] = {}
    for move in plan.moves:
        if move.new not in keys and move.new not in started and move.new not in made:
            made[move.new] = ChainAlias(place=move.new, key=keys.get(move.old, move.old))
    ChainAlias.objects.bulk_create(made.values(), batch_size=500)


def follow(on: date, told: Progress) -> int:
    """Live rows, search and counters take the codes that were decided for a day, again and again until
    nothing is left at an old one: who wrote with an old code while this ran is caught by the next round."""
    mapping, moves = _moves(on)
    total = 0

    def tell(label: str, n: int) -> None:
        told(n, None, _("%(table)s：更新 %(n)s 处") % {"table": label, "n": n})

    for _round in range(_ROUNDS):
        counters.fold_all()
        moves.sites = renumbering.renumber(mapping, on)
        done = following.rewrite_all(mapping | moves.sites, tell)
        done += following.move_counts(moves)
        total += done
        if not done:
            break
    # Records may have gone from places that were counted already to places that were not.
    again = recounting.counted() if moves.mixed() else recounting.counted().intersection(counters.missing())
    if total and again:
        recounting.begin(again)
    with write():
        caching.bump()
    return total


def catch_up() -> int:
    """What a process that had not yet noticed a reorganisation wrote with old codes. For the worker, in the
    days after one; else it costs one statement."""
    recent = Succession.objects.filter(created_at__gte=clock.ago(days=WATCH_DAYS))
    days = set(recent.values_list("on", flat=True))
    return sum(follow(day, lambda done, total, message: None) for day in sorted(days))


def _moves(on: date) -> tuple[dict[str, str], following.CountMoves]:
    """Old code -> new code of divisions that ended that day, and what it means for counters."""
    targets: dict[str, list[str]] = defaultdict(list)
    for old, new in Succession.objects.filter(on=on).order_by("new").values_list("old", "new"):
        targets[old].append(new)
    ended = set(
        Division.objects.filter(code__in=targets, in_use=True, valid_to=on - timedelta(days=1)).values_list(
            "code", flat=True
        )
    )
    communities = {old: new[0] for old, new in targets.items() if codes.level(old) == codes.Level.COMMUNITY}
    merged = renumbering.merges(communities, on)
    went: dict[str, set[str]] = defaultdict(set)
    for old, new in communities.items():
        went[codes.street(old)].add(codes.street(new))
    whole, rest = {}, {}
    for old in sorted(ended - communities.keys()):
        is_street = codes.level(old) == codes.Level.STREET
        if is_street and len(targets[old]) == 1 and went[old] <= set(targets[old]):
            whole[old] = targets[old][0]
        else:
            rest[old] = current(old, on)
    return communities | whole | rest, following.CountMoves(communities, whole, rest, merged=merged)
