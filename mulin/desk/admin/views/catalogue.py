"""The catalogue of what people speak about: two levels, changed without code; what the machine makes of a
sentence today; and learning again from what the desk put right."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.admin import pages
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.catalogue import CategoryForm, GroupForm
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.voices import understanding
from mulin.voices.actions.catalogue import change_category
from mulin.voices.actions.training import start_training
from mulin.voices.categories import Category, catalogue
from mulin.voices.models import Lesson
from mulin.voices.states import SEVERITY_WORDS, kind_word

EDIT, TRAIN = admin("voices.catalogue:edit"), admin("voices.triage:train")
SEE = admin("voices.catalogue:edit", "voices.triage:train")
FORM = require_http_methods(["GET", "HEAD", "POST"])
MOST_CONFUSED = 30
LONGEST = 500


@require_safe
@SEE
def catalogue_page(request: HttpRequest) -> HttpResponse:
    """Both levels with what each category asks for; beside it the machine."""
    actor, get = actor_of(request), request.GET
    chosen = {key: get.get(key, "") for key in ("q", "group", "state")}
    known = catalogue()
    groups = []
    for group in known.groups.values():
        inside = [one for one in known if one.group == group.code and _fits(one, chosen)]
        if inside or not any(chosen.values()):
            groups.append({"group": group, "categories": inside})
    text = get.get("text", "").strip()[:LONGEST]
    states = [("active", _("在用")), ("off", _("已停用")), ("major", _("大事")), ("photo", _("要照片"))]
    context = {
        "groups": groups,
        "n": sum(len(one["categories"]) for one in groups),
        "filters": [
            pages.search("q", _("名称、代码、关键词"), chosen["q"]),
            pages.select(
                "group", _("大类"), chosen["group"], [(g.code, g.name) for g in known.groups.values()]
            ),
            pages.select("state", _("状态"), chosen["state"], states),
        ],
        "clear_url": request.path if get else "",
        "is_narrow": any(chosen.values()),
        "text": text,
        "suggested": _suggested(text) if text else None,
        "lessons": Lesson.objects.filter(what="category").count(),
        "has_model": understanding.trained_model() is not None,
        "confused": _confused(),
        "may_train": policy.can_somewhere(actor, "voices.triage:train"),
    }
    return pages.show(request, "catalogue.html", context, room="catalogue")


def _fits(one: Category, chosen: dict[str, str]) -> bool:
    if chosen["group"] and one.group != chosen["group"]:
        return False
    state = chosen["state"]
    wanted = {
        "active": one.is_active,
        "off": not one.is_active,
        "major": one.severity == "major",
        "photo": one.photo,
    }
    if not wanted.get(state, True):
        return False
    said = " ".join((one.code, one.zh, one.en, *one.keywords)).lower()
    return chosen["q"].strip().lower() in said


def _suggested(text: str) -> dict[str, Any]:
    """What the machine says of a sentence now, in words."""
    found = understanding.suggest(text)
    known = catalogue()
    return {
        "categories": [
            {
                "name": known.name(one["code"]),
                "share": round(one["confidence"] * 100),
                "reason": "、".join(one["reason"][:4]),
                "url": reverse("desk:desk_admin:category", args=[one["code"]]),
            }
            for one in found["category"]
        ],
        "kind": " · ".join(str(kind_word(one["code"])) for one in found["kind"][:2]),
        "severity": SEVERITY_WORDS[found["severity"]["code"]],
        "urgency": found["urgency"]["level"],
    }


def _confused() -> list[dict[str, Any]]:
    """Which category the desk most often replaced by which other."""
    rows = Lesson.objects.filter(what="category").exclude(was="").values("was", "now").annotate(n=Count("id"))
    known = catalogue()
    return [
        {"was": known.name(row["was"]), "now": known.name(row["now"]), "n": row["n"]}
        for row in rows.order_by("-n", "was")[: MOST_CONFUSED * 2]
        if row["was"] != row["now"]
    ][:MOST_CONFUSED]


@FORM
@EDIT
def group_edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Add a group, or rename one."""
    group = catalogue().groups.get(code) if code else None
    if code and group is None:
        raise NotVisible(code)
    form = GroupForm(group, pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: change_category(actor=actor_of(request), **{"code": code, **data}),
        room="catalogue",
        to=reverse("desk:desk_admin:catalogue"),
        done=_("大类已保存。"),
        title=_("改大类：%(name)s") % {"name": group.name} if group else _("新的大类"),
        back_label=_("类别目录"),
    )


@FORM
@EDIT
def category_edit(request: HttpRequest, code: str = "") -> HttpResponse:
    """Add a category, change one, or switch it off."""
    category = catalogue().get(code) if code else None
    if code and category is None:
        raise NotVisible(code)
    form = CategoryForm(
        category,
        pages.posted(request),
        initial={"parent": request.GET.get("group", "")} if not code else None,
    )
    return pages.fill(
        request,
        form,
        lambda _data: change_category(actor=actor_of(request), **form.arguments()),
        room="catalogue",
        to=lambda row: reverse("desk:desk_admin:catalogue") + f"#{row.code}",
        done=_("类别已保存，居民和工作台现在就看得到。"),
        back=reverse("desk:desk_admin:catalogue"),
        title=_("改类别：%(name)s") % {"name": category.name} if category else _("新的类别"),
        lead=code,
        back_label=_("类别目录"),
    )


@FORM
@EDIT
def category_switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a category off or on again, asked once."""
    one = catalogue().get(code)
    if one is None:
        raise NotVisible(code)
    off = one.is_active
    text = (
        _("停用后居民和工作台不再选得到它，旧事项保留名称，随时可以恢复。")
        if off
        else _("恢复后又可以选到它。")
    )
    return pages.ask(
        request,
        lambda: change_category(
            actor=actor_of(request),
            code=code,
            name=one.zh,
            name_en=one.en,
            parent=one.group,
            is_active=not off,
        ),
        room="catalogue",
        title=_("停用“%(name)s”") % {"name": one.name} if off else _("恢复“%(name)s”") % {"name": one.name},
        text=text,
        submit=_("停用") if off else _("恢复"),
        done=_("已停用。") if off else _("已恢复。"),
        to=reverse("desk:desk_admin:catalogue"),
    )


@FORM
@TRAIN
def train(request: HttpRequest) -> HttpResponse:
    """Let the machine learn again from the desk's corrections, as a job with progress."""
    if request.method == "POST":
        return redirect("desk:desk_admin:job", start_training(actor=actor_of(request)).pk)
    n = Lesson.objects.filter(what="category").count()
    return pages.ask(
        request,
        lambda: None,
        room="catalogue",
        title=_("重新训练分类"),
        text=_(
            "机器会从随产品的例句和工作台改过的 %(n)s 条里重新学，做完马上换上。可以中途停下，停下就不换。"
        )
        % {"n": n},
        submit=_("开始训练"),
        done="",
        to=reverse("desk:desk_admin:catalogue"),
    )
