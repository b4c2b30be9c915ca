"""Posts: who holds what, where, until when; given, ended, handed over, deputised; the grid notice."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.people import DeputyForm, EndForm, HandOverForm, PostForm
from mulin.desk.admin.reading import people as reading
from mulin.desk.admin.reading.attention import SERVING, communities_without
from mulin.desk.pages import places_of
from mulin.kernel import clock, paging, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.pages import page
from mulin.people import actions, queries, states
from mulin.people.models import Post

SEE, GIVE = admin("people.post:view"), admin("people.post:give")
FORM = require_http_methods(["GET", "HEAD", "POST"])
SIZE = 60


@require_safe
@SEE
def post_list(request: HttpRequest) -> HttpResponse:
    """Posts by place, role, unit, name and state."""
    actor, get = actor_of(request), request.GET
    place, wrong = where.chosen(actor, get.get("place", ""), fallback=False)
    chosen = {key: get.get(key, "") for key in ("q", "role", "org", "state")}
    units = reading.unit_choices(actor)
    if chosen["org"] not in dict(units):
        chosen["org"] = ""
    rows = reading.posts(actor, place=place, **chosen)
    found = paging.page(rows, order=("place", "role", "id"), size=SIZE, cursor=get.get("cursor"))
    reading.decorate(found.items, actor)
    roles = [(role, word) for role, (word, _levels) in states.ROLES.items() if role not in states.GROUP_ROLES]
    options = [
        ("ending", _("30 天内到期")),
        ("later", _("还没开始")),
        ("ended", _("已结束")),
        ("missing", _("没人的社区")),
    ]
    context = {
        "posts": found.items,
        **pages.turning(request, found),
        "missing": communities_without(actor, SERVING) if chosen["state"] == "missing" else None,
        "may_give": policy.can_somewhere(actor, "people.post:give"),
        "may_account": policy.can_somewhere(actor, "people.account:manage"),
        "is_narrow": bool(place or any(chosen.values())),
        "filters": [
            pages.search("q", _("姓名、用户名、职务"), chosen["q"]),
            pages.place("place", _("在哪里"), get.get("place", ""), place, wrong),
            pages.select("role", _("岗位"), chosen["role"], roles),
            pages.select("org", _("单位"), chosen["org"], units),
            pages.select("state", pgettext("post", "在岗"), chosen["state"], options),
        ],
        "filter_wrong": wrong,
        "clear_url": request.path if get else "",
        "place": place,
    }
    return pages.show(request, "posts.html", context, room="posts")


@require_safe
@SEE
def grid_notice(request: HttpRequest) -> HttpResponse:
    """The list of grid workers for the notice board, by community: name, area, the community's telephone."""
    actor = actor_of(request)
    place, _wrong = where.chosen(actor, request.GET.get("place", ""))
    context = {
        "communities": reading.grid_notice(actor, place),
        "where": where.name(place),
        "today": clock.today(),
        "hotline": settings.MULIN_HOTLINE,
        "back": reverse("desk:desk_admin:posts"),
    }
    return page(request, "desk/admin/grid_notice.html", context)


@FORM
@GIVE
def post_give(request: HttpRequest) -> HttpResponse:
    """Give a post."""
    actor = actor_of(request)
    start = {
        "place": request.GET.get("place") or where.first(actor),
        "person": request.GET.get("person", ""),
        "role": request.GET.get("role", ""),
    }
    form = PostForm(actor, places_of(actor), pages.posted(request), initial=start)
    return pages.fill(
        request,
        form,
        lambda _data: _as_field(actions.give_post, actor=actor, **form.arguments()),
        room="posts",
        to=reverse("desk:desk_admin:posts"),
        done=_("已任命，本人会收到消息。"),
        title=_("任命"),
        text=_("没有账户的人，先给他建一个账户。"),
        submit=_("任命"),
        back_label=_("岗位和账户"),
    )


def _as_field(action: Any, **arguments: Any) -> Any:
    """A refusal for the role or the place chosen belongs beside that field, not on a page of its own."""
    from mulin.kernel.errors import ActionError, NotAllowed

    try:
        return action(**arguments)
    except NotAllowed as error:
        raise ActionError(error.code, error.message, field="role") from error


def _post(actor: Actor, post_id: UUID) -> Post:
    rows = Post.objects.filter(policy.visible(actor, "people.post:view", queries.POST_FIELDS))
    post = rows.select_related("account", "org", "deputy_for").filter(pk=post_id).first()
    if post is None:
        raise NotVisible(str(post_id))
    return post


def _may(actor: Actor, post: Post, *, holder_too: bool = False) -> None:
    """403 for who may see the post but not change it, before a form is shown."""
    holders = {post.account_id, *([post.deputy_for.account_id] if post.deputy_for else [])}
    if actor.account in holders and (holder_too or post.deputy_for):
        return
    policy.require(actor, "people.post:give", post.place)


def _lead(post: Post) -> str:
    return f"{post.account} · {where.name(post.place)} · {states.role_name(post.role)}"


@FORM
@SEE
def post_end(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """End a post, now or on a day."""
    actor = actor_of(request)
    post = _post(actor, post_id)
    _may(actor, post)
    form = EndForm(pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: actions.end_post(actor=actor, post_id=post_id, on=data["on"]),
        room="posts",
        to=reverse("desk:desk_admin:posts"),
        done=_("已结束，本人会收到消息。他办过的事都留着。"),
        title=_("结束岗位"),
        lead=_lead(post),
        text=_("结束后他不再看得到这里的事。账户留着，可以再任命。"),
        submit=_("结束"),
        back_label=_("岗位和账户"),
    )


@FORM
@GIVE
def post_hand_over(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Hand a post over to somebody else."""
    actor = actor_of(request)
    post = _post(actor, post_id)
    form = HandOverForm(actor, pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: actions.hand_over(
            actor=actor, post_id=post_id, to_account_id=data["person"].pk, on=data["on"]
        ),
        room="posts",
        to=reverse("desk:desk_admin:posts"),
        done=_("已移交，两位都会收到消息。"),
        title=_("移交岗位"),
        lead=_lead(post),
        submit=_("移交"),
        back_label=_("岗位和账户"),
    )


@FORM
@SEE
def post_deputy(request: HttpRequest, post_id: UUID) -> HttpResponse:
    """Let somebody stand in for a while."""
    actor = actor_of(request)
    post = _post(actor, post_id)
    _may(actor, post, holder_too=True)
    form = DeputyForm(actor, pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: actions.name_deputy(
            actor=actor, post_id=post_id, account_id=data["person"].pk,
            begins_on=data["begins_on"], ends_on=data["ends_on"],
        ),
        room="posts",
        to=reverse("desk:desk_admin:posts"),
        done=_("已请代理，他会收到消息。"),
        title=_("请人代理"),
        lead=_lead(post),
        text=_("代理期间两个人都能办。岗位本身结束，代理也结束。"),
        submit=_("请他代理"),
        back_label=_("岗位和账户"),
    )  # fmt: skip
