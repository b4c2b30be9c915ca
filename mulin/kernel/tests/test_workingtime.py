from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mulin.kernel.workingtime import Calendar, CalendarError, Limit, OfficeHours

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = Calendar.default()
EVENING = OfficeHours.parse("08:30-12:00，14:00-20:00")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


moments = st.timedeltas(timedelta(0), timedelta(4000)).map(lambda span: at("2017-01-01") + span)
days = st.dates(date(2017, 1, 1), date(2027, 12, 31))
office = st.sampled_from([None, EVENING, OfficeHours.parse("00:00-24:00")])
limits = st.builds(
    Limit, st.integers(1, 400), st.sampled_from(["min", "wmin", "wd", "d"])
) | st.builds(Limit, st.integers(1, 18), st.just("mo"))  # fmt: skip


@st.composite
def pause_lists(draw, start):
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + timedelta(minutes=draw(st.integers(-3000, 40000)))
        found.append((begin, begin + timedelta(minutes=draw(st.integers(0, 20000)))))
    return found


# --- the table ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2017-01-22", True), ("2018-12-29", True), ("2018-12-31", False), ("2019-05-03", False),
        ("2020-01-31", False), ("2020-02-01", False), ("2020-02-03", True), ("2021-10-09", True),
        ("2022-12-31", False), ("2023-01-02", False), ("2024-02-18", True), ("2025-10-08", False),
        ("2026-01-04", True), ("2026-02-23", False), ("2026-02-28", True), ("2026-09-20", True),
        ("2026-10-10", True), ("2026-11-22", False), ("2026-11-23", True),
    ],
)  # fmt: skip
def test_table_knows_days_off_and_make_up_days(day, working):
    assert CALENDAR.is_working_day(date.fromisoformat(day)) is working
    assert CALENDAR.is_certain(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("year", "count"),
    [(2017, 249), (2019, 250), (2021, 250), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_years_have_their_number_of_working_days(year, count):
    assert CALENDAR.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == count


def test_day_names_its_holiday_and_notice():
    day = CALENDAR.day(date(2026, 2, 17))
    assert (day.working, day.name, day.certainty) == (False, "春节", "official page")
    assert "2026年" in day.basis
    assert CALENDAR.day(date(2026, 2, 28)).name_en == "Spring Festival"


def test_days_behind_the_last_notice_are_weekends_and_fixed_holidays_and_not_certain():
    last = CALENDAR.first_unsure()
    unknown = last.replace(month=5)
    assert not CALENDAR.is_working_day(unknown)
    assert not CALENDAR.day(unknown).certain
    assert not CALENDAR.is_certain(last - timedelta(1), last)
    assert CALENDAR.is_certain(date(2017, 1, 1), last - timedelta(1))
    assert not CALENDAR.is_certain(date(2016, 12, 31))
    assert (
        Limit.parse("30 wd").due(datetime.combine(last, datetime.min.time(), ZONE), CALENDAR).certain is False
    )


def test_days_outside_the_calendar_are_refused():
    with pytest.raises(ValueError, match="outside the calendar"):
        CALENDAR.is_working_day(date(1980, 1, 1))


def test_table_can_come_from_a_mapping_and_says_what_is_wrong():
    year = {"year": 2030, "basis": "通知", "certainty": "official page"}
    holiday = {"name": "节", "off": [date(2030, 3, 4), date(2030, 3, 6)], "worked": [date(2030, 3, 9)]}
    made = Calendar.load({"year": [year], "holiday": [holiday]})
    assert [made.is_working_day(date(2030, 3, day)) for day in range(4, 10)] == [False] * 3 + [True] * 2 + [
        True
    ]
    for change, hint in [
        ({"off": [date(2030, 3, 6), date(2030, 3, 4)]}, "before the first"),
        ({"off": date(2030, 3, 6)}, "first day, last day"),
        ({"worked": [date(2030, 3, 8)]}, "make-up"),
        ({"worked": [date(2031, 3, 8)]}, "without a notice"),
    ]:
        with pytest.raises(CalendarError, match=hint):
            Calendar.load({"year": [year], "holiday": [holiday | change]})
    with pytest.raises(CalendarError, match="named twice"):
        Calendar.load({"year": [year], "holiday": [holiday, holiday]})
    with pytest.raises(CalendarError, match="basis"):
        Calendar.load({"year": [{"year": 2030}]})


def test_broken_file_is_named(tmp_path):
    (tmp_path / "own.toml").write_text("[year", encoding="utf-8")
    with pytest.raises(CalendarError, match=r"own\.toml"):
        Calendar.load(tmp_path / "own.toml")


@pytest.mark.parametrize(
    "text", ["9-12", "12:00-09:00", "09:00-12:00,11:00-13:00", "", "09:00", "09:00-25:00"]
)
def test_impossible_office_hours_are_refused(text):
    with pytest.raises(CalendarError):
        OfficeHours.parse(text)


def test_office_hours_print_as_they_are_read():
    assert str(OfficeHours.parse(str(EVENING))) == "08:30-12:00, 14:00-20:00"
    assert EVENING.minutes == 570


# --- hours and days ---------------------------------------------------------------------------------


def test_working_hours_skip_lunch_nights_and_days_off():
    assert CALENDAR.add_working_minutes(at("2026-11-20 11:30"), 60) == at("2026-11-20 14:00")
    assert CALENDAR.add_working_minutes(at("2026-11-20 17:00"), 60) == at("2026-11-23 09:30")
    assert CALENDAR.add_working_minutes(at("2026-11-21 10:00"), 30) == at("2026-11-23 09:30")
    assert CALENDAR.add_working_minutes(at("2026-09-30 17:00"), 60) == at("2026-10-08 09:30")
    # The Sunday before the holiday is worked.
    assert CALENDAR.add_working_minutes(at("2026-09-18 17:00"), 60) == at("2026-09-20 09:30")


def test_deadline_falls_on_closing_and_not_on_the_next_opening():
    assert CALENDAR.add_working_minutes(at("2026-11-20 16:30"), 60) == at("2026-11-20 17:30")


def test_place_may_keep_its_own_hours():
    assert CALENDAR.add_working_minutes(at("2026-11-20 19:30"), 60, EVENING) == at("2026-11-23 09:00")
    assert CALENDAR.add_working_days(at("2026-11-20 19:30"), 1, EVENING) == at("2026-11-23 20:00")
    assert CALENDAR.is_open(at("2026-11-20 19:30"), EVENING)
    assert not CALENDAR.is_open(at("2026-11-20 19:30"))
    assert not CALENDAR.is_open(at("2026-11-21 10:00"))


def test_working_days_do_not_count_the_day_itself_and_end_at_closing():
    assert CALENDAR.add_working_days(at("2026-11-19 09:00"), 2) == at("2026-11-23 17:30")
    assert CALENDAR.add_working_days(at("2026-11-21 09:00"), 1) == at("2026-11-23 17:30")
    assert CALENDAR.add_working_days(date(2026, 9, 30), 1) == at("2026-10-08 17:30")
    assert CALENDAR.add_working_days(at("2026-11-21 09:00"), 0) == at("2026-11-23 17:30")


def test_moment_in_another_zone_counts_by_local_day():
    late = datetime(2026, 11, 19, 20, tzinfo=UTC)  # 04:00 on Friday the 20th
    assert CALENDAR.add_working_days(late, 1) == at("2026-11-23 17:30")


def test_periods_follow_the_civil_code():
    assert CALENDAR.period_end(date(2026, 11, 2), days=15) == date(2026, 11, 17)
    assert CALENDAR.period_end(date(2026, 9, 16), days=15) == date(2026, 10, 8)
    assert CALENDAR.period_end(date(2026, 9, 16), days=15, roll=False) == date(2026, 10, 1)
    assert CALENDAR.period_end(date(2025, 12, 31), months=2) == date(2026, 2, 28)
    assert CALENDAR.period_end(date(2023, 11, 30), months=3, roll=False) == date(2024, 2, 29)
    assert CALENDAR.period_end(date(2024, 2, 29), months=12, roll=False) == date(2025, 2, 28)
    with pytest.raises(ValueError, match="either"):
        CALENDAR.period_end(date(2026, 1, 1))


def test_time_without_a_zone_is_refused():
    naive = datetime(2026, 11, 20, 9)  # noqa: DTZ001
    for call in (
        lambda: CALENDAR.add_working_minutes(naive, 5),
        lambda: CALENDAR.add_clock_minutes(naive, 5),
        lambda: Limit.parse("5 wd").due(naive, CALENDAR),
    ):
        with pytest.raises(ValueError, match="no zone"):
            call()


def test_negative_periods_are_refused():
    for add in (CALENDAR.add_working_minutes, CALENDAR.add_clock_minutes, CALENDAR.add_working_days):
        with pytest.raises(ValueError, match="negative"):
            add(at("2026-11-20 09:00"), -1)


@given(moments, st.integers(0, 30000), office)
def test_adding_and_measuring_working_minutes_agree(start, minutes, hours):
    end = CALENDAR.add_working_minutes(start, minutes, hours)
    assert end >= start
    assert CALENDAR.working_minutes_between(start, end, hours) == minutes
    assert CALENDAR.working_minutes_between(end, start, hours) == -minutes


@given(moments, moments, st.integers(0, 5000), st.integers(0, 5000))
def test_working_deadlines_are_monotone(one, two, few, more):
    early, late = sorted((one, two))
    few, more = sorted((few, more))
    assert CALENDAR.add_working_minutes(early, few) <= CALENDAR.add_working_minutes(late, more)
    assert CALENDAR.add_working_days(early, few) <= CALENDAR.add_working_days(late, more)


@given(moments, st.integers(1, 3000), st.integers(1, 3000))
def test_working_minutes_add_up(start, first, second):
    middle = CALENDAR.add_working_minutes(start, first)
    assert CALENDAR.add_working_minutes(middle, second) == CALENDAR.add_working_minutes(start, first + second)


@given(days, st.integers(1, 500))
def test_adding_and_counting_working_days_agree_with_a_walk(start, count):
    end = CALENDAR.nth_working_day(start, count)
    assert CALENDAR.is_working_day(end)
    walked = sum(CALENDAR.is_working_day(start + timedelta(n)) for n in range(1, (end - start).days + 1))
    assert walked == count == CALENDAR.working_days_between(start, end)


@given(days, st.integers(1, 900))
def test_last_day_is_never_a_day_off_and_moves_no_further_than_needed(start, length):
    last = CALENDAR.period_end(start, days=length)
    plain = CALENDAR.period_end(start, days=length, roll=False)
    assert CALENDAR.is_working_day(last)
    assert not any(CALENDAR.is_working_day(plain + timedelta(n)) for n in range((last - plain).days))


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "due", "zh", "en"),
    [
        ("2 wh", "2026-11-20 17:00", "2 个工作小时", "2 working hours"),
        ("1 wh", "2026-11-20 16:00", "1 个工作小时", "1 working hour"),
        ("90 wmin", "2026-11-20 16:30", "90 分钟工作时间", "90 working minutes"),
        ("0.5h", "2026-11-20 15:30", "30 分钟", "30 minutes"),
        ("24 小时", "2026-11-21 15:00", "24 小时", "24 hours"),
        ("5 个工作日", "2026-11-27 17:30", "5 个工作日", "5 working days"),
        ("1 wd", "2026-11-23 17:30", "1 个工作日", "1 working day"),
        ("15 d", "2026-12-07 17:30", "15 天", "15 days"),
        ("1 个月", "2026-12-21 17:30", "1 个月", "1 month"),
        ("1 y", "2027-11-22 17:30", "1 年", "1 year"),
    ],
)
def test_limits_are_read_described_and_end(text, due, zh, en):
    limit = Limit.parse(text)
    assert limit.due(at("2026-11-20 15:00"), CALENDAR).at == at(due)
    assert limit.describe() == zh
    assert limit.describe("en") == en
    assert Limit.parse(str(limit)) == limit == Limit.parse(limit)


