"""What nobody types but a script sends: places in other lists, days before and after all records, signs that
no database or document holds. The answer is a page, a refusal or the first page, never an error of ours."""

import base64
import json

import pytest
from django.test import Client

from mulin.doors.tests.conftest import Api, give_token
from mulin.voices import actions as voices
from mulin.voices.models import Voice

pytestmark = pytest.mark.django_db

MADE_UP = [
    ["abc"], [None], [[1]], [True], [1e400], [2**70], ["a\0b"], ["0001-01-01T00:00:00+08:00", "x"],
    [0, "0001-01-01T00:00:00+08:00", "00000000-0000-0000-0000-000000000001"], ["x", "y", "z"],
    ["0001-01-01T00:00:00+08:00", "00000000-0000-0000-0000-000000000001"],
    [float("inf"), "2026-01-01T00:00:00+08:00", "00000000-0000-0000-0000-000000000001"],
]  # fmt: skip
CURSORS = [
    base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    for text in [*(json.dumps(values) for values in MADE_UP), "[" * 3000]
]
LISTS = [
    ("/register/", "clerk"), ("/desk/notices/", "clerk"), ("/desk/publication/", "clerk"),
    ("/desk/cases/?state=closed", "clerk"), ("/desk/cases/?order=newest", "clerk"),
    ("/desk/cases/?q=路灯", "clerk"), ("/desk/admin/posts/", "admin"),
    ("/desk/admin/organisations/", "admin"), ("/desk/admin/journal/", "auditor"),
]  # fmt: skip
DAYS = [
    "/register/?until=9999-12-31", "/register/?since=0001-01-01", "/register/atom.xml?until=9999-12-31",
    "/register/export.csv?since=0001-01-01", "/desk/admin/journal/?since=0001-01-01&until=9999-12-31",
    "/board/{home}/?since=0001-01-01&until=9999-12-31", "/board/{home}/?until=0001-01-01",
    "/open311/v2/requests.json?end_date=0001-04-01T00:00:00%2B08:00",
    "/board/{home}/?since=9999-12-31", "/desk/cases/?since=0001-01-01&until=9999-12-31",
]  # fmt: skip


@pytest.mark.parametrize(("path", "part"), LISTS)
def test_a_place_in_a_list_that_was_made_up_is_its_beginning(client_for, cast, world, path, part):
    voices.submit_voice(actor=cast.resident.actor, text="路灯坏了一个星期。", place=world.home)
    browser = client_for(getattr(cast, part))
    for cursor in CURSORS:
        given = browser.get(path + ("&" if "?" in path else "?") + f"cursor={cursor}")
        assert given.status_code == 200, (path, cursor)


@pytest.mark.parametrize("path", DAYS)
def test_days_before_and_after_all_records_are_days_like_others(client_for, cast, world, path):
    part = cast.auditor if "journal" in path else cast.clerk
    answer = client_for(part).get(path.format(home=world.home))
    assert answer.status_code == (400 if "open311" in path else 200)


@pytest.mark.parametrize(
    ("path", "part"), [("/voices", "clerk"), ("/cases", "clerk"), ("/journal", "auditor")]
)
def test_the_api_refuses_a_made_up_cursor(cast, path, part):
    api = Api(give_token(getattr(cast, part)))
    for cursor in CURSORS:
        assert api.get(path, {"cursor": cursor}).status_code in {400, 422}


@pytest.mark.parametrize("place", ["a/b", "%00", "../x"])
def test_a_board_of_no_place_is_not_there(client, world, place):
    assert client.get(f"/board/?place={place}").status_code == 404


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+08:00", "1899-12-31T00:00:00Z"])
def test_what_happened_before_all_records_is_refused(cast, world, moment):
    api = Api(give_token(cast.clerk))
    body = {"text": "路灯坏了一个星期。", "place": world.home, "happened_at": moment}
    answer = api.post("/voices", body)
    assert answer.status_code == 422 and answer.json()["code"] == "time-wrong"
    assert not Voice.objects.exists()


def test_a_pasted_sign_that_xml_cannot_hold_does_not_stop_the_feed(client, cast, world):
    said = voices.submit_voice(
        actor=cast.resident.actor, text="路灯坏了一个星期。", place=world.home, kind="complaint",
        category="street_lamp",
    ).voice  # fmt: skip
    words = {"title": "路灯\x0b", "text": "第一行\x0c第二行"}
    voices.publish_matter(actor=cast.clerk.actor, number=said.number, **words)
    feed = client.get("/register/atom.xml")
    assert feed.status_code == 200 and "第一行第二行" in feed.content.decode()
    assert client.get("/register/export.xlsx").status_code == 200


POSTS = [
    ("/desk/enter/", "clerk"), ("/account/residence/", "resident"), ("/places/search", "resident"),
    ("/report", "resident"), ("/account/login/", "resident"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "part"), POSTS)
def test_a_null_sign_in_an_address_or_a_form_is_refused(client_for, cast, world, path, part):
    browser: Client = client_for(getattr(cast, part))
    fields = ("place", "q", "within", "text", "building", "key", "at", "username", "password", "number")
    for name in fields:
        assert browser.get(path, {name: "a\0b"}).status_code < 500
        assert browser.post(path, {name: "a\0b"}).status_code < 500
    everything = dict.fromkeys(fields, "\0")
    assert browser.get(path, everything).status_code < 500
    assert browser.post(path, everything).status_code < 500
