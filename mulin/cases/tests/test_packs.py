"""The packs of this module fit the catalogue and each other; every sentence can be said."""

import pytest
from django.utils import translation

from mulin.cases import reasons, states
from mulin.cases.module import MODULE
from mulin.kernel import notices, policy, rulebook
from mulin.kernel.models import Notice
from mulin.kernel.registry import PUBLIC
from mulin.kernel.rules import RuleUnset
from mulin.kernel.workingtime import Limit
from mulin.voices.categories import catalogue

HOME = "500108002005"


def rules():
    return [rule for rule in rulebook.book().rules() if rule.pack == "cases"]


def test_categories_named_in_the_rules_are_in_the_catalogue(db):
    known = {category.code for category in catalogue()}
    for rule in rules():
        assert set(rule.match.get("category", ())) <= known, rule.name
    assert set(rulebook.value("cases.routing.estate_categories", at=HOME)) <= known
    assert set(reasons._lists()) - {"*"} <= known


def test_every_limit_can_be_read_and_says_how_sure_it_is(db):
    limits = [rule for rule in rules() if rule.name.startswith("cases.limit.")]
    assert len(limits) > 15
    for rule in limits:
        assert Limit.parse(rule.value).amount > 0
        assert rule.certainty != "law" and rule.basis


@pytest.mark.parametrize("severity", ["minor", "major"])
@pytest.mark.parametrize("kind", ["consult", "help", "complaint", "tip_off", "suggestion"])
def test_every_kind_has_a_response_and_a_solve_limit(kind, severity, db):
    for category in catalogue():
        for clock in ("response", "solve"):
            facts = {"category": category.code, "group": category.group, "kind": kind, "severity": severity}
            assert rulebook.value(f"cases.limit.{clock}", at=HOME, **facts)


def test_nothing_is_dispatched_by_the_machine_unless_a_place_says_so(db):
    from mulin.kernel.clock import today

    with pytest.raises(RuleUnset):
        rulebook.book().rule("cases.dispatch.auto_precision", HOME, today())


def test_posts_named_in_the_rules_exist(db):
    names = set(policy.roles())
    for rule in ("cases.escalation.ladder", "cases.major.recipients"):
        for step in rulebook.value(rule, at=HOME):
            assert set(step["roles"]) <= names


def test_reasons_and_checklists_have_words_in_both_languages(db):
    for name in ("cases.refusal.reasons", "cases.exclusion.reasons"):
        for item in rulebook.value(name, at=HOME):
            assert item["zh"] and item["en"]
    for items in reasons._lists().values():
        assert len({item["code"] for item in items}) == len(items)
        assert all(item["zh"] and item["en"] for item in items)


SAMPLE = {
    "org": "", "orgs": [], "number": "1234567897", "level": "street", "reason": "elsewhere", "move": "refuse",
    "result": "reached", "outcome": "confirmed", "answer": "done", "into": "1", "out_of": "2", "by": "5 wd",
    "review_on": "2026-12-01",
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_sentence_and_notice_can_be_said_in_both_languages(language, db):
    with translation.override(language):
        for code, sentence in MODULE.sentences.items():
            said = sentence.say(SAMPLE)
            assert said and "%(" not in said, code
            if language == "en":
                assert not any("\u4e00" <= ch <= "\u9fff" for ch in said), (code, said)
        for rule in MODULE.notices:
            notice = Notice(code=rule.code, data={**SAMPLE, notices.RULE: rule.name})
            said = notices.say(notice, "Lamp")
            assert "Lamp" in said and "—" not in said, rule.code
            if language == "en":
                assert not any("\u4e00" <= ch <= "\u9fff" for ch in said), (rule.code, said)


def test_residents_read_what_concerns_them_and_not_the_desks_own_steps():
    public = {code for code, sentence in MODULE.sentences.items() if sentence.audience == PUBLIC}
    assert {
        "cases.case.refused",
        "cases.case.suspended",
        "cases.case.excluded",
        "cases.case.finished",
    } <= public
    assert not public & {"cases.case.noted", "cases.case.refusal_proposed", "cases.case.objected"}


def test_every_state_has_two_words_and_a_tone():
    for state in states.STATES:
        assert states.label(state) and states.neighbour_label(state) and states.tone(state)
