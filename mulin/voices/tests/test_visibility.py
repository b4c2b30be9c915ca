"""Who sees which voices and matters; lists and single objects never disagree."""

import pytest

from mulin.kernel import policy, search
from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import NotVisible
from mulin.voices import access, queries
from mulin.voices.actions import withdraw_voice
from mulin.voices.models import Matter, Voice

HOME_STAFF = {"gridworker", "clerk", "secretary", "street", "district"}
PARTS = sorted(
    HOME_STAFF
    | {"resident", "neighbour", "newcomer", "other_clerk", "department", "auditor", "building_head"}
)


@pytest.mark.parametrize("part", PARTS)
def test_an_ordinary_voice_is_seen_by_its_person_and_its_place(speak, cast, world, part):
    voice = speak(kind="complaint", place=world.grid).voice
    actor = getattr(cast, part).actor
    expected = part in HOME_STAFF | {"resident"}
    assert queries.visible_voices(actor).filter(pk=voice.pk).exists() == expected
    assert queries.visible_matters(actor).filter(pk=voice.matter_id).exists() == (part in HOME_STAFF)


@pytest.mark.parametrize(
    ("kind", "severity", "seen_by"),
    [("tip_off", "minor", {"street", "district"}), ("help", "major", HOME_STAFF)],
)
def test_restricted_voices_are_seen_by_few(speak, cast, world, kind, severity, seen_by):
    voice = speak(kind=kind, severity=severity, place=world.grid).voice
    for part in PARTS:
        actor = getattr(cast, part).actor
        assert queries.visible_voices(actor).filter(pk=voice.pk).exists() == (
            part in seen_by | {"resident"}
        ), part
        assert queries.visible_matters(actor).filter(pk=voice.matter_id).exists() == (part in seen_by), part


def test_list_and_single_object_agree_for_everybody(speak, cast, world, anonymous):
    for place in (world.home, world.building, world.other_home):
        for kind, severity in (("complaint", "minor"), ("tip_off", "minor"), ("help", "major")):
            speak(kind=kind, severity=severity, place=place)
    actors = [p.actor for p in cast.everybody().values()] + [anonymous, SYSTEM]
    for actor in actors:
        listed = set(queries.visible_voices(actor).values_list("pk", flat=True))
        for voice in Voice.objects.select_related("matter"):
            permission = access.VIEW[voice.matter.restriction]
            allowed = policy.can(actor, permission, access.target_of_voice(actor, voice))
            assert (voice.pk in listed) == allowed, (actor.roles, voice.kind, voice.place)


def test_a_receipt_opens_one_voice_and_no_other(speak, anonymous):
    mine, other = speak(anonymous), speak(anonymous, text="另一件事情")
    holder = anonymous.with_receipt(mine.voice.id)
    assert queries.get_voice(holder, mine.voice.number) == mine.voice
    with pytest.raises(NotVisible):
        queries.get_voice(holder, other.voice.number)
    assert list(queries.my_voices(holder)) == [mine.voice]


@pytest.mark.parametrize("secret", ["", "short", "x" * 22, "x" * 500])
def test_a_wrong_secret_opens_nothing(speak, secret):
    speak()
    assert queries.voice_by_secret(secret) is None


def test_an_imported_voice_without_secret_is_not_opened_by_an_empty_one(speak):
    voice = speak().voice
    Voice.objects.filter(pk=voice.pk).update(secret_hash="")
    assert queries.voice_by_secret("") is None


def test_a_number_may_be_read_out_with_spaces(speak, cast):
    voice = speak().voice
    said = f"{voice.number[:3]} {voice.number[3:6]}-{voice.number[6:]}"
    assert queries.get_voice(cast.resident.actor, said) == voice
    assert queries.get_matter(cast.clerk.actor, said) == voice.matter


def test_a_foreign_matter_does_not_exist(speak, cast):
    number = speak(kind="complaint").voice.number
    for part in ("neighbour", "other_clerk", "resident"):
        with pytest.raises(NotVisible):
            queries.get_matter(getattr(cast, part).actor, number)


def test_a_unit_sees_what_it_takes_part_in(speak, cast, world):
    from mulin.cases.models import Case, Involvement

    voice = speak(kind="complaint").voice
    assert not queries.visible_voices(cast.department.actor).exists()
    Involvement.objects.create(
        case=Case.objects.get(matter=voice.matter), org=world.city_management, role="assist"
    )
    assert queries.get_voice(cast.department.actor, voice.number) == voice
    assert queries.get_matter(cast.department.actor, voice.number) == voice.matter


def test_whoever_reads_the_file_reads_every_voice_in_it(speak, published, cast, world):
    matter = published()
    far = speak(cast.neighbour.actor, text="我路过也看见了", place=world.other_home, join=matter.number).voice
    assert far in queries.voices_of(cast.clerk.actor, matter)
    assert queries.voices_of(cast.neighbour.actor, matter) == [far]


def test_the_number_of_a_matter_leads_to_ones_own_voice_in_it(published, speak, cast):
    matter = published()
    joined = speak(cast.neighbour.actor, text="我也看见了", join=matter.number).voice
    assert queries.get_voice(cast.neighbour.actor, matter.number) == joined
    with pytest.raises(NotVisible):
        queries.get_voice(cast.newcomer.actor, matter.number)


def test_the_public_list_holds_published_matters_of_the_place(published, speak, world):
    matter = published()
    speak(text="没有公开的事", kind="complaint")
    for place in ("", world.city, world.district, world.street, world.home):
        assert list(queries.public_matters(place)) == [matter]
    assert not queries.public_matters(world.other_street).exists()
    assert queries.get_public_matter(matter.number) == matter
    Matter.objects.filter(pk=matter.pk).update(restriction="major")
    with pytest.raises(NotVisible):
        queries.get_public_matter(matter.number)


def test_what_was_public_goes_with_the_last_voice_that_is_taken_back(speak, published, cast):
    matter = published()
    withdraw_voice(actor=cast.resident.actor, number=matter.number, reason="private")
    with pytest.raises(NotVisible):
        queries.get_public_matter(matter.number)
    assert search.find("public", "路灯") == []


def test_it_stays_public_while_somebody_else_still_stands_behind_it(speak, published, cast):
    matter = published()
    speak(cast.building_head.actor, text="三单元的灯真的不亮", join=matter.number)
    withdraw_voice(actor=cast.resident.actor, number=matter.number, reason="private")
    assert queries.get_public_matter(matter.number)
