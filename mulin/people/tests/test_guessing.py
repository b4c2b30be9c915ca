"""Guessing is slow, and nobody can be locked out by it; a change of the password ends what it opened."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.models import Entry
from mulin.people import actions, guessing
from mulin.people.models import ApiToken
from mulin.people.tests.helpers import lines
from mulin.people.tests.test_login import NEW, PASSWORD, code_in, log_in, who
from mulin.people.tokens import authenticate

STRANGER, ELSEWHERE = "203.0.113.7", "198.51.100.4"


@pytest.fixture
def counted(settings, monkeypatch):
    """The limits of production, in one window that does not end while the test runs."""
    settings.MULIN_THROTTLE = True
    settings.ACCOUNT_RATE_LIMITS = False
    monkeypatch.setattr("mulin.kernel.throttle.time.time", lambda: 1_800_000_001)


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def leave(client: Client) -> None:
    """Log out as a person does: the test client's own logout would forget the device as well."""
    client.post(reverse("account_logout"))


def guess(name: str, times: int, *, address: str = "") -> None:
    """Wrong passwords from one address, or each from another one."""
    for n in range(times):
        log_in(at(address or f"203.0.113.{n}"), name, "wrong")


def test_guessing_from_one_address_is_refused_there(cast, counted):
    guess("clerk", guessing.TRIES, address=STRANGER)
    client = at(STRANGER)
    assert log_in(client, "clerk").status_code == 429
    assert who(client) is None


@pytest.mark.parametrize("name", ["clerk", "13800138007"])
def test_a_stranger_who_guesses_does_not_keep_the_owner_out(cast, counted, name):
    guess("clerk", guessing.TRIES * 3, address=STRANGER)
    client = at(ELSEWHERE)
    log_in(client, name)
    assert who(client) == str(cast.clerk.id)


def test_the_name_and_the_number_of_a_person_are_counted_as_one(cast, counted):
    guess("clerk", guessing.TRIES // 2, address=STRANGER)
    guess("13800138007", guessing.TRIES // 2, address=STRANGER)
    assert log_in(at(STRANGER), "clerk").status_code == 429


def test_many_addresses_together_make_it_slower_and_never_close_it(cast, counted, monkeypatch):
    guess("clerk", guessing.STRANGE_TRIES + 1)
    waiting = log_in(at(ELSEWHERE), "clerk")
    assert waiting.status_code == 429
    assert "短信验证码" in waiting.content.decode()
    later = 1_800_000_001 + guessing.PACE_SECONDS
    monkeypatch.setattr("mulin.kernel.throttle.time.time", lambda: later)
    client = at(ELSEWHERE)
    log_in(client, "clerk")
    assert who(client) == str(cast.clerk.id)


def test_a_device_that_is_known_is_not_slowed_by_strangers(cast, counted):
    mine = at(ELSEWHERE)
    log_in(mine, "clerk")
    leave(mine)
    guess("clerk", guessing.STRANGE_TRIES + 5)
    log_in(mine, "clerk")
    assert who(mine) == str(cast.clerk.id)


def test_a_known_device_has_a_count_of_its_own_and_helps_with_no_other_name(cast, counted):
    mine = at(ELSEWHERE)
    log_in(mine, "clerk")
    leave(mine)
    for _ in range(guessing.TRIES):
        log_in(mine, "clerk", "wrong")
    assert log_in(mine, "clerk").status_code == 429
    guess("secretary", guessing.STRANGE_TRIES + 1)
    assert log_in(mine, "secretary").status_code == 429


@pytest.mark.parametrize(
    "value",
    ["", "nonsense", signing.dumps(["clerk"], salt=guessing.SALT)],
    ids=["empty", "nonsense", "signed"],
)
def test_a_forged_device_is_a_strange_one(cast, rf, value):
    request = rf.get("/")
    request.COOKIES[guessing.COOKIE] = value
    assert guessing.device_of(request, cast.clerk.id) == ""


def test_the_device_is_known_only_after_the_second_factor_and_its_cookie_is_closed(cast, client):
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=cast.clerk.account, type="totp", data={"secret": ""})
    log_in(client, "clerk")
    assert guessing.COOKIE not in client.cookies
    client.cookies.clear()
    log_in(client, "resident")
    cookie = client.cookies[guessing.COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/account/")
    assert str(cast.resident.id) not in cookie.value


def test_a_stranger_who_asks_for_codes_does_not_use_up_those_of_the_owner(cast, counted, outbox):
    def ask(client: Client) -> int:
        return client.post(reverse("account_request_login_code"), {"phone": "13800138000"}).status_code

    mine = at(ELSEWHERE)
    ask(mine)
    mine.post(reverse("account_confirm_login_code"), {"code": code_in(outbox)})
    leave(mine)
    asked = [ask(at(f"203.0.113.{n}")) for n in range(guessing.STRANGE_CODES + 2)]
    assert asked[-1] == 429
    assert ask(mine) == 302


@pytest.fixture
def opened(cast):
    """A session on another device and a token of the clerk: (client, token)."""
    other = Client()
    log_in(other, "clerk")
    _token, text = actions.make_token(actor=cast.clerk.actor, name="物业系统")
    assert authenticate(text) is not None
    return other, text


def ended(opened) -> bool:
    """Whether neither the other device nor the token opens anything."""
    other, text = opened
    return other.get(reverse("people:account")).status_code == 302 and authenticate(text) is None


def change(client: Client):
    log_in(client, "clerk")
    body = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    return client.post(reverse("account_change_password"), body, follow=True)


def test_a_changed_password_ends_other_sessions_and_tokens_and_says_so(client, cast, opened):
    page = change(client)
    assert ended(opened)
    assert "接口令牌已撤销" in page.content.decode()
    assert client.get(reverse("people:account")).status_code == 200
    assert lines()[-1] == "people.password.changed"
    assert Entry.objects.latest("id").data == {"tokens": 1}


def test_a_recovery_link_ends_all_sessions_and_tokens_and_says_so(client, cast, opened):
    _link, secret = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    body = {"password1": NEW, "password2": NEW}
    page = client.post(reverse("people:recover", args=[secret]), body, follow=True)
    assert ended(opened)
    assert "接口令牌已撤销" in page.content.decode()
    assert Entry.objects.latest("id").data["tokens"] == 1


def test_a_password_set_after_a_code_ends_other_sessions_and_tokens(client, cast, opened, outbox):
    url = client.post(reverse("account_request_login_code"), {"phone": "13800138007"}).url
    client.post(url, {"code": code_in(outbox)})
    client.post(reverse("people:new-password"), {"password1": NEW, "password2": NEW})
    assert ended(opened)
    assert client.get(reverse("people:security")).status_code == 200


def test_tokens_that_were_over_keep_the_moment_they_ended(cast):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="旧的")
    old = actions.revoke_token(actor=cast.clerk.actor, token_id=_token.pk).revoked_at
    actions.set_password_by_code(actor=Actor(account=cast.clerk.id), password=NEW)
    assert ApiToken.objects.get().revoked_at == old <= now()
    assert authenticate(text) is None
