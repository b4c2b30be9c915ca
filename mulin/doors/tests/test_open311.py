"""GeoReport v2 against a live server, with the clients that exist and with the fact sheet's own schemas."""

import io
import itertools
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import pytest
import requests as http
from jsonschema import Draft202012Validator, FormatChecker
from PIL import Image

from mulin.doors import rate
from mulin.doors.tests.conftest import give_token
from mulin.doors.tests.test_open311_formats import from_xml
from mulin.voices.actions import submit_voice
from mulin.voices.models import Matter, Photo, Voice

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = {"type": ["string", "null"]}
CODE = {"type": "string", "minLength": 1}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
NUMBER = {"type": ["number", "null"]}


def closed(properties: dict, required: list[str]) -> dict:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


SERVICES = {
    "type": "array",
    "minItems": 1,
    "items": closed(
        {
            "service_code": CODE, "service_name": CODE, "description": TEXT, "metadata": {"type": "boolean"},
            "type": {"enum": ["realtime", "batch", "blackbox"]}, "keywords": TEXT, "group": TEXT,
        },
        ["service_code", "service_name", "metadata", "type"],
    ),
}  # fmt: skip
ATTRIBUTE = closed(
    {
        "variable": {"type": "boolean"}, "code": CODE,
        "datatype": {"enum": ["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]},
        "required": {"type": "boolean"}, "datatype_description": TEXT,
        "order": {"type": "integer", "minimum": 1}, "description": TEXT,
        "values": {"type": "array", "items": closed({"key": CODE, "name": CODE}, ["key", "name"])},
    },
    ["variable", "code", "datatype", "required", "order", "description"],
)  # fmt: skip
DEFINITION = closed(
    {"service_code": CODE, "attributes": {"type": "array", "items": ATTRIBUTE}},
    ["service_code", "attributes"],
)
REQUESTS = {
    "type": "array",
    "items": closed(
        {
            "service_request_id": CODE, "status": {"enum": ["open", "closed"]}, "status_notes": TEXT,
            "service_name": TEXT, "service_code": CODE, "description": TEXT, "agency_responsible": TEXT,
            "service_notice": TEXT, "requested_datetime": MOMENT, "updated_datetime": MOMENT,
            "expected_datetime": {"anyOf": [MOMENT, {"type": "null"}]}, "address": TEXT, "address_id": TEXT,
            "zipcode": TEXT, "lat": NUMBER, "long": NUMBER, "media_url": TEXT,
        },
        ["service_request_id", "status", "service_name", "service_code", "description", "requested_datetime",
         "updated_datetime", "address", "address_id", "zipcode", "lat", "long", "media_url"],
    ),
}  # fmt: skip
CREATED = {
    "type": "array", "minItems": 1, "maxItems": 1,
    "items": closed(
        {"service_request_id": CODE, "service_notice": TEXT, "account_id": TEXT}, ["service_request_id"]
    ),
}  # fmt: skip
TOKENS = {
    "type": "array", "minItems": 1, "maxItems": 1,
    "items": closed({"service_request_id": CODE, "token": CODE}, ["service_request_id", "token"]),
}  # fmt: skip
ERRORS = {
    "type": "array", "minItems": 1,
    "items": closed({"code": {"type": "integer"}, "description": CODE}, ["code", "description"]),
}  # fmt: skip
DISCOVERY = closed(
    {
        "changeset": MOMENT, "contact": CODE, "key_service": CODE,
        "endpoints": {"type": "array", "minItems": 1, "items": closed(
            {
                "specification": {"const": "http://wiki.open311.org/GeoReport_v2"},
                "url": CODE, "changeset": MOMENT,
                "type": {"enum": ["production", "test"]}, "formats": {"type": "array", "items": CODE},
            },
            ["specification", "url", "changeset", "type", "formats"],
        )},
    },
    ["changeset", "contact", "key_service", "endpoints"],
)  # fmt: skip


def fits(value: object, schema: dict) -> None:
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(value)


@pytest.fixture
def base(live_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    return f"{live_server.url}/open311/v2"


@pytest.fixture
def key(cast):
    return give_token(cast.clerk)


@pytest.fixture
def code(base):
    return http.get(f"{base}/services.json", timeout=10).json()[0]["service_code"]


@pytest.fixture
def published(cast, world, code):
    """A matter that was approved for the public, with its first voice."""
    voice = submit_voice(
        actor=cast.resident.actor, text="我是李晓梅，我家楼下的灯坏了", place=world.home, kind="help",
        category=code,
        lon=106.5612345, lat=29.5123456, address="金堰花园2栋3单元5-2", contact="13912345678",
    ).voice  # fmt: skip
    Matter.objects.filter(pk=voice.matter_id).update(
        publication="shown",
        public_title="楼下的灯坏了",
        public_text="2栋楼下的路灯不亮",
        published_at=voice.created_at,
    )
    return voice


def get(base: str, path: str, expect: int = 200, **params):
    """The JSON document at a path, after a look that the XML one says the same."""
    as_json = http.get(f"{base}/{path}.json", params=params, timeout=10)
    as_xml = http.get(f"{base}/{path}.xml", params=params, timeout=10)
    assert (as_json.status_code, as_xml.status_code) == (expect, expect), as_json.text
    assert as_json.headers["Content-Type"] == "application/json; charset=utf-8"
    assert as_xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert as_xml.text.startswith('<?xml version="1.0" encoding="utf-8"?>')
    assert same(from_xml(ElementTree.fromstring(as_xml.content)), as_json.json())
    return as_json.json()


def same(xml: object, plain: object) -> bool:
    """Whether two documents agree; XML knows no numbers and no empty lists."""
    if isinstance(plain, dict):
        return (
            isinstance(xml, dict)
            and xml.keys() == plain.keys()
            and all(same(xml[k], plain[k]) for k in plain)
        )
    if isinstance(plain, list):
        xml = xml or []
        return len(xml) == len(plain) and all(same(x, p) for x, p in zip(xml, plain, strict=True))
    if isinstance(plain, int | float) and not isinstance(plain, bool):
        return float(xml) == plain
    return xml == plain


def test_every_document_fits_the_fact_sheet_in_both_formats(base, published, code):
    fits(get(base, "discovery"), DISCOVERY)
    fits(get(base, "services"), SERVICES)
    definition = get(base, f"services/{code}")
    fits(definition, DEFINITION)
    orders = [a["order"] for a in definition["attributes"]]
    assert len(orders) == len(set(orders))
    fits(get(base, "requests"), REQUESTS)
    fits(get(base, f"requests/{published.number}"), REQUESTS)
    fits(get(base, f"tokens/{published.number}"), TOKENS)


def test_discovery_is_there_without_a_suffix_and_names_the_base(base):
    answer = http.get(f"{base}/discovery", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/xml")
    assert get(base, "discovery")["endpoints"][0]["url"] == base


def test_a_published_request_shows_the_matter_and_never_the_person(base, published, code):
    shown = get(base, f"requests/{published.number}")
    assert len(shown) == 1
    assert shown[0]["description"] == "2栋楼下的路灯不亮"
    assert (shown[0]["status"], shown[0]["service_code"]) == ("open", code)
    assert shown[0]["address"] == "南岸区花园路街道金堰社区"
    assert shown[0]["lat"] == 29.512  # a hundred metres, not the door
    text = http.get(f"{base}/requests.xml", timeout=10).text
    for private in ("李晓梅", "5-2", "13912345678"):
        assert private not in text


def send(base: str, key: str, code: str, world, **more: str) -> str:
    """What an app sends; gives the number."""
    said = {"api_key": key, "service_code": code, "address_id": world.home, "description": "我家的事"} | more
    answer = http.post(f"{base}/requests.json", data=said, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()[0]["service_request_id"]


def test_the_app_that_sent_it_follows_it_by_its_key_and_sees_no_words(base, key, code, world):
    number = send(base, key, code, world)
    assert get(base, "requests") == []
    shown = get(base, f"requests/{number}", api_key=key)[0]
    assert (shown["description"], shown["media_url"], shown["status"]) == (None, None, "open")
    assert get(base, f"tokens/{number}", api_key=key)[0]["service_request_id"] == number
    header = {"Authorization": f"Bearer {key}"}
    assert http.get(f"{base}/requests/{number}.json", headers=header, timeout=10).json() == [shown]


def test_an_app_follows_what_it_sent_for_a_place_where_its_account_has_no_post(base, code, cast, world):
    key = give_token(cast.other_clerk)
    number = send(base, key, code, world)
    assert get(base, f"requests/{number}", api_key=key)[0]["status"] == "open"
    get(base, f"requests/{number}", 404, api_key=give_token(cast.neighbour))


def test_what_is_not_published_answers_exactly_as_a_number_that_never_was(base, key, code, world):
    number, unknown = send(base, key, code, world), "1234567897"
    paths = ("requests/{}.json", "requests/{}.xml", "tokens/{}.json", "requests.json?service_request_id={}")
    for path in paths:
        there, nowhere = (http.get(f"{base}/{path.format(n)}", timeout=10) for n in (number, unknown))
        assert (there.status_code, there.content) == (404, nowhere.content), path
        assert there.headers.keys() == nowhere.headers.keys()


def test_what_became_a_tip_off_does_not_exist_here_for_its_app_and_for_workers(base, key, code, world, cast):
    number = send(base, key, code, world)
    Matter.objects.update(kind="tip_off", restriction="tip_off")
    get(base, f"requests/{number}", 404, api_key=key)
    get(base, f"requests/{number}", 404, api_key=give_token(cast.street))


def test_whoever_joined_a_published_matter_is_not_shown_where_they_stood(base, published, cast, world):
    joined = submit_voice(
        actor=cast.neighbour.actor, text="灯坏了", place=world.home, kind="help", lon=106.57, lat=29.52,
        join=published.number,
    ).voice  # fmt: skip
    shown = get(base, f"requests/{joined.number}")[0]
    assert (shown["lat"], shown["long"]) == (29.512, 106.561)


def test_requests_from_other_doors_are_private_until_published(base, cast, world):
    voice = submit_voice(actor=cast.resident.actor, text="私事", place=world.home, kind="help").voice
    fits(get(base, f"requests/{voice.number}", 404), ERRORS)
    mine = give_token(cast.resident)
    assert get(base, f"requests/{voice.number}", api_key=mine)[0]["service_request_id"] == voice.number


@pytest.fixture
def few_reads(settings, monkeypatch):
    """Three reads in a day for each address."""
    settings.MULIN_THROTTLE = True
    limit = {"limit": 3, "seconds": 86400}
    rules = SimpleNamespace(value=lambda name, **more: limit if name == "doors.throttle.reads" else None)
    monkeypatch.setattr(rate, "rulebook", rules)
    rate.forget()
    yield
    rate.forget()


def test_reading_without_a_key_is_limited_by_address_and_each_number_counts(
    few_reads, client, published, key
):
    def read(query: str = "", address: str = "203.0.113.1") -> int:
        return client.get(f"/open311/v2/requests.json{query}", REMOTE_ADDR=address).status_code

    assert [read(), read(), read()] == [200, 200, 200]
    refused = client.get("/open311/v2/requests.json", REMOTE_ADDR="203.0.113.1")
    assert refused.status_code == 429
    fits(refused.json(), ERRORS)
    assert refused.headers["Retry-After"]
    assert read(address="203.0.113.2") == 200
    assert read(f"?api_key={key}") == 200
    assert read("?service_request_id=1,2,3,4", address="203.0.113.3") == 429


@pytest.mark.parametrize("more", [{"kind": "tip_off"}, {"severity": "major"}])
def test_restricted_matters_do_not_exist_here(base, published, cast, world, more):
    fields = {"kind": "help", "channel": "open311"} | more
    voice = submit_voice(actor=cast.resident.actor, text="不公开的事", place=world.home, **fields).voice
    Matter.objects.filter(pk=voice.matter_id).update(publication="shown")
    fits(get(base, f"requests/{voice.number}", 404), ERRORS)
    assert [r["service_request_id"] for r in get(base, "requests")] == [published.number]


def test_georeport_client_reads_json_and_xml(base, published, code):
    from georeport import GeoReport

    for form in ("json", "xml"):
        client = GeoReport(base, output_format=form)
        assert code in {s["service_code"] for s in client.get_service_list()}
        assert client.get_service_definition(code)["service_code"] == code
        listed = client.get_service_requests()
        listed = listed if isinstance(listed, list) else [listed]
        assert [r["service_request_id"] for r in listed] == [published.number]
        assert client.get_service_request(published.number)["status"] == "open"


@pytest.fixture
def three(base, key):
    """The `three` client with its one line for Python 3."""
    itertools.ifilter = filter
    import three as library

    return library.Three(base, api_key=key)


def test_three_client_creates_and_reads(three, code, world):
    made = three.post(
        code, lat=str(world.lat), long=str(world.lon), description="路灯坏了", name="晓梅 李",
        phone="13912345678", **{"attribute[kind]": "complaint"},
    )  # fmt: skip
    fits(made, CREATED)
    number = made[0]["service_request_id"]
    # The client sends its key with what it posts only: where it reads, the number is as good as unknown.
    assert three.request(number)[0]["code"] == 404
    Matter.objects.update(publication="shown")
    assert three.request(number)[0]["service_request_id"] == number
    assert three.token(number)[0]["service_request_id"] == number
    Matter.objects.update(publication="asked")
    assert three.discovery()["endpoints"]
    assert three.services(code)["service_code"] == code
    assert three.requests(code, status="open", start="01-01-2026") == []
    voice = Voice.objects.get(number=number)
    assert (voice.channel, voice.kind, voice.contact_last4) == ("open311", "complaint", "5678")
    assert "李" not in voice.text


def test_three_client_sends_a_photo(three, code, world):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    buffer.seek(0)
    buffer.name = "lamp.jpg"
    made = three.post(code, address="金堰花园2栋", description="路灯坏了", media=buffer)
    fits(made, CREATED)
    photo = Photo.objects.get(voice__number=made[0]["service_request_id"])
    assert (photo.width, photo.height) == (40, 30)


def test_an_approved_photo_of_a_published_matter_is_given(base, key, code, world):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    said = {"api_key": key, "service_code": code, "address_id": world.home}
    sent = http.post(f"{base}/requests.json", data=said, files={"media": buffer.getvalue()}, timeout=10)
    number = sent.json()[0]["service_request_id"]
    Matter.objects.update(publication="shown")
    assert get(base, f"requests/{number}")[0]["media_url"] is None
    Photo.objects.update(is_approved=True)
    url = get(base, f"requests/{number}")[0]["media_url"]
    assert http.get(url, timeout=10).headers["Content-Type"] == "image/jpeg"


def test_a_media_url_is_not_fetched_and_the_report_is_kept(base, key, code, world):
    said = {
        "api_key": key,
        "service_code": code,
        "address_id": world.home,
        "media_url": "http://10.0.0.1/x.jpg",
    }
    made = http.post(f"{base}/requests.json", data=said, timeout=10).json()
    assert "照片" in made[0]["service_notice"]
    assert Voice.objects.filter(number=made[0]["service_request_id"]).exists()


def test_key_and_jurisdiction_may_stand_in_the_address(base, key, code, world):
    url = f"{base}/requests.xml?api_key={key}&jurisdiction_id={world.home}"
    answer = http.post(url, data={"service_code": code, "address_string": "门口"}, timeout=10)
    assert answer.status_code == 200, answer.text
    assert Voice.objects.get().place == world.home


def test_creation_without_a_right_key_is_403(base, code, world):
    said = {"service_code": code, "address_id": world.home}
    for keys in ({}, {"api_key": ""}, {"api_key": "wrong"}):
        answer = http.post(f"{base}/requests.json", data=said | keys, timeout=10)
        assert answer.status_code == 403
        fits(answer.json(), ERRORS)
        assert answer.json()[0]["code"] == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"service_code": ""}, 400), ({"service_code": "no-such"}, 404), ({"address_id": ""}, 400),
        ({"lat": "29.5"}, 400), ({"address_id": "1"}, 400), ({"description": "长" * 4001}, 400),
        ({"attribute[kind]": "other"}, 400), ({"attribute[happened_at]": "yesterday"}, 400),
        ({"jurisdiction_id": "city.gov"}, 404),
    ],
)  # fmt: skip
def test_creation_says_what_is_wrong(base, key, code, world, change, status):
    said = {"api_key": key, "service_code": code, "address_id": world.home, "description": "灯"} | change
    answer = http.post(f"{base}/requests.json", data=said, timeout=10)
    assert answer.status_code == status, answer.text
    fits(answer.json(), ERRORS)
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("services/no-such", {}, 404), ("requests/1234567890", {}, 404), ("requests/x", {}, 404),
        ("tokens/x", {}, 404), ("services", {"jurisdiction_id": "city.gov"}, 404), ("nowhere", {}, 404),
        ("requests", {"service_code": "no-such"}, 404), ("requests", {"status": "half"}, 400),
        ("requests", {"start_date": "x"}, 400), ("requests", {"service_request_id": "1,2"}, 404),
        ("requests", {"api_key": "wrong", "service_request_id": "1"}, 403),
    ],
)  # fmt: skip
def test_reading_says_what_is_wrong_in_both_formats(base, path, params, status):
    fits(get(base, path, status, **params), ERRORS)


def test_filters_by_status_code_and_number(base, published, code):
    assert len(get(base, "requests", status="open,closed", service_code=f"{code},", start_date="")) == 1
    assert get(base, "requests", status="closed") == []
    assert get(base, "requests", end_date="2020-01-01T00:00:00Z") == []
    ids = f"{published.number},1234567890"
    assert len(get(base, "requests", service_request_id=ids, status="closed")) == 1


def test_a_list_ends_at_a_thousand(base, published, monkeypatch):
    from mulin.doors.open311 import requests

    monkeypatch.setattr(requests, "MOST", 0)
    assert get(base, "requests") == []


def test_a_wrong_method_is_told_as_errors(base):
    answer = http.delete(f"{base}/requests.json", timeout=10)
    assert (answer.status_code, answer.json()[0]["code"]) == (405, 405)
    assert "POST" in answer.headers["Allow"]
