"""The catalogue of meetings is data; a mistake in it is named."""

import pytest

from mulin.councils.meetings.catalogue import CatalogueError, read, types
from mulin.kernel import rulebook

ONE = """
[[type]]
key = "night_talk"
title = "夜话"
title_en = "Night talk"
about = "晚饭后聊聊"
about_en = "A talk after supper"
body = ""
members = "open"
decides = "talk"
tell = []
linked = []
fields = []
basis = "本院约定"
certainty = "local practice"
"""


def test_a_type_is_added_by_data_alone():
    assert str(read(ONE)["night_talk"]) == "夜话"


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        ('members = "open"', 'members = "all"', "members"),
        ('decides = "talk"', 'decides = "hands"', "body"),
        ("tell = []", 'tell = ["nobody"]', "nobody"),
        ("linked = []", 'linked = ["elsewhere"]', "elsewhere"),
        ("linked = []", 'linked = ["night_talk"]', "night_talk"),
    ],
)
def test_a_mistake_names_the_type_and_the_key(before, after, named):
    with pytest.raises(CatalogueError, match=f"night_talk.*{named}"):
        read(ONE.replace(before, after))


def test_a_type_is_listed_once():
    with pytest.raises(CatalogueError, match="twice"):
        read(ONE + ONE)


def test_the_four_linked_meetings_lead_to_one_another():
    four = {"committee_meeting", "residents_council", "property_talk", "red_steward"}
    assert all(set(types()[one].linked) == four - {one} for one in four)


@pytest.mark.django_db
def test_every_type_has_its_rules(world):
    for key in types():
        assert rulebook.value("councils.meeting.notice_days", at=world.home, type=key) >= 1
        assert rulebook.value("councils.meeting.late_notice", at=world.home, type=key) in ("record", "refuse")
        assert rulebook.value("councils.meeting.unannounced", at=world.home, type=key) in (
            "allowed",
            "no_decision",
        )


def test_owners_never_decide_by_hands():
    assert [one.key for one in types().values() if one.body == "owners" and one.decides != "vote"] == []
