"""Who may act for which line: accounts, households, letters with codes, written proxies; and objections."""

from datetime import date, timedelta

import pytest

from mulin.councils.rosters import actions, lines, notices, personal_data, queries
from mulin.councils.rosters.models import OwnerPerson, Proxy, RosterCode, RosterEntry
from mulin.councils.rosters.tests.conftest import add, unit
from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.testing.together import at_once
from mulin.people import actions as people
from mulin.people.models import Residence, SecretRead


def keys_of(found):
    return [one.key for one in found]


def letter_to(made, name):
    return next(one for one in made if one.to == name)


def refused(expected, act, /, **fields):
    with pytest.raises(ActionError) as said:
        act(**fields)
    assert said.value.code == expected, said.value.message


# Own lines -------------------------------------------------------------------------------------------------


def test_whoever_lives_there_acts_for_the_household_and_a_stranger_for_none(draft, clerk, cast):
    roster = actions.freeze_roster(actor=clerk, number=draft("households", source="people").number)
    assert keys_of(queries.entries_of(roster, cast.resident.actor)) == ["金堰花园1栋-1单元-5-2"]
    assert queries.entries_of(roster, cast.neighbour.actor) == []
    assert queries.entries_of(roster, ANONYMOUS) == []


def test_who_has_moved_out_acts_no_more(draft, clerk, cast):
    roster = actions.freeze_roster(actor=clerk, number=draft("households", source="people").number)
    Residence.objects.filter(account=cast.resident.account).update(state="ended")
    assert queries.entries_of(roster, cast.resident.actor) == []
    assert queries.is_intact(roster)


def test_living_in_a_flat_is_not_owning_it(draft, clerk, cast):
    roster = draft()
    add(clerk, roster, unit("5-2", "房东", "A", registry=8934))
    assert queries.entries_of(roster, cast.resident.actor) == []


# Letters ---------------------------------------------------------------------------------------------------


def test_a_letter_links_an_owner_to_all_their_units(frozen, clerk, cast):
    made = actions.make_letters(actor=clerk, number=frozen.number)
    assert sorted(one.to for one in made) == ["张三", "李四", "王五", "陈六"]
    mine = letter_to(made, "张三")
    assert len(mine.lines) == 3
    actions.use_code(actor=cast.resident.actor, code=f"{mine.code[:4]}-{mine.code[4:].lower()}")
    found = queries.entries_of(frozen, cast.resident.actor)
    assert [one.speaks_for for one in found] == ["A", "A", "A"]
    assert queries.is_intact(frozen), "whose account it is was never a part of what was frozen"


def test_a_code_works_once_and_only_its_hash_is_kept(frozen, clerk, cast):
    made = actions.make_letters(actor=clerk, number=frozen.number)
    code = letter_to(made, "王五").code
    assert not RosterCode.objects.filter(code_hash__contains=code).exists()
    actions.use_code(actor=cast.resident.actor, code=code)
    refused("bad-code", actions.use_code, actor=cast.neighbour.actor, code=code)
    assert code not in str(list(Entry.objects.values_list("data", flat=True)))


def test_a_newer_letter_puts_the_older_out_of_use(frozen, clerk, cast):
    old = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    new = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    refused("bad-code", actions.use_code, actor=cast.resident.actor, code=old)
    actions.use_code(actor=cast.resident.actor, code=new)


def test_a_second_person_cannot_take_a_linked_line(frozen, clerk, cast):
    first = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    actions.use_code(actor=cast.resident.actor, code=first)
    again = letter_to(actions.make_letters(actor=clerk, number=frozen.number, only_open=False), "王五").code
    refused("taken", actions.use_code, actor=cast.neighbour.actor, code=again)
    assert "王五" not in [one.to for one in actions.make_letters(actor=clerk, number=frozen.number)]


def test_an_old_code_and_too_many_tries_are_refused(frozen, clerk, cast, settings):
    settings.MULIN_THROTTLE = True
    code = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    with clock.at(clock.now() + timedelta(days=61)):
        refused("bad-code", actions.use_code, actor=cast.resident.actor, code=code)
    for _n in range(9):
        refused("bad-code", actions.use_code, actor=cast.resident.actor, code="22222222")
    refused("too-often", actions.use_code, actor=cast.resident.actor, code=code)


def test_a_wrong_link_is_taken_back(frozen, clerk, cast):
    code = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    entry = actions.use_code(actor=cast.resident.actor, code=code)
    actions.unlink(actor=clerk, number=frozen.number, key=entry.key, owner="C")
    assert queries.entries_of(frozen, cast.resident.actor) == []


