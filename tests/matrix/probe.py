"""Asks for one thing as one person and says what that person experienced."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mulin.doors.api.routes import api
from mulin.kernel.models import Entry
from mulin.portal import receipts
from tests.matrix import ready
from tests.matrix.bodies import body_of
from tests.matrix.objects import Thing, things_of
from tests.matrix.routes import Route
from tests.matrix.table import Key
from tests.matrix.world import ROLES, Matrix

# An address that is not this machine's: what is open to loopback alone must not answer.
FAR = "203.0.113.9"
REFUSALS = {401: "login", 403: "403", 404: "404", 405: "405"}
TOLD = {400, 409, 422}
METHODS = ("GET", "POST")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside is forgotten, and an action inside is an outermost one, as in production."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


class Probe:
    """A browser, or a program's token, for each role."""

    def __init__(self, matrix: Matrix):
        self.matrix = matrix
        # One client: each new one would load the middleware anew.
        self.client = Client(raise_request_exception=False, REMOTE_ADDR=FAR)
        self.cookies = {role: self._log_in(role) for role in ROLES}

    def _log_in(self, role: str) -> SimpleCookie:
        self.client.cookies = SimpleCookie()
        if role != "anonymous":
            self.client.force_login(self.matrix.person(role).account)
        return self.client.cookies

    @contextmanager
    def prepared(self, thing: Thing) -> Iterator[None]:
        """Inside, colleagues have done what has to be done before; afterwards it never happened."""
        with undone():
            if thing.first:
                ready.bring(self.matrix, thing.first, place=thing.place)
            yield

    def ask(self, route: Route, method: str, thing: Thing, role: str) -> tuple[str, int]:
        """(cell, how many journal lines it wrote). All of it is undone."""
        with undone():
            before = Entry.objects.count()
            response = self._send(route, method, thing, role)
            for _part in response.streaming_content if response.streaming else ():
                pass
            return experienced(response), Entry.objects.count() - before

    def _send(self, route: Route, method: str, thing: Thing, role: str) -> Any:
        side = self.matrix.side(thing.place)
        params = thing.params(side)
        client = self.client
        client.cookies = SimpleCookie(self.cookies[role].output(header="", sep=";"))
        if thing.holds:
            held = signing.dumps([side.voices[thing.holds].pk.hex], salt=receipts.SALT, compress=True)
            client.cookies[receipts.KEPT] = held
        body = body_of(self.matrix, route, side, params) if method == "POST" else {}
        sent: dict[str, Any] = {"data": body}
        token = self.matrix.tokens.get(role, "")
        if route.path.startswith("open311/") and token:
            body["api_key"] = token
        if route.path.startswith("api/"):
            sent = {"headers": {"Authorization": f"Bearer {token}"} if token else {}}
            if method == "POST":
                sent |= {"data": json.dumps(body), "content_type": "application/json"}
        return getattr(client, method.lower())(reverse(route.name, kwargs=params), **sent)


def experienced(response: Any) -> str:
    """The class of an answer; what nobody should ever see comes back as its number."""
    status = response.status_code
    if 300 <= status < 400:
        return "login" if response.headers.get("Location", "").startswith("/account/login/?next=") else "ok"
    if status in TOLD:
        return "told"
    if 200 <= status < 300:
        return "ok"
    return REFUSALS.get(status, str(status))


@cache
def api_methods() -> dict[str, frozenset[str]]:
    """Name of a route of the API -> the methods that it offers."""
    found: dict[str, frozenset[str]] = {}
    for _prefix, router in api._routers:
        for view in router.path_operations.values():
            name = next(one.url_name for one in view.operations if one.url_name)
            found[f"doors:api:{name}"] = frozenset(m for one in view.operations for m in one.methods)
    return found


def questions(route: Route) -> Iterator[tuple[Key, str, Thing]]:
    """Everything to ask of a route: GET and POST, and what else a route of the API offers."""
    others = sorted(api_methods().get(route.name, frozenset()) - set(METHODS))
    for method in (*METHODS, *others):
        for thing in things_of(route) or []:
            if thing.methods and method not in thing.methods:
                continue
            yield (route.path, method, thing.name, thing.place), method, thing
