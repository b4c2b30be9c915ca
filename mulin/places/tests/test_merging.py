"""Two communities become one: every door keeps a code of its own, counters and journal hold."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum

from mulin.kernel import clock, counters, journal, recounting
from mulin.kernel.actors import SYSTEM
from mulin.kernel.counters import Count
from mulin.kernel.db import write
from mulin.kernel.models import CountLevel
from mulin.ledger import posting
from mulin.people.models import Household
from mulin.places import following, queries, renumbering
from mulin.places.models import Division, Site, Succession
from mulin.places.tests import test_reorganising as known
from mulin.places.tests.test_reorganising import (
    BOTH,
    CITY,
    DAY,
    NEW,
    NEW_STREET,
    OLD,
    OLD_STREET,
    SINCE,
    UNTIL,
    reorganise_divisions,
    run,
    total,
)

small, crosswalk = known.small, known.crosswalk
LATER = date(2025, 11, 20)
SECOND = "500105005001"


@pytest.fixture
def second(small):
    """A second community with sites that have the same numbers, and somebody's door in each."""
    for kind, tail in (("grid", "G001"), ("building", "B001"), ("building", "B002")):
        Site.objects.create(
            code=f"{SECOND}-{tail}", community=SECOND, kind=kind, name=f"乙{tail}", grid=f"{SECOND}-G001"
        )
    for place in (OLD, SECOND):
        building, grid = f"{place}-B001", f"{place}-G001"
        Household.objects.create(place=place, building=building, grid=grid, door="1-1")


def merge(crosswalk, on=LATER):
    """The first street moves; later the second one, whose first community goes into an existing one."""
    run(crosswalk(BOTH[0]))
    table = crosswalk("500157002,大石坝街道,500105005,500105,3")
    return reorganise_divisions(actor=SYSTEM, path=table, on=on, new_codes={SECOND: NEW})


def test_two_houses_with_one_number_stay_two_houses(second, crosswalk):
    assert merge(crosswalk) == {"streets": 1, "moved": 3, "unresolved": 0}
    sites = dict(Site.objects.filter(community=NEW).values_list("name", "code"))
    assert sites == {
        "G001": f"{NEW}-G001", "E01": f"{NEW}-E01", "B001": f"{NEW}-B001",
        "乙G001": f"{NEW}-G002", "乙B001": f"{NEW}-B003", "乙B002": f"{NEW}-B002",
    }  # fmt: skip
    doors = Household.objects.filter(place=NEW).order_by("building")
    assert [(one.building, one.grid) for one in doors] == [
        (f"{NEW}-B001", f"{NEW}-G001"), (f"{NEW}-B003", f"{NEW}-G002"),
    ]  # fmt: skip
    assert Site.objects.get(name="乙B002").grid == f"{NEW}-G002"


def test_an_old_code_leads_to_the_right_door(second, crosswalk):
    merge(crosswalk)
    for old, name in ((f"{OLD}-B001", "B001"), (f"{SECOND}-B001", "乙B001"), (f"{SECOND}-B002", "乙B002")):
        assert queries.get_place(old).name == name
        assert queries.successors(old) == [queries.get_place(old).code] == [queries.resolve(old)]
    assert f"{SECOND}-B001" in queries.predecessors(f"{NEW}-B003")
    assert f"{SECOND}-B001" not in queries.predecessors(f"{NEW}-B001")
    assert Division.objects.filter(code=NEW).count() == 1


def test_a_merger_into_a_community_of_the_first_list_makes_no_twin_of_it(second, crosswalk):
    table = crosswalk("500109001,街道,500105005,500105,3")
    there = "500109001002"
    reorganise_divisions(actor=SYSTEM, path=table, on=DAY, new_codes={SECOND: there})
    assert Division.objects.filter(code=there).count() == 1
    assert queries.get_place(f"{SECOND}-B001").code == f"{there}-B001"


def test_again_nothing_changes_and_what_broke_off_is_finished(second, crosswalk, monkeypatch):
    real = following.rewrite

    def fails(model, names, mapping):
        if model is Household:
            raise RuntimeError("the power went off")
        return real(model, names, mapping)

    run(crosswalk(BOTH[0]))
    monkeypatch.setattr(following, "rewrite", fails)
    with pytest.raises(RuntimeError):
        merge(crosswalk)
    monkeypatch.undo()
    merge(crosswalk)
    doors = Household.objects.filter(place=NEW).order_by("building").values_list("building", flat=True)
    assert list(doors) == [f"{NEW}-B001", f"{NEW}-B003"]
    before = sorted(Site.objects.values_list("name", "code")), Succession.objects.count()
    merge(crosswalk)
    assert (sorted(Site.objects.values_list("name", "code")), Succession.objects.count()) == before
    assert renumbering.renumber({SECOND: NEW}, LATER) == {
        f"{SECOND}-B001": f"{NEW}-B003", f"{SECOND}-G001": f"{NEW}-G002",
    }  # fmt: skip


def test_counts_of_both_add_up_and_the_grids_stay_apart(second, crosswalk):
    day = date(2025, 5, 1)
    counters.append(
        [
            Count("voices.in", OLD, day, 2, "complaint", "road", f"{OLD}-G001"),
            Count("voices.in", SECOND, day, 5, "wish", "gas", f"{SECOND}-G001"),
        ]
    )
    merge(crosswalk)
    assert (total(NEW), total(NEW_STREET), total(CITY)) == (7, 7, 7)
    assert (total(f"{NEW}-G001"), total(f"{NEW}-G002")) == (2, 5)
    categories = dict(counters.read(NEW_STREET, ["voices.in"], SINCE, UNTIL, by=("category",)))
    assert categories == {"road": 2, "gas": 5}
    sums = CountLevel.objects.filter(level__in=(9, 12)).values("level").annotate(n=Sum("n"))
    assert {one["level"]: one["n"] for one in sums.order_by()} == {9: 7, 12: 7}


