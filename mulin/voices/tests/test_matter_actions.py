"""What happens to a matter: its category, place, facts and publication."""

import pytest

from mulin.kernel import search
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Notice
from mulin.voices import actions, matters
from mulin.voices.models import Lesson, Matter, Photo, Voice


def refused(code: str, call, **fields) -> None:
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == code


# --- category, kind, severity -------------------------------------------------------------------------


def test_a_correction_of_the_category_is_a_lesson_and_reaches_the_case(speak, cast, lines):
    matter = speak().voice.matter
    actions.recategorise_matter(actor=cast.clerk.actor, number=matter.number, category="power_supply")
    matter.refresh_from_db()
    assert (matter.category, matter.category_by, matter.case.category) == (
        "power_supply",
        "desk",
        "power_supply",
    )
    lesson = Lesson.objects.get()
    assert (lesson.what, lesson.was, lesson.now, lesson.by) == (
        "category", "street_lamp", "power_supply", cast.clerk.id,
    )  # fmt: skip
    (line,) = lines("voices.matter.recategorised")
    assert line.data["from"] == {"category": "street_lamp"}


def test_choosing_what_was_suggested_confirms_it(speak, cast):
    matter = speak().voice.matter
    act = {"actor": cast.clerk.actor, "number": matter.number, "category": "street_lamp"}
    actions.recategorise_matter(**act)
    matter.refresh_from_db()
    assert matter.category_by == "desk" and Lesson.objects.get().now == "street_lamp"
    refused("nothing-changed", actions.recategorise_matter, **act)


def test_a_matter_that_turns_out_major_disappears_from_the_public_at_once(published, cast):
    matter = published()
    assert search.find("public", "路灯")
    actions.recategorise_matter(actor=cast.street.actor, number=matter.number, severity="major")
    matter.refresh_from_db()
    assert (matter.restriction, matter.publication) == ("major", "never")
    assert not search.find("public", "路灯") and matter.case.restriction == "major"
    actions.recategorise_matter(actor=cast.street.actor, number=matter.number, severity="minor")
    matter.refresh_from_db()
    assert (matter.restriction, matter.publication) == ("", "asked")


def test_a_change_of_kind_moves_the_count(speak, cast, figure, world):
    matter = speak(kind="complaint").voice.matter
    actions.recategorise_matter(actor=cast.clerk.actor, number=matter.number, kind="consult")
    assert (figure(world.home, "complaint"), figure(world.home, "consult")) == (0, 1)
    assert Voice.objects.get().kind == "consult" and Matter.objects.get().case.kind == "consult"


def test_a_complaint_called_a_wish_gets_a_case_when_it_is_put_right(speak, cast):
    matter = speak(kind="wish", text="路灯坏了，我想要它亮").voice.matter
    assert matter.way == "order" and not hasattr(matter, "case")
    actions.recategorise_matter(actor=cast.clerk.actor, number=matter.number, kind="help")
    matter = Matter.objects.get(pk=matter.pk)
    assert matter.way == "case" and matter.case.state == "reported" and not hasattr(matter, "order")


def test_a_wish_that_was_answered_stays_a_wish(speak, cast):
    matter = speak(kind="wish", text="想学书法，周二晚上有空").voice.matter
    actions.answer_wish(actor=cast.clerk.actor, number=matter.number, decision="accepted", text="下月开班")
    wanted = {"actor": cast.clerk.actor, "number": matter.number, "kind": "help"}
    refused("way-under-way", actions.recategorise_matter, **wanted)
    assert Matter.objects.get().kind == "wish"


def test_a_matter_under_way_does_not_become_a_wish(speak, cast):
    matter = speak(kind="help").voice.matter
    refused(
        "way-under-way",
        actions.recategorise_matter,
        actor=cast.clerk.actor,
        number=matter.number,
        kind="wish",
    )
    assert Matter.objects.get().kind == "help" and Voice.objects.get().kind == "help"


def test_only_the_desk_recategorises_and_only_with_what_exists(speak, cast):
    number = speak().voice.number
    refused(
        "category-unknown", actions.recategorise_matter, actor=cast.clerk.actor, number=number, category="nix"
    )
    refused("kind-unknown", actions.recategorise_matter, actor=cast.clerk.actor, number=number, kind="nix")
    with pytest.raises(NotVisible):
        actions.recategorise_matter(actor=cast.resident.actor, number=number, category="drainage")
    with pytest.raises(NotAllowed):
        actions.recategorise_matter(actor=cast.admin.actor, number=number, category="drainage")


