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
