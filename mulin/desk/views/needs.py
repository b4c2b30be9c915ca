"""The list of urgent wishes at the desk: heard, put on the list, given to somebody, said to be done."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import need_export, pickers, words
from mulin.desk import need_forms as forms
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs as may
from mulin.kernel.errors import NotVisible
from mulin.kernel.pages import page, posted, run, tried
from mulin.kernel.registry import PUBLIC, STAFF
from mulin.places.queries import full_name, names_of
from mulin.voices import access
from mulin.voices.categories import category_name
from mulin.voices.needs import actions, queries, states
from mulin.voices.needs.linking import Source, may_link
from mulin.voices.needs.models import Need
from mulin.voices.needs.telling import badge, history
from mulin.voices.queries import get_matter
from mulin.voices.surveys import queries as surveys
from mulin.voices.surveys.models import Sheet
from mulin.voices.understanding import mask

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, COLLECT = may("voices.need:view"), may("voices.need:collect")
MANAGE, SETTLE = may("voices.need:manage"), may("voices.need:settle")
MOST = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = {"": (*states.RANKED, "not_now"), "draft": ("draft",), "done": ("done", "off")}
MOVE_ICONS = {name: icon for name, (_tone, icon) in states.TONES.items()}


def chosen(request: HttpRequest) -> tuple[list[queries.Row], str, str]:
    """The rows that the address asks for, its community and its tab. Too many: whole communities only, so
    that ranks are right."""
    place, tab = request.GET.get("place", ""), request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    found = queries.visible_needs(actor_of(request)).filter(state__in=TABS[tab]).order_by("place", "id")
    if place:
        found = found.filter(place=place)
    some = list(found[: MOST + 1])
    if len(some) > MOST:
        some = [one for one in some if one.place != some[-1].place]
    return queries.rows(some), place, tab


def _row(row: queries.Row, names: dict[str, str]) -> dict[str, Any]:
    need = row.need
    return {
        "row": row,
        "need": need,
        "state": badge(need.state),
        "place": names.get(need.place, ""),
        "due": words.day(need.due_on),
        "category": category_name(need.category) if need.category else "",
        "url": reverse("desk:need", args=[need.number]),
    }


@require_safe
@READ
def needs(request: HttpRequest) -> HttpResponse:
    """By rank; what is not listed yet; what was done."""
    actor = actor_of(request)
    rows, place, tab = chosen(request)
    names = names_of({row.need.place for row in rows})
    url = reverse("desk:needs")
    labels = {"": _("清单"), "draft": _("还没有列入"), "done": _("办成和撤下的")}
    query = f"&place={place}" if place else ""
    context = {
        "rows": [_row(row, names) for row in rows],
        "several": len(names) > 1,
        "tab": tab,
        "tabs": [
            {
                "label": label,
                "url": f"{url}?tab={name}{query}",
                "current": name == tab,
                "count": None,
            }
            for name, label in labels.items()
        ],
        "filters": _filters(actor, place, tab),
        "query": request.GET.urlencode(),
        "can_note": policy.can_somewhere(actor, "voices.need:collect"),
    }
    return page(request, "desk/needs.html", context)


def _filters(actor: Actor, place: str, tab: str) -> list[dict[str, Any]]:
    """One community of several, for who works above them."""
    offered = [
        one for value, label in pickers.communities(actor)
        for one in (label if isinstance(label, list) else [(value, label)])
    ]  # fmt: skip
    if len(offered) < 2:
        return []
    options = [{"value": code, "label": name, "selected": code == place} for code, name in offered]
    return [
        {"name": "place", "label": _("全部社区"), "kind": "choice", "options": options},
        {"name": "tab", "label": "", "kind": "hidden", "value": tab},
    ]


@require_safe
@READ
def needs_print(request: HttpRequest) -> HttpResponse:
    """The list on paper, as it may hang on the notice board: small figures covered."""
    rows, place, _tab = chosen(request)
    names = names_of({row.need.place for row in rows})
    context = {
        "rows": [_row(row, names) for row in rows if row.need.state != "draft"],
        "where": full_name(place) if place else "",
        "several": len(names) > 1,
        "today": words.clock.today(),
        "query": request.GET.urlencode(),
    }
    return page(request, "desk/needs_print.html", context)


@require_safe
@READ
def needs_export(request: HttpRequest) -> HttpResponse:
    """The same rows as an Excel file."""
    rows, _place, _tab = chosen(request)
    response = HttpResponse(need_export.workbook(rows), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="needs.xlsx"'
    return response


@require_safe
@READ
def need(request: HttpRequest, number: str) -> HttpResponse:
    """One need: why it stands where it stands, where it was heard, what can be done."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    row, target = queries.row_of(found), queries.target_of(found)
    groups = queries.group_words(found.place)
    rights = {
        name: policy.can(actor, f"voices.need:{name}", target) for name in ("collect", "manage", "settle")
    }
    context = {
        **_row(row, names_of([found.place])),
        "where": full_name(found.place),
        "grid": names_of([found.grid]).get(found.grid, "") if found.grid else "",
        "groups": [groups.get(code, code) for code in found.groups],
        "may": {
            **rights,
            "edit": rights["manage"] or (found.state == "draft" and rights["collect"]),
            "propose": found.state in {*states.RANKED, "not_now"}
            and policy.can(actor, "councils.proposal:send", found.place),
        },
        "moves": _moves(found, rights),
        "sources": _sources(actor, found),
        "kinds": [(states.SOURCE_WORDS[kind], n) for kind, n in row.heard.kinds.items()],
        "timeline": _timeline(found),
        "public_url": reverse("portal:need", args=[found.place, found.number]),
        "here": "needs",
    }
    return page(request, "desk/need.html", context)


