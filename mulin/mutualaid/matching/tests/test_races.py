"""Pressed twice at one moment: one application, and a sentence for the second press."""

import pytest

from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry
from mulin.kernel.testing.together import at_once
from mulin.mutualaid.matching import actions
from mulin.mutualaid.matching.actions import helpers
from mulin.mutualaid.matching.models import AidHelper, AidNeed
from mulin.mutualaid.matching.tests.conftest import AFTERNOONS
from mulin.voices.actions import submit_voice

RACING = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
GIVEN = {"name": "王婶", "kinds": ["company"], "windows": AFTERNOONS, "contact": "13900139000"}


class TestPressingAtOnce:
    pytestmark = RACING

    def test_the_same_finger_twice_is_one_helper(self, cast, world):
        actor = cast.resident.actor

        def press() -> None:
            actions.offer_help(actor=actor, place=world.home, **GIVEN)

        assert at_once(*[press] * 8) == ["offered-already"] * 7
        helper = AidHelper.objects.get()
        assert [one.kind for one in helper.kinds.all()] == ["company"]
        assert Entry.objects.filter(code="aid.helper.offered").count() == 1

    def test_two_offers_of_one_person_that_two_desks_take_at_once_are_one_helper(self, cast, world):
        said = [
            submit_voice(actor=cast.resident.actor, text=text, place=world.home, kind="offer")
            for text in ("我能陪老人说说话", "我能帮着买菜")
        ]

        def take(number: str) -> None:
            actions.take_matter(actor=cast.clerk.actor, number=number, text="谢谢您")

        acts = [lambda n=one.voice.matter.number: take(n) for one in said]
        assert at_once(*acts) == [] and AidHelper.objects.count() == 1

    def test_a_wish_that_two_desks_take_at_once_is_taken_once(self, cast, world):
        said = submit_voice(actor=cast.resident.actor, text="想请邻居接孩子", place=world.home, kind="wish")
        number = said.voice.matter.number

        def take() -> None:
            actions.take_matter(actor=cast.clerk.actor, number=number, text="转到互助了")

        assert at_once(*[take] * 4) == ["taken-already"] * 3 and AidNeed.objects.count() == 1


@pytest.mark.django_db
def test_who_is_beaten_to_it_reads_that_they_are_on_the_list(cast, world, monkeypatch):
    """As if nobody had been there when one looked, and somebody was when one wrote."""
    actions.offer_help(actor=cast.resident.actor, place=world.home, **GIVEN)
    looked, real = [], helpers.active

    def blind(*given):
        looked.append(given)
        return None if len(looked) == 1 else real(*given)

    monkeypatch.setattr(helpers, "active", blind)
    with pytest.raises(ActionError) as refused:
        actions.offer_help(actor=cast.resident.actor, place=world.home, **GIVEN)
    assert refused.value.code == "offered-already" and AidHelper.objects.count() == 1
