"""Secrets, numbers, paging, throttle, clock."""

from datetime import datetime

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import clock, links, numbers, paging, secrets, throttle
from mulin.kernel.errors import ActionError
from mulin.kernel.logs import scrub
from mulin.kernel.models import Cursor, Throttle
from mulin.kernel.templatetags.mulin_ui import basis


@given(st.text(max_size=40))
def test_a_sealed_text_opens_again_and_never_shows_itself(text):
    sealed = secrets.seal(text)
    assert secrets.unseal(sealed) == text
    assert len(text) < 4 or text not in sealed


def test_both_suites_open_each_others_values(settings):
    old = secrets.seal("13800138000")
    settings.MULIN_NATIONAL_SUITE = True
    new = secrets.seal("13800138000")
    assert old[:2] != new[:2]
    assert secrets.unseal(old) == secrets.unseal(new) == "13800138000"


def test_a_changed_value_does_not_open():
    sealed = secrets.seal("13800138000")
    broken = sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB=")
    with pytest.raises(ValueError, match="another key"):
        secrets.unseal(broken)


def test_fingerprints_of_two_purposes_do_not_match():
    assert secrets.fingerprint("13800138000", "phone") == secrets.fingerprint("13800138000", "phone")
    assert secrets.fingerprint("13800138000", "phone") != secrets.fingerprint("13800138000", "contact")


def test_a_number_read_out_wrongly_is_noticed():
    number = numbers.new_number()
    assert numbers.is_number(number)
    wrong = str((int(number[3]) + 1) % 10)
    assert not numbers.is_number(number[:3] + wrong + number[4:])
    assert numbers.clean_number(f" {number[:3]} {number[3:6]}-{number[6:]} ") == number
    assert numbers.clean_number("４８２") == "482"


@pytest.mark.django_db
def test_pages_walk_through_every_row_once():
    Cursor.objects.bulk_create(Cursor(name=f"c{i}", position=i // 3) for i in range(10))
    order = ("-position", "name")
    seen, cursor = [], None
    while True:
        page = paging.page(Cursor.objects.all(), order=order, size=3, cursor=cursor)
        seen += [row.name for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [c.name for c in Cursor.objects.order_by(*order)]


@pytest.mark.django_db
def test_a_cursor_that_is_not_ours_shows_the_first_page():
    Cursor.objects.create(name="a")
    for bad in ("%%%", "bm9uc2Vuc2U", "e30"):
        assert len(paging.page(Cursor.objects.all(), order=("name",), cursor=bad).items) == 1


@pytest.mark.django_db
def test_the_eleventh_try_in_a_window_is_refused_and_another_caller_is_not(settings):
    settings.MULIN_THROTTLE = True
    for _ in range(10):
        throttle.check("report", "10.0.0.1", limit=10, seconds=3600)
    with pytest.raises(ActionError) as refusal:
        throttle.check("report", "10.0.0.1", limit=10, seconds=3600)
    assert refusal.value.status == 429
    throttle.check("report", "10.0.0.2", limit=10, seconds=3600)


@pytest.mark.parametrize(
    ("address", "caller", "block"),
    [
        ("203.0.113.77", "203.0.113.77", "203.0.113.0"),
        ("2001:db8:7:12ff:1:2:3:4", "2001:db8:7:12ff::", "2001:db8:7::"),
        ("fe80::1%eth0", "fe80::", "fe80::"),
        ("::ffff:203.0.113.77", "203.0.113.77", "203.0.113.0"),
        ("unix:", "unix:", "unix:"),
        ("", "", ""),
    ],
)
def test_a_caller_is_an_address_or_a_64_and_its_network_is_a_24_or_a_48(rf, settings, address, caller, block):
    request = rf.get("/", REMOTE_ADDR=address)
    assert (throttle.caller(request), throttle.block(request)) == (caller, block)
    settings.MULIN_TRUSTED_PROXIES = 1
    behind = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"192.0.2.9, {address}"})
    assert not address or throttle.caller(behind) == caller


def test_the_clock_can_be_set_and_comes_back():
    moment = datetime(2026, 3, 1, 9, 0, tzinfo=clock.zone())
    with clock.at(moment):
        assert clock.now() == moment
        assert clock.today().isoformat() == "2026-03-01"
    assert clock.now().year >= 2026


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("from 13800138000", "13800138000"),
        ("to +8613800138000 and back", "13800138000"),
        ("0086-13800138000", "13800138000"),
        ("id 11010519491231002X", "11010519491231002X"),
        ("GET /r/abcdefghijklmnop", "abcdefghijklmnop"),
        ("GET /account/recover/abcdefghijklmnop/", "abcdefghijklmnop"),
        ("GET /open311/v2/requests.json?api_key=abcdefghijklmnop&x=1", "abcdefghijklmnop"),
        ("Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"),
        ("the token mulin_abcdefghijklmnopqrstuv was refused", "abcdefghijklmnopqrstuv"),
    ],
)
def test_logs_hold_no_telephone_no_secret_link_and_no_token(text, secret):
    assert secret not in scrub(text)


