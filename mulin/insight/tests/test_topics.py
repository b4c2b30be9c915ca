"""Hot topics: staff see what is said, the public what is said of published matters."""

from datetime import timedelta

import pytest

from mulin.insight import queries, topics
from mulin.insight.models import HotTopic
from mulin.kernel import clock
from mulin.places.models import Site
from mulin.voices.hot import Message
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import catalogue

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


def speak(fill, place, texts, category="street_lamp", days_ago=3):
    cases = fill(place, len(texts), state="reported", category=category, days_ago=days_ago)
    for case, text in zip(cases, texts, strict=True):
        Matter.objects.filter(pk=case.matter_id).update(title=text[:20])
        Voice.objects.filter(matter=case.matter_id).update(text=text)


def test_a_topic_says_the_matter_and_the_place(smoke, world, cast):
    """The matter as it was filed, the place as it is called, though nobody wrote its whole name."""
    Site.objects.create(code=f"{world.home}-E077", kind="estate", name="金堰花园", community=world.home)
    topics.refresh()
    labels = [topic.label for topic in queries.board(cast.clerk.actor, world.home).hot]
    assert labels[0] == f"金堰花园：{catalogue().name('cooking_fumes')}"


def test_a_name_alone_is_no_topic(fill, world, cast):
    """Six people name one estate, each for something else."""
    filed = ("", "noise", "garbage", "park", "lift", "gas")
    for text, category in zip(OTHERS, filed, strict=False):
        speak(fill, world.home, [f"望江苑{text}"], category=category)
    speak(fill, world.home, OTHERS[6:])
    topics.refresh()
    assert all("：" in row.label and not row.label.endswith("：") for row in HotTopic.objects.all())
    assert not HotTopic.objects.filter(label="望江苑").exists()


@pytest.mark.parametrize(
    ("engine", "texts", "categories", "label"),
    [
        ("堰花园：烧烤、油烟", ["金堰花园油烟大", "金堰花园烧烤"], ["cooking_fumes"] * 2, "金堰花园：{0}"),
        ("油烟扰民", ["楼下油烟扰民", "又是油烟扰民"], ["cooking_fumes"] * 2, "金堰社区：{0}"),
        ("望江苑：水压、太小", ["望江苑水压太小", "望江苑没水"], ["", ""], "望江苑：水压、太小"),
        ("望江苑", ["望江苑停水", "望江苑好吵"], ["", ""], ""),
        ("望江苑", ["望江苑停水", "望江苑好吵"], ["cooking_fumes", "noise"], "望江苑：{0}、{1}"),
    ],
)
def test_labels(world, engine, texts, categories, label):
    Site.objects.create(code=f"{world.home}-E077", kind="estate", name="金堰花园", community=world.home)
    said = [
        Message(str(n), text[:20], clock.now(), text, world.home, category)
        for n, (text, category) in enumerate(zip(texts, categories, strict=True))
    ]
    names = [catalogue().name(code) for code in dict.fromkeys(categories) if code]
    assert topics.Naming(world.street).label(engine, said) == label.format(*names)


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
