"""Wishes and offers to try things with."""

import pytest

from mulin.voices.actions import submit_voice


@pytest.fixture
def say(world, cast):
    """Say a wish or an offer; gives the voice."""

    def said(text="想学书法，周二晚上有空", kind="wish", who=None, place=None, **more):
        who = who or cast.resident
        return submit_voice(actor=who.actor, text=text, kind=kind, place=place or world.home, **more).voice

    return said
