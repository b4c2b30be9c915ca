"""The circle in words: figures, stations, buildings out of reach, how it was worked out."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mulin.insight.coverage import queries, reading
from mulin.insight.coverage.queries import NEW, Circle, Count, Next
from mulin.insight.links import url
from mulin.kernel import codes, rulebook
from mulin.kernel.rules import CERTAINTIES
from mulin.kernel.suppression import COVER, LIMIT, SMALL
from mulin.places.models import Venue
from mulin.places.queries import children, exists, name_of
from mulin.places.venues import catalogue
from mulin.places.venues.words import week_text

PACE_WORDS = {"walk": gettext_lazy("一般步速"), "elder": gettext_lazy("老人步速")}
UNKNOWN = "—"


def percent(share: float | None) -> str:
    """`88%`; never 100 or 0 while one is missing or there."""
    if share is None:
        return UNKNOWN
    shown = round(share * 100)
    if shown == 100 and share < 1:
        return "99.9%"
    return "0.1%" if shown == 0 and share > 0 else f"{shown}%"


def people(n: int, is_exact: bool) -> str:
    """`约 1,230 人`: an estimate, to tens for everybody."""
    shown = n if is_exact else round(n, -1) if n >= 10 else n
    return ngettext("约 %(n)s 人", "约 %(n)s 人", shown) % {"n": f"{shown:,}"}


def small(n: int, is_exact: bool) -> str:
    """The same for a figure that stands alone: everybody is only told that it is under five."""
    return _("不到 5 人") if not is_exact and 0 < n < LIMIT else people(n, is_exact)


def buildings(n: int) -> str:
    return ngettext("%(n)s 栋", "%(n)s 栋", n) % {"n": f"{n:,}"}


def part_people(found: Circle, is_exact: bool) -> dict[str, str]:
    """The people of each part in words."""
    hidden = {} if is_exact else queries.hidden_parts(found)
    words = {SMALL: _("不到 5 人"), COVER: _("人数不显示")}
    return {
        name: words[hidden[name]] if name in hidden else people(found.people(part.households), is_exact)
        for name, part in found.parts.items()
    }


def share_text(found: Circle, is_exact: bool) -> str:
    """The share of people; with hidden figures none, for it would give them away."""
    return UNKNOWN if not is_exact and queries.hidden_parts(found) else percent(found.people_share)


def figures(found: Circle, is_exact: bool) -> list[dict[str, Any]]:
    """Reached, out of reach, and of what nothing is known."""
    said = part_people(found, is_exact)
    covered, left = found.parts["covered"], found.parts["left_out"]
    made = [
        {
            "label": _("走得到的楼"), "value": f"{covered.buildings:,}", "unit": _("栋"), "tone": "",
            "behind": _("一共 %(n)s") % {"n": buildings(len(found.homes))},
        },
        {
            "label": _("走得到的人"), "value": share_text(found, is_exact), "unit": "", "tone": "",
            "behind": said["covered"],
        },
        {
            "label": _("走不到的楼"), "value": f"{left.buildings:,}", "unit": _("栋"),
            "tone": "wait" if left.buildings else "", "behind": said["left_out"] if left.buildings else "",
        },
    ]  # fmt: skip
    if found.parts["unplaced"].buildings:
        n = found.parts["unplaced"].buildings
        made.append(
            {"label": _("没有位置的楼"), "value": f"{n:,}", "unit": _("栋"), "tone": "wait",
             "behind": _("不知道在哪里，没有算成走得到")}
        )  # fmt: skip
    return made


def notes(found: Circle) -> list[str]:
    """What the figures leave out or take for granted, in sentences."""
    said = []
    total: Count = found.total
    if total.unknown:
        words = ngettext(
            "%(n)s 栋楼没有户数，人数里没有它。", "%(n)s 栋楼没有户数，人数里没有它们。", total.unknown
        )
        said.append(words % {"n": total.unknown})
    lost = sum(1 for one in found.stations if not reading.venue_point(one).is_placed)
    if lost:
        words = ngettext("%(n)s 个站没有位置，算不出谁走得到。", "%(n)s 个站没有位置，算不出谁走得到。", lost)
        said.append(words % {"n": lost})
    if found.lines:
        off = len(found.reach.ways) - len(found.reach.on_paths)
        if off:
            words = ngettext(
                "%(n)s 栋楼附近没有路的资料，按直线折算。", "%(n)s 栋楼附近没有路的资料，按直线折算。", off
            )
            said.append(words % {"n": off})
    return said


def method(found: Circle) -> list[dict[str, str]]:
    """How it was worked out: each rule with its source and how sure it is."""
    place = found.place.code
    rows = [
        (_("走几分钟"), f"{found.walk.minutes:g}", rulebook.rule("insight.circle.minutes", at=place)),
        (
            _("一分钟走多少米"), f"{found.walk.speed:g}",
            rulebook.rule("insight.circle.speed", at=place, pace=found.pace),
        ),
        (_("一户按几口人"), f"{found.persons:g}", rulebook.rule("insight.circle.persons", at=place)),
        (
            _("没有路的资料时，直线乘以"), f"{found.walk.detour:g}",
            rulebook.rule("insight.circle.detour", at=place),
        ),
    ]  # fmt: skip
    return [
        {"label": label, "value": value, "basis": rule.basis, "is_sure": rule.certainty in CERTAINTIES[:3]}
        for label, value, rule in rows
    ]


def way_words(found: Circle) -> str:
    """One sentence on how far was measured."""
    if found.lines:
        return _("距离按存放的步行路网算；附近没有路的资料的，按直线乘以 %(n)s。") % {
            "n": f"{found.walk.detour:g}"
        }
    return _("这里还没有步行路网，距离按直线乘以 %(n)s 折算。") % {"n": f"{found.walk.detour:g}"}


def station(found: Circle, one: Venue, is_exact: bool) -> dict[str, Any]:
    """A station as a row: what it does, when, and how many buildings of the place can walk to it."""
    served = found.reach.served_by.get(one.number, frozenset())
    homes = queries.count(found.homes[key] for key in served)
    lives = found.people(homes.households)
    return {
        "name": one.name,
        "address": one.address or (one.site.name if one.site else ""),
        "place": name_of(one.place) if one.place[:12] != found.place.code else "",
        "hours": week_text(one),
        "services": catalogue.said(catalogue.services(), one.services),
        "phone": one.phone,
        "url": url("bookings:venue", one.number),
        "buildings": buildings(homes.buildings),
        "people": small(lives, is_exact),
        "is_placed": reading.venue_point(one).is_placed,
    }


def stations(found: Circle, is_exact: bool) -> list[dict[str, Any]]:
    return [station(found, one, is_exact) for one in found.stations]


def names(found: Circle, keys: Any) -> list[str]:
    """Buildings by name, in the order of their codes."""
    return [one.name for one in found.of(keys)]


# What if


def query_of(found: Circle, **more: str) -> str:
    """The choices of the page as a query string."""
    given = {"minutes": f"{found.walk.minutes:g}", "pace": found.pace, **more}
    return "?" + urlencode({key: value for key, value in given.items() if value})


def tabs(found: Circle, default: float) -> dict[str, list[dict[str, Any]]]:
    """Links to the same page with other minutes or another pace."""
    at = reverse("insight:circle-of", args=[found.place.code])
    offered = sorted({*queries.MINUTES, default, found.walk.minutes})
    minutes = [
        {
            "label": ngettext("%(n)s 分钟", "%(n)s 分钟", int(one)) % {"n": f"{one:g}"},
            "url": at + query_of(found, minutes=f"{one:g}"),
            "current": one == found.walk.minutes,
            "count": None,
        }
        for one in offered
    ]
    paces = [
        {"label": str(word), "url": at + query_of(found, pace=code), "current": code == found.pace,
         "count": None}
        for code, word in PACE_WORDS.items()
    ]  # fmt: skip
    return {"minutes": minutes, "paces": paces}


def trial(found: Circle, before: Circle, is_exact: bool) -> dict[str, Any]:
    """What a station that is tried out would add."""
    more = queries.count(found.of(found.reach.covered - before.reach.covered))
    nearer = [
        key for key in before.reach.covered
        if (way := found.nearest(key)) is not None and way.station == NEW
    ]  # fmt: skip
    added = found.people(more.households)
    return {
        "name": found.trial[1] if found.trial else "",
        "buildings": more.buildings,
        "buildings_text": buildings(more.buildings),
        "people": small(added, is_exact),
        "nearer": len(nearer),
        "share": share_text(found, is_exact),
        "before": share_text(before, is_exact),
    }


def next_words(found: Circle, best: Next, is_exact: bool) -> dict[str, Any]:
    """The best places for new stations, and whether that is proven."""
    choice = best.choice
    at = reverse("insight:circle-of", args=[found.place.code])
    spots = []
    for one in best.spots:
        added = found.people(one.households)
        spots.append(
            {
                "name": one.name,
                "people": small(added, is_exact),
                "url": at + query_of(found, trial=one.key) + "#next",
            }
        )
    left = best.missing.buildings - choice.buildings
    if choice.is_proven:
        proof = _("看过 %(n)s 个可以设站的地方，没有更好的放法。")
    else:
        proof = _("看过 %(n)s 个可以设站的地方；时间到了还没有全部比完，最好的放法最多再多 %(gap)s。")
    return {
        "spots": spots,
        "buildings": buildings(choice.buildings),
        "people": small(found.people(choice.households), is_exact),
        "left": buildings(left) if left else "",
        "proof": proof % {"n": f"{best.candidates:,}", "gap": percent(choice.gap)},
    }


def row(found: Circle, one: queries.Row) -> dict[str, Any]:
    """A community in the staff's roll-up."""
    total = one.total
    return {
        "name": one.place.name,
        "url": reverse("insight:circle-of", args=[one.place.code]) + query_of(found),
        "stations": one.stations,
        "buildings": total.buildings,
        "covered": one.parts["covered"].buildings,
        "left_out": one.parts["left_out"].buildings,
        "unplaced": one.parts["unplaced"].buildings,
        "people": found.people(one.parts["covered"].households),
        "people_left": found.people(one.parts["left_out"].households),
        "share": percent(one.people_share),
    }


