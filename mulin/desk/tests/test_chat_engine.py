"""Taking a copied chat apart: the ways in which people copy, and that no words are ever lost or invented."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.desk.chat import MOST_MESSAGES, MOST_TEXT, is_likely, parse

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=timezone(timedelta(hours=8)))


def texts(chat: str) -> list[str]:
    return [message.text for message in parse(chat, NOW)]


@pytest.mark.parametrize(
    ("chat", "sender", "at"),
    [
        ("张三 2026/11/20 15:20\n路灯坏了", "张三", (2026, 11, 20, 15, 20)),
        ("张三 2026年11月20日 15:20\n路灯坏了", "张三", (2026, 11, 20, 15, 20)),
        ("张三 11-20 15:20:33\n路灯坏了", "张三", (2026, 11, 20, 15, 20)),
        ("张三 12-20 15:20\n路灯坏了", "张三", (2025, 12, 20, 15, 20)),
        ("2026-11-20 15:20:33 张三(12345)\n路灯坏了", "张三", (2026, 11, 20, 15, 20)),
        ("[2026/11/20 15:20] 张三: 路灯坏了", "张三", (2026, 11, 20, 15, 20)),
        ("2026/11/20 15:20 - 3栋李姐: 路灯坏了", "3栋李姐", (2026, 11, 20, 15, 20)),
        ("张三 9:20\n路灯坏了", "张三", (2026, 11, 22, 9, 20)),
        ("张三 23:20\n路灯坏了", "张三", (2026, 11, 21, 23, 20)),
        ("张三 下午 3:20\n路灯坏了", "张三", (2026, 11, 21, 15, 20)),
        ("张三：路灯坏了", "张三", None),
        ("路灯坏了", "", None),
    ],
)
def test_the_usual_ways_of_copying_are_understood(chat, sender, at):
    (message,) = parse(chat, NOW)
    assert (message.text, message.sender) == ("路灯坏了", sender)
    assert (message.at and tuple(message.at.timetuple()[:5])) == at


def test_words_on_several_lines_are_one_message():
    assert texts("张三 15:20\n三单元路灯坏了\n晚上看不见\n李四 15:21\n收到") == [
        "三单元路灯坏了\n晚上看不见",
        "收到",
    ]


def test_a_label_before_a_colon_is_not_a_name():
    (message,) = parse("地点：三单元门口路灯坏了", NOW)
    assert (message.sender, message.text) == ("", "地点：三单元门口路灯坏了")


def test_what_the_program_says_itself_is_left_out():
    assert texts("张三 15:20\n路灯坏了\n李四撤回了一条消息\n王五 15:22\n井盖松了") == ["路灯坏了", "井盖松了"]


@pytest.mark.parametrize("text", ["收到", "好的", "谢谢大家", "[图片]", "1", "辛苦了", "@所有人"])
def test_small_talk_is_not_ticked(text):
    assert not is_likely(text)


@pytest.mark.parametrize("text", ["三单元门口的路灯坏了", "楼道里堆满旧家具过不去"])
def test_what_may_be_a_voice_is_ticked(text):
    assert is_likely(text)


def test_an_impossible_date_is_no_date_and_no_error():
    assert [m.at for m in parse("张三 2026/13/45 25:99\n路灯坏了", NOW)][-1] is None


@given(st.text(alphabet="张三李四路灯坏了收到 :：/-[]()0123456789\n年月日", max_size=400))
def test_no_words_are_invented(chat):
    for message in parse(chat, NOW):
        assert message.text == message.text.strip()
        assert all(line.strip() in chat for line in message.text.split("\n"))
        assert message.at is None or message.at <= NOW + timedelta(days=366 * 8000)


@given(
    st.lists(st.sampled_from(["路灯坏了好几天没人修", "井盖松了一过车就响", "楼道里堆满旧家具"]), max_size=30)
)
def test_every_message_under_a_name_and_a_time_is_found_in_order(said):
    chat = "\n".join(f"邻居{n} 2026/11/20 15:{n:02d}\n{text}" for n, text in enumerate(said))
    assert texts(chat) == said


def test_there_is_an_end_to_what_is_read():
    many = "\n".join(f"第{n}条：路灯坏了" for n in range(MOST_MESSAGES + 50))
    assert len(parse(many, NOW)) == MOST_MESSAGES
    assert len(texts("路" * (MOST_TEXT + 10))[0]) == MOST_TEXT
