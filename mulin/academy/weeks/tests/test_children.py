"""A planned week puts nobody before children who was not checked: not in free themes, not in clubs."""

import pytest

from mulin.academy.clubs import actions as clubs
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, personal_data, showing
from mulin.people.models import Account

HOME = "500108002005"


@pytest.fixture
def band(cast, venue):
    """A children's club that meets on Saturday mornings, led by the cast's resident."""
    venue()
    return clubs.found_club(
        actor=cast.clerk.actor, place=HOME, name="小小合唱团", theme="choir", ages=["child"],
        times=[{"day": 6, "from": "10:00", "to": "11:00"}], leaders=[cast.resident.account.pk],
    )  # fmt: skip


@pytest.fixture
def leader(cast, teacher):
    def make(checked: int | None = 30, **more):
        account = Account.objects.get(pk=cast.resident.account.pk)
        return teacher(("calligraphy",), name="带团的", checked=checked, account=account, times=[], **more)

    return make


def refusals(week) -> list[str]:
    return [one["said"] for one in showing.refusals(week, showing.Words(week))]


def test_a_free_theme_needs_somebody_when_children_come_alone(venue, order, plan):
    venue(), order("chess", age="child"), order("walking", age="elder")
    week = plan()
    assert [one["theme"] for one in _served(week)] == ["walking"]


def test_a_free_theme_is_planned_for_children_with_somebody_checked(venue, order, plan, teacher):
    venue(), order("chess", age="child"), teacher(("chess",), checked=30)
    week = plan()
    assert [one["theme"] for one in _served(week)] == ["chess"]
    assert week.solution["sessions"][0]["teacher"]


def _served(week) -> list[dict]:
    return [week.wishes[one["order"]] for one in week.solution.get("sessions", [])]


def test_a_childrens_club_waits_until_its_leader_is_checked(band, leader, plan):
    leader(checked=None)
    week = plan()
    assert week.solution["served"] == 0
    assert any("领队" in one for one in refusals(week))


def test_a_childrens_club_is_planned_and_published_with_its_leader_named(band, leader, plan, cast):
    one = leader()
    week = plan()
    actions.publish_week(actor=cast.clerk.actor, number=week.number)
    session = Session.objects.get()
    assert (session.club, session.teacher, session.ages) == (band, one, ["child"])


def test_a_check_that_fell_away_since_stops_the_publication(band, leader, plan, cast):
    one, week = leader(), plan()
    actions.note_check(
        actor=cast.clerk.actor, number=one.number, on=one.checks.get().checked_on, is_clear=False
    )
    with pytest.raises(Exception, match="情况变了") as raised:
        actions.publish_week(actor=cast.clerk.actor, number=week.number)
    assert raised.value.code == "plan-outdated" and not Session.objects.exists()


def test_the_person_reads_only_that_and_when_it_was_looked_up(leader, cast):
    one = leader()
    day = one.checks.get().checked_on
    actions.note_check(actor=cast.clerk.actor, number=one.number, on=day, is_clear=False)
    told = personal_data.export(cast.resident.account.pk)[0]["checks"]
    assert told == [
        {"checked_on": day.isoformat(), "with_children": True},
        {"checked_on": day.isoformat(), "with_children": False},
    ]
