"""What the desk's pages of orders show, and the fast entry of slips."""

import io
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django import forms as django_forms
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from mulin.academy.catalogues import age_name, ages, parts, theme_choices, theme_name
from mulin.academy.clubs.forms import place_choices
from mulin.academy.orders import access, actions, forms, queries, showing, states
from mulin.academy.orders.models import Order
from mulin.academy.orders.reading import DAYS
from mulin.kernel import codes, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import show_number
from mulin.kernel.onward import sliced
from mulin.places.queries import children, names_of
from mulin.voices.actions import submit_voice

ROWS = 10
TABS = ("gathered", "accepted", "served", "declined")
CHANNELS = {
    "courtyard": gettext_lazy("院坝会"),
    "counter": gettext_lazy("窗口、纸质"),
    "phone": gettext_lazy("电话"),
}


def wanted(data: Mapping[str, str]) -> dict[str, Any]:
    """The filters of an address, only what exists."""
    day = data.get("day", "")
    known = {code for _union, some in theme_choices() for code, _title in some} | {"-"}
    return {
        "state": data.get("state") if data.get("state") in TABS else "gathered",
        "theme": data.get("theme") if data.get("theme") in known else "",
        "age": data.get("age") if data.get("age") in {*ages(), "-"} else "",
        "kind": data.get("kind") if data.get("kind") in ("wish", "offer") else "",
        "place": data.get("place", "") if data.get("place", "").isdecimal() else "",
        "day": int(day) if day.isdecimal() and len(day) == 1 and int(day) in DAYS else 0,
        "part": data.get("part") if data.get("part") in parts() else "",
        "q": data.get("q", "").strip()[:40],
    }


def _rows(actor: Actor, given: dict[str, Any]) -> QuerySet[Order] | list[Order]:
    """All that the filters show, those that most wish for first."""
    found = queries.listed(actor, **given)
    day, part = given["day"], given["part"]
    return [one for one in found if queries.suits(one, day, part)] if day or part else found


def numbers(actor: Actor, data: Mapping[str, str]) -> list[str]:
    """All orders that the filters show, as many as may be answered at once."""
    return [one.number for one in _rows(actor, wanted(data))[: actions.MOST_AT_ONCE]]


def people_behind(actor: Actor, chosen: Sequence[str]) -> int:
    """How many get the answer, and who stands beside them."""
    rows = queries.visible_orders(actor).filter(number__in=chosen)
    return rows.aggregate(n=Sum(queries.BEHIND))["n"] or 0


