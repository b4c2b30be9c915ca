"""REST: voices, cases and their moves, tokens, idempotency, paging and errors."""

import base64
import io

import pytest
from PIL import Image

from mulin.kernel.models import Entry, IdempotentAnswer
from mulin.places.models import Site
from mulin.voices.models import Voice

pytestmark = pytest.mark.django_db(transaction=True)


def problem(response, status: int, code: str = "") -> dict:
    """The body of a refusal, after a look at its form."""
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert not code or body["code"] == code
    return body


def submit(who, body: dict, **more) -> dict:
    response = who.post("/voices", body, **more)
    assert response.status_code == 201, response.content.decode()
    return response.json()


def test_a_voice_is_created_with_a_number_and_a_case(api, lamp):
    made = submit(api.resident, lamp)
    assert len(made["number"]) == 10
    assert made["case"] == made["number"]
    assert made["url"].endswith(f"/r/{made['secret']}")
    voice = Voice.objects.get(number=made["number"])
    assert (voice.channel, voice.text) == ("api", lamp["text"])


def test_the_owner_reads_the_voice_and_a_stranger_does_not(api, lamp):
    number = submit(api.resident, lamp | {"contact": "13912345678"})["number"]
    read = api.resident.get(f"/voices/{number}").json()
    assert (read["text"], read["contact_last4"]) == (lamp["text"], "5678")
    assert api.clerk.get(f"/voices/{number}").status_code == 200
    problem(api.neighbour.get(f"/voices/{number}"), 404, "not-found")
    problem(api.other_clerk.get(f"/voices/{number}"), 404, "not-found")


@pytest.mark.parametrize("contact", ["139…", "张三", "12", "微信 lamp2024"])
def test_a_contact_that_cannot_be_called_is_refused_by_its_name(api, lamp, contact):
    refused = problem(api.resident.post("/voices", lamp | {"contact": contact}), 422, "contact-wrong")
    assert refused["field"] == "contact"
    assert not Voice.objects.exists()


@pytest.mark.parametrize("contact", ["139 0000 1234", "+86-13900001234", "023-62880000转8001", "12345", ""])
def test_a_contact_is_taken_however_it_is_spaced(api, lamp, contact):
    assert submit(api.resident, lamp | {"contact": contact})["number"]


def test_without_a_token_nothing_opens_but_the_document(api, lamp, client_for, cast):
    refused = api.anonymous.post("/voices", lamp)
    problem(refused, 401, "no-token")
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert api.anonymous.get("/openapi.json").status_code == 200
    browser = client_for(cast.clerk)
    assert browser.get("/api/v1/cases").status_code == 401  # a session's cookie is no token


def test_a_revoked_token_is_refused(api):
    from mulin.kernel.clock import now
    from mulin.people.models import ApiToken

    ApiToken.objects.update(revoked_at=now())
    problem(api.clerk.get("/cases"), 401, "no-token")


def test_the_same_key_gives_the_same_answer_and_one_voice(api, lamp):
    first = submit(api.resident, lamp, key="k-1")
    assert submit(api.resident, lamp, key="k-1") == first
    assert Voice.objects.count() == 1
    problem(api.resident.post("/voices", lamp | {"text": "另一件事"}, key="k-1"), 422, "key-reused")
    assert submit(api.clerk, lamp, key="k-1")["number"] != first["number"]


def test_the_same_key_makes_a_move_once(api, lamp):
    number = submit(api.resident, lamp)["number"]
    first = api.clerk.post(f"/cases/{number}/accept", key="a-1")
    assert first.status_code == 200
    assert api.clerk.post(f"/cases/{number}/accept", key="a-1").content == first.content
    assert Entry.objects.filter(code="cases.case.accepted").count() == 1
    problem(api.clerk.post(f"/cases/{number}/start", key="a-1"), 422, "key-reused")


def test_a_twin_that_came_second_gets_the_first_answer(api, lamp, monkeypatch):
    from mulin.doors.api import answers

    number = submit(api.resident, lamp)["number"]
    first = api.clerk.post(f"/cases/{number}/accept", key="a-1")
    found = answers._recall
    blind = iter([lambda *a: None])  # it looked before the first request had committed
    monkeypatch.setattr(answers, "_recall", lambda *a: next(blind, found)(*a))
    second = api.clerk.post(f"/cases/{number}/accept", key="a-1")
    assert (second.status_code, second.content) == (200, first.content)