# --- place ----------------------------------------------------------------------------------------------


def test_a_matter_is_moved_with_its_voices_counts_and_case(speak, cast, figure, world, settle):
    matter = speak(kind="complaint", building=world.building).voice.matter
    actions.relocate_matter(
        actor=cast.street.actor, number=matter.number, place=world.other_home, building=world.other_building
    )
    voice = Voice.objects.get()
    matter = Matter.objects.get()
    assert (voice.place, voice.building, matter.building) == (world.other_home,) + (world.other_building,) * 2
    assert matter.case.place == world.other_home
    assert (figure(world.home), figure(world.other_home), figure(world.district)) == (0, 1, 1)
    assert search.find("matter", "路灯", places=[world.other_home])
    assert not search.find("matter", "路灯", places=[world.home])
    settle()
    assert Notice.objects.filter(account=cast.resident.id, code="voices.matter.relocated").exists()


def test_a_move_to_nowhere_or_to_where_it_is_already_is_refused(speak, cast, world):
    number = speak(building=world.building).voice.number
    act = {"actor": cast.clerk.actor, "number": number}
    refused("place-unknown", actions.relocate_matter, **act, place="500108999999")
    refused(
        "building-unknown", actions.relocate_matter, **act, place=world.home, building=world.other_building
    )
    refused("nothing-changed", actions.relocate_matter, **act, place=world.home, building=world.building)
    with pytest.raises(NotVisible):
        actions.relocate_matter(actor=cast.other_clerk.actor, number=number, place=world.other_home)


def test_a_grid_alone_may_be_set(speak, cast, world):
    number = speak().voice.number
    actions.relocate_matter(actor=cast.clerk.actor, number=number, place=world.home, grid=world.grids[2])
    assert Voice.objects.get().grid == world.grids[2]


# --- facts ----------------------------------------------------------------------------------------------


def test_parts_of_the_fact_sheet_are_filled_in_one_by_one(speak, cast, lines):
    number = speak().voice.number
    actions.edit_facts(
        actor=cast.clerk.actor, number=number, facts={"basics": "镇流器烧坏", "root": "线路老化"}
    )
    actions.edit_facts(actor=cast.street.actor, number=number, facts={"idea": "整栋换线", "root": "线路老化"})
    assert Matter.objects.get().facts == {"basics": "镇流器烧坏", "root": "线路老化", "idea": "整栋换线"}
    assert lines("voices.matter.facts_edited")[1].data["sections"] == ["idea"]


def test_names_and_numbers_stay_out_of_the_fact_sheet(speak, cast):
    number = speak().voice.number
    act = {"actor": cast.clerk.actor, "number": number}
    refused("personal-data", actions.edit_facts, **act, facts={"people": "户主电话13812345678"})
    refused("unknown-fact", actions.edit_facts, **act, facts={"gossip": "听说"})
    refused("fact-too-long", actions.edit_facts, **act, facts={"root": "长" * 2001})
    refused("nothing-changed", actions.edit_facts, **act, facts={"root": ""})
    actions.edit_facts(**act, facts={"people": "3栋2单元501的独居老人"})


# --- publication ----------------------------------------------------------------------------------------


def test_only_the_approved_text_becomes_public(speak, cast, settle):
    number = speak(text="我叫李晓梅，路灯坏了，13812345678", kind="complaint").voice.number
    matter = actions.publish_matter(
        actor=cast.secretary.actor, number=number, title="路灯不亮", text="三单元门口路灯坏了"
    )
    assert matter.publication == "shown" and matter.published_at
    assert search.find("public", "三单元") and not search.find("public", "李晓")
    settle()
    assert Notice.objects.filter(account=cast.resident.id, code="voices.matter.published").exists()


def test_personal_data_is_stopped_before_it_is_public(speak, cast):
    number = speak(kind="complaint").voice.number
    act = {"actor": cast.secretary.actor, "number": number, "title": "路灯"}
    refused("personal-data", actions.publish_matter, **act, text="请打13812345678")
    refused("personal-data", actions.publish_matter, **act, text="好", answer="联系人：王建国，13812345678")
    refused("title-missing", actions.publish_matter, **{**act, "title": " "}, text="好")
    refused(
        "photo-unknown",
        actions.publish_matter,
        **act,
        text="好",
        photos=["01a200be-0f96-7567-8492-4d09785fd46a"],
    )
    assert Matter.objects.get().publication == "asked"


