"""The lines of a roster at the desk: found, added, changed, linked; telephone numbers for a purpose."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.rosters import actions, areas, checks, forms, queries, states
from mulin.councils.rosters.desk_views import (
    FORM,
    MANAGE,
    READ,
    attempt,
    context_of,
    form_page,
    run,
)
from mulin.councils.rosters.models import Roster, RosterEntry
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.pages import page, posted
from mulin.places.queries import names_of

PER_PAGE = 100
READ_PHONE = needs("councils.roster:read_phone")


def _entry(actor: Actor, number: str, entry_id: UUID) -> tuple[Roster, RosterEntry]:
    roster = queries.get_roster(actor, number)
    entry = queries.entries(roster).filter(pk=entry_id).first()
    if entry is None:
        raise NotVisible(entry_id)
    return roster, entry


def row_of(entry: RosterEntry, order: tuple[str, ...]) -> dict[str, Any]:
    """A line in words: which area counts, whose it is, whether an account may act for it."""
    source = next((name for name in order if getattr(entry, name) is not None), "")
    people = list(entry.owners.all())
    return {
        "entry": entry,
        "kind": states.KIND_WORDS.get(entry.kind, ""),
        "area": areas.show(getattr(entry, source)) if source else "",
        "source": states.AREA_WORDS.get(source, ""),
        "people": people,
        "is_linked": bool(entry.account_id) or any(person.account_id for person in people),
    }


def _building(entry: RosterEntry, names: dict[str, str]) -> str:
    """Where the label does not say it: in two houses the same door is not the same home."""
    name = names.get(entry.building, "")
    return "" if name in entry.label else name


@require_safe
@READ
def roster_lines(request: HttpRequest, number: str) -> HttpResponse:
    """A hundred lines a page, found by a part of the address or the name; those that a check points at."""
    found = queries.get_roster(actor_of(request), number)
    rows = queries.entries(found)
    q, about = request.GET.get("q", "").strip()[:40], request.GET.get("about", "")
    if q:
        rows = rows.filter(Q(label__icontains=q) | Q(owners__name__icontains=q)).distinct()
    pointed = next((one for one in checks.findings(found) if one.code == about), None) if about else None
    if pointed is not None:
        rows = rows.filter(key__in=pointed.keys)
    shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    order = queries.area_order(found)
    names = names_of({one.building for one in shown if one.building})
    search = {"name": "q", "label": _("找门牌或姓名"), "kind": "search", "value": q}
    context = {
        **context_of(request, found, "roster-lines"),
        "rows": [{**row_of(one, order), "building": _building(one, names)} for one in shown],
        "shown": shown,
        "filters": [search],
        "q": q,
        "pointed": pointed,
    }
    return page(request, "councils/rosters/lines.html", context)


@FORM
@MANAGE
def line_new(request: HttpRequest, number: str) -> HttpResponse:
    """One line by hand; the next one can follow at once."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.LineForm(found, None, posted(request))
    if attempt(request, form, lambda: actions.add_entry(actor=actor, number=found.number, entry=form.line())):
        messages.success(request, _("加好了。"))
        there = "roster-line-new" if "again" in request.POST else "roster-lines"
        return redirect(f"councils_desk:{there}", found.number)
    back = reverse("councils_desk:roster-lines", args=[found.number])
    return form_page(
        request, form, _("加一条"), _("加上"), back, again=_("加上，再加一条"), back_label=found.title
    )


@FORM
@READ
def line(request: HttpRequest, number: str, entry_id: UUID) -> HttpResponse:
    """A line of a draft to be changed; of a frozen roster to be looked at."""
    actor = actor_of(request)
    found, entry = _entry(actor, number, entry_id)
    may_manage = policy.can(actor, queries.MANAGE, queries.target_of(found))
    if found.is_frozen or not may_manage:
        context = {
            **context_of(request, found, "roster-lines"),
            "row": row_of(entry, queries.area_order(found)),
            "areas": [(word, areas.show(getattr(entry, name))) for name, word in states.AREA_WORDS.items()],
            "may_read": policy.can(actor, "councils.roster:read_phone", queries.target_of(found)),
            "proxies": list(queries.valid_proxies(found).filter(entries=entry).select_related("giver")),
        }
        return page(request, "councils/rosters/line.html", context)
    form = forms.LineForm(found, entry, posted(request))
    if attempt(
        request,
        form,
        lambda: actions.edit_entry(actor=actor, number=found.number, key=entry.key, entry=form.line()),
    ):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:roster-lines", found.number)
    back = reverse("councils_desk:roster-lines", args=[found.number])
    remove = reverse("councils_desk:roster-line-remove", args=[found.number, entry.pk])
    return form_page(
        request,
        form,
        _("改一条"),
        _("保存"),
        back,
        lead=entry.label,
        remove_url=remove,
        back_label=found.title,
    )


@require_POST
@MANAGE
def line_remove(request: HttpRequest, number: str, entry_id: UUID) -> HttpResponse:
    """Take a line out of a draft."""
    actor = actor_of(request)
    found, entry = _entry(actor, number, entry_id)
    act = lambda: actions.remove_entry(actor=actor, number=found.number, key=entry.key)  # noqa: E731
    run(request, act, _("去掉了。"))
    return redirect("councils_desk:roster-lines", found.number)


@require_POST
@MANAGE
def line_unlink(request: HttpRequest, number: str, entry_id: UUID) -> HttpResponse:
    """Take back that an account acts for a line or an owner of it."""
    actor = actor_of(request)
    found, entry = _entry(actor, number, entry_id)
    owner = request.POST.get("owner", "")
    act = lambda: actions.unlink(actor=actor, number=found.number, key=entry.key, owner=owner)  # noqa: E731
    run(request, act, _("解除了。要重新认领，请再打印一封信。"))
    return redirect("councils_desk:roster-line", found.number, entry.pk)


@FORM
@READ_PHONE
def line_phone(request: HttpRequest, number: str, entry_id: UUID) -> HttpResponse:
    """A telephone number, for a purpose that is kept."""
    actor = actor_of(request)
    found, entry = _entry(actor, number, entry_id)
    owner = (request.POST if request.method == "POST" else request.GET).get("owner", "")
    form = forms.Phone(posted(request))
    back = reverse("councils_desk:roster-line", args=[found.number, entry.pk])
    shown = attempt(
        request,
        form,
        lambda: actions.read_phone(
            actor=actor,
            number=found.number,
            key=entry.key,
            owner=owner,
            purpose=form.cleaned_data["purpose"],
        ),
    )
    more = {"lead": entry.label, "phone": shown, "hidden": {"owner": owner}, "back_label": entry.label}
    return form_page(request, form, _("看电话"), _("看电话"), back, **more)
