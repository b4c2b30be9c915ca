"""The shared-grandma story, from the first wish to what a family gave back; and at the source's scale."""

import random
from datetime import timedelta

import pytest
from django.utils.translation import override

from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Notice, ThreadLink
from mulin.kernel.registry import ways
from mulin.kernel.secrets import unseal
from mulin.kernel.testing.commands import run
from mulin.mutualaid.matching import access, actions, candidates, queries
from mulin.mutualaid.matching.models import (
    AidCheck,
    AidConsent,
    AidHelper,
    AidHelperKind,
    AidMatch,
    AidNeed,
    AidOffer,
    AidVisit,
)
from mulin.voices.actions import submit_voice

pytestmark = pytest.mark.django_db


def refused(code: str, act, **given):
    with pytest.raises(ActionError) as error:
        act(**given)
    assert error.value.code == code, error.value


def wished(cast, world):
    """A mother wishes, the desk takes it over, she says when and consents."""
    clerk, mother = cast.clerk.actor, cast.resident.actor
    said = submit_voice(
        actor=mother, text="我们双职工，想请邻居放学接一下孩子", place=world.home, kind="wish"
    )
    need = actions.take_matter(
        actor=clerk, number=said.voice.matter.number, text="转到邻里互助了，先给您打电话。"
    )[0]
    said.voice.refresh_from_db()
    assert "打电话" in said.voice.answer and need.account_id == mother.account
    refused("incomplete", actions.suggest_helpers, actor=clerk, number=need.number)
    windows = [{"day": day, "from": "16:30", "to": "17:15"} for day in (1, 3)]
    actions.edit_need(actor=mother, number=need.number, kind="pickup", windows=windows, name="李妈妈")
    actions.give_consent(actor=mother, number=need.number)
    return need


def test_from_a_wish_to_a_give_back(cast, world, helped, proposed, freeze, settle):
    """S3-27 to S3-34: a grandmother agrees, they try it, it goes on; later the family helps the lift through,
    and the thread is kept."""
    clerk, mother, grandmother = cast.clerk.actor, cast.resident.actor, cast.neighbour.actor
    helped("王婶", account=cast.neighbour.account)
    need = wished(cast, world)
    match = proposed(need)
    actions.agree_match(actor=grandmother, number=match.number)
    match = actions.agree_match(actor=mother, number=match.number)
    assert match.state == "trial" and match.trial_until == clock.today() + timedelta(days=14)
    visit = actions.note_visit(actor=grandmother, number=match.number, on=clock.today(), minutes=45)
    assert visit.state == "noted"
    assert actions.confirm_visit(actor=mother, visit=visit.pk).state == "confirmed"
    freeze(clock.now() + timedelta(days=14))
    match = actions.hold_talk(actor=clerk, number=match.number, goes_on=True, note="孩子每天盼着")
    assert match.state == "running"
    lift = submit_voice(
        actor=mother, text="家属院想加装电梯", place=world.home, kind="suggestion"
    ).voice.matter
    given = actions.note_give_back(
        actor=mother, number=need.number, on=clock.today(), words="陪老人们听懂加装电梯的方案", times=3,
        grew=lift.number, may_publish=True,
    )  # fmt: skip
    assert ThreadLink.objects.filter(child=lift.pk, parent=given.pk).exists()
    assert not queries.public_give_backs(world.home)
    actions.publish_give_back(actor=clerk, number=given.number, words=given.words)
    assert [one.words for one in queries.public_give_backs(world.home)] == [given.words]
    settle()
    told = set(Notice.objects.values_list("code", "account"))
    assert {("aid.match.proposed", cast.neighbour.id), ("aid.visit.noted", cast.resident.id)} <= told


