"""Kept places at the desk: groups that ask, the answer, the history, what is counted, rotas, delegates."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.keeping import (
    access,
    actions,
    counting,
    delegating,
    forms,
    history,
    reading,
    rotas,
    states,
)
from mulin.academy.keeping.models import Delegation, Keeping, KeptPlace, Rota
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.days import day_words
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.people import states as people_states
from mulin.people.models import Organisation
from mulin.people.queries import group_target
from mulin.places.queries import children, name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
HELPS, ASKS, TENDS, ROTAS = (needs(one) for one in (access.HELP, access.ASK, access.TEND, access.ROTA))
GROUPS = 40
FILTERS = {"now": ("asked", "kept"), "over": ("ended", "declined", "withdrawn")}


def _url(name: str, *args: Any) -> str:
    return reverse(f"academy_desk:{name}", args=args)


def form_page(
    request: HttpRequest, form: Any, title: str, submit: str, back: str, label: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form, "title": title, "submit": submit, "back_url": back, "back_label": label,
        "action": request.get_full_path(), "here": "keeping", **more,
    }  # fmt: skip
    return page(request, "academy/keeping/desk_form.html", context, status=422 if form.errors else 200)


@require_safe
@HELPS
def keepings(request: HttpRequest) -> HttpResponse:
    """Who asks and who keeps, and the rotas of the groups one leads."""
    actor = actor_of(request)
    show = request.GET.get("show", "now") if request.GET.get("show") in FILTERS else "now"
    word = request.GET.get("q", "").strip()
    found = access.visible_keepings(actor).filter(state__in=FILTERS[show])
    if word:
        found = found.filter(kept__name__icontains=word)
    listed = onward(request, found, order=("state", "-id"))
    rotas_ = onward(request, _rotas(actor), order=("org__name", "id"), name="rotas")
    groups = onward(request, _groups(actor, access.TEND), order=("name", "id"), size=GROUPS, name="groups")
    names = names_of({one.place for one in listed.rows})
    context = {
        "rows": [_row(one, names) for one in listed.rows],
        "list": listed,
        "is_narrow": bool(word),
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == show, "count": None}
            for key, label in (("now", _("在照看和等答复的")), ("over", _("结束的")))
        ],
        "filters": [
            {"name": "show", "kind": "hidden", "value": show},
            {"name": "q", "label": _("找一个地方"), "kind": "search", "value": word},
        ],
        "rotas": [_rota_row(one) for one in rotas_.rows],
        "rotas_list": rotas_,
        "groups": groups.rows,
        "groups_list": groups,
        "turning": _turning(actor),
        "may_ask": policy.can_somewhere(actor, access.ASK),
        "here": "keeping",
    }
    return page(request, "academy/keeping/desk_list.html", context)


def _row(one: Keeping, names: dict[str, str]) -> dict[str, Any]:
    return {
        "name": one.kept.name, "org": one.org.name, "state": states.badge(one.state),
        "when": reading.term_words(one), "place": names.get(one.place, ""),
        "url": _url("keeping", one.kept.number),
    }  # fmt: skip


def _rotas(actor: Actor) -> QuerySet[Rota]:
    """Running rotas that the actor may manage."""
    seen = policy.visible(actor, access.ROTA, access.OF_ORG)
    return Rota.objects.filter(seen, state="running").select_related("org")


def _rota_row(one: Rota) -> dict[str, Any]:
    return {
        "title": one.title, "org": one.org.name, "rhythm": reading.rhythm(one),
        "url": reverse("academy:rota", args=[one.number]), "edit_url": _url("rota-edit", one.number),
    }  # fmt: skip


def _turning(actor: Actor) -> str:
    """The figures of the place where one works; empty for who works for a group only."""
    for post in actor.posts:
        place = codes.community(post.place) or post.place
        if place and len(place) == 12 and policy.can(actor, access.MANAGE, place):
            if codes.level(place) >= codes.Level.STREET:
                return reverse("academy:keeping-turning", args=[place])
    return ""


def _groups(actor: Actor, permission: str) -> QuerySet[Organisation]:
    """Open groups for which the actor may do this, by name."""
    seen = policy.visible(actor, permission, policy.Fields(place="place", orgs="id"))
    found = Organisation.objects.filter(seen, kind__in=Organisation.GROUPS, closed_on=None)
    return found.order_by("name", "id")


# Asking ---------------------------------------------------------------------------------------------------


@FORM
@ASKS
def new(request: HttpRequest) -> HttpResponse:
    """First for which group, then the place."""
    actor = actor_of(request)
    groups = list(_groups(actor, access.ASK))
    chosen = request.GET.get("org", "")
    group = next((one for one in groups if str(one.pk) == chosen), None)
    if group is None and len(groups) == 1:
        group = groups[0]
    if group is None:
        kinds = [(one, people_states.kind_name(one.kind)) for one in groups]
        return page(request, "academy/keeping/desk_groups.html", {"groups": kinds, "here": "keeping"})
    places = _communities(group)
    place = request.GET.get("place", places[0][0])
    if place not in dict(places):
        raise NotVisible(place)
    form = forms.Ask(place, posted(request), initial={"matter": request.GET.get("matter", "")})
    made: list[Keeping] = []
    act = lambda: made.append(  # noqa: E731
        actions.ask_place(actor=actor, org=group.pk, place=place, **form.cleaned_data)
    )
    if tried(request, form, act):
        messages.success(request, _("申请记下了，等社区答复。"))
        return redirect("academy_desk:keeping", made[0].kept.number)
    title = _("%(org)s想照看一个地方") % {"org": group.name}
    others = [
        {"label": name, "url": f"?org={group.pk}&place={code}", "current": code == place, "count": None}
        for code, name in places
    ]
    lead = name_of(place)
    tabs = others if len(others) > 1 else []
    back = _url("keepings")
    return form_page(request, form, title, _("提出申请"), back, _("照看的地方"), lead=lead, place_tabs=tabs)


def _communities(group: Organisation) -> list[tuple[str, str]]:
    """Where a group is at home: its community, or those of its street."""
    own = codes.community(group.place)
    if own:
        return [(own, name_of(own))]
    return [(one.code, one.name) for one in children(group.place)] or [(group.place, name_of(group.place))]


@FORM
@ASKS
def again(request: HttpRequest, number: str, org: UUID) -> HttpResponse:
    """A group asks for a place that has a page already."""
    actor = actor_of(request)
    kept = access.one(access.public_places(), number)
    group = access.get_group(org)
    policy.require(actor, access.ASK, group_target(group))
    form = forms.AskAgain(posted(request))
    act = lambda: actions.ask_place(  # noqa: E731
        actor=actor, org=org, place=kept.place, kept=kept.number, **form.cleaned_data
    )
    if tried(request, form, act):
        messages.success(request, _("申请记下了，等社区答复。"))
        return redirect("academy_desk:keeping", kept.number)
    words = {"org": group.name, "place": kept.name}
    title = _("%(org)s想照看%(place)s") % words
    return form_page(request, form, title, _("提出申请"), _url("keeping", kept.number), kept.name)


# One place ------------------------------------------------------------------------------------------------


@require_safe
@HELPS
def place_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a place, with what can be done next."""
    actor = actor_of(request)
    kept = _place(actor, number)
    tends = access.may(actor, access.TEND, kept)
    public = access.public_places().filter(pk=kept.pk).exists()
    rows = reading.terms(kept, everything=True)
    busy = {one["keeping"].org_id for one in rows if one["keeping"].state in ("asked", "kept")}
    others = [one for one in _groups(actor, access.ASK) if one.pk not in busy] if public else []
    context = {
        "kept": kept,
        "where": reading.where(kept),
        "place_title": name_of(kept.place),
        "terms": [{**one, "moves": _moves(actor, one["keeping"])} for one in rows],
        "entries": reading.entries(kept),
        "counts": reading.counts(kept),
        "items": list(kept.items.filter(is_active=True).order_by("position")),
        "findings": reading.findings_of_place(kept),
        "rotas": reading.public_rotas(kept.rotas.all()),
        "tends": tends,
        "public_url": reading.place_url(kept) if public else "",
        "others": [one for one in others if access.at_home(one, kept.place)],
        "here": "keeping",
    }
    return page(request, "academy/keeping/desk_place.html", context)