@pytest.mark.parametrize("fields", [{"kind": "tip_off"}, {"severity": "major"}])
def test_what_is_restricted_is_never_published(speak, cast, fields):
    number = speak(**fields).voice.number
    refused(
        "never-public",
        actions.publish_matter,
        actor=cast.street.actor,
        number=number,
        title="不行",
        text="不行",
    )


def test_the_public_text_can_be_changed_and_photos_taken_back(speak, cast, picture):
    number = speak(photos=[picture()], kind="complaint").voice.number
    photo = Photo.objects.get()
    act = {"actor": cast.secretary.actor, "number": number, "title": "路灯"}
    first = actions.publish_matter(**act, text="坏了", photos=[str(photo.id)])
    second = actions.publish_matter(**act, text="坏了，已派人")
    assert first.published_at == second.published_at
    assert not Photo.objects.get().is_approved and Matter.objects.get().public_text == "坏了，已派人"


def test_hiding_takes_out_of_the_register_for_a_reason(published, cast, anonymous):
    matter = published()
    refused(
        "reason-missing", actions.hide_matter, actor=cast.secretary.actor, number=matter.number, reason=""
    )
    actions.hide_matter(actor=cast.secretary.actor, number=matter.number, reason="牵涉邻里私事")
    matter.refresh_from_db()
    assert (matter.publication, matter.hidden_reason) == ("hidden", "牵涉邻里私事")
    assert not search.find("public", "路灯")
    with pytest.raises(NotVisible):
        actions.me_too(actor=anonymous, number=matter.number, device="phone")


def test_a_reason_that_is_too_long_is_refused_and_not_cut(published, cast):
    matter = published()
    for act in (actions.hide_matter, actions.keep_answer):
        refused("reason-too-long", act, actor=cast.clerk.actor, number=matter.number, reason="长" * 201)


def test_a_grid_worker_does_not_decide_what_is_public(speak, cast, world):
    number = speak(place=world.grid).voice.number
    with pytest.raises(NotAllowed):
        actions.publish_matter(actor=cast.gridworker.actor, number=number, title="路灯", text="坏了")
    with pytest.raises(NotAllowed):
        actions.hide_matter(actor=cast.gridworker.actor, number=number, reason="不想")


# --- what the floors above do -----------------------------------------------------------------------------


def test_voices_go_over_to_another_matter_and_come_back(speak, published, cast):
    target = published()
    source = published(text="四单元路灯也坏了")
    for person in (cast.neighbour, cast.newcomer):
        actions.me_too(actor=person.actor, number=source.number)
    actions.me_too(actor=cast.newcomer.actor, number=target.number)
    assert matters.move_voices(source, target) == 1
    target.refresh_from_db()
    assert (target.voices_count, target.me_too_count) == (2, 2)
    assert not source.is_open and source.merged_into_id == target.id and source.voices_count == 0
    assert matters.move_back(source) == 1
    target.refresh_from_db()
    assert (
        source.is_open
        and source.merged_into_id is None
        and (source.voices_count, target.voices_count) == (1, 1)
    )


def test_a_voice_that_wants_a_merged_matter_joins_its_target(published, speak, cast):
    target, source = published(), published(text="四单元路灯也坏了")
    matters.move_voices(source, target)
    Matter.objects.filter(pk=source.pk).update(is_open=False)
    voice = speak(cast.neighbour.actor, text="我也是", join=source.number).voice
    assert voice.matter_id == target.id


def test_an_answer_reaches_every_voice_that_was_not_withdrawn(published, speak, cast):
    matter = published()
    gone = speak(cast.neighbour.actor, text="我也", join=matter.number).voice
    actions.withdraw_voice(actor=cast.neighbour.actor, number=gone.number, reason="by_mistake")
    Voice.objects.update(is_solved=False, is_satisfied=False)
    assert matters.answer_voices(matter, "换好了") == 1
    first = Voice.objects.get(state="received")
    assert first.answer == "换好了" and first.answered_at and first.is_solved is None
