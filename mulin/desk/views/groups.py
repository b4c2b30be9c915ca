"""Groups of neighbours at the desk: made, given members, given a place to keep."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import pickers
from mulin.desk.pages import places_of
from mulin.desk.views.residents import tabs
from mulin.kernel import codes, policy, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk, needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, posted, refuse
from mulin.people import actions, queries, states
from mulin.people.models import Organisation
from mulin.places.queries import names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
GROUPS = needs("people.group:manage")


def managed(actor: Actor) -> list[Organisation]:
    """Groups at the actor's posts, and those they lead."""
    found = {group.pk: group for group in queries.my_groups(actor)}
    for place in places_of(actor):
        for group in queries.list_groups(place[:12]):
            found.setdefault(group.pk, group)
    return sorted(found.values(), key=lambda group: group.name)


@require_safe
@GROUPS
def groups(request: HttpRequest) -> HttpResponse:
    """The groups of the place."""
    actor = actor_of(request)
    rows = managed(actor)
    names = names_of(group.place for group in rows)
    context = {
        "groups": [(group, states.kind_name(group.kind), names.get(group.place, "")) for group in rows],
        "tabs": tabs(actor, "groups"),
        "can_create": any(policy.can(actor, "people.group:manage", place) for place in places_of(actor)),
    }
    return page(request, "desk/groups.html", context)


class GroupForm(forms.Form):
    """A new group."""

    name = forms.CharField(label=gettext_lazy("小组的名字"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("类型"))
    place = forms.ChoiceField(label=gettext_lazy("在哪里"))
    about = forms.CharField(
        label=gettext_lazy("做什么"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    leader = forms.CharField(
        label=pgettext_lazy("desk", "负责人"), required=False,
        help_text=gettext_lazy("他的手机号或用户名；以后再定也行"),
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, states.kind_name(kind)) for kind in Organisation.GROUPS]
        own = [place for place in places_of(actor) if "-" not in place and codes.level(place) in {9, 12}]
        near = [(place, names_of([place])[place]) for place in own]
        self.fields["place"].choices = [*near, *[c for c in pickers.communities(actor) if c[0] not in own]]


@FORM
@GROUPS
def group_new(request: HttpRequest) -> HttpResponse:
    """Found a group."""
    actor = actor_of(request)
    form = GroupForm(actor, posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                leader = find_person(actor, data.pop("leader"), "leader")
                made = actions.create_group(actor=actor, leader_id=leader, **data)
                messages.success(request, _("小组成立了。"))
                return redirect("desk:group", made.pk)
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
    context = {
        "form": form,
        "title": _("成立小组"),
        "back_url": reverse("desk:groups"),
        "back_label": _("小组"),
        "submit": _("成立"),
        "action": request.get_full_path(),
    }
    return page(request, "desk/form.html", context, status=status)


def find_person(actor: Actor, text: str, field: str) -> UUID | None:
    """The account of a log-in name or telephone number that was typed whole. There is no browsing."""
    text = text.strip()
    if not text:
        return None
    if actor.account and not actor.roles - states.VOLUNTEERS:
        # Neighbours who lead a group add a few people, and do not look up whose number is whose.
        throttle.check("find-person", str(actor.account), limit=30, seconds=3600)
    found = queries.find_account(actor, text)
    if found is None:
        raise ActionError(
            "no-person", _("没有找到这个人。请他先登录一次，再写他的手机号或用户名。"), field=field
        )
    return found.pk


class MemberForm(forms.Form):
    """Somebody who joins."""

    who = forms.CharField(label=gettext_lazy("手机号或用户名"))
    role = forms.ChoiceField(label=gettext_lazy("身份"))
    ends_on = forms.DateField(
        label=gettext_lazy("到哪天"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(r, states.role_name(r)) for r in reversed(states.GROUP_ROLES)]


class AdoptForm(forms.Form):
    """The place that a group keeps."""

    site = forms.ChoiceField(label=gettext_lazy("认领的地方"), required=False)

    def __init__(self, place: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = adoptable(place)


def adoptable(place: str) -> list[tuple[Any, Any]]:
    """What lies where the group does: estates, courtyards, grids, buildings."""
    from mulin.places.queries import sites

    words = {
        "estate": pgettext("place", "小区"), "courtyard": pgettext("place", "院落"),
        "grid": pgettext("place", "网格"), "micro_grid": pgettext("place", "微网格"),
        "building": pgettext("place", "楼栋"),
    }  # fmt: skip
    found: dict[str, list[tuple[str, str]]] = {}
    for one in sites(place)[:1500]:
        found.setdefault(one.kind, []).append((one.code, one.name))
    return [("", _("没有认领")), *[(words[kind], found[kind]) for kind in words if kind in found]]


@require_safe
@desk
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: its members, its place, closing it."""
    actor = actor_of(request)
    shown = queries.group_page(actor, group_id)
    context = {
        "shown": shown,
        "group": shown.group,
        "kind": states.kind_name(shown.group.kind),
        "members": [(post, states.role_name(post.role)) for post in shown.members],
        "member_form": MemberForm(auto_id="member_%s"),
        "adopt_form": AdoptForm(
            shown.group.place, initial={"site": shown.group.adopted.code if shown.group.adopted else ""}
        ),
    }
    return page(request, "desk/group.html", context)


@require_POST
@desk
def group_change(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Add a member, end a membership, adopt a place or close the group, by the button that was pressed."""
    actor = actor_of(request)
    queries.group_page(actor, group_id)
    what = request.POST.get("what", "")
    if what not in CHANGES:
        raise NotVisible(what)
    try:
        said = CHANGES[what](actor, group_id, request)
        messages.success(request, said)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.error(request, str(error.message))
    if what == "close":
        return redirect("desk:groups")
    return redirect("desk:group", group_id)


def _add(actor: Actor, group_id: UUID, request: HttpRequest) -> str:
    form = MemberForm(request.POST)
    if not form.is_valid():
        raise ActionError("field-missing", _("请写手机号或用户名。"), field="who")
    data = form.cleaned_data
    account = find_person(actor, data["who"], "who")
    actions.add_member(
        actor=actor, group_id=group_id, account_id=account, role=data["role"], ends_on=data["ends_on"]
    )
    return _("已加入小组。")


def _end(actor: Actor, group_id: UUID, request: HttpRequest) -> str:
    from mulin.desk.forms import as_uuid

    post = as_uuid(request.POST.get("post", ""))
    if post is None:
        raise NotVisible("post")
    actions.end_membership(actor=actor, post_id=post)
    return _("已退出小组。")


def _adopt(actor: Actor, group_id: UUID, request: HttpRequest) -> str:
    found = actions.adopt_place(actor=actor, group_id=group_id, site=request.POST.get("site", ""))
    return _("小组认领了这个地方。") if found.adopted_id else _("小组交还了认领的地方。")


def _close(actor: Actor, group_id: UUID, request: HttpRequest) -> str:
    actions.update_group(actor=actor, group_id=group_id, close=True)
    return _("小组已结束。")


CHANGES = {"add": _add, "end": _end, "adopt": _adopt, "close": _close}
