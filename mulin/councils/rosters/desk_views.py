"""Rosters at the desk: the list, making one, its checks, freezing and correcting."""

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.rosters import actions, areas, checks, forms, queries, states, tables
from mulin.councils.rosters.bodies import FROM_PEOPLE, LINES, PERSON, UNIT
from mulin.councils.rosters.models import Roster
from mulin.kernel import policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse, run
from mulin.places.queries import full_name, name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(queries.VIEW), needs(queries.MANAGE)
PER_PAGE = 100
UPLOAD_BYTES = 10_000_000


def state_of(roster: Roster) -> dict[str, str]:
    """The badge of a roster."""
    tone, icon = states.TONES[roster.state]
    return {"label": str(states.STATE_WORDS[roster.state]), "tone": tone, "icon": icon}


@require_safe
@READ
def rosters(request: HttpRequest) -> HttpResponse:
    """All rosters of one's places, newest first."""
    actor = actor_of(request)
    found = list(queries.visible_rosters(actor)[:PER_PAGE])
    names, waiting = names_of({one.place for one in found}), queries.open_objections(found)
    rows = [
        {
            "roster": one,
            "state": state_of(one),
            "body": states.BODY_WORDS[one.body],
            "place": names.get(one.place, ""),
            "objections": waiting.get(one.pk, 0),
        }
        for one in found
    ]
    context = {"rows": rows, "can_make": policy.can_somewhere(actor, queries.MANAGE)}
    return page(request, "councils/rosters/rosters.html", context)


@FORM
@MANAGE
def new(request: HttpRequest) -> HttpResponse:
    """Whose roster and where, and from what it starts; choosing another community shows its estates."""
    actor = actor_of(request)
    data = posted(request)
    offered = forms.communities(actor)
    place = (data or request.GET).get("place") or forms.first_of(offered)
    earlier = list(queries.visible_rosters(actor).filter(place=place, state="frozen")[:8])
    is_look = data is not None and "look" in data
    form = forms.NewRoster(actor, earlier, place, None if is_look else data)
    if is_look:
        form.initial |= {name: data[name] for name in ("body", "title", "for_what") if name in data}
    if data is not None and not is_look and form.is_valid():
        try:
            made = actions.draft_roster(actor=actor, **form.values())
            return redirect("councils_desk:roster", made.number)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    context = {"look": _("换社区") if len(offered) > 1 else ""}
    return form_page(request, form, _("编一份名册"), _("开始编"), reverse("councils_desk:rosters"), **context)


def form_page(
    request: HttpRequest, form: Any, title: str, submit: str, back_url: str, **more: Any
) -> HttpResponse:
    """A page with one form; what was refused is shown beside its field."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back_url": back_url,
        "action": request.get_full_path(),
        "back_label": _("名册"),
        "here": "rosters",
        **more,
    }
    return page(request, "councils/rosters/form.html", context, status=422 if form.errors else 200)


def attempt(request: HttpRequest, form: Any, run: Any) -> Any:
    """Run an action with a valid form; its refusal stands beside the field. What it gave back, or None."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return run() or True
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return None


def tabs(roster: Roster, here: str, actor: Actor) -> list[dict[str, Any]]:
    """The pages of one roster; letters, proxies and objections come with freezing."""
    names = [("roster", _("概况")), ("roster-lines", _("名单"))]
    if roster.is_frozen:
        names += [("roster-letters", _("带码的信")), ("roster-objections", _("异议"))]
        if policy.can(actor, "councils.proxy:record", queries.target_of(roster)):
            names.insert(3, ("roster-proxies", _("委托")))
    return [
        {
            "label": label,
            "url": reverse(f"councils_desk:{name}", args=[roster.number]),
            "current": name == here,
            "count": None,
        }
        for name, label in names
    ]


def context_of(request: HttpRequest, roster: Roster, here: str) -> dict[str, Any]:
    """What every page of a roster shows at its head."""
    actor = actor_of(request)
    where = [full_name(roster.place), name_of(roster.site) if roster.site else "", roster.stair]
    return {
        "roster": roster,
        "state": state_of(roster),
        "body": states.BODY_WORDS[roster.body],
        "where": " ".join(one for one in where if one),
        "unit_word": states.LINE_WORDS[LINES[roster.body]],
        "is_units": LINES[roster.body] == UNIT,
        "is_people": LINES[roster.body] == PERSON,
        "may_manage": policy.can(actor, queries.MANAGE, queries.target_of(roster)),
        "may_record": policy.can(actor, "councils.proxy:record", queries.target_of(roster)),
        "tabs": tabs(roster, here, actor),
        "here": "rosters",
    }


@require_safe
@READ
def roster(request: HttpRequest, number: str) -> HttpResponse:
    """How large it is, what to mend before it is frozen, and the next move."""
    found = queries.get_roster(actor_of(request), number)
    context = context_of(request, found, "roster")
    size = queries.size(found)
    newer = found.corrections.order_by("-id").first()
    context |= {
        "n": found.figures["entries"] if found.is_frozen else found.entries.count(),
        "heads": size.heads,
        "area": areas.show(size.area) if size.area else "",
        "source": states.SOURCE_WORDS[found.source],
        "findings": [] if found.is_frozen else checks.findings(found),
        "can_fill": found.body in FROM_PEOPLE,
        "newer": newer,
        "is_intact": queries.is_intact(found) if found.is_frozen else None,
        "linked": _linked(found),
        "public_url": request.build_absolute_uri(reverse("councils:roster", args=[found.number])),
        "votes": list(found.votes.order_by("-id")[:20]),
    }
    context["can_freeze"] = not found.is_frozen and not any(one.stops for one in context["findings"])
    return page(request, "councils/rosters/desk_roster.html", context)