@pytest.mark.parametrize("text", ["", "5", "five d", "5 weeks", "0.5 wd", "-1 d", "0 mo", "1.01 min"])
def test_unreadable_limits_are_refused(text):
    with pytest.raises(ValueError, match=r"time limit|unit"):
        Limit.parse(text)


def test_clock_hours_are_certain_and_others_only_within_the_notices():
    new_year = at("2026-12-31 12:00")
    assert Limit.parse("24 h").due(new_year, CALENDAR).certain
    assert not Limit.parse("1 wd").due(new_year, CALENDAR).certain
    assert Limit.parse("1 wh").due(new_year, CALENDAR).certain


def test_pause_moves_a_limit_in_hours_by_the_working_time_it_took():
    start = at("2026-11-20 09:00")
    pauses = [(at("2026-11-20 11:00"), at("2026-11-20 14:30"))]
    assert Limit.parse("4 wh").due_after_pauses(start, pauses, CALENDAR).at == at("2026-11-20 16:30")
    assert Limit.parse("4 h").due_after_pauses(start, pauses, CALENDAR).at == at("2026-11-20 16:30")
    assert Limit.parse("1 wh").due_after_pauses(start, pauses, CALENDAR).at == at("2026-11-20 10:00")


def test_pause_moves_a_limit_in_days_and_the_day_of_resuming_does_not_count():
    start = at("2026-11-16 10:00")  # Monday
    pauses = [(at("2026-11-17 10:00"), at("2026-11-19 10:00"))]
    assert Limit.parse("5 wd").due_after_pauses(start, pauses, CALENDAR).at == at("2026-11-25 17:30")
    assert Limit.parse("5 d").due_after_pauses(start, pauses, CALENDAR).at == at("2026-11-23 17:30")
    same_day = [(at("2026-11-17 10:00"), at("2026-11-17 16:00"))]
    assert Limit.parse("5 wd").due_after_pauses(start, same_day, CALENDAR).at == at("2026-11-23 17:30")


