"""Kept places as pages show them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mulin.academy.keeping import access, counting, links, states
from mulin.academy.keeping.duties import is_open
from mulin.academy.keeping.models import (
    Duty,
    EntryPhoto,
    Keeping,
    KeptPlace,
    PlaceCount,
    PlaceEntry,
    PlaceFinding,
    Rota,
)
from mulin.kernel import clock, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.days import day_words
from mulin.places.queries import names_of
from mulin.voices.models import Matter
from mulin.voices.queries import public_matters

MOST_LINES = 3


def listed(words: Iterable[str]) -> str:
    """Words one after the other, as a sentence lists them."""
    return pgettext("list", "、").join(words)


def place_url(kept: KeptPlace, name: str = "keeping", *args: Any) -> str:
    return reverse(f"academy:{name}", args=[kept.number, *args])


def where(kept: KeptPlace) -> str:
    """Where a place is, in words."""
    named = kept.site.name if kept.site else kept.venue.name if kept.venue else ""
    return "，".join(filter(None, (named, kept.spot)))


def rows(found: Sequence[KeptPlace]) -> list[dict[str, Any]]:
    """Places as lines of a list: who keeps them, since when, with the latest picture. Three statements; each
    place comes with its `site` and `venue`."""
    ids = [one.pk for one in found]
    terms: dict[UUID, list[Keeping]] = defaultdict(list)
    shown = Keeping.objects.filter(kept__in=ids, state__in=states.PUBLIC_STATES)
    for one in shown.select_related("org").order_by("starts_on", "id"):
        terms[one.kept_id].append(one)
    latest = _latest_photos(ids)
    return [
        {
            "name": one.name,
            "where": where(one),
            "url": place_url(one),
            "number": one.number,
            "place": one.place,
            "keepers": [term.org.name for term in terms[one.pk] if term.state == "kept"],
            "keepers_words": listed(term.org.name for term in terms[one.pk] if term.state == "kept"),
            "since": min((term.starts_on for term in terms[one.pk] if term.state == "kept"), default=None),
            "is_kept": any(term.state == "kept" for term in terms[one.pk]),
            "photo": latest.get(one.pk),
        }
        for one in found
    ]


def _latest_photos(ids: list[UUID]) -> dict[UUID, dict[str, str]]:
    found: dict[UUID, dict[str, str]] = {}
    rows = EntryPhoto.objects.filter(entry__kept__in=ids).select_related("entry")
    for one in rows.order_by("entry__on", "id"):
        found[one.entry.kept_id] = photo(one)
    return found


def photo(one: EntryPhoto) -> dict[str, str]:
    """A picture as a grid shows it."""
    alt = one.alt or one.entry.title
    large, thumb = (reverse("academy:keeping-photo", args=[one.pk, size]) for size in ("large", "thumb"))
    return {"url": large, "thumb": thumb, "alt": alt, "id": one.pk}


def entries(kept: KeptPlace) -> list[dict[str, Any]]:
    """The history, oldest first, with pictures and what it leads to."""
    found = list(kept.entries.prefetch_related("photos").order_by("on", "id"))
    pairs = [(one.link_kind, one.link) for one in found if one.link_kind]
    told = links.told(pairs)
    matters = {pk for kind, pk in pairs if kind == links.MATTER}
    theirs = links.photos_of(matters) if matters else {}
    return [_entry(one, told.get(one.link), theirs.get(one.link, [])) for one in found]


def _entry(one: PlaceEntry, told: dict[str, str] | None, theirs: list[dict[str, str]]) -> dict[str, Any]:
    own = []
    for each in one.photos.all():
        each.entry = one
        own.append(photo(each))
    return {
        "id": one.pk,
        "on": one.on,
        "stage": one.stage,
        "stage_word": str(states.STAGES[one.stage]),
        "icon": states.STAGE_ICONS[one.stage],
        "title": one.title,
        "text": one.text,
        "photos": [*own, *theirs],
        "own": own,
        "link": told,
    }


def before_and_after(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The first picture of before beside the latest of after; None where one is missing."""
    first = next((one for one in found if one["stage"] == "before" and one["photos"]), None)
    last = next((one for one in reversed(found) if one["stage"] == "after" and one["photos"]), None)
    if not (first and last):
        return None
    return {
        "before": first["photos"][0], "before_on": first["on"],
        "after": last["photos"][0], "after_on": last["on"],
    }  # fmt: skip


