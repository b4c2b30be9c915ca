"""Rules that an administrator sets: checked, in force at once, taken back, never able to break the book."""

from datetime import date, timedelta

import pytest

from mulin.kernel import actions, clock, rulebook
from mulin.kernel.actors import Actor, PostRef
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, RuleOverride

HOME, STREET, DISTRICT = "500108002005", "500108002000", "500108000000"
COUNTRY = "000000000000"


@pytest.fixture
def admin(db, django_user_model):
    account = django_user_model.objects.create_user("boss")
    return Actor(account=account.pk, posts=(PostRef("admin", DISTRICT),))


def given(**changes):
    fields = {
        "name": "voices.text.max",
        "place": STREET,
        "value": 500,
        "basis": "街道办公会纪要",
        "certainty": "local practice",
    }
    return {**fields, **changes}


def test_a_rule_counts_at_its_place_at_once_and_not_beside_it(admin):
    before = rulebook.value("voices.text.max", at=HOME)
    actions.set_rule(actor=admin, **given())
    assert rulebook.value("voices.text.max", at=HOME) == 500
    assert rulebook.value("voices.text.max", at="500108106003") == before != 500


def test_setting_and_withdrawing_write_one_line_each(admin):
    row = actions.set_rule(actor=admin, **given())
    actions.withdraw_rule(actor=admin, override_id=row.pk)
    lines = list(Entry.objects.order_by("id").values_list("code", "place", "subject"))
    assert lines == [
        ("kernel.rule.set", STREET, row.pk),
        ("kernel.rule.withdrawn", STREET, row.pk),
    ]


def test_a_withdrawn_rule_gives_way_to_the_packs_again(admin):
    before = rulebook.value("voices.text.max", at=HOME)
    row = actions.set_rule(actor=admin, **given())
    actions.withdraw_rule(actor=admin, override_id=row.pk)
    assert rulebook.value("voices.text.max", at=HOME) == before
    with pytest.raises(ActionError) as error:
        actions.withdraw_rule(actor=admin, override_id=row.pk)
    assert error.value.code == "over"


def test_setting_the_same_again_replaces_it(admin):
    first = actions.set_rule(actor=admin, **given())
    actions.set_rule(actor=admin, **given(value=600))
    assert rulebook.value("voices.text.max", at=HOME) == 600
    first.refresh_from_db()
    assert first.withdrawn_at is not None


def test_a_rule_can_be_unset_for_a_place(admin):
    actions.set_rule(actor=admin, **given(value=None))
    with pytest.raises(ActionError) as error:
        rulebook.value("voices.text.max", at=HOME)
    assert error.value.code == "rule-unset"


def test_a_condition_limits_a_rule_to_some_cases(admin):
    actions.set_rule(
        actor=admin, **given(name="cases.limit.solve", value="2 wd", match={"kind": ["complaint"]})
    )
    assert (
        rulebook.value("cases.limit.solve", at=HOME, kind="complaint", category="", severity="minor")
        == "2 wd"
    )
    assert rulebook.value("cases.limit.solve", at=HOME, kind="help", category="", severity="minor") == "3 wd"


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": "voices.text.least"}, "unknown-rule", "name"),
        ({"place": "5001"}, "bad-place", "place"),
        ({"place": f"{HOME}-G001"}, "bad-place", "place"),
        ({"value": "viel"}, "value-wrong", "value"),
        ({"value": -1}, "value-wrong", "value"),
        ({"value": True}, "value-wrong", "value"),
        ({"name": "cases.limit.solve", "value": "5 Tage"}, "value-wrong", "value"),
        ({"name": "cases.limit.solve", "value": "0 d"}, "value-wrong", "value"),
        ({"name": "people.digest_hour", "value": 24}, "value-wrong", "value"),
        ({"basis": "  "}, "no-basis", "basis"),
        ({"certainty": "sure"}, "bad-certainty", "certainty"),
        ({"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)}, "bad-dates", "valid_to"),
    ],
)
def test_what_cannot_be_right_is_refused_beside_its_field(admin, changes, code, field):
    with pytest.raises(ActionError) as error:
        actions.set_rule(actor=admin, **given(**changes))
    assert (error.value.code, error.value.field) == (code, field)
    assert not RuleOverride.objects.exists()


def test_two_rules_between_which_no_order_decides_are_refused(admin):
    today = clock.today()
    actions.set_rule(actor=admin, **given(valid_from=today, valid_to=today + timedelta(30)))
    with pytest.raises(ActionError) as error:
        actions.set_rule(actor=admin, **given(value=7, valid_from=today + timedelta(10)))
    assert error.value.code == "rule-overlap"
    assert rulebook.value("voices.text.max", at=HOME) == 500


def test_a_later_rule_follows_an_open_one(admin):
    today = clock.today()
    actions.set_rule(actor=admin, **given(valid_from=today))
    actions.set_rule(actor=admin, **given(value=7, valid_from=today + timedelta(10)))
    assert rulebook.value("voices.text.max", at=HOME) == 500
    assert rulebook.value("voices.text.max", at=HOME, on=today + timedelta(10)) == 7


def test_a_contradiction_brought_along_by_a_merger_does_not_stop_the_book(admin):
    for value in (500, 600):
        RuleOverride.objects.create(
            name="voices.text.max", place=STREET, valid_from=date(2025, 1, 1), value=value, basis="纪要",
            certainty="local practice", set_by_id=admin.account,
        )  # fmt: skip
    rulebook.forget()
    assert rulebook.value("voices.text.max", at=HOME) == 500


def test_a_rule_is_set_only_inside_ones_own_place(admin):
    for place in (COUNTRY, "500100000000", "110000000000"):
        with pytest.raises(NotAllowed):
            actions.set_rule(actor=admin, **given(place=place))


def test_somebody_who_is_no_administrator_may_not_set_or_withdraw(admin, django_user_model):
    row = actions.set_rule(actor=admin, **given())
    clerk = Actor(account=django_user_model.objects.create_user("clerk").pk, posts=(PostRef("clerk", HOME),))
    with pytest.raises(NotAllowed):
        actions.set_rule(actor=clerk, **given(place=HOME))
    with pytest.raises(NotAllowed):
        actions.withdraw_rule(actor=clerk, override_id=row.pk)
    with pytest.raises(NotVisible):
        actions.withdraw_rule(actor=admin, override_id=admin.account)
