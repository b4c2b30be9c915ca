"""Process files: what is read, and what is said of one that cannot be."""

import json
import tomllib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.councils.stepkinds import kinds
from mulin.councils.steps import Progress, StepKind, only
from mulin.councils.topics.calendar import plan
from mulin.councils.topics.definition import DefinitionError, from_json, read, read_file
from mulin.kernel.workcalendar import Calendar
from mulin.kernel.workingtime import Limit

KINDS = {
    code: StepKind(
        code=code, title=code, icon="circle", settings=lambda raw: only(raw, options_from="", n=1),
        begin=lambda **_: None, progress=lambda topic, step: Progress(), desk_url=lambda topic, step: "",
    )
    for code in ("talk", "choose")
}  # fmt: skip
GOOD = """
[process]
code = "trees"
title = "换树"
about = "换不换树"
basis = "约定"

[[step]]
key = "talk"
kind = "talk"
title = "说一说"

[[step]]
key = "choose"
kind = "choose"
title = "选一选"
at_least = 7
[step.settings]
options_from = "talk"
"""


def parsed(text: str):
    return read(tomllib.loads(text), "trees.toml", KINDS)


def mistakes(text: str) -> list[str]:
    with pytest.raises(DefinitionError) as caught:
        parsed(text)
    return [str(one) for one in caught.value.mistakes]


def test_a_short_file_is_enough_and_the_rest_is_filled_in():
    made = parsed(GOOD)
    assert [one.key for one in made.steps] == ["talk", "choose"]
    assert made.step("talk").needs == () and made.step("choose").needs == ("talk",)
    assert made.step("choose").at_least == Limit(7, "d") and made.step("choose").days == Limit(7, "d")
    assert made.step("choose").settings == {"options_from": "talk", "n": 1}
    assert (made.body, made.places, made.certainty) == ("residents", ("community",), "to be verified")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "talk"', 'kind = "sing"', "step 'talk': kind: 'sing' is none of choose, talk"),
        ('key = "choose"', 'key = "talk"', "key: 'talk' is used by two steps"),
        ("at_least = 7", 'at_least = "soon"', "step 'choose': at_least: a number of days"),
        ("at_least = 7", 'at_least = "3 wh"', "step 'choose': at_least: a number of days"),
        ("at_least = 7", "at_lest = 7", "step 'choose': at_lest: a step knows"),
        ("at_least = 7", "at_least = 1000000000", "step 'choose': at_least: at most three years"),
        ("at_least = 7", 'days = "99999 wd"', "step 'choose': days: at most three years"),
        ("at_least = 7", f'notice = "{"9" * 400} d"', "step 'choose': notice: a number of days"),
        ("at_least = 7", "at_least = -1", "step 'choose': at_least: a number of days"),
        ('title = "说一说"', 'title = "说\\u0000"', "step 'talk': title: a text without"),
        ('options_from = "talk"', 'options_from = "\\u0000"', "step 'choose': settings: a text without"),
        ("at_least = 7", 'needs = ["later"]', "step 'choose': needs: 'later' is no earlier step"),
        ("at_least = 7", 'who = ["king"]', "step 'choose': who: 'king' is none of"),
        ("at_least = 7", 'ends = ["applause"]', "step 'choose': ends: 'applause' is none of"),
        ("at_least = 7", 'optional = "yes"', "step 'choose': optional: true or false"),
        ('options_from = "talk"', 'options_from = "choose"', "settings.options_from: 'choose' is no earlier"),
        ('options_from = "talk"', "colour = 3", "step 'choose': settings: colour: this kind of step knows"),
        ('options_from = "talk"', 'n = "3"', "step 'choose': settings: n: expected int"),
        ('basis = "约定"', "", "trees.toml: basis: is missing"),
        ('code = "trees"', 'code = "Trees!"', "trees.toml: code: 'Trees!'"),
        ('about = "换不换树"', 'about = "x"\nbody = "kings"', "trees.toml: body: 'kings' is none of"),
        ('title = "说一说"', "title = 3", "step 'talk': title: a text is expected"),
    ],
)
def test_a_mistake_names_its_file_its_step_and_its_key(old, new, told):
    assert old in GOOD
    found = mistakes(GOOD.replace(old, new, 1))
    assert any(told in one for one in found), found
    assert all(one.startswith("trees.toml: ") for one in found)