def _place(actor: Actor, number: str) -> KeptPlace:
    found = access.own_places(actor).select_related("site", "venue", "matter")
    return access.one(found, number)


def _moves(actor: Actor, one: Keeping) -> list[dict[str, Any]]:
    """What the actor may do with a keeping as it stands."""
    target = access.target_of(one)
    manages, asks = policy.can(actor, access.MANAGE, target), policy.can(actor, access.ASK, target)
    offered = [
        ("agree", _("同意"), "check", one.state == "asked" and manages),
        ("decline", _("不同意"), "ban", one.state == "asked" and manages),
        ("withdraw", _("收回申请"), "return", one.state == "asked" and asks),
        ("renew", _("续期"), "refresh", one.state == "kept" and manages),
        ("end", _("结束照看"), "stop", one.state == "kept" and (manages or asks)),
    ]
    return [
        {"label": label, "icon": icon, "main": move == "agree", "url": _url("keeping-term", one.number, move)}
        for move, label, icon, shown in offered
        if shown
    ]


TERM_MOVES: dict[str, tuple[Callable[..., Any], str]] = {
    "agree": (actions.agree, "until"),
    "decline": (actions.decline, "reason"),
    "withdraw": (actions.withdraw, ""),
    "renew": (actions.renew, "until"),
    "end": (actions.end, "reason"),
}


