"""The list of urgent wishes of a community, for everybody: what is needed most, who sees to it, how far."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.councils.upward import states as upward
from mulin.councils.upward.queries import proposals_of_need
from mulin.kernel import clock
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import PUBLIC
from mulin.portal import words
from mulin.portal.views.common import in_place
from mulin.portal.views.home import _checked
from mulin.voices.categories import category_name
from mulin.voices.needs import queries, states
from mulin.voices.needs.models import Need
from mulin.voices.needs.telling import badge, history
from mulin.voices.surveys.reading import on_day


def shown(row: queries.Row) -> dict[str, Any]:
    """A need as a row of the list."""
    need = row.need
    return {
        "rank": row.rank,
        "title": need.title,
        "url": reverse("portal:need", args=[need.place, need.number]),
        "state": badge(need.state),
        "owner": str(need.owner or ""),
        "people": row.people,
        "answer": need.answer,
        "until": on_day(need.due_on),
        "again": need.state == "not_now",
        "fixed": need.rank_reason,
    }


@require_safe
def needs(request: HttpRequest, place: str) -> HttpResponse:
    """The list by rank, what cannot be done now with the reason, what was done; and how it is ranked."""
    place = _checked(place)
    found = queries.public_list(place)
    context = {
        **in_place(request, place),
        "ranked": [shown(one) for one in found.ranked],
        "not_now": [shown(one) for one in found.not_now],
        "done": [shown(one) for one in found.done],
        "criteria": criteria(place),
    }
    return render(request, "portal/needs.html", context)


def criteria(place: str) -> list[tuple[str, list[tuple[str, int]]]]:
    """How points are given here, for reading: what counts, and each step with its points."""
    weights = queries.weights_at(place)
    urgency = zip(queries.urgency_words(place), weights.urgency, strict=True)
    most = {"n": weights.group, "most": weights.groups_most}
    return [
        (_("有多急"), list(urgency)),
        (_("多少人说过"), [(_("%(n)s 人以上") % {"n": least}, points) for least, points in weights.people]),
        (_("拖了多久"), [(_("%(n)s 个月以上") % {"n": least}, points) for least, points in weights.months]),
        (
            _("涉及最需要照顾的人：一类 %(n)s 分，最多 %(most)s 分") % most,
            [(name, weights.group) for name in queries.group_words(place).values()],
        ),
    ]


@require_safe
def need(request: HttpRequest, place: str, number: str) -> HttpResponse:
    """One need: why it stands where it stands, who sees to it, what was said of it so far."""
    found = queries.get_public_need(number)
    if found.place != place:
        return redirect("portal:need", found.place, found.number)
    row = queries.row_of(found)
    groups = queries.group_words(found.place)
    context = {
        **in_place(request, found.place),
        "need": found,
        "row": row,
        "one": shown(row),
        "category": category_name(found.category) if found.category else "",
        "groups": [groups.get(code, code) for code in found.groups],
        "since": on_day(found.since),
        "listed": on_day(clock.day_of(found.listed_at) if found.listed_at else None),
        "said_in": [(one.public_title, reverse("portal:matter", args=[one.number]))
                    for one in queries.public_matters_of(found)],
        "proposals": [
            {
                "title": one.title,
                "url": reverse("councils:proposal", args=[one.number]),
                "state": upward.STATE_WORDS[one.state],
            }
            for one in proposals_of_need(found.pk)
        ],
        "timeline": timeline(found),
        "shown_number": show_number(found.number),
        "share": request.build_absolute_uri(request.path),
        "report": f"{reverse('portal:report')}?place={found.place}&kind=help",
        "can_join": found.state in {*states.RANKED, "not_now"},
    }  # fmt: skip
    return render(request, "portal/need.html", context)


def timeline(found: Need) -> list[dict[str, Any]]:
    """What everybody may know of its way, oldest first, with the words that were said."""
    return [
        {
            "when": one.at, "when_text": words.when(one.at), "what": one.what, "who": one.owner,
            "text": one.words, "quote": True, "icon": one.icon, "tone": one.tone,
        }
        for one in history(found, PUBLIC)
    ]  # fmt: skip