def test_letters_are_printed_for_frozen_rosters_by_those_who_keep_them(houses, clerk, cast):
    refused("not-frozen", actions.make_letters, actor=clerk, number=houses.number)
    with pytest.raises(NotVisible):
        actions.make_letters(actor=cast.other_clerk.actor, number=houses.number)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_use_one_code_at_one_moment_are_one(frozen, clerk, cast):
    code = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    raised = at_once(
        lambda: actions.use_code(actor=cast.resident.actor, code=code),
        lambda: actions.use_code(actor=cast.neighbour.actor, code=code),
    )
    assert raised == ["bad-code"]


# Written proxies -------------------------------------------------------------------------------------------


def proxy(clerk, roster, **more):
    fields = {"keys": ["金堰花园1栋-1单元-2-1"], "signed_on": today(), "until": today() + timedelta(days=30)}
    return actions.record_proxy(actor=clerk, number=roster.number, **{**fields, **more})


def test_a_recorded_proxy_lets_its_holder_act_until_its_day(frozen, clerk, cast):
    proxy(clerk, frozen, holder=cast.neighbour.account)
    (found,) = queries.entries_of(frozen, cast.neighbour.actor)
    assert found.speaks_for == "C" and found.by_proxy.holder_name == "王建国"
    late = today() + timedelta(days=31)
    assert queries.entries_of(frozen, cast.neighbour.actor, on=late) == []


def test_a_proxy_for_one_vote_counts_in_no_other(frozen, clerk, cast):
    proxy(clerk, frozen, holder=cast.neighbour.account, vote="1234567890")
    assert queries.entries_of(frozen, cast.neighbour.actor) == []
    assert queries.entries_of(frozen, cast.neighbour.actor, vote="9999999999") == []
    assert len(queries.entries_of(frozen, cast.neighbour.actor, vote="1234567890")) == 1


def test_a_withdrawn_proxy_counts_no_more(frozen, clerk, cast):
    made = proxy(clerk, frozen, holder=cast.neighbour.account)
    actions.withdraw_proxy(actor=clerk, number=frozen.number, proxy_id=made.pk, reason="本人要自己投")
    assert queries.entries_of(frozen, cast.neighbour.actor) == []
    proxy(clerk, frozen, holder=cast.newcomer.account)


def test_what_a_proxy_must_say(frozen, clerk, cast):
    holder = {"holder": cast.neighbour.account}
    refused("no-holder", proxy, clerk=clerk, roster=frozen)
    refused("no-lines", proxy, clerk=clerk, roster=frozen, keys=["没有"], **holder)
    both = ["金堰花园1栋-1单元-1-1", "金堰花园1栋-1单元-2-1"]
    refused("no-giver", proxy, clerk=clerk, roster=frozen, keys=both, **holder)
    joint = ["金堰花园1栋-1单元-1-1"]
    refused("no-giver", proxy, clerk=clerk, roster=frozen, keys=joint, **holder)
    refused("bad-period", proxy, clerk=clerk, roster=frozen, until=today() - timedelta(days=1), **holder)
    refused("bad-period", proxy, clerk=clerk, roster=frozen, signed_on=today() + timedelta(days=1), **holder)
    refused("own-proxy", proxy, clerk=clerk, roster=frozen, holder=cast.clerk.account)
    refused("bad-scan", proxy, clerk=clerk, roster=frozen, scan=b"MZ", **holder)
    assert not Proxy.objects.exists()
    proxy(clerk, frozen, keys=joint, giver="B", **holder)
    refused("already", proxy, clerk=clerk, roster=frozen, keys=joint, giver="A", holder_name="别人")


def test_where_the_rule_asks_for_the_owners_view_it_is_kept_encrypted(frozen, clerk, set_rule):
    set_rule("councils.proxy", {"is_allowed": True, "needs_view": True, "most": 0})
    refused("no-view", proxy, clerk=clerk, roster=frozen, holder_name="赵一")
    made = proxy(clerk, frozen, holder_name="赵一", view="同意更换物业")
    assert "同意" not in made.view_sealed and made.view_sealed
    assert not any("同意更换" in str(one.data) for one in Entry.objects.all())


def test_one_person_acts_for_no_more_than_the_rule_allows(frozen, clerk, set_rule):
    set_rule("councils.proxy", {"is_allowed": True, "needs_view": False, "most": 1})
    proxy(clerk, frozen, holder_name="赵一")
    more = {"keys": ["金堰花园1栋-1单元-2-2"], "holder_name": "赵一"}
    refused("too-many-proxies", proxy, clerk=clerk, roster=frozen, **more)
    set_rule("councils.proxy", {"is_allowed": False, "needs_view": False, "most": 0})
    refused("not-allowed-here", proxy, clerk=clerk, roster=frozen, **more)


def test_only_those_with_a_post_record_proxies(frozen, cast):
    with pytest.raises(NotVisible):
        proxy(cast.resident.actor, frozen, holder_name="赵一")
    with pytest.raises(NotVisible):
        proxy(cast.gridworker.actor, frozen, holder_name="赵一")


