"""The same words sent again lead to the receipt there is; all that is missing is named; nothing is cut."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from mulin.kernel import clock, rulebook
from mulin.kernel.models import RuleOverride
from mulin.portal.tests.conftest import LAMP
from mulin.voices import actions
from mulin.voices.models import Voice

pytestmark = pytest.mark.django_db
NEW = "n" * 22  # the key of a page that was made anew


def page(response) -> str:
    return response.content.decode()


def path(sent) -> str:
    return sent.url.split("?")[0]


# Sent again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["", "resident"])
def test_the_same_words_after_the_browsers_back_lead_to_the_receipt_there_is(
    say, world, cast, client_for, who
):
    """The page on the way back is made anew, with another key."""
    client = client_for(cast.resident) if who else Client()
    first = say(client, building=world.building, contact="13800138000")
    second = say(client, building=world.building, contact="138 0013 8000", idempotency_key=NEW)
    assert path(second) == path(first) and Voice.objects.count() == 1
    assert "这一条先前已经收到" not in page(client.get(first.url))
    html = page(client.get(second.url))
    assert "这一条先前已经收到" in html and "没有另记一件" in html
    third = say(client, contact="13800138000")  # the very same page once more, its building forgotten
    assert path(third) == path(first) and Voice.objects.count() == 1


def test_photos_lost_on_the_way_back_make_no_second_voice(say, picture):
    client = Client()
    first = say(client, photos=[picture()], kind="help")
    assert path(say(client, idempotency_key=NEW)) == path(first)


def test_an_address_lost_on_the_way_back_makes_no_second_voice(say):
    client = Client()
    first = say(client, address="三楼拐角")
    assert path(say(client, idempotency_key=NEW)) == path(first) and Voice.objects.count() == 1
    assert path(say(client, idempotency_key=NEW, address="四楼拐角")) != path(first)


def test_another_photo_with_the_same_words_is_kept(say, picture):
    client = Client()
    first = say(client, photos=[picture()])
    second = say(client, photos=[picture("sharper.jpg")], idempotency_key=NEW)
    assert path(second) != path(first) and second.voice.photos.count() == 1


def test_on_a_shared_telephone_the_same_words_of_another_person_are_their_own_voice(say, cast, client_for):
    """The browser still knows the resident's receipt has logged out."""
    client = client_for(cast.resident)
    first = say(client)
    known = client.cookies["mulin_receipts"].value
    client.logout()
    client.cookies["mulin_receipts"] = known
    second = say(client, idempotency_key=NEW)
    assert path(second) != path(first) and second.voice.account_id != first.voice.account_id


def test_who_left_a_number_and_who_left_none_are_two_people(say):
    client = Client()
    first = say(client, contact="13800138000")
    assert path(say(client, idempotency_key=NEW)) != path(first)


def test_what_looks_like_an_emergency_is_the_same_again_for_a_few_minutes_only(say):
    client, words = Client(), "3栋着火了，有人被困在楼上"
    first = say(client, text=words)
    assert first.voice.matter.severity == "major"
    Voice.objects.update(created_at=timezone.now() - timedelta(minutes=40))
    assert path(say(client, text=words, idempotency_key=NEW)) != path(first)


@pytest.mark.parametrize("key", ["k" * 22, NEW])
@pytest.mark.parametrize(
    "changed",
    [
        {"text": LAMP + "，还有一盏在闪"},
        {"kind": "tip_off"},
        {"address": "三楼拐角"},
        {"contact": "13900139000"},
        {"place": "other"},
    ],
)
def test_what_was_changed_after_the_receipt_came_is_a_voice_of_its_own(say, world, key, changed):
    client = Client()
    first = say(client)
    known = client.cookies["mulin_receipts"].value
    if "place" in changed:
        changed = {"place": world.other_home}
    second = say(client, idempotency_key=key, **changed)
    assert second.answer.status_code == 302 and path(second) != path(first)
    # The answer to this one is lost: sent once more, it is still one.
    client.cookies["mulin_receipts"] = known
    assert path(say(client, idempotency_key=key, **changed)) == path(second)
    assert Voice.objects.count() == 2


def test_a_photo_added_on_the_way_back_is_not_lost(say, picture):
    client = Client()
    first = say(client)
    second = say(client, photos=[picture()], idempotency_key=NEW)
    assert path(second) != path(first) and second.voice.photos.count() == 1


def test_two_photos_without_words_are_two_voices(say, picture):
    client = Client()
    first = say(client, text="", photos=[picture()])
    assert path(say(client, text="", photos=[picture("b.jpg")], idempotency_key=NEW)) != path(first)


