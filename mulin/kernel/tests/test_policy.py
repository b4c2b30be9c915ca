"""One table, two checks that can never disagree."""

import pytest
from django.db.models import Q

from mulin.kernel import policy
from mulin.kernel.actors import ANONYMOUS, SYSTEM, Actor, PostRef
from mulin.kernel.errors import NotAllowed
from mulin.kernel.ids import new_id

HOME, NEIGHBOUR, STREET = "500108002005", "500108106003", "500108002000"


def holder(role, place, **kwargs):
    return Actor(account=new_id(), posts=(PostRef(role, place, **kwargs),))


def test_the_file_names_only_known_grants_and_every_row_is_complete():
    for permission, row in policy.table().items():
        assert permission.count(":") == 1
        assert row, f"{permission} is granted to nobody"


def test_an_unknown_permission_raises_instead_of_being_refused():
    with pytest.raises(ValueError, match="not in policy"):
        policy.can(ANONYMOUS, "cases.case:vanish", HOME)


def test_a_clerk_decides_at_home_and_not_in_another_community():
    clerk = holder("clerk", HOME)
    policy.require(clerk, "cases.case:dispatch", HOME)
    with pytest.raises(NotAllowed):
        policy.require(clerk, "cases.case:dispatch", NEIGHBOUR)


def test_a_street_officer_reaches_every_community_of_the_street_and_no_other():
    officer = holder("street_officer", STREET)
    assert policy.can(officer, "cases.case:dispatch", HOME)
    assert not policy.can(officer, "cases.case:dispatch", NEIGHBOUR)


def test_a_grid_worker_sees_the_grid_not_the_next_one():
    worker = holder("grid_worker", f"{HOME}-G001")
    assert policy.can(worker, "cases.case:view", policy.Target(HOME, grid=f"{HOME}-G001"))
    assert not policy.can(worker, "cases.case:view", policy.Target(HOME, grid=f"{HOME}-G002"))


def test_a_department_sees_what_it_is_involved_in_only():
    unit = new_id()
    officer = holder("department_officer", "500108000000", org=unit)
    assert policy.can(officer, "cases.case:view", policy.Target(HOME, orgs=frozenset({unit})))
    assert not policy.can(officer, "cases.case:view", policy.Target(HOME))


def test_a_receipt_opens_its_own_voice_only():
    voice = new_id()
    holder_of_receipt = ANONYMOUS.with_receipt(voice)
    assert policy.can(
        holder_of_receipt, "voices.voice:rate", policy.Target(HOME, receipts=frozenset({voice}))
    )
    assert not policy.can(
        holder_of_receipt, "voices.voice:rate", policy.Target(HOME, receipts=frozenset({new_id()}))
    )


def test_a_token_with_few_permissions_cannot_do_more():
    clerk = Actor(
        account=new_id(), posts=(PostRef("clerk", HOME),), restricted_to=frozenset({"cases.case:view"})
    )
    assert policy.can(clerk, "cases.case:view", HOME)
    assert not policy.can(clerk, "cases.case:dispatch", HOME)


def test_the_system_may_everything_and_nobody_sees_nothing():
    fields = policy.Fields(place="place")
    assert policy.visible(SYSTEM, "cases.case:view", fields) == Q()
    assert policy.visible(ANONYMOUS, "cases.case:view", fields) == policy.NOTHING


def test_every_permission_of_the_table_is_asked_for_somewhere():
    """A row that no code asks for would tell a clerk of a right that nobody checks."""
    from mulin.cases import moves

    package = policy.POLICY_FILE.parent.parent.parent
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in package.rglob("*.py") if "tests" not in path.parts
    )
    asked = {moves.permission(name) for name in moves.ALL}
    assert [p for p in policy.table() if f'"{p}"' not in code and p not in asked] == []
