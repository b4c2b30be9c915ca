"""Minutes expire by the rule, the oldest first, and never without a word before."""

from datetime import date, timedelta

import pytest

from mulin.kernel import clock
from mulin.kernel.models import Notice
from mulin.kernel.testing.cast import HOME
from mulin.ledger import queries as ledger
from mulin.mutualaid.timebank import actions, expiring, queries
from mulin.mutualaid.timebank.models import TimeExpiry
from mulin.mutualaid.timebank.tests.test_time import balance, reserve

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_years(bank, rules):
    rules(bank, **{"aid.time.expiry_months": 24, "aid.time.expiry_notice_days": 60})


def test_nothing_expires_where_no_rule_says_so(cast, credit, freeze):
    credit(cast.resident, 60)
    freeze("2036-11-23 09:00")
    assert expiring.run() == {"told": 0, "expired": 0}
    assert balance(cast.resident) == 60


def test_one_is_told_once_then_it_goes_to_the_reserve(cast, credit, two_years, freeze, settle):
    credit(cast.resident, 60)
    freeze("2028-09-20 03:00")
    assert expiring.run() == {"told": 0, "expired": 0}
    freeze("2028-09-25 03:00")
    assert expiring.run() == {"told": 1, "expired": 0}
    assert expiring.run() == {"told": 0, "expired": 0}
    settle()
    notice = Notice.objects.get(account=cast.resident.account)
    assert notice.code == "aid.time.expiring" and notice.url == "/aid/time/"
    freeze("2028-11-23 03:00")
    assert expiring.run() == {"told": 0, "expired": 0}
    freeze("2028-11-24 03:00")
    assert expiring.run() == {"told": 0, "expired": 1}
    assert (balance(cast.resident), reserve()) == (0, 60)
    assert ledger.check()[1] == []


def test_the_oldest_go_first_and_what_was_used_meanwhile_does_not_expire(cast, credit, two_years, freeze):
    credit(cast.resident, 60)
    freeze("2027-11-23 09:00")
    credit(cast.resident, 30)
    freeze("2028-10-01 09:00")
    assert expiring.run()["told"] == 1
    actions.give(actor=cast.resident.actor, minutes=45, reserve=True)
    freeze("2028-12-01 09:00")
    assert expiring.run() == {"told": 0, "expired": 1}
    assert (balance(cast.resident), reserve()) == (30, 60)
    assert queries.own_time(cast.resident.actor).expires == [(date(2029, 11, 23), 30, False)]


def test_a_new_rule_takes_nothing_at_once(cast, credit, freeze, bank, rules):
    credit(cast.resident, 60)
    freeze("2031-01-10 09:00")
    rules(bank, **{"aid.time.expiry_months": 24, "aid.time.expiry_notice_days": 60})
    assert expiring.run() == {"told": 1, "expired": 0}
    found = TimeExpiry.objects.get()
    assert found.due_on == clock.today() + timedelta(days=60)
    assert queries.own_time(cast.resident.actor).expires == [(found.due_on, 60, True)]


def test_a_rule_that_is_withdrawn_lets_everybody_keep_theirs(cast, credit, two_years, freeze, bank, rules):
    credit(cast.resident, 60)
    freeze("2028-11-20 09:00")
    assert expiring.run()["told"] == 1
    rules(bank, **{"aid.time.expiry_months": 0})
    freeze("2029-11-24 09:00")
    assert expiring.run() == {"told": 0, "expired": 0}
    assert balance(cast.resident) == 60 and not TimeExpiry.objects.filter(done_at=None).exists()


def test_the_page_says_what_will_go_and_when(cast, credit, two_years, freeze, client_for):
    credit(cast.resident, 75)
    freeze("2028-11-01 09:00")
    expiring.run()
    said = client_for(cast.resident).get("/aid/time/").content.decode()
    assert "有 1 小时 15 分钟 最早在" in said and "一年内会到期的" in said


def test_a_helper_without_an_account_keeps_theirs_until_the_day_too(credit, two_years, freeze):
    from uuid import uuid4

    credit(None, 60, helper_id=uuid4(), helper_name="陈奶奶")
    freeze("2028-11-01 09:00")
    assert expiring.run()["told"] == 1
    freeze("2029-01-01 09:00")
    assert expiring.run()["expired"] == 1 and reserve(HOME) == 60
