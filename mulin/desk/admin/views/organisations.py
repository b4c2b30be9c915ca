"""Units and groups: created, renamed, closed; members of groups and the places they keep."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.people import AdoptForm, GroupForm, MemberForm, OrganisationForm
from mulin.desk.admin.reading import people as reading
from mulin.desk.pickers import site_choices
from mulin.kernel import codes, paging, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.people import actions, queries, states
from mulin.people.models import Organisation, Post
from mulin.places import queries as places

UNITS, GROUPS = admin("people.organisation:manage"), admin("people.group:manage")
SEE = admin("people.organisation:manage", "people.group:manage")
FORM = require_http_methods(["GET", "HEAD", "POST"])
SIZE = 60
GROUP_FIELDS = policy.Fields(place="place", orgs="pk")


def _rows(actor: Actor, what: str) -> Any:
    """The units (or groups) that the actor may change."""
    rows = Organisation.objects.annotate(size=Count("posts", filter=queries.in_force("posts__")))
    if what == "groups":
        seen = policy.visible(actor, "people.group:manage", GROUP_FIELDS)
        return rows.filter(seen, kind__in=Organisation.GROUPS)
    return rows.filter(policy.visible(actor, "people.organisation:manage")).exclude(
        kind__in=Organisation.GROUPS
    )


def _narrowed(rows: Any, place: str, chosen: dict[str, str]) -> Any:
    rows = (
        rows.filter(closed_on__isnull=False) if chosen["state"] == "closed" else rows.filter(closed_on=None)
    )
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(place__gte=low, place__lt=high)
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if text := chosen["q"].strip():
        rows = rows.filter(Q(name__contains=text) | Q(name_en__icontains=text))
    return rows


@require_safe
@SEE
def organisation_list(request: HttpRequest) -> HttpResponse:
    """Units, or groups, by place, kind and name."""
    actor, get = actor_of(request), request.GET
    may = {
        "units": policy.can_somewhere(actor, "people.organisation:manage"),
        "groups": policy.can_somewhere(actor, "people.group:manage"),
    }
    what = get.get("what", "")
    what = what if may.get(what) else next(name for name, allowed in may.items() if allowed)
    place, wrong = where.chosen(actor, get.get("place", ""), fallback=False)
    chosen = {key: get.get(key, "") for key in ("q", "kind", "state")}
    rows = _narrowed(_rows(actor, what), place, chosen)
    found = paging.page(rows, order=("place", "id"), size=SIZE, cursor=get.get("cursor"))
    names = places.full_names(row.place for row in found.items)
    for row in found.items:
        row.kind_word, row.where = states.kind_name(row.kind), names.get(row.place, row.place)
    kinds = Organisation.GROUPS if what == "groups" else (*Organisation.OFFICIAL, *Organisation.OTHERS)
    tabs = [("units", _("各单位")), ("groups", _("小组"))]
    context = {
        "what": what,
        "rows": found.items,
        **pages.turning(request, found),
        "tabs": [
            {"label": label, "url": f"?what={name}", "current": name == what, "count": None}
            for name, label in tabs
            if may[name]
        ],
        "filters": [
            {"name": "what", "kind": "hidden", "value": what},
            pages.search("q", _("名称"), chosen["q"]),
            pages.place("place", _("在哪里"), get.get("place", ""), place, wrong),
            pages.select("kind", _("类型"), chosen["kind"], [(one, states.kind_name(one)) for one in kinds]),
            pages.select("state", _("在用"), chosen["state"], [("closed", pgettext("unit", "已撤销"))]),
        ],
        "filter_wrong": wrong,
        "is_narrow": bool(place or any(chosen.values())),
        "clear_url": f"{request.path}?what={what}" if place or any(chosen.values()) or wrong else "",
    }
    return pages.show(request, "organisations.html", context, room="organisations")


def _one(actor: Actor, what: str, org_id: UUID) -> Organisation:
    row = _rows(actor, what).filter(pk=org_id).first()
    if row is None:
        raise NotVisible(str(org_id))
    return row


def _list_url(what: str = "units") -> str:
    return reverse("desk:desk_admin:organisations") + f"?what={what}"


@FORM
@UNITS
def organisation_edit(request: HttpRequest, org_id: UUID | None = None) -> HttpResponse:
    """Add a unit, or change one."""
    actor = actor_of(request)
    org = _one(actor, "units", org_id) if org_id else None
    form = OrganisationForm(
        org, pages.posted(request), initial=None if org else {"place": where.first(actor)}
    )
    action = actions.update_organisation if org else actions.create_organisation
    more = {"org_id": org_id} if org else {}
    return pages.fill(
        request,
        form,
        lambda data: action(actor=actor, **more, **data),
        room="organisations",
        to=_list_url(),
        done=_("单位已保存。"),
        title=_("改单位") if org else _("新的单位"),
        back_label=_("单位和小组"),
    )


@FORM
@UNITS
def organisation_close(request: HttpRequest, org_id: UUID) -> HttpResponse:
    """Close a unit for new work, asked once."""
    actor = actor_of(request)
    org = _one(actor, "units", org_id)
    return pages.ask(
        request,
        lambda: actions.close_organisation(actor=actor, org_id=org_id),
        room="organisations",
        title=_("撤销“%(name)s”") % {"name": org.name},
        text=_("撤销后不再派给它。办过的事都留着；它手上的事请先转走。这一步不能收回，要用时另建一个。"),
        facts=[(_("还有几个岗位"), org.size)],
        submit=pgettext("unit", "撤销"),
        done=_("单位已撤销。"),
        to=_list_url(),
    )


@require_safe
@GROUPS
def group_page(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: members, what it keeps."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id)
    posts = list(
        Post.objects.filter(queries.in_force(), org=group).select_related("account").order_by("-role", "id")
    )
    for post in posts:
        post.role_word, post.term = states.role_name(post.role), reading.term(post)
    context = {
        "group": group,
        "kind": states.kind_name(group.kind),
        "where": where.name(group.place),
        "posts": posts,
        "adopted": group.adopted.name if group.adopted else "",
    }
    return pages.show(request, "group.html", context, room="organisations")


@FORM
@GROUPS
def group_edit(request: HttpRequest, group_id: UUID | None = None) -> HttpResponse:
    """Found a group, or change one."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id) if group_id else None
    form = GroupForm(
        actor, group, pages.posted(request), **({} if group else {"initial": {"place": where.first(actor)}})
    )
    action = actions.update_group if group else actions.create_group
    more = {"group_id": group_id} if group else {}
    return pages.fill(
        request,
        form,
        lambda _data: action(actor=actor, **more, **form.arguments()),
        room="organisations",
        to=lambda row: reverse("desk:desk_admin:group-page", args=[row.pk]),
        done=_("小组已保存。"),
        back=reverse("desk:desk_admin:group-page", args=[group_id]) if group else _list_url("groups"),
        title=_("改小组") if group else _("新的小组"),
        back_label=_("返回"),
    )


