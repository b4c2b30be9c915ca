"""The background loop: a line that one subscriber cannot take holds up nobody for long and is not lost."""

import contextlib
import io
import json
import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection
from django.urls import reverse

from mulin.kernel import journal, registry, worker
from mulin.kernel.actors import SYSTEM
from mulin.kernel.models import Cursor, Entry
from mulin.kernel.registry import Subscriber

pytestmark = pytest.mark.django_db


class Reader:
    """A subscriber that cannot take lines whose data say so, until it is mended."""

    def __init__(self, name: str = "reader"):
        self.seen: list[int] = []
        self.error: Exception | None = ValueError("cannot read this")
        self.subscriber = Subscriber(name, self.handle)

    def handle(self, entry: Entry) -> None:
        if self.error and entry.data.get("is_bad"):
            raise self.error
        self.seen.append(entry.position)


@pytest.fixture
def clock(monkeypatch):
    """Monotonic seconds that pass when told to."""
    now = [1000.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    worker._trials.clear()
    yield now
    worker._trials.clear()


@pytest.fixture
def reader(monkeypatch) -> Reader:
    one = Reader()
    real = registry.collect
    others = {"subscribers": [one.subscriber], "periodic": []}
    monkeypatch.setattr(registry, "collect", lambda name: others.get(name) or real(name))
    return one


def write_lines(*bad: bool) -> list[Entry]:
    lines = [journal.record("kernel.backup.made", actor=SYSTEM, data={"is_bad": one}) for one in bad]
    journal.seal_all()
    return lines


def tries(reader: Reader, clock: list[float], n: int) -> None:
    for _ in range(n):
        worker.feed(reader.subscriber)
        clock[0] += 1000


def test_a_line_that_cannot_be_taken_is_put_aside_and_the_rest_goes_on(reader, clock):
    bad = write_lines(False, True, False)[1]
    tries(reader, clock, worker.TRIES - 1)
    assert reader.seen == [1]
    assert worker.aside() == {}
    tries(reader, clock, 1)
    assert reader.seen == [1, 3]
    kept = Entry.objects.get(code=worker.ASIDE)
    assert (kept.subject, kept.actor_kind) == (bad.id, "system")
    assert kept.data == {"subscriber": "reader", "code": "kernel.backup.made", "error": "ValueError"}
    assert worker.aside() == {"reader": 1}


def test_between_two_tries_it_waits_ever_longer_and_lets_others_work(reader, clock):
    write_lines(True)
    waited = []
    for _ in range(3):
        worker.feed(reader.subscriber)
        waited.append(worker._trials["reader"].next_at - clock[0])
        assert worker.feed(reader.subscriber) == 0
        assert worker._trials["reader"].tries == len(waited)
        clock[0] += waited[-1]
    assert waited == [1, 2, 4]


def test_storage_that_is_away_is_no_fault_of_the_line(reader, clock):
    write_lines(True)
    reader.error = OperationalError("gone")
    for _ in range(worker.TRIES + 2):
        with pytest.raises(OperationalError):
            worker.feed(reader.subscriber)
        clock[0] += 1000
    assert worker.aside() == {}
    assert Cursor.objects.get(name="reader").position == 0


def test_a_subscriber_that_takes_nothing_at_all_does_not_fill_the_journal(reader, clock, monkeypatch):
    write_lines(True)
    tries(reader, clock, worker.TRIES)
    journal.seal_all()
    Entry.objects.filter(code=worker.ASIDE).update(data={"is_bad": True, "subscriber": "reader"})
    tries(reader, clock, worker.TRIES)
    assert Entry.objects.filter(code=worker.ASIDE).count() == 1
    assert Cursor.objects.get(name="reader").position == 2


def test_what_was_put_aside_is_handed_over_again_once_it_is_mended(reader, clock):
    write_lines(True, True, False)
    tries(reader, clock, 2 * worker.TRIES)
    assert worker.aside() == {"reader": 2}
    with pytest.raises(SystemExit):
        call_command("journal", "again", stdout=io.StringIO())
    reader.error = None
    out = io.StringIO()
    call_command("journal", "again", stdout=out)
    assert json.loads(out.getvalue()) == {"taken": 2, "failing": 0}
    assert reader.seen == [3, 1, 2]
    assert worker.aside() == {}
    assert worker.take_up("reader") == (0, 0)
    assert journal.verify().ok


def test_how_far_a_reader_is_is_written_once_for_many_lines(reader, django_assert_num_queries):
    write_lines(False, False, False)
    journal.read_on("reader")  # makes the cursor
    with django_assert_num_queries(3):
        assert worker.feed(reader.subscriber) == 3
    assert Cursor.objects.get(name="reader").position == 3


def test_what_was_read_before_a_line_that_fails_is_not_read_again(reader, clock):
    write_lines(False, False, True, False)
    tries(reader, clock, 2)
    assert reader.seen == [1, 2]
    assert Cursor.objects.get(name="reader").position == 2


def test_a_line_that_two_workers_give_up_at_once_is_put_aside_once(reader, clock, monkeypatch):
    write_lines(True, False)
    workers = {}, {}
    for trials in workers:
        monkeypatch.setattr(worker, "_trials", trials)
        tries(reader, clock, worker.TRIES - 1)
    real = reader.subscriber.handle

    def handle(entry: Entry) -> None:
        """The second worker has read the line; before it fails, the first one gives it up and goes on."""
        if worker._trials is workers[1]:
            worker._trials = workers[0]
            worker.feed(reader.subscriber)
            worker._trials = workers[1]
        real(entry)

    worker.feed(Subscriber("reader", handle))
    assert reader.seen == [2]
    assert Entry.objects.filter(code=worker.ASIDE).count() == 1
    assert worker.aside() == {"reader": 1}
    reader.error = None
    out = io.StringIO()
    call_command("journal", "again", stdout=out)
    assert json.loads(out.getvalue()) == {"taken": 1, "failing": 0}


def test_a_worker_that_lags_behind_does_not_turn_another_one_back(reader):
    write_lines(False, False)
    journal.read_on("reader")
    for entry in Entry.objects.order_by("-position"):
        journal.advance("reader", entry)
    assert Cursor.objects.get(name="reader").position == 2


def test_a_line_that_was_counted_twice_is_taken_up_once_and_the_count_is_mended(reader, clock):
    write_lines(True)
    tries(reader, clock, worker.TRIES)
    kept = Entry.objects.get(code=worker.ASIDE)
    journal.record(worker.ASIDE, actor=SYSTEM, subject=kept.subject, data=kept.data)
    Cursor.objects.filter(name="aside:reader").update(position=2)
    assert worker.take_up("reader") == (0, 1)
    assert worker.aside() == {"reader": 1}
    reader.error = None
    assert worker.take_up("reader") == (1, 0)
    assert worker.aside() == {}


def test_two_who_take_up_at_once_keep_it_once(reader, clock):
    write_lines(True)
    tries(reader, clock, worker.TRIES)
    reader.error = None
    real, inner = reader.subscriber.handle, []

    def handle(entry: Entry) -> None:
        if not inner:
            inner.append(True)
            assert worker.take_up("reader") == (1, 0)
        real(entry)

    registry.collect("subscribers")[0] = Subscriber("reader", handle)
    assert worker.take_up("reader") == (1, 0)
    assert Entry.objects.filter(code=worker.AGAIN).count() == 1
    assert worker.aside() == {}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_moment_put_a_line_aside_once(reader, clock, monkeypatch):
    bad = write_lines(True)[0]
    bad.refresh_from_db()
    journal.read_on("reader")
    barrier, done, real = threading.Barrier(2), [], journal.record

    def slow(*args, **more):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(2)
        return real(*args, **more)

    def give_up() -> None:
        try:
            done.append(worker.put_aside("reader", bad, reader.error))
        finally:
            connection.close()

    monkeypatch.setattr(journal, "record", slow)
    threads = [threading.Thread(target=give_up) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(done) == [False, True]
    assert Entry.objects.filter(code=worker.ASIDE).count() == 1
    assert worker.aside() == {"reader": 1}


def test_the_administration_is_told_and_nobody_else(reader, clock, cast, client):
    write_lines(True)
    tries(reader, clock, worker.TRIES)
    words = "1 条日志没处理成"
    client.force_login(cast.admin.account)
    assert words in client.get(reverse("desk:desk_admin:overview")).content.decode()
    client.force_login(cast.clerk.account)
    assert words not in client.get(reverse("desk:desk_admin:overview")).content.decode()
