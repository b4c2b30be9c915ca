"""The door of the desk: signed in, and holding a working post. What one may do inside, the actions say."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of

View = Callable[..., HttpResponse]


def desk(view: View) -> View:
    """Strangers are asked to sign in; people without a working post get 403 (`desk.desk:enter`)."""

    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor: Actor = actor_of(request)
        if actor.is_anonymous:
            return redirect_to_login(request.get_full_path())
        policy.require(actor, "desk.desk:enter", policy.Target())
        return view(request, *args, **kwargs)

    return inside


def needs(permission: str) -> Callable[[View], View]:
    """A page for those who hold a permission anywhere; the actions behind it check the place."""

    def decorate(view: View) -> View:
        @desk
        @wraps(view)
        def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = actor_of(request)
            if not policy.can_somewhere(actor, permission):
                policy.require(actor, permission, policy.Target())
            return view(request, *args, **kwargs)

        return inside

    return decorate