def terms(kept: KeptPlace, *, everything: bool = False) -> list[dict[str, Any]]:
    """Who kept it, and when; `everything`: also what was asked and declined."""
    found = kept.keepings.select_related("org").order_by("-id")
    if not everything:
        found = found.filter(state__in=states.PUBLIC_STATES)
    return [
        {
            "keeping": one,
            "org": one.org.name,
            "url": reverse("academy:keeping-group", args=[one.org_id]) if one.org.is_public else "",
            "state": states.badge(one.state),
            "when": term_words(one),
        }
        for one in found
    ]


def term_words(one: Keeping) -> str:
    if one.state == "kept":
        words = {"since": day_words(one.starts_on), "until": day_words(one.ends_on)}
        return _("%(since)s起，到 %(until)s") % words
    if one.state == "ended":
        words = {"since": day_words(one.starts_on), "until": day_words(one.ended_on)}
        return _("%(since)s到%(until)s") % words
    return day_words(clock.day_of(one.created_at))


def findings(of: Iterable[PlaceFinding] | QuerySet[PlaceFinding]) -> dict[str, Any]:
    """What was noticed: how many, how many of them are done, and those that everybody may read."""
    rows_ = list(of)
    ids = {row.voice.matter_id for row in rows_}
    matters = Matter.objects.filter(pk__in=ids)
    done = matters.filter(is_open=False).count() if ids else 0
    shown = list(public_matters().filter(pk__in=ids)[:8]) if ids else []
    return {
        "n": len(ids),
        "done": done,
        "matters": [
            {**links.matter_told(one), "is_open": one.is_open, "on": clock.day_of(one.created_at)}
            for one in shown
        ],
    }


def findings_of_place(kept: KeptPlace) -> dict[str, Any]:
    return findings(kept.findings.select_related("voice").order_by("-id"))


# Counting -------------------------------------------------------------------------------------------------


def count_days(kept: KeptPlace) -> int:
    """Days between two counts: the place's own, else the rule's."""
    return kept.count_days or int(rulebook.value("academy.keeping.count_days", at=kept.place))


def next_count(kept: KeptPlace, last: date | None) -> date | None:
    """When it is to be counted again; None where nothing is counted."""
    if not kept.items.filter(is_active=True).exists():
        return None
    if last is None:
        return clock.today()
    return last + timedelta(days=count_days(kept))


def counts(kept: KeptPlace) -> dict[str, Any] | None:
    """The table of the latest rounds, with how the last one compares with what there should be."""
    table = counting.table(kept)
    if not table["items"]:
        return None
    latest = table["latest"]
    table["columns"] = [
        {"label": f"{item.name}（{item.unit}）" if item.unit else item.name, "wanted": item.wanted}
        for item in table["items"]
    ]
    table["missing"] = _missing(table["items"], latest["cells"]) if latest else []
    table["missing_words"] = listed(table["missing"])
    table["next"] = next_count(kept, latest["on"] if latest else None)
    table["is_due"] = bool(table["next"] and table["next"] <= clock.today())
    # More lines than the chart has colours are told better by the table.
    table["is_chart"] = len(table["rows"]) > 2 and len(table["items"]) <= MOST_LINES
    return table


def _missing(items: list, cells: list[int | None]) -> list[str]:
    """What there is too little of, in words."""
    return [
        _("%(what)s少 %(n)s%(unit)s") % {"what": item.name, "n": item.wanted - n, "unit": item.unit}
        for item, n in zip(items, cells, strict=True)
        if item.is_active and item.wanted is not None and n is not None and n < item.wanted
    ]


def last_counts(ids: Iterable[UUID]) -> dict[UUID, date]:
    found = PlaceCount.objects.filter(kept__in=list(ids)).values("kept").annotate(on=Max("on"))
    return {row["kept"]: row["on"] for row in found.order_by()}


# Rotas ----------------------------------------------------------------------------------------------------


def rhythm(rota: Rota) -> str:
    """`每周一、周四 18:00，一次 30 分钟`."""
    days = _("每天") if len(rota.days) == 7 else listed(str(states.DAYS[day]) for day in rota.days)
    words = {"days": days, "time": date_format(rota.starts, "H:i"), "minutes": rota.minutes}
    said = _("%(days)s %(time)s，一次 %(minutes)s 分钟") % words
    return said if rota.every == 1 else _("隔 %(n)s 周，") % {"n": rota.every} + said


