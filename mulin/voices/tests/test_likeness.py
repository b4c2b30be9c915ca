"""Others said this too: only what is open, near, recent and public; more for who may see more."""

from datetime import timedelta

import pytest

from mulin.kernel import clock
from mulin.voices import queries
from mulin.voices.models import Matter

SAME = "三单元门口路灯坏了，一个星期没人修"


def numbers(found) -> list[str]:
    return [s.matter.number for s in found]


def test_a_published_open_matter_of_the_same_thing_is_found_with_a_reason(published, world):
    matter = published()
    (found,) = queries.similar(SAME, world.home, category="street_lamp")
    assert found.matter.number == matter.number and 0.5 <= found.probability <= 1
    assert "路灯照明" in found.reason


def test_another_thing_is_not_found(published, world):
    published()
    assert queries.similar("请问居住证怎么办理，需要什么材料", world.home) == []


@pytest.mark.parametrize(
    "change",
    [
        {"is_open": False},
        {"publication": "asked"},
        {"publication": "hidden"},
        {"restriction": "tip_off"},
        {"restriction": "major"},
        {"published_at": "long ago"},
    ],
)
def test_what_is_closed_private_restricted_or_old_is_never_suggested(published, world, change):
    if change.get("published_at"):
        change = {"published_at": clock.now() - timedelta(days=100)}
    matter = published()
    Matter.objects.filter(pk=matter.pk).update(**change)
    assert queries.similar(SAME, world.home) == []


def test_the_neighbouring_community_has_its_own(published, world):
    published()
    assert queries.similar(SAME, world.other_home) == []


def test_staff_also_see_what_is_not_public_yet(speak, cast, world):
    matter = speak(kind="complaint").voice.matter
    assert numbers(queries.similar(SAME, world.home, actor=cast.clerk.actor)) == [matter.number]
    assert queries.similar(SAME, world.home, actor=cast.other_clerk.actor) == []
    assert queries.similar(SAME, world.home, actor=cast.resident.actor) == []
    assert queries.similar(SAME, world.home) == []


def test_no_text_that_is_not_public_is_shown_to_everyone(published, world):
    published(text="我叫李晓梅，三单元门口路灯坏了一个星期没人修")
    (found,) = queries.similar(SAME, world.home)
    assert "李晓梅" not in found.matter.public_text + found.matter.public_title


def test_what_is_far_from_the_point_is_not_suggested(published, world):
    near = published(building=world.building)
    site = world.sites[world.building]
    assert numbers(queries.similar(SAME, world.home, lon=site.lon, lat=site.lat)) == [near.number]
    assert queries.similar(SAME, world.home, lon=site.lon + 0.05, lat=site.lat) == []


def test_one_statement_and_at_most_as_many_as_asked(published, world, django_assert_max_num_queries):
    for _ in range(5):
        published()
    queries.similar(SAME, world.home)
    with django_assert_max_num_queries(1):
        assert len(queries.similar(SAME, world.home, limit=3)) == 3


# Of one subject, told in other words ---------------------------------------------------------------


@pytest.fixture
def shown(speak, cast):
    """`shown(text, category)` is a published matter that is read as it was said, at one point."""
    from mulin.voices.actions import publish_matter

    def make(text, category="", **fields):
        voice = speak(text=text, kind="complaint", category=category, **fields).voice
        title, said = voice.matter.title.replace("*", ""), voice.text_masked
        return publish_matter(actor=cast.secretary.actor, number=voice.number, title=title, text=said)

    return make


ESTATE = "金堰花园3栋2单元"
LAMPS = ("{}门口的路灯坏了一个星期", "{}晚上黑漆漆的，路灯不亮", "{}的灯坏了，老人晚上看不见路")
OTHERS = (
    ("{}楼下跳广场舞，噪音大得睡不着", "noise"),
    ("{}夜里施工吵得睡不着", "construction"),
    ("{}门口的垃圾桶满了没人收", "garbage"),
    ("{}的电梯坏了三天，老人下不了楼", "lift_fault"),
    ("{}门口乱停车，一个星期没人管", "illegal_parking"),
)


@pytest.mark.parametrize("lamp", LAMPS)
@pytest.mark.parametrize(("other", "category"), OTHERS)
def test_another_thing_at_the_very_same_spot_is_never_offered(shown, world, lamp, other, category):
    site = world.sites[world.building]
    here = {"lon": site.lon, "lat": site.lat}
    shown(other.format(ESTATE), category, **here)
    text = lamp.format(ESTATE)
    assert queries.similar(text, world.home, **here) == []
    assert queries.similar(text, world.home, category="street_lamp", **here) == []
    assert queries.similar(other.format(ESTATE), world.home, **here) != []


@pytest.mark.parametrize("first", LAMPS)
@pytest.mark.parametrize("second", LAMPS)
def test_the_same_thing_in_other_words_is_offered(shown, world, first, second):
    matter = shown(first.format(ESTATE), "street_lamp")
    assert numbers(queries.similar(second.format("我们楼"), world.home)) == [matter.number]


def test_the_same_words_are_offered_though_the_desk_gave_another_category(shown, world):
    matter = shown("物业把儿童游乐场的滑梯拆了", "telecom_lines")
    assert numbers(queries.similar("游乐场的滑梯被物业拆了", world.home, category="park")) == [matter.number]


def test_how_alike_the_words_must_be_is_a_rule_of_the_place(shown, world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    shown("物业把儿童游乐场的滑梯拆了", "telecom_lines")
    RuleOverride.objects.create(
        name="voices.similar.text_alone", place=world.street, valid_from="2020-01-01", value=1.0,
        basis="试点", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert queries.similar("游乐场的滑梯被物业拆了", world.home, category="park") == []


def test_wishes_of_one_category_with_other_words_are_not_gathered_unasked(speak, cast):
    ours = {"kind": "wish", "category": "interest_course"}
    first = speak(text="我想要一个周末的书法班", **ours).voice
    other = speak(cast.newcomer.actor, text="我想要一个周末的舞蹈班", **ours).voice
    same = speak(cast.neighbour.actor, text="我想要一个周末的书法班。", **ours).voice
    assert other.matter_id != first.matter_id and same.matter_id == first.matter_id
