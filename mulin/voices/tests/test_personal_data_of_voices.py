"""One's own data out, erased and forgotten in time; counters that equal a recount."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from mulin.kernel import clock, registry, search
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
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
        "to": "500108002005", "decision": "accepted", "reason": "other", "name": "路灯", "of": "1",
        "until": "2026-12-31", "state": "done", "rank": 1, "need": "1",
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


def close_long_ago(*voices, days=200) -> None:
    Matter.objects.filter(pk__in=[voice.matter_id for voice in voices]).update(
        is_open=False, closed_at=clock.now() - timedelta(days=days)
    )


def test_a_place_without_the_rule_keeps_its_contacts_and_holds_up_nobody(
    speak, cast, world, monkeypatch, caplog
):
    kept = [speak(text=f"第{n}件事", contact="13812345678").voice for n in range(3)]
    other = speak(cast.neighbour.actor, text="那边", place=world.other_home, contact="13812345679").voice
    close_long_ago(*kept, days=400)
    close_long_ago(other)
    value = personal_data.rulebook.value

    def unset(name, at, **facts):
        if name == "voices.retention.contact_days" and at == world.home:
            raise ActionError("rule-unset", "没有设定")
        return value(name, at=at, **facts)

    monkeypatch.setattr(personal_data.rulebook, "value", unset)
    assert personal_data.forget_contacts(limit=2) == 1
    left = set(Voice.objects.exclude(contact_hash="").values_list("pk", flat=True))
    assert left == {voice.pk for voice in kept}
    assert world.home in caplog.text


def test_contacts_of_many_matters_go_in_portions(speak):
    close_long_ago(*(speak(text=f"第{n}件事", contact="13812345678").voice for n in range(3)))
    assert [personal_data.forget_contacts(limit=2) for _ in range(3)] == [2, 1, 0]


def test_nothing_is_written_and_nobody_waits_while_no_contact_is_due(speak, monkeypatch, lines):
    fresh = speak(contact="13812345678").voice
    close_long_ago(fresh, days=20)
    begun = []

    def counted():
        begun.append(1)
        return write()

    monkeypatch.setattr(personal_data, "write", counted)
    assert personal_data.forget_contacts() == 0 and begun == []
    close_long_ago(fresh)
    assert personal_data.forget_contacts() == 1 and begun == [1]


def test_the_contact_of_a_matter_that_opens_again_meanwhile_stays(speak, monkeypatch, lines):
    voice = speak(contact="13812345678").voice
    close_long_ago(voice)

    def late():
        Matter.objects.filter(pk=voice.matter_id).update(is_open=True, closed_at=None)
        return write()

    monkeypatch.setattr(personal_data, "write", late)
    assert personal_data.forget_contacts() == 0
    assert Voice.objects.exclude(contact_hash="").count() == 1 and not lines("voices.contact.forgotten")


REOPENED = "还是不亮，我住的那层全黑"


@pytest.mark.parametrize("by_receipt", [False, True])
def test_why_it_was_opened_again_is_given_out_and_erased_with_the_voice(speak, cast, by_receipt):
    from mulin.cases.actions import reopen_case
    from mulin.cases.models import Case, CaseText
    from mulin.kernel.actors import ANONYMOUS

    voice = speak(ANONYMOUS if by_receipt else None, kind="complaint").voice
    Case.objects.filter(matter=voice.matter_id).update(state="done", done_at=clock.now())
    actor = ANONYMOUS.with_receipt(voice.id) if by_receipt else cast.resident.actor
    reopen_case(actor=actor, number=voice.number, reason=REOPENED)
    if by_receipt:
        actions.keep_voice(actor=cast.resident.actor.with_receipt(voice.id), number=voice.number)
    written_by_a_worker = CaseText.objects.create(
        case=Case.objects.get(), move="finish", kind="reply", text="换了灯", by=cast.clerk.id
    )
    shares = {share.name: share for share in registry.collect("personal_data")}
    assert REOPENED in json.dumps(shares["cases"].export(cast.resident.id), default=str, ensure_ascii=False)
    for share in shares.values():
        share.erase(cast.resident.id)
    texts = dict(CaseText.objects.values_list("move", "text"))
    assert texts == {"reopen": "", "finish": written_by_a_worker.text}


def test_a_remark_and_a_reason_of_ones_own_are_erased(speak, cast):
    voice = speak(text=SAID).voice
    actions.withdraw_voice(actor=cast.resident.actor, number=voice.number, reason="我自己找李晓梅换了")
    assert "我自己找李晓梅换了" in json.dumps(personal_data.export(cast.resident.id), ensure_ascii=False)
    personal_data.erase(cast.resident.id)
    assert Voice.objects.get(pk=voice.pk).remark == ""
