"""Clubs in words: rows, cards and the facts of one club."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from mulin.academy.catalogues import ages_line, theme_name, union_name, unions
from mulin.academy.clubs import queries, states
from mulin.academy.clubs.models import Club, Gathering
from mulin.academy.orders import showing as order_words
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.places.queries import name_of, names_of

TOP = 3


def when(club: Club) -> str:
    """周二、周四 19:00–21:00, and what else its rhythm says."""
    comma = ", " if get_language() == "en" else "、"
    by_hours: dict[tuple[str, str], list[int]] = {}
    for one in club.times:
        by_hours.setdefault((one["from"], one["to"]), []).append(one["day"])
    said = [
        f"{comma.join(order_words.weekday(day) for day in sorted(days))} {begin}–{end}"
        for (begin, end), days in by_hours.items()
    ]
    return comma.join([*said, *([club.rhythm] if club.rhythm else [])])


def size_word(n: int) -> str:
    return ngettext("%d 人", "%d 人", n) % n


def club_row(club: Club, *, desk: bool = False) -> dict[str, Any]:
    """A club on a list; `size` comes with the query."""
    return {
        "number": club.number,
        "url": reverse("academy_desk:club" if desk else "academy:club", args=[club.number]),
        "name": club.org.name,
        "union": union_name(club.union),
        "theme": theme_name(club.theme),
        "ages": ages_line(club.ages),
        "when": when(club),
        "where": club.venue.name if club.venue_id else "",
        "size": size_word(club.size),
        "state": states.badge(club.state),
        "is_running": club.state == "running",
        "is_full": club.most is not None and club.size >= club.most,
        "is_open": club.is_open and club.state == "running",
    }


def by_union(clubs: Iterable[Club]) -> list[dict[str, Any]]:
    """Clubs under their unions, in the order of the file."""
    found: dict[str, list[dict[str, Any]]] = {code: [] for code in unions()}
    for club in clubs:
        found.setdefault(club.union, []).append(club_row(club))
    return [{"title": union_name(code), "code": code, "rows": rows} for code, rows in found.items() if rows]


def club_facts(club: Club) -> dict[str, Any]:
    """What everybody may read of a club."""
    story = club.matter if club.matter_id and club.matter.publication == "shown" else None
    return {
        **club_row(club),
        "club": club,
        "place": club.place,
        "place_name": name_of(club.place),
        "level": states.LEVEL_WORDS[club.level],
        "site": name_of(club.site) if club.site else "",
        "leaders": queries.leaders([club]).get(club.org_id, []),
        "about": club.org.about,
        "story": (
            {
                "title": story.public_title or story.title,
                "url": address("portal:matter", story.number),
            }
            if story and not story.restriction
            else None
        ),
    }


def gathering_row(one: Gathering, *, desk: bool = False) -> dict[str, Any]:
    return {
        "number": one.number,
        "url": reverse("academy:gathering", args=[one.number]),
        "title": one.title,
        "kind": states.GATHERING_KINDS[one.kind],
        "level": states.LEVEL_WORDS[one.level],
        "site": name_of(one.site) if one.site else "",
        "where": one.where,
        "starts_at": one.starts_at,
        "state": states.gathering_badge(one.state),
        "is_planned": one.state == "planned",
        "came": one.came,
        "reason": one.reason,
        "clubs": [{"name": club.org.name, "number": club.number} for club in one.clubs.all()],
    }


def card(actor: Actor, place: str) -> dict[str, Any]:
    """The line of the college on a community's home: how many clubs; what is wanted is on the wall below."""
    return {"url": reverse("academy:college", args=[place]), "n": sum(queries.union_counts(place).values())}


def place_names(rows: Iterable[Club]) -> dict[str, str]:
    return names_of({one.place for one in rows})


def state_filters(actor: Actor) -> dict[str, Any]:
    """Tabs of the desk's list."""
    return {"running": _("在活动的"), "asked": _("等答复的"), "resting": _("歇着的"), "closed": _("结束的")}
