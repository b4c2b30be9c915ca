"""Rosters from the first line to the frozen one, through the database."""

import pytest

from mulin.councils import owners, voterules
from mulin.councils.counting import Amount
from mulin.councils.rosters import actions, checks, counting, lines, queries
from mulin.councils.rosters.guard import FrozenError
from mulin.councils.rosters.models import OwnerPerson, Ownership, Roster, RosterEntry
from mulin.councils.rosters.tests.conftest import add, unit
from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, RuleOverride
from mulin.people import actions as people


def rule(world, matter="use_fund", **custom):
    return voterules.read(
        rulebook.book(), at=world.home, on=clock.today(), body="owners", matter=matter, custom=custom or None
    )


# Making one ------------------------------------------------------------------------------------------------


def test_households_come_from_confirmed_residences_and_printed_codes_only(world, cast, clerk, draft):
    people.ask_residence(actor=cast.newcomer.actor, building=world.building, door="2单元9-9")
    people.make_invitations(actor=clerk, building=world.building, doors=["3单元1-1"])
    roster = draft("households", source="people")
    labels = list(roster.entries.order_by("position").values_list("label", flat=True))
    assert labels == ["金堰花园1栋 1单元5-2", "金堰花园1栋 3单元1-1"]


def test_filling_again_adds_nobody_twice(cast, clerk, draft):
    roster = draft("residents", source="people")
    assert actions.fill_from_people(actor=clerk, number=roster.number) == 0
    assert [one.account_id for one in roster.entries.all()] == [cast.resident.id]


def test_a_stair_unit_takes_only_its_own_doors(world, clerk, draft):
    people.make_invitations(actor=clerk, building=world.building, doors=["2单元1-1", "1单元6-1"])
    roster = draft("households", source="people", site=world.building, stair="1")
    assert {one.stair for one in roster.entries.all()} == {"1单元"}
    assert roster.entries.count() == 2


def test_nobody_drafts_owners_from_residents(draft):
    with pytest.raises(ActionError) as refused:
        draft("owners", source="people")
    assert refused.value.code == "not-from-people"


def test_a_copy_has_the_same_lines_owners_and_areas(clerk, draft):
    old = draft()
    add(
        clerk, old, unit("5-2", "张三、李四", "A、B", registry=8934), unit("6-1", "张三", "A", contract=12050)
    )
    new = draft(like=old.number)
    assert counting.units(new) == counting.units(old)
    assert new.people.count() == 2


def test_an_owner_whom_no_line_names_any_more_is_gone(clerk, draft):
    roster = draft()
    add(clerk, roster, unit("5-2", "张三、李四", "A、B", registry=8934))
    actions.edit_entry(
        actor=clerk,
        number=roster.number,
        key="金堰花园1栋-1单元-5-2",
        entry=unit("5-2", "张三", "A", registry=8934),
    )
    assert list(roster.people.values_list("code", flat=True)) == ["A"]


def test_the_same_code_cannot_be_two_people(clerk, draft):
    roster = draft()
    add(clerk, roster, unit("5-2", "张三", "A", registry=8934))
    with pytest.raises(ActionError) as refused:
        add(clerk, roster, unit("6-1", "李四", "A", registry=8934))
    assert refused.value.code == "owner-other-name"
    assert roster.entries.count() == 1


def test_the_same_name_alone_is_not_the_same_person_and_the_page_says_so(clerk, draft):
    roster = draft()
    add(clerk, roster, unit("5-2", "张伟", registry=8934), unit("6-1", "张伟", registry=8934))
    assert roster.people.count() == 2
    assert "same-name" in {one.code for one in checks.findings(roster)}


# Checks before freezing ------------------------------------------------------------------------------------


def test_what_stops_freezing_is_said_in_sentences(clerk, draft):
    roster = draft()
    add(
        clerk,
        roster,
        unit("5-2", registry=8934),
        unit("6-1", "张三"),
        unit("P1", "张三", kind="parking", registry=1200),
    )
    stops = {one.code for one in checks.findings(roster) if one.stops}
    assert stops == {"no-area", "no-owner", "unset-parking"}
    with pytest.raises(ActionError) as refused:
        actions.freeze_roster(actor=clerk, number=roster.number)
    assert refused.value.code == "not-ready"


def test_an_empty_roster_is_not_frozen(clerk, draft):
    roster = draft("delegates")
    with pytest.raises(ActionError):
        actions.freeze_roster(actor=clerk, number=roster.number)


def test_an_area_of_a_later_source_is_enough_but_pointed_at(clerk, draft):
    roster = draft()
    add(clerk, roster, unit("5-2", "张三", contract=8934))
    assert [(one.code, one.stops) for one in checks.findings(roster)] == [("no-registry", False)]


