"""Signing, filters, waiting times and the guard against the house's own network: no database."""

import contextlib
import http.client
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.doors.webhooks import guard, sending, signing
from mulin.doors.webhooks.queue import fits


def test_signature_holds_for_the_body_that_was_signed():
    header = signing.sign("secret", 1000, b'{"a":1}')
    assert signing.verify("secret", header, b'{"a":1}', now=1100)


def test_signature_fails_for_another_body_secret_or_time():
    header = signing.sign("secret", 1000, b"body")
    assert not signing.verify("secret", header, b"Body", now=1000)
    assert not signing.verify("other", header, b"body", now=1000)
    assert not signing.verify("secret", header, b"body", now=1301)
    assert not signing.verify("secret", header.replace("t=1000", "t=1001"), b"body", now=1000)


@given(st.text(max_size=60))
def test_a_header_of_any_kind_is_refused_without_an_error(header):
    assert not signing.verify("secret", header, b"body", now=1000)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::",
        "::7f00:1", "64:ff9b:1::a00:1", "5f00::1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_inner_addresses_are_not_public(ip):
    assert not guard.is_public(ip)


@pytest.mark.parametrize("ip", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_on_the_open_internet_are_public(ip):
    assert guard.is_public(ip)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/hook", "not-https"),
        ("ftp://127.0.0.1/hook", "not-https"),
        ("https://127.0.0.1/hook", "private-address"),
        ("https://user:word@127.0.0.1/hook", "bad-url"),
        ("https://127.0.0.1/hook#part", "bad-url"),
        ("https://127.0.0.1:99999/hook", "bad-url"),
        ("https://127.0.0.1/a b", "bad-url"),
        ("https:///hook", "bad-url"),
        ("hook", "bad-url"),
    ],
)
def test_guard_says_why_an_address_is_refused(url, code):
    with pytest.raises(guard.Refused) as refused:
        guard.check(url)
    assert refused.value.code == code


def test_guard_refuses_a_name_of_which_one_address_is_private(monkeypatch):
    answers = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *a, **k: answers)
    with pytest.raises(guard.Refused) as refused:
        guard.check("https://example.org/hook")
    assert refused.value.code == "private-address"


def test_guard_connects_to_the_address_that_it_checked(monkeypatch):
    monkeypatch.setattr(guard.socket, "getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("1.1.1.1", 443))])
    to = guard.check("https://example.org/hook?a=1")
    assert (to.ip, to.host, to.path) == ("1.1.1.1", "example.org", "/hook?a=1")
    asked = []

    def connect(address, timeout):
        asked.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(guard.socket, "create_connection", connect)
    with pytest.raises(OSError, match="no network"):
        guard.post(to, b"{}", {})
    assert asked == [("1.1.1.1", 443)]


class Dripper:
    """A receiver that begins an answer and goes on a byte at a time, without an end."""

    def __init__(self, beginning: bytes):
        self.beginning = beginning
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.stop = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        other, _address = self.listening.accept()
        with contextlib.suppress(OSError):
            other.sendall(self.beginning)
            while not self.stop.wait(0.02):
                other.sendall(b"a")
        other.close()


@pytest.mark.parametrize(
    ("scheme", "beginning"),
    [("http", b"HTTP/1.1 200 OK\r\nX-Long: "), ("https", b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03")],
    ids=["headers", "handshake"],
)
def test_a_receiver_that_drips_its_answer_is_cut_off(scheme, beginning):
    dripper = Dripper(beginning)
    to = guard.Destination(scheme, "localhost", dripper.port, "127.0.0.1", "/hook")
    try:
        with pytest.raises((OSError, http.client.HTTPException)):
            guard.post(to, b"{}", {}, timeout=60, at_most=0.3)
    finally:
        dripper.stop.set()
        dripper.listening.close()


def test_a_filter_with_a_star_means_all_that_begin_so():
    assert fits("cases.case.closed", "cases.case.closed")
    assert fits("cases.*", "cases.case.closed")
    assert not fits("cases.case.closed", "cases.case.closed_again")
    assert not fits("cases.*", "voices.voice.submitted")


def test_waits_double_and_end_at_four_hours():
    waits = [sending.wait_after(n).total_seconds() for n in range(1, 40)]
    assert waits[:4] == [10, 20, 40, 80]
    assert waits == sorted(waits)
    assert waits[-1] == 4 * 3600