def test_a_need_is_seen_by_its_person_and_workers_and_no_neighbour(cast, needed):
    need = needed()
    for person in (cast.resident, cast.clerk, cast.secretary, cast.street):
        assert access.one(access.visible_needs(person.actor), need.number) == need
    for person in (cast.neighbour, cast.other_clerk, cast.gridworker, cast.group_leader, cast.district):
        with pytest.raises(NotVisible):
            access.one(access.visible_needs(person.actor), need.number)
    assert unseal(need.contact_sealed) == "+8613900139000"


def test_the_helper_learns_whom_to_call_only_when_both_agreed(cast, helped, needed, proposed):
    from mulin.mutualaid.matching import showing

    helped(account=cast.neighbour.account)
    match = proposed(needed())
    shown = showing.own_match(match, "helper")
    assert shown["other"] == shown["other_phone"] == shown["text"] == ""
    actions.agree_match(actor=cast.neighbour.actor, number=match.number)
    match = actions.agree_match(actor=cast.resident.actor, number=match.number)
    assert showing.own_match(match, "helper")["other_phone"] == "13900139000"


def test_either_side_says_no_and_the_family_is_looked_for_again(cast, helped, needed, proposed):
    helped("王婶", account=cast.neighbour.account)
    helped("刘叔")
    need = needed()
    first = proposed(need)
    actions.decline_match(actor=cast.resident.actor, number=first.number)
    assert AidNeed.objects.get().state == "asked"
    again = actions.suggest_helpers(actor=cast.clerk.actor, number=need.number)
    assert [one.helper_id for one in again] != [first.helper_id] and len(again) == 1


def test_both_must_say_yes_and_nobody_answers_for_the_other(cast, helped, needed, proposed):
    helped(account=cast.neighbour.account)
    match = proposed(needed())
    with pytest.raises(ActionError):
        actions.agree_match(actor=cast.resident.actor, number=match.number, side="helper")
    actions.agree_match(actor=cast.resident.actor, number=match.number)
    refused("agreed-already", actions.agree_match, actor=cast.resident.actor, number=match.number)
    match.refresh_from_db()
    assert match.state == "proposed" and match.begun_on is None


def test_nobody_has_more_families_than_they_want(cast, helped, needed, begun, proposed):
    helped(capacity=1, kinds=["company", "tutoring"])
    first, second = needed("company"), needed("company", name="另一家")
    actions.suggest_helpers(actor=cast.clerk.actor, number=second.number)
    begun(first)
    assert actions.suggest_helpers(actor=cast.clerk.actor, number=second.number) == []


def test_who_notes_a_visit_does_not_confirm_it(cast, helped, needed, begun):
    helped(account=cast.neighbour.account)
    match = begun(needed())
    given = {"number": match.number, "on": clock.today(), "minutes": 45}
    visit = actions.note_visit(actor=cast.resident.actor, **given)
    refused("own-note", actions.confirm_visit, actor=cast.resident.actor, visit=visit.pk)
    actions.dispute_visit(actor=cast.neighbour.actor, visit=visit.pk, reason="那天没去")
    actions.settle_visit(actor=cast.clerk.actor, visit=visit.pk, counts=False)
    assert AidVisit.objects.get().state == "dropped"
    assert actions.note_visit(actor=cast.clerk.actor, **given).state == "confirmed"
    with pytest.raises(NotVisible):
        actions.note_visit(actor=cast.other_clerk.actor, **given)


