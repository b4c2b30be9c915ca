"""Rules on the desk: found, explained, set without code and taken back."""

import pytest
from django.urls import reverse

from mulin.kernel import rulebook
from mulin.kernel.models import RuleOverride

SOLVE = "cases.limit.solve"


def url(name: str, *args) -> str:
    return reverse(f"desk:desk_admin:{name}", args=args)


@pytest.fixture
def typed(world):
    return {
        "value": "2 wd", "place": "花园路街道", "valid_from": "2025-01-01", "valid_to": "",
        "basis": "街道办公会纪要第 3 号", "certainty": "local practice", "note": "", "if_kind": ["complaint"],
    }  # fmt: skip


def test_a_new_case_runs_by_the_rule_that_an_administrator_just_set(browser, typed, speak):
    before = speak().case().clocks.get(kind="solve")
    assert before.limit == "13 wd"
    answer = browser("admin").post(url("rule-set", SOLVE), {**typed, "sure": "1"})
    assert answer.status_code == 302
    after = speak(text="单元门口的垃圾三天没有清运了，味道很大，请来看看。").case().clocks.get(kind="solve")
    assert after.limit == "2 wd"
    assert after.rule["basis"] == "街道办公会纪要第 3 号"
    before.refresh_from_db()
    assert before.limit == "13 wd"


def test_before_it_is_set_the_page_shows_what_would_change(browser, typed):
    page = browser("admin").post(url("rule-set", SOLVE), typed)
    assert page.status_code == 200
    assert not RuleOverride.objects.exists()
    said = page.content.decode()
    assert "13 个工作日" in said and "2 个工作日" in said
    changed = {row["when"]: row["changes"] for row in page.context["preview"]}
    assert changed["种类：投诉"] is True
    assert changed["种类：咨询、求助"] is False
    assert changed["种类：建议"] is False


def test_a_general_value_shows_that_it_hides_the_finer_ones(browser, typed):
    page = browser("admin").post(url("rule-set", SOLVE), {**typed, "if_kind": []})
    assert all(row["after"] == "2 个工作日" for row in page.context["preview"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"value": "zwei Tage"}, "value"),
        ({"value": ""}, "value"),
        ({"place": "没有这个地方"}, "place"),
        ({"basis": ""}, "basis"),
        ({"certainty": ""}, "certainty"),
        ({"valid_to": "2024-01-01"}, "valid_to"),
    ],
)
def test_a_bad_value_keeps_what_was_typed_and_says_what_is_wrong(browser, typed, changes, field):
    page = browser("admin").post(url("rule-set", SOLVE), {**typed, "note": "试一试", **changes, "sure": "1"})
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    said = page.content.decode()
    assert "试一试" in said
    for value in changes.values():
        assert not value or value in said
    assert not RuleOverride.objects.exists()


def test_a_rule_outside_ones_place_is_refused_beside_the_place(browser, typed):
    page = browser("admin").post(url("rule-set", SOLVE), {**typed, "place": "000000000000", "sure": "1"})
    assert page.status_code == 422
    assert page.context["form"].errors["place"]


def test_a_withdrawn_value_gives_way_to_the_packs(browser, typed, world):
    client = browser("admin")
    client.post(url("rule-set", SOLVE), {**typed, "if_kind": [], "sure": "1"})
    facts = {"kind": "help", "severity": "minor", "category": ""}
    assert rulebook.value(SOLVE, at=world.home, **facts) == "2 wd"
    row = RuleOverride.objects.get()
    page = client.get(url("rule-withdraw", row.pk))
    assert page.status_code == 200 and row.withdrawn_at is None
    assert client.post(url("rule-withdraw", row.pk)).status_code == 302
    assert rulebook.value(SOLVE, at=world.home, **facts) == "3 wd"
    history = client.get(url("rule", SOLVE)).context["history"]
    assert [line["icon"] for line in history] == ["undo", "edit"]


def test_the_page_of_a_rule_says_which_value_wins_and_why(browser, typed, world):
    client = browser("admin")
    client.post(url("rule-set", SOLVE), {**typed, "if_kind": [], "sure": "1"})
    page = client.get(url("rule", SOLVE), {"place": world.home, "kind": "complaint"})
    first, second = page.context["competing"][:2]
    assert (first["value"], second["value"]) == ("2 个工作日", "13 个工作日")
    assert "地方更近" in first["why"]
    assert "条件更具体" in page.context["competing"][1]["why"]


def test_the_list_is_narrowed_by_certainty_module_word_and_what_is_unset(browser):
    client = browser("clerk")

    def names(**query):
        return {row.name for row in client.get(url("rules"), query).context["rows"]}

    assert SOLVE in names(certainty="to be verified")
    assert "cases.urgency" not in names(certainty="to be verified")
    assert all(name.startswith("voices.") for name in names(module="voices"))
    assert "cases.dispatch.auto_precision" in names(state="unset")
    assert SOLVE not in names(state="unset")
    assert names(q="北京接诉即办")
    assert names(q="没有这样的话") == set()
    assert names(state="own") == set()


def test_a_list_is_ticked_and_a_table_is_typed_a_line_each(browser, typed, world):
    client = browser("admin")
    shared = {key: value for key, value in typed.items() if key != "if_kind"} | {"sure": "1"}
    client.post(url("rule-set", "voices.public.kinds"), {**shared, "value": ["consult", "wish"]})
    assert rulebook.value("voices.public.kinds", at=world.home) == ["consult", "wish"]
    ladder = "community | 0 h | secretary, clerk\nstreet | 48 h | street_officer"
    client.post(url("rule-set", "cases.escalation.ladder"), {**shared, "value": ladder})
    assert [row["roles"] for row in rulebook.value("cases.escalation.ladder", at=world.home)] == [
        ["secretary", "clerk"],
        ["street_officer"],
    ]
    page = client.post(
        url("rule-set", "cases.escalation.ladder"), {**shared, "value": "street | 48 h | mayor"}
    )
    assert page.status_code == 422 and "mayor" in page.content.decode()


def test_a_place_can_leave_a_rule_open(browser, typed, world):
    data = {key: value for key, value in typed.items() if key != "if_kind"}
    browser("admin").post(
        url("rule-set", "voices.text.max"), {**data, "value": "", "is_unset": "on", "sure": "1"}
    )
    assert RuleOverride.objects.get().value is None


def test_an_unknown_rule_is_not_there(browser):
    assert browser("admin").get(url("rule", "cases.limit.never")).status_code == 404