def test_stored_answers_are_not_readable_in_the_database(api, lamp):
    number = submit(api.resident, lamp)["number"]
    api.clerk.post(f"/cases/{number}/accept", key="a-1")
    assert number not in str(IdempotentAnswer.objects.get().body)


def test_a_refusal_is_not_remembered_under_its_key(api, lamp):
    number = submit(api.resident, lamp)["number"]
    problem(api.clerk.post(f"/cases/{number}/close", key="c-1"), 409, "wrong-state")
    assert not IdempotentAnswer.objects.exists()


def test_validation_errors_list_the_fields(api):
    body = problem(
        api.resident.post("/voices", {"place": "5001", "colour": "red", "lon": "1"}), 422, "invalid"
    )
    assert {e["field"] for e in body["errors"]} == {"text", "place", "colour", "lon"}


def test_a_body_that_is_not_json_is_refused(api):
    client = api.resident.client
    headers = {"Authorization": f"Bearer {api.resident.token}"}
    response = client.post("/api/v1/voices", "{text", content_type="application/json", headers=headers)
    problem(response, 400, "bad-request")


def test_a_word_that_is_none_of_the_choices_is_told_the_choices(api):
    error = problem(api.clerk.get("/cases?state=zzz"), 422, "invalid")["errors"][0]
    assert error["field"] == "state"
    assert "in_hand" in error["message"] and " or " not in error["message"]


def test_an_address_that_there_is_not_is_a_problem_of_the_same_shape(api, client):
    body = problem(client.get("/api/v1/zzz"), 404, "no-such-address")
    assert body["type"] == "urn:mulin:problem:no-such-address"


def test_a_wrong_method_is_refused_as_a_problem(api):
    response = api.clerk.delete("/cases")
    problem(response, 405, "method")
    assert "GET" in response["Allow"]


def test_an_unknown_place_is_refused(api, lamp):
    problem(api.resident.post("/voices", lamp | {"place": "990108002005"}), 422)
    problem(api.clerk.get("/cases", {"place": "000108002005"}), 404)


def test_a_photo_comes_in_as_base64(api, lamp):
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG")
    photo = base64.b64encode(buffer.getvalue()).decode()
    made = submit(api.resident, lamp | {"photos": [photo]})
    assert Voice.objects.get(number=made["number"]).photos.count() == 1
    problem(api.resident.post("/voices", lamp | {"photos": ["not base64"]}), 422, "invalid")


