"""Saying something: with scripts off, on a bad line, anonymously, anywhere."""

import pytest
from django.contrib.staticfiles.finders import find
from django.test import Client
from django.urls import reverse

from mulin.kernel.models import Entry
from mulin.portal import receipts
from mulin.portal.tests.conftest import LAMP
from mulin.voices.models import Photo, Voice

pytestmark = pytest.mark.django_db
REPORT = "/report"


def page(response) -> str:
    return response.content.decode()


def test_the_form_is_there_before_a_community_was_chosen(world):
    response = Client().get(REPORT)
    assert response.status_code == 200
    assert "什么事" in page(response)
    assert "花园路街道" in page(response)


def test_only_who_has_not_logged_in_is_told_that_nobody_must(world, cast, client_for):
    assert "不用登录" in page(Client().get(REPORT))
    html = page(client_for(cast.resident).get(REPORT))
    assert "不用登录" not in html and "“我的”里也找得到" in html


def test_in_danger_the_place_goes_along_from_page_to_page(world, cast, client_for):
    client, there = client_for(cast.resident), f"?place={world.other_home}"
    urgent = reverse("portal:urgent")
    assert f'href="{urgent}{there}"' in page(client.get(REPORT + there))
    asked = page(client.get(urgent + there))
    assert f"?type=gas_leak&amp;place={world.other_home}" in asked and f'href="{REPORT}{there}"' in asked
    assert f'href="{urgent}{there}"' in page(client.get(f"{urgent}{there}&type=gas_leak"))


def test_what_is_missing_stands_beside_the_way_to_its_field(world):
    """The link is as tall as a thumb: in one line with it the sentence would stand uneven."""
    answer = Client().post(REPORT, {"text": ""})
    assert answer.status_code == 422 and '<li><a href="#id_text">什么事</a> <span>' in page(answer)
    with open(find("mulin/components.css"), encoding="utf-8") as sheet:
        assert ".errors li { display: flex;" in sheet.read()


def test_anyone_may_report_without_an_account_and_gets_a_receipt(say, world):
    client = Client()
    sent = say(client, building=world.building, address="三楼拐角")
    assert sent.answer.status_code == 302
    assert sent.voice.account is None
    assert sent.voice.building == world.building
    assert sent.voice.channel == "portal"
    receipt = client.get(sent.url)
    assert receipt.status_code == 200
    assert receipts.show_code(receipts.code_of(sent.voice.number)) in page(receipt)
    assert "<svg" in page(receipt)
    assert 'style="' not in page(receipt)


def test_a_report_belongs_to_the_account_that_sends_it(say, cast, client_for):
    sent = say(client_for(cast.resident))
    assert sent.voice.account_id == cast.resident.id


def test_anyone_may_report_for_another_community(say, cast, client_for, world):
    sent = say(client_for(cast.resident), place=world.other_home)
    assert sent.voice.place == world.other_home


def test_the_same_report_sent_twice_on_a_bad_line_is_one_report(say):
    client = Client()
    first, second = say(client), say(client)
    assert second.url.split("?")[0] == first.url.split("?")[0]
    assert second.voice is None
    assert Voice.objects.count() == 1
    assert Entry.objects.filter(code="voices.voice.submitted").count() == 1


def test_a_text_changed_after_a_lost_answer_leads_to_the_first_receipt(say):
    client = Client()
    first = say(client)
    client.cookies.clear()  # the answer was lost, and the receipt with it
    again = say(client, text="不对，是3栋的灯坏了")
    assert again.answer.status_code == 422
    assert first.url.split("?")[0] in page(again.answer)
    assert "不对，是3栋的灯坏了" in page(again.answer)
    key = again.answer.context["form"]["idempotency_key"].value()
    assert key != "k" * 22
    later = say(client, text="不对，是3栋的灯坏了", idempotency_key=key)
    assert later.voice.text == "不对，是3栋的灯坏了"


def test_an_empty_report_comes_back_with_everything_typed(say, world):
    answer = say(Client(), text=" ", address="南门岗亭边", contact="13800138000", kind="help").answer
    assert answer.status_code == 422
    html = page(answer)
    assert "请说一说是什么事" in html
    assert "南门岗亭边" in html
    assert "13800138000" in html
    assert 'value="help"' in html and answer.context["form"]["kind"].value() == "help"
    assert not Voice.objects.exists()


def test_a_photo_alone_is_enough(say, picture):
    sent = say(Client(), text="", photos=[picture()], photo_alt=["三楼的灯"])
    assert sent.answer.status_code == 302
    assert "请看照片" in sent.voice.text
    assert "三楼的灯" in sent.voice.text
    assert Photo.objects.filter(voice=sent.voice).count() == 1


