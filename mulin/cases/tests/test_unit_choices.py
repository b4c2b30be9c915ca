"""Which units a move offers: duty first, groups of residents last and only those that may be meant."""

import pytest

from mulin.cases import moves, routing
from mulin.cases.models import Route
from mulin.people.models import Organisation
from mulin.places.models import Site


def group(world, name: str, place: str = "", **fields) -> Organisation:
    return Organisation.objects.create(name=name, kind="club", place=place or world.home, **fields)


def offered(cast, case, move: str, name: str) -> moves.FormField:
    return next(one for one in moves.MoveForm(move).fields(cast.clerk.actor, case) if one.name == name)


@pytest.mark.parametrize(
    ("move", "name"),
    [("whistle", "orgs"), ("dispatch", "org"), ("object", "proposed"), ("decide-objection", "org")],
)
def test_a_hobby_group_is_no_unit_and_one_that_keeps_a_place_stands_apart(speak, cast, world, move, name):
    club = group(world, "阿舞蹈队")
    keeper = group(world, "花园守护队", adopted=Site.objects.get(code=world.estate))
    elsewhere = group(
        world, "别处的队", world.other_home, adopted=Site.objects.get(code=world.other_building)
    )
    field = offered(cast, speak().case(), move, name)
    units = {value for value, _name in field.choices}
    assert units and not units & {str(one.pk) for one in (club, keeper, elsewhere)}
    assert field.groups == [(str(keeper.pk), "花园守护队")]


def test_a_group_that_a_route_names_takes_cases_and_comes_after_the_units(speak, cast, world):
    helpers = group(world, "修灯志愿队")
    Route.objects.create(place=world.home, category="street_lamp", org=helpers)
    Route.objects.create(place=world.street, category="street_lamp", org=world.city_management)
    case = speak().case()
    assert offered(cast, case, "dispatch", "org").groups == [(str(helpers.pk), "修灯志愿队")]
    suggested = [one.org.name for one in routing.suggest(case, limit=9)]
    assert suggested[-1] == "修灯志愿队" and "南岸区城市管理局" in suggested


def test_units_with_a_route_stand_before_the_others_when_several_are_called(speak, cast, world):
    Route.objects.create(place=world.street, category="garbage", org=world.housing)
    names = [name for _value, name in offered(cast, speak().case(), "whistle", "orgs").choices]
    suggested = [one.org.name for one in routing.suggest(speak().case())]
    assert names[: len(suggested) + 1] == [*suggested, world.housing.name]


def test_the_objecting_unit_is_not_offered_as_who_should_do_it(speak, cast, world, do, bring):
    said = speak()
    bring(said.number, "dispatched")
    own = str(world.city_management.id)
    assert own not in dict(offered(cast, said.case(), "object", "proposed").choices)
    do("object", "department", said.number, reason="不归我们管")
    assert own not in dict(offered(cast, said.case(), "decide-objection", "org").choices)
