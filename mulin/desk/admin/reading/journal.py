"""The journal as an auditor reads it: lines narrowed by code, place, person and time, said in words."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from mulin.desk.admin import where
from mulin.desk.admin.reading import rules
from mulin.kernel import clock, codes, policy, registry, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Chain, Entry
from mulin.people import queries
from mulin.people.models import Account, Organisation
from mulin.voices.models import Matter

SEE = "kernel.journal:view"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked for. `wrong` says what could not be understood; then nothing is found."""

    code: str = ""
    place: str = ""
    person: str = ""
    since: date | None = None
    until: date | None = None
    wrong: str = ""

    @property
    def is_narrow(self) -> bool:
        return bool(self.code or self.place or self.person or self.since or self.until or self.wrong)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def wanted(data: QueryDict) -> Wanted:
    place, wrong = "", ""
    if data.get("place", "").strip():
        try:
            place = where.found(data["place"])
        except ValueError as error:
            wrong = str(error)
    return Wanted(
        data.get("code", ""), place, data.get("person", "").strip(),
        _day(data.get("since", "")), _day(data.get("until", "")), wrong,
    )  # fmt: skip


def visible(actor: Actor) -> QuerySet[Entry]:
    """Lines at the places of one's post; lines of the whole system for whoever covers the whole site.

    Not those of tip-offs and major matters that the reader may not see: the first of them names who spoke.
    """
    seen = policy.visible(actor, SEE, policy.Fields(place="place"))
    if seen and policy.can(actor, SEE, settings.MULIN_SITE_PLACE):
        seen |= Q(place="")
    rows = Entry.objects.filter(seen)
    for restriction in ("tip_off", "major"):
        closed = Matter.objects.filter(pk=OuterRef("matter"), restriction=restriction)
        opened = policy.visible(actor, f"cases.case:view_{restriction}", policy.Fields(place="place"))
        # An empty condition means everything, and would vanish when joined with OR.
        rows = rows.filter(~Exists(closed) | opened) if opened else rows
    return rows


def lines(actor: Actor, what: Wanted) -> QuerySet[Entry]:
    """The lines that were asked for. A code narrows exactly, or by module with a dot at its end."""
    rows = visible(actor)
    if what.wrong:
        return rows.none()
    if what.code:
        rows = (
            rows.filter(code__startswith=what.code)
            if what.code.endswith(".")
            else rows.filter(code=what.code)
        )
    if what.place:
        low, high = codes.bounds(what.place)
        rows = rows.filter(place__gte=low, place__lt=high)
    if what.person:
        rows = _of_person(rows, what.person)
    if what.since:
        rows = rows.filter(at__gte=clock.midnight(what.since))
    if what.until:
        rows = rows.filter(at__lt=clock.midnight(what.until) + timedelta(days=1))
    return rows


def _of_person(rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    if text in {"system", _("系统")}:
        return rows.filter(actor_kind="system")
    found = Account.objects.filter(username=text).first() or queries.account_by_phone(text)
    ids = [found.pk] if found else list(Account.objects.filter(name=text).values_list("pk", flat=True)[:20])
    return rows.filter(actor__in=ids)


def say(entry: Entry) -> str:
    """A line as a sentence; a code that no module knows any more stays a code."""
    sentence = registry.sentences().get(entry.code)
    if sentence is None:
        return entry.code
    data = dict(entry.data)
    if "place" in data and "place" not in sentence.labels and isinstance(data["place"], str):
        data["place"] = where.name(data["place"]) or data["place"]
    if entry.code.startswith("kernel.rule.") and data.get("name") in rulebook.book().names():
        data["name"] = rules.title(data["name"])
    return sentence.say(data)


def told(entries: list[Entry]) -> list[dict[str, Any]]:
    """The lines with the names of people, units and places, in three statements."""
    people = {
        one.pk: str(one) for one in Account.objects.filter(pk__in={e.actor for e in entries if e.actor})
    }
    units = {
        one.pk: one.name for one in Organisation.objects.filter(pk__in={e.org for e in entries if e.org})
    }
    names = where.names({entry.place for entry in entries if entry.place})
    kinds = {"system": _("系统"), "anonymous": _("没有登录的人"), "person": _("已注销的账户")}
    return [
        {
            "entry": entry,
            "what": say(entry),
            "who": people.get(entry.actor) or kinds.get(entry.actor_kind, ""),
            "unit": units.get(entry.org, ""),
            "where": names.get(entry.place, ""),
        }
        for entry in entries
    ]


def code_choices() -> list[tuple[Any, Any]]:
    """All codes by module, with their sentence; a module alone stands for all of its lines."""
    found: list[tuple[Any, Any]] = []
    for module in registry.modules():
        if module.sentences:
            inside = [(code, sentence.say({})) for code, sentence in sorted(module.sentences.items())]
            found.append((module.title, [(f"{module.name}.", _("全部")), *inside]))
    return found


def heads(actor: Actor, limit: int = 200) -> list[dict[str, Any]]:
    """The chains in the actor's reach with how long they are and their last hash: written down elsewhere,
    they prove later that nothing was changed."""
    rows = Chain.objects.order_by("key")
    if not policy.can(actor, SEE, settings.MULIN_SITE_PLACE):
        inside = Q(pk__in=[])
        for scope in policy.scopes(actor, SEE):
            inside |= Q(key__gte=scope.low, key__lt=scope.high) if scope.kind == "range" else Q(key=scope.low)
        rows = rows.filter(inside)
    rows = list(rows[:limit])
    names = where.names({row.key for row in rows if codes.is_valid(row.key)})
    ids = {row.key[4:] for row in rows if row.key.startswith("org:")}
    units = {f"org:{one.pk}": one.name for one in Organisation.objects.filter(pk__in=ids)}
    return [
        {
            "chain": row,
            "name": _("系统") if row.key == "system" else units.get(row.key) or names.get(row.key, row.key),
        }
        for row in rows
    ]


def as_csv(entries: Iterable[Entry], size: int = 1000) -> Iterator[str]:
    """A spreadsheet of lines, header first, in pieces: memory stays flat."""
    out = io.StringIO()
    writer = csv.writer(out)
    head = (
        _("什么时候"), _("代码"), _("做了什么"), _("谁"), _("单位"), _("在哪里"), _("地点代码"), _("链"),
        _("链上第几条"), _("校验值"),
    )  # fmt: skip
    writer.writerow(head)
    batch: list[Entry] = []

    def flush() -> str:
        for one in told(batch):
            entry = one["entry"]
            row = (
                entry.at.astimezone(clock.zone()).isoformat(timespec="seconds"), entry.code, one["what"],
                one["who"], one["unit"], one["where"], entry.place, entry.chain, entry.seq or "", entry.hash,
            )  # fmt: skip
            writer.writerow([_safe(cell) for cell in row])
        text = out.getvalue()
        out.seek(0)
        out.truncate()
        batch.clear()
        return text

    for entry in entries:
        batch.append(entry)
        if len(batch) >= size:
            yield flush()
    yield flush()


def _safe(cell: Any) -> Any:
    """A spreadsheet must not take a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@" else cell


def require(actor: Actor) -> None:
    if not policy.can_somewhere(actor, SEE):
        raise ActionError(
            "not-allowed", _("您现在的岗位不能做这件事。需要时请联系本社区或上级的管理员。"), status=403
        )
