"""A voice comes in: who may, what is kept, what is refused, and that nothing is entered twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.kernel import clock, search, secrets
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.numbers import is_number
from mulin.voices import drafts, queries
from mulin.voices.actions import submit as submitting
from mulin.voices.actions import submit_voice
from mulin.voices.models import Matter, Photo, Voice

KEY = "a-draft-key-of-a-phone-0001"


def test_a_resident_speaks_and_gets_a_short_number_and_a_secret(speak, cast, world):
    receipt = speak()
    voice = receipt.voice
    assert is_number(voice.number) and voice.number == voice.matter.number
    assert voice.account_id == cast.resident.id and voice.matter.place == world.home
    assert queries.voice_by_secret(receipt.secret) == voice
    assert receipt.secret not in str(Voice.objects.filter(pk=voice.pk).values().get())


def test_someone_without_an_account_may_speak_at_any_place(speak, anonymous, world):
    voice = speak(anonymous, place=world.other_home).voice
    assert voice.account_id is None and voice.entered_by is None and voice.place == world.other_home


def test_one_line_is_written_and_holds_nothing_that_was_said(speak, lines, world):
    voice = speak(contact="13812345678", address="金堰花园3栋").voice
    (line,) = lines()
    assert (line.code, line.subject, line.matter) == ("voices.voice.submitted", voice.id, voice.matter_id)
    assert line.data["number"] == voice.number and line.data["case"] == voice.number
    assert not any(word in str(line.data) for word in ("路灯", "13812345678", "金堰"))


def test_a_contact_is_sealed_hashed_and_shown_by_its_end(speak):
    voice = speak(contact="138 1234-5678").voice
    assert "13812345678" not in voice.contact_sealed
    assert secrets.unseal(voice.contact_sealed) == "13812345678"
    assert voice.contact_last4 == "5678"
    assert voice.contact_hash == secrets.fingerprint("13812345678", "phone")


def test_what_was_not_said_is_suggested_and_marked_as_a_guess(speak):
    matter = speak(kind="").voice.matter
    assert (matter.category, matter.category_by) == ("street_lamp", "guess")
    assert speak(category="drainage").voice.matter.category_by == "said"


def test_a_text_without_a_hint_has_no_category_and_is_still_taken(speak):
    matter = speak(text="嗯嗯嗯").voice.matter
    assert matter.is_open and matter.category_by in {"", "guess"}


def test_a_machine_never_makes_a_wish_of_what_somebody_asks_for(speak):
    voice = speak(text="我想要楼下的路灯早点修好，我想要一个回复。").voice
    assert voice.kind not in {"wish", "offer"} and voice.matter.way == "case"


def test_danger_to_life_is_treated_as_major_until_somebody_looks(speak):
    matter = speak(text="厨房有很浓的煤气味，好像燃气泄漏了").voice.matter
    assert (matter.severity, matter.restriction, matter.publication) == ("major", "major", "never")


def test_an_old_danger_is_no_alarm(speak):
    matter = speak(text="上个月厨房有煤气味，燃气泄漏了", happened_at=clock.ago(days=30)).voice.matter
    assert matter.severity == "minor"


def test_what_a_worker_says_about_severity_counts_more_than_the_machine(speak):
    matter = speak(text="厨房有很浓的煤气味，好像燃气泄漏了", severity="minor").voice.matter
    assert matter.severity == "minor"


def test_a_tip_off_is_restricted_and_never_public(speak):
    matter = speak(text="三楼有人开赌场", kind="tip_off").voice.matter
    assert (matter.restriction, matter.publication) == ("tip_off", "never")


def test_a_worker_writes_down_what_another_person_said(speak, cast, world):
    voice = speak(
        cast.clerk.actor, entered_for=True, channel="phone", contact="13900000001", place=world.home
    ).voice
    assert voice.entered_by == cast.clerk.id and voice.account_id is None


def test_a_voice_is_linked_to_a_person_only_when_that_person_agreed(speak, cast):
    voice = speak(cast.clerk.actor, entered_for=True, for_account=cast.resident.id).voice
    assert voice.account_id == cast.resident.id
    own = speak(cast.neighbour.actor, for_account=cast.resident.id).voice
    assert own.account_id == cast.neighbour.id


def test_a_resident_cannot_speak_in_the_name_of_another(speak, cast, anonymous):
    for actor in (cast.resident.actor, anonymous):
        with pytest.raises(NotAllowed):
            speak(actor, entered_for=True)
    assert not Voice.objects.exists()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "  \n "}, "text-missing"),
        ({"text": "长" * 2001}, "text-too-long"),
        ({"place": "500108999999"}, "place-unknown"),
        ({"place": "这里"}, "place-unknown"),
        ({"kind": "shout"}, "kind-unknown"),
        ({"category": "nothing_like_it"}, "category-unknown"),
        ({"severity": "huge"}, "severity-unknown"),
        ({"channel": "pigeon"}, "channel-unknown"),
        ({"located_by": "stars"}, "located-unknown"),
        ({"building": "500108106003-B001"}, "building-unknown"),
        ({"lon": 106.5}, "point-wrong"),
        ({"lon": 206.5, "lat": 29.0}, "point-wrong"),
        ({"lon": 106.5, "lat": 29.0, "crs": "mars"}, "crs-unknown"),
        ({"happened_at": "later"}, "time-wrong"),
    ],
)
def test_what_is_given_wrongly_is_refused_with_a_code(speak, fields, code):
    if fields.get("happened_at"):
        fields = {"happened_at": clock.now() + timedelta(days=3)}
    with pytest.raises(ActionError) as refused:
        speak(**fields)
    assert (refused.value.code, refused.value.status) == (code, 422)
    assert not Voice.objects.exists()


def test_control_characters_do_not_reach_the_record(speak):
    assert speak(text="路灯\x00坏了\x1b[31m\r\n三天").voice.text == "路灯坏了[31m\n三天"


def test_the_same_request_again_gives_the_same_voice_and_the_same_secret(speak, lines):
    first, again = speak(idempotency=KEY), speak(idempotency=KEY)
    assert first.voice == again.voice and first.secret == again.secret
    assert Voice.objects.count() == 1 and len(lines()) == 1


def test_an_anonymous_request_again_gives_the_receipt_that_was_lost(speak, anonymous):
    first, again = speak(anonymous, idempotency=KEY), speak(anonymous, idempotency=KEY)
    assert first.secret == again.secret and queries.voice_by_secret(again.secret) == first.voice


def test_a_key_used_for_other_content_is_refused(speak):
    speak(idempotency=KEY)
    with pytest.raises(ActionError) as refused:
        speak(text="完全是另一件事", idempotency=KEY)
    assert (refused.value.code, refused.value.status) == ("idempotency-mismatch", 422)
    assert Voice.objects.count() == 1


def test_two_people_may_use_the_same_key(speak, cast):
    first = speak(idempotency="1")
    second = speak(cast.neighbour.actor, idempotency="1")
    assert first.voice != second.voice and first.secret != second.secret


def test_a_key_that_can_be_guessed_is_refused_without_an_account(speak, anonymous):
    with pytest.raises(ActionError) as refused:
        speak(anonymous, idempotency="1")
    assert refused.value.code == "idempotency-weak"


def test_a_number_that_is_taken_is_drawn_again(speak, monkeypatch):
    taken = speak().voice.number
    drawn = iter([taken, taken, "1234567897"])
    monkeypatch.setattr(submitting, "new_number", lambda: next(drawn))
    assert speak().voice.number == "1234567897"
    assert Voice.objects.count() == 2


def test_a_voice_may_join_an_open_public_matter(published, speak, cast, lines):
    matter = published()
    voice = speak(cast.neighbour.actor, text="我家楼下也一样黑", join=matter.number).voice
    matter.refresh_from_db()
    assert voice.matter_id == matter.id and voice.number != matter.number and matter.voices_count == 2
    assert lines("voices.voice.submitted")[-1].data["joined"] is True


def test_nobody_joins_what_they_cannot_see_or_what_is_closed(speak, published, cast):
    hidden = speak().voice.matter
    with pytest.raises(NotVisible):
        speak(cast.neighbour.actor, join=hidden.number)
    closed = published()
    Matter.objects.filter(pk=closed.pk).update(is_open=False)
    with pytest.raises(ActionError) as refused:
        speak(cast.neighbour.actor, join=closed.number)
    assert refused.value.code == "matter-closed"


def test_what_is_said_can_be_found_but_not_by_a_telephone_number(speak, world):
    matter = speak(text="路灯坏了，请打13812345678，3栋2单元501室").voice.matter
    assert search.find("matter", "路灯", places=[world.home])[0][1] == matter.id
    assert search.find("matter", "13812345678") == []
    assert search.find("public", "路灯") == []


def test_a_voice_is_counted_once_by_its_own_day(speak, figure, world, settle):
    speak(kind="complaint", happened_at=clock.ago(days=40))
    assert figure(world.home, "complaint") == figure(world.street) == 1
    settle()
    assert figure(world.home, "complaint") == 1


def test_a_voice_costs_few_statements(speak, anonymous, world):
    speak(anonymous)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        speak(anonymous, text="垃圾桶满了三天没人收", contact="13800000000", idempotency=KEY)
    assert len(seen) <= 20, [q["sql"][:80] for q in seen]


def test_a_photo_that_cannot_be_read_keeps_the_whole_voice_out(speak, picture):
    with pytest.raises(ActionError):
        speak(photos=[picture(), b"no picture"])
    assert not Voice.objects.exists() and not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_twins_at_the_same_moment_make_one_voice(world, cast):
    results, errors = [], []

    def send():
        try:
            receipt = submit_voice(
                actor=cast.resident.actor, text="两次点了发送", place=world.home, idempotency=KEY
            )
            results.append((receipt.voice.pk, receipt.secret))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        send(), send()
    else:
        threads = [threading.Thread(target=send) for _ in range(4)]
        [t.start() for t in threads], [t.join() for t in threads]
    assert not errors and len(set(results)) == 1 and Voice.objects.count() == 1


@pytest.mark.parametrize("how", [{"kind": "tip_off"}, {"kind": "complaint", "severity": "major"}])
def test_a_tip_off_or_a_major_matter_never_joins_one_that_all_workers_read(speak, published, how):
    public = published()
    voice = speak(text="我要举报物业经理收钱不办事", join=public.number, **how).voice
    assert voice.matter_id != public.pk and voice.matter.restriction
    public.refresh_from_db()
    assert public.voices_count == 1


def test_rare_characters_of_names_and_blanks_of_other_programs_stay(world):
    rare = "\U00031350"  # newer than the tables of the oldest Python that we support
    own = "\ue123"
    text = drafts.check_text(f"找{rare}{own}先生\u00a0三单元\x0b\u200b", world.home)
    assert text == f"找{rare}{own}先生 三单元"
