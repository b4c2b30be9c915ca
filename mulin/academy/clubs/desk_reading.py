"""What the desk's pages of clubs show."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import xlsxwriter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.academy.catalogues import ages_line, theme_name, themes, union_name, unions
from mulin.academy.clubs import access, queries, showing, states
from mulin.academy.clubs.actions.founding import orders_of
from mulin.academy.clubs.actions.gatherings import rung_after
from mulin.academy.clubs.models import Club
from mulin.academy.orders import queries as orders
from mulin.academy.orders import showing as order_words
from mulin.academy.orders import states as order_states
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.kernel.onward import onward
from mulin.kernel.policy import Fields
from mulin.people.states import role_name
from mulin.places.queries import names_of

TABS = ("running", "asked", "resting", "closed")
ORDER = ("place", "union", "org__name", "id")


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _wanted(data: Mapping[str, str]) -> dict[str, str]:
    return {
        "state": data.get("state") if data.get("state") in TABS else "running",
        "union": data.get("union") if data.get("union") in unions() else "",
        "q": data.get("q", "").strip()[:40],
    }


def _rows(actor: Actor, given: Mapping[str, str]) -> QuerySet[Club]:
    found = queries.desk_clubs(actor).filter(state=given["state"])
    if given["union"]:
        found = found.filter(union=given["union"])
    if given["q"]:
        found = found.filter(org__name__icontains=given["q"])
    return found.order_by(*ORDER)


def list_page(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    given = _wanted(request.GET)
    listed = onward(request, _rows(actor, given), order=ORDER)
    rows = listed.rows
    names = names_of({one.place for one in rows})
    counts = Counter(access.led(actor).order_by().values_list("state", flat=True))
    here = reverse("academy_desk:clubs")
    known = {"running": _("在活动的"), "asked": _("等答复的"), "resting": _("歇着的"), "closed": _("结束的")}
    offered = [
        {"value": code, "label": str(one), "selected": code == given["union"]}
        for code, one in unions().items()
    ]
    return {
        "rows": [{**showing.club_row(one, desk=True), "place": names.get(one.place, "")} for one in rows],
        "list": listed,
        "is_narrow": bool(given["union"] or given["q"]),
        "tabs": [
            {
                "label": known[code],
                "url": f"{here}?state={code}",
                "current": code == given["state"],
                "count": counts[code] or None,
            }
            for code in TABS
        ],
        "filters": [
            {"name": "state", "kind": "hidden", "value": given["state"]},
            {"name": "q", "label": _("找一个社团"), "kind": "search", "value": given["q"]},
            {"name": "union", "label": _("哪个联盟"), "kind": "select", "options": offered},
        ],
        "query": urlencode({key: value for key, value in given.items() if value}),
    }


def workbook(actor: Actor, data: Mapping[str, str]) -> bytes:
    """The narrowed list, a row a club."""
    rows = list(_rows(actor, _wanted(data)))
    names = names_of({one.place for one in rows})
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("社团"))
    heads = (
        _("编号"), _("社团"), _("联盟"), _("做什么"), _("给谁"), _("什么时候"), _("在哪里"), _("人数"),
        _("状态"), _("社区"),
    )  # fmt: skip
    sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bottom": 1}))
    for n, one in enumerate(rows, 1):
        facts = (show_number(one.number), one.org.name, union_name(one.union), theme_name(one.theme))
        where = one.venue.name if one.venue_id else ""
        word = str(states.STATE_WORDS[one.state])
        told = (ages_line(one.ages), showing.when(one), where, one.size, word, names.get(one.place, ""))
        sheet.write_row(n, 0, (*facts, *told))
    sheet.set_column(1, 1, 24)
    sheet.set_column(5, 6, 30)
    book.close()
    return target.getvalue()


def print_page(actor: Actor, data: Mapping[str, str]) -> dict[str, Any]:
    """Running clubs under their unions."""
    rows = list(_rows(actor, {"state": "running", "union": _wanted(data)["union"], "q": ""}))
    names = sorted(set(names_of({one.place for one in rows}).values()))
    return {"groups": showing.by_union(rows), "place_name": names[0] if len(names) == 1 else ""}


# A new club out of orders -------------------------------------------------------------------------------


@dataclass(slots=True)
class About:
    """What orders that are to become a club have in common."""

    numbers: list[str] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    people: int = 0
    waiting: int = 0
    place: str = ""
    theme: str = ""
    ages: list[str] = field(default_factory=list)
    time: tuple[int, str] | None = None

    def initial(self) -> dict[str, Any]:
        """What the form of the club begins with."""
        known = themes().get(self.theme)
        given: dict[str, Any] = {
            "theme": self.theme,
            "ages": self.ages,
            "is_open": True,
            "level": "community",
        }
        if known:
            given |= {"is_free": known.free}
        if self.time:
            day, part = self.time
            window = order_words.parts()[part]
            given |= {"days": [str(day)], "begin": window.begin}
        return given


def about_orders(actor: Actor, numbers: Sequence[str]) -> About:
    """The chosen orders that can still be served, and what most of them say."""
    wanted = list(dict.fromkeys(numbers))
    rows = list(orders.listed(actor, state="").filter(number__in=wanted, state__in=("gathered", "accepted")))
    if not rows:
        return About()
    places, kinds = Counter(one.place for one in rows), Counter(one.theme for one in rows if one.theme)
    lines = [orders.Line("", "")]
    for one in rows:
        for choice in order_words.choices(one.slots):
            day, part = choice.split("-", 1)
            lines[0].times[int(day), part] += one.behind
    best = orders.best_times(lines[0].times, 1)
    names = names_of(places)
    said = Counter(one.age for one in rows if one.age)
    return About(
        numbers=[one.number for one in rows],
        rows=[order_words.desk_row(one, names) for one in rows[:12]],
        people=sum(one.behind for one in rows),
        waiting=sum(one.state == "gathered" for one in rows),
        place=places.most_common(1)[0][0],
        theme=kinds.most_common(1)[0][0] if kinds else "",
        ages=[age for age, n in said.most_common(2) if 2 * n >= len(rows)],
        time=best[0][0] if best else None,
    )


# One club -----------------------------------------------------------------------------------------------


def club_page(actor: Actor, club: Club) -> dict[str, Any]:
    may_manage = access.may_manage(actor, club)
    served = orders_of(club)
    rung = rung_after(club) if club.state == "running" else ""
    return {
        **showing.club_facts(club),
        "may_manage": may_manage,
        "members": [
            {
                "pk": post.pk,
                "name": str(post.account),
                "role": role_name(post.role),
                "is_leader": post.role == "group_leader",
                "since": post.begins_on,
            }
            for post in queries.members(club)
        ],
        "listed": club.listed.filter(left_on=None).order_by("id"),
        "notices": club.notices.order_by("-id")[:10],
        "orders": [
            {
                "title": one.matter.title,
                "url": address("desk:wish", one.number) if may_manage else "",
                "people": one.people + one.matter.me_too_count,
                "state": order_states.badge(one.state),
            }
            for one in served[:30]
        ],
        "orders_count": len(served),
        "public_url": reverse("academy:club", args=[club.number]),
        "waiting": _waiting(actor, club) if may_manage and club.state == "running" else [],
        "rung": states.LEVEL_WORDS.get(rung, ""),
        "rung_code": rung,
        "partners": [one.org.name for one in queries.partners(club, rung)[:4]] if rung else [],
        "actions_on": club.state in ("running", "resting"),
    }


def _waiting(actor: Actor, club: Club) -> list[dict[str, Any]]:
    """Orders of the same theme nearby that this club could serve."""
    rows = orders.listed(actor, state="", theme=club.theme).filter(
        state__in=("gathered", "accepted"), place=club.place, kind="wish"
    )
    return [order_words.desk_row(one, {}) for one in rows[:8]]


def next_rungs(actor: Actor) -> list[dict[str, Any]]:
    """Clubs that have others of their union on the next rung: an idea for who could meet. By union, no order
    of merit."""
    mine = policy.visible(actor, "academy.gathering:manage", Fields(place="place"))
    rows = list(
        Club.objects.filter(Q(mine), state="running").select_related("org").order_by("union", "id")[:60]
    )
    groups: dict[tuple[str, str, str], list[Club]] = {}
    for one in rows:
        if level := rung_after(one):
            near = one.place[:9] + "000" if level == "street" else one.place
            groups.setdefault((near, one.union, level), []).append(one)
    return [
        {
            "union": union_name(union),
            "level": states.LEVEL_WORDS[level],
            "clubs": [one.org.name for one in some[:4]],
            "url": f"{reverse('academy_desk:gathering-new')}?"
            + urlencode(
                {"place": place, "kind": "friendly", "level": level, "clubs": [c.number for c in some[:4]]},
                doseq=True,
            ),
        }
        for (place, union, level), some in groups.items()
        if len(some) > 1
    ][:8]