# Counting through the database -----------------------------------------------------------------------------


def test_units_of_the_database_are_the_units_of_the_engine(houses):
    found = {
        one.id.rsplit("-", 2)[-2] + "-" + one.id.rsplit("-", 1)[-1]: one for one in counting.units(houses)
    }
    assert found["1-1"].owners == ("A", "B") == found["1-2"].owners
    assert owners.area_of(found["1-1"], owners.AREA_SOURCES) == 10000
    assert owners.area_of(found["1-2"], owners.AREA_SOURCES) == 10050
    assert owners.area_of(found["2-1"], owners.AREA_SOURCES) == 8934
    assert sum(one.kind == owners.PARKING for one in found.values()) == 2


def test_joint_owners_of_two_flats_are_one_head_and_the_developer_is_one(houses, world):
    # (A, B), (C), (A alone), developer: four heads; the space and the stall are left out.
    assert queries.size(houses) == Amount(4, 10000 + 10050 + 8934 + 5000 + 7000 + 7000)
    result = owners.count(rule(world, void="left_out", contradiction="left_out"), counting.units(houses), [])
    assert result.status == "no_quorum"


def test_parking_counts_where_the_rule_says_so(houses):
    RuleOverride.objects.filter(name="councils.parking").update(value="counted")
    rulebook.forget()
    assert queries.size(houses) == Amount(4, 47984 + 1500)


def test_papers_of_the_database_are_counted_as_the_law_says(houses, world):
    papers = [owners.Paper("A", ("yes",)), owners.Paper("C", ("yes",))]
    totals = owners.tally(
        rule(world, void="left_out", contradiction="left_out"), counting.units(houses), papers
    )
    assert totals.options["yes"] == Amount(3, 10000 + 10050 + 8934 + 5000)
    assert not totals.gaps


# Frozen ----------------------------------------------------------------------------------------------------


def test_a_frozen_roster_knows_its_size_and_its_fingerprint_is_in_the_journal(frozen):
    entry = Entry.objects.get(code="councils.roster.frozen")
    assert entry.data["digest"] == frozen.digest
    assert queries.is_intact(frozen)
    assert frozen.figures == {"entries": 8, "heads": 4, "area": 47984, "parking": 2, "developers": 2}
    assert queries.size(frozen) == Amount(4, 47984)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: actions.add_entry(actor=CLERK[0], number=r.number, entry=unit("8-8", "外人", registry=1)),
        lambda r: actions.remove_entry(actor=CLERK[0], number=r.number, key=r.entries.first().key),
        lambda r: actions.discard_roster(actor=CLERK[0], number=r.number),
        lambda r: actions.freeze_roster(actor=CLERK[0], number=r.number),
        lambda r: actions.edit_roster(actor=CLERK[0], number=r.number, title="另一个"),
    ],
)
def test_no_action_changes_a_frozen_roster(frozen, clerk, change):
    CLERK[0] = clerk
    with pytest.raises(ActionError) as refused:
        change(frozen)
    assert refused.value.code == "frozen"


CLERK = [None]


@pytest.mark.parametrize(
    "change",
    [
        lambda r: RosterEntry(roster=r, key="x", label="x").save(),
        lambda r: RosterEntry.objects.bulk_create([RosterEntry(roster=r, key="x", label="x")]),
        lambda r: r.entries.update(registry=1),
        lambda r: r.entries.first().delete(),
        lambda r: r.entries.all().delete(),
        lambda r: r.people.update(code="Z"),
        lambda r: Ownership.objects.filter(entry__roster=r).delete(),
        lambda r: r.delete(),
        lambda r: Roster.objects.filter(pk=r.pk).update(figures={}),
        lambda r: OwnerPerson(roster=r, code="Z", name="外人").save(),
    ],
)
def test_no_line_of_code_changes_a_frozen_roster(frozen, change):
    with pytest.raises(FrozenError):
        change(frozen)
    assert queries.is_intact(frozen)


def test_saving_a_changed_line_or_thawing_is_refused(frozen):
    entry = frozen.entries.first()
    entry.registry = 1
    with pytest.raises(FrozenError):
        entry.save()
    frozen.state = "draft"
    with pytest.raises(FrozenError):
        frozen.save()


def test_whoever_changes_the_database_by_hand_is_found_out(frozen):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE councils_rosterentry SET registry = 10001 WHERE registry = 10000")
    assert not queries.is_intact(frozen)
    with pytest.raises(ActionError) as refused:
        queries.require_intact(frozen)
    assert refused.value.code == "roster-changed"