def test_seven_photos_are_one_too_many_and_the_text_stays(say, picture):
    sent = say(Client(), photos=[picture(f"{n}.jpg") for n in range(7)])
    assert sent.answer.status_code == 422
    assert LAMP in page(sent.answer)
    assert "最多可以放 6 张照片" in page(sent.answer)


def test_a_file_that_is_no_picture_is_refused(say):
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = say(Client(), photos=[SimpleUploadedFile("x.jpg", b"not a picture", "image/jpeg")])
    assert sent.answer.status_code == 422
    assert not Voice.objects.exists()


def test_a_wish_is_said_on_the_same_page(say):
    sent = say(Client(), text="想学太极拳，早上八点前后都有空", kind="wish")
    assert sent.voice.kind == "wish"


def test_a_kind_that_does_not_exist_is_refused(say):
    assert say(Client(), kind="gossip").answer.status_code == 422


def test_a_program_that_fills_every_field_is_told_and_nothing_is_kept(say):
    sent = say(Client(), website="https://example.org")
    assert sent.answer.status_code == 422
    assert not Voice.objects.exists()


def test_too_many_reports_from_one_address_wait_and_keep_what_was_typed(say, one_an_hour):
    client = Client()
    assert say(client).voice
    sent = say(client, text="第二件事", idempotency_key="z" * 22)
    assert sent.answer.status_code == 429
    assert "第二件事" in page(sent.answer)
    assert Voice.objects.count() == 1


def test_communities_of_a_street_are_listed_without_scripts(world):
    client = Client()
    answer = client.post(
        REPORT, {"text": LAMP, "place": [world.street, ""], "step": "where", "contact": "13800138000"}
    )
    assert answer.status_code == 200
    html = page(answer)
    assert "金堰社区" in html and LAMP in html and "13800138000" in html
    answer = client.post(REPORT, {"text": LAMP, "place": [world.street, world.home], "step": "where"})
    assert "金堰花园1栋" in page(answer)
    assert not Voice.objects.exists()


def test_a_community_left_over_from_another_street_does_not_count(say, world):
    sent = say(Client(), place=[world.other_street, world.home], building=world.building)
    assert sent.voice.place == world.other_street
    assert sent.voice.building == ""


def test_the_lists_follow_a_choice_of_street(world):
    answer = Client().get(reverse("portal:where"), {"place": [world.other_street, world.home]})
    assert answer.status_code == 200
    assert "同景社区" in page(answer)
    assert "金堰花园1栋" not in page(answer)


def test_a_point_on_the_map_is_kept_and_finds_the_building(say, world):
    site = world.sites[world.building]
    sent = say(Client(), lon=str(site.lon), lat=str(site.lat))
    assert (sent.voice.lon, sent.voice.lat) == (site.lon, site.lat)
    assert sent.voice.located_by == "map-wgs84"


def test_more_can_be_said_about_an_open_public_matter(say, shown):
    matter = shown()
    client = Client()
    assert matter.public_title in page(client.get(REPORT, {"join": matter.number}))
    sent = say(client, text="大门另一边那盏也灭了", join=matter.number)
    assert sent.voice.matter_id == matter.pk


def test_a_number_that_is_not_public_cannot_be_joined(say, sent):
    hidden = sent.voice.matter.number
    answer = Client().get(REPORT, {"join": hidden})
    assert answer.status_code == 200
    assert answer.context["joined"] is None
    assert say(Client(), join=hidden, idempotency_key="q" * 22).answer.status_code == 404


# While typing --------------------------------------------------------------------------------------


def hint(text: str, **fields) -> str:
    answer = Client().post(reverse("portal:suggest"), {"text": text, **fields})
    assert answer.status_code == 200
    return page(answer)


def test_a_gas_leak_is_told_at_once_what_to_do(world):
    html = hint("楼道里有很重的煤气味，燃气泄漏了", place=world.home)
    assert "119" in html
    assert "?type=gas_leak" in html


def test_personal_data_in_the_text_is_pointed_out(world):
    assert "电话号码" in hint("灯坏了，打我电话 13800138000", place=world.home)


def test_a_like_matter_of_the_neighbours_is_offered(world, shown):
    matter = shown(text="小区大门外的路灯灭了两盏，晚上很黑", category="street_lamp")
    html = hint("小区大门外的路灯灭了，晚上很黑看不见", place=world.home)
    assert matter.number in html
    assert "我也遇到" in html


def test_a_tip_off_is_never_offered(world, cast):
    from mulin.voices import actions

    text = "小区大门外的棋牌室每天晚上赌博"
    actions.submit_voice(actor=cast.resident.actor, text=text, place=world.home, kind="tip_off")
    assert "我也遇到" not in hint(text, place=world.home)