def _term_words(move: str) -> tuple[str, str, str]:
    """The title, the button and what is said after."""
    return {
        "agree": (_("同意交给小组照看"), _("同意"), _("同意了，小组会收到通知。")),
        "decline": (_("不同意"), _("回复小组"), _("回复了，小组看得到理由。")),
        "withdraw": (_("收回申请"), _("收回"), _("收回了。")),
        "renew": (_("接着照看"), _("续期"), _("续好了。")),
        "end": (_("结束照看"), _("结束"), _("结束了。这个地方的页面和照片都还在。")),
    }[move]


@FORM
@HELPS
def term(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Answer a group, go on, or end."""
    if move not in TERM_MOVES:
        raise Http404
    actor = actor_of(request)
    found = access.one(access.visible_keepings(actor), number)
    if move in ("agree", "decline", "renew"):
        policy.require(actor, access.MANAGE, access.target_of(found))
    act, kind = TERM_MOVES[move]
    title, submit, said = _term_words(move)
    form = _term_form(kind, found, request)
    if tried(request, form, lambda: act(actor=actor, number=number, **form.cleaned_data)):
        messages.success(request, said)
        return redirect("academy_desk:keeping", found.kept.number)
    lead = f"{found.org.name} · {found.kept.name}"
    back = _url("keeping", found.kept.number)
    quote = found.what if found.state == "asked" else ""
    return form_page(request, form, title, submit, back, found.kept.name, lead=lead, quote=quote)


def _term_form(kind: str, found: Keeping, request: HttpRequest) -> Any:
    if kind == "reason":
        return forms.Reason(posted(request))
    if kind == "until":
        last = actions.longest(found.place, clock.today())
        asked = found.ends_on if found.ends_on and clock.today() < found.ends_on <= last else None
        initial = {"ends_on": asked if found.state == "asked" else None}
        return forms.Until(day_words(last), posted(request), initial=initial)
    return Form(posted(request))


@FORM
@TENDS
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """What the place is called and how it is described."""
    actor = actor_of(request)
    kept = _tended(actor, number)
    form = forms.Edit(kept, posted(request))
    if tried(request, form, lambda: actions.edit_place(actor=actor, number=number, **form.cleaned_data)):
        return redirect("academy_desk:keeping", kept.number)
    return _of(request, kept, form, _("改叫法和说明"), _("保存"))


def _tended(actor: Actor, number: str) -> KeptPlace:
    kept = _place(actor, number)
    policy.require(actor, access.TEND, access.target_of_place(kept))
    return kept


def _of(request: HttpRequest, kept: KeptPlace, form: Any, title: str, submit: str, **more: Any) -> Any:
    url = _url("keeping", kept.number)
    return form_page(request, form, title, submit, url, kept.name, kept=kept, **more)


@FORM
@TENDS
def entry(request: HttpRequest, number: str, entry: UUID | None = None) -> HttpResponse:
    """One entry of the history: new, or to be corrected."""
    actor = actor_of(request)
    kept = _tended(actor, number)
    row = access.by_id(kept.entries.all(), entry) if entry else None
    form = forms.Entry(row, posted(request), initial={"on": clock.today(), "stage": "work"})

    def act() -> None:
        history.write_entry(
            actor=actor, number=kept.number, entry=row.pk if row else None, **form.cleaned_data,
            photos=request.FILES.getlist("photos"), alts=request.POST.getlist("photo_alt"),
        )  # fmt: skip

    if tried(request, form, act):
        messages.success(request, _("写上了，页面上看得到。"))
        return redirect("academy_desk:keeping", kept.number)
    title = _("改这一条") if row else _("写下变化")
    shown = [reading.photo(one) for one in row.photos.select_related("entry")] if row else []
    return _of(request, kept, form, title, _("保存"), has_photos=True, row=row, shown=shown)


@require_POST
@TENDS
def entry_remove(request: HttpRequest, number: str, entry: UUID) -> HttpResponse:
    actor = actor_of(request)
    kept = _tended(actor, number)
    run(request, lambda: history.remove_entry(actor=actor, number=number, entry=entry), _("去掉了。"))
    return redirect("academy_desk:keeping", kept.number)


@require_POST
@TENDS
def photo_remove(request: HttpRequest, number: str, photo: UUID) -> HttpResponse:
    actor = actor_of(request)
    kept = _tended(actor, number)
    run(request, lambda: history.remove_photo(actor=actor, number=number, photo=photo), _("照片去掉了。"))
    return redirect("academy_desk:keeping", kept.number)


@FORM
@TENDS
def items(request: HttpRequest, number: str) -> HttpResponse:
    """What is counted."""
    actor = actor_of(request)
    kept = _tended(actor, number)
    form = forms.Items(kept, posted(request))
    if tried(request, form, lambda: counting.set_items(actor=actor, number=number, **form.cleaned_data)):
        return redirect("academy_desk:keeping", kept.number)
    return _of(request, kept, form, _("清点什么"), _("保存"))


# Rotas ----------------------------------------------------------------------------------------------------


@FORM
@ROTAS
def rota_new(request: HttpRequest, org: UUID) -> HttpResponse:
    """A rota of a group, for a place it keeps or for anything else."""
    actor = actor_of(request)
    group = access.get_group(org)
    policy.require(actor, access.ROTA, group_target(group))
    form = forms.NewRota(group.pk, posted(request), initial={"kept": request.GET.get("kept", "")})
    made: list[Rota] = []
    if tried(request, form, lambda: made.append(rotas.make_rota(actor=actor, org=org, **form.cleaned_data))):
        messages.success(request, _("排好了，组员会收到通知。"))
        return redirect("academy:rota", made[0].number)
    title = _("%(org)s的值班表") % {"org": group.name}
    return form_page(request, form, title, _("排出来"), _url("keepings"), _("照看的地方"))


@FORM
@ROTAS
def rota_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Other words, days or another time; coming turns follow, and who had taken one is told once."""
    actor = actor_of(request)
    rota = access.get_rota(actor, number)
    policy.require(actor, access.ROTA, access.target_of_rota(rota))
    form = forms.EditRota(rota, posted(request))
    url = reverse("academy:rota", args=[rota.number])
    if tried(request, form, lambda: rotas.edit_rota(actor=actor, number=number, **form.cleaned_data)):
        messages.success(request, _("改好了，以后的班照这个来。改错了，再改回来就行。"))
        return redirect(url)
    end_url = _url("rota-end", rota.number) if rota.state == "running" else ""
    lead = _(
        "现在是%(rhythm)s。换了日子，那天已经有人认领的班就取消，换了时间就跟着挪；认领的人会收到一次通知。"
        "改错了可以改回来，取消了的班请他们再认领一次。"
    ) % {"rhythm": reading.rhythm(rota)}
    return form_page(request, form, _("改值班表"), _("保存"), url, rota.title, lead=lead, end_url=end_url)


@require_POST
@ROTAS
def rota_end(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    rota = access.get_rota(actor, number)
    run(request, lambda: rotas.end_rota(actor=actor, number=number), _("结束了，认领了班的人会收到通知。"))
    return redirect("academy:rota", rota.number)


# Delegates ------------------------------------------------------------------------------------------------


@FORM
@TENDS
def delegates(request: HttpRequest, org: UUID) -> HttpResponse:
    """To what a group sends delegates."""
    actor = actor_of(request)
    group = access.get_group(org)
    policy.require(actor, access.TEND, group_target(group))
    offered = delegating.gatherings(codes.community(group.place) or group.place)
    form = forms.Delegates(offered, posted(request))
    act = lambda: delegating.send_delegates(actor=actor, group_id=org, **form.cleaned_data)  # noqa: E731
    if tried(request, form, act):
        messages.success(request, _("记下了：小组派代表去。是谁，小组自己商量。"))
        return redirect("academy_desk:keeping-delegates", org)
    sent = list(Delegation.objects.filter(org=group, state="sent").order_by("-id"))
    told = delegating.told((one.kind, one.ref) for one in sent)
    rows = [{"sent": one, **told[one.ref]} for one in sent if one.ref in told]
    title = _("%(org)s派代表") % {"org": group.name}
    return form_page(
        request, form, title, _("派代表"), _url("keepings"), _("照看的地方"), delegations=rows,
        nothing=not offered, org=group,
    )  # fmt: skip


@require_POST
@TENDS
def recall(request: HttpRequest, delegation: UUID) -> HttpResponse:
    actor = actor_of(request)
    sent = access.by_id(Delegation.objects.all(), delegation)
    act = lambda: delegating.recall_delegates(actor=actor, delegation=delegation)  # noqa: E731
    run(request, act, _("不派了，记下了。"))
    return redirect("academy_desk:keeping-delegates", sent.org_id)