def public_rotas(found: QuerySet[Rota]) -> list[dict[str, Any]]:
    """Rotas as everybody may see them: when, and how many turns of the next seven days are free. No names."""
    rotas = list(found.filter(state="running").order_by("id"))
    until = clock.today() + timedelta(days=7)
    week = Duty.objects.filter(rota__in=rotas, starts_at__gte=clock.now(), on__lte=until)
    free = Counter(week.filter(account=None, label="").values_list("rota", flat=True))
    whole = Counter(week.values_list("rota", flat=True))
    return [
        {
            "title": one.title,
            "note": one.note,
            "rhythm": rhythm(one),
            "number": one.number,
            "url": reverse("academy:rota", args=[one.number]),
            "said": _free(whole[one.pk], free[one.pk]),
        }
        for one in rotas
    ]


def _free(whole: int, free: int) -> str:
    if not whole:
        return _("这七天没有班")
    if not free:
        return _("这七天都有人")
    return ngettext("这七天还缺 %(n)s 个人", "这七天还缺 %(n)s 个人", free) % {"n": free}


def clock_words(duty: Duty) -> str:
    zone = clock.zone()
    begins, ends = duty.starts_at.astimezone(zone), duty.ends_at.astimezone(zone)
    return f"{begins:%H:%M}–{ends:%H:%M}"


def day_line(day: date) -> str:
    """`11月25日 周三`."""
    return f"{day_words(day)} {states.DAYS[day.isoweekday()]}"


def turns(actor: Actor, rota: Rota, weeks: int = 4) -> list[dict[str, Any]]:
    """The coming turns as a member sees them, with what they can do about each seat. Two statements."""
    until = clock.today() + timedelta(days=7 * weeks)
    found = rota.duties.filter(on__gte=clock.today(), on__lte=until).select_related("account")
    manages = access.manages(actor, rota)
    days: dict[date, list[dict[str, Any]]] = defaultdict(list)
    for one in found.order_by("on", "seat"):
        days[one.on].append(seat(actor, one, manages))
    return [
        {"on": day, "line": day_line(day), "time": seats[0]["time"], "seats": seats}
        for day, seats in days.items()
    ]


def seat(actor: Actor, one: Duty, manages: bool = False) -> dict[str, Any]:
    """One seat: whose it is and what the actor may do with it."""
    mine = actor.account is not None and one.account_id == actor.account
    begun = one.starts_at <= clock.now()
    taken = bool(one.account_id or one.label)
    return {
        "id": one.pk,
        "time": clock_words(one),
        "who": _("您") if mine else str(one.account) if one.account_id else one.label,
        "is_taken": taken,
        "is_mine": mine,
        "is_done": one.is_done,
        "may_take": not mine and is_open(one) and (not taken or begun),
        "is_over": taken and begun,
        "may_give_back": mine and not one.is_done,
        "may_swap": mine and not begun and not one.is_done,
        "may_finish": (mine or manages) and begun and taken and not one.is_done,
        "may_fill": manages and not one.account_id and not one.is_done,
        "may_clear": manages and bool(one.account_id) and not one.is_done,
    }


def wanted_turns(actor: Actor, mine: Duty) -> list[tuple[str, str]]:
    """Coming turns of others in the same group that one could ask for, as choices of a form."""
    found = Duty.objects.filter(
        rota__org=mine.rota.org_id, rota__state="running", account__isnull=False, is_done=False,
        starts_at__gt=clock.now(),
    )  # fmt: skip
    rows = found.exclude(account=actor.account).select_related("account", "rota").order_by("starts_at")
    return [
        (str(one.pk), f"{day_line(one.on)} {clock_words(one)}，{one.rota.title}：{one.account}")
        for one in rows
    ]


def my_turns(account: UUID | None) -> list[dict[str, Any]]:
    """One's own coming turns in all groups."""
    if account is None:
        return []
    found = Duty.objects.filter(account=account, on__gte=clock.today(), rota__state="running")
    return [
        {
            "duty": one,
            "title": one.rota.title,
            "line": day_line(one.on),
            "time": clock_words(one),
            "org": one.rota.org.name,
            "where": one.rota.kept.name if one.rota.kept else "",
            "url": reverse("academy:rota", args=[one.rota.number]),
        }
        for one in found.select_related("rota__org", "rota__kept").order_by("starts_at")
    ]


# Groups ---------------------------------------------------------------------------------------------------


def place_names(codes_: Iterable[str]) -> dict[str, str]:
    return names_of(set(codes_))
