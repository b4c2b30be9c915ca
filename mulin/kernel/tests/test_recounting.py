"""Counters that cannot be right are found, and made again from the records."""

import json
import threading
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from mulin.kernel import counters, journal, recounting, registry
from mulin.kernel.actors import SYSTEM
from mulin.kernel.counters import GAUGE_DAY, HELD_LEVEL, Count
from mulin.kernel.db import write
from mulin.kernel.models import CountCategory, CountDelta, CountLevel, Entry

pytestmark = pytest.mark.django_db
HOME, GRID = "500108002005", "500108002005-G001"
NEXT, FAR = "500108002010", "500108106003"
DAY = date(2025, 5, 6)


class Records:
    """Rows as a module would recount them; `act` changes them and appends the deltas, as an action does."""

    measures = ("came", "open")

    def __init__(self, rows: list[tuple] = ()):
        self.rows = list(rows)
        self.asked = []
        self.recount = registry.Recount(self.measures, self.recounted, self.nth_place)

    def recounted(self, after: str = "", upto: str | None = None):
        self.asked.append(after)
        return [row for row in self.rows if row[1] > after and (upto is None or row[1] <= upto)]

    def nth_place(self, after: str, n: int) -> str | None:
        places = sorted(row[1] for row in self.rows if row[1] > after)
        return places[n - 1] if len(places) >= n else None

    def act(self, *rows: tuple) -> None:
        self.rows += rows
        count_all(rows)


def use(patch: pytest.MonkeyPatch, rows: list[tuple] = ()) -> Records:
    records = Records(rows)
    found = {"recounts": [records.recount]}
    patch.setattr(registry, "collect", lambda kind: found.get(kind, []))
    patch.setattr(recounting, "BATCH", 1)
    patch.setattr(recounting, "PAUSE", 0)
    return records


@pytest.fixture
def records(monkeypatch) -> Records:
    """Two measures, of which each record tells: five things came in, two are open."""
    return use(
        monkeypatch,
        [
            ("came", HOME, GRID, DAY, "", "lamp", 3),
            ("came", NEXT, "", date(2025, 6, 1), "", "", 2),
            ("open", HOME, "", GAUGE_DAY, "", "lamp", 2),
        ],
    )


def figures(measure: str, place: str = "500108000000") -> list:
    return counters.read(place, [measure], date(2025, 5, 1), date(2025, 6, 30), by=("measure",))


def count_all(rows):
    counters.append(
        Count(measure, place, day, n, state=state, category=category, grid=grid)
        for measure, place, grid, day, state, category, n in rows
    )


def some_history():
    journal.record("kernel.backup.made", actor=SYSTEM)


@pytest.mark.parametrize("folded", [False, True])
def test_what_is_counted_as_it_happens_equals_what_is_counted_again(records, folded):
    count_all(records.rows)
    if folded:
        counters.fold_all()
    before = recounting.kept({"came", "open"})
    assert recounting.compare() == (len(before), [])
    assert recounting.rebuild() == 3
    assert recounting.kept({"came", "open"}) == before == recounting.expected()
    assert not CountDelta.objects.exists()
    assert not recounting.is_going_on()


def test_a_new_instance_has_nothing_to_count_again(records):
    records.rows.clear()
    assert recounting.note() == set()
    assert recounting.step() is None


def test_only_the_measure_that_came_with_a_later_version_is_counted_from_the_records(records):
    """The instance held `came` only, folded and not; nobody counted the gauge that its records have now."""
    some_history()
    count_all(records.rows[:2])
    counters.fold_all()
    records.act(("came", HOME, "", date(2025, 6, 2), "", "", 4))
    assert recounting.note() == {"came", "open"}
    assert recounting.held() == {"came": (recounting.DAYS, ""), "open": (counters.MISSING, "")}
    assert recounting.is_going_on()
    counted = 0
    while (n := recounting.step()) is not None:
        counted += n
    assert counted == 1
    assert recounting.go_on() and not recounting.is_going_on()
    assert recounting.compare()[1] == []
    assert figures("came") == [("came", 9)]
    assert recounting.note() == set()


def test_it_is_noted_and_not_counted_where_a_command_starts(records, monkeypatch):
    """Else the port would open only after it, and every command would wait for it."""
    from mulin.site import instance

    some_history()
    monkeypatch.setattr(instance, "_ensure_tables", lambda: False)
    instance.ensure_database()
    assert set(recounting.held().values()) == {(counters.MISSING, "")}
    assert not CountLevel.objects.filter(level__gt=HELD_LEVEL).exists()


def test_broken_off_it_goes_on_where_it_was(records):
    some_history()
    assert recounting.note() == {"came", "open"}
    asked = records.asked
    assert not recounting.go_on(seconds=0)
    assert set(recounting.held().values()) == {(counters.MISSING, HOME)}
    while not recounting.go_on(seconds=0):
        pass
    assert asked == ["", HOME, NEXT]
    assert recounting.compare()[1] == []


def test_what_happens_meanwhile_is_counted_once(records):
    """Behind the place that is counted and before it, and from one to the other."""
    some_history()
    recounting.note()
    recounting.step()
    records.act(("came", HOME, "", DAY, "", "", 1), ("came", FAR, "", DAY, "", "lamp", 5))
    records.act(("came", HOME, GRID, DAY, "", "lamp", -1), ("came", FAR, "", DAY, "", "lamp", 1))
    assert counters.fold_all() == 0
    while not recounting.go_on(seconds=0):
        counters.fold_all()
    assert recounting.compare()[1] == []
    counters.fold_all()
    assert recounting.compare()[1] == [] and not CountDelta.objects.exists()
    assert figures("came") == [("came", 11)]