def test_cases_are_listed_page_by_page_without_losing_one(api, lamp):
    numbers = [submit(api.resident, lamp | {"text": f"第{n}盏路灯坏了"})["number"] for n in range(5)]
    seen, cursor = [], None
    while True:
        page = api.clerk.get("/cases", {"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [case["number"] for case in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == numbers[::-1]


def test_lists_cost_ten_statements_and_a_voice_twenty_at_most(api, lamp, django_assert_max_num_queries):
    for n in range(4):
        submit(api.resident, lamp | {"text": f"第{n}盏路灯坏了"})
    with django_assert_max_num_queries(20):
        submit(api.resident, lamp, key="k-2")
    for path in ("/cases", "/cases?order=burning", "/cases?q=路灯", "/voices", "/categories"):
        with django_assert_max_num_queries(10):
            assert api.clerk.get(path).json()["items"]


def test_mine_is_empty_for_who_has_no_unit_and_works_on_nothing(api, lamp):
    submit(api.resident, lamp)
    for who in (api.admin, api.auditor, api.resident):
        assert who.get("/cases", {"mine": "true"}).json()["items"] == []


def test_voices_are_narrowed_by_day_place_and_owner(api, world, lamp):
    number = submit(api.resident, lamp)["number"]
    other = submit(api.clerk, lamp)["number"]

    def numbers(who, **params) -> set[str]:
        return {voice["number"] for voice in who.get("/voices", params).json()["items"]}

    assert numbers(api.resident) == {number}
    assert numbers(api.clerk) == {number, other}
    assert numbers(api.clerk, mine="true") == {other}
    assert numbers(api.clerk, place=world.other_home) == set()
    today = api.clerk.get("/voices").json()["items"][0]["created_at"][:10]
    assert numbers(api.clerk, since=today, until=today) == {number, other}
    assert numbers(api.clerk, until="0001-01-01") == numbers(api.clerk, since="9999-12-31") == set()


@pytest.mark.parametrize(
    "path",
    ["/cases", "/cases?order=burning", "/cases?q=路灯", "/voices", "/journal", "/webhooks"],
)
@pytest.mark.parametrize(
    "values",
    [
        "x", "[1]", "null", "{}", "[]", '["a"]', '["a","b","c"]', "[-1]", "[1e99]", "[99999999999999999999]",
        '[true,"2026-01-01T00:00:00Z","01a20155-6a37-7566-93df-8cd46c4f5b58"]',
        '[99999999999,"2026-01-01","01a20155-6a37-7566-93df-8cd46c4f5b58"]', "[NaN]", "[[1]]",
    ],
)  # fmt: skip
def test_a_cursor_that_was_tampered_with_is_refused_in_every_list(api, path, values):
    if values == "[1]" and path in {"/journal", "/cases?q=路灯"}:
        pytest.skip("a number is what this list's cursors are made of")
    cursor = base64.urlsafe_b64encode(values.encode()).decode().rstrip("=")
    body = problem(api.admin.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}"), 400, "bad-cursor")
    assert body["field"] == "cursor"


def test_a_cursor_of_another_list_is_refused_and_the_lists_own_is_taken(api, lamp):
    for n in range(3):
        submit(api.resident, lamp | {"text": f"第{n}盏路灯坏了"})
    newest = api.clerk.get("/cases", {"limit": 1}).json()["next"]
    burning = api.clerk.get("/cases", {"limit": 1, "order": "burning"}).json()["next"]
    problem(api.clerk.get("/cases", {"cursor": newest, "order": "burning"}), 400, "bad-cursor")
    problem(api.clerk.get("/cases", {"cursor": burning}), 400, "bad-cursor")
    seen = api.clerk.get("/cases", {"limit": 1, "order": "burning", "cursor": burning}).json()
    assert len(seen["items"]) == 1
    assert seen["next"]


def test_a_neighbouring_clerk_sees_no_case_and_cannot_move_it(api, lamp):
    number = submit(api.resident, lamp)["number"]
    assert api.other_clerk.get("/cases").json()["items"] == []
    problem(api.other_clerk.get(f"/cases/{number}"), 404)
    problem(api.other_clerk.post(f"/cases/{number}/accept"), 404)


def test_a_worker_who_sees_a_case_but_may_not_move_it_gets_403(api, lamp):
    number = submit(api.resident, lamp)["number"]
    problem(api.auditor.post(f"/cases/{number}/accept"), 403, "not-allowed")


def test_a_case_goes_the_whole_way_over_the_api(api, world, lamp):
    number = submit(api.resident, lamp)["number"]
    org = str(world.city_management.id)

    def move(who, name: str, body: dict | None = None, status: int = 200) -> dict:
        response = who.post(f"/cases/{number}/{name}", body)
        assert response.status_code == status, response.content.decode()
        return response.json()

    assert move(api.clerk, "find-facts", {"facts": {"basics": "三盏灯不亮"}})["state"] == "found"
    assert move(api.clerk, "accept")["state"] == "accepted"
    assert move(api.street, "dispatch", {"org": org})["state"] == "dispatched"
    assert move(api.department, "object", {"reason": "这条路归物业管"})["state"] == "returned"
    assert (
        move(api.street, "decide-objection", {"uphold": False, "reason": "市政道路"})["state"] == "dispatched"
    )
    assert move(api.department, "start")["state"] == "in_hand"
    asked = move(api.department, "suspend", {"reason": "等灯具到货", "review_on": "2099-01-01"}, 409)
    assert asked["code"] == "review-far"
    done = {"done_text": "换了三个灯头", "reply": "2栋楼下的三盏路灯已经换好灯头，今晚就会亮，请您看一看。"}
    done["confirm_reply"] = True
    assert move(api.department, "finish", done)["state"] == "done"
    confirmed = move(api.resident, "confirm", {"is_solved": True, "is_satisfied": True})
    assert confirmed["is_solved"] is True
    assert move(api.clerk, "close")["state"] == "closed"
    read = api.clerk.get(f"/cases/{number}").json()
    assert read["facts"]["basics"] == "三盏灯不亮"
    assert read["voices"] == [number]
    assert next(line["code"] for line in read["timeline"]) == "voices.voice.submitted"
    assert api.resident.get(f"/voices/{number}").json()["answer"] == done["reply"]


def test_a_move_for_two_people_is_accepted_and_pending(api, lamp):
    from datetime import timedelta

    from mulin.kernel.clock import today

    number = submit(api.resident, lamp)["number"]
    api.clerk.post(f"/cases/{number}/accept")
    body = {"reason": "要等雨季过去", "review_on": (today() + timedelta(days=20)).isoformat()}
    response = api.clerk.post(f"/cases/{number}/suspend", body)
    assert response.status_code == 202
    assert (response.json()["state"], response.json()["pending"]) == ("accepted", "suspend")
    problem(api.clerk.post(f"/cases/{number}/approve"), 403, "same-person")
    assert api.secretary.post(f"/cases/{number}/approve").json()["state"] == "suspended"


def test_a_tip_off_is_hidden_from_the_community(api, lamp):
    number = submit(api.resident, lamp | {"kind": "tip_off"})["number"]
    problem(api.clerk.get(f"/cases/{number}"), 404)
    problem(api.clerk.get(f"/voices/{number}"), 404)
    assert api.street.get(f"/cases/{number}").status_code == 200


def test_places_and_categories_can_be_looked_up(api, world):
    place = api.resident.get(f"/places/{world.home}").json()
    assert (place["name"], place["full_name"]) == ("金堰社区", "南岸区花园路街道金堰社区")
    assert api.resident.get(f"/places/{world.building}").json()["kind"] == "building"
    problem(api.resident.get("/places/990108002005"), 404)
    items = api.resident.get("/categories").json()["items"]
    assert {item["level"] for item in items} == {1, 2}
    english = api.resident.get("/categories", **{"Accept-Language": "en"}).json()["items"]
    assert english[0]["name"] != items[0]["name"]


def test_the_board_of_a_community_is_read(api, world, lamp):
    submit(api.resident, lamp)
    board = api.clerk.get(f"/board/{world.home}").json()
    assert (board["place"], board["is_exact"], board["figures"]["in"]) == (world.home, True, 1)
    hidden = api.neighbour.get(f"/board/{world.home}", {"since": "0001-01-01", "until": "0001-01-02"})
    assert hidden.status_code == 200
    problem(api.clerk.get("/board/990108002005"), 404)


def test_the_journal_is_read_by_the_auditor_only_and_without_restricted_matters(api, lamp, settle):
    number = submit(api.resident, lamp)["number"]
    hidden = submit(api.resident, lamp | {"kind": "tip_off"})["number"]
    settle()
    lines = api.auditor.get("/journal").json()["items"]
    numbers = {line["data"].get("number") for line in lines}
    assert number in numbers
    assert hidden not in numbers
    problem(api.clerk.get("/journal"), 403, "not-allowed")


def test_too_many_voices_from_one_token_are_refused(api, lamp, settings, monkeypatch):
    from mulin.doors import rate

    settings.MULIN_THROTTLE = True
    rate.forget()
    monkeypatch.setattr(rate.rulebook, "value", lambda *a, **k: {"limit": 1, "seconds": 3600})
    rate.check_rate(*_once(api))
    with pytest.raises(Exception) as refused:
        rate.check_rate(*_once(api))
    assert refused.value.status == 429
    rate.forget()


def _once(api):
    from mulin.people.tokens import authenticate

    return authenticate(api.clerk.token), api.clerk.token


def test_voices_of_a_building_are_listed_by_its_code(api, lamp, world):
    number = api.clerk.post("/voices", {**lamp, "building": world.building}).json()["number"]
    elsewhere = api.clerk.post("/voices", {**lamp, "text": "大门口的垃圾桶满了"}).json()["number"]
    found = {row["number"] for row in api.clerk.get("/voices", {"place": world.building}).json()["items"]}
    assert number in found and elsewhere not in found
    estate = Site.objects.get(code=world.building).estate
    if estate:
        assert number in {r["number"] for r in api.clerk.get("/voices", {"place": estate}).json()["items"]}


def test_a_telephone_number_in_the_words_is_covered_for_whoever_only_works_on_them(api, lamp):
    words = lamp["text"] + "，请打13812345678找我"
    number = api.resident.post("/voices", {**lamp, "text": words}).json()["number"]
    assert "13812345678" in api.resident.get(f"/voices/{number}").json()["text"]
    assert "13812345678" not in api.clerk.get(f"/voices/{number}").json()["text"]
