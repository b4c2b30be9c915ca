"""Hours of the week, closed days and what a person is told of them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import clock
from mulin.places.models import Venue
from mulin.places.venues import hours, opening, words

SPLIT = [{"day": 1, "from": "09:00", "to": "12:00"}, {"day": 1, "from": "14:00", "to": "17:30"}]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"day": 0, "from": "09:00", "to": "10:00"}, "day"),
        ({"day": 1, "from": "10:00", "to": "09:00"}, "order"),
        ({"day": 1, "from": "9点", "to": "10:00"}, "time"),
        ({"day": 1, "from": "23:00", "to": "24:01"}, "time"),
        ({"day": 1, "to": "10:00"}, "day"),
    ],
)
def test_hours_that_cannot_be_are_named(row, code):
    with pytest.raises(hours.HoursError) as error:
        hours.read([row])
    assert error.value.code == code


def test_seven_by_twelve_is_eighty_four_hours_a_week():
    assert hours.weekly_minutes(hours.read(hours.SEVEN_BY_TWELVE)) == 84 * 60


WINDOWS = st.lists(
    st.tuples(st.integers(1, 7), st.integers(0, 1439), st.integers(1, 1440)).filter(lambda t: t[1] < t[2]),
    max_size=6,
)


@given(rows=WINDOWS)
def test_joining_windows_changes_no_open_minute(rows):
    given_rows = hours.written(hours.Window(*row) for row in rows)
    read = hours.read(given_rows)

    def minutes(windows):
        return {(day, minute) for day, start, end in windows for minute in range(start, end)}

    assert minutes(rows) == minutes(read)
    assert hours.weekly_minutes(read) == len(minutes(rows))
    assert hours.read(hours.written(read)) == read


def test_days_with_equal_hours_stand_in_one_line():
    rows = [one for day in range(1, 6) for one in ({**SPLIT[0], "day": day}, {**SPLIT[1], "day": day})]
    lines = words.week_lines(Venue(hours=rows))
    assert [one["days"] for one in lines] == ["周一到周五", "周六、周日"]
    assert [one["hours"] for one in lines] == ["9:00–12:00、14:00–17:30", "不开放"]
    assert words.weekly_hours(Venue(hours=rows)) == "32.5"
    assert words.week_text(Venue(hours=hours.SEVEN_BY_TWELVE)) == "每天 9:00–21:00"


@pytest.mark.parametrize(
    ("moment", "label"),
    [
        ("2026-11-23 10:00", "开着，到 12:00"),
        ("2026-11-23 12:30", "现在关着，14:00 开"),
        ("2026-11-22 20:00", "现在关着，明天 9:00 开"),
        ("2026-11-23 18:00", "现在关着，11月30日 9:00 开"),
        ("2026-11-27 18:00", "现在关着，周一 9:00 开"),
    ],
)
def test_whether_it_is_open_now_says_until_when_or_from_when(moment, label, freeze):
    freeze(moment)
    assert words.open_now(Venue(hours=SPLIT))["label"] == label


def test_a_venue_that_never_closes_says_so_and_one_open_past_midnight_says_when(freeze):
    freeze("2026-11-23 22:00")
    assert words.open_now(Venue(hours=hours.PRESETS["day_night"]))["label"] == "开着，不关门"
    late = [{"day": 1, "from": "18:00", "to": "24:00"}, {"day": 2, "from": "00:00", "to": "02:00"}]
    assert words.open_now(Venue(hours=late))["label"] == "开着，到 明天 2:00"
    assert opening.inside(Venue(hours=late), at("2026-11-23 23:00"), at("2026-11-24 01:00"))
    assert not opening.inside(Venue(hours=late), at("2026-11-23 23:00"), at("2026-11-24 02:15"))


def test_a_public_holiday_closes_only_where_the_venue_says_so():
    day = date(2026, 10, 1)
    assert opening.closed(Venue(hours=hours.SEVEN_BY_TWELVE), day) is None
    shut = opening.closed(Venue(hours=hours.SEVEN_BY_TWELVE, holidays="closed"), day)
    assert shut.code == "holiday" and "放假" in words.closed_text(shut)
    # An ordinary Sunday is no holiday.
    assert opening.closed(Venue(hours=hours.SEVEN_BY_TWELVE, holidays="closed"), date(2026, 11, 22)) is None


def test_open_minutes_leave_closed_days_out():
    closures = [{"from": "2026-11-24", "to": "2026-11-25", "reason": "粉刷"}]
    venue = Venue(hours=hours.SEVEN_BY_TWELVE, closures=closures)
    assert opening.open_minutes(venue, date(2026, 11, 23), date(2026, 11, 29)) == 5 * 12 * 60