def _moves(found: Need, rights: dict[str, bool]) -> list[dict[str, Any]]:
    """What may be done next by this worker, the likeliest first."""
    if found.state == "draft":
        return []
    made = []
    for state in states.MOVES[found.state]:
        if rights["manage"] or (rights["settle"] and state in states.BY_OWNER):
            again = state == found.state
            label = (
                {"in_hand": _("改安排"), "not_now": _("还是办不了")}[state] if again else _label(found, state)
            )
            url = reverse("desk:need-settle", args=[found.number, state])
            made.append({"label": label, "url": url, "icon": MOVE_ICONS[state], "main": not made})
    return made


def _label(found: Need, state: str) -> Any:
    return _("重新列入") if state == "listed" and found.state != "draft" else states.MOVE_WORDS[state]


def _sources(actor: Actor, found: Need) -> list[dict[str, Any]]:
    """Where it was heard. A matter or a text is shown to whom it may be shown; of others it is only said that
    there is one."""
    rows = []
    known = policy.visible(actor, "voices.survey:view")
    for one in queries.sources_of(found):
        row = {
            "id": one.pk, "kind": states.SOURCE_WORDS[one.kind], "people": one.people, "text": one.note,
            "day": words.day(one.heard_on), "url": "",
        }  # fmt: skip
        if one.matter:
            try:
                matter = get_matter(actor, one.matter.number)
                page_ = "desk:case" if matter.way == "case" else "desk:wish"
                row |= {"text": matter.title, "url": reverse(page_, args=[matter.number])}
                row["people"] = matter.voices_count + matter.me_too_count
            except NotVisible:
                row["text"] = _("您看不到这件事")
        elif one.sheet and Sheet.objects.filter(pk=one.sheet_id, survey__in=_surveys(known)).exists():
            row |= {"text": one.sheet.answers.get(one.question, ""), "people": 1}
            row["url"] = reverse("desk:survey-texts", args=[one.sheet.survey.number])
        rows.append(row)
    return rows


def _surveys(known: Any) -> Any:
    return surveys.Survey.objects.filter(known)


def _timeline(found: Need) -> list[dict[str, Any]]:
    return [
        {
            "when": one.at, "when_text": words.when(one.at), "what": one.what, "who": one.owner,
            "text": one.words, "quote": True, "icon": one.icon, "tone": one.tone,
        }
        for one in history(found, PUBLIC, STAFF)
    ]  # fmt: skip