def test_months_are_summed_from_the_days_and_not_counted_from_the_records(records):
    count_all(records.rows)
    counters.fold_all()
    before = recounting.kept({"came", "open"})
    some_history()
    for model in (CountLevel, CountCategory):
        model.objects.filter(level__gt=counters.MONTHS).delete()
    records.rows.clear()
    assert recounting.note() == {"came", "open"}
    assert recounting.go_on()
    assert recounting.kept({"came", "open"}) == before
    assert figures("came", GRID) == [("came", 3)]


def test_days_that_an_older_version_folded_get_their_months(records):
    """Its worker may run for a while beside the new one, when all is called well already."""
    recounting.note()
    records.act(("came", HOME, GRID, DAY, "", "lamp", 7))
    counters.fold_all()
    CountLevel.objects.filter(level__gt=counters.MONTHS).delete()
    CountCategory.objects.filter(level__gt=counters.MONTHS).update(n=99)
    turns = [recounting.mend_some_months() for _ in recounting.KEPT]
    assert sorted(turns) == [1] * 10
    assert set(recounting.kept({"came"}).values()) == {7}
    assert recounting.mend_months() == 0


ROW = st.tuples(
    st.sampled_from(["came", "open"]),
    st.sampled_from([HOME, NEXT, FAR, "500108002000", "500108000000"]),
    st.integers(0, 70),
    st.sampled_from(["", "a"]),
    st.sampled_from(["", "lamp"]),
    st.sampled_from([-1, 1, 3]),
)


def row(measure, place, day, state, category, n) -> tuple:
    on = GAUGE_DAY if measure == "open" else DAY + timedelta(days=day)
    return measure, place, "", on, state, category, n


class ARecountBesideActionsAlwaysEqualsTheRecords(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(ROW, max_size=8), st.lists(st.one_of(ROW, st.sampled_from(["step", "fold", "rebuild"]))))
    def test_whatever_happens_in_between(self, old, events):
        with pytest.MonkeyPatch.context() as patch:
            records = use(patch, [row(*one) for one in old])
            some_history()
            recounting.note()
            for event in events:
                if event == "step":
                    recounting.step()
                elif event == "fold":
                    counters.fold_all()
                elif event == "rebuild":
                    recounting.rebuild()
                else:
                    records.act(row(*event))
            while not recounting.go_on(seconds=0):
                pass
            assert recounting.compare()[1] == []
            counters.fold_all()
            assert recounting.compare()[1] == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_folding_acting_and_two_recounts_at_once_stop_nobody_and_count_once(monkeypatch):
    """Every action changes records and deltas in one transaction; lines of the journal are the records."""

    def recounted(after="", upto=None):
        lines = recounting.within(Entry.objects.filter(code="test"), after, upto)
        return [("came", line.place, "", DAY, "", "lamp", 1) for line in lines]

    def nth_place(after, n):
        return recounting.nth_place(Entry.objects.filter(code="test"), after, n)

    one = registry.Recount(("came",), recounted, nth_place)
    monkeypatch.setattr(registry, "collect", lambda kind: [one] if kind == "recounts" else [])
    monkeypatch.setattr(recounting, "BATCH", 3)
    places = [HOME, NEXT, FAR]

    def act(n):
        with write():
            Entry.objects.create(code="test", place=places[n % 3])
            counters.append([Count("came", places[n % 3], DAY, category="lamp")])

    def finish():
        while not recounting.go_on(seconds=0):
            pass

    for n in range(30):
        act(n)
    counters.fold_all()
    work = [
        lambda: [act(n) for n in range(60)],
        lambda: [counters.fold(5) for _ in range(40)],
        lambda: [recounting.rebuild() for _ in range(3)],
        lambda: [recounting.rebuild() for _ in range(3)],
    ]
    run_together(work)
    finish()
    assert recounting.compare()[1] == []
    counters.fold_all()
    assert recounting.compare()[1] == []
    assert figures("came") == [("came", 90)]


def run_together(work: list) -> None:
    """Each in a thread of its own with a connection of its own; what goes wrong in one is raised."""
    errors = []

    def guarded(one):
        try:
            one()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_action_does_not_wait_for_a_recount(records):
    some_history()
    recounting.note()
    with counters.alone(as_of_one_moment=True):
        recounting.held()
        run_together([lambda: count_all(records.rows)])
        assert not CountDelta.objects.exists()
    assert CountDelta.objects.count() == 3


def test_verifying_names_a_wrong_month_and_rebuilding_mends_it(records, capsys):
    count_all(records.rows)
    counters.fold_all()
    CountLevel.objects.filter(level=12 + counters.MONTHS, day=date(2025, 5, 1)).update(n=99)
    said, wrong = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("counters", "verify", stdout=said, stderr=wrong)
    assert json.loads(said.getvalue().splitlines()[-1])["wrong"] == 1
    assert "counter 99, records 3" in wrong.getvalue() and "rebuild" in wrong.getvalue()
    call_command("counters", "rebuild", stdout=StringIO())
    said = StringIO()
    call_command("counters", "verify", stdout=said)
    assert json.loads(said.getvalue().splitlines()[-1])["ok"]


def test_every_measure_can_be_counted_again():
    """Otherwise it could not be made right where it came later."""
    assert set(registry.measures()) == recounting.counted()
