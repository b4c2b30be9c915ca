"""Rows written by the prepared statement are the rows that saving writes."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from mulin.cases.models import Case, Clock
from mulin.kernel.ids import new_id
from mulin.kernel.inserting import insert
from mulin.kernel.models import CountDelta, Entry, Job
from mulin.kernel.search import SearchRow
from mulin.voices.models import Matter, Voice

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 3, 1, 23, 30, 15, 123456, tzinfo=UTC)


def _matter(number: str) -> Matter:
    return Matter(number=number, place="500108002005", kind="help", title="灯坏了", facts={"基本": "三天"})


def _voice(matter: Matter, number: str) -> Voice:
    return Voice(
        number=number, matter=matter, first_matter=matter, kind="help", channel="api", text="灯'坏\"了%s",
        place=matter.place, lon=106.5, happened_at=MOMENT, suggestions={"kind": [{"code": "help"}]},
        entered_by=new_id(),
    )  # fmt: skip


def _case(matter: Matter, number: str) -> Case:
    return Case(
        number=number, matter=matter, place=matter.place, kind="help", title="灯坏了",
        opened_on=date(2026, 3, 1), due_at=MOMENT, responded_in_time=True, pending={"by": "x"},
    )  # fmt: skip


def _rows(number: str, write) -> list:
    """One of everything that a report writes."""
    matter = _matter(number)
    write(matter)
    voice, case = _voice(matter, number), _case(matter, number)
    write(voice)
    write(case)
    clock = Clock(case=case, kind="solve", limit="5 wd", started_at=MOMENT, due_at=MOMENT, rule={"n": 1})
    entry = Entry(at=MOMENT, code="x.y.z", actor=new_id(), place=matter.place, data={"数": [1, None, True]})
    delta = CountDelta(place=matter.place, day=date(2026, 3, 1), measure="voices.in", n=-1)
    for row in (clock, entry, delta):
        write(row)
    return [matter, voice, case, clock, entry, delta]


def test_each_column_reads_back_as_after_saving():
    saved = _rows("1000000001", lambda row: row.save(force_insert=True))
    inserted = _rows("1000000002", lambda row: insert([row]))
    own = {
        "id",
        "number",
        "created_at",
        "updated_at",
        "matter",
        "first_matter",
        "case",
        "actor",
        "entered_by",
    }
    for one, other in zip(saved, inserted, strict=True):
        columns = [f.name for f in type(one)._meta.concrete_fields if f.name not in own]
        read = type(one).objects.values(*columns)
        assert read.get(pk=one.pk) == read.get(pk=other.pk)
    again = Voice.objects.get(pk=inserted[1].pk)
    assert (again.matter_id, again.entered_by) == (inserted[0].pk, inserted[1].entered_by)
    assert again.created_at == inserted[1].created_at


def test_many_rows_take_one_statement(django_assert_num_queries):
    rows = [CountDelta(place="500108002005", day=date(2026, 3, 1), measure=f"m{n}", n=n) for n in range(9)]
    with django_assert_num_queries(1):
        insert(rows)
    assert sorted(CountDelta.objects.values_list("measure", "n")) == [(f"m{n}", n) for n in range(9)]
    with django_assert_num_queries(0):
        insert([])


def test_more_rows_than_a_statement_takes_are_all_written(django_assert_num_queries):
    rows = [CountDelta(place="500108002005", day=date(2026, 3, 1), measure="m", n=n) for n in range(10_000)]
    with django_assert_num_queries(3):
        insert(rows)
    assert sorted(CountDelta.objects.values_list("n", flat=True)) == list(range(10_000))


def test_a_written_row_can_be_changed_and_saved():
    matter = _matter("1000000003")
    insert([matter])
    matter.title = "水管坏了"
    matter.save()
    assert Matter.objects.get().title == "水管坏了"


def test_a_number_that_is_taken_is_refused():
    insert([_matter("1000000004")])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert([_matter("1000000004")])


@pytest.mark.parametrize("row", [SearchRow(kind="x", object=new_id()), Job(kind="x")])
def test_what_only_saving_can_fill_is_refused(row):
    with pytest.raises(TypeError, match="only saving"):
        insert([row])