def list_page(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    given = wanted(request.GET)
    listed = sliced(request, _rows(actor, given))
    names = names_of({one.place for one in listed.rows})
    counts = queries.counts_by_state(actor, given["place"])
    query = {key: value for key, value in given.items() if value and key != "state"}
    places = place_choices(actor, access.VIEW)
    return {
        "rows": [showing.desk_row(one, names) for one in listed.rows],
        "list": listed,
        "given": given,
        "is_narrow": bool(query),
        "tabs": [
            {
                "label": states.STATE_WORDS[code],
                "url": _address(state=code, **query),
                "current": code == given["state"],
                "count": counts.get(code, 0),
            }
            for code in TABS
        ],
        "filters": _filters(given, places),
        "hidden": [(key, value) for key, value in given.items() if value],
        "figures": [figure for code, _name in places[:1] if (figure := showing.figure(code))],
        "query": _address(**given).partition("?")[2],
        "is_open": given["state"] in ("gathered", "accepted"),
    }


def _address(**given: Any) -> str:
    asked = {key: value for key, value in given.items() if value}
    return f"{reverse('academy_desk:orders')}?{urlencode(asked)}"


def _filters(given: dict[str, Any], places: list[tuple[str, str]]) -> list[dict[str, Any]]:
    def select(name: str, label: str, pairs: Any) -> dict[str, Any]:
        offered = [{"value": c, "label": str(w), "selected": c == given[name]} for c, w in pairs]
        return {"name": name, "label": label, "kind": "select", "options": offered}

    themes = [pair for _union, some in theme_choices() for pair in some]
    found = [
        {"name": "state", "kind": "hidden", "value": given["state"]},
        {"name": "q", "label": _("找一条订单"), "kind": "search", "value": given["q"]},
        select("theme", _("哪一类"), [*themes, ("-", _("还没有归类的"))]),
        select("age", _("给谁"), [*((c, one) for c, one in ages().items()), ("-", _("没说年龄"))]),
        select("day", _("星期几"), [(one, showing.weekday(one)) for one in DAYS]),
        select("part", _("什么时候"), parts().items()),
        select("kind", _("想要还是能"), [("wish", _("我想要")), ("offer", _("我能"))]),
    ]
    return [*found, select("place", _("哪个社区"), places)] if len(places) > 1 else found


def workbook(actor: Actor, data: Mapping[str, str]) -> bytes:
    """The narrowed list, a row an order; and how many want what, by theme, age and time."""
    rows = list(_rows(actor, wanted(data)))
    names = names_of({one.place for one in rows})
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(_("订单"))
    heads = (_("编号"), _("说的是"), _("想要还是能"), _("类别"), _("给谁"), _("几个人"), _("什么时候"))
    sheet.write_row(0, 0, (*heads, _("状态"), _("社团"), _("社区")), bold)
    for n, one in enumerate(rows, 1):
        shown = showing.desk_row(one, names)
        kind = _("我能") if shown["is_offer"] else _("我想要")
        facts = (show_number(one.number), shown["title"], kind, shown["theme"], shown["age"], shown["people"])
        times = showing.times_line(one.slots, 21)
        sheet.write_row(n, 0, (*facts, times, shown["state"]["label"], shown["club"], shown["place"]))
    sheet.set_column(1, 1, 40)
    sheet.set_column(6, 6, 30)
    _sums(book, bold, rows)
    book.close()
    return target.getvalue()


def _sums(book: Any, bold: Any, rows: list[Order]) -> None:
    sheet = book.add_worksheet(_("合计"))
    sheet.write_row(0, 0, (_("类别"), _("给谁"), _("订单"), pgettext("heading", "人")), bold)
    found: dict[tuple[str, str], list[int]] = {}
    for one in rows:
        sums = found.setdefault((one.theme, one.age), [0, 0])
        sums[0] += 1
        sums[1] += one.behind
    for n, ((theme, age), sums) in enumerate(sorted(found.items(), key=lambda item: -item[1][1]), 1):
        sheet.write_row(n, 0, (theme_name(theme) or _("还没有归类的"), age_name(age), *sums))


def print_page(actor: Actor, data: Mapping[str, str]) -> dict[str, Any]:
    """The board: themes of one place, as the public list shows them."""
    places = place_choices(actor, access.VIEW)
    allowed = {code for code, _name in places}
    place = data.get("place", "") if data.get("place", "") in allowed else next(iter(allowed), "")
    if places and place not in allowed:
        place = places[0][0]
    lines = queries.by_theme(queries.gathered(place)) if place else []
    return {
        "place_name": dict(places).get(place, ""),
        "rows": [showing.theme_row(line, place, {}) for line in lines],
        "figure": showing.figure(place) if place else None,
    }


# The fast entry -----------------------------------------------------------------------------------------


def entry_places(actor: Actor) -> list[tuple[str, str]]:
    """Communities for which somebody enters slips: where they hold a post, or those of their street."""
    found: list[str] = []
    for post in actor.posts:
        if own := codes.community(post.place):
            found.append(own)
        elif post.place and codes.level(post.place) == codes.Level.STREET:
            found += [one.code for one in children(post.place)]
    names = names_of(found)
    return [(one, names[one]) for one in dict.fromkeys(found)]


class _Head(django_forms.Form):
    place = django_forms.ChoiceField(label=gettext_lazy("哪个社区"))
    channel = django_forms.ChoiceField(label=gettext_lazy("从哪里来"), choices=lambda: list(CHANNELS.items()))


class Entry:
    """A page of slips: which community, how it came, and ten lines. Each line that can be written is written,
    and one that cannot comes back with what is wrong; a line sent twice is written once."""

    def __init__(self, actor: Actor, places: list[tuple[str, str]], data: Any):
        self.actor, self.is_sent = actor, data is not None
        self.head = _Head(data)
        self.head.fields["place"].choices = places
        self.rows = [self._row(n, data) for n in range(ROWS)]
        self.done: list[str] = []
        self.place = self.channel = ""

    def _row(self, n: int, data: Any) -> forms.Slip:
        return forms.Slip(data, prefix=f"r{n}", initial={"key": secrets.new_secret()})

    @property
    def has_errors(self) -> bool:
        return self.is_sent and (
            bool(self.head.errors) or any(not row.is_blank() and row.errors for row in self.rows)
        )

    def write(self) -> bool:
        """Whether at least one line was written."""
        if not self.head.is_valid():
            return False
        self.place, self.channel = self.head.cleaned_data["place"], self.head.cleaned_data["channel"]
        left = []
        for row in self.rows:
            if row.is_blank():
                continue
            if not (row.is_valid() and self._written(row)):
                left.append(row)
        if not self.done and not left:
            self.head.add_error(None, _("还没有写哪一条。"))
        self.rows = [*left, *(self._row(n, None) for n in range(ROWS, 2 * ROWS - len(left)))]
        return bool(self.done)

    def _written(self, row: forms.Slip) -> bool:
        given = row.cleaned_data
        try:
            receipt = submit_voice(
                actor=self.actor, text=given["text"] or self._said(given), place=self.place,
                kind=given["kind"], channel=self.channel, contact=given["contact"], entered_for=True,
                idempotency=f"slip-{given['key']}" if given["key"] else "",
            )  # fmt: skip
            actions.describe_order(
                actor=self.actor.with_receipt(receipt.voice.pk), number=receipt.voice.number,
                theme=given["theme"], age=given["age"], times=row.times(), people=given["people"],
            )  # fmt: skip
        except ActionError as error:
            if error.status == 403:
                raise
            row.add_error(error.field if error.field in row.fields else None, str(error.message))
            return False
        self.done.append(receipt.voice.number)
        return True

    def _said(self, given: dict[str, Any]) -> str:
        """The words of a slip on which only a box was ticked."""
        pattern = _("我想要：%s") if given["kind"] == "wish" else _("我能：%s")
        said = [theme_name(given["theme"])]
        if given["people"]:
            said.append(ngettext("%d 个人", "%d 个人", given["people"]) % given["people"])
        return pattern % "，".join(said)
