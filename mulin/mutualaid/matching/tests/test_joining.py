"""Two communities become one: who helps in both has one profile, and no child is less safe."""

from datetime import timedelta

import pytest

from mulin.kernel import clock, journal
from mulin.kernel.models import Entry
from mulin.mutualaid.matching import actions, candidates
from mulin.mutualaid.matching.audit import audit
from mulin.mutualaid.matching.models import AidHelper, AidOffer
from mulin.mutualaid.matching.tests.conftest import AFTERNOONS, days_ago
from mulin.places.actions import reorganising
from mulin.places.models import Succession

pytestmark = pytest.mark.django_db


@pytest.fixture
def follow(world):
    """The other community goes into the home one, as decided today."""

    def run() -> int:
        Succession.objects.get_or_create(old=world.other_home, new=world.home, on=clock.today())
        return reorganising.follow(clock.today(), lambda done, total, message: None)

    return run


@pytest.fixture
def other(world, cast):
    """`other("王婶")`: what the neighbour offered in the other community, as far as `state`."""

    def make(state="applied", *, kinds=("company",), **more) -> AidHelper:
        given = {"name": "王大姐", "kinds": list(kinds), "windows": AFTERNOONS, "capacity": 2, **more}
        made = actions.enter_helper(
            actor=cast.other_clerk.actor, place=world.other_home, account=cast.neighbour.id, **given
        )
        AidHelper.objects.filter(pk=made.pk).update(state=state)
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def own(helped, cast):
    """The neighbour's profile at home: on duty, checked."""
    return lambda **more: helped("王婶", account=cast.neighbour.account, **more)


def check(helper, *, ago=10, clear=True, source="长生桥派出所"):
    on = days_ago(ago)
    until = candidates.last_day(on, helper.place)
    return helper.checks.create(checked_on=on, valid_until=until, is_clear=clear, source=source)


def test_two_profiles_become_one_and_what_hung_on_both_hangs_on_it(
    world, cast, own, other, needed, begun, follow
):
    kept, gone = own(), other("trained", contact="13700137000", languages=["local"])
    gone.trainings.create(topic="basics", on=days_ago(3), minutes=30)
    paper = check(gone)
    match = begun(needed())
    actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    follow()
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.place, kept.state, gone.place, gone.state) == (world.home, "on_duty", world.home, "ended")
    assert kept.number in gone.reason and list(gone.kinds.values_list("kind", flat=True)) == ["company"]
    assert sorted(kept.kinds.values_list("kind", flat=True)) == ["company", "pickup", "tutoring"]
    assert kept.checks.count() == 2 and kept.trainings.count() == 3 and paper in kept.checks.all()
    assert (kept.name, kept.capacity, kept.languages, kept.may_publish_at) == (
        "王大姐", 3, ["local"], None,
    )  # fmt: skip
    match.refresh_from_db()
    assert (match.helper, match.state) == (kept, "trial")
    line = Entry.objects.get(code="aid.helper.joined")
    assert (line.place, line.data) == (
        world.home, {"number": kept.number, "n": 1, "matches": 0, "paused": 0},
    )  # fmt: skip
    assert audit().violations == [] and journal.verify().ok
    before = Entry.objects.count()
    assert follow() == 0 and Entry.objects.count() == before


def test_the_one_on_duty_stays_wherever_it_comes_from_with_its_matches(
    world, cast, own, other, needed, begun, follow
):
    first = own()
    match = begun(needed())
    waiting = other()
    for one, place in ((first, "500108106001"), (waiting, world.home), (first, world.other_home)):
        AidHelper.objects.filter(pk=one.pk).update(place=place)
    follow()
    match.refresh_from_db()
    waiting.refresh_from_db()
    assert (match.helper, match.helper.place, waiting.state) == (first, world.home, "ended")
    assert audit().violations == []


def test_who_ended_or_is_somebody_else_is_left_alone(world, cast, own, other, helped, follow):
    kept, ended = own(), other("ended")
    nobody = helped("没有账户的")
    follow()
    for one in (kept, ended, nobody):
        one.refresh_from_db()
    assert (kept.state, ended.state, nobody.state) == ("on_duty", "ended", "on_duty")
    assert ended.reason == "" and not Entry.objects.filter(code="aid.helper.joined").exists()


def test_who_was_never_checked_is_not_found_for_a_child_afterwards(own, other, needed, follow):
    """On duty for company; offered pickups elsewhere without a check: that kind waits."""
    kept = own(kinds=("company",), checked=None)
    other(kinds=("pickup",))
    follow()
    kept.refresh_from_db()
    assert kept.state == "on_duty" and list(kept.kinds.values_list("kind", flat=True)) == ["company"]
    need = needed()
    assert not candidates.candidates(need).exists() and candidates.check_of(kept) is None


def test_something_that_was_found_elsewhere_ends_the_clear_check_and_pauses(
    cast, own, other, needed, begun, follow
):
    kept, gone = own(), other()
    match = begun(needed())
    check(gone, ago=1, clear=False)
    follow()
    match.refresh_from_db()
    assert (match.state, match.why) == ("paused", "check")
    assert candidates.check_of(kept) is None and kept.checks.filter(withdrawn_at=None).count() == 1
    assert not candidates.candidates(needed(name="另一家")).exists()
    assert audit().violations == []


def test_a_paper_that_was_taken_back_elsewhere_does_not_count(cast, own, other, needed, begun, follow):
    kept, gone = own(), other()
    paper = kept.checks.get()
    match = begun(needed())
    same = check(gone, ago=30, source=paper.source)
    actions.withdraw_check(actor=cast.other_clerk.actor, number=gone.number, check=same.pk, reason="看错了人")
    follow()
    match.refresh_from_db()
    assert match.state == "paused" and candidates.check_of(kept) is None
    assert audit().violations == []


def test_a_clear_check_that_came_after_what_was_found_counts_as_it_would_have(own, other, needed, follow):
    gone = other()
    found = check(gone, ago=40, clear=False)
    gone.checks.filter(pk=found.pk).update(created_at=clock.now() - timedelta(days=40))
    kept = own(checked=30)
    follow()
    assert candidates.check_of(kept) is not None


def test_who_was_suggested_twice_in_one_round_was_suggested_once(cast, own, other, needed, begun, follow):
    kept, gone = own(), other("on_duty", kinds=("pickup",))
    paper = check(gone)
    match = begun(needed())
    offer = match.offer
    twin = AidOffer.objects.create(
        need=match.need, helper=gone, for_child=True, proof=paper, consent=match.consent, round=offer.round,
        check_until=paper.valid_until, position=2, state="passed",
    )  # fmt: skip
    follow()
    match.refresh_from_db()
    left = AidOffer.objects.get()
    assert (left.pk, left.helper, left.state, match.offer) == (twin.pk, kept, "taken", left)
    assert audit().violations == []


def test_times_that_overlap_are_said_once_and_a_name_is_public_only_by_both(own, other, follow):
    kept = own()
    AidHelper.objects.filter(pk=kept.pk).update(may_publish_at=clock.now())
    gone = other(
        windows=[{"day": 1, "from": "18:00", "to": "20:00"}, {"day": 6, "from": "09:00", "to": "11:00"}]
    )
    follow()
    kept.refresh_from_db()
    assert kept.windows[0] == {"day": 1, "from": "16:00", "to": "20:00"}
    assert kept.windows[-1] == {"day": 6, "from": "09:00", "to": "11:00"} and len(kept.windows) == 6
    assert kept.may_publish_at is None
    gone.refresh_from_db()
    assert len(gone.windows) == 2
