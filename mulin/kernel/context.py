"""What every page's shell shows: the bars, the unread count, the language and elder switches."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from mulin.kernel import notices, policy, registry
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.links import address

# The entry of the resident's bar that carries the number of unread notices.
OWN_THINGS = "mine"
ENTER_DESK = "desk.desk:enter"


def actor_of(request: HttpRequest) -> Actor:
    return getattr(request, "actor", ANONYMOUS)


def _bar(items: list[registry.NavItem], actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    """The entries that the actor may open. Only the longest address that fits is the current one: on
    /desk/cases/ the entry /desk/ is not where one is. An entry that stands for several opens the first of
    them that the actor may, and is that one where it is the only one; `names` are theirs, `tabs` the way
    between them."""
    mine = [item for item in items if not item.permission or policy.can_somewhere(actor, item.permission)]
    fitting = [url for item in mine if _inside(request.path, url := reverse(item.url_name))]
    here = max(fitting, key=len, default="")
    bar = []
    for item in items:
        group = [one for one in mine if item.name in (one.name, one.within)]
        if item.within or not group:
            continue
        tabs = [_tab(one, here) for one in group]
        shown = group[0] if len(group) == 1 else item
        bar.append(
            {
                "name": item.name,
                "title": shown.title,
                "url": tabs[0]["url"],
                "icon": shown.icon,
                "current": any(tab["current"] for tab in tabs),
                "names": {one.name for one in group},
                "tabs": tabs if len(tabs) > 1 else [],
            }
        )
    return bar


def _tab(item: registry.NavItem, here: str) -> dict[str, Any]:
    url = reverse(item.url_name)
    return {"label": item.tab or item.title, "url": url, "current": url == here}


def list_tabs(bar: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """The tabs of a list page that shares its entry on the bar with others; none on the pages below it."""
    for entry in bar:
        if any(tab["url"] == path for tab in entry["tabs"]):
            return entry["tabs"]
    return []


def _inside(path: str, url: str) -> bool:
    """Whether a page lies at an address or below it, whole segments only; the root holds only itself."""
    return path == url or (url != "/" and path.startswith(f"{url.rstrip('/')}/"))


def _portal_bar(actor: Actor, request: HttpRequest) -> list[dict[str, Any]]:
    bar = _bar(registry.collect("portal_nav"), actor, request)
    for entry in bar:
        if entry["name"] == OWN_THINGS:
            entry["count"] = notices.unread_count(actor)
    return bar


def _place_name(request: HttpRequest) -> str:
    """The visitor's community, as the resident's shell knows it; empty where nobody can say."""
    provider: Callable[..., str] | None = registry.providers().get("shell.place_name")
    return provider(request) if provider else ""


def _template(provider: str, plain: str) -> str:
    """The shell that a page of any module extends; the kernel's own where the shell's module is not there."""
    own: Callable[[], str] | None = registry.providers().get(provider)
    return own() if own else plain


def may_enter_desk(actor: Actor) -> bool:
    """Whether the desk's door opens. A post alone does not: members of a group of neighbours have one too."""
    return not actor.is_anonymous and policy.can_somewhere(actor, ENTER_DESK)


def _page_asked(request: HttpRequest) -> str:
    """The page that was asked for, or the one whose form was sent, on this site."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path


def error_shell(request: HttpRequest) -> dict[str, Any]:
    """What a refusal wears: who may enter the desk stays in its shell and finds the way back to the inbox,
    everybody else is met by the resident's and led home. `is_stranger`: logging in may help, and leads back
    to `login_next`: a form that was sent is not sent again by that, its page is opened anew."""
    actor = actor_of(request)
    desk = address("desk:inbox")
    at_desk = bool(desk) and request.path.startswith(desk) and may_enter_desk(actor)
    return {
        "at_desk": at_desk,
        "desk_url": desk,
        "error_shell": "kernel/base_desk.html" if at_desk else "kernel/base_auth.html",
        "is_stranger": actor.is_anonymous,
        "login_next": _page_asked(request),
        "find_url": address("portal:find"),
    }


def shell(request: HttpRequest) -> dict[str, Any]:
    """Lazy where it costs a query, and then once: an error page must render with the database away."""
    actor = actor_of(request)
    return {
        "actor": actor,
        "place_name": SimpleLazyObject(lambda: _place_name(request)),
        "portal_nav": SimpleLazyObject(lambda: _portal_bar(actor, request)),
        "desk_nav": SimpleLazyObject(
            lambda: _bar(registry.collect("desk_nav"), actor, request) if actor.is_staff else []
        ),
        "enter_desk_url": SimpleLazyObject(lambda: address("desk:inbox") if may_enter_desk(actor) else ""),
        "unread": SimpleLazyObject(lambda: notices.unread_count(actor)),
        "elder": request.COOKIES.get("mulin_elder") == "1",
        # Not "theme": pages of courses and clubs have one of their own.
        "shell_theme": request.COOKIES.get("mulin_theme", "auto"),
        "portal_shell": _template("shell.portal_template", "kernel/base_portal.html"),
        "desk_shell": _template("shell.desk_template", "kernel/base_desk.html"),
        "home_url": address("portal:home"),
        "elder_url": address("portal:elder-mode"),
        "language_url": address("set_language"),
        # A form that came back has an address that takes forms only.
        "language_next": _page_asked(request),
        "account_url": address("people:account"),
        "login_url": address("account_login"),
        "logout_url": address("account_logout"),
        "desk_search_url": address("desk:search"),
        "hotline": settings.MULIN_HOTLINE,
    }
