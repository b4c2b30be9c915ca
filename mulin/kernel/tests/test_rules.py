from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.kernel import codes
from mulin.kernel.rules import PackError, RuleBook, RuleUnset, load_packs, read_pack

HEAD = '[pack]\nname = "cases"\ntitle = "办理"\nversion = "7"\n'
DAY = date(2026, 5, 1)
COMMUNITY, STREET, DISTRICT, PROVINCE = "500108002005", "500108002000", "500108000000", "500000000000"


def entry(value, place=codes.COUNTRY, **more):
    return {"name": "cases.limit", "place": place, "value": value, "basis": "测试", "certainty": "law"} | more


def book(*entries, overrides=()):
    """A book of one pack; the entries go through TOML, as in real use."""
    text = HEAD
    for one in entries:
        lines = []
        for key, value in one.items():
            if isinstance(value, dict):
                inner = ", ".join(f"{k} = {_toml(v)}" for k, v in value.items())
                lines.append(f"{key} = {{ {inner} }}")
            else:
                lines.append(f"{key} = {_toml(value)}")
        text += "\n[[rule]]\n" + "\n".join(lines) + "\n"
    return RuleBook([read_pack(text, "rules.toml")], overrides)


def _toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def ask(rules, at=COMMUNITY, on=DAY, **facts):
    return rules.rule("cases.limit", at=at, on=on, **facts).value


def test_nearest_place_wins_and_others_inherit():
    rules = book(entry("country"), entry("province", PROVINCE), entry("street", STREET))
    assert ask(rules) == "street"
    assert ask(rules, at="500108002005-B012") == "street"
    assert ask(rules, at="500108106003") == "province"
    assert ask(rules, at="110101001001") == "country"


def test_answer_carries_pack_basis_and_certainty():
    found = book(entry(3, note="备注", note_en="note")).rule("cases.limit", at=COMMUNITY, on=DAY)
    assert (found.value, found.reference, found.basis, found.certainty) == (3, "cases@7", "测试", "law")
    assert (found.place, found.note, found.note_en) == (codes.COUNTRY, "备注", "note")


def test_rule_applies_from_its_first_to_its_last_day():
    rules = book(entry("old"), entry("new", **{"from": date(2026, 1, 1), "to": date(2026, 12, 31)}))
    answers = [ask(rules, on=day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31))]
    assert answers == ["old", "new", "new"]
    assert ask(rules, on=date(2027, 1, 1)) == "old"


def test_more_conditions_win_and_unmet_conditions_do_not_apply():
    rules = book(
        entry("any"),
        entry("gas", match={"category": "gas"}),
        entry("gas now", match={"category": "gas", "severity": ["urgent", "danger"]}),
    )
    assert ask(rules) == "any"
    assert ask(rules, category="gas") == "gas"
    assert ask(rules, category="gas", severity="danger") == "gas now"
    assert ask(rules, category="lift", severity="danger") == "any"


def test_nearer_place_wins_over_more_conditions():
    rules = book(entry("gas", match={"category": "gas"}), entry("here", DISTRICT))
    assert ask(rules, category="gas") == "here"


def test_override_wins_at_its_place_but_not_over_a_nearer_one():
    pack = [entry("pack", DISTRICT, match={"category": "gas"}), entry("street", STREET)]
    rules = book(*pack, overrides=[entry("own", DISTRICT)])
    assert ask(rules, at="500108106003", category="gas") == "own"
    assert rules.rule("cases.limit", at="500108106003", on=DAY).override
    assert ask(rules) == "street"


def test_override_from_the_database_may_have_empty_columns():
    empty = {"from": None, "to": None, "match": {}, "note": ""}
    assert ask(book(overrides=[entry(5, DISTRICT, **empty)])) == 5


def test_unset_refuses_and_does_not_inherit():
    local = entry(None, DISTRICT, unset=True, note="等区里定")
    del local["value"]
    rules = book(entry("country"), local)
    with pytest.raises(RuleUnset) as caught:
        ask(rules, category="gas")
    assert (caught.value.name, caught.value.at, caught.value.on) == ("cases.limit", COMMUNITY, DAY)
    assert "请在规则里" in caught.value.message
    assert "等区里定" in caught.value.message
    assert "Fill it in" in caught.value.message_en
    assert ask(rules, at="500103001001") == "country"


def test_absent_rule_refuses_every_time_it_is_asked():
    rules = book(entry("x"))
    for _ in range(2):
        with pytest.raises(RuleUnset, match=r"cases\.other"):
            rules.rule("cases.other", at=COMMUNITY, on=DAY)


def test_explain_lists_the_winner_first():
    rules = book(entry("country"), entry("street", STREET), overrides=[entry("own", STREET)])
    found = [rule.value for rule in rules.explain("cases.limit", COMMUNITY, DAY)]
    assert found == ["own", "street", "country"]


def test_rules_can_be_listed_by_certainty():
    rules = book(entry(1), entry(2, DISTRICT, certainty="to be verified"))
    assert [rule.value for rule in rules.rules(certainty="to be verified")] == [2]
    assert rules.names() == ["cases.limit"]