def _linked(found: Roster) -> int:
    rows = found.people if LINES[found.body] == UNIT else found.entries
    return rows.exclude(account=None).count()


@FORM
@MANAGE
def frame(request: HttpRequest, number: str) -> HttpResponse:
    """Title and purpose of a draft."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.Frame(posted(request), initial={"title": found.title, "for_what": found.for_what})
    if attempt(request, form, lambda: actions.edit_roster(actor=actor, number=number, **form.cleaned_data)):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:roster", found.number)
    return form_page(request, form, _("名称和用途"), _("保存"), _url(found), back_label=found.title)


def _url(roster: Roster, name: str = "roster") -> str:
    return reverse(f"councils_desk:{name}", args=[roster.number])


@require_POST
@MANAGE
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Fill a draft from the residents who are known, or delete it."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    if move == "fill":
        run(
            request,
            lambda: actions.fill_from_people(actor=actor, number=found.number),
            _("已按确认过的住户补上。"),
        )
        return redirect("councils_desk:roster", found.number)
    if move != "discard":
        raise Http404
    act = lambda: actions.discard_roster(actor=actor, number=found.number)  # noqa: E731
    done = run(request, act, _("草稿删掉了。"))
    return redirect("councils_desk:rosters") if done else redirect("councils_desk:roster", found.number)


@FORM
@MANAGE
def freeze(request: HttpRequest, number: str) -> HttpResponse:
    """Freeze it for good, with the days for objections."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    days = int(rulebook.value("councils.roster.objection_days", at=found.place, body=found.body))
    until = today() + timedelta(days=days)
    form = forms.Freeze(posted(request), initial={"objections_until": until})
    if attempt(request, form, lambda: actions.freeze_roster(actor=actor, number=number, **form.cleaned_data)):
        messages.success(request, _("名册定稿了。可以打印带码的信，也可以用它表决。"))
        return redirect("councils_desk:roster", found.number)
    text = _("定稿以后，这份名册再也不能改。有错只能出一份更正的，说明原因。")
    return form_page(request, form, _("定稿"), _("定稿"), _url(found), text=text, back_label=found.title)


@FORM
@MANAGE
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Begin a corrected roster."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.Reason(posted(request))
    made = attempt(
        request, form, lambda: actions.correct_roster(actor=actor, number=number, **form.cleaned_data)
    )
    if made:
        messages.success(request, _("更正的名册建好了，改完再定稿。原来那份原样留着。"))
        return redirect("councils_desk:roster", made.number)
    text = _("照原样复制一份新的，改好以后定稿。正在进行的表决仍用原来那份。")
    return form_page(
        request, form, _("出一份更正的名册"), _("开始更正"), _url(found), text=text, back_label=found.title
    )


@FORM
@MANAGE
def import_file(request: HttpRequest, number: str) -> HttpResponse:
    """Lines from a spreadsheet; rows that were not taken are listed with the reason."""
    actor = actor_of(request)
    found = queries.get_roster(actor, number)
    form = forms.Upload(posted(request), request.FILES or None)
    result = attempt(request, form, lambda: _import(actor, found, form.cleaned_data["file"]))
    context = {
        **context_of(request, found, "roster-lines"),
        "form": form,
        "result": result,
        "columns": [
            (tables.title_of(one), tables.EXPLAINED.get(one, "")) for one in tables.columns_of(found.body)
        ],
    }
    return page(request, "councils/rosters/import.html", context, status=422 if form.errors else 200)


def _import(actor: Actor, found: Roster, file: Any) -> actions.Imported:
    if file.size > UPLOAD_BYTES:
        raise ActionError("file-unreadable", _("文件太大，请拆成几个。"), field="file", status=422)
    with tempfile.NamedTemporaryFile(suffix=Path(file.name).suffix[:8]) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        return actions.import_entries(actor=actor, number=found.number, path=kept.name)


def workbook(content: bytes, name: str) -> HttpResponse:
    """An Excel file to download."""
    response = HttpResponse(content, content_type=tables.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@require_safe
@READ
def template(request: HttpRequest, number: str) -> HttpResponse:
    """The empty table to fill in."""
    found = queries.get_roster(actor_of(request), number)
    return workbook(tables.template(found.body), f"template-{found.body}")


@require_safe
@READ
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The lines as a table that can be imported again; without telephone numbers."""
    found = queries.get_roster(actor_of(request), number)
    rows = tables.rows_of(found, queries.entries(found))
    return workbook(tables.workbook([(_("名册"), rows)]), f"roster-{found.number}")


@require_safe
@READ
def print_lines(request: HttpRequest, number: str) -> HttpResponse:
    """The list to be signed at the table."""
    found = queries.get_roster(actor_of(request), number)
    context = context_of(request, found, "roster-lines")
    context["rows"] = [(n, one) for n, one in enumerate(queries.entries(found), 1)]
    return page(request, "councils/rosters/print.html", context)
