"""Clubs and orders to try things with."""

import pytest

from mulin.academy.clubs.actions import found_club
from mulin.voices.actions import submit_voice


@pytest.fixture
def wish(world, cast):
    """Say a wish or an offer; gives its matter."""

    def say(text="想学书法，周二晚上有空", kind="wish", who=None, **more):
        who = who or cast.resident
        receipt = submit_voice(actor=who.actor, text=text, kind=kind, place=world.home, **more)
        return receipt.voice.matter

    return say


@pytest.fixture
def club(world, cast):
    """Found a club as the clerk."""

    def found(name="金堰书法社", theme="calligraphy", place=None, **more):
        return found_club(actor=cast.clerk.actor, place=place or world.home, name=name, theme=theme, **more)

    return found
