"""What the doors' tests share: tokens of the cast, and a small client that speaks JSON."""

import json
from types import SimpleNamespace

import pytest
from django.test import Client

from mulin.kernel.secrets import fingerprint, new_secret


def give_token(person) -> str:
    """A bearer token of a person."""
    from mulin.people.models import ApiToken

    token = new_secret()
    ApiToken.objects.create(account=person.account, name="test", token_hash=fingerprint(token, "token"))
    return token


class Api:
    """`api.get("/cases")`, `api.post("/voices", {...}, key="k")`: as Django's test client answers."""

    def __init__(self, token: str | None):
        self.token = token
        self.client = Client(raise_request_exception=True)

    def _headers(self, key: str | None = None, **more: str) -> dict[str, str]:
        headers = dict(more)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        return headers

    def get(self, path: str, params: dict | None = None, **headers: str):
        return self.client.get(f"/api/v1{path}", params or {}, headers=self._headers(**headers))

    def post(self, path: str, body: object = None, key: str | None = None, **headers: str):
        data = "" if body is None else json.dumps(body)
        return self.client.post(
            f"/api/v1{path}", data, content_type="application/json", headers=self._headers(key, **headers)
        )

    def delete(self, path: str):
        return self.client.delete(f"/api/v1{path}", headers=self._headers())


@pytest.fixture
def api(cast) -> SimpleNamespace:
    """`api.clerk`, `api.resident` … each with their token, and `api.anonymous` without one."""
    people = {name: Api(give_token(person)) for name, person in cast.everybody().items()}
    return SimpleNamespace(**people, anonymous=Api(None))


@pytest.fixture
def lamp(world) -> dict:
    """An ordinary thing to say in the home community."""
    return {"text": "金堰花园2栋楼下的路灯坏了三天，晚上老人出门看不见", "place": world.home, "kind": "help"}
