"""What goes with a frozen roster at the desk: letters with codes, written proxies, objections."""

from typing import Any
from uuid import UUID

import segno
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.councils.rosters import actions, forms, queries, states
from mulin.councils.rosters.desk_views import FORM, MANAGE, READ, attempt, context_of, form_page
from mulin.councils.rosters.models import Proxy, Roster
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.pages import page, posted
from mulin.people.actions.residences import show_code

RECORD = needs("councils.proxy:record")
MOST_FOUND = 30


def qr(link: str) -> str:
    """A link as an SVG that a telephone reads."""
    drawing: Any = segno.make(link, error="m")
    return mark_safe(drawing.svg_inline(omitsize=True, border=0))


@FORM
@MANAGE
def letters(request: HttpRequest, number: str) -> HttpResponse:
    """Which letters; then the letters themselves, shown this once."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.Letters(found, posted(request))
    made = attempt(
        request, form, lambda: actions.make_letters(actor=actor, number=found.number, **form.cleaned_data)
    )
    context = context_of(request, found, "roster-letters")
    if made:
        link = request.build_absolute_uri(reverse("councils:roster-code"))
        # Behind the #: a telephone that scans the letter keeps the code from every server on its way.
        context |= {
            "letters": [(one, show_code(one.code), qr(f"{link}#code={one.code}")) for one in made],
            "link": link,
        }
        return page(request, "councils/rosters/letters_print.html", context)
    context |= {"form": form, "title": _("带码的信")}
    return page(request, "councils/rosters/letters.html", context, status=422 if form.errors else 200)


@require_safe
@RECORD
def proxies(request: HttpRequest, number: str) -> HttpResponse:
    """Written proxies of this roster, those in force first."""
    found = queries.get_roster(actor_of(request), number)
    rows = found.proxies.select_related("giver").prefetch_related("entries").order_by("-id")[:200]
    context = {
        **context_of(request, found, "roster-proxies"),
        "rows": [_proxy_row(one) for one in rows],
        "rule": rulebook.value("councils.proxy", at=found.place, body=found.body),
    }
    return page(request, "councils/rosters/proxies.html", context)


def _proxy_row(proxy: Proxy) -> dict[str, Any]:
    if proxy.withdrawn_at:
        state = {"label": _("已撤回"), "tone": "", "icon": "undo"}
    elif proxy.until < today():
        state = {"label": _("已到期"), "tone": "", "icon": "clock"}
    else:
        state = {"label": _("有效"), "tone": "done", "icon": "check"}
    return {
        "proxy": proxy,
        "state": state,
        "is_valid": not proxy.withdrawn_at and proxy.until >= today(),
        "lines": [entry.label for entry in proxy.entries.all()],
    }


@FORM
@RECORD
def proxy_new(request: HttpRequest, number: str) -> HttpResponse:
    """First find the lines by address or name, then write down what the paper says."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    q = (request.GET.get("q") or "").strip()[:40]
    rows = _found(found, q, request.POST.getlist("keys"))
    form = forms.ProxyForm(found, rows, posted(request), request.FILES or None)
    made = attempt(request, form, lambda: _record(actor, found, form))
    if made:
        said = _("委托记下了。他用自己的账户就能投。") if made.holder_id else _("委托记下了。他来投纸票。")
        messages.success(request, said)
        return redirect("councils_desk:roster-proxies", found.number)
    rule = rulebook.value("councils.proxy", at=found.place, body=found.body)
    context = {
        **context_of(request, found, "roster-proxies"),
        "form": form if rows else None,
        "q": q,
        "filters": [{"name": "q", "label": _("找门牌或姓名"), "kind": "search", "value": q}],
        "needs_view": rule["needs_view"],
        "is_allowed": rule["is_allowed"],
        "title": _("登记一份委托"),
    }
    return page(request, "councils/rosters/proxy_new.html", context, status=422 if form.errors else 200)


def _found(roster: Roster, q: str, keys: list[str]) -> list[Any]:
    from django.db.models import Q

    rows = queries.entries(roster)
    if keys and not q:
        return list(rows.filter(key__in=keys)[:MOST_FOUND])
    if not q:
        return []
    wanted = Q(label__icontains=q) | Q(owners__name__icontains=q) | Q(key__in=keys)
    return list(rows.filter(wanted).distinct()[:MOST_FOUND])