def test_the_same_words_of_somebody_else_are_a_voice_of_their_own(say, cast, client_for):
    first = say(client_for(cast.resident))
    for client in (client_for(cast.neighbour), Client()):
        assert path(say(client, idempotency_key=NEW)) != path(first)


def test_the_same_words_on_another_day_are_a_new_voice(say):
    client = Client()
    first = say(client)
    Voice.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert path(say(client, idempotency_key=NEW)) != path(first)


def test_the_same_words_after_taking_it_back_are_a_new_voice(say, cast, client_for):
    client = client_for(cast.resident)
    first = say(client)
    actions.withdraw_voice(actor=cast.resident.actor, number=first.voice.number, reason="mistake")
    assert path(say(client, idempotency_key=NEW)) != path(first)


def test_a_point_found_after_a_lost_answer_does_not_make_a_second_voice(say, world):
    """The telephone knew where it was only the first time."""
    client, site = Client(), world.sites[world.building]
    first = say(client, lon=str(site.lon), lat=str(site.lat))
    client.cookies.clear()
    assert path(say(client)) == path(first) and Voice.objects.count() == 1


def test_the_same_words_again_are_never_too_many(say, one_an_hour):
    client = Client()
    first = say(client)
    assert path(say(client, idempotency_key=NEW)) == path(first)
    client.cookies.clear()  # the answer was lost: the same sending comes once more
    assert path(say(client)) == path(first)


def test_an_emergency_sent_again_is_one_for_a_few_minutes_only(world):
    client = Client()
    data = {"type": "fire", "place": world.home, "idempotency_key": "u" * 22}
    first = client.post("/urgent", data)["Location"].split("?")[0]
    assert client.post("/urgent", {**data, "idempotency_key": NEW})["Location"] == f"{first}?sent=again"
    Voice.objects.update(created_at=clock.now() - timedelta(minutes=20))
    assert client.post("/urgent", {**data, "idempotency_key": "v" * 22})["Location"].split("?")[0] != first


# All that is missing, in one round -------------------------------------------------------------------


def test_a_report_without_words_and_place_names_both_at_once(world):
    answer = Client().post("/report", {"text": "", "contact": "139…", "address": ""})
    html = page(answer)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"text", "contact", "place"}
    for field in ("text", "place", "contact"):
        assert f'href="#id_{field}"' in html and f'id="id_{field}_error"' in html
    assert "139…" in html


def test_a_building_that_is_not_found_is_named_beside_the_missing_words(world):
    answer = Client().post("/report", {"text": "", "place": world.home, "building": f"{world.home}-B99999"})
    assert set(answer.context["form"].errors) == {"text", "building"}


def test_an_emergency_with_too_long_a_text_and_no_place_names_both_at_once(world):
    answer = Client().post("/urgent", {"type": "fire", "text": "火" * 501})
    html = page(answer)
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"text", "place"}
    assert 'id="id_text_error"' in html and 'id="id_place_error"' in html and "火" * 501 in html
    assert '<details class="field" open>' in html


def test_who_joins_a_matter_is_not_asked_for_a_place(shown):
    answer = Client().post("/report", {"text": "", "join": shown().number})
    assert list(answer.context["form"].errors) == ["text"]


# Too long --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "more", "limit"), [("/report", {}, 2000), ("/urgent", {"type": "fire"}, 500)]
)
def test_a_text_that_is_too_long_stays_whole_and_says_by_how_much(world, path, more, limit):
    text = "长" * (limit + 7)
    answer = Client().post(path, {**more, "text": text, "place": world.home})
    html = page(answer)
    assert answer.status_code == 422 and not Voice.objects.exists()
    assert text in html and f"最多 {limit} 字，现在 {limit + 7} 字，超出 7 字" in html
    box = html.partition('id="id_text"')[0].rpartition("<textarea")[2] + html.partition('id="id_text"')[2]
    assert "maxlength" not in box.partition("</textarea>")[0]
    assert f'data-limit="{limit}"' in html


def test_a_line_break_counts_as_one_sign(say):
    text = "\r\n".join(["灯"] * 1000)  # 1999 signs, 2998 as a form sends them
    assert say(Client(), text=text).answer.status_code == 302


def test_the_limit_is_the_places_own(say, world, cast):
    RuleOverride.objects.create(
        name="voices.text.max", place=world.home, valid_from="2026-01-01", value=100, basis="试",
        certainty="house default", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    html = page(say(Client(), text="灯" * 101).answer)
    assert "最多 100 字，现在 101 字，超出 1 字" in html and 'data-limit="100"' in html


def test_what_is_added_to_a_voice_is_not_cut_either(sent):
    box = page(sent.client.get(sent.url)).partition('name="add-text"')[2].partition(">")[0]
    assert 'data-limit="2000"' in box and "maxlength" not in box
