"""What happens to a voice afterwards: added to, corrected, withdrawn, stood beside; its contact read."""

from dataclasses import replace

import pytest

from mulin.kernel import search
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Notice
from mulin.people.models import SecretRead
from mulin.voices import actions, queries
from mulin.voices.models import Addition, Matter, MeToo, Photo, Voice


def refused(code: str, call, **fields) -> None:
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == code


# --- adding ---------------------------------------------------------------------------------------


def test_the_person_adds_words_and_photos(speak, cast, picture, lines, world):
    voice = speak().voice
    added = actions.add_to_voice(
        actor=cast.resident.actor,
        number=voice.number,
        text="二单元也黑了，电话13812345678",
        photos=[picture()],
    )
    assert added.text_masked == "二单元也黑了，电话***********"
    assert Photo.objects.get().voice_id == voice.id
    assert lines("voices.voice.added")[0].data["photos"] == 1
    assert search.find("matter", "二单元", places=[world.home])[0][1] == voice.matter_id


def test_the_holder_of_a_receipt_adds_too_and_nobody_else(speak, cast, anonymous):
    voice = speak(anonymous).voice
    actions.add_to_voice(actor=anonymous.with_receipt(voice.id), number=voice.number, text="又坏了")
    for actor in (anonymous, cast.neighbour.actor):
        with pytest.raises(NotVisible):
            actions.add_to_voice(actor=actor, number=voice.number, text="不是我的")
    with pytest.raises(NotAllowed):
        actions.add_to_voice(
            actor=cast.gridworker.actor.__class__(posts=cast.admin.actor.posts, account=cast.admin.id),
            number=voice.number,
            text="管理员只看",
        )
    assert Addition.objects.count() == 1


def test_photos_of_a_voice_count_together(speak, cast, picture):
    small = picture(size=(30, 30))
    voice = speak(photos=[small] * 5).voice
    refused(
        "photos-too-many",
        actions.add_to_voice,
        actor=cast.resident.actor,
        number=voice.number,
        text="还有",
        photos=[small, small],
    )
    assert Photo.objects.count() == 5 and not Addition.objects.exists()


# --- correcting -------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_said_before(speak, cast, lines, world):
    voice = speak(text="三单元路灯坏了").voice
    actions.correct_voice(actor=cast.resident.actor, number=voice.number, text="四单元楼道灯坏了")
    voice.refresh_from_db()
    matter = voice.matter
    assert voice.text == "四单元楼道灯坏了" and matter.title == "四单元楼道灯坏了"
    assert Addition.objects.get(is_former=True).text == "三单元路灯坏了"
    assert search.find("matter", "四单元") and not search.find("matter", "三单元路灯")
    assert "灯" not in str(lines("voices.voice.corrected")[0].data)


def test_the_person_is_told_when_the_desk_corrects(speak, cast, settle):
    voice = speak().voice
    actions.correct_voice(actor=cast.clerk.actor, number=voice.number, text="金堰花园三单元门口路灯坏了")
    settle()
    assert Notice.objects.filter(account=cast.resident.id, code="voices.voice.corrected").count() == 1


def test_a_correction_without_a_change_or_without_the_right_is_refused(speak, cast):
    voice = speak().voice
    refused(
        "nothing-changed",
        actions.correct_voice,
        actor=cast.resident.actor,
        number=voice.number,
        text=voice.text,
    )
    with pytest.raises(NotAllowed):
        actions.correct_voice(actor=cast.admin.actor, number=voice.number, text="改")


# --- withdrawing ------------------------------------------------------------------------------------


