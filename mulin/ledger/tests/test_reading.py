"""Statements, the trial balance, and the check that finds what is wrong."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.template.loader import render_to_string
from django.utils import translation
from python_calamine import CalamineWorkbook

from mulin.kernel import clock, codes
from mulin.kernel.testing.cast import DISTRICT, HOME, OTHER_HOME
from mulin.ledger import queries, tables
from mulin.ledger.models import Book, Transfer
from mulin.ledger.tests.test_posting import back, make, move
from mulin.ledger.wording import amount_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def spent(freeze):
    """A book with three lines on three days: 120 in, 45 out, 15 in."""
    issue, mine, other = make("time.issued", title="服务"), make(least=0), make(title="储备")
    for day, legs in (
        ("2026-11-01 09:00", (issue, mine, 120)), ("2026-11-10 09:00", (mine, other, 45)),
        ("2026-11-20 09:00", (issue, mine, 15)),
    ):  # fmt: skip
        freeze(day)
        move(legs, words="陪伴")
    freeze("2026-11-22 09:00")
    return mine


def test_a_statement_runs_from_opening_to_closing(spent):
    found = queries.statement(spent, since=date(2026, 11, 5), until=date(2026, 11, 15))
    assert (found.opening, [one.amount for one in found.lines], found.closing) == (120, [-45], 75)
    assert found.lines[0].after == 75 and found.lines[0].other == "储备"
    whole = queries.statement(spent)
    assert whole.opening + whole.came - whole.went == whole.closing == 90
    assert [one.after for one in whole.lines] == [120, 75, 90]


def test_a_statement_takes_one_query_however_long(spent, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.statement(spent)


def test_a_statement_shows_what_was_taken_back():
    issue, mine = make("time.issued"), make()
    back(move((issue, mine, 60)), words="登记错了")
    found = queries.statement(mine)
    assert [one.is_reversal for one in found.lines] == [False, True] and found.closing == 0
    said = render_to_string("ledger/statement.html", {"statement": found})
    assert "（冲销）" in said and "登记错了" in said and "−1 小时" in said


def test_a_statement_prints_and_becomes_a_sheet(spent):
    found = queries.statement(spent)
    said = render_to_string("ledger/statement_table.html", {"statement": found})
    assert "期初" in said and "1 小时 30 分钟" in said
    book = CalamineWorkbook.from_filelike(BytesIO(tables.statement_sheet(found, "我的时间")))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][2] == "期初" and [row[4] for row in rows[1:]] == ["", 2, -0.75, 0.25]


def test_the_trial_balance_is_even_in_a_community_and_above_it():
    issue, mine = make("time.issued"), make()
    away = make(place=OTHER_HOME)
    move((issue, mine, 100))
    move((mine, away, 30))
    here, there = queries.trial_balance(HOME, "minute"), queries.trial_balance(OTHER_HOME, "minute")
    assert (here.total, here.outside, there.total, there.outside) == (-30, 30, 30, -30)
    assert here.is_even and there.is_even
    above = queries.trial_balance(DISTRICT, "minute")
    assert (above.total, above.outside) == (0, 0)
    assert queries.trial_balance(codes.COUNTRY, "fen").rows == []


@pytest.mark.parametrize("place", ["abc", "999"])
def test_the_check_of_no_place_says_so(place):
    with pytest.raises(CommandError, match="no place"):
        call_command("ledger", "check", place=place)


def test_the_check_finds_a_balance_that_was_tampered_with(capsys):
    mine = make()
    move((make("time.issued"), mine, 60))
    call_command("ledger", "check")
    assert json.loads(capsys.readouterr().out.splitlines()[-1]) == {"books": 2, "wrong": 0, "ok": True}
    Book.objects.filter(pk=mine.pk).update(balance=61)
    with pytest.raises(SystemExit):
        call_command("ledger", "check", place=HOME)
    said = capsys.readouterr()
    assert "balance 61, postings 60" in said.err
    assert json.loads(said.out.splitlines()[-1])["wrong"] == 1
    assert queries.check(OTHER_HOME) == (0, [])


def test_the_check_finds_an_edited_leg_of_a_reversal():
    issue, mine = make("time.issued"), make()
    taken = back(move((issue, mine, 60)))
    Transfer.objects.filter(posting=taken).update(amount=59)
    assert any("is not the mirror" in one for one in queries.check()[1])


def test_the_check_finds_units_that_met():
    issue, mine = make("time.issued"), make()
    move((issue, mine, 60))
    Transfer.objects.update(target=make("share.owner", unit="fen"))
    assert any("meet" in one for one in queries.check()[1])


def test_amounts_are_said_as_people_say_them():
    assert amount_words("fen", 125050) == "1,250.50 元"
    assert amount_words("minute", -75) == "−1 小时 15 分钟"
    assert amount_words("minute", 0) == "0 分钟"
    assert amount_words("point", 1, signed=True) == "+1 积分"
    with translation.override("en"):
        assert amount_words("minute", 60) == "1 hour" and amount_words("minute", 121) == "2 hours 1 minute"
        assert amount_words("point", 3) == "3 points"


def test_the_day_of_a_posting_is_the_day_it_was_made(freeze):
    freeze("2026-11-22 23:30")
    assert move((make(), make(), 5)).on == date(2026, 11, 22) == clock.today()