def test_a_moment_is_not_a_day():
    with pytest.raises(TypeError, match="day"):
        book(entry(1)).rule("cases.limit", at=COMMUNITY, on=datetime(2026, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ({"colour": "red"}, "unknown key colour"),
        ({"place": "5001"}, "12 digits"),
        ({"place": "500108002005-B012"}, "below a community"),
        ({"basis": " "}, "basis is missing"),
        ({"certainty": ""}, "certainty is missing"),
        ({"certainty": "perhaps"}, "none of"),
        ({"name": "Limit"}, "module.noun"),
        ({"unset": True}, "one of the two"),
        ({"from": "soon"}, "a day like"),
        ({"from": date(2026, 2, 1), "to": date(2026, 1, 1)}, "before it starts"),
        ({"match": "gas"}, "match is a table"),
        ({"match": {"category": []}}, r"match\.category"),
    ],
)
def test_bad_entry_is_named_with_file_line_and_reason(change, hint):
    with pytest.raises(PackError, match=hint) as caught:
        book(entry(1, "110000000000"), entry(2) | change)
    assert "rules.toml, line 13" in str(caught.value)


def test_bad_override_is_named_by_its_number():
    with pytest.raises(PackError, match=r"override 41.*certainty is missing"):
        book(overrides=[entry(1, certainty="", id=41)])


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({}, {}),
        ({"match": {"category": "gas"}}, {"match": {"category": ["lift", "gas"]}}),
        ({"match": {"category": "gas"}}, {"match": {"severity": "urgent"}}),
        ({"to": date(2026, 6, 1)}, {"from": date(2026, 6, 1)}),
    ],
)
def test_rules_between_which_no_order_decides_are_refused(one, two):
    with pytest.raises(PackError, match=r"line \d+.*overlaps with.*line \d+"):
        book(entry(1, **one), entry(2, **two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"to": date(2026, 5, 31)}, {"from": date(2026, 6, 1)}),
        ({}, {"from": date(2026, 6, 1)}),
        ({"match": {"category": "gas"}}, {"match": {"category": "lift"}}),
        ({}, {"match": {"category": "gas"}}),
        ({"place": STREET}, {}),
    ],
)
def test_rules_that_an_order_decides_are_accepted(one, two):
    assert ask(book(entry(1) | one, entry(2) | two), category="gas") in (1, 2)


def test_two_packs_may_not_contradict_each_other():
    one, two = (read_pack(HEAD + _rule_text(), source) for source in ("a.toml", "b.toml"))
    with pytest.raises(PackError, match=r"b\.toml, line 6.*overlaps with a\.toml, line 6"):
        RuleBook([one, two])


def _rule_text():
    return '\n[[rule]]\nname = "a.b"\nvalue = 1\nbasis = "x"\ncertainty = "law"\n'


def test_packs_are_read_from_files_and_folders(tmp_path):
    (tmp_path / "a.toml").write_text(HEAD + _rule_text(), encoding="utf-8")
    assert [pack.name for pack in load_packs([tmp_path])] == ["cases"]
    assert load_packs([tmp_path]) == load_packs([tmp_path / "a.toml"])
    with pytest.raises(PackError, match="cannot be read"):
        load_packs([tmp_path / "none.toml"])


def test_pack_without_a_head_or_with_broken_toml_is_refused():
    with pytest.raises(PackError, match=r"\[pack\]"):
        read_pack(_rule_text(), "x.toml")
    with pytest.raises(PackError, match="needs version"):
        read_pack('[pack]\nname = "a"\ntitle = "b"\n', "x.toml")
    with pytest.raises(PackError, match=r"x\.toml.*line 2"):
        read_pack("[pack]\nname = \n", "x.toml")


PLACES = [codes.COUNTRY, *codes.parents(COMMUNITY), COMMUNITY, "500108106000", "500103000000"]
starts = st.sampled_from([None, date(2025, 1, 1), date(2026, 1, 1), date(2027, 1, 1)])
conditions = st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), max_size=3)


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), starts, conditions, st.booleans()), max_size=14),
    st.sampled_from(PLACES),
    conditions,
)
def test_answer_is_the_maximum_by_place_override_conditions_and_start(specs, at, facts):
    rows = [
        (entry(number, place, match=match, **({"from": start} if start else {})), own)
        for number, (place, start, match, own) in enumerate(specs)
    ]
    try:
        rules = book(*[row for row, own in rows if not own], overrides=[row for row, own in rows if own])
    except PackError:
        return
    fitting = [
        ((codes.level(row["place"]), own, len(row["match"]), row.get("from") or date.min), row["value"])
        for row, own in rows
        if codes.contains(row["place"], at)
        and row.get("from", date.min) <= DAY
        and all(facts.get(key) == value for key, value in row["match"].items())
    ]
    if fitting:
        assert ask(rules, at=at, **facts) == max(fitting)[1]
    else:
        with pytest.raises(RuleUnset):
            ask(rules, at=at, **facts)
