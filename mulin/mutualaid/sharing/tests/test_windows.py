"""When in the week something may be had."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.mutualaid.sharing import states, windows

ZONE = ZoneInfo("Asia/Shanghai")
NIGHTS = [{"day": n, "from": "18:00", "to": "08:00"} for n in range(1, 6)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("begins", "ends", "fits"),
    [
        ("2026-11-23 18:00", "2026-11-24 08:00", True),  # Monday night
        ("2026-11-24 00:30", "2026-11-24 07:00", True),
        ("2026-11-23 17:45", "2026-11-23 19:00", False),
        ("2026-11-24 07:00", "2026-11-24 08:15", False),
        ("2026-11-28 02:00", "2026-11-28 08:00", True),  # Friday night reaches into Saturday
        ("2026-11-28 18:00", "2026-11-28 19:00", False),
        ("2026-11-23 18:00", "2026-11-24 19:00", False),  # the day lies between
    ],
)
def test_a_night_reaches_into_the_next_morning(begins, ends, fits):
    assert windows.covers(NIGHTS, at(begins), at(ends), ZONE) is fits


def test_days_that_touch_are_one_stretch():
    whole = [{"day": n, "from": "00:00", "to": "24:00"} for n in range(1, 8)]
    assert windows.covers(whole, at("2026-11-23 09:00"), at("2026-12-01 09:00"), ZONE)


def quarter(n: int) -> str:
    return f"{n // 4:02d}:{n % 4 * 15:02d}"


some = st.lists(
    st.builds(
        lambda day, begins, ends: {"day": day, "from": quarter(begins), "to": quarter(ends)},
        st.integers(1, 7), st.integers(0, 95), st.integers(0, 95),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@given(some, st.integers(0, 7 * 96), st.integers(1, 60))
def test_it_covers_what_every_quarter_of_it_lies_in(found, start, length):
    """Against a slow definition: each quarter of an hour of the stretch lies in a window."""
    begins = at("2026-11-23 00:00") + timedelta(minutes=15 * start)

    def inside(moment: datetime) -> bool:
        for one in found:
            for day in (moment.date(), moment.date() - timedelta(days=1)):
                if one["day"] != day.isoweekday():
                    continue
                first = datetime.combine(day, datetime.min.time(), ZONE)
                a = windows.minutes_of(one["from"])
                b = windows.minutes_of(one["to"])
                b += 1440 if b <= a else 0
                if first + timedelta(minutes=a) <= moment < first + timedelta(minutes=b):
                    return True
        return False

    every = all(inside(begins + timedelta(minutes=15 * n)) for n in range(length))
    assert windows.covers(found, begins, begins + timedelta(minutes=15 * length), ZONE) is every


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        [{"day": 8, "from": "09:00", "to": "10:00"}],
        [{"day": 1, "from": "9", "to": "10:00"}],
        [{"day": 1, "from": "24:00", "to": "10:00"}],
        [{"day": 1, "from": "25:00", "to": "10:00"}],
    ],
)
def test_what_is_no_window_is_refused(wrong):
    with pytest.raises(ValueError):
        windows.checked(wrong)


def test_hours_are_said_as_people_say_them():
    assert states.hours_words(NIGHTS) == ["周一至周五 18:00到第二天 08:00"]
    whole = [{"day": n, "from": "00:00", "to": "24:00"} for n in range(1, 8)]
    assert states.hours_words(whole) == ["每天 全天"]
    assert states.hours_words([{"day": 6, "from": "09:00", "to": "12:00"}]) == ["周六 09:00到 12:00"]


def test_spans_begin_with_the_night_before():
    found = windows.spans(NIGHTS, date(2026, 11, 24), date(2026, 11, 24), ZONE)
    assert found[0] == (at("2026-11-23 18:00"), at("2026-11-24 08:00"))
