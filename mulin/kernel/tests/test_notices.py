"""Notices are made of sealed lines; one bad line stops nobody else's."""

import pytest

from mulin.kernel import journal, notices, registry
from mulin.kernel.actors import SYSTEM
from mulin.kernel.models import Notice

CODE = "kernel.backup.made"


@pytest.fixture
def telling(monkeypatch):
    """`telling(recipients)` lets the lines of a code be told to whom the function says."""

    def tell(recipients) -> None:
        rule = registry.NoticeRule(CODE, "备份好了", recipients, lambda entry: "/")
        monkeypatch.setattr(registry, "notice_rules", lambda: {CODE: [rule]})

    return tell


def write_lines(n: int) -> None:
    for i in range(n):
        journal.record(CODE, actor=SYSTEM, data={"n": i})
    journal.seal_all()


def test_a_line_that_a_rule_cannot_read_does_not_stop_the_others(cast, telling):
    def recipients(entry):
        if entry.data["n"] == 1:
            raise KeyError("written by a version that is gone")
        return [cast.admin.id]

    telling(recipients)
    write_lines(3)
    while notices.make():
        pass
    assert sorted(n.data["n"] for n in Notice.objects.filter(code=CODE)) == [0, 2]


def test_a_database_that_goes_away_loses_no_notice(cast, telling):
    from django.db import OperationalError

    def away(entry):
        raise OperationalError("the server is gone")

    telling(away)
    write_lines(1)
    with pytest.raises(OperationalError):
        notices.make()
    telling(lambda entry: [cast.admin.id])
    notices.make()
    assert Notice.objects.filter(code=CODE).count() == 1


def test_each_rule_of_a_code_says_its_own_sentence(cast, monkeypatch):
    first = registry.NoticeRule(CODE, "备份好了", lambda e: [cast.admin.id], lambda e: "/")
    other = registry.NoticeRule(
        CODE, "请看看备份 %(n)s", lambda e: [cast.admin.id, cast.clerk.id], lambda e: "/", name="look"
    )
    monkeypatch.setattr(registry, "notice_rules", lambda: {CODE: [first, other]})
    write_lines(1)
    notices.make()
    words = {one.account_id: notices.say(one) for one in Notice.objects.filter(code=CODE)}
    assert words == {cast.admin.id: "备份好了", cast.clerk.id: "请看看备份 0"}


def test_two_rules_of_a_code_without_names_are_refused(monkeypatch):
    rule = registry.NoticeRule(CODE, "备份好了", lambda e: [], lambda e: "/")
    module = registry.Module("copies", "备份", notices=(rule, rule))
    monkeypatch.setattr(registry, "modules", lambda: (module,))
    registry.notice_rules.cache_clear()
    with pytest.raises(ValueError, match="twice"):
        registry.notice_rules()
    monkeypatch.undo()
    registry.notice_rules.cache_clear()


def test_a_number_is_grouped_and_the_title_named_where_the_reader_may_know_it(monkeypatch):
    rule = registry.NoticeRule(CODE, "您的事%(about)s有了答复，编号 %(number)s", lambda e: [], lambda e: "/")
    monkeypatch.setattr(registry, "notice_rules", lambda: {CODE: [rule]})
    notice = Notice(code=CODE, data={"number": "4821093755"})
    assert notices.say(notice) == "您的事 482 109 3755 有了答复，编号 482 109 3755"
    assert notices.say(notice, "灯坏了") == "您的事“灯坏了”（482 109 3755）有了答复，编号 482 109 3755"
