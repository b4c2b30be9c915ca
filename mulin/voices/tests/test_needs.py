"""The list of urgent wishes: heard, linked, counted once, put on the list, settled, ranked."""

from datetime import timedelta

import pytest

from mulin.kernel import clock, journal, rulebook, waiting
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.notices import say
from mulin.kernel.worker import settle as work
from mulin.people.models import Organisation
from mulin.voices.actions import me_too
from mulin.voices.matters import move_voices
from mulin.voices.models import Matter
from mulin.voices.needs import actions, counting, queries, telling
from mulin.voices.needs.linking import Source
from mulin.voices.needs.models import Need, NeedSource
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import answering

DARK = "三个单元没有路灯，晚上不敢出门"


def refused(wanted, call, **fields):
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == wanted
    return error.value


@pytest.fixture
def noted(world, cast):
    def make(actor=None, title=DARK, place=None, people=3, **facts):
        source = facts.pop("source", None) or Source(kind="visit", people=people)
        return actions.note_need(
            actor=actor or cast.clerk.actor, place=place or world.home, title=title, source=source, **facts
        )

    return make


@pytest.fixture
def listed(noted, cast):
    def make(**facts):
        need = noted(**facts)
        return actions.settle_need(actor=cast.secretary.actor, number=need.number, state="listed")

    return make


def settle(cast, need, state, **fields):
    return actions.settle_need(actor=cast.clerk.actor, number=need.number, state=state, **fields)


def people(need):
    return counting.heard([need.pk])[need.pk].total


# Who may what ----------------------------------------------------------------------------------------------


def test_a_grid_worker_notes_what_was_heard_in_their_grid_and_the_clerk_lists_it(noted, world, cast):
    need = noted(actor=cast.gridworker.actor, grid=world.grid)
    assert need.state == "draft"
    with pytest.raises(NotAllowed):
        actions.settle_need(actor=cast.gridworker.actor, number=need.number, state="listed")
    assert settle(cast, need, "listed").state == "listed"


def test_a_grid_worker_notes_nothing_for_another_grid(noted, world, cast):
    for grid in ("", world.grids[1]):
        with pytest.raises(NotAllowed):
            noted(actor=cast.gridworker.actor, grid=grid)


def test_a_clerk_of_elsewhere_sees_nothing_of_it_at_the_desk(noted, cast):
    need = noted()
    for person in (cast.other_clerk, cast.resident, cast.group_member):
        with pytest.raises(NotVisible):
            queries.get_need(person.actor, need.number)
        assert not queries.visible_needs(person.actor).exists()


def test_a_draft_is_not_public_and_what_was_listed_stays_readable(noted, cast):
    need = noted()
    with pytest.raises(NotVisible):
        queries.get_public_need(need.number)
    settle(cast, need, "listed")
    assert queries.get_public_need(need.number).pk == need.pk
    settle(cast, need, "off", words="和另一条重复了")
    assert queries.get_public_need(need.number).answer == "和另一条重复了"
    assert not queries.public_list(need.place)


def test_the_unit_that_owns_it_says_how_far_it_is_and_no_more(listed, world, cast):
    need = listed()
    day = clock.today() + timedelta(days=30)
    with pytest.raises(NotVisible):
        queries.get_need(cast.department.actor, need.number)
    settle(cast, need, "in_hand", owner=world.city_management.pk, due_on=day)
    done = actions.settle_need(
        actor=cast.department.actor, number=need.number, state="done", words="装了六盏灯"
    )
    assert (done.state, done.answer) == ("done", "装了六盏灯")
    settle(cast, need, "listed", words="又坏了")
    settle(cast, need, "in_hand", owner=world.city_management.pk, due_on=day)
    given_away = {"owner": world.housing.pk, "due_on": day}
    for state, fields in (("off", {"words": "不办"}), ("in_hand", given_away)):
        with pytest.raises(NotAllowed):
            actions.settle_need(actor=cast.department.actor, number=need.number, state=state, **fields)


# What may be said ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["找张伟，电话13812345678", "三单元502室漏水"])
def test_persons_and_doors_do_not_enter_the_list(noted, words):
    for field in ("title", "text", "concerns"):
        error = refused("personal-data", noted, **{"title": DARK, field: words})
        assert error.field == field
    assert not Need.objects.exists()


def test_a_need_has_a_title_and_known_choices(noted, world):
    refused("no-title", noted, title=" ")
    refused("not-offered", noted, groups=["rich"])
    refused("not-offered", noted, urgency=9)
    refused("category-unknown", noted, category="nothing")
    refused("bad-day", noted, since=clock.today() + timedelta(days=1))
    refused("no-place", noted, place=world.street)