# Noting ---------------------------------------------------------------------------------------------------


def _heard(request: HttpRequest) -> tuple[Source | None, str, str, str, str]:
    """From what the page was opened: (source, its community or street, grid, the words, where to go back)."""
    actor = actor_of(request)
    if number := request.GET.get("matter", ""):
        matter = get_matter(actor, number)
        if not may_link(actor, matter):
            policy.require(actor, "voices.need:collect", access.target_of_matter(actor, matter))
            raise NotVisible(number)
        back = reverse("desk:case" if matter.way == "case" else "desk:wish", args=[matter.number])
        return Source(matter=matter.number), matter.place, matter.grid, matter.title, back
    if number := request.GET.get("survey", ""):
        survey, key = surveys.get_survey(actor, number), request.GET.get("key", "")
        sheet = Sheet.objects.filter(survey=survey, pk=_uuid(request.GET.get("sheet", ""))).first()
        if sheet is None or key not in sheet.answers:
            raise NotVisible(number)
        source = Source(survey=survey.number, sheet=sheet.pk, question=key)
        back = f"{reverse('desk:survey-texts', args=[survey.number])}#{sheet.pk}-{key}"
        return source, survey.place, "", str(sheet.answers[key]), back
    return None, pickers.home_community(actor), "", "", reverse("desk:needs")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


@FORM
@COLLECT
def need_new(request: HttpRequest) -> HttpResponse:
    """Note a need: from a matter, from a text of a survey, or heard on a visit or at a meeting."""
    actor = actor_of(request)
    source, place, grid, said, back = _heard(request)
    place = place or pickers.first_value(pickers.communities(actor))
    existing = queries.joinable(actor, place) if source else []
    # The words are a start, with persons and doors covered: everybody will read what comes of them.
    said = mask(said)
    initial = {
        "title": said[: actions.TITLE_LENGTH],
        "text": said if len(said) > actions.TITLE_LENGTH else "",
    }
    initial = initial if source else {"place": place}
    kind = forms.NewNeed if source else forms.HeardNeed
    form = kind(actor, place, existing, posted(request), initial=initial)
    made: list[Need] = []

    def save() -> None:
        heard = source or form.source()
        if number := form.into_need():
            made.append(actions.link_source(actor=actor, number=number, source=heard))
            return
        where = form.cleaned_data["place"]
        near = grid or _own_grid(actor, where)
        made.append(actions.note_need(actor=actor, place=where, grid=near, source=heard, **form.described()))

    if tried(request, form, save):
        messages.success(request, _("记下了。列入清单以后大家就看得到。"))
        return redirect("desk:need", made[0].number)
    context = {
        "form": form,
        "title": _("列入急难愁盼清单") if source else _("记一条需要"),
        "quote": said,
        "back_url": back,
        "back_label": _("返回") if source else _("急难愁盼"),
        "submit": _("记下"),
        "action": request.get_full_path(),
        "here": "needs",
    }
    return page(request, "desk/form.html", context, status=422 if form.errors else 200)


def _own_grid(actor: Actor, place: str) -> str:
    """The grid in which somebody works who may not collect in the whole community."""
    if policy.can(actor, "voices.need:collect", place):
        return ""
    return next((post.place for post in actor.posts if post.place.startswith(f"{place}-G")), "")


# One need -------------------------------------------------------------------------------------------------


def _form_page(
    request: HttpRequest, found: Need, form: Any, title: Any, submit: Any, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": found.title,
        "back_url": reverse("desk:need", args=[found.number]),
        "back_label": _("回到这一条"),
        "submit": submit,
        "action": request.get_full_path(),
        "here": "needs",
        **more,
    }
    return page(request, "desk/form.html", context, status=422 if form.errors else 200)