def worded(row: dict[str, Any]) -> dict[str, Any]:
    """The same with its figures as pages write them; a file keeps them as numbers."""
    return {key: f"{value:,}" if isinstance(value, int) else value for key, value in row.items()}


def choice(at: str) -> dict[str, Any]:
    """The way down to a community whose circle one would like to see: what lies below `at`, or below the
    place of the instance; a list with one entry only is passed over."""
    site = settings.MULIN_SITE_PLACE
    at = at if codes.is_valid(at) and codes.contains(site, at) and exists(at) else site
    at = codes.parents(at)[-1] if codes.level(at) >= codes.Level.COMMUNITY else at
    options = children(at)
    while len(options) == 1 and options[0].level < codes.Level.COMMUNITY:
        options = children(options[0].code)
    home = reverse("insight:circle")
    above = [one for one in [*codes.parents(at), at] if one != site and codes.contains(site, one)]
    return {
        "options": [
            {
                "name": one.name,
                "url": reverse("insight:circle-of", args=[one.code])
                if one.level == codes.Level.COMMUNITY
                else f"{home}?in={one.code}",
            }
            for one in options
        ],
        "trail": [{"name": name_of(one), "url": f"{home}?in={one}"} for one in above],
        "first_url": f"{home}?in={site}",
    }