def test_overlapping_pauses_count_once():
    start, limit = at("2026-11-16 09:00"), Limit.parse("4 wh")
    once = [(at("2026-11-16 10:00"), at("2026-11-16 12:00"))]
    twice = [
        *once,
        (at("2026-11-16 10:30"), at("2026-11-16 11:00")),
        (at("2026-11-16 10:00"), at("2026-11-16 12:00")),
    ]
    assert limit.due_after_pauses(start, twice, CALENDAR) == limit.due_after_pauses(start, once, CALENDAR)


def test_open_pause_needs_to_know_now_and_keeps_what_is_left():
    start, limit = at("2026-11-16 09:00"), Limit.parse("4 wh")
    pauses = [(at("2026-11-16 10:00"), None)]
    with pytest.raises(ValueError, match="still open"):
        limit.due_after_pauses(start, pauses, CALENDAR)
    for now in (at("2026-11-16 11:00"), at("2026-11-18 15:00"), at("2026-11-21 15:00")):
        left = limit.remaining(start, now, pauses, CALENDAR)
        assert (left.amount, left.overdue, left.paused) == (180, False, True)


def test_pause_that_ends_before_it_begins_is_refused():
    pauses = [(at("2026-11-17 10:00"), at("2026-11-16 10:00"))]
    with pytest.raises(ValueError, match="before it begins"):
        Limit.parse("4 h").due_after_pauses(at("2026-11-16 09:00"), pauses, CALENDAR)