def test_both_sides_of_a_proxy_are_told(frozen, clerk, cast, settle):
    OwnerPerson.objects.filter(roster=frozen, code="C").update(account=cast.resident.account)
    proxy(clerk, frozen, holder=cast.neighbour.account)
    entry = Entry.objects.get(code="councils.proxy.recorded")
    assert set(notices._both_sides(entry)) == {cast.resident.id, cast.neighbour.id}


# Objections ------------------------------------------------------------------------------------------------


def test_an_objection_is_answered_and_the_person_is_told(frozen, clerk, cast, settle):
    made = actions.object_to_roster(
        actor=cast.resident.actor, number=frozen.number, kind="missing", text="漏了我家"
    )
    assert "漏了" not in str(Entry.objects.get(code="councils.roster.objected").data)
    actions.answer_objection(
        actor=clerk, number=frozen.number, objection=made.number, is_accepted=True, answer="已更正"
    )
    settle()
    assert Notice.objects.filter(
        account=cast.resident.account, code="councils.roster.objection_answered"
    ).exists()
    refused(
        "answered", actions.answer_objection, actor=clerk, number=frozen.number, objection=made.number,
        is_accepted=False, answer="不成立",
    )  # fmt: skip


def test_objections_are_taken_until_their_day(frozen, cast):
    with clock.at(clock.now() + timedelta(days=8)):
        refused(
            "over", actions.object_to_roster, actor=cast.resident.actor, number=frozen.number, kind="missing",
            text="漏了",
        )  # fmt: skip


def test_a_draft_takes_no_objection_and_strangers_none_at_all(houses, frozen, cast, draft):
    with pytest.raises(NotVisible):
        actions.object_to_roster(
            actor=cast.resident.actor, number=draft().number, kind="missing", text="漏了"
        )
    with pytest.raises(NotAllowed):
        actions.object_to_roster(actor=ANONYMOUS, number=frozen.number, kind="missing", text="漏了")


# Privacy ---------------------------------------------------------------------------------------------------


def test_a_telephone_is_read_for_a_purpose_and_the_person_sees_it(draft, clerk, cast):
    roster = draft()
    add(clerk, roster, unit("5-2", "李晓梅", "A", "13800138000", registry=8934))
    entry = roster.entries.get()
    refused(
        "purpose-missing",
        actions.read_phone,
        actor=clerk,
        number=roster.number,
        key=entry.key,
        owner="A",
        purpose="",
    )
    number = actions.read_phone(
        actor=clerk, number=roster.number, key=entry.key, owner="A", purpose="约上门送票"
    )
    assert number == "+8613800138000"
    assert SecretRead.objects.get().account_id == cast.resident.id
    with pytest.raises(NotAllowed):
        actions.read_phone(
            actor=cast.district.actor, number=roster.number, key=entry.key, owner="A", purpose="看看"
        )


def test_telephones_of_old_rosters_are_dropped_and_nothing_else_changes(draft, clerk):
    roster = draft()
    add(clerk, roster, unit("5-2", "李晓梅", "A", "13800138000", registry=8934))
    actions.freeze_roster(actor=clerk, number=roster.number)
    assert actions.forget_phones() == 0
    with clock.at(clock.now() + timedelta(days=400)):
        assert actions.forget_phones() == 1
    roster.refresh_from_db()
    assert not roster.people.exclude(phone_sealed="").exists()
    assert queries.is_intact(roster)


def test_an_erased_account_leaves_the_frozen_roster_as_it_was(frozen, clerk, cast):
    code = letter_to(actions.make_letters(actor=clerk, number=frozen.number), "王五").code
    actions.use_code(actor=cast.resident.actor, code=code)
    actions.object_to_roster(actor=cast.resident.actor, number=frozen.number, kind="wrong", text="我的话")
    shown = personal_data.export(cast.resident.id)
    assert shown["units"][0]["units"] and shown["objections"][0]["text"] == "我的话"
    assert personal_data.erase(cast.resident.id) == 2
    assert queries.entries_of(frozen, cast.resident.actor) == []
    assert queries.is_intact(frozen)
    assert frozen.objections.get().text == "—"


def test_everybody_sees_how_many_by_building_and_small_figures_are_covered(draft, clerk, world):
    people.make_invitations(actor=clerk, building=world.building, doors=[f"1单元{n}-1" for n in range(1, 12)])
    people.make_invitations(
        actor=clerk, building="500108002005-B002", doors=[f"1单元{n}-1" for n in range(1, 10)]
    )
    people.make_invitations(actor=clerk, building="500108002005-B003", doors=["1单元1-1", "1单元2-1"])
    roster = actions.freeze_roster(actor=clerk, number=draft("households", source="people").number)
    rows = {row.name: row.n for row in queries.by_building(roster)}
    # Three is covered, and the smallest other with it: the total would betray it.
    assert rows == {"金堰花园1栋": 12, "金堰花园2栋": None, "金堰花园3栋": None}