@FORM
@GROUPS
def group_close(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """End a group, asked once."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id)
    return pages.ask(
        request,
        lambda: actions.update_group(actor=actor, group_id=group_id, close=True),
        room="organisations",
        title=_("结束“%(name)s”") % {"name": group.name},
        text=_("结束后所有成员都离开，做过的事都留着。这一步不能收回。"),
        facts=[(_("成员"), group.size)],
        submit=_("结束小组"),
        done=_("小组已结束。"),
        to=_list_url("groups"),
    )


@FORM
@GROUPS
def member_add(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Take somebody into a group."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id)
    form = MemberForm(actor, pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: actions.add_member(
            actor=actor,
            group_id=group_id,
            account_id=data["person"].pk,
            role=data["role"],
            ends_on=data["ends_on"],
        ),
        room="organisations",
        to=reverse("desk:desk_admin:group-page", args=[group_id]),
        done=_("已加入，本人会收到消息。"),
        title=_("加一位成员"),
        lead=group.name,
        submit=pgettext("member", "加入"),
    )


@FORM
@GROUPS
def member_end(request: HttpRequest, group_id: UUID, post_id: UUID) -> HttpResponse:
    """Somebody leaves a group, asked once."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id)
    post = Post.objects.filter(pk=post_id, org=group).select_related("account").first()
    if post is None:
        raise NotVisible(str(post_id))
    return pages.ask(
        request,
        lambda: actions.end_membership(actor=actor, post_id=post_id),
        room="organisations",
        title=_("请%(name)s离开小组") % {"name": post.account},
        text=_("他做过的事都留着，可以再加入。"),
        submit=_("离开"),
        done=_("已离开小组。"),
        to=reverse("desk:desk_admin:group-page", args=[group_id]),
    )


@FORM
@GROUPS
def group_adopt(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """A group takes a place into its care, or gives it back."""
    actor = actor_of(request)
    group = _one(actor, "groups", group_id)
    choices = [one for one in site_choices(group.place) if one[0] != ""]
    estates = [
        (one.code, one.name) for kind in ("estate", "courtyard") for one in places.sites(group.place, kind)
    ]
    form = AdoptForm(
        [(_("小区和院落"), estates), *choices] if estates else choices,
        pages.posted(request),
        initial={"site": group.adopted.code if group.adopted else ""},
    )
    return pages.fill(
        request,
        form,
        lambda data: actions.adopt_place(actor=actor, group_id=group_id, site=data["site"]),
        room="organisations",
        to=reverse("desk:desk_admin:group-page", args=[group_id]),
        done=_("认领已更新，居民看得到。"),
        title=_("认领一处地方"),
        lead=group.name,
    )
