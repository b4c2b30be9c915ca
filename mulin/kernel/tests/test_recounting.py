"""Counters that cannot be right are found, and made again from the records."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from mulin.kernel import counters, recounting, registry
from mulin.kernel.counters import GAUGE_DAY, Count
from mulin.kernel.models import CountDelta, CountLevel

pytestmark = pytest.mark.django_db
HOME, GRID = "500108002005", "500108002005-G001"
DAY = date(2025, 5, 6)


@pytest.fixture
def records(monkeypatch):
    """Two measures, of which each record tells: five things came in, two are open."""
    rows = [
        ("came", HOME, GRID, DAY, "", "lamp", 3),
        ("came", HOME, "", date(2025, 6, 1), "", "", 2),
        ("open", HOME, "", GAUGE_DAY, "", "lamp", 2),
    ]
    recounts = [registry.Recount(("came", "open"), lambda: rows)]
    monkeypatch.setattr(registry, "collect", lambda kind: recounts if kind == "recounts" else [])
    return rows


def figures(measure: str, place: str = HOME) -> list:
    return counters.read(place, [measure], date(2025, 5, 1), date(2025, 6, 30), by=("measure",))


def count_all(records):
    counters.append(
        Count(measure, place, day, n, state=state, category=category, grid=grid)
        for measure, place, grid, day, state, category, n in records
    )


@pytest.mark.parametrize("folded", [False, True])
def test_what_is_counted_as_it_happens_equals_what_is_counted_again(records, folded):
    count_all(records)
    if folded:
        counters.fold_all()
    before = recounting.kept({"came", "open"})
    assert recounting.compare() == (len(before), [])
    assert recounting.rebuild() == 3
    assert recounting.kept({"came", "open"}) == before == recounting.expected()
    assert not CountDelta.objects.exists()


def test_a_measure_that_came_with_a_later_version_is_counted_at_the_start(records):
    """The instance held `came` only, folded and not; nobody counted the gauge that its records have now."""
    recounting.bring_up_to_date()
    CountLevel.objects.filter(measure="open").delete()
    later = ("came", HOME, "", date(2025, 6, 2), "", "", 4)
    count_all([later])
    records.append(later)
    assert recounting.outdated() == {"open"}
    said = []
    assert recounting.bring_up_to_date(said.append) == {"open"}
    assert "open" in said[0]
    assert recounting.compare()[1] == []
    assert figures("came") == [("came", 9)]
    assert recounting.bring_up_to_date(said.append) == set() and len(said) == 1


def test_an_instance_that_kept_no_months_gets_them(records):
    count_all(records)
    counters.fold_all()
    CountLevel.objects.filter(level__gt=counters.MONTHS).delete()
    assert recounting.compare()[1]
    recounting.bring_up_to_date()
    assert recounting.compare()[1] == []
    assert figures("came", GRID) == [("came", 3)]


def test_verifying_names_a_wrong_month_and_rebuilding_mends_it(records, capsys):
    count_all(records)
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
