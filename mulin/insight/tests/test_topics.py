"""Hot topics: staff see what is said, the public what is said of published matters."""

from datetime import timedelta

import pytest

from mulin.insight import queries, topics
from mulin.insight.models import HotTopic
from mulin.kernel import clock
from mulin.voices.models import Matter, Voice

TEXTS = [
    "金堰花园楼下烧烤店油烟太大，晚上不敢开窗",
    "金堰花园烧烤店油烟直排，熏得睡不着",
    "金堰花园底商烧烤油烟扰民，请管一管",
    "金堰花园烧烤摊的油烟又来了，呛人",
    "金堰花园门口烧烤油烟问题一直没解决",
    "金堰花园烧烤店油烟大，老人咳嗽",
]
OTHERS = (
    "三单元门口路灯坏了", "电梯停运两天", "化粪池冒水", "快递柜太满", "儿童滑梯有毛刺", "垃圾桶没有盖",
    "井盖松动有响声", "想学太极拳", "夜里装修吵人", "楼道堆放纸箱", "遛狗不牵绳", "停车位被占",
    "雨天地下室渗水", "健身器材坏了",
)  # fmt: skip


@pytest.fixture
def smoke(fill, world):
    """Six people about the smoke of one estate, and others about other things."""
    cases = fill(world.home, len(TEXTS), state="reported", category="cooking_fumes")
    for case, text in zip(cases, TEXTS, strict=True):
        Matter.objects.filter(pk=case.matter_id).update(title=text[:20])
        Voice.objects.filter(matter=case.matter_id).update(text=text)
    fill(world.home, 1, state="reported")
    for case, text in zip(fill(world.home, len(OTHERS), state="reported"), OTHERS, strict=True):
        Voice.objects.filter(matter=case.matter_id).update(text=text)
        Matter.objects.filter(pk=case.matter_id).update(title=text)
    return cases


def test_the_worker_finds_what_many_speak_about(smoke, world, cast):
    assert topics.refresh() == 1
    hot = queries.board(cast.clerk.actor, world.home).hot
    assert hot[0].n >= 5 and "金堰花园" in hot[0].label
    assert hot[0].places == (world.home,)
    assert queries.board(cast.district.actor, world.district).hot == hot


def test_the_public_sees_only_topics_of_published_matters(smoke, world, anonymous):
    topics.refresh()
    assert queries.board(anonymous, world.street).hot == ()
    for voice in Voice.objects.all():
        Matter.objects.filter(pk=voice.matter_id).update(
            publication="shown",
            public_title=voice.text[:20],
            public_text=voice.text,
            published_at=clock.now(),
        )
    topics.refresh_street(world.street)
    assert queries.board(anonymous, world.street).hot[0].n >= 5


def test_a_tip_off_warms_no_topic(smoke, world):
    Matter.objects.filter(pk__in=[case.matter_id for case in smoke]).update(restriction="tip_off")
    topics.refresh()
    assert not HotTopic.objects.exists()


def test_old_voices_are_forgotten(smoke, world, cast, freeze):
    topics.refresh()
    assert HotTopic.objects.exists()
    freeze(clock.now() + timedelta(days=60))
    topics.refresh()
    assert not HotTopic.objects.exists()


def test_a_street_is_not_looked_at_again_at_once(smoke):
    assert topics.refresh() == 1
    assert topics.refresh() == 0
