"""Divisions: the tree with its dates and successions; names, outlines, lists from above, reorganisations."""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk import leftovers
from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.places import (
    KIND_HEADINGS,
    DivisionForm,
    ImportForm,
    ReorganiseForm,
    ShapeForm,
    ShapesForm,
)
from mulin.kernel import codes, jobs, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.ids import new_id
from mulin.kernel.pages import refuse
from mulin.kernel.policy import Target
from mulin.places import actions
from mulin.places import queries as places
from mulin.places.models import Division, Site, Succession

SEE = admin("places.site:manage", "places.division:manage")
MANAGE = admin("places.division:manage")
FORM = require_http_methods(["GET", "HEAD", "POST"])
SALT = "desk.reorganise"
KEPT_SECONDS = 86_400
SHOWN = 60
LEVELS = {
    0: gettext_lazy("全国"),
    2: gettext_lazy("省、直辖市"),
    4: gettext_lazy("市"),
    6: gettext_lazy("区县"),
    9: gettext_lazy("镇街"),
    12: gettext_lazy("社区、村"),
}


def _crumbs(code: str) -> list[tuple[str, str]]:
    """The way up, each name once: a municipality's codes repeat it (500000 and 500100)."""
    above: dict[str, str] = {}
    for one in codes.chain(code):
        if one != code:
            above.setdefault(where.name(one), one)
    return [(one, said) for said, one in above.items()]


@require_safe
@SEE
def place_page(request: HttpRequest) -> HttpResponse:
    """One division: the way up, what lies in it, its dates, what it was before; searched by name or code."""
    actor, get = actor_of(request), request.GET
    text, wrong = get.get("q", "").strip(), ""
    found = places.search_places(text, limit=50) if text else None
    code, wrong = where.chosen(actor, get.get("at", ""))
    code = code[:12]
    place = None if code == codes.COUNTRY else places.get_place(code)
    context: dict[str, Any] = {
        "place": place,
        "code": code,
        "name": where.name(code),
        "level": LEVELS.get(place.level if place else 0, ""),
        "crumbs": _crumbs(code),
        "children": [] if found is not None else places.children(code),
        "found": [(one, places.full_name(one.code)) for one in found] if found is not None else None,
        "kinds": _kinds(code) if place and place.level == 12 else [],
        "may_division": policy.can_somewhere(actor, "places.division:manage"),
        "may_site": policy.can(actor, "places.site:manage", Target(place=code)),
        "history": _history(code),
        "filters": [pages.search("q", _("名称、简称或代码"), text)],
        "clear_url": request.path if text else "",
        "filter_wrong": wrong,
        "shapes_url": reverse("places:shapes", args=[code]),
        "tiles": settings.MULIN_MAP_TILES,
        "has_shape": Division.objects.filter(
            code=code, in_use=True, valid_to=None, shape__isnull=False
        ).exists(),
    }
    return pages.show(request, "places.html", context, room="places")


def _kinds(community: str) -> list[dict[str, Any]]:
    """The kinds of sites of a community with how many there are."""
    count: dict[str, int] = {}
    for one in places.sites(community):
        count[one.kind] = count.get(one.kind, 0) + 1
    return [
        {
            "label": label,
            "n": count.get(kind, 0),
            "url": reverse("desk:desk_admin:sites", args=[community, kind]),
        }
        for kind, label in KIND_HEADINGS.items()
    ]


def _history(code: str) -> list[dict[str, Any]]:
    """Under which names and codes the place was known before, and where it went."""
    systems = {"nbs": _("统计用代码"), "mca": _("民政部代码")}
    rows = Division.objects.filter(code=code).order_by("valid_from", "id")
    found = [
        {"text": row.name, "from": row.valid_from, "to": row.valid_to, "system": systems.get(row.system, "")}
        for row in rows
    ]
    for row in Succession.objects.filter(new=code).order_by("on", "old"):
        found.append(
            {
                "text": _("由 %(old)s 改来") % {"old": where.said(row.old)},
                "from": row.on,
                "to": None,
                "system": "",
            }
        )
    for row in Succession.objects.filter(old=code).order_by("on", "new"):
        found.append(
            {
                "text": _("改为 %(new)s") % {"new": where.said(row.new)},
                "from": row.on,
                "to": None,
                "system": "",
            }
        )
    return found


@FORM
@MANAGE
def division_edit(request: HttpRequest, code: str) -> HttpResponse:
    """What people call a division, and its telephone."""
    place = places.get_place(code)
    if place.is_site:
        raise NotVisible(code)
    form = DivisionForm(pages.posted(request), initial={"short_name": place.name, "phone": place.phone})
    return pages.fill(
        request,
        form,
        lambda data: actions.set_division(actor=actor_of(request), code=code, **data),
        room="places",
        to=reverse("desk:desk_admin:places") + f"?at={code}",
        done=_("已保存。"),
        title=_("改简称和电话"),
        lead=f"{place.official_name} {code}",
        back_label=place.name,
    )


def _record(code: str) -> Division | Site:
    if "-" in code:
        row = Site.objects.filter(code=code, valid_to=None).first()
    else:
        row = Division.objects.filter(code=code, in_use=True, valid_to=None).order_by("level").first()
    if row is None:
        raise NotVisible(code)
    return row


