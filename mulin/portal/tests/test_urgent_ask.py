"""A hurried report of a major matter: what is missing is asked for once it is on its way."""

import pytest
from django.test import Client
from django.urls import reverse

from mulin.kernel import secrets
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.people.models import Account
from mulin.voices import actions
from mulin.voices.models import Addition, Voice

pytestmark = pytest.mark.django_db

ASKED = "在哪一栋？怎么打给您？"


def page(response) -> str:
    return response.content.decode()


@pytest.fixture
def alarm(world):
    """An anonymous browser that reported a gas leak somewhere in the community: `(client, receipt)`."""
    client = Client()
    data = {"type": "gas_leak", "place": world.home, "idempotency_key": "u" * 22}
    return client, client.post("/urgent", data)["Location"]


def tell(client: Client, **fields):
    number = Voice.objects.get().number
    return client.post(reverse("portal:voice-add", args=[number]), {f"add-{k}": v for k, v in fields.items()})


def test_a_hurried_person_is_asked_where_and_how_to_be_called(alarm):
    client, receipt = alarm
    html = page(client.get(receipt))
    assert ASKED in html and html.count('name="add-text"') == 1 and "补充文字或照片" not in html


def test_a_telephone_alone_is_enough_and_is_kept_sealed(alarm):
    client, receipt = alarm
    assert tell(client, contact="138 1234 5678").status_code == 302
    voice = Voice.objects.get()
    assert secrets.unseal(voice.contact_sealed) == "13812345678" and voice.contact_last4 == "5678"
    assert "13812345678" not in Addition.objects.get().text
    html = page(client.get(receipt))
    assert "怎么打给您" not in html and "留了电话" in html
    # Where it is, nobody has said yet.
    assert "在哪一栋、几楼？" in html


def test_who_says_the_building_is_asked_for_the_telephone_only(alarm):
    client, receipt = alarm
    tell(client, text="3栋2单元6楼")
    html = page(client.get(receipt))
    assert "怎么打给您？" in html and ASKED not in html


def test_who_said_both_is_asked_nothing(world):
    client = Client()
    data = {"type": "fire", "place": world.home, "building": world.building, "contact": "13812345678"}
    html = page(client.get(client.post("/urgent", {**data, "idempotency_key": "u" * 22})["Location"]))
    assert "怎么打给您" not in html and "哪一栋" not in html and "补充文字或照片" in html


def test_a_small_matter_asks_nothing_more(sent):
    assert "怎么打给您" not in page(sent.client.get(sent.url))


def test_what_cannot_be_dialled_is_asked_for_again_and_stays_in_its_field(alarm):
    client, _receipt = alarm
    answer = tell(client, text="3栋", contact="12")
    assert answer.status_code == 422 and "打不通" in page(answer) and 'value="12"' in page(answer)
    assert not Addition.objects.exists()


def test_nothing_at_all_is_refused(alarm):
    answer = tell(alarm[0], text=" ")
    assert answer.status_code == 422 and "写一句、放一张照片或者留个电话，都行。" not in page(answer)
    assert "写一句，或者放一张照片，都行。" in page(answer)
    answer = tell(alarm[0], text=" ", contact="")
    assert answer.status_code == 422 and "写一句、放一张照片或者留个电话，都行。" in page(answer)


def test_a_worker_leaves_no_telephone_for_somebody_else(alarm, cast):
    number = Voice.objects.get().number
    with pytest.raises(NotAllowed):
        actions.add_to_voice(
            actor=cast.clerk.actor, number=number, text="楼下的人说的", contact="13812345678"
        )
    assert Voice.objects.get().contact_sealed == ""


def test_who_holds_the_receipt_of_an_account_leaves_no_telephone_in_its_name(world, cast):
    sent = actions.submit_voice(actor=cast.resident.actor, text="三单元漏气", place=world.home)
    holder = ANONYMOUS.with_receipt(sent.voice.pk)
    with pytest.raises(NotAllowed):
        actions.add_to_voice(actor=holder, number=sent.voice.number, text="打这个", contact="13900000000")
    assert Voice.objects.get(pk=sent.voice.pk).contact_sealed == ""


def test_half_a_number_goes_along_as_words_and_is_asked_for_again(world):
    client = Client()
    data = {"type": "fire", "place": world.home, "building": world.building, "contact": "1381"}
    html = page(client.get(client.post("/urgent", {**data, "idempotency_key": "u" * 22})["Location"]))
    assert "怎么打给您？" in html and "1381" in Voice.objects.get().text


@pytest.mark.parametrize("contact", ["13800138000 张先生", "微信 abc12345", "zhang@example.org"])
def test_whatever_else_may_reach_a_person_is_kept_sealed_as_it_was_typed(world, contact):
    data = {"type": "fire", "place": world.home, "contact": contact, "idempotency_key": "v" * 22}
    Client().post("/urgent", data)
    voice = Voice.objects.get()
    assert secrets.unseal(voice.contact_sealed) == contact and contact not in voice.text


def test_who_holds_the_receipt_and_is_logged_in_speaks_as_its_person(alarm, client_for, cast):
    client, receipt = alarm
    client.force_login(cast.neighbour.account)
    tell(client, text="3栋2单元6楼")
    assert Addition.objects.get().account is None and ASKED not in page(client.get(receipt))


def test_a_telephone_that_is_known_is_not_overwritten(world, cast):
    sent = actions.submit_voice(
        actor=cast.resident.actor, text="三单元漏气", place=world.home, contact="13812345678"
    )
    with pytest.raises(ActionError) as error:
        actions.add_to_voice(
            actor=cast.resident.actor, number=sent.voice.number, text="换个电话", contact="13900000000"
        )
    assert error.value.code == "contact-known"


def test_an_account_without_a_telephone_is_nobody_to_call(world, cast, client_for):
    said = {"text": "三单元漏气", "place": world.home, "severity": "major"}
    sent = actions.submit_voice(actor=cast.resident.actor, **said)
    url = reverse("desk:case", args=[sent.voice.number])
    assert "没有人留电话" not in page(client_for(cast.clerk).get(url))
    Account.objects.filter(pk=cast.resident.id).update(phone_sealed="")
    assert "没有人留电话" in page(client_for(cast.clerk).get(url))


def test_the_desk_is_told_what_nobody_said(alarm, cast, client_for, settle):
    url = reverse("desk:case", args=[Voice.objects.get().number])
    assert "没有选楼栋，没有写地址，也没有人留电话。" in page(client_for(cast.clerk).get(url))
    tell(alarm[0], contact="13812345678")
    assert "没有选楼栋，也没有写地址。" in page(client_for(cast.clerk).get(url))
    tell(alarm[0], text="3栋2单元6楼")
    assert "没有选楼栋" not in page(client_for(cast.clerk).get(url))