@FORM
@COLLECT
def need_change(request: HttpRequest, number: str) -> HttpResponse:
    """What is said of it."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    policy.require(
        actor, "voices.need:collect" if found.state == "draft" else "voices.need:manage",
        queries.target_of(found),
    )  # fmt: skip
    initial = {name: getattr(found, name) for name in forms.DESCRIBED}
    form = forms.Described(found.place, posted(request), initial=initial)
    if tried(request, form, lambda: actions.edit_need(actor=actor, number=number, **form.described())):
        messages.success(request, _("已保存。"))
        return redirect("desk:need", found.number)
    return _form_page(request, found, form, _("改说明"), _("保存"))


@require_POST
@MANAGE
def need_list(request: HttpRequest, number: str) -> HttpResponse:
    """Put a need on the list."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    run(
        request,
        lambda: actions.settle_need(actor=actor, number=found.number, state="listed"),
        _("列入清单了，大家都看得到。接下来定谁负责。"),
    )
    return redirect("desk:need", found.number)


@FORM
@SETTLE
def need_settle(request: HttpRequest, number: str, state: str) -> HttpResponse:
    """Say how far it is; everybody reads it, and who said so is told."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    if state not in states.MOVE_WORDS:
        raise Http404
    target = queries.target_of(found)
    keeps = policy.can(actor, "voices.need:manage", target)
    policy.require(actor, "voices.need:settle" if state in states.BY_OWNER else "voices.need:manage", target)
    form = forms.Settle(found, state, keeps, posted(request))
    if tried(
        request,
        form,
        lambda: actions.settle_need(actor=actor, number=found.number, state=state, **form.cleaned_data),
    ):
        messages.success(request, _("写上了，说过这件事的人会收到。"))
        return redirect("desk:need", found.number)
    return _form_page(request, found, form, _label(found, state), _("写上"))


@FORM
@MANAGE
def need_rank(request: HttpRequest, number: str) -> HttpResponse:
    """Put it at another place, with the reason; or back to where its points put it."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    policy.require(actor, "voices.need:manage", queries.target_of(found))
    if "by_points" in request.POST:
        run(
            request,
            lambda: actions.place_need(actor=actor, number=found.number, rank=None),
            _("先后按分数排了。"),
        )
        return redirect("desk:need", found.number)
    initial = {"rank": found.fixed_rank, "reason": found.rank_reason}
    form = forms.Rank(posted(request), initial=initial)
    if tried(
        request,
        form,
        lambda: actions.place_need(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("排好了，理由写在这一条下面。"))
        return redirect("desk:need", found.number)
    text = _("平时按分数排。要另排，请写明理由：排的是事，不是人。")
    return _form_page(request, found, form, _("另排先后"), _("排到这里"), text=text)


@FORM
@COLLECT
def need_source(request: HttpRequest, number: str) -> HttpResponse:
    """Where else it was heard: a matter by its number, or a visit, a meeting, a letter."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    policy.require(actor, "voices.need:collect", queries.target_of(found))
    by_number = "matter" in request.GET
    form = (forms.FromMatter if by_number else forms.Brought)(posted(request))

    def save() -> None:
        try:
            actions.link_source(actor=actor, number=found.number, source=form.source())
        except NotVisible:
            form.add_error("matter", _("没有找到这个编号的事项，请核对。"))

    if tried(request, form, save) and not form.errors:
        messages.success(request, _("记下了。"))
        return redirect("desk:need", found.number)
    title = _("连一件事") if by_number else _("又听到一次")
    return _form_page(request, found, form, title, _("记下"))


@require_POST
@COLLECT
def need_unlink(request: HttpRequest, number: str, source: UUID) -> HttpResponse:
    """Take a source off."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    run(
        request,
        lambda: actions.unlink_source(actor=actor, number=found.number, source=source),
        _("这个来源去掉了。"),
    )
    return redirect("desk:need", found.number)


@require_POST
@MANAGE
def need_discard(request: HttpRequest, number: str) -> HttpResponse:
    """Drop a need that was never on the list."""
    actor = actor_of(request)
    found = queries.get_need(actor, number)
    done = run(request, lambda: actions.discard_need(actor=actor, number=found.number), _("删掉了。"))
    return redirect("desk:needs") if done else redirect("desk:need", found.number)