# Where it was heard, and counting --------------------------------------------------------------------------


def test_a_matter_counts_whoever_spoke_and_whoever_stands_beside_it(noted, published, cast):
    matter = published()
    me_too(actor=cast.neighbour.actor, number=matter.number)
    need = noted(source=Source(matter=matter.number))
    assert people(need) == 2
    line = Entry.objects.get(code="voices.need.noted")
    assert (line.matter, line.data["kind"]) == (matter.pk, "matter")
    refused(
        "linked-already", actions.link_source, actor=cast.clerk.actor, number=need.number,
        source=Source(matter=matter.number),
    )  # fmt: skip


def test_two_matters_that_were_merged_are_counted_once(noted, speak, cast):
    first = speak().voice.matter
    second = speak(actor=cast.newcomer.actor, text="三单元的路灯还是不亮").voice.matter
    need = noted(source=Source(matter=first.number))
    actions.link_source(actor=cast.clerk.actor, number=need.number, source=Source(matter=second.number))
    assert people(need) == 2
    move_voices(second, first)
    assert people(need) == 2
    assert Matter.objects.get(pk=first.pk).voices_count == 2


def test_a_tip_off_is_never_linked_to_what_everybody_reads(noted, speak, cast):
    tip_off = speak(kind="tip_off", text="有人深夜往河里倒油").voice.matter
    refused("restricted", noted, actor=cast.street.actor, source=Source(matter=tip_off.number))
    assert not NeedSource.objects.exists()


def test_a_matter_of_another_community_is_refused(noted, speak, cast, world):
    far = speak(actor=cast.neighbour.actor, place=world.other_home).voice.matter
    refused("elsewhere", noted, actor=cast.district.actor, source=Source(matter=far.number))


@pytest.fixture
def text(world, cast):
    """A closed survey with one text, as a source."""
    survey = surveys.draft_survey(actor=cast.clerk.actor, place=world.home, template="four_senses")
    frame = {"title": "四感", "closes_on": clock.today() + timedelta(days=9)}
    surveys.edit_survey(actor=cast.clerk.actor, number=survey.number, **frame)
    surveys.open_survey(actor=cast.clerk.actor, number=survey.number)
    said = {"gain": "4", "words": "三单元门口的路灯坏了，晚上看不清路"}
    sheet = answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers=said)
    return Source(survey=survey.number, sheet=sheet.pk, question="words")


def test_a_text_of_a_survey_feeds_one_need_and_counts_one(noted, text, cast):
    need = noted(source=text)
    assert people(need) == 1
    assert queries.needs_of_texts([text.sheet]) == {(text.sheet, "words"): need.number}
    other = noted(title="楼道太暗")
    refused("linked-already", actions.link_source, actor=cast.clerk.actor, number=other.number, source=text)


def test_a_text_that_became_a_voice_later_is_not_counted_twice(noted, text, cast):
    need = noted(source=text)
    receipt = answering.raise_voice(
        actor=cast.clerk.actor, number=text.survey, sheet=text.sheet, question="words"
    )
    assert people(need) == 1
    matter = Source(matter=receipt.voice.matter.number)
    actions.link_source(actor=cast.clerk.actor, number=need.number, source=matter)
    assert people(need) == 1


def test_a_text_that_is_a_voice_already_is_linked_as_its_matter(noted, text, cast):
    answering.raise_voice(actor=cast.clerk.actor, number=text.survey, sheet=text.sheet, question="words")
    noted(source=text)
    assert NeedSource.objects.get().kind == "matter"


def test_a_sheet_that_is_left_out_counts_no_more(noted, text, cast):
    need = noted(source=text)
    answering.void_sheet(actor=cast.clerk.actor, number=text.survey, sheet=text.sheet, reason="录错了")
    assert people(need) == 0


def test_a_choice_or_a_sheet_of_another_survey_is_no_text(noted, text):
    with pytest.raises(NotVisible):
        noted(source=Source(survey=text.survey, sheet=text.sheet, question="gain"))


def test_taking_a_source_off_changes_the_count_and_needs_its_own_need(noted, cast):
    need, other = noted(people=30), noted(title="楼道太暗")
    source = need.sources.get()
    with pytest.raises(NotVisible):
        actions.unlink_source(actor=cast.clerk.actor, number=other.number, source=source.pk)
    actions.unlink_source(actor=cast.clerk.actor, number=need.number, source=source.pk)
    assert counting.heard([need.pk]) == {}