@pytest.fixture
def lived(second, cast):
    """Both streets and both communities have what a place may have only once."""
    from mulin.academy.methods.models import Adoption, Method, Pilot, PilotSite, Spread
    from mulin.insight.models import HotLook, LateCount
    from mulin.mutualaid.matching.models import AidHelper

    method = Method.objects.create(number="m1", place="500109001000", title="小圆桌", state="spread")
    for n, (street, community) in enumerate(((OLD_STREET, OLD), ("500105005000", SECOND))):
        pilot = Pilot.objects.create(
            number=f"p{n}", method=method, place=street, starts_on=date(2025, 9, 1), ends_on=date(2026, 3, 1)
        )
        PilotSite.objects.create(pilot=pilot, place=community)
        Spread.objects.create(method=method, place=street, words=f"写给社区{n}")
        Adoption.objects.create(number=f"a{n}", method=method, place=community, result=f"成了{n}")
        AidHelper.objects.create(
            number=f"h{n}", place=community, account=cast.resident.account, name="李晓梅"
        )
        HotLook.objects.create(place=street, looked_at=clock.now())
        LateCount.objects.create(place=street, n=2, counted_at=clock.now())
        for place in (street, community):
            with write():
                books = [posting.book(place, "minute", kind) for kind in ("time.issued", "time.reserve")]
                posting.post(place=place, unit="minute", kind="test", legs=[(*books, 60)])


def joined_rows():
    """Of each kind: how many are alive."""
    from mulin.academy.methods.models import Adoption, Pilot, PilotSite, Spread
    from mulin.insight.models import HotLook, LateCount
    from mulin.ledger.models import Book
    from mulin.mutualaid.matching.models import AidHelper

    return {
        "pilots": Pilot.objects.filter(state="running").count(),
        "sites": PilotSite.objects.filter(pilot__state="running").count(),
        "spreads": Spread.objects.count(),
        "adoptions": Adoption.objects.count(),
        "helpers": AidHelper.objects.exclude(state="ended").count(),
        "looks": HotLook.objects.count(),
        "late": list(LateCount.objects.values_list("n", flat=True)),
        "reserves": Book.objects.filter(kind="time.reserve", closed_at=None).count(),
    }


def test_two_streets_become_one_by_the_command_though_both_had_the_same(lived, crosswalk):
    from mulin.ledger import queries as ledger

    table = crosswalk("500157002,大石坝街道,500105004,500105,3", "500157002,大石坝街道,500105005,500105,3")
    for _again in range(2):
        out = StringIO()
        call_command(
            "divisions", "reorganise", str(table), "--on", "2025-11-06", stdout=out, stderr=StringIO()
        )
        assert json.loads(out.getvalue().splitlines()[-1]) == {"streets": 2, "moved": 6, "unresolved": 0}
        assert joined_rows() == {
            "pilots": 1, "sites": 2, "spreads": 1, "adoptions": 2, "helpers": 2, "looks": 0, "late": [4],
            "reserves": 3,
        }  # fmt: skip
    assert ledger.check()[1] == [] and ledger.get_book(NEW_STREET, "minute", "time.reserve").balance == 120
    assert journal.verify().ok


def test_two_communities_become_one_though_both_had_the_same(lived, crosswalk):
    from mulin.ledger import queries as ledger

    assert merge(crosswalk) == {"streets": 1, "moved": 3, "unresolved": 0}
    assert joined_rows() == {
        "pilots": 1, "sites": 1, "spreads": 1, "adoptions": 1, "helpers": 1, "looks": 0, "late": [4],
        "reserves": 2,
    }  # fmt: skip
    assert ledger.check()[1] == [] and ledger.get_book(NEW, "minute", "time.reserve").balance == 120
    assert journal.verify().ok and merge(crosswalk)["unresolved"] == 0


def test_voices_of_both_are_counted_as_a_recount_says_and_the_journal_holds(
    second,
    crosswalk,
    cast,
    freeze,
):
    from mulin.voices.actions import submit_voice

    freeze("2025-11-05 10:00")
    for place in (OLD, SECOND, "500105005002"):
        building = f"{place}-B001" if place != "500105005002" else ""
        text = f"{place}楼道灯坏了好几天"
        submit_voice(actor=cast.resident.actor, text=text, place=place, building=building, kind="complaint")
    freeze("2025-11-21 10:00")
    run(crosswalk(BOTH[0]))
    table = crosswalk(
        "500157002,大石坝街道,500105005,500105,1,001", "500109001,街道,500105005,500105,2,",
        header="new_street_code,name,old_street_code,old_area_code,villages,communities\n",
    )  # fmt: skip
    result = reorganise_divisions(actor=SYSTEM, path=table, on=LATER, new_codes={SECOND: NEW})
    assert result == {"streets": 2, "moved": 3, "unresolved": 0}
    while not recounting.go_on():
        pass
    n, wrong = recounting.compare()
    assert n > 0 and wrong == []
    assert journal.verify().ok