@FORM
@SEE
def shape(request: HttpRequest, code: str) -> HttpResponse:
    """Give a place its outline from a GeoJSON file, or take it away."""
    actor = actor_of(request)
    row = _record(code)
    need = ("places.site:manage", code[:12]) if "-" in code else ("places.division:manage", code)
    policy.require(actor, *need)
    back = reverse("desk:desk_admin:places") + f"?at={code[:12]}"
    if isinstance(row, Site):
        back = reverse("desk:desk_admin:sites", args=[row.community, row.kind])
    form = ShapeForm(row.shape is not None, pages.posted(request), request.FILES or None)

    def act(data: dict[str, Any]) -> None:
        try:
            actions.set_shape(actor=actor, code=code, geometry=data["file"], crs=data["crs"])
        except ActionError as error:
            raise ActionError(error.code, error.message, field="file") from error

    return pages.fill(
        request,
        form,
        act,
        room="places",
        to=back,
        done=_("轮廓已更新，地图上看得到。"),
        title=_("%(name)s的轮廓") % {"name": row},
        lead=code,
        text=_("传一个 GeoJSON 面。会检查坐标和边界，小毛病会自动补好。"),
        submit=_("检查并保存"),
        back_label=_("地点"),
    )


@FORM
@MANAGE
def shapes(request: HttpRequest) -> HttpResponse:
    """Outlines of many divisions from one file."""
    actor = actor_of(request)
    form = ShapesForm(pages.posted(request), request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                done = actions.set_shapes(actor=actor, features=data["file"], crs=data["crs"])
            except ActionError as error:
                form.add_error("file", str(error.message))
            else:
                messages.success(request, _("已更新 %(set)s 个轮廓，%(unknown)s 个代码不在区划表里。") % done)
                return redirect("desk:desk_admin:places")
    context = {
        "form": form, "title": _("导入轮廓"), "submit": _("检查并导入"),
        "back_url": reverse("desk:desk_admin:places"),
        "text": _("一个 GeoJSON 文件，含许多区划的面。同一个文件再传一次不会出错。"), "back_label": _("地点"),
    }  # fmt: skip
    return pages.show(request, "form.html", context, room="places", status=status)


@FORM
@MANAGE
def divisions_import(request: HttpRequest) -> HttpResponse:
    """Hand a list of divisions to the worker."""
    actor = actor_of(request)
    form = ImportForm(pages.posted(request), request.FILES or None)
    return pages.fill(
        request,
        form,
        lambda data: actions.start_import(
            actor=actor, file=data["file"], system=data["system"] or None, on=data["on"]
        ),
        room="places",
        to=lambda job: reverse("desk:desk_admin:job", args=[job.pk]),
        back=reverse("desk:desk_admin:places"),
        title=_("导入区划表"),
        text=_(
            "加上新的区划，改名的换成新名、旧名留着日期。同一个文件再导一次什么都不变；用不了的行会列出来。"
        ),
        submit=_("开始导入"),
        back_label=_("地点"),
    )


@FORM
@MANAGE
def reorganise(request: HttpRequest) -> HttpResponse:
    """A crosswalk and its day: checked first, nothing is changed yet."""
    actor = actor_of(request)
    form = ReorganiseForm(pages.posted(request), request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            stored = default_storage.save(
                f"imports/{new_id().hex}/{Path(data['file'].name).name}", data["file"]
            )
            given = {"stored": stored, "on": data["on"].isoformat(), "names": data["names"]}
            try:
                _plan(actor, given)
                token = signing.dumps({**given, "by": str(actor.account)}, salt=SALT, compress=True)
                return redirect("desk:desk_admin:reorganise-plan", token)
            except ActionError as error:
                leftovers.drop(stored)
                refuse(form, error)
    context = {
        "form": form, "title": _("区划调整"), "submit": _("检查对照表"),
        "back_url": reverse("desk:desk_admin:places"),
        "text": _("街道合并、拆分、改名时用。先检查，看过会改什么，再由您确定；旧代码永远找得到。"),
        "back_label": _("地点"),
    }  # fmt: skip
    return pages.show(request, "form.html", context, room="places", status=status)


def _plan(actor: Actor, given: dict[str, Any]) -> Any:
    return actions.preview_reorganisation(
        actor=actor,
        path=default_storage.path(given["stored"]),
        on=date.fromisoformat(given["on"]),
        names=given["names"],
    )


@FORM
@MANAGE
def reorganise_plan(request: HttpRequest, token: str) -> HttpResponse:
    """What the crosswalk would do, with everything that does not fit; once confirmed, the worker does it."""
    actor = actor_of(request)
    try:
        given = signing.loads(token, salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise NotVisible(token) from error
    if given["by"] != str(actor.account) or not default_storage.exists(given["stored"]):
        raise NotVisible(token)
    plan = _plan(actor, given)
    if request.method == "POST" and not plan.problems:
        job = jobs.start(
            actor, "desk.reorganise", stored=given["stored"], on=given["on"], names=given["names"]
        )
        return redirect("desk:desk_admin:job", job.pk)
    language = get_language() or "zh-hans"
    names = {row.code: row.name for row in plan.created}
    context = {
        "plan": plan,
        "problems": [problem.describe(language) for problem in plan.problems[:SHOWN]],
        "more_problems": max(0, len(plan.problems) - SHOWN),
        "figures": [
            {"label": _("镇街"), "value": plan.summary["streets"]},
            {"label": _("社区和村换代码"), "value": plan.summary["moved"]},
            {"label": _("新的区划"), "value": len(plan.created)},
            {"label": _("结束的旧代码"), "value": len(plan.closed)},
            {"label": _("对不上"), "value": len(plan.problems),
             "tone": "urgent" if plan.problems else "done"},
        ],
        "moves": [
            {"old": move.old, "old_name": where.name(move.old), "new": move.new,
             "new_name": names.get(move.new) or move.name or where.name(move.new),
             "provisional": move.provisional}
            for move in plan.moves[:SHOWN]
        ],
        "more_moves": max(0, len(plan.moves) - SHOWN),
        "on": date.fromisoformat(given["on"]),
    }  # fmt: skip
    return pages.show(request, "reorganise_plan.html", context, room="places")
