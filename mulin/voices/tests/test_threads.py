"""What a matter grew out of: said by the desk, seen at both ends as far as each may be seen."""

import pytest

from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import ThreadLink
from mulin.kernel.policy import table
from mulin.voices import actions, queries
from mulin.voices.tests.conftest import WISH

WHY = "大家在心愿里说起，后来一起动手"


@pytest.fixture
def two(speak, cast):
    """A wish, and the matter that grew out of it."""
    wish = speak(text=WISH, kind="wish", category="interest_course").voice.matter
    return wish, speak(cast.neighbour.actor, text="请把空地清出来", kind="help").voice.matter


def grow(cast, child, parent, *, who="clerk", reason=WHY):
    actor = getattr(cast, who).actor
    return actions.grow_out_of(actor=actor, number=child.number, of=parent.number, reason=reason)


def refused(code, call, *args, **fields):
    with pytest.raises(ActionError) as error:
        call(*args, **fields)
    assert error.value.code == code


def names(thread):
    return tuple([one.number for one in part] for part in thread)


def test_a_link_is_seen_at_both_ends_with_its_reason_and_one_line(two, cast, lines):
    wish, matter = two
    grow(cast, matter, wish)
    among = queries.visible_matters(cast.clerk.actor)
    assert names(queries.thread_of(matter, among)) == ([wish.number], [])
    assert names(queries.thread_of(wish, among)) == ([], [matter.number])
    assert queries.thread_of(matter, among)[0][0].link_note == WHY
    (line,) = lines("voices.matter.linked")
    assert line.data == {"number": matter.number, "of": wish.number} and line.matter == matter.pk


def test_everybody_sees_it_only_where_both_are_public(two, cast):
    wish, matter = two
    grow(cast, matter, wish)
    act = {"actor": cast.secretary.actor, "text": "空地", "title": "空地"}
    actions.publish_matter(number=matter.number, **act)
    assert names(queries.thread_of(matter, queries.public_matters())) == ([], [])
    actions.publish_matter(number=wish.number, **act)
    assert names(queries.thread_of(matter, queries.public_matters())) == ([wish.number], [])


def test_it_is_taken_back(two, cast, lines):
    wish, matter = two
    grow(cast, matter, wish)
    cut = {"actor": cast.clerk.actor, "number": matter.number, "of": wish.number}
    actions.cut_from(**cut)
    assert not ThreadLink.objects.exists() and len(lines("voices.matter.unlinked")) == 1
    refused("not-linked", actions.cut_from, **cut)


def test_no_circle_no_repeat_and_nothing_out_of_itself(two, speak, cast):
    wish, matter = two
    third = speak(text="后来又办了一个书法角", kind="help").voice.matter
    grow(cast, matter, wish)
    grow(cast, third, matter)
    refused("thread-circle", grow, cast, wish, third)
    refused("linked-already", grow, cast, matter, wish)
    refused("same-matter", grow, cast, wish, wish)


def test_a_reason_is_needed_and_names_nobody(two, cast):
    wish, matter = two
    refused("reason-missing", grow, cast, matter, wish, reason=" ")
    refused("reason-too-long", grow, cast, matter, wish, reason="长" * 201)
    refused("personal-data", grow, cast, matter, wish, reason="打13812345678问")


def test_a_restricted_matter_is_tied_to_no_other(two, speak, cast):
    wish, _matter = two
    major = speak(text="楼道有煤气味", kind="help", severity="major").voice.matter
    refused("restriction-differs", grow, cast, major, wish)


def test_who_may_not_see_or_link_is_refused(two, speak, cast, world):
    wish, matter = two
    with pytest.raises(NotVisible):
        grow(cast, matter, wish, who="other_clerk")
    with pytest.raises(NotAllowed):
        grow(cast, matter, wish, who="admin")
    far = speak(cast.neighbour.actor, text="那边的空地", place=world.other_home, kind="help").voice.matter
    refused("matter-unknown", grow, cast, matter, far)
    actions.publish_matter(actor=cast.district.actor, number=far.number, title="空地", text="空地")
    assert grow(cast, matter, far)
    assert set(table()["voices.matter:link"]) == {"clerk", "secretary", "street_officer", "district_officer"}
