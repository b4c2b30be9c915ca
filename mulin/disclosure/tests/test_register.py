"""The register holds what was approved, and nothing that was not."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mulin.disclosure import export, queries, words
from mulin.disclosure.queries import Filters
from mulin.kernel import clock, paging
from mulin.kernel.errors import NotVisible
from mulin.voices.actions import hide_matter
from mulin.voices.models import Matter
from mulin.voices.queries import catalogue, waiting_publication


def numbers(**filters) -> list[str]:
    return [entry.number for entry in queries.list_entries(Filters(**filters)).items]


def test_only_published_matters_are_in_the_register(publish, speak):
    shown, waiting = publish(), speak("电梯坏了")
    assert numbers() == [shown.number]
    with pytest.raises(NotVisible):
        queries.get_entry(waiting.number)


def test_a_matter_that_is_hidden_again_leaves_the_register_at_once(publish, cast):
    matter = publish()
    hide_matter(actor=cast.street.actor, number=matter.number, reason="说到了别人家")
    assert numbers() == []
    with pytest.raises(NotVisible):
        queries.get_entry(matter.number)


def test_a_tip_off_is_never_shown_even_if_its_column_says_so(publish):
    matter = publish()
    Matter.objects.filter(pk=matter.pk).update(restriction="tip_off")
    assert numbers() == [] and queries.spots(Filters()) == []
    with pytest.raises(NotVisible):
        queries.get_entry(matter.number)


def test_an_entry_shows_the_approved_words_and_the_estate_but_no_door(publish, world):
    publish("路灯不亮", "门口的路灯坏了一周。", answer="已经换了新灯。")
    entry = queries.list_entries(Filters()).items[0]
    assert (entry.title, entry.text, entry.answer) == ("路灯不亮", "门口的路灯坏了一周。", "已经换了新灯。")
    assert (entry.place_name, entry.estate) == ("金堰社区", "金堰花园")
    assert world.sites[world.building].name not in str(entry)
    assert "老人出门" not in str(entry)


def test_filters_narrow_by_place_estate_category_and_state(publish, world):
    here = publish()
    there = publish(place=world.other_home, category="noise", title="夜里施工")
    Matter.objects.filter(pk=there.pk).update(is_open=False)
    category = Matter.objects.get(pk=there.pk).category
    assert numbers(place=world.home) == [here.number]
    assert numbers(place=world.estate) == [here.number]
    assert set(numbers(place=world.district)) == {here.number, there.number}
    assert numbers(category=category) == [there.number]
    assert here.number in numbers(category=catalogue().group_of(here.category))
    assert numbers(state="closed") == [there.number] and numbers(state="open") == [here.number]


def test_filters_by_day_hold_both_ends(publish):
    matter = publish()
    today = clock.today()
    assert numbers(since=today, until=today) == [matter.number]
    assert numbers(since=today + timedelta(days=1)) == numbers(until=today - timedelta(days=1)) == []


def test_the_search_reads_published_words_only(publish, world):
    matter = publish("路灯不亮", "门口的路灯坏了一周。")
    assert numbers(q="路灯 一周") == [matter.number]
    assert numbers(q="老人出门") == []  # said, but not approved
    assert numbers(q=matter.number) == [matter.number]
    assert numbers(q="路灯", place=world.other_home) == []


def test_pages_follow_one_another_without_a_gap(publish):
    made = [publish(f"第 {n} 盏路灯").number for n in range(5)]
    first = queries.list_entries(Filters(), size=2)
    second = queries.list_entries(Filters(), first.next, size=2)
    third = queries.list_entries(Filters(), second.next, size=2)
    assert [e.number for page in (first, second, third) for e in page.items] == made[::-1]
    assert third.next is None


def test_a_made_up_cursor_begins_at_the_first_page(publish):
    matter = publish()
    for cursor in ("x", "WyJhIiwiYiJd", "W10", "WzEsMl0"):
        assert [e.number for e in queries.list_entries(Filters(), cursor).items] == [matter.number]


def test_a_list_costs_ten_statements_at_most_however_long_it_is(publish):
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            queries.list_entries(Filters())
        return len(statements)

    publish()
    before = cost()
    for _ in range(6):
        publish()
    assert cost() <= min(before, 10)


def test_the_answer_time_is_counted_from_the_day_it_came_in(publish, freeze):
    freeze("2025-11-03 09:00")
    matter = publish()
    case = matter.case
    case.responded_at = clock.now() + timedelta(hours=3)
    case.done_at = clock.now() + timedelta(days=3)
    case.save()
    entry = queries.list_entries(Filters()).items[0]
    assert words.times(entry) == "3 小时内回应，3 天办完"


def test_spots_count_by_estate_or_community_and_stand_there(publish, world):
    publish()
    publish()
    publish(place=world.other_home)
    found = {spot.code: spot for spot in queries.spots(Filters())}
    assert {code: spot.n for code, spot in found.items()} == {world.estate: 2, world.other_home: 1}
    assert found[world.estate].name == "金堰花园" and found[world.estate].lon
    assert found[world.other_home].lat


def test_what_is_not_shown_is_told_for_a_community_and_for_no_larger_place(publish, speak, world):
    publish()
    for n in range(6):
        speak(f"第 {n} 件事，楼道灯不亮", category=["noise", "lift_fault"][n % 2])
    speak("有人违规占用公共绿地，请查处", kind="tip_off")
    waiting = Matter.objects.filter(publication="asked", place=world.home).count()
    (told,) = queries.unshown(world.home)
    assert set(told.reasons) >= {"tip_off", "waiting"} and told.n == waiting + 1
    assert queries.unshown(world.estate) == queries.unshown(world.home)
    assert queries.unshown(world.street) is None and queries.unshown(world.district) is None


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        ({"waiting": 37, "by_rule": 19}, [(("waiting",), 37), (("by_rule",), 19)]),
        # One small figure alone could be worked out from the sum: the next larger one keeps it company.
        ({"waiting": 37, "tip_off": 7, "major": 2}, [(("waiting",), 37), (("tip_off", "major"), 9)]),
        ({"waiting": 6, "tip_off": 1, "major": 2}, [(("waiting", "tip_off", "major"), 9)]),
        ({"tip_off": 3, "major": 4, "by_rule": 8}, [(("by_rule",), 8), (("tip_off", "major"), 7)]),
        ({"tip_off": 1, "major": 2}, [(("tip_off", "major"), None)]),
        ({"tip_off": 4}, [(("tip_off",), None)]),
        ({}, []),
    ],
)
def test_a_small_figure_is_never_told_alone(counted, told):
    assert [(one.reasons, one.n) for one in queries.together(counted)] == told


@given(st.dictionaries(st.sampled_from(queries.REASONS), st.integers(1, 60)))
def test_no_figure_under_five_can_be_worked_out_even_from_the_sum(counted):
    shown = queries.together(counted)
    assert {one for part in shown for one in part.reasons} == set(counted)
    for part in shown:
        real = [counted[one] for one in part.reasons]
        assert part.n is None or (part.n == sum(real) and part.n >= 5)
        if min(real) < 5 and part.n is not None:
            assert len(real) > 1


def test_a_suspended_matter_is_not_called_work_in_hand(publish, cast, world):
    matter, other = publish(), publish("路灯又不亮")
    case = matter.case
    case.state, case.review_on = "suspended", clock.today() + timedelta(days=30)
    case.save()
    (entry,) = queries.list_entries(Filters(state="suspended")).items
    assert (entry.number, entry.tone, entry.review_on) == (matter.number, "wait", case.review_on)
    assert "挂账" in entry.state
    assert set(numbers(state="open")) == {matter.number, other.number}


def test_those_who_approve_see_what_waits_at_their_place_only(speak, cast, world, anonymous):
    here, there = speak(), speak(place=world.other_home)
    assert list(waiting_publication(cast.clerk.actor)) == [here]
    assert set(waiting_publication(cast.district.actor)) == {here, there}
    assert set(waiting_publication(cast.street.actor)) == {here}
    for actor in (anonymous, cast.resident.actor, cast.gridworker.actor, cast.department.actor):
        assert not waiting_publication(actor).exists()


def test_heads_name_their_chain_and_change_with_every_line(publish, settle, world):
    publish()
    settle()
    before = {head.key: head for head in queries.heads().items}
    assert before[world.home].name.endswith("花园路街道金堰社区") and len(before[world.home].head) == 64
    publish()
    settle()
    after = {head.key: head for head in queries.heads(place=world.home).items}
    assert set(after) == {world.home}
    assert (
        after[world.home].seq > before[world.home].seq and after[world.home].head != before[world.home].head
    )


def test_the_days_in_the_file_are_those_of_the_place_and_not_of_utc(publish):
    matter = publish()
    early = datetime(2026, 3, 2, 1, 30, tzinfo=clock.zone())
    Matter.objects.filter(pk=matter.pk).update(published_at=early, closed_at=early)
    line = export.row(next(queries.all_entries(Filters())))
    assert line[9:11] == ["2026-03-02", "2026-03-02"]


@pytest.mark.parametrize("values", [[None], [{"a": 1}], [["x"]], [1], ["\x00"]])
def test_a_cursor_of_the_heads_that_is_not_ours_gives_the_first_page(publish, settle, values):
    publish()
    settle()
    assert queries.heads(paging.encode(values)).items == queries.heads().items