def test_a_confirmed_visit_is_time_in_the_bank(cast, world, helped, needed, begun):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride
    from mulin.ledger.models import Posting
    from mulin.mutualaid.timebank.models import TimeHolder
    from mulin.mutualaid.timebank.queries import statement_of

    RuleOverride.objects.create(
        name="aid.time.on", place=world.home, valid_from=clock.today(), value=True, basis="社区公约",
        certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    helped(account=cast.neighbour.account)
    match = begun(needed())
    visit = actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    found = Posting.objects.filter(subject=visit.pk, unit="minute")
    assert [leg.amount for leg in found.get().transfers.all()] == [45]
    holder = TimeHolder.objects.get(account=cast.neighbour.account)
    assert [one.words for one in statement_of(holder).lines] == ["接送孩子"]
    with override("en"):
        assert [one.words for one in statement_of(holder).lines] == ["Bringing children home"]


def test_an_incident_is_known_at_once_and_pauses(cast, helped, needed, begun, settle):
    helped(account=cast.neighbour.account)
    match = begun(needed())
    made = actions.report_incident(
        actor=cast.resident.actor, number=match.number, what="hurt", text="在路口摔了一跤",
        happened_on=clock.today(),
    )  # fmt: skip
    match.refresh_from_db()
    assert (match.state, match.why) == ("paused", "incident")
    settle()
    told = Notice.objects.filter(code="aid.incident.reported", is_urgent=True)
    assert {cast.clerk.id, cast.secretary.id, cast.street.id} <= set(told.values_list("account", flat=True))
    assert not any("摔" in str(one.data) for one in told)
    for person in (cast.resident, cast.neighbour, cast.other_clerk, cast.district):
        with pytest.raises(NotVisible):
            access.one(access.visible_incidents(person.actor), made.number)
    refused("incident-open", actions.resume_match, actor=cast.clerk.actor, number=match.number)
    actions.close_incident(actor=cast.street.actor, number=made.number, outcome="包扎了，改走另一条路")
    assert actions.resume_match(actor=cast.clerk.actor, number=match.number).state == "trial"


def test_resting_and_stopping_need_no_reason(cast, helped, needed, begun):
    helper = helped(account=cast.neighbour.account)
    need = needed()
    match = begun(need)
    actions.rest_helper(actor=cast.neighbour.actor, number=helper.number)
    match.refresh_from_db()
    assert (match.state, match.why) == ("paused", "helper")
    actions.put_on_duty(actor=cast.neighbour.actor, number=helper.number)
    actions.resume_match(actor=cast.clerk.actor, number=match.number)
    actions.end_helper(actor=cast.neighbour.actor, number=helper.number)
    match.refresh_from_db()
    need.refresh_from_db()
    assert (match.state, need.state) == ("closed", "asked")


def test_a_voice_may_go_this_way_by_rule(world, cast):
    from mulin.kernel import rulebook
    from mulin.kernel.models import RuleOverride

    assert "aid" in {one.code for one in ways("help")} & {one.code for one in ways("offer")}
    RuleOverride.objects.create(
        name="voices.way", place=world.home, valid_from=clock.today(), value="aid", basis="社区公约",
        match={"kind": ["offer"]}, certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()
    submit_voice(
        actor=cast.resident.actor, text="我每周二下午有空，能陪老人说话", place=world.home, kind="offer"
    )
    helper = AidHelper.objects.get()
    assert (helper.account_id, helper.state) == (cast.resident.id, "applied")


def test_the_flows_are_counts_and_hide_small_ones(cast, world, helped, needed, begun):
    from django.db.models import Q

    helped()
    match = begun(needed())
    actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=45)
    found = queries.flows(Q(place=world.home), clock.today(), clock.today())
    assert (found.taught, found.visits, found.visit_minutes, found.families) == (2, 1, 45, 1)
    assert queries.shown(found.families) is None and queries.shown(0) == 0 and queries.shown(5) == 5


# Scenario A11 12 ------------------------------------------------------------------------------------------

CHILD, OTHERS = ("pickup", "tutoring"), ("meals", "elder_care", "company")


def families(world, rng: random.Random, n: int, first: int = 0) -> list[AidNeed]:
    kinds = [rng.choice(CHILD if rng.random() < 0.6 else OTHERS) for _ in range(n)]
    needs = AidNeed.objects.bulk_create(
        AidNeed(
            number=f"8{first + i:09d}", place=world.home, name=f"第{first + i}家", kind=kind,
            building=f"{world.home}-B00{1 + i % 4}", for_child=kind in CHILD, windows=_times(rng, kind),
        )
        for i, kind in enumerate(kinds)
    )  # fmt: skip
    # Some parents have not signed yet.
    AidConsent.objects.bulk_create(
        AidConsent(need=one, given_on=clock.today()) for one in needs if one.for_child and rng.random() < 0.9
    )
    return needs


def _times(rng: random.Random, kind: str) -> list[dict]:
    if kind == "pickup":
        return [{"day": day, "from": "16:30", "to": "17:15"} for day in rng.sample(range(1, 6), 2)]
    return [
        {"day": day, "from": f"{hour:02d}:00", "to": f"{hour + 2:02d}:00"}
        for day, hour in ((rng.randint(1, 7), rng.choice([9, 10, 14, 16, 17])) for _ in range(2))
    ]


def elders(world, rng: random.Random, n: int, first: int = 0) -> list[AidHelper]:
    """Three in four are checked; of the others some never were, some were long ago, something was found, or
    the check was withdrawn."""
    helpers = AidHelper.objects.bulk_create(
        AidHelper(
            number=f"9{first + i:09d}", place=world.home, name=f"第{first + i}位", state="on_duty",
            building=f"{world.home}-B00{1 + i % 4}", capacity=rng.choice([4, 5, 6]),
            insured_until=clock.today() + timedelta(days=300),
            windows=[{"day": day, "from": "09:00", "to": "19:00"} for day in rng.sample(range(1, 8), 5)],
        )
        for i in range(n)
    )  # fmt: skip
    AidHelperKind.objects.bulk_create(
        AidHelperKind(helper=one, kind=kind) for one in helpers for kind in (*CHILD, rng.choice(OTHERS))
    )
    for i, one in enumerate(helpers):
        if i % 4 == 3 and i % 16 == 3:
            continue
        ago = 500 if i % 16 == 7 else 100
        AidCheck.objects.create(
            helper=one, source="派出所", is_clear=i % 16 != 11,
            checked_on=clock.today() - timedelta(days=ago),
            valid_until=clock.today() + timedelta(days=364 - ago),
            withdrawn_at=clock.now() - timedelta(days=2) if i % 16 == 15 else None,
        )  # fmt: skip
    return helpers


def test_scenario_a11_12_270_families_30_then_60_elders_and_no_unchecked_adult_with_a_child(cast, world):
    """A11 12: 共享奶奶, 30 and later twice as many, 270 families."""
    rng, clerk = random.Random(12), cast.clerk.actor
    families(world, rng, 150)
    elders(world, rng, 30)
    first, _of = actions.plan_needs(actor=clerk, place=world.home)
    agree_all(clerk)
    families(world, rng, 120, first=150)
    elders(world, rng, 32, first=30)
    second, _of = actions.plan_needs(actor=clerk, place=world.home)
    agree_all(clerk)
    assert first > 60 and second > 60 and AidMatch.objects.filter(state="trial").count() > 150
    assert AidNeed.objects.count() == 270 and AidHelper.objects.filter(state="on_duty").count() == 62
    checked = set(candidates.valid_checks(clock.today(), world.home).values_list("helper", flat=True))
    with_children = AidOffer.objects.filter(need__for_child=True)
    assert with_children.count() > 60
    assert set(with_children.values_list("helper", flat=True)) <= checked
    assert not with_children.filter(need__consents=None).exists()
    most = AidHelper.objects.in_bulk()
    for helper in set(AidMatch.objects.values_list("helper", flat=True)):
        assert AidMatch.objects.filter(helper=helper, state="trial").count() <= most[helper].capacity
    last, _text, _code = run("aid", "audit")
    assert last == {"offers": AidOffer.objects.count(), "violations": 0, "sessions": 0}


def agree_all(clerk) -> None:
    """Everybody who is suggested says yes."""
    for offer in list(AidOffer.objects.filter(state="shown").select_related("need")):
        match = actions.propose_match(
            actor=clerk, number=offer.need.number, offer=offer.pk, safe_rule="two_adults", safe_note="家里"
        )
        for side in ("helper", "family"):
            actions.agree_match(actor=clerk, number=match.number, side=side)
