"""Webhooks end to end: a line is sealed, queued, signed, sent in order, tried again, given up after a day."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from mulin.doors import actions
from mulin.doors.models import Delivery, Webhook
from mulin.doors.webhooks import sending, signing
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry, Notice
from mulin.voices.actions import submit_voice
from mulin.voices.models import Matter

pytestmark = pytest.mark.django_db(transaction=True)


class Receiver:
    """A small server on loopback that remembers what it was sent and answers with `status`."""

    def __init__(self):
        self.received: list[tuple[dict, bytes]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if outer.status == 200:
                    outer.received.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.send_header("Location", "http://169.254.169.254/")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def codes(self) -> list[str]:
        return [json.loads(body)["code"] for _headers, body in self.received]


@pytest.fixture
def receiver(settings):
    settings.MULIN_WEBHOOK_ALLOW_HTTP = settings.MULIN_WEBHOOK_ALLOW_PRIVATE = True
    server = Receiver()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.fixture
def hook(receiver, cast):
    """A webhook that hears what staff hear, with its secret."""
    return actions.add_webhook(actor=cast.admin.actor, url=receiver.url, codes=["voices.*"], audience="staff")


def say(cast, world, text="楼下的路灯坏了", **more):
    fields = {"kind": "help", "place": world.home} | more
    return submit_voice(actor=cast.resident.actor, text=text, **fields).voice


def test_a_line_arrives_signed_and_without_the_person(hook, receiver, cast, world, settle):
    _webhook, secret = hook
    voice = say(cast, world, contact="13912345678")
    settle()
    assert sending.send_due() == 1
    headers, body = receiver.received[0]
    told = json.loads(body)
    assert (told["code"], told["object"], told["matter"]) == (
        "voices.voice.submitted", voice.number, voice.matter.number,
    )  # fmt: skip
    assert told["place"] == world.home
    seconds = int(headers["Mulin-Signature"].split(",")[0][2:])
    assert signing.verify(secret, headers["Mulin-Signature"], body, now=seconds)
    assert not signing.verify("another", headers["Mulin-Signature"], body, now=seconds)
    for private in ("13912345678", "路灯", str(cast.resident.id), "actor"):
        assert private not in body.decode()


def test_after_a_failure_the_same_line_comes_first_and_order_is_kept(hook, receiver, cast, world, settle):
    numbers = [say(cast, world, text=f"第{n}盏灯坏了").number for n in range(3)]
    settle()
    receiver.status = 500
    assert sending.send_due() == 0
    first = Delivery.objects.order_by("position").first()
    assert (first.attempts, first.status, first.state) == (1, 500, "waiting")
    receiver.status = 200
    assert sending.send_due() == 0  # it waits before it tries again
    with clock.at(clock.now() + timedelta(seconds=11)):
        assert sending.send_due() == 3
    assert [json.loads(body)["object"] for _h, body in receiver.received] == numbers


def test_a_redirect_is_a_failure_and_is_not_followed(hook, receiver, cast, world, settle):
    say(cast, world)
    settle()
    receiver.status = 302
    assert sending.send_due() == 0
    assert Delivery.objects.get().status == 302


def test_after_a_day_of_failures_it_is_switched_off_and_the_administrator_is_told(
    hook, receiver, cast, world, settle
):
    webhook, _secret = hook
    say(cast, world)
    settle()
    receiver.status = 500
    moment = clock.now()
    for _ in range(60):
        with clock.at(moment):
            sending.send_due()
        webhook.refresh_from_db()
        if not webhook.is_active:
            break
        moment = Delivery.objects.get().next_at
    assert not webhook.is_active
    assert timedelta(days=1) <= moment - webhook.failing_since < timedelta(days=1, hours=5)
    settle()
    assert Notice.objects.filter(account_id=cast.admin.id, code="doors.webhook.disabled").count() == 1
    receiver.status = 200
    actions.resume_webhook(actor=cast.admin.actor, webhook_id=webhook.id)
    with clock.at(moment):
        assert sending.send_due() == 1


def test_a_line_read_twice_is_sent_once(hook, receiver, cast, world, settle):
    from mulin.doors.webhooks.queue import queue

    say(cast, world)
    settle()
    queue(Entry.objects.get(code="voices.voice.submitted"))
    assert sending.send_due() == 1
    assert sending.send_due() == 0


def test_filters_by_code_and_place_hold(receiver, cast, world, settle):
    add = {"actor": cast.admin.actor, "url": receiver.url, "audience": "staff"}
    actions.add_webhook(**add, codes=["cases.*"])
    actions.add_webhook(**add, place=world.other_home)
    say(cast, world)
    settle()
    assert not Delivery.objects.filter(code="voices.voice.submitted").exists()


@pytest.mark.parametrize("more", [{"kind": "tip_off"}, {"severity": "major"}])
def test_restricted_matters_are_never_told(hook, receiver, cast, world, settle, more):
    say(cast, world, **more)
    settle()
    assert not Delivery.objects.exists()


def test_the_public_hears_only_of_what_was_published(receiver, cast, world, settle):
    actions.add_webhook(actor=cast.admin.actor, url=receiver.url, codes=["voices.*"])
    say(cast, world, text="没有公开的事")
    shown = say(cast, world, text="公开的事")
    Matter.objects.filter(pk=shown.matter_id).update(publication="shown")
    settle()
    sending.send_due()
    told = [json.loads(body) for _headers, body in receiver.received]
    assert [line["object"] for line in told] == [shown.number]
    assert "way" not in told[0]["data"]  # only what the public sentence shows


def test_lines_from_before_the_webhook_are_not_sent(receiver, cast, world, settle):
    say(cast, world)
    actions.add_webhook(actor=cast.admin.actor, url=receiver.url, codes=["voices.*"], audience="staff")
    settle()
    assert not Delivery.objects.filter(code="voices.voice.submitted").exists()


def test_a_test_goes_to_the_tested_webhook_only(hook, receiver, cast, settle):
    webhook, _secret = hook
    actions.add_webhook(actor=cast.admin.actor, url=receiver.url, audience="staff", codes=["doors.*"])
    actions.test_webhook(actor=cast.admin.actor, webhook_id=webhook.id)
    settle()
    assert Delivery.objects.get(code="doors.webhook.tested").webhook_id == webhook.id
    sending.send_to(webhook.id)
    assert receiver.codes() == ["doors.webhook.tested"]


def test_two_senders_do_not_send_to_one_address_at_once(hook, receiver, cast, world, settle):
    webhook, _secret = hook
    say(cast, world)
    settle()
    Webhook.objects.update(leased_until=clock.now() + timedelta(minutes=5))
    assert sending.due_webhooks() == []
    assert sending.send_to(webhook.id) == 0


def test_the_secret_is_not_stored_in_the_clear(hook):
    webhook, secret = hook
    assert secret not in webhook.secret_sealed


def test_only_an_administrator_manages_webhooks(receiver, cast):
    for person in (cast.clerk, cast.district, cast.auditor):
        with pytest.raises(NotAllowed):
            actions.add_webhook(actor=person.actor, url=receiver.url)


def test_an_inner_address_is_refused_when_it_is_added_and_when_it_is_sent(
    hook, receiver, cast, world, settings, settle
):
    settings.MULIN_WEBHOOK_ALLOW_PRIVATE = False
    with pytest.raises(ActionError) as refused:
        actions.add_webhook(actor=cast.admin.actor, url=receiver.url)
    assert (refused.value.code, refused.value.field) == ("private-address", "url")
    say(cast, world)
    settle()
    assert sending.send_due() == 0
    assert Delivery.objects.get().error == "private-address"
    assert receiver.received == []


def test_an_unknown_code_is_refused(receiver, cast):
    with pytest.raises(ActionError) as refused:
        actions.add_webhook(actor=cast.admin.actor, url=receiver.url, codes=["cases.case.vanished"])
    assert refused.value.field == "codes"


def test_webhooks_are_managed_over_the_api(api, receiver):
    made = api.admin.post("/webhooks", {"url": receiver.url, "codes": ["cases.*"]})
    assert made.status_code == 201, made.content.decode()
    assert made.json()["secret"]
    listed = api.admin.get("/webhooks").json()["items"]
    assert [w["id"] for w in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert api.clerk.get("/webhooks").status_code == 403
    assert api.clerk.delete(f"/webhooks/{made.json()['id']}").status_code == 404
    assert api.admin.post(f"/webhooks/{made.json()['id']}/test").status_code == 202
    assert api.admin.delete(f"/webhooks/{made.json()['id']}").status_code == 204
    assert api.admin.get("/webhooks").json()["items"] == []
