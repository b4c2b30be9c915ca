"""Logging in: by code, by password, with a second factor; and the ways that stay closed."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from mulin.people import actions
from mulin.people.models import Account
from mulin.people.tests.helpers import lines

PASSWORD = "mulin-demo"
NEW = "a-long-new-passphrase"


def code_in(outbox) -> str:
    return re.search(r"\d{6}", outbox[-1][2]).group()


def who(client) -> str | None:
    return client.session.get("_auth_user_id")


def log_in(client, username, password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": username, "password": password, **extra})


def dynamic_code(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


@pytest.fixture
def staff(cast):
    """A clerk who is no demo account: the second factor is asked of them."""
    Account.objects.filter(pk=cast.clerk.id).update(is_demo=False)
    cast.clerk.account.refresh_from_db()
    return cast.clerk


def test_a_resident_logs_in_with_a_code(client, cast, outbox):
    answer = client.post(reverse("account_request_login_code"), {"phone": "138 0013 8000"})
    assert answer.url == reverse("account_confirm_login_code")
    assert outbox[-1][0] == "+8613800138000"
    page = client.get(answer.url).content.decode()
    assert "138****8000" in page
    assert "+8613800138000" not in page
    answer = client.post(answer.url, {"code": code_in(outbox)})
    assert answer.url == "/"
    assert who(client) == str(cast.resident.id)


def test_a_wrong_code_opens_nothing_and_three_end_the_attempt(client, cast, outbox):
    url = client.post(reverse("account_request_login_code"), {"phone": "13800138000"}).url
    wrong = f"{(int(code_in(outbox)) + 1) % 1_000_000:06d}"
    for _ in range(2):
        assert client.post(url, {"code": wrong}).status_code == 200
    assert client.post(url, {"code": wrong}).url == reverse("account_request_login_code")
    client.post(url, {"code": code_in(outbox)})
    assert who(client) is None


def test_a_code_can_be_sent_again(client, cast, outbox):
    url = client.post(reverse("account_request_login_code"), {"phone": "13800138000"}).url
    client.post(url, {"action": "resend"})
    assert len(outbox) == 2
    client.post(url, {"code": code_in(outbox)})
    assert who(client) == str(cast.resident.id)


def test_an_unknown_number_looks_like_a_known_one_and_gets_a_hint(client, cast, outbox):
    known = client.post(reverse("account_request_login_code"), {"phone": "13800138000"})
    client.cookies.clear()
    unknown = client.post(reverse("account_request_login_code"), {"phone": "13900139000"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert outbox[-1][0] == "+8613900139000"
    assert reverse("account_signup") in outbox[-1][2]
    assert re.search(r"验证码 \d{6}", outbox[-1][2]) is None


def test_a_newcomer_signs_up_with_a_number_and_a_code(client, cast, outbox):
    answer = client.post(reverse("account_signup"), {"phone": "13900139000"})
    assert answer.url == reverse("account_verify_phone")
    assert who(client) is None
    client.post(answer.url, {"code": code_in(outbox)})
    account = Account.objects.get(pk=who(client))
    assert (account.phone_verified, account.phone_last4) == (True, "9000")
    assert lines() == ["people.account.opened", "people.phone.verified"]


def test_signing_up_with_a_known_number_tells_its_owner_and_makes_nothing(client, cast, outbox):
    before = Account.objects.count()
    answer = client.post(reverse("account_signup"), {"phone": "13800138000"})
    assert answer.url == reverse("account_verify_phone")
    assert Account.objects.count() == before
    assert reverse("account_request_login_code") in outbox[-1][2]


def test_a_wrong_number_is_said_in_words(client, cast):
    page = client.post(reverse("account_signup"), {"phone": "123"})
    assert "请填 11 位手机号" in page.content.decode()


@pytest.mark.parametrize("login", ["clerk", "13800138007", "138 0013 8007"])
def test_staff_log_in_by_name_or_number_and_start_at_the_desk(client, cast, login):
    answer = log_in(client, login)
    assert answer.url == "/desk/"
    assert who(client) == str(cast.clerk.id)


def test_a_resident_starts_at_home_or_where_they_came_from(client, cast):
    assert log_in(client, "resident").url == "/"
    client.logout()
    assert log_in(client, "resident", next="/account/").url == "/account/"
    client.logout()
    assert log_in(client, "resident", next="https://elsewhere.example/").url == "/"


@pytest.mark.parametrize(
    ("login", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("13800138007", "wrong")]
)
def test_a_wrong_password_opens_nothing(client, cast, login, password):
    answer = log_in(client, login, password)
    assert answer.status_code == 200 and who(client) is None
    assert "没有登录上" in answer.content.decode()


def test_an_inactive_account_is_told_so(client, cast):
    Account.objects.filter(pk=cast.resident.id).update(is_active=False)
    answer = log_in(client, "resident")
    assert who(client) is None
    assert answer.url == reverse("account_inactive")


def test_a_session_of_an_account_that_was_closed_is_over(client_for, cast):
    client = client_for(cast.resident)
    Account.objects.filter(pk=cast.resident.id).update(is_active=False)
    assert client.get(reverse("people:account")).status_code == 302


def test_the_chosen_language_follows_the_person(client, cast):
    Account.objects.filter(pk=cast.resident.id).update(language="en")
    log_in(client, "resident")
    assert client.cookies["mulin_language"].value == "en"
    client.logout()
    client.cookies["mulin_language"] = "zh-hans"
    log_in(client, "resident")
    assert client.cookies["mulin_language"].value == "zh-hans"


def test_staff_without_a_second_factor_are_residents_until_they_set_it_up(client, staff):
    log_in(client, "clerk")
    page = client.get(reverse("people:tokens"))
    assert page.status_code == 302
    assert page.url.startswith(reverse("people:second-factor"))
    explained = client.get(page.url)
    assert reverse("mfa_activate_totp") in explained.content.decode()
    assert client.post(reverse("people:tokens"), {"name": "x", "days": 3}).status_code == 403


def test_staff_set_up_the_second_factor_and_must_use_it_from_then_on(client, staff):
    log_in(client, "clerk")
    url = reverse("mfa_activate_totp")
    secret = client.get(url).context["form"].secret
    answer = client.post(url, {"code": dynamic_code(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    kept = Authenticator.objects.get(user=staff.account, type="totp")
    assert secret not in str(kept.data)
    assert client.get(reverse("people:tokens")).status_code == 200
    assert client.get(reverse("people:second-factor")).url == "/desk/"
    client.logout()
    answer = log_in(client, "clerk")
    assert answer.url == reverse("mfa_authenticate")
    assert who(client) is None
    backup = Authenticator.objects.get(user=staff.account, type="recovery_codes").wrap().get_unused_codes()[0]
    client.post(reverse("mfa_authenticate"), {"code": backup})
    assert who(client) == str(staff.id)


@pytest.mark.parametrize(("part", "stays"), [("clerk", True), ("group_leader", False), ("newcomer", False)])
def test_whose_post_needs_the_second_factor_cannot_drop_it(client, cast, part, stays):
    Account.objects.update(is_demo=False)
    person = getattr(cast, part)
    Authenticator.objects.create(user=person.account, type="totp", data={"secret": ""})
    client.force_login(person.account)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.id)
    session.save()
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=person.account).exists() is stays


def test_an_old_session_shows_once_more_who_it_is_before_a_key_changes(client, cast):
    client.force_login(cast.resident.account)
    answer = client.get(reverse("mfa_activate_totp"))
    assert answer.url.startswith(reverse("account_reauthenticate"))
    client.post(answer.url, {"password": "wrong"})
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    client.post(answer.url, {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_volunteers_are_not_asked_for_a_second_factor(client, cast):
    Account.objects.update(is_demo=False)
    client.force_login(cast.group_leader.account)
    assert client.get(reverse("people:account")).context["actor"].roles == {"group_leader"}


def test_the_log_in_page_shows_the_people_of_a_demo_only_in_a_demo(client, cast):
    page = client.get(reverse("account_login")).content.decode()
    assert "mulin-demo" in page
    assert "gridworker" in page
    Account.objects.update(is_demo=False)
    page = client.get(reverse("account_login")).content.decode()
    assert "mulin-demo" not in page
    assert "gridworker" not in page


def test_changing_the_number_needs_a_code_to_the_new_one(client, cast, outbox):
    log_in(client, "resident")
    answer = client.post(reverse("account_change_phone"), {"phone": "13900139000"})
    cast.resident.account.refresh_from_db()
    assert cast.resident.account.phone_last4 == "8000"
    client.post(answer.url, {"code": code_in(outbox)})
    cast.resident.account.refresh_from_db()
    assert (cast.resident.account.phone_last4, cast.resident.account.phone_verified) == ("9000", True)


def test_who_forgot_the_password_sets_a_new_one_after_a_code(client, cast, outbox):
    log_in(client, "resident")
    assert client.get(reverse("people:new-password")).status_code == 403
    client.logout()
    url = client.post(reverse("account_request_login_code"), {"phone": "13800138000"}).url
    client.post(url, {"code": code_in(outbox)})
    answer = client.post(reverse("people:new-password"), {"password1": NEW, "password2": NEW})
    assert answer.url == reverse("people:security")
    assert client.get(reverse("people:security")).status_code == 200
    client.logout()
    log_in(client, "resident", NEW)
    assert who(client) == str(cast.resident.id)


def test_a_recovery_link_is_a_page_that_works_once(client, cast):
    _link, secret = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    url = reverse("people:recover", args=[secret])
    page = client.get(url)
    assert page["Referrer-Policy"] == "no-referrer"
    assert client.post(url, {"password1": NEW, "password2": "other"}).status_code == 422
    assert client.post(url, {"password1": "12345", "password2": "12345"}).status_code == 422
    assert client.post(url, {"password1": NEW, "password2": NEW}).url == reverse("account_login")
    assert client.get(url).status_code == 404
    log_in(client, "clerk", NEW)
    assert who(client) == str(cast.clerk.id)


def test_mail_pages_of_the_library_are_not_there(client, db):
    for path in ("email/", "password/reset/", "confirm-email/"):
        assert client.get(f"/account/{path}").status_code == 404


def test_who_has_no_password_logs_out_every_other_device(cast):
    here, lost = Client(), Client()
    account = cast.resident.account
    account.set_unusable_password()
    account.save()
    for one in (here, lost):
        one.force_login(account)
        assert one.get(reverse("people:account")).status_code == 200
    assert here.post(reverse("people:sessions-end")).url == reverse("people:security")
    assert here.get(reverse("people:account")).status_code == 200
    assert lost.get(reverse("people:account")).status_code == 302
    lost.force_login(Account.objects.get(pk=account.pk))
    assert lost.get(reverse("people:account")).status_code == 200
    assert lines().count("people.sessions.ended") == 1
