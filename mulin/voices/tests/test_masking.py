"""Personal data is found by its form, and by its check digit where it has one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.voices import masking


def kinds(text):
    return [span.kind for span in masking.find(text)]


def id_number(body):
    total = sum(
        w * int(d) for w, d in zip((7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)
    )
    return body + "10X98765432"[total % 11]


def card(body):
    return next(body + str(d) for d in range(10) if masking.valid_card(body + str(d)))


BIRTH = (
    st.dates().filter(lambda d: 1900 <= d.year < 2100).map(lambda d: f"{d.year:04d}{d.month:02d}{d.day:02d}")
)
BODY = st.tuples(st.integers(110000, 659999), BIRTH, st.integers(0, 999)).map(
    lambda t: f"{t[0]}{t[1]}{t[2]:03d}"
)


@given(BODY)
def test_an_id_number_with_its_check_character_is_found(body):
    number = id_number(body)
    assert masking.valid_id_number(number)
    assert kinds(f"我的身份证{number}请保密") == ["id_number"]


@given(BODY, st.integers(1, 10))
def test_an_id_number_with_a_wrong_check_character_is_not_one(body, shift):
    right = id_number(body)
    wrong = body + "10X98765432"[("10X98765432".index(right[-1]) + shift) % 11]
    assert not masking.valid_id_number(wrong)


@given(st.text("0123456789", min_size=15, max_size=18).filter(lambda s: s[0] != "0" and len(set(s)) > 1))
def test_a_bank_card_passes_luhn_and_fails_with_one_digit_changed(body):
    number = card(body)
    changed = str((int(number[0]) + 1) % 10) + number[1:]
    assert not masking.valid_card(changed)


@given(st.text(max_size=80))
def test_masking_keeps_the_length_and_touches_only_the_spans(text):
    spans = masking.find(text)
    covered = {i for s in spans for i in range(s.start, s.end)}
    masked = masking.mask(text, spans)
    assert len(masked) == len(text)
    assert all(masked[i] == ("*" if i in covered else text[i]) for i in range(len(text)))
    assert all(a.end <= b.start for a, b in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "kind", "piece"),
    [
        ("电话13812345678，谢谢", "mobile", "13812345678"),
        ("打+86 138 1234 5678找我", "mobile", "+86 138 1234 5678"),
        ("座机023-62881234", "landline", "023-62881234"),
        ("写信到 zhang.san@example.cn", "email", "zhang.san@example.cn"),
        ("渝A12345停在门口", "plate", "渝A12345"),
        ("绿牌渝AD12345占位", "plate", "渝AD12345"),
        ("加微信：lao_wang88", "messenger", "lao_wang88"),
        ("QQ号123456789", "messenger", "123456789"),
        ("我住3栋2单元501", "door", "3栋2单元501"),
        ("我叫王小明，住在这里", "name", "王小明"),
        ("联系人：李华，晚上在家", "name", "李华"),
    ],
)
def test_personal_data_is_found_where_it_stands(text, kind, piece):
    spans = [s for s in masking.find(text) if s.kind == kind]
    assert [text[s.start : s.end] for s in spans] == [piece]


@pytest.mark.parametrize(
    "text", ["请拨打12345", "2026年11月22日", "罚款3000元", "垃圾堆了三天", "A3区西行便道"]
)
def test_public_numbers_and_dates_stay(text):
    assert masking.find(text) == []


def test_a_door_number_is_milder_than_a_phone():
    spans = masking.find("3栋2单元501，电话13812345678")
    assert {s.kind: s.mild for s in spans} == {"door": True, "mobile": False}


@pytest.mark.parametrize(
    "text",
    [
        "3栋二单元走廊灯坏了",
        "二单元门口",
        "3栋2单元5楼堆杂物",
        "3栋2号电梯坏了",
        "3栋三楼走廊",
        "1单元2单元3单元都停水",
        "6栋1单元18日停水",
        "3栋有501户人",
        "3栋100多户",
        "12号楼2026年建",
        "5号楼120平米",
        "12栋1-18层",
        "2单元1-3楼没灯",
        "3栋共有501户",
        "3栋约301人",
        "3栋全501户都停电",
        "3栋近300人没水",
        "3栋120多户",
        "3栋5楼",
        "三栋一二三楼没水",
        "三栋五六七层停电",
        "三栋二〇〇八年建",
        "5栋1988年交房",
        "5栋2026-11-22停水",
        "3栋10-12点停水",
        "6栋1单元1-3日停水",
        "6栋1-2号电梯停运",
        "3栋100米处有坑",
        "3栋二十多户",
        "3栋5楼2号电梯",
    ],
)
def test_a_building_an_entrance_or_a_floor_is_nobodys_door(text):
    assert masking.mask(text) == text


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("3栋2单元501漏水", "3栋2单元501"),
        ("住3-2-501的人", "3-2-501"),
        ("501室很吵", "501室"),
        ("三栋二单元五零一漏水", "三栋二单元五零一"),
        ("A栋1203漏水", "A栋1203"),
        ("金堰路38号5-2漏水", "38号5-2"),
        ("3号楼 2单元 5-1", "3号楼 2单元 5-1"),
        ("3栋2单元5楼2号堆杂物", "3栋2单元5楼2号"),
        ("2单元302停电", "2单元302"),
        ("3栋601家里天天放音乐", "3栋601"),
        ("3栋601户漏水", "3栋601"),
        ("3栋601天天吵", "3栋601"),
        ("3栋2单元601家的狗", "3栋2单元601"),
        ("5栋302多次投诉", "5栋302"),
        ("5栋302多人合租", "5栋302"),
        ("3栋601人不在", "3栋601"),
        ("3栋601日夜装修", "3栋601"),
        ("2单元502家", "2单元502"),
        ("三栋六零一家", "三栋六零一"),
        ("三栋二一一楼上漏水", "三栋二一一"),
        ("3栋601楼上漏水", "3栋601"),
        ("3栋601门口", "3栋601"),
        ("3栋601年年漏水", "3栋601"),
        ("3栋2011年久失修", "3栋2011"),
        ("3栋601元旦放炮", "3栋601"),
        ("3栋601平时没人", "3栋601"),
        ("3-2-601户", "3-2-601"),
        ("3栋5-1家", "3栋5-1"),
        ("3栋5-1天天吵", "3栋5-1"),
        ("3栋5-1日夜吵", "3栋5-1"),
        ("3栋5-1楼上吵", "3栋5-1"),
        ("3栋2-601户", "3栋2-601"),
        ("3栋6楼601户漏水", "3栋6楼601"),
        ("3栋601、602和701漏水", "3栋601、602和701"),
        ("3#601吵", "3#601"),
    ],
)
def test_a_door_is_covered_whole(text, door):
    assert masking.mask(text) == text.replace(door, "*" * len(door))


FOLLOWS = st.sampled_from(
    "家 户 天 日 人 单 公 名 点 只 万 号 室 层 楼 栋 次 多次 天天 家里 的 漏水 ， 。".split()
)


@given(
    building=st.integers(1, 60),
    behind=st.sampled_from(["栋", "幢", "号楼", "单元", "栋2单元", "-2-", "栋6楼"]),
    floor=st.integers(1, 33),
    door=st.integers(1, 12),
    follows=FOLLOWS,
    rest=st.sampled_from(["", "漏水", "的狗", "不在", "很吵"]),
)
def test_whatever_follows_a_door_never_uncovers_it(building, behind, floor, door, follows, rest):
    room = f"{floor}{door:02d}"
    assert room not in masking.mask(f"请看{building}{behind}{room}{follows}{rest}")
    spoken = room.translate(str.maketrans("0123456789", "零一二三四五六七八九"))
    if "0" in room and behind != "-2-":
        assert spoken not in masking.mask(f"请看{building}{behind}{spoken}{follows}{rest}")


@given(
    st.integers(1, 60),
    st.sampled_from("有 共 共有 约 近 全 大约有".split()),
    st.integers(100, 9999),
    st.sampled_from("户 人 家 个 名 户人家 多户".split()),
)
def test_a_count_that_says_so_is_no_door(building, says_so, number, unit):
    text = f"{building}栋{says_so}{number}{unit}没水"
    assert masking.mask(text) == text


@given(
    st.integers(1, 60),
    st.integers(1, 9),
    st.integers(1, 33),
    st.sampled_from(["走廊", "门口", "漏水", "天天停电", "没灯", "人多"]),
)
def test_building_unit_and_floor_alone_stay_to_be_read(building, unit, floor, rest):
    entrance = f"{building}栋{unit}单元"
    for where in (f"{building}栋", entrance, f"{entrance}{floor}楼", f"{floor}层"):
        assert masking.mask(f"{where}{rest}") == f"{where}{rest}"


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 33), st.integers(1, 8))
def test_no_form_of_a_room_number_is_left_for_the_public(building, unit, floor, door):
    room = f"{floor}{door:02d}"
    for text in (f"{building}栋{unit}单元{room}", f"{building}-{unit}-{room}", f"{unit}单元{room}室"):
        assert room not in masking.mask(f"我住{text}，漏水")