def test_the_last_voice_taken_back_closes_the_matter_and_its_case(speak, cast, figure, world, lines):
    voice = speak(kind="complaint").voice
    assert figure(world.home, "complaint") == 1
    actions.withdraw_voice(actor=cast.resident.actor, number=voice.number, reason="solved_itself")
    voice.refresh_from_db()
    matter = Matter.objects.get(pk=voice.matter_id)
    assert voice.state == "withdrawn" and not matter.is_open and matter.voices_count == 0
    assert figure(world.home, "complaint") == 0
    assert matter.case.outcome == "withdrawn"
    assert lines("voices.voice.withdrawn")[0].data["reason"] == "solved_itself"
    assert not search.find("matter", "路灯")


def test_one_of_two_voices_taken_back_leaves_the_matter_open(published, speak, cast):
    matter = published()
    other = speak(cast.neighbour.actor, text="我也看见", join=matter.number).voice
    actions.withdraw_voice(actor=cast.neighbour.actor, number=other.number, reason="我搬走了，不想管了")
    matter.refresh_from_db()
    other.refresh_from_db()
    assert matter.is_open and matter.voices_count == 1 and other.remark == "我搬走了，不想管了"


def test_a_clerk_who_takes_a_residents_last_voice_back_says_why_and_the_resident_is_told(
    speak, cast, lines, settle
):
    voice = speak(kind="complaint").voice
    act = {"actor": cast.clerk.actor, "number": voice.number}
    refused("reason-missing", actions.withdraw_voice, **act, reason="")
    actions.withdraw_voice(**act, reason="by_mistake")
    (line,) = lines("voices.voice.withdrawn")
    assert (line.actor, line.data["reason"], line.data["last"]) == (cast.clerk.id, "by_mistake", True)
    settle()
    assert Notice.objects.filter(account=cast.resident.id, code="voices.voice.withdrawn").exists()


def test_what_was_withdrawn_cannot_be_touched_again(speak, cast):
    voice = speak().voice
    act = {"actor": cast.resident.actor, "number": voice.number}
    refused("reason-missing", actions.withdraw_voice, **act, reason="  ")
    actions.withdraw_voice(**act, reason="by_mistake")
    refused("voice-withdrawn", actions.withdraw_voice, **act, reason="by_mistake")
    refused("voice-withdrawn", actions.add_to_voice, **act, text="等等")
    refused("voice-withdrawn", actions.correct_voice, **act, text="等等")


# --- standing beside ----------------------------------------------------------------------------------


def test_one_person_stands_beside_a_public_matter_once(published, cast, lines):
    matter = published()
    for _ in range(2):
        actions.me_too(actor=cast.neighbour.actor, number=matter.number)
    assert actions.me_too(actor=cast.newcomer.actor, number=matter.number).me_too_count == 2
    assert MeToo.objects.count() == 2 and len(lines("voices.matter.me_too")) == 2


def test_one_device_counts_once_without_an_account(published, anonymous):
    matter = published()
    for device in ("phone-a", "phone-a", "phone-b"):
        actions.me_too(actor=anonymous, number=matter.number, device=device)
    matter.refresh_from_db()
    assert matter.me_too_count == 2
    assert not MeToo.objects.filter(device_hash__contains="phone").exists()
    refused("device-missing", actions.me_too, actor=anonymous, number=matter.number)


def test_nobody_stands_beside_what_is_private_closed_or_their_own(published, speak, cast):
    private = speak(text="不公开的事").voice.matter
    with pytest.raises(NotVisible):
        actions.me_too(actor=cast.neighbour.actor, number=private.number)
    matter = published()
    refused("own-matter", actions.me_too, actor=cast.resident.actor, number=matter.number)
    Matter.objects.filter(pk=matter.pk).update(is_open=False)
    refused("matter-closed", actions.me_too, actor=cast.neighbour.actor, number=matter.number)


# --- reading a contact ----------------------------------------------------------------------------------