def test_logs_keep_what_is_no_secret():
    text = "GET /desk/cases/4821093755/ mulin_language 2026-11-22 01a20155-6a37-7566-93df-8cd46c4f5b58"
    assert scrub(text) == text


@pytest.mark.parametrize("seconds", [60, 3600, 86400])
def test_a_window_of_any_length_is_forgotten_once_it_is_over(db, settings, monkeypatch, seconds):
    settings.MULIN_THROTTLE = True
    moment = 1_790_000_000
    monkeypatch.setattr(throttle.time, "time", lambda: moment)
    throttle.check("report", "10.0.0.1", limit=10, seconds=seconds)
    throttle.sweep()
    assert Throttle.objects.count() == 1
    monkeypatch.setattr(throttle.time, "time", lambda: moment + seconds)
    throttle.sweep()
    assert Throttle.objects.count() == 0


def test_the_secret_of_a_recovery_link_never_stands_in_a_log():
    assert "q7Xk9" not in scrub("Internal Server Error: /account/recover/q7Xk9_abcdefghijklmnop/")


def test_a_metrics_token_with_strange_letters_is_refused_and_not_an_error(client, monkeypatch, db, settings):
    settings.MULIN_TRUSTED_PROXIES = 1
    monkeypatch.setenv("MULIN_METRICS_TOKEN", "a-long-token")
    assert client.get("/metrics", headers={"Authorization": "Bearer é"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer a-long-token"}).status_code == 200


def test_the_address_of_a_page_that_is_not_in_the_house_is_what_stands_instead():
    assert links.address("no:such-page") == ""
    assert links.address("no:such-page", 1, otherwise="/desk/") == "/desk/"
    assert links.address("people:group", "0190b0f0-0000-7000-8000-000000000000").startswith("/")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ["这一项还没填。", "最小填 1。", "最大填 9。"]),
        ("en", ["This is still empty.", "1 or more.", "9 or less."]),
    ],
)
def test_a_field_left_empty_or_filled_in_wrongly_is_told_in_words_for_residents(language, said):
    field = forms.IntegerField(min_value=1, max_value=9)
    with translation.override(language):
        for value, words in zip(["", "0", "10"], said, strict=True):
            with pytest.raises(forms.ValidationError) as refused:
                field.clean(value)
            assert refused.value.messages == [words]


@pytest.mark.parametrize(
    ("language", "said", "shown"),
    [
        ("zh-hans", "本产品默认值：没有法定期限", "本产品默认值：没有法定期限"),
        ("en", "本产品默认值：没有法定期限", "house default"),
        ("en", "物业管理条例（2018年修订）", "物业管理条例（2018年修订）"),
        ("en", None, ""),
    ],
)
def test_whoever_reads_english_learns_that_a_value_is_ours_and_the_name_of_a_law_stays(language, said, shown):
    with translation.override(language):
        assert basis(said) == shown