def test_all_mistakes_are_told_at_one_go():
    broken = GOOD.replace('kind = "talk"', 'kind = "sing"').replace("at_least = 7", 'at_least = "x"')
    assert len(mistakes(broken)) == 2


def test_a_file_without_steps_or_without_a_head_is_refused():
    assert any("at least one [[step]]" in one for one in mistakes(GOOD.split("[[step]]")[0]))
    assert any("[process]" in one for one in mistakes("[[step]]" + GOOD.split("[[step]]", 1)[1]))


def test_what_is_no_toml_and_what_is_not_there_is_said(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("[process", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"bad\.toml: this is no TOML"):
        read_file(path, KINDS)
    with pytest.raises(DefinitionError, match=r"absent\.toml: cannot be read"):
        read_file(tmp_path / "absent.toml", KINDS)


def test_a_process_is_the_same_after_it_was_kept_as_json():
    import json

    made = parsed(GOOD)
    assert from_json(json.loads(json.dumps(made.as_json()))) == made


words = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 99) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["code", "title", "body", "site", "key", "kind", "needs", "days", "ends", "settings", "who", "shows"]


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "process": words | st.dictionaries(st.sampled_from(KEYS), words),
            "step": words | st.lists(words | st.dictionaries(st.sampled_from(KEYS), words), max_size=3),
        }
    )
)
def test_whatever_a_file_holds_it_is_read_or_its_mistakes_are_told(data):
    try:
        made = read(data, "any.toml", KINDS)
    except DefinitionError as error:
        assert error.mistakes
    else:
        assert from_json(made.as_json()) == made


def test_a_file_that_is_nested_without_end_breaks_no_page(tmp_path):
    path = tmp_path / "deep.toml"
    path.write_text("a = " + "[" * 50_000, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        read_file(path, KINDS)
    assert "deep.toml: this is no TOML" in str(caught.value)


WRONG = (
    "", "x" * 3000, "\0", 0, -1, 10**15, 10**30, 1.5, float("inf"), True, [], [1], [[]], [{}], {}, {"a": 1},
    date(2026, 1, 1), "999999999 d", "99999 wd", "200000 mo", "9/0", "1e-9",
)  # fmt: skip
STEP_KEYS = "days notice at_least who needs ends optional shows takes_part text title kind key settings"
OWN_KEYS = {
    "vote": "kind secret body affair seats max_choices breaks_ties options_from",
    "budget": "money method max_choices options_from secret body",
    "meeting": "type at_least must_decide",
    "opinions": "open_to seeds least results writes",
    "survey": "template once publish options_question keep",
    "canvass": "target",
    "study": "questions",
    "options": "least most residents costed options_from",
    "publish": "options_from posted_days",
    "rate": "once",
    "works": "",
}


@pytest.mark.parametrize("kind", sorted(OWN_KEYS))
def test_whatever_stands_in_a_key_of_a_step_it_is_refused_or_it_can_be_kept_and_planned(kind, db):
    """Each kind of step there is, each key, each wrong value: a mistake is told, and nothing else happens."""
    step = {"key": "one", "kind": kind, "title": "一步"}
    tried = [{**step, key: value} for key in STEP_KEYS.split() for value in WRONG]
    tried += [{**step, "settings": {key: value}} for key in OWN_KEYS[kind].split() for value in WRONG]
    if kind == "study":
        rows = [{"title": "问", name: value} for name in ("key", "title_en") for value in WRONG]
        tried += [{**step, "settings": {"questions": [row]}} for row in rows]
    head = {"code": "c", "title": "t", "about": "a", "basis": "b"}
    for one in tried:
        try:
            made = read({"process": head, "step": [one]}, "file.toml", kinds())
        except DefinitionError:
            continue
        again = from_json(json.loads(json.dumps(made.as_json())))
        plan(again, date(2026, 11, 22), Calendar.default())
        text = json.dumps(made.as_json())
        assert "\\u0000" not in text and len(text) < 5000, one