@pytest.mark.parametrize(
    ("limit", "now", "zh", "en"),
    [
        ("4 wh", "2026-11-16 10:00", "还剩 3 个工作小时", "3 working hours left"),
        ("4 wh", "2026-11-16 11:01", "还剩 119 分钟工作时间", "119 working minutes left"),
        ("4 wh", "2026-11-16 13:45", "还剩 45 分钟工作时间", "45 working minutes left"),
        ("4 wh", "2026-11-16 14:30", "马上到期", "due now"),
        ("4 wh", "2026-11-16 14:30:20", "已超期", "overdue"),
        ("4 wh", "2026-11-17 10:30", "超期 4 个工作小时", "4 working hours overdue"),
        ("2 h", "2026-11-19 12:00", "超期 3 天", "3 days overdue"),
        ("2 wd", "2026-11-16 12:00", "还剩 2 个工作日", "2 working days left"),
        ("2 wd", "2026-11-18 12:00", "今天到期", "due today"),
        ("2 wd", "2026-11-18 18:00", "已超期", "overdue"),
        ("2 wd", "2026-11-23 18:00", "超期 3 个工作日", "3 working days overdue"),
        ("15 d", "2026-11-30 09:00", "还剩 1 天", "1 day left"),
        ("1 mo", "2026-12-14 09:00", "还剩 2 天", "2 days left"),
    ],
)
def test_what_is_left_is_told_in_words(limit, now, zh, en):
    left = Limit.parse(limit).remaining(at("2026-11-16 09:00"), at(now), [], CALENDAR)
    assert left.describe() == zh
    assert left.describe("en") == en


