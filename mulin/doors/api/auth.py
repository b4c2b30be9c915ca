"""Who asks: a bearer token. A session's cookie opens nothing here, so no page can act through it."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from mulin.kernel.actors import Actor
from mulin.people import tokens


class Token(HttpBearer):
    """Puts the token's actor on the request; None (401) for a missing, wrong, revoked or expired token."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        actor = tokens.authenticate(token)
        if actor is None or actor.account is None:
            return None
        request.actor = actor
        request.api_token = token
        return actor
