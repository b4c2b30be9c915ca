"""What waits in many modules is read in one statement, the most pressing first."""

from datetime import date, time, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import DateField, Value
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from mulin.kernel import clock, kept, rulebook, waiting
from mulin.kernel.actors import ANONYMOUS, Actor, PostRef
from mulin.kernel.db import counts
from mulin.kernel.ids import new_id
from mulin.kernel.models import Job, Notice
from mulin.kernel.registry import InboxItem, InboxSource
from mulin.people.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def things(db):
    """Two jobs with a clock and two notices without."""
    account = Account.objects.create_user("clerk")
    now = clock.now()
    for n in (2, 1):
        Job.objects.create(
            kind=f"job-{n}", account=account, finished_at=now + timedelta(days=n), created_at=now
        )
    for n in (2, 1):
        Notice.objects.create(
            account=account, code=f"notice-{n}", entry=new_id(), created_at=now - timedelta(days=n)
        )
    return now


def jobs(actor):
    return waiting.rows(Job.objects.all(), ref="pk", title="kind", place="kind", due_at="finished_at")


def notices(actor):
    return waiting.rows(Notice.objects.all(), ref="pk", title="code", place="code", fact="url")


def item(row):
    return InboxItem(row.ref, row.title, "", "", due_at=row.due_at, since=row.since, place=row.place)


def source(rows):
    return InboxSource("any", "", rows=rows, item=item)


def test_the_first_due_comes_first_and_what_has_no_clock_by_its_age(things):
    found = waiting.first([notices(ANONYMOUS), jobs(ANONYMOUS)], 10)
    assert [row.title for row in found] == ["job-1", "job-2", "notice-2", "notice-1"]
    assert found[0].due_at == things + timedelta(days=1) and found[0].since == things
    assert found[2].due_at is None and [row.source for row in found] == [1, 1, 0, 0]


def test_all_sources_cost_one_statement_and_a_full_list_one_more(things, monkeypatch):
    sources = [source(jobs), source(notices), source(lambda actor: None)]
    waiting.items(sources, ANONYMOUS, 3)
    waiting.items(sources, ANONYMOUS, 3)  # it knows by now that both tables are used
    with CaptureQueriesContext(connection) as asked:
        found, total = waiting.items(sources, ANONYMOUS, 3)
    assert len(asked) == 1 and total == len(found) == 4
    monkeypatch.setattr(waiting, "MOST_READ", 0)
    with CaptureQueriesContext(connection) as asked:
        found, total = waiting.items(sources, ANONYMOUS, 3)
    assert len(asked) == 2 and total == 4 and len(found) == 3


def test_what_does_not_wait_yet_is_neither_shown_nor_counted(things, monkeypatch):
    """Also where it was dropped out of a list that is not read to its end."""
    late = InboxSource("late", "", rows=jobs, item=lambda row: None if row.title == "job-1" else item(row))
    for most in (200, 0):
        monkeypatch.setattr(waiting, "MOST_READ", most)
        found, total = waiting.items([late, source(notices)], ANONYMOUS, 3)
        assert total == 3 and "job-1" not in {one.title for one in found}


def test_facts_and_days_come_back_as_they_were(things):
    job = Job.objects.get(kind="job-2")
    fact = waiting.facts(kind="kind", until="finished_at", by="account")
    (row,) = waiting.first([waiting.rows(Job.objects.filter(pk=job.pk), ref="pk", title="kind",
                                         place="kind", fact=fact)], 5)  # fmt: skip
    assert row.facts["kind"] == "job-2" and UUID(row.facts["by"]) == job.account_id
    assert waiting.moment(row.facts["until"]) == job.finished_at and waiting.moment(None) is None
    assert waiting.on("2026-11-22", time(18)).isoformat() == "2026-11-22T18:00:00+08:00"


def test_a_day_is_due_at_its_hour_on_both_databases(things):
    with_day = Job.objects.annotate(on=Value(date(2026, 11, 22), DateField()))
    found = waiting.rows(with_day, ref="pk", title="kind", place="kind", due_at=waiting.day("on"))
    row, *_rest = waiting.first([found, notices(ANONYMOUS)], 5)
    assert row.due(time(18)).isoformat() == "2026-11-22T18:00:00+08:00"
    assert row.due().isoformat() == "2026-11-22T23:59:00+08:00"


def test_a_source_that_counts_for_itself_stands_beside_the_others(things):
    own = InboxSource("own", "", lambda actor, limit: [InboxItem("x", "own", "", "")], lambda actor: 7)
    found, total = waiting.items([own, source(jobs)], ANONYMOUS, 1)
    assert {one.title for one in found} == {"job-1", "job-2", "own"} and total == 2 + 7


def test_a_source_that_is_known_to_be_empty_may_come_first(things):
    nobody = waiting.rows(Job.objects.none(), ref="pk", title="kind", place="kind")
    for found in ([nobody, notices(ANONYMOUS), jobs(ANONYMOUS)], [jobs(ANONYMOUS), nobody]):
        said = waiting.first(found, 10)
        assert [found[row.source] is not nobody for row in said] == [True] * waiting.count(found)
        assert [row.title for row in said][:2] == ["job-1", "job-2"]
    assert waiting.first([nobody], 5) == [] and waiting.count([nobody, nobody]) == 0


