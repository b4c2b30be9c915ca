"""Figures of sessions: how many, how often people came (person-times), and how many different people.

Person-times count heads at the door. Different people can only be told apart by their accounts: that figure
is smaller, and says so. Small figures of people stay hidden.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Case, CharField, Count, F, IntegerField, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, NullIf
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.academy import catalogues
from mulin.academy.sessions import queries
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, policy, suppression
from mulin.kernel.actors import Actor

HIDDEN = "·"
# To tell people apart, every sign-up must be read. Of so many sessions that answer is kept for some minutes:
# until then it may miss that a list was put right for another person without changing how many came.
MANY, KEPT_SECONDS = 500, 600


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; figures of people are words, hidden where they are small."""

    title: str
    sessions: int
    person_times: str
    persons: str


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a range of days."""

    total: Line
    by_union: list[Line]
    by_theme: list[Line]
    by_month: list[Line]
    hides: bool

    def tables(self) -> list[tuple[str, list[Line]]]:
        return [(_("按联盟"), self.by_union), (_("按主题"), self.by_theme), (_("按月"), self.by_month)]


def report(actor: Actor, since: date, until: date, *, place: str = "") -> Report:
    """What took place between two days, where the actor may see figures; eight statements at most.

    Who: academy.session:figures."""
    held = Session.objects.filter(policy.visible(actor, queries.FIGURES, queries.FIELDS), state="held")
    held = held.filter(queries.between(since, until))
    if place:
        held = held.filter(place=place)
    total = held.aggregate(n=Count("pk"), times=Sum("came"), last=Max("number"))
    keys = (_unions(), _themes(), _months(since, until))
    people, *persons = _kept_persons(held, keys, total)
    tables = [_table(held, *key, known) for key, known in zip(keys, persons, strict=True)]
    whole = Line(_("合计"), total["n"], _small(total["times"] or 0), _small(people))
    hides = HIDDEN in {v for t in [*tables, [whole]] for one in t for v in (one.person_times, one.persons)}
    return Report(whole, *tables, hides)


def _kept_persons(held: QuerySet, keys: tuple, total: dict[str, Any]) -> list:
    """Different people in all, then by the groups of each table; kept where there are many sessions."""
    if total["n"] < MANY:
        return _persons(held, keys)
    name = sha256(f"{held.query}{total}".encode()).hexdigest()
    return cache.get_or_set(f"academy.figures:{name}", lambda: _persons(held, keys), KEPT_SECONDS)


def _persons(held: QuerySet, keys: tuple) -> list:
    people = _people(held)
    found: list[Any] = [people.aggregate(n=Count("account", distinct=True))["n"]]
    for _key, inside, _title in keys:
        rows = people.annotate(k=inside).order_by("k").values("k")
        found.append({one["k"]: one["n"] for one in rows.annotate(n=Count("account", distinct=True))})
    return found


def _people(held: QuerySet) -> QuerySet:
    """Sign-ups with an account of whom somebody came."""
    return Signup.objects.filter(session__in=held.values("pk"), account__isnull=False, came__gt=0)


def _table(held: QuerySet, key: Any, _inside: Any, title: Any, persons: dict[Any, int]) -> list[Line]:
    """One table: `key` groups sessions, `title` says a group, `persons` are its different people."""
    rows = held.annotate(k=key).order_by("k").values("k").annotate(n=Count("pk"), times=Sum("came"))
    found = {one["k"]: (one["n"], one["times"] or 0) for one in rows}
    hidden_times = suppression.protect({k: times for k, (_n, times) in found.items()})
    hidden_people = suppression.protect({k: persons.get(k, 0) for k in found}, total_shown=False)
    return [
        Line(
            title(k), n, HIDDEN if k in hidden_times else str(times),
            HIDDEN if k in hidden_people else str(persons.get(k, 0)),
        )
        for k, (n, times) in found.items()
    ]  # fmt: skip


def _small(n: int) -> str:
    return HIDDEN if 0 < n < suppression.LIMIT else str(n)


def _unions() -> tuple:
    def union(prefix: str) -> Any:
        themes: dict[str, list[str]] = {}
        for code, theme in catalogues.themes().items():
            themes.setdefault(theme.union, []).append(code)
        cases = [When(**{f"{prefix}theme__in": codes}, then=Value(code)) for code, codes in themes.items()]
        by_theme = Case(*cases, default=Value(""), output_field=CharField())
        own = NullIf(F(f"{prefix}club__union"), Value(""))
        return Coalesce(own, by_theme, output_field=CharField())

    return union(""), union("session__"), lambda code: catalogues.union_name(code) if code else _("没有分类")


def _themes() -> tuple:
    return F("theme"), F("session__theme"), lambda code: catalogues.theme_name(code) or _("没有分类")


def _months(since: date, until: date) -> tuple:
    """Months by their bounds: SQLite would ask Python for the month of every sign-up."""
    firsts = [since.replace(day=1)]
    while len(firsts) < 2 or firsts[-1] <= until:
        firsts.append((firsts[-1] + timedelta(days=31)).replace(day=1))

    def month(column: str) -> Any:
        bounds = [queries.start_of(one) for one in firsts[1:]]
        cases = [When(**{f"{column}__lt": end}, then=Value(n)) for n, end in enumerate(bounds)]
        return Case(*cases, output_field=IntegerField())

    words = pgettext("date format", "Y年n月")
    return month("starts_at"), month("session__starts_at"), lambda n: date_format(firsts[n], words)


def years(actor: Actor) -> list[int]:
    """The years of which there is something to see, the latest first."""
    held = Session.objects.filter(
        policy.visible(actor, queries.FIGURES, queries.FIELDS), Q(state="held")
    ).order_by("starts_at")
    first = held.values_list("starts_at", flat=True).first()
    last = clock.today().year
    return list(range(last, (clock.day_of(first).year if first else last) - 1, -1))


def rows_of(found: Report) -> Iterable[tuple[str, list[tuple]]]:
    """The tables as rows for a file."""
    for title, lines in found.tables():
        yield title, [(one.title, one.sessions, _cell(one.person_times), _cell(one.persons)) for one in lines]


def _cell(text: str) -> int | str:
    return int(text) if text.isdigit() else text
