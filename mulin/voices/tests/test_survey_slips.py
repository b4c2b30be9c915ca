"""One sheet a household, also where the desk types it in: with the code of its slip, or counted apart."""

from datetime import timedelta

import pytest

from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Entry
from mulin.voices.surveys import actions, answering, queries, reading
from mulin.voices.surveys.models import Sheet, Survey


@pytest.fixture
def slips(world, cast):
    """A survey once a household that is open, and the codes of its slips."""

    def make(n=3):
        me = {"actor": cast.clerk.actor}
        made = actions.draft_survey(**me, place=world.home, template="annual_needs")
        frame = {"title": made.title, "closes_on": clock.today() + timedelta(days=9), "once": "household"}
        actions.edit_survey(**me, number=made.number, **frame)
        codes = actions.make_codes(**me, number=made.number, n=n) if n else []
        return actions.open_survey(**me, number=made.number), codes

    return make


@pytest.fixture
def enter(cast):
    def call(survey, **fields):
        answers = {"needs": ["green"]}
        return answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers=answers, **fields)

    return call


def refused(wanted, call, *given, **fields):
    with pytest.raises(ActionError) as error:
        call(*given, **fields)
    assert error.value.code == wanted
    return error.value


def test_a_households_paper_sheet_is_not_typed_in_without_its_code(slips, enter):
    survey, codes = slips()
    for nothing in ({}, {"code": " - "}, {"without_code": "because"}):
        assert refused("no-code", enter, survey, **nothing).field == "code"
    assert not Sheet.objects.exists()
    enter(survey, code=codes[0])
    said = refused("taken", enter, survey, code=codes[0], without_code="lost")
    assert "没有录进去" in said.message
    assert queries.results(survey).returned == 1 and queries.results(survey).uncoded == 0


def test_a_sheet_whose_slip_is_lost_counts_and_is_counted_apart(slips, enter):
    survey, codes = slips()
    enter(survey, code=codes[0])
    enter(survey, without_code="lost", channel="visit")
    found = queries.results(survey)
    assert (found.returned, found.uncoded, reading.staff_results(survey).uncoded) == (2, 1, 1)
    # The journal is kept for ever: it does not tell which of the sheets had no code.
    assert not Entry.objects.filter(data__has_key="without_code").exists()


def test_a_mistyped_sheet_is_typed_in_again_once_and_its_household_counts_once(slips, enter, cast):
    survey, codes = slips()
    wrong = enter(survey, code=codes[0])
    assert refused("not-voided", enter, survey, without_code="again").field == "without_code"
    answering.void_sheet(actor=cast.clerk.actor, number=survey.number, sheet=wrong.pk, reason="录串了行")
    again = enter(survey, code=codes[0], without_code="again")  # the slip is still in hand
    refused("not-voided", enter, survey, without_code="again")
    answering.void_sheet(actor=cast.clerk.actor, number=survey.number, sheet=again.pk, reason="又录错了")
    enter(survey, without_code="again")
    refused("not-voided", enter, survey, without_code="again")
    found = queries.results(survey)
    assert (found.returned, found.uncoded, found.void) == (1, 0, 2)


def test_where_no_slips_went_out_nothing_is_asked_and_the_sheets_are_counted_apart(slips, enter):
    survey, _codes = slips(0)
    enter(survey)
    assert queries.results(survey).uncoded == 1


def test_how_many_had_no_code_stays_with_the_results_and_which_ones_does_not(slips, enter, cast):
    survey, codes = slips(20)
    for code in codes:
        enter(survey, code=code)
    enter(survey, without_code="lost")
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    call = {"actor": cast.secretary.actor, "number": survey.number, "conclusion": "今年先种树。"}
    actions.publish_results(**call, questions=["needs"])
    assert not Sheet.objects.exclude(without_code="").exists()
    assert reading.public_results(Survey.objects.get()).uncoded == 1


def test_households_are_counted_as_households_and_a_full_bar_is_all_of_them(slips, enter, cast):
    survey, codes = slips(5)
    for n, code in enumerate(codes):
        answers = {"needs": ["green"] if n < 2 else ["meals"], "age": "a60"}
        answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers=answers, code=code)
    shown = {one.key: one for one in reading.staff_results(survey).questions}
    assert shown["needs"].base == "5 户答"
    bars = [bar for group in shown["needs"].groups for bar in group.bars if bar.n]
    assert [(bar.share, bar.n, bar.most) for bar in bars] == [("60%", 3, 5), ("40%", 2, 5)]


def test_slips_asked_for_once_are_made_once_and_earlier_ones_stay_valid(slips, enter, cast):
    survey, codes = slips(2)
    call = {"actor": cast.clerk.actor, "number": survey.number}
    more = actions.make_codes(**call, n=3, had=2)
    refused("made-already", actions.make_codes, **call, n=3, had=2)
    assert survey.codes.count() == 5
    assert [one.n for one in queries.slips_made(survey)] == [3, 2]
    enter(survey, code=codes[0])
    enter(survey, code=more[0])
