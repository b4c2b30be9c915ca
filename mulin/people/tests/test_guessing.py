"""Guessing is slow, and a few networks lock nobody out; a changed password ends what it opened."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.errors import ActionError
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
    # Of all that fails at one address, allauth keeps a count; of codes and log-ins it must keep none.
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": ""}
    monkeypatch.setattr("mulin.kernel.throttle.time.time", lambda: 1_800_000_001)


def at(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def hour(monkeypatch, minutes: int) -> None:
    """So many minutes of an hour are over (a full hour of the counts begins at 1,800,000,000)."""
    monkeypatch.setattr("mulin.kernel.throttle.time.time", lambda: 1_800_000_001 + 60 * minutes)


def asked(rf, address: str, name: str = "clerk") -> bool:
    """Whether a password of a name may be tried from an address, without the slow check of the password."""
    try:
        guessing.count_password(rf.post("/", REMOTE_ADDR=address), name, None)
    except ActionError as error:
        assert error.status == 429
        return False
    return True


def ask_code(address: str, phone: str = "13800138000", client: Client | None = None) -> int:
    client = client or at(address)
    return client.post(reverse("account_request_login_code"), {"phone": phone}).status_code


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


def test_a_network_that_guesses_a_lot_has_one_try_a_minute(cast, counted, monkeypatch):
    guess("clerk", guessing.STRANGE_TRIES + 1)
    waiting = log_in(at("203.0.113.250"), "clerk")
    assert waiting.status_code == 429
    assert "短信验证码" in waiting.content.decode()
    hour(monkeypatch, minutes=1)
    client = at("203.0.113.250")
    log_in(client, "clerk")
    assert who(client) == str(cast.clerk.id)


def test_the_owner_gets_in_from_a_fresh_address_while_two_others_try_all_the_time(
    cast, counted, monkeypatch, rf
):
    account = str(cast.clerk.id)
    for minute in range(60):
        hour(monkeypatch, minute)
        for n in range(20):  # each from its whole network, first in every minute
            asked(rf, f"203.0.113.{n}", account)
            asked(rf, f"192.0.2.{n}", account)
        if minute in {2, 31, 59}:
            client = at(f"198.51.{minute}.4")
            log_in(client, "clerk")
            assert who(client) == account, minute


@pytest.mark.parametrize("two", [("203.0.113.7", "203.0.113.200"), ("2001:db8:7:1::1", "2001:db8:7:ff00::9")])
def test_the_slot_of_a_minute_belongs_to_a_network(db, counted, rf, two):
    for n in range(guessing.STRANGE_TRIES):
        asked(rf, f"192.0.2.{n}")
    assert asked(rf, two[0])
    assert not asked(rf, two[1])
    assert asked(rf, ELSEWHERE)


def test_a_network_has_a_share_of_the_hour_and_all_have_an_end_that_takes_many(db, counted, monkeypatch, rf):
    for n in range(guessing.STRANGE_TRIES):
        asked(rf, f"192.0.2.{n}")
    networks = guessing.MOST_TRIES // guessing.BLOCK_TRIES
    assert networks == 50  # as docs/threat-model.md says
    for minute in range(guessing.BLOCK_TRIES + 3):
        hour(monkeypatch, minute)
        got = [asked(rf, f"10.0.{n}.{minute}") for n in range(networks - 1)]
        assert all(got) == any(got) == (minute < guessing.BLOCK_TRIES)
    owner = [asked(rf, f"10.1.{n}.1") for n in range(guessing.BLOCK_TRIES + 1)]
    assert owner == [True] * guessing.BLOCK_TRIES + [False]
    hour(monkeypatch, minutes=60)
    assert asked(rf, ELSEWHERE)


def test_an_ipv6_customer_is_one_address_with_all_of_a_64(db, counted, rf):
    got = [asked(rf, f"2001:db8:0:7::{n:x}") for n in range(guessing.TRIES + 1)]
    assert got == [True] * guessing.TRIES + [False]
    assert asked(rf, "2001:db8:0:8::1")


def test_who_fails_often_at_the_same_address_does_not_slow_a_known_device_there(cast, settings):
    mine = at(STRANGER)
    log_in(mine, "clerk")
    leave(mine)
    for n in range(40):
        log_in(at(STRANGER), f"nobody-{n}", "wrong")
    stranger = at(STRANGER)
    log_in(stranger, "secretary")
    assert who(stranger) is None
    log_in(mine, "clerk")
    assert who(mine) == str(cast.clerk.id)


def test_a_device_that_is_known_is_not_slowed_by_strangers(cast, counted):
    mine = at(ELSEWHERE)
    log_in(mine, "clerk")
    leave(mine)
    guess("clerk", guessing.STRANGE_TRIES + 5)
    log_in(mine, "clerk")
    assert who(mine) == str(cast.clerk.id)


def test_a_known_device_has_a_count_of_its_own_and_helps_with_no_other_name(cast, counted):
    mine = at(STRANGER)
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


def test_a_stranger_who_asks_for_codes_does_not_use_up_those_of_a_known_device(cast, counted, outbox):
    mine = at(ELSEWHERE)
    ask_code("", client=mine)
    mine.post(reverse("account_confirm_login_code"), {"code": code_in(outbox)})
    leave(mine)
    got = [ask_code(f"203.0.113.{n}") for n in range(guessing.STRANGE_CODES + 2)]
    assert got[-1] == 429
    assert ask_code("", client=mine) == 302


def test_a_code_reaches_the_owner_at_a_fresh_address_while_three_others_ask_all_the_time(
    cast, counted, outbox
):
    got = [
        ask_code(address)
        for address in (STRANGER, "192.0.2.1", "100.64.0.1")
        for _ in range(2 * guessing.CODES)
    ]
    assert got.count(302) == guessing.STRANGE_CODES and got[-1] == 429
    mine = at(ELSEWHERE)
    assert ask_code("", client=mine) == 302
    mine.post(reverse("account_confirm_login_code"), {"code": code_in(outbox)})
    assert who(mine) == str(cast.resident.id)


def test_the_messages_to_one_number_have_an_end_and_say_so(cast, counted, outbox):
    for n in range(guessing.STRANGE_CODES):
        ask_code(f"192.0.2.{n}")
    last = [ask_code(f"10.0.{n}.1") for n in range(guessing.MOST_CODES + 1)]
    assert last == [302] * guessing.MOST_CODES + [429]
    # As docs/threat-model.md says: 40 messages, and 13 networks at least to use them up.
    assert len(outbox) == guessing.STRANGE_CODES + guessing.MOST_CODES == 40
    assert guessing.MOST_CODES == 12 * guessing.BLOCK_CODES + 1


def test_the_limit_of_an_address_over_all_numbers_is_a_rule_and_leaves_known_devices_out(
    cast, counted, outbox, rf, monkeypatch
):
    mine = at(STRANGER)
    log_in(mine, "resident")
    leave(mine)
    rule = rulebook.rule(guessing.CODES_RULE, at="500000000000")
    assert rule.value >= 600 and rule.note
    monkeypatch.setattr(guessing.rulebook, "value", lambda name, at: {guessing.CODES_RULE: 5}[name])
    got = [ask_code(STRANGER, f"1380013{n}") for n in range(8100, 8107)]
    assert got == [302] * 5 + [429] * 2
    assert ask_code("", client=mine) == 302


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