def test_pause_of_the_future_does_not_count_yet():
    start = at("2026-11-16 09:00")
    ahead = [(at("2026-11-16 11:00"), at("2026-11-16 12:00"))]
    left = Limit.parse("4 wh").remaining(start, at("2026-11-16 10:00"), ahead, CALENDAR)
    assert (left.amount, left.paused) == (180, False)


@given(st.data(), limits, moments, office)
def test_pauses_only_move_the_due_later_and_more_pauses_never_sooner(data, limit, start, hours):
    pauses = data.draw(pause_lists(start))
    plain = limit.due(start, CALENDAR, hours)
    some = limit.due_after_pauses(start, pauses[:-1], CALENDAR, hours=hours)
    every = limit.due_after_pauses(start, pauses, CALENDAR, hours=hours)
    assert limit.due_after_pauses(start, [], CALENDAR, hours=hours) == plain
    assert plain.at <= some.at <= every.at


@given(limits, moments, moments)
def test_later_start_never_ends_sooner(limit, one, two):
    early, late = sorted((one, two))
    assert limit.due(early, CALENDAR).at <= limit.due(late, CALENDAR).at
    assert limit.due(early, CALENDAR).at >= early


@given(st.data(), moments, st.sampled_from(["min", "wmin"]), st.integers(1, 3000))
def test_unpaused_time_until_the_due_is_the_whole_limit(data, start, unit, amount):
    limit = Limit(amount, unit)
    pauses = data.draw(pause_lists(start))
    due = limit.due_after_pauses(start, pauses, CALENDAR).at
    left = limit.remaining(start, start, pauses, CALENDAR)
    assert left.amount == amount
    assert not left.overdue
    assert limit.remaining(start, due, pauses, CALENDAR).amount == 0


@given(moments, limits, st.integers(0, 60000))
def test_overdue_exactly_when_now_is_behind_the_due(start, limit, later):
    now = start + timedelta(minutes=later)
    left = limit.remaining(start, now, [], CALENDAR)
    assume(left.due.at != now)
    assert left.overdue == (now > limit.due(start, CALENDAR).at)
    assert left.amount >= 0