def _record(actor: Actor, roster: Roster, form: forms.ProxyForm) -> Proxy:
    data = dict(form.cleaned_data)
    scan = data.pop("scan")
    holder = queries.proxy_holder(data["holder_name"], data["holder_phone"])
    content = scan.read(actions.SCAN_BYTES + 1) if scan else b""
    return actions.record_proxy(actor=actor, number=roster.number, holder=holder, scan=content, **data)


def _proxy(actor: Actor, number: str, proxy_id: UUID) -> tuple[Roster, Proxy]:
    roster = queries.get_roster(actor, number)
    proxy = roster.proxies.filter(pk=proxy_id).first()
    if proxy is None:
        raise NotVisible(proxy_id)
    return roster, proxy


@FORM
@RECORD
def proxy_withdraw(request: HttpRequest, number: str, proxy_id: UUID) -> HttpResponse:
    """End a proxy, with the reason."""
    actor = actor_of(request)
    found, proxy = _proxy(actor, number, proxy_id)
    form = forms.Reason(posted(request))
    if attempt(
        request,
        form,
        lambda: actions.withdraw_proxy(
            actor=actor, number=found.number, proxy_id=proxy.pk, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, _("撤回了。已经投出的票不受影响。"))
        return redirect("councils_desk:roster-proxies", found.number)
    back = reverse("councils_desk:roster-proxies", args=[found.number])
    return form_page(
        request, form, _("撤回委托"), _("撤回"), back, lead=proxy.holder_name, back_label=found.title
    )


@require_safe
@RECORD
def proxy_scan(request: HttpRequest, number: str, proxy_id: UUID) -> FileResponse:
    """The paper itself."""
    _found_roster, proxy = _proxy(actor_of(request), number, proxy_id)
    if not proxy.scan:
        raise Http404
    return FileResponse(
        proxy.scan.open("rb"), as_attachment=True, filename=proxy.scan.name.rpartition("/")[2]
    )


@require_safe
@READ
def objections(request: HttpRequest, number: str) -> HttpResponse:
    """Objections to this roster, those that wait first."""
    found = queries.get_roster(actor_of(request), number)
    rows = sorted(
        found.objections.select_related("account").order_by("id"), key=lambda one: one.state != "open"
    )
    context = {
        **context_of(request, found, "roster-objections"),
        "rows": [objection_row(one) for one in rows],
        "takes": queries.takes_objections(found),
    }
    return page(request, "councils/rosters/objections.html", context)


def objection_row(one: Any) -> dict[str, Any]:
    """An objection with the words of its kind and state."""
    tone, icon = states.OBJECTION_TONES[one.state]
    return {
        "objection": one,
        "kind": states.OBJECTION_WORDS[one.kind],
        "who": one.name or (str(one.account) if one.account else _("已注销的账户")),
        "state": {"label": str(states.OBJECTION_STATES[one.state]), "tone": tone, "icon": icon},
    }


@FORM
@MANAGE
def objection_new(request: HttpRequest, number: str) -> HttpResponse:
    """What somebody said at the counter or on the telephone."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.HeardObjection(posted(request))
    if attempt(
        request,
        form,
        lambda: actions.record_objection(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("异议记下了，请在公示期里答复。"))
        return redirect("councils_desk:roster-objections", found.number)
    back = reverse("councils_desk:roster-objections", args=[found.number])
    return form_page(request, form, _("代记一条异议"), _("记下"), back, back_label=found.title)


@FORM
@READ
def objection(request: HttpRequest, number: str, objection: str) -> HttpResponse:
    """One objection, and its answer."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    row = found.objections.select_related("account").filter(number=objection).first()
    if row is None:
        raise NotVisible(objection)
    form = forms.Answer(posted(request))
    if attempt(
        request,
        form,
        lambda: actions.answer_objection(
            actor=actor, number=found.number, objection=row.number,
            is_accepted=form.cleaned_data["is_accepted"] == "yes", answer=form.cleaned_data["answer"],
        ),
    ):  # fmt: skip
        messages.success(request, _("答复了，提的人会收到消息。"))
        return redirect("councils_desk:roster-objections", found.number)
    context = {**context_of(request, found, "roster-objections"), "row": objection_row(row), "form": form}
    return page(request, "councils/rosters/objection.html", context, status=422 if form.errors else 200)