def test_small_figures_are_covered_in_public(noted):
    few, many = noted(people=4), noted(title="楼道太暗", people=5)
    found = {row.need.pk: row.people for row in queries.rows([few, many])}
    assert found == {few.pk: "不到 5 人说过", many.pk: "5 人说过"}


# States ----------------------------------------------------------------------------------------------------


def test_in_hand_needs_an_owner_and_a_day(listed, world, cast):
    need = listed()
    day = clock.today() + timedelta(days=20)
    refused("no-owner", settle, cast=cast, need=need, state="in_hand", due_on=day)
    refused("no-day", settle, cast=cast, need=need, state="in_hand", owner=world.committee.pk)
    past = clock.today() - timedelta(days=1)
    refused("bad-day", settle, cast=cast, need=need, state="in_hand", owner=world.committee.pk, due_on=past)
    elsewhere = Organisation.objects.get(pk=world.other_committee.pk)
    refused("no-owner", settle, cast=cast, need=need, state="in_hand", owner=elsewhere.pk, due_on=day)
    found = settle(cast, need, "in_hand", owner=world.committee.pk, due_on=day)
    assert (found.owner_id, found.due_on) == (world.committee.pk, day)


def test_not_now_needs_the_reason_and_is_looked_at_again_in_time(listed, cast):
    need = listed()
    refused("no-words", settle, cast=cast, need=need, state="not_now")
    late = clock.today() + timedelta(days=400)
    refused("bad-day", settle, cast=cast, need=need, state="not_now", words="没有地方", due_on=late)
    settle(cast, need, "not_now", words="没有地方")
    days = rulebook.value("voices.needs.review_days", at=need.place)
    need.refresh_from_db()
    assert need.due_on == clock.today() + timedelta(days=days)


def test_what_was_on_the_list_is_taken_off_with_a_reason_and_never_deleted(listed, noted, cast):
    need = listed()
    refused("not-now", actions.discard_need, actor=cast.clerk.actor, number=need.number)
    refused("no-words", settle, cast=cast, need=need, state="off")
    draft = noted(title="楼道太暗")
    actions.discard_need(actor=cast.clerk.actor, number=draft.number)
    assert [one.pk for one in Need.objects.all()] == [need.pk]


def test_a_move_that_the_state_does_not_allow_is_refused(noted, cast):
    need = noted()
    refused("not-now", settle, cast=cast, need=need, state="done", words="办了")


def test_everything_that_was_said_of_it_is_kept(listed, world, cast):
    need = listed()
    settle(cast, need, "not_now", words="没有地方")
    settle(cast, need, "in_hand", owner=world.committee.pk, due_on=clock.today(), words="借学校的操场")
    assert [(one.state, one.words) for one in queries.steps_of(need)] == [
        ("listed", ""), ("not_now", "没有地方"), ("in_hand", "借学校的操场"),
    ]  # fmt: skip


def test_the_journal_holds_no_words(listed, cast):
    need = listed()
    settle(cast, need, "not_now", words="没有地方")
    for entry in journal.timeline(need.pk) + list(Entry.objects.filter(subject=need.pk)):
        assert "没有地方" not in str(entry.data) and DARK not in str(entry.data)


# Rank ------------------------------------------------------------------------------------------------------


def test_the_list_is_ranked_by_points_and_says_why(listed):
    slow = listed(title="想要一个晾衣架", people=3)
    many = listed(title="早市太吵", people=60)
    urgent = listed(title="楼梯扶手松了", urgency=3, groups=["elders"])
    found = queries.public_list(slow.place).ranked
    assert [one.need.pk for one in found] == [urgent.pk, many.pk, slow.pk]
    assert [one.rank for one in found] == [1, 2, 3]
    assert found[0].why == [("关系到安全", 45), ("涉及老人", 5)]
    assert found[1].why == [("50 人以上说过", 15)]
    assert found[2].why == []


def test_staff_put_a_need_elsewhere_only_with_a_reason_and_back(listed, cast):
    slow, urgent = listed(title="想要一个晾衣架"), listed(title="楼梯扶手松了", urgency=3)
    place = {"actor": cast.clerk.actor, "number": slow.number}
    refused("no-reason", actions.place_need, rank=1, **place)
    refused("bad-rank", actions.place_need, rank=0, reason="先办", **place)
    actions.place_need(rank=1, reason="材料已经到了，一天就能装好", **place)
    found = queries.public_list(slow.place).ranked
    assert [one.need.pk for one in found] == [slow.pk, urgent.pk]
    actions.place_need(rank=None, **place)
    assert queries.public_list(slow.place).ranked[0].need.pk == urgent.pk