def test_nothing_is_kept_while_typing(world):
    hint("楼道的灯坏了三天", place=world.home)
    assert not Voice.objects.exists() and not Entry.objects.exists()


def test_a_word_or_two_gives_no_hint(world):
    assert hint("灯").strip() == ""


# The urgent way --------------------------------------------------------------------------------------


def test_the_urgent_page_shows_whom_to_call_and_what_may_have_happened(world):
    html = page(Client().get("/urgent"))
    for phone in ("110", "119", "120"):
        assert f"tel:{phone}" in html
    assert "?type=gas_leak" in html
    assert "htmx" not in html.split("</head>")[0].replace("htmx-config", "")


def test_a_gas_leak_is_sent_with_a_type_and_a_place_alone(world, settle):
    client = Client()
    assert "请马上离开" in page(client.get("/urgent", {"type": "gas_leak"}))
    answer = client.post(
        "/urgent",
        {"type": "gas_leak", "place": world.home, "building": world.building, "idempotency_key": "u" * 22},
    )
    assert answer.status_code == 302
    voice = Voice.objects.get()
    assert (voice.matter.severity, voice.matter.category) == ("major", "gas_leak")
    assert voice.matter.restriction == "major"
    assert "请马上离开" in page(client.get(answer["Location"]))


def test_an_urgent_report_sent_twice_is_one(world):
    client = Client()
    data = {"type": "fire", "place": world.home, "idempotency_key": "u" * 22}
    first, second = (client.post("/urgent", data)["Location"].split("?")[0] for _turn in range(2))
    assert first == second
    assert Voice.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "more"), [("/urgent", {"type": "gas_leak"}), ("/report", {"text": "路口的红绿灯坏了一晚上"})]
)
def test_a_matter_without_a_place_is_asked_where_it_is_and_loses_nothing(world, path, more):
    """In the whole city it would be nobody's."""
    data = {**more, "contact": "13800138000", "idempotency_key": "u" * 22}
    answer = Client().post(path, data)
    html = page(answer)
    assert answer.status_code == 422 and not Voice.objects.exists()
    assert "请选在哪个街道" in html and "13800138000" in html
    assert 'href="#id_place">在哪里' in html and 'id="id_place"' in html
    assert html.count("请选在哪个街道") == 2  # at the top, and beside the field
    assert Client().post(path, {**data, "place": world.street}).status_code == 302


def test_a_link_to_the_urgent_way_keeps_the_place_it_names(world):
    html = page(Client().get("/urgent", {"place": world.home}))
    assert f"type=gas_leak&amp;place={world.home}" in html
    assert "place=" not in page(Client().get("/urgent", {"place": "500999"})).partition("?type=")[2][:60]


def test_programs_that_look_at_a_link_are_answered(world):
    for path in ("/", "/report", "/urgent", "/help"):
        assert Client().head(path).status_code == 200


def test_an_unknown_type_of_emergency_shows_the_types(world):
    assert "燃气泄漏" in page(Client().get("/urgent", {"type": "aliens"}))


@pytest.mark.parametrize("path", ["/report", "/urgent", "/urgent?type=fire"])
def test_the_report_pages_are_also_in_english(world, path):
    html = page(Client(headers={"accept-language": "en"}).get(path))
    assert any(word in html for word in ("Say something", "Emergency", "Fire"))
    assert "什么事" not in html


def test_a_script_is_told_where_the_receipt_is_and_not_led_there(world):
    client = Client()
    data = {"text": "楼道的灯坏了三天", "place": world.home, "idempotency_key": "k" * 22}
    answer = client.post("/report", data, headers={"X-Mulin-Draft": "1"})
    assert (answer.status_code, "Location" in answer.headers) == (204, False)
    assert answer.headers["X-Mulin-Next"].startswith("/r/")
    assert client.get(answer.headers["X-Mulin-Next"]).status_code == 200
    # Without scripts the browser is led there as ever.
    assert client.post("/report", data).status_code == 302


def test_the_way_for_emergencies_is_a_link_and_not_a_second_main_button(world):
    html = Client().get("/report").content.decode()
    assert "/urgent" in html and html.count("btn--main") == 2  # 送出, and 确定 of the hidden dialog
    assert "btn--urgent" not in html


def test_a_telephone_number_that_cannot_be_called_comes_back_with_all_that_was_typed(say):
    from mulin.voices.models import Voice

    answer = say(Client(), contact="139…").answer
    assert answer.status_code == 422 and not Voice.objects.exists()
    html = answer.content.decode()
    assert 'id="id_contact_error"' in html and LAMP in html and "139…" in html
    assert say(Client(), contact="023-62880000转8001").answer.status_code == 302
