"""Orders become courses: nobody is lost, nobody is put at an hour that was not offered."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.academy.timetable import week
from mulin.academy.weeks.courses import Asked, gather, windows_in, windows_of, without, written

USUAL = windows_in({"day": day, "from": "09:00", "to": "21:00"} for day in range(1, 8))
GRID = 30

windows = st.lists(
    st.tuples(st.integers(1, 7), st.integers(16, 42), st.integers(1, 8)).map(
        lambda one: (week.moment(one[0], one[1] * 30), week.moment(one[0], min(one[1] + one[2], 48) * 30))
    ),
    max_size=4,
).map(tuple)
orders = st.lists(
    st.builds(
        Asked,
        number=st.just(""),
        key=st.sampled_from([("a", "dance", "elder"), ("a", "chess", "child")]),
        people=st.integers(1, 12),
        minutes=st.sampled_from([30, 60, 90]),
        slots=windows,
    ),
    max_size=14,
).map(
    lambda some: [Asked(f"n{n}", one.key, one.people, one.minutes, one.slots) for n, one in enumerate(some)]
)


@settings(max_examples=200, deadline=None)
@given(orders)
def test_every_order_is_in_one_course_at_hours_that_it_offered(some):
    courses, small = gather(some, usual=USUAL, most=20, least=3, grid=GRID)
    found = [number for course in courses + small for number in course.numbers]
    assert sorted(found) == sorted(one.number for one in some)
    by_number = {one.number: one for one in some}
    for course in courses + small:
        assert course.people == sum(by_number[number].people for number in course.numbers)
        assert course.people <= 20 or len(course.numbers) == 1
        own = week.starts(week.merged(course.slots), course.minutes, GRID)
        for number in course.numbers:
            one = by_number[number]
            offered = set(week.starts(week.merged(one.slots or USUAL), course.minutes, GRID))
            assert set(own) <= offered or not offered
    assert all(course.people >= 3 for course in courses) and all(one.people < 3 for one in small)


@settings(max_examples=200, deadline=None)
@given(st.sets(st.integers(0, 335)), st.sampled_from([30, 60, 90]))
def test_windows_hold_exactly_the_starts_they_are_made_of(cells, minutes):
    kept = {at for cell in cells if (at := cell * 30) % week.DAY + minutes <= week.DAY}
    found = week.starts(windows_of(kept, minutes, GRID), minutes, GRID)
    assert kept <= set(found) and sorted(set(found)) == sorted(kept)


@settings(max_examples=200, deadline=None)
@given(windows, windows)
def test_what_is_taken_is_taken_off_to_the_minute(open_ones, taken):
    left = without(open_ones, taken)
    minutes = {at for begin, end in open_ones for at in range(begin, end, 15)}
    gone = {at for begin, end in taken for at in range(begin, end, 15)}
    assert {at for begin, end in left for at in range(begin, end, 15)} == minutes - gone


def test_windows_are_read_and_written_back():
    given_ones = [{"day": 3, "from": "14:00", "to": "24:00"}]
    assert written(windows_in(given_ones)) == given_ones
    assert windows_in([{"day": 9, "from": "1", "to": "2"}, {"day": 1, "from": "12:00", "to": "11:00"}]) == ()