def test_a_column_may_be_a_part_of_a_day(things):
    found = waiting.rows(Job.objects.all(), ref="pk", title="kind", place="kind", fact="created_at__year")
    assert {row.fact for row in waiting.first([notices(ANONYMOUS), found], 9) if row.source} == {
        str(things.year)
    }


def test_what_has_no_beginning_and_no_clock_is_shown_all_the_same(things):
    Job.objects.update(finished_at=None)
    bare = waiting.rows(Job.objects.all(), ref="pk", title="kind", place="kind", since="finished_at",
                        due_at="finished_at")  # fmt: skip
    for found in ([bare], [notices(ANONYMOUS), bare]):
        said = [row for row in waiting.first(found, 9) if row.title.startswith("job")]
        assert [(row.since, row.due_at) for row in said] == [(None, None)] * 2


def test_nothing_waits_where_nobody_asks(db):
    assert waiting.items([source(lambda actor: None)], ANONYMOUS, 5) == ([], 0)
    assert waiting.count([]) == 0


@pytest.fixture
def nothing_known(monkeypatch):
    """As in a process that has just begun."""
    monkeypatch.setattr(waiting, "_tables", {})
    monkeypatch.setattr(waiting, "_used", set())
    monkeypatch.setattr(kept, "_all", {})


def listening(asked, query=notices):
    """A source that notes who it was put together for."""

    def told(actor):
        asked.append(actor)
        return query(actor)

    return source(told)


def test_a_module_that_nobody_uses_is_not_asked_and_from_its_first_thing_on_it_is(db, nothing_known):
    asked = []
    sources = [listening(asked)]
    assert [waiting.items(sources, ANONYMOUS, 3) for _ in range(3)] == [([], 0)] * 3
    assert len(asked) == 1
    account = Account.objects.create_user("clerk")
    Notice.objects.create(account=account, code="notice-1", entry=new_id(), created_at=clock.now())
    for _ in range(2):
        found, total = waiting.items(sources, ANONYMOUS, 3)
        assert [one.title for one in found] == ["notice-1"] and total == 1
    with CaptureQueriesContext(connection) as done:
        waiting.items(sources, ANONYMOUS, 3)
    assert len(done) == 1


def test_a_question_is_put_together_once_a_day_for_each_actor_and_language(things, nothing_known):
    asked = []
    sources = [listening(asked)]
    later = Actor(posts=(PostRef("clerk", "500108002005"),))
    for day in (0, 0, 1, 1):
        with clock.at(things + timedelta(days=day)):
            for actor in (ANONYMOUS, later, ANONYMOUS):
                assert len(waiting.items(sources, actor, 9)[0]) == 2
    assert asked == [ANONYMOUS, later, ANONYMOUS, later]
    with clock.at(things), override("en"):
        waiting.items(sources, ANONYMOUS, 9)
    assert len(asked) == 5


def test_what_is_read_of_the_hour_the_rules_or_the_database_is_read_anew(things, nothing_known):
    def since_now(actor):
        return waiting.rows(
            Notice.objects.filter(created_at__lt=clock.now()), ref="pk", title="code", place="code"
        )

    def by_rule(actor):
        rulebook.book()
        return notices(actor)

    def by_row(actor):
        return notices(actor) if Notice.objects.exists() else None

    for query in (since_now, by_rule, by_row):
        asked = []
        for _ in range(3):
            assert len(waiting.items([listening(asked, query)], ANONYMOUS, 9)[0]) == 2
        assert len(asked) == 3


def test_a_question_that_is_kept_still_goes_by_the_hour_at_which_it_is_asked(things, nothing_known):
    def passed(actor):
        gone = Notice.objects.filter(created_at__lt=kept.Now(hours=-30))
        return waiting.rows(gone, ref="pk", title="code", place="code")

    asked = []
    sources = [listening(asked, passed)]
    morning = things.astimezone(clock.zone()).replace(hour=8)
    Notice.objects.update(created_at=morning - timedelta(hours=29))
    said = []
    for hours in (0, 2):
        with clock.at(morning + timedelta(hours=hours)):
            said.append(waiting.items(sources, ANONYMOUS, 9)[1])
    assert said == [0, 2] and len(asked) == 1


def test_who_has_not_come_by_for_long_is_forgotten(things, nothing_known, monkeypatch):
    monkeypatch.setattr(kept, "MOST", 3)
    for n in range(10):
        waiting.items([source(notices)], Actor(name=str(n)), 9)
        assert len(kept._all) <= 3


def test_several_queries_are_counted_at_once(things):
    with CaptureQueriesContext(connection) as done:
        found = counts(Job.objects.all(), Job.objects.none(), Notice.objects.order_by()[:1])
    assert found == [2, 0, 1] and len(done) == 1
