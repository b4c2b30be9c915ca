"""The background loop: a line that one subscriber cannot take holds up nobody for long and is not lost."""

import io
import json

import pytest
from django.core.management import call_command
from django.db import OperationalError
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


def test_the_administration_is_told_and_nobody_else(reader, clock, cast, client):
    write_lines(True)
    tries(reader, clock, worker.TRIES)
    words = "1 条日志没处理成"
    client.force_login(cast.admin.account)
    assert words in client.get(reverse("desk:desk_admin:overview")).content.decode()
    client.force_login(cast.clerk.account)
    assert words not in client.get(reverse("desk:desk_admin:overview")).content.decode()
