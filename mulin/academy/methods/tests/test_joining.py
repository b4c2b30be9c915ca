"""Two communities or streets become one: pilots, recommendations and adoptions of one method too."""

from datetime import timedelta

import pytest

from mulin.academy.methods import adopting, piloting
from mulin.academy.methods.models import Adoption, Pilot, PilotSite, Spread
from mulin.academy.methods.piloting import Measure
from mulin.academy.methods.tests import test_methods
from mulin.academy.methods.tests.test_methods import pilot
from mulin.kernel import clock, journal
from mulin.kernel.models import Entry
from mulin.places import following

published = test_methods.published
FIRST, SECOND = "500108002005", "500108002012"
TOWN = "500108106000"


def follow(mapping):
    return following.rewrite_all(mapping, lambda label, n: None)


def lines(code):
    return Entry.objects.filter(code=code).count()


def test_a_pilot_in_two_communities_runs_in_the_one_they_became(world, cast, published):
    made = pilot(cast, world, published.number)
    follow({SECOND: FIRST})
    assert list(made.sites.values_list("place", flat=True)) == [FIRST]
    assert follow({SECOND: FIRST}) == 0


def test_two_streets_that_try_one_method_try_it_together(world, cast, published):
    first = pilot(cast, world, published.number)
    today = clock.today()
    second = piloting.decide_pilot(
        actor=cast.district.actor, number=published.number, place=TOWN, sites=["500108106001"],
        starts_on=today + timedelta(days=5), ends_on=today + timedelta(days=120),
        criteria=[Measure("开了几次小圆桌", "least", 6, "次"), Measure("来了几户", "least", 20, "户")],
    )  # fmt: skip
    # The street goes into the town: the town's pilot goes on.
    follow({world.street: TOWN})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, first.place, second.place) == ("stopped", "running", TOWN, TOWN)
    assert second.number in first.conclusion and first.ended_at
    assert (second.starts_on, second.ends_on) == (today, today + timedelta(days=120))
    assert sorted(second.sites.values_list("place", flat=True)) == [FIRST, SECOND, "500108106001"]
    words = second.criteria.order_by("position").values_list("position", "words")
    assert list(words) == [(1, "开了几次小圆桌"), (2, "来了几户"), (3, "又闹起来的事")]
    assert first.criteria.count() == 2 and first.sites.count() == 2
    assert lines("academy.pilot.joined") == 1 and journal.verify().ok
    assert follow({world.street: TOWN}) == 0 and Pilot.objects.count() == 2
    found = dict.fromkeys((1, 2, 3), (7, "都做了"))
    piloting.end_pilot(actor=cast.district.actor, number=second.number, found=found, conclusion="学到了")


def test_what_two_streets_wrote_when_they_recommended_it_is_kept(world, cast, published):
    for place, words in ((world.street, "老小区先试"), (TOWN, "新小区也行")):
        Spread.objects.create(method=published, place=place, words=words)
    follow({world.street: "500108999000", TOWN: "500108999000"})
    assert Spread.objects.get().words == "花园路街道：老小区先试\n长生桥镇：新小区也行"
    assert lines("academy.spread.joined") == 1


@pytest.mark.parametrize("told", [0, 1, 2])
def test_two_communities_that_took_it_over_took_it_over_once(world, cast, published, told, freeze):
    made = [
        adopting.take_over(actor=actor.actor, number=published.number, place=place)
        for actor, place in ((cast.street, SECOND), (cast.other_clerk, world.other_home))
    ]
    for n, one in enumerate(made[:told], 1):
        freeze(clock.now() + timedelta(days=1))
        actor = cast.street if n == 1 else cast.other_clerk
        adopting.tell_adoption(
            actor=actor.actor, number=one.number, state="changed", changes=f"改{n}", result=f"成了{n}"
        )
    follow({SECOND: world.other_home})
    left = Adoption.objects.get()
    last = made[told - 1] if told else made[1]
    assert (left.pk, left.place) == (last.pk, world.other_home)
    assert left.state == ("changed" if told else "trying")
    said = {0: "", 1: "成了1", 2: "同景社区：成了2\n金山路社区：成了1"}
    assert left.result == said[told] and lines("academy.adoption.joined") == 1
    assert follow({SECOND: world.other_home}) == 0


def test_groups_and_different_methods_stay_apart(world, cast, published):
    adopting.take_over(actor=cast.street.actor, number=published.number, place=SECOND)
    PilotSite.objects.all().delete()
    Adoption.objects.create(number="x1", method=published, place=world.home, org=world.group)
    follow({SECOND: world.home})
    assert Adoption.objects.filter(place=world.home).count() == 2
