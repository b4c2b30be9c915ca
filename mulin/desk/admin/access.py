"""The door of the administration and its rooms: which of them an actor may enter, by the policy table."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import View, desk

ENTER = "desk.admin:enter"


@dataclass(frozen=True, slots=True)
class Room:
    """One part of the administration. Whoever holds one of the permissions anywhere may open it."""

    name: str
    title: Any
    url_name: str
    icon: str
    about: Any
    permissions: tuple[str, ...]


ROOMS = (
    Room("rules", _("规则"), "desk:desk_admin:rules", "clock", _("时限、门槛、名单，各自的依据"),
         ("kernel.rule:view",)),
    Room("catalogue", _("类别目录"), "desk:desk_admin:catalogue", "tag", _("两级目录，机器怎么分"),
         ("voices.catalogue:edit", "voices.triage:train")),
    Room("routes", _("派单路由"), "desk:desk_admin:routes", "send", _("哪类事、在哪里、归谁办"),
         ("cases.route:edit",)),
    Room("templates", _("答复模板"), "desk:desk_admin:templates", "chat", _("本单位常用的开头"),
         ("cases.template:edit",)),
    Room("posts", _("岗位和账户"), "desk:desk_admin:posts", "person", _("谁在哪里、做什么、到什么时候"),
         ("people.post:view",)),
    Room("organisations", _("单位和小组"), "desk:desk_admin:organisations", "people", _("新建、改名、撤销"),
         ("people.organisation:manage", "people.group:manage")),
    Room("places", _("地点"), "desk:desk_admin:places", "map", _("区划、小区、院落、网格、楼栋"),
         ("places.site:manage", "places.division:manage")),
    Room("policy", _("权限表"), "desk:desk_admin:policy", "key", _("什么岗位可以做什么"), (ENTER,)),
    Room("journal", _("日志"), "desk:desk_admin:journal", "book", _("谁在什么时候做了什么"),
         ("kernel.journal:view",)),
    Room("webhooks", _("接口"), "desk:desk_admin:webhooks", "link", _("回调和令牌"),
         ("doors.webhook:manage",)),
    Room("jobs", _("长活"), "desk:desk_admin:jobs", "settings", _("导入、导出、训练、校验的进度"), (ENTER,)),
)  # fmt: skip


def may_open(actor: Actor, room: Room) -> bool:
    return any(policy.can_somewhere(actor, permission) for permission in room.permissions)


def rooms(actor: Actor, current: str = "") -> list[dict[str, Any]]:
    """The rooms that the actor may open, for the side list and the overview."""
    return [
        {
            "name": room.name,
            "title": room.title,
            "about": room.about,
            "icon": room.icon,
            "url": reverse(room.url_name),
            "current": room.name == current,
        }
        for room in ROOMS
        if may_open(actor, room)
    ]


def admin(*permissions: str) -> Callable[[View], View]:
    """A page of the administration: strangers sign in; without `desk.admin:enter` and one of the permissions
    (held anywhere) it is 403. The actions behind the page check the place."""

    def decorate(view: View) -> View:
        @desk
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request)
            policy.require(actor, ENTER, policy.Target())
            if permissions and not any(policy.can_somewhere(actor, one) for one in permissions):
                policy.require(actor, permissions[0], policy.Target())
            return view(request, *args, **kwargs)

        return inside

    return decorate
