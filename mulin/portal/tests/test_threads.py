"""What a published matter came from and what came of it, told on both public pages."""

from django.test import Client
from django.urls import reverse

from mulin.voices.actions import grow_out_of


def read(matter) -> str:
    return Client().get(reverse("portal:matter", args=[matter.number])).content.decode()


def test_two_published_matters_lead_to_each_other_and_the_reason_stays_inside(shown, cast):
    wish, matter = shown("wish", "想在大门口种点花"), shown("help", "请把大门口的空地清出来")
    actor = cast.secretary.actor
    grow_out_of(actor=actor, number=matter.number, of=wish.number, reason="会上定下来的")
    pages = {one.number: read(one) for one in (wish, matter)}
    assert wish.public_title in pages[matter.number] and "从这里来" in pages[matter.number]
    assert matter.public_title in pages[wish.number] and "后来长成了" in pages[wish.number]
    assert not any("会上定下来的" in html for html in pages.values())
