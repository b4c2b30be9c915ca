"""Puts the actor on the request: who asks, and which posts they hold today."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode

from mulin.kernel.actors import Actor
from mulin.people.queries import actor_for, needs_second_factor

WORKING_PAGES = frozenset({"desk"})


class ActorMiddleware:
    """`request.actor` is built on first use: pages that need nobody cost no query.

    Someone whose post asks for a second factor and who has none yet is a resident like everybody else:
    the actor carries no posts until it is set up, and working pages lead there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.second_factor_missing = False
        request.actor = SimpleLazyObject(lambda: self._known(request))
        response = self.get_response(request)
        if response.status_code == 403 and request.second_factor_missing and request.method == "GET":
            return self._to_set_up(request)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        match = request.resolver_match
        if (
            match
            and match.app_name in WORKING_PAGES
            and not request.actor.posts
            and request.second_factor_missing
        ):
            return self._to_set_up(request)
        return None

    def _known(self, request: HttpRequest) -> Actor:
        """Once built, the actor itself stands on the request: a page asks it thousands of times."""
        request.actor = self._actor(request)
        return request.actor

    @staticmethod
    def _actor(request: HttpRequest) -> Actor:
        actor = actor_for(request.user)
        if actor.posts and needs_second_factor(request.user, actor):
            request.second_factor_missing = True
            return replace(actor, posts=())
        return actor

    @staticmethod
    def _to_set_up(request: HttpRequest) -> HttpResponse:
        query = urlencode({"next": request.get_full_path()})
        return redirect(f"{reverse('people:second-factor')}?{query}")
