"""Guesses at the desk: those below the floor of the rule are not shown."""

import pytest

from mulin.desk import ideas

pytestmark = pytest.mark.django_db


def test_guesses_below_the_floor_are_hidden(world):
    guesses = [
        {"code": "street_lamp", "confidence": 0.81, "reason": ["路灯"]},
        {"code": "garbage", "confidence": 0.02, "reason": []},
        {"code": "noise", "confidence": 0.0, "reason": []},
    ]
    assert [one["code"] for one in ideas.categories(guesses, world.home)] == ["street_lamp"]


def test_a_place_may_raise_the_floor(world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    RuleOverride.objects.create(
        name=ideas.FLOOR, place=world.street, valid_from="2020-01-01", value=0.9,
        basis="试点", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    assert ideas.categories([{"code": "garbage", "confidence": 0.81}], world.home) == []
