"""What an order is about, read from its words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.academy import catalogues
from mulin.academy.orders.reading import choices, guess, slots_in, windows
from mulin.academy.timetable.week import minute_of


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("想学二胡，有老师教吗", "folk_music"),
        ("家里老人想学智能手机怎么用", "smartphone"),
        ("放学后没人管，想要四点半课堂做作业", "tutoring"),
        ("想摆龙门阵，喝喝茶", "tea_chat"),
        ("我们几个想跳广场舞", "square_dance"),
        ("想在院坝里学太极拳", "tai_chi"),
        ("太极剑有人教没有", "martial_arts"),
        ("路灯坏了", ""),
    ],
)
def test_a_theme_is_known_by_its_longest_cue(text, theme):
    assert guess(text).theme == theme


@pytest.mark.parametrize(
    ("text", "age"),
    [("给孩子找个画画班", "child"), ("退休了想唱歌", "elder"), ("亲子活动", "family"), ("学瑜伽", "")],
)
def test_an_age_is_said_or_left_open(text, age):
    assert guess(text).age == age


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("周二晚上有空", ["2-evening"]),
        ("星期三下午或者周五上午", ["3-morning", "3-afternoon", "5-morning", "5-afternoon"]),
        ("周一到周三上午", ["1-morning", "2-morning", "3-morning"]),
        ("周末", [f"{day}-{part}" for day in (6, 7) for part in ("morning", "afternoon", "evening")]),
        ("礼拜天早上", ["7-morning"]),
        ("每晚", []),
    ],
)
def test_times_are_read_as_windows_of_the_week(text, wanted):
    assert choices(slots_in(text)) == wanted


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我们8个人想打羽毛球", 8),
        ("十几个老姐妹", 12),
        ("我们十几个人", 12),
        ("我们三位", 3),
        ("想学画画", 1),
    ],
)
def test_how_many_are_meant(text, people):
    assert guess(text).people == people


@pytest.mark.parametrize(
    ("text", "gives"),
    [
        ("我会拉二胡，可以教大家", "teach"),
        ("我们舞蹈队可以纳入社区学院吗", "team"),
        ("我周二有时间，可以帮忙", "time"),
    ],
)
def test_an_offer_gives_teaching_a_team_or_time(text, gives):
    assert guess(text, "offer").gives == gives
    assert guess(text, "wish").gives == ""


@given(st.sets(st.tuples(st.integers(1, 7), st.sampled_from(["morning", "afternoon", "evening"]))))
def test_choices_and_windows_are_the_same_thing(pairs):
    said = {f"{day}-{part}" for day, part in pairs}
    assert set(choices(windows(said))) == said
    for one in windows(said):
        assert minute_of(one["from"]) < minute_of(one["to"])


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text):
    found = guess(text, "offer")
    assert found.theme == "" or found.theme in catalogues.themes()
    assert found.people >= 1


def test_every_theme_belongs_to_a_union_and_has_both_names():
    for one in catalogues.themes().values():
        assert one.union in catalogues.unions() and one.title and one.title_en and one.words
        assert 15 <= one.minutes <= 480
    cues = [cue for one in catalogues.themes().values() for cue in one.words]
    assert len(cues) == len(set(cues)), "a cue that two themes have decides nothing"