def test_a_contact_is_read_for_a_purpose_and_the_person_sees_who(speak, cast, lines, settle):
    voice = speak(contact="13812345678").voice
    shown = actions.read_contact(actor=cast.clerk.actor, number=voice.number, purpose="约时间上门看路灯")
    assert shown == "13812345678"
    read = SecretRead.objects.get()
    assert (read.account_id, read.reader, read.voice) == (cast.resident.id, cast.clerk.id, voice.id)
    assert read.reader_org == "金堰社区居委会" and read.purpose == "约时间上门看路灯"
    assert "138" not in str(lines("voices.contact.read")[0].data)
    settle()
    assert Notice.objects.filter(account=cast.resident.id, code="voices.contact.read").exists()


def test_without_another_contact_the_telephone_of_the_account_is_read(speak, cast):
    voice = speak().voice
    assert actions.read_contact(actor=cast.clerk.actor, number=voice.number, purpose="核实情况").startswith(
        "+86138"
    )


def test_a_contact_is_not_read_without_purpose_right_or_contact(speak, cast, anonymous, world):
    voice = speak(contact="13812345678").voice
    refused(
        "purpose-missing", actions.read_contact, actor=cast.clerk.actor, number=voice.number, purpose="看"
    )
    with pytest.raises(NotAllowed):
        actions.read_contact(actor=cast.admin.actor, number=voice.number, purpose="系统维护需要")
    with pytest.raises(NotVisible):
        actions.read_contact(actor=cast.other_clerk.actor, number=voice.number, purpose="路过看看")
    silent = speak(anonymous, text="没留电话").voice
    refused(
        "no-contact", actions.read_contact, actor=cast.clerk.actor, number=silent.number, purpose="核实情况"
    )
    assert not SecretRead.objects.exists()


def test_the_contact_of_a_tip_off_is_not_for_the_community(speak, cast):
    voice = speak(kind="tip_off", contact="13812345678", text="三楼开赌场").voice
    with pytest.raises(NotVisible):
        actions.read_contact(actor=cast.secretary.actor, number=voice.number, purpose="想知道是谁")


# --- keeping ------------------------------------------------------------------------------------------


def test_a_receipt_can_be_put_into_an_account_once(speak, cast):
    receipt = speak(ANONYMOUS)
    holder = cast.neighbour.actor.with_receipt(receipt.voice.id)
    actions.keep_voice(actor=holder, number=receipt.voice.number)
    assert list(queries.my_voices(cast.neighbour.actor)) == [receipt.voice]
    with pytest.raises(NotVisible):
        actions.keep_voice(actor=cast.neighbour.actor, number=receipt.voice.number)
    other = cast.newcomer.actor.with_receipt(receipt.voice.id)
    refused("voice-taken", actions.keep_voice, actor=other, number=receipt.voice.number)
    assert Voice.objects.get().account_id == cast.neighbour.id


def test_a_voice_that_is_merged_at_this_moment_is_followed_to_its_new_matter(speak, cast, monkeypatch):
    from mulin.voices import access, matters

    kept = speak(cast.neighbour.actor, text="三单元的灯坏了", kind="help").voice.matter
    voice = speak(kind="help").voice
    find = access.find_voice

    def merged_meanwhile(actor, number, queryset):
        seen = find(actor, number, queryset)
        matters.move_voices(Matter.objects.get(pk=voice.matter_id), kept)
        return seen

    monkeypatch.setattr(access, "find_voice", merged_meanwhile)
    actions.withdraw_voice(actor=cast.resident.actor, number=voice.number, reason="by_mistake")
    kept.refresh_from_db()
    assert (kept.voices_count, kept.is_open) == (1, True)


def test_a_token_for_something_else_does_not_read_what_its_person_said(published, speak, cast):
    matter = published()
    other = speak(cast.neighbour.actor, text="我也看见", join=matter.number).voice
    assert queries.get_voice(cast.neighbour.actor, matter.number).pk == other.pk
    limited = replace(cast.neighbour.actor, restricted_to=frozenset({"cases.case:view"}))
    with pytest.raises(NotVisible):
        queries.get_voice(limited, matter.number)
