"""Hot topics from invented messages."""

from datetime import datetime, timedelta

from mulin.voices.hot import Message, topics

START = datetime(2026, 3, 1)  # noqa: DTZ001 - files carry times without a zone
OTHERS = [
    "路灯不亮",
    "公交太少",
    "井盖松动",
    "宽带断网",
    "社保缴费",
    "入学报名",
    "树枝挡光",
    "电梯抖动",
    "消防演练",
    "养犬不牵绳",
]


def messages():
    out = []
    for n in range(8):
        out.append(
            Message(
                f"smoke{n}",
                f"金堰苑楼下餐馆油烟直排{n}",
                START + timedelta(days=n),
                "油烟味很大，烧烤夜宵摊营业到凌晨",
            )
        )
    for n in range(5):
        out.append(
            Message(
                f"crack{n}",
                f"金堰苑外墙开裂第{n}次反映",
                START + timedelta(days=3 * n),
                "墙体裂缝瓷砖脱落，怕砸到人",
            )
        )
    for n, subject in enumerate(OTHERS * 3):
        out.append(
            Message(
                f"o{n}", f"{subject}{chr(0x4E00 + 37 * n)}{chr(0x5E00 + 41 * n)}", START + timedelta(days=n)
            )
        )
    return out


def test_one_estate_with_two_matters_gives_two_topics():
    found = topics(messages(), top=5)
    sets = [set(topic.ids) for topic in found]
    assert {f"smoke{n}" for n in range(8)} in sets
    assert {f"crack{n}" for n in range(5)} in sets


def test_the_topic_says_what_where_how_many_and_since_when():
    first = topics(messages(), top=1)[0]
    assert "金堰苑" in first.label
    assert first.count == len(first.ids) == 8
    assert first.since == START
    assert first.until == START + timedelta(days=7)


def test_the_order_of_the_file_does_not_matter():
    assert topics(messages()) == topics(list(reversed(messages())))


def test_few_or_no_messages_give_no_topic():
    assert topics([]) == []
    assert topics(messages()[:2]) == []


def test_a_topic_is_not_listed_twice():
    found = topics(messages(), top=10)
    ids = [i for topic in found for i in topic.ids]
    assert len(ids) == len(set(ids))
