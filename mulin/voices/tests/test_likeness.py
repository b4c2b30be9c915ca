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