def test_persons_of_a_body_that_no_system_knows_are_added_by_hand(draft, clerk, cast):
    roster = draft("party_members")
    line = lines.Line(label="李晓梅", phone="+8613800138000")
    actions.add_entry(actor=clerk, number=roster.number, entry=line)
    actions.freeze_roster(actor=clerk, number=roster.number)
    assert keys_of(queries.entries_of(roster, cast.resident.actor)) == ["李晓梅"]
    assert queries.accounts_of(roster) == {cast.resident.id}


def test_the_day_is_the_products_own(frozen):
    assert frozen.objections_until == today() + timedelta(days=7) and isinstance(
        frozen.objections_until, date
    )
    assert RosterEntry.objects.filter(roster=frozen).count() == 8


# What a review found ---------------------------------------------------------------------------------------


def test_an_account_is_one_owner_and_no_second_one(frozen, clerk, cast):
    letters = actions.make_letters(actor=clerk, number=frozen.number)
    actor = cast.resident.actor
    actions.use_code(actor=actor, code=letter_to(letters, "王五").code)
    refused("other-person", actions.use_code, actor=actor, code=letter_to(letters, "陈六").code)
    assert frozen.people.filter(account=actor.account).count() == 1
    actions.use_code(actor=cast.neighbour.actor, code=letter_to(letters, "陈六").code)  # still good


def test_somebody_may_stand_for_two_homes(draft, clerk, cast):
    roster = draft("households")
    home = {"building": "500108002005-B001", "building_name": "金堰花园1栋", "stair": "1单元"}
    add(clerk, roster, lines.Line(door="7-1", **home), lines.Line(door="7-2", **home))
    actions.freeze_roster(actor=clerk, number=roster.number)
    for letter in actions.make_letters(actor=clerk, number=roster.number):
        actions.use_code(actor=cast.neighbour.actor, code=letter.code)
    assert len(queries.entries_of(roster, cast.neighbour.actor)) == 2


def test_every_telephone_goes_in_time_also_of_proxies_objections_and_drafts(
    frozen, draft, clerk, cast, set_rule
):
    phone = "13912345678"
    actions.record_objection(
        actor=clerk, number=frozen.number, kind="missing", text="漏了我家", name="赵", phone=phone
    )
    answered = frozen.objections.get()
    actions.answer_objection(
        actor=clerk, number=frozen.number, objection=answered.number, is_accepted=False, answer="查过了"
    )
    key = frozen.entries.get(door="1-2").key
    actions.record_proxy(
        actor=clerk, number=frozen.number, keys=[key], giver="A", holder_name="钱", holder_phone=phone,
        signed_on=today(), until=today() + timedelta(days=30),
    )  # fmt: skip
    forgotten = draft()
    add(clerk, forgotten, unit("3-1", "孙七", "", phone, registry=100))
    set_rule("councils.roster.phone_days", 100)
    with clock.at(clock.now() + timedelta(days=90)):
        assert actions.forget_phones() == 0
    with clock.at(clock.now() + timedelta(days=101)):
        assert actions.forget_phones() == 3
    assert not frozen.objections.exclude(phone_sealed="").exists()
    assert not frozen.proxies.exclude(holder_phone_sealed="").exists()
    assert not forgotten.people.exclude(phone_sealed="").exists()


def test_the_time_for_objections_may_be_longer_than_the_rule_and_never_shorter(houses, clerk, set_rule):
    set_rule("councils.roster.objection_days", 10)
    short = today() + timedelta(days=9)
    refused("bad-day", actions.freeze_roster, actor=clerk, number=houses.number, objections_until=short)
    until = today() + timedelta(days=12)
    made = actions.freeze_roster(actor=clerk, number=houses.number, objections_until=until)
    assert made.objections_until == until


def test_a_leader_of_a_group_does_not_read_out_who_lives_where(cast, world):
    leader = cast.group_leader.actor
    fields = {"actor": leader, "place": world.home, "title": "名册", "org": world.group}
    refused("not-from-people", actions.draft_roster, body="residents", source="people", **fields)
    empty = actions.draft_roster(body="residents", **fields)
    refused("not-from-people", actions.fill_from_people, actor=leader, number=empty.number)
    assert not empty.entries.exists()
    doors = actions.draft_roster(body="courtyard", source="people", **fields)
    assert [one.label for one in doors.entries.all()] == ["金堰花园1栋 1单元5-2"]
    assert actions.fill_from_people(actor=cast.clerk.actor, number=empty.number) > 0
