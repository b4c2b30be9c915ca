"""Asks for one thing as one person and says what that person experienced."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any

from django.core import signing
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mulin.kernel.models import Entry
from mulin.portal import receipts
from tests.matrix.objects import Thing, body_of, things_of
from tests.matrix.routes import Route
from tests.matrix.table import Key
from tests.matrix.world import ROLES, Matrix

# An address that is not this machine's: what is open to loopback alone must not answer.
FAR = "203.0.113.9"
REFUSALS = {401: "login", 403: "403", 404: "404", 405: "405"}
HELPFUL = {400, 409, 422}
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
        self.cookies = {role: self._log_in(role) for role in ROLES}

    def _log_in(self, role: str) -> SimpleCookie:
        client = Client()
        if role != "anonymous":
            client.force_login(self.matrix.person(role).account)
        return client.cookies

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
        client = Client(raise_request_exception=False, REMOTE_ADDR=FAR)
        client.cookies = SimpleCookie(self.cookies[role].output(header="", sep=";"))
        if thing.holds:
            held = signing.dumps([side.voices[thing.holds].pk.hex], salt=receipts.SALT, compress=True)
            client.cookies[receipts.KEPT] = held
        body = body_of(self.matrix, route, side, params) if method != "GET" else {}
        sent = self._as_program(route, role, body) if route.path.startswith(("api/", "open311/")) else {}
        sent = sent or {"data": body}
        if method == "GET":
            sent.pop("data", None)
            sent.pop("content_type", None)
        return getattr(client, method.lower())(reverse(route.name, kwargs=params), **sent)

    def _as_program(self, route: Route, role: str, body: dict[str, Any]) -> dict[str, Any]:
        token = self.matrix.tokens.get(role, "")
        if route.path.startswith("open311/"):
            return {"data": {**body, "api_key": token, "jurisdiction_id": ""}}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return {"data": json.dumps(body), "content_type": "application/json", "headers": headers}


def experienced(response: Any) -> str:
    """The class of an answer; what nobody should ever see comes back as its number."""
    status = response.status_code
    if 300 <= status < 400:
        return "login" if response.headers.get("Location", "").startswith("/account/login/") else "ok"
    if 200 <= status < 300 or status in HELPFUL:
        return "ok"
    return REFUSALS.get(status, str(status))


def methods_of(route: Route) -> tuple[str, ...]:
    """GET and POST of every route, and what else a route of the API offers."""
    operations = getattr(getattr(route.view, "__self__", None), "operations", None)
    if operations is None:
        return METHODS
    return (*METHODS, *sorted({m for one in operations for m in one.methods} - set(METHODS)))


def questions(route: Route) -> list[SimpleNamespace]:
    """Everything that is asked of a route, each with its key in the table."""
    asked = []
    for thing in things_of(route) or []:
        for method in methods_of(route):
            key: Key = (route.path, method, thing.name, thing.place)
            asked.append(SimpleNamespace(key=key, method=method, thing=thing))
    return asked
