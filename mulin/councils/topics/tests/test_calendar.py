"""The days of a topic: planned, promised, moved."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils.topics.calendar import DAY, Known, plan, promised_end
from mulin.councils.topics.definition import Process, StepSpec
from mulin.kernel.workcalendar import Calendar
from mulin.kernel.workingtime import Limit

CALENDAR = Calendar.default()
MONDAY = date(2026, 3, 2)


def process(*steps: StepSpec) -> Process:
    return Process("p", "p", "", "p", "", "residents", ("community",), (), False, "p", "", "law", "", steps)


def step(key: str, days: str = "5 d", *, needs: tuple[str, ...] = (), **more: str) -> StepSpec:
    limits = {name: Limit.parse(value) for name, value in more.items()}
    return StepSpec(key, "talk", key, days=Limit.parse(days), needs=needs, **limits)


def test_the_day_of_the_start_does_not_count_and_the_next_step_begins_the_day_after():
    days = plan(process(step("a", "5 d"), step("b", "3 d", needs=("a",))), MONDAY, CALENDAR)
    assert (days["a"].begins_on, days["a"].ends_on) == (MONDAY, date(2026, 3, 7))
    assert (days["b"].begins_on, days["b"].ends_on) == (date(2026, 3, 8), date(2026, 3, 11))


def test_working_days_pass_over_weekends():
    days = plan(process(step("a", "5 wd")), MONDAY, CALENDAR)
    assert days["a"].ends_on == date(2026, 3, 9)


def test_a_promise_ends_when_its_last_day_has_passed_and_a_last_day_off_moves_on():
    # Five days from Monday end on Saturday, so the last day is Monday, and Tuesday is the first free one.
    assert promised_end(MONDAY, step("a", at_least="5 d"), CALENDAR) == date(2026, 3, 10)
    assert promised_end(MONDAY, step("a", at_least="4 d"), CALENDAR) == date(2026, 3, 7)
    assert promised_end(MONDAY, step("a", at_least="5 wd"), CALENDAR) == date(2026, 3, 10)


def test_a_plan_shorter_than_the_promise_is_made_longer():
    days = plan(process(step("a", "2 d", at_least="15 d")), MONDAY, CALENDAR)
    assert days["a"].ends_on == days["a"].may_end == date(2026, 3, 18)


def test_notice_keeps_a_step_from_beginning_at_once():
    days = plan(process(step("a", "1 d"), step("b", needs=("a",), notice="15 d")), MONDAY, CALENDAR)
    assert days["b"].begins_on == date(2026, 3, 3) + timedelta(days=15)


def test_two_steps_that_need_the_same_one_run_side_by_side_and_the_third_waits_for_both():
    days = plan(
        process(
            step("a"),
            step("b", "3 d", needs=("a",)),
            step("c", "9 d", needs=("a",)),
            step("d", needs=("b", "c")),
        ),
        MONDAY,
        CALENDAR,
    )
    assert days["b"].begins_on == days["c"].begins_on
    assert days["d"].begins_on == days["c"].ends_on + DAY


def test_what_ends_late_moves_what_comes_behind():
    chain = process(step("a"), step("b", needs=("a",)))
    before = plan(chain, MONDAY, CALENDAR)
    known = {
        "a": Known("open", MONDAY, before["a"].ends_on),
        "b": Known("waiting", before["b"].begins_on, before["b"].ends_on),
    }
    late = plan(chain, MONDAY, CALENDAR, known=known, today=date(2026, 3, 20))
    assert late["a"].ends_on == date(2026, 3, 20)
    assert late["b"].begins_on == date(2026, 3, 21)
    assert late["b"].ends_on - late["b"].begins_on == before["b"].ends_on - before["b"].begins_on


def test_what_ends_early_calls_nobody_earlier_than_announced():
    chain = process(step("a"), step("b", needs=("a",)))
    before = plan(chain, MONDAY, CALENDAR)
    known = {
        "a": Known("done", MONDAY, date(2026, 3, 3)),
        "b": Known("waiting", before["b"].begins_on, before["b"].ends_on),
    }
    after = plan(chain, MONDAY, CALENDAR, known=known, today=date(2026, 3, 3))
    assert after["b"].begins_on == before["b"].begins_on
    assert after["b"].earliest == date(2026, 3, 3)


def test_a_skipped_step_holds_nobody_up():
    chain = process(step("a"), step("b", "30 d", needs=("a",)), step("c", needs=("b",)))
    known = {"a": Known("done", MONDAY, MONDAY), "b": Known("skipped", MONDAY, MONDAY)}
    assert plan(chain, MONDAY, CALENDAR, known=known, today=MONDAY)["c"].begins_on == MONDAY


def test_a_year_without_published_holidays_is_said_to_be_unsure():
    far = date(CALENDAR.first_unsure().year + 1, 3, 3)
    assert not plan(process(step("a")), far, CALENDAR)["a"].is_certain
    assert plan(process(step("a")), MONDAY, CALENDAR)["a"].is_certain


@st.composite
def chains(draw) -> Process:
    made: list[StepSpec] = []
    for n in range(draw(st.integers(1, 8))):
        keys = [one.key for one in made]
        needs = tuple(draw(st.lists(st.sampled_from(keys), unique=True, max_size=3))) if keys else ()
        length = f"{draw(st.integers(0, 40))} {draw(st.sampled_from(['d', 'wd']))}"
        more = {
            name: f"{draw(st.integers(0, 20))} {draw(st.sampled_from(['d', 'wd']))}"
            for name in ("notice", "at_least")
        }
        made.append(step(f"s{n}", length, needs=needs, **more))
    return process(*made)


@settings(deadline=None)
@given(chains(), st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 90))
def test_every_step_comes_after_all_it_needs_with_its_notice_and_its_promise(chain, start, waited):
    today = start + timedelta(days=waited)
    days = plan(chain, start, CALENDAR, today=today)
    for spec in chain.steps:
        one = days[spec.key]
        assert one.begins_on >= today
        assert one.ends_on >= one.begins_on
        assert one.ends_on >= promised_end(one.begins_on, spec, CALENDAR)
        for key in spec.needs:
            assert one.begins_on > days[key].ends_on or not spec.needs


@settings(deadline=None)
@given(chains(), st.dates(date(2026, 1, 1), date(2026, 12, 1)), st.integers(0, 60))
def test_planning_again_without_news_changes_nothing(chain, start, later):
    first = plan(chain, start, CALENDAR)
    known = {key: Known("waiting", one.begins_on, one.ends_on) for key, one in first.items()}
    again = plan(chain, start, CALENDAR, known=known)
    assert [(one.begins_on, one.ends_on) for one in again.values()] == [
        (one.begins_on, one.ends_on) for one in first.values()
    ]
    moved = plan(chain, start, CALENDAR, known=known, today=start + timedelta(days=later))
    assert all(moved[key].begins_on >= one.begins_on for key, one in first.items())


@pytest.mark.parametrize("length", ["0 d", "0 wd"])
def test_a_step_of_no_length_ends_on_the_day_it_begins(length):
    days = plan(process(step("a", length)), MONDAY, CALENDAR)
    assert days["a"].begins_on == days["a"].ends_on == MONDAY