def test_a_need_that_is_done_keeps_no_place_on_the_list(listed, cast):
    need = listed()
    actions.place_need(actor=cast.clerk.actor, number=need.number, rank=1, reason="先办")
    settle(cast, need, "done", words="装好了")
    need.refresh_from_db()
    assert (need.fixed_rank, queries.row_of(need).rank) == (None, 0)


# Who is told, and what waits -------------------------------------------------------------------------------


def told(person):
    return list(Notice.objects.filter(account=person.account, code__startswith="voices.need").order_by("id"))


def test_who_said_so_is_told_when_it_is_listed_and_when_it_is_done(noted, published, cast):
    matter = published()
    me_too(actor=cast.neighbour.actor, number=matter.number)
    need = noted(source=Source(matter=matter.number))
    work()
    assert not told(cast.resident)
    settle(cast, need, "listed")
    settle(cast, need, "done", words="装好了")
    work()
    for person in (cast.resident, cast.neighbour):
        assert [say(one) for one in told(person)] == [
            f"您说过的“{DARK}”，清单上现在是：已列入", f"您说过的“{DARK}”，清单上现在是：办成了",
        ]  # fmt: skip
    assert not told(cast.newcomer)


def test_who_spoke_of_a_matter_that_is_linked_later_is_told_then(listed, published, cast, settle):
    need, matter = listed(), published()
    settle()
    actions.link_source(actor=cast.clerk.actor, number=need.number, source=Source(matter=matter.number))
    settle()
    assert [one.code for one in told(cast.resident)] == ["voices.need.matter_linked"]


def test_the_unit_that_gets_it_is_told(listed, world, cast, settle):
    need = listed()
    actions.settle_need(
        actor=cast.clerk.actor, number=need.number, state="in_hand", owner=world.city_management.pk,
        due_on=clock.today(),
    )  # fmt: skip
    settle()
    assert [one.url for one in told(cast.department)] == [f"/desk/needs/{need.number}/"]


def items(person):
    found, _total = waiting.items([telling.INBOX], person.again(), 50)
    return [(item.facts["number"], str(item.kind)) for item in found]


def test_the_inbox_shows_what_waits_for_the_list_the_owner_and_the_day(noted, listed, world, cast):
    draft, bare, owned = noted(), listed(title="早市太吵"), listed(title="楼梯扶手松了")
    settle(cast, owned, "in_hand", owner=world.city_management.pk, due_on=clock.today() + timedelta(days=3))
    later = listed(title="想要一个晾衣架")
    settle(cast, later, "in_hand", owner=world.committee.pk, due_on=clock.today() + timedelta(days=60))
    assert set(items(cast.clerk)) == {
        (draft.number, "等列入清单"), (bare.number, "等定谁负责"), (owned.number, "快到日子"),
    }  # fmt: skip
    assert items(cast.department) == [(owned.number, "快到日子")]
    assert items(cast.street) == items(cast.other_clerk) == items(cast.resident) == []


def test_what_could_not_be_done_comes_back_on_its_day(listed, cast, freeze):
    need = listed()
    settle(cast, need, "not_now", words="没有地方", due_on=clock.today() + timedelta(days=30))
    assert items(cast.clerk) == []
    freeze(clock.now() + timedelta(days=31))
    assert items(cast.clerk) == [(need.number, "再看一看")]


def test_a_community_without_a_list_has_no_card(world, cast, listed):
    assert telling.card(cast.resident.actor, world.home) is None
    need = listed()
    card = telling.card(cast.resident.actor, world.home)
    assert [one["title"] for one in card["rows"]] == [need.title]


def test_what_carries_a_need_up_marks_it_with_its_words(listed):
    need = listed()
    actions.move_up(need, "已报街道")
    need.refresh_from_db()
    assert (need.state, need.answer) == ("moved_up", "已报街道")
    assert [one.state for one in queries.steps_of(need)] == ["listed", "moved_up"]
    told_ = [(one.what, one.words) for one in telling.history(need, "public")]
    assert told_ == [("已列入", ""), ("已向上反映", "已报街道")]


def test_many_needs_are_counted_in_few_statements(noted, published, django_assert_max_num_queries):
    needs = [noted(title=f"第{n}件", source=Source(kind="meeting", people=n + 1)) for n in range(6)]
    with django_assert_max_num_queries(4):
        found = counting.heard([one.pk for one in needs])
    assert sorted(one.total for one in found.values()) == [1, 2, 3, 4, 5, 6]


def test_somebody_who_only_lives_there_notes_nothing(noted, cast):
    for person in (cast.resident, cast.other_clerk, cast.department):
        with pytest.raises(NotAllowed):
            noted(actor=person.actor)
