"""Groups of neighbours: mine, and one group as I may see it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.kernel import registry
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.people import actions, queries, states


@login_required
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """My groups, and those of my community."""
    mine = queries.my_groups(actor_of(request))
    home = request.user.home_place
    nearby = [group for group in queries.list_groups(home) if group not in mine] if home else []
    context = {
        "mine": [(group, states.kind_name(group.kind)) for group in mine],
        "nearby": [(group, states.kind_name(group.kind)) for group in nearby[:50]],
    }
    return render(request, "people/groups.html", context)


@require_safe
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: what it does and who leads it; its members only for members."""
    page = queries.group_page(actor_of(request), group_id)
    members = [(post, states.role_name(post.role)) for post in page.members]
    ways = registry.providers().get("people.ways_to_group")
    context = {
        "page": page,
        "kind": states.kind_name(page.group.kind),
        "members": members,
        "ways": ways(page.group) if ways else {},
    }
    return render(request, "people/group.html", context)


@login_required
@require_POST
def leave(request: HttpRequest, group_id: UUID) -> HttpResponse:
    actor = actor_of(request)
    page = queries.group_page(actor, group_id)
    if page.mine is None:
        raise NotVisible
    actions.end_membership(actor=actor, post_id=page.mine.pk)
    messages.success(request, _("您已离开这个小组。"))
    return redirect("people:groups")
