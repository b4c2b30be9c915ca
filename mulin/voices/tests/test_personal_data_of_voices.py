"""One's own data out, erased and forgotten in time; counters that equal a recount."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from mulin.kernel import clock, registry, search
from mulin.kernel.db import write
from mulin.kernel.models import Notice
from mulin.voices import actions, personal_data, photos
from mulin.voices.models import Addition, Matter, MeToo, Photo, Voice

SAID = "我叫李晓梅，路灯坏了，电话13812345678"


def test_all_that_a_person_said_comes_out_and_nothing_of_others(speak, published, cast):
    matter = published(text="别人说的事", actor=cast.neighbour.actor)
    actions.me_too(actor=cast.resident.actor, number=matter.number)
    voice = speak(text=SAID, contact="13812345678").voice
    actions.add_to_voice(actor=cast.resident.actor, number=voice.number, text="补充一句")
    out = personal_data.export(cast.resident.id)
    text = json.dumps(out, ensure_ascii=False)
    assert SAID in text and "补充一句" in text and '"contact": "13812345678"' in text
    assert out["me_too"][0]["matter"] == matter.number and "别人说的事" not in text


def test_erasure_cuts_every_tie_and_keeps_the_record_of_the_work(
    speak, published, cast, picture, django_capture_on_commit_callbacks
):
    receipt = speak(text=SAID, contact="13812345678", photos=[picture()], address="3栋501", kind="complaint")
    voice = receipt.voice
    actions.add_to_voice(actor=cast.resident.actor, number=voice.number, text="打13812345678找李晓梅")
    other = published(text="别的事", actor=cast.neighbour.actor)
    actions.me_too(actor=cast.resident.actor, number=other.number)
    photo = Photo.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        assert personal_data.erase(cast.resident.id) > 0
    voice.refresh_from_db()
    assert voice.account_id is None and voice.secret_hash == "" and voice.contact_hash == ""
    assert (voice.contact_sealed, voice.contact_last4, voice.address, voice.lon) == ("", "", "", None)
    assert "13812345678" not in voice.text and "李晓梅" not in voice.text and "路灯坏了" in voice.text
    assert "13812345678" not in Addition.objects.get().text and Addition.objects.get().account is None
    assert not Photo.objects.exists() and not photos.default_storage.exists(photo.file.name)
    assert MeToo.objects.get().account_id is None and Matter.objects.get(pk=other.pk).me_too_count == 1
    assert Matter.objects.get(pk=voice.matter_id).case.state == "reported"
    assert search.find("matter", "路灯")
    assert personal_data.export(cast.resident.id) == {"voices": [], "me_too": []}


def test_a_contact_is_forgotten_when_its_matter_was_closed_long_enough_ago(speak, lines):
    old, fresh, still_open = (speak(text=f"第{n}件事", contact="13812345678").voice for n in range(3))
    for voice, days in ((old, 200), (fresh, 20)):
        Matter.objects.filter(pk=voice.matter_id).update(
            is_open=False, closed_at=clock.now() - timedelta(days=days)
        )
    assert personal_data.forget_contacts() == 1
    kept = set(Voice.objects.exclude(contact_hash="").values_list("pk", flat=True))
    assert kept == {fresh.pk, still_open.pk}
    assert lines("voices.contact.forgotten")[0].data == {"n": 1}
    assert personal_data.forget_contacts() == 0


def test_counters_equal_a_recount_after_all_that_can_happen(speak, published, cast, world, figure, settle):
    first = speak(kind="complaint", building=world.building, happened_at=clock.ago(days=9)).voice
    second = speak(cast.neighbour.actor, text="那边也黑", place=world.other_home, kind="help").voice
    third = published()
    actions.recategorise_matter(actor=cast.clerk.actor, number=first.number, kind="consult")
    actions.relocate_matter(actor=cast.other_clerk.actor, number=second.number, place=world.home)
    actions.withdraw_voice(actor=cast.resident.actor, number=third.number, reason="by_mistake")
    settle()
    recounted = Counter()
    for recount in registry.collect("recounts"):
        if "voices.in" in recount.measures:
            for measure, place, _grid, _day, state, _category, n in recount.rows():
                if measure == "voices.in":
                    recounted[place, state] += n
    for place in (world.home, world.other_home):
        for kind in ("complaint", "consult", "help"):
            assert figure(place, kind) == recounted[place, kind]
    assert sum(recounted.values()) == 2


def test_every_line_of_this_module_can_be_said_in_both_languages(speak, cast, lines):
    from django.utils import translation

    from mulin.voices.module import MODULE

    data = {
        "kind": "help", "channel": "phone", "category": "street_lamp", "severity": "minor", "n": 3, "rows": 5,
        "to": "500108002005", "decision": "accepted", "reason": "other", "name": "路灯",
    }  # fmt: skip
    for code, sentence in MODULE.sentences.items():
        with translation.override("zh-hans"):
            chinese = sentence.say(data)
        with translation.override("en"):
            english = sentence.say(data)
        assert chinese and english and chinese != english and "—" not in chinese, code


def test_notices_are_made_only_for_the_people_of_the_matter(published, speak, cast, settle):
    matter = published()
    speak(cast.neighbour.actor, text="另一件", kind="complaint")
    settle()
    told = set(Notice.objects.filter(code="voices.matter.published").values_list("account", flat=True))
    assert told == {cast.resident.id} and matter.publication == "shown"


def test_erasure_takes_the_address_that_nobody_else_gave_from_the_matter_too(speak, cast):
    voice = speak(text=SAID, address="3栋2单元501").voice
    personal_data.erase(cast.resident.id)
    assert Matter.objects.get(pk=voice.matter_id).address == ""


def test_files_go_only_when_the_erasure_is_final(speak, cast, picture):
    speak(text=SAID, photos=[picture()])
    photo = Photo.objects.get()
    with pytest.raises(RuntimeError), write():
        personal_data.erase(cast.resident.id)
        raise RuntimeError("another module could not erase its share")
    assert Photo.objects.exists() and photos.default_storage.exists(photo.file.name)