def test_a_new_fingerprint_does_not_help_against_the_journal(frozen):
    from django.db import connection

    from mulin.councils.rosters.digests import digest_of

    with connection.cursor() as cursor:
        cursor.execute("UPDATE councils_rosterentry SET registry = 10001 WHERE registry = 10000")
    Roster._base_manager.filter(pk=frozen.pk).update(digest=digest_of(frozen))
    frozen.refresh_from_db()
    assert not queries.is_intact(frozen)


def test_a_correction_is_a_new_roster_with_its_reason(frozen, clerk):
    with pytest.raises(ActionError) as refused:
        actions.correct_roster(actor=clerk, number=frozen.number, reason=" ")
    assert refused.value.code == "no-reason"
    new = actions.correct_roster(actor=clerk, number=frozen.number, reason="2-1 的面积写错了")
    assert queries.latest(frozen) == frozen
    actions.edit_entry(
        actor=clerk,
        number=new.number,
        key="金堰花园1栋-1单元-2-1",
        entry=unit("2-1", "王五", "C", contract=8943),
    )
    actions.freeze_roster(actor=clerk, number=new.number)
    assert queries.latest(frozen) == new
    assert list(queries.usable_rosters(frozen.place)) == [new]
    assert queries.is_intact(frozen) and queries.size(new).area == queries.size(frozen).area + 9
    with pytest.raises(ActionError) as refused:
        actions.correct_roster(actor=clerk, number=frozen.number, reason="再改")
    assert refused.value.code == "corrected"


# Who may ---------------------------------------------------------------------------------------------------


def test_names_are_for_those_who_hold_the_vote(frozen, cast):
    for person in (
        cast.resident,
        cast.neighbour,
        cast.gridworker,
        cast.auditor,
        cast.other_clerk,
        cast.admin,
    ):
        with pytest.raises(NotVisible):
            queries.get_roster(person.actor, frozen.number)
    for person in (cast.clerk, cast.secretary, cast.street, cast.district):
        assert queries.get_roster(person.actor, frozen.number) == frozen


def test_a_group_keeps_its_own_roster_only(world, cast, draft):
    own = draft("courtyard", org=world.group)
    other = draft("courtyard")
    leader = cast.group_leader.actor
    assert queries.get_roster(leader, own.number) == own
    with pytest.raises(NotVisible):
        queries.get_roster(leader, other.number)


def test_a_clerk_makes_no_roster_elsewhere(cast, world):
    with pytest.raises(NotAllowed):
        actions.draft_roster(actor=cast.other_clerk.actor, place=world.home, body="owners", title="名册")


def test_no_name_and_no_phone_is_in_the_journal(frozen):
    text = "".join(str(one.data) for one in Entry.objects.filter(code__startswith="councils."))
    assert not any(name in text for name in ("张三", "李四", "王五", "陈六"))


# What a review found -------------------------------------------------------------------------------------


def test_a_telephone_that_comes_later_is_kept_for_an_owner_who_is_known(draft, clerk, cast):
    roster = draft()
    phone, name = "13800138000", cast.resident.account.name
    add(clerk, roster, unit("1-1", name, "A", registry=100))
    add(clerk, roster, unit("1-2", name, "A", phone, registry=100))
    (owner,) = roster.people.all()
    assert owner.phone_last4 == "8000" and owner.account == cast.resident.account


def test_a_copy_for_one_building_takes_only_its_lines(draft, clerk, world):
    whole = draft()
    add(clerk, whole, unit("1-1", "张三", "A", registry=100), unit("1-2", "李四", "B", registry=100))
    other = lines.Line(
        building="500108002005-B002", building_name="金堰花园2栋", stair="1单元", door="1-1", registry=100,
        owners=lines.owners_of("王五", "C"),
    )  # fmt: skip
    add(clerk, whole, other)
    part = draft(like=whole.number, site="500108002005-B002")
    assert [one.label for one in part.entries.all()] == ["金堰花园2栋 1单元1-1"]
    assert [one.code for one in part.people.all()] == ["C"]
    assert draft(like=whole.number).entries.count() == 3


def test_ten_thousand_rows_cost_a_few_statements_and_not_one_each(
    draft, clerk, tmp_path, django_assert_max_num_queries
):
    roster = draft("households")
    rows = "\n".join(f"金堰花园1栋,1,{n}-1,139{n:08d}" for n in range(1, 3001))
    path = tmp_path / "households.csv"
    path.write_text(f"楼栋,单元,房号,电话\n{rows}", encoding="utf-8")
    with django_assert_max_num_queries(120):
        result = actions.import_entries(actor=clerk, number=roster.number, path=path)
    assert (result.added, result.refused) == (3000, 0)
