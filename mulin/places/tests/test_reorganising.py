"""A reorganisation of districts: nothing is lost, old codes resolve, totals add up, the journal stands."""

import json
from collections import Counter
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Sum

from mulin.kernel import clock, counters, journal, recounting, registry, search
from mulin.kernel.actors import SYSTEM
from mulin.kernel.counters import Count
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.ids import new_id
from mulin.kernel.models import Chain, CountCategory, CountDelta, CountLevel, Entry, RuleOverride
from mulin.places import following, queries
from mulin.places.actions import CrosswalkProblems, import_divisions, reorganise_divisions
from mulin.places.actions.reorganising import catch_up
from mulin.places.models import Division, Site, Succession

DAY = date(2025, 11, 6)
SINCE, UNTIL = date(2025, 1, 1), date(2025, 12, 31)
OLD_AREA, NEW_AREA, CITY = "500105000000", "500157000000", "500100000000"
OLD_STREET, NEW_STREET = "500105004000", "500157002000"
OLD, NEW = "500105004001", "500157002001"
HEADER = "new_street_code,name,old_street_code,old_area_code,villages\n"


@pytest.fixture
def small(cast):
    """Beside the small world: a district of two streets, three communities each; a second one that stays."""
    rows = [(OLD_AREA, "江北区", 6, CITY), ("500109000000", "北碚区", 6, CITY)]
    for street in ("500105004", "500105005", "500109001"):
        rows.append((f"{street}000", f"街道{street}", 9, f"{street[:6]}000000"))
        rows += [(f"{street}00{n}", f"社区{n}居民委员会", 12, f"{street}000") for n in (1, 2, 3)]
    Division.objects.bulk_create(
        Division(
            code=code, name=name, short_name=name[:3], level=level, parent=parent, valid_from="2023-06-30"
        )
        for code, name, level, parent in rows
    )
    Division.objects.filter(code=OLD).update(phone="023-1")
    for kind, tail in (("grid", "G001"), ("estate", "E01"), ("building", "B001")):
        Site.objects.create(
            code=f"{OLD}-{tail}", community=OLD, kind=kind, name=tail, grid=f"{OLD}-G001", estate=f"{OLD}-E01"
        )


@pytest.fixture
def crosswalk(tmp_path):
    def make(*rows, header=HEADER):
        path = tmp_path / "crosswalk.csv"
        path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        return path

    return make


BOTH = ("500157002,大石坝街道,500105004,500105,3", "500157004,寸滩街道,500105005,500105,3")


def run(path, **options):
    return reorganise_divisions(actor=SYSTEM, path=path, on=DAY, **options)


def count_something(fold=True):
    """Counts at communities, a grid, a street and a district, with categories."""
    day = date(2025, 5, 1)
    rows = [
        Count("voices.in", OLD, day, 2, "complaint", "road", f"{OLD}-G001"),
        Count("voices.in", "500105004002", day, 3, "complaint", "gas"),
        Count("voices.in", "500105005003", day + timedelta(days=1), 5, "wish", "road"),
        Count("voices.in", OLD_STREET, day, 7, "complaint", "road"),
        Count("voices.in", OLD_AREA, day, 11, "complaint", "road"),
        Count("voices.in", "500109001001", day, 13, "complaint", "road"),
    ]
    counters.append(rows)
    if fold:
        counters.fold_all()


def total(place, **options):
    return sum(row[-1] for row in counters.read(place, ["voices.in"], SINCE, UNTIL, **options))


def by_category(place):
    return dict(counters.read(place, ["voices.in"], SINCE, UNTIL, by=("category",)))


def test_the_table_of_jiangbei_moves_12_streets_and_132_communities(db, data_dir):
    folder = data_dir / "divisions"
    for name in ("areas", "streets", "villages"):
        import_divisions(actor=SYSTEM, path=folder / f"chongqing_{name}_2023.csv")
    old = list(Division.objects.filter(code__startswith="500105", level__gte=9).values_list("code", "name"))
    counters.append(Count("voices.in", code, date(2025, 3, 1), n + 1) for n, (code, _) in enumerate(old))
    city = total(CITY)
    assert run(folder / "crosswalk_jiangbei.csv") == {"streets": 12, "moved": 132, "unresolved": 0}
    assert total(CITY) == city == total(NEW_AREA)
    for n, (code, name) in enumerate(old):
        place = queries.get_place(queries.resolve(code))
        assert place.in_force and place.code.startswith("500157")
        assert place.level == queries.get_place(code).level
        assert place.level == 9 or (place.official_name == name and place.is_provisional)
        if place.level == 12:
            assert total(place.code) == n + 1
    assert not queries.exists(OLD_AREA)
    assert queries.name_of(NEW_AREA) == "两江新区" and queries.name_of(OLD_AREA) == "江北区"
    assert sum(len(queries.children(street.code)) for street in queries.children(NEW_AREA)) == 132
    again = import_divisions(actor=SYSTEM, path=folder / "chongqing_villages_2023.csv")
    assert (again.created, again.changed) == (0, 0)


def test_districts_of_the_ministrys_list_are_taken_into_use(db, data_dir):
    folder = data_dir / "divisions"
    import_divisions(actor=SYSTEM, path=folder)
    assert run(folder / "crosswalk_jiangbei.csv") == {"streets": 12, "moved": 132, "unresolved": 0}
    place = queries.get_place(NEW_AREA)
    assert (place.parent, place.in_force, place.is_placeholder) == (CITY, True, False)
    assert Division.objects.filter(code=NEW_AREA).count() == 1
    import_divisions(actor=SYSTEM, path=folder)
    assert queries.exists(NEW_AREA)


def test_totals_before_and_after_add_up_at_every_level(small, crosswalk):
    count_something()
    before = total(CITY), by_category(CITY), total(OLD_AREA), by_category(OLD_AREA), by_category(OLD_STREET)
    run(crosswalk(*BOTH))
    after = total(CITY), by_category(CITY), total(NEW_AREA), by_category(NEW_AREA), by_category(NEW_STREET)
    assert before == after
    assert (total(NEW), total("500157002002"), total("500157004003")) == (2, 3, 5)
    assert (total(NEW_STREET), total("500157004000"), total(f"{NEW}-G001")) == (12, 5, 2)
    assert total("500109000000") == 13
    for table in (CountLevel, CountCategory):
        assert not table.objects.filter(node__startswith="500105").exists()
    for table in (CountLevel, CountCategory):  # months as their days
        for level in (6, 9):
            sums = [
                dict(rows.values_list("node").annotate(n=Sum("n")).order_by().values_list("node", "n"))
                for rows in (table.objects.filter(level=one) for one in (level, level + counters.MONTHS))
            ]
            assert sums[0] == sums[1] != {}


def test_what_was_not_folded_yet_moves_too(small, crosswalk):
    count_something(fold=False)
    run(crosswalk(*BOTH))
    counters.append([Count("voices.in", OLD, date(2025, 6, 1), 1)])  # by one who had not seen the change
    assert total(CITY) == 42 and total(NEW_STREET) == 12
    run(crosswalk(*BOTH))
    assert total(NEW_STREET) == 13 and total(NEW) == 3 and total(CITY) == 42


def test_a_recount_that_is_half_done_begins_anew(small, crosswalk):
    """Else what went from a place that was counted to one that was not is counted twice."""
    count_something()
    half = {"level": counters.HELD_LEVEL, "measure": "voices.in", "day": counters.GAUGE_DAY}
    CountLevel.objects.create(**half, node=OLD_STREET, n=counters.MISSING)
    run(crosswalk(*BOTH))
    assert recounting.held()["voices.in"] == (counters.MISSING, "")
    assert total(CITY) == 0


def test_of_a_split_street_every_community_takes_its_own_counts(small, crosswalk, monkeypatch):
    count_something()
    day = date(2025, 5, 1)
    rows = [
        ("voices.in", OLD, "", day, "complaint", "road", 2),
        ("voices.in", "500105004002", "", day, "complaint", "gas", 3),
    ]
    recounts = [registry.Recount(("voices.in",), lambda: rows)]
    monkeypatch.setattr(registry, "collect", lambda kind: recounts if kind == "recounts" else [])
    header = HEADER.replace("villages", "villages,communities")
    table = crosswalk(
        "500157002,大石坝街道,500105004,500105,1,001", "500109001,街道,500105004,500105,2,002 003",
        "500157004,寸滩街道,500105005,500105,3,", header=header,
    )  # fmt: skip
    assert run(table) == {"streets": 3, "moved": 6, "unresolved": 0}
    assert (total(CITY), total(NEW)) == (41, 2)
    moved = queries.resolve("500105004002")
    assert moved.startswith("500109001") and total(moved) == 3
    assert total("500109001000") == 13 + 3 + 7  # what was counted at the street follows its larger part
    assert by_category("500109001000") == {"road": 20, "gas": 3}
    assert by_category(NEW_STREET) == {"road": 2}
    assert by_category(CITY) == {"road": 38, "gas": 3}


def test_live_rows_of_every_app_take_the_new_codes(small, crosswalk, cast):
    from mulin.people.models import Household, Organisation, Post

    org = Organisation.objects.create(name="街道办", kind="street_office", place=OLD_STREET)
    post = Post.objects.create(
        account=cast.clerk.account, role="grid_worker", place=f"{OLD}-G001", org=org, begins_on=SINCE
    )
    house = Household.objects.create(place=OLD, building=f"{OLD}-B001", grid=f"{OLD}-G001", door="1-1")
    rule = RuleOverride.objects.create(
        name="cases.limit.solve", place=OLD_AREA, valid_from=SINCE, value="2 wd", basis="x", certainty="law",
        set_by=cast.admin.account,
    )  # fmt: skip
    elsewhere = Organisation.objects.create(name="北碚", kind="street_office", place="500109001000")
    run(crosswalk(*BOTH))
    for record in (org, post, house, rule, elsewhere):
        record.refresh_from_db()
    assert (org.place, post.place, rule.place) == (NEW_STREET, f"{NEW}-G001", NEW_AREA)
    assert (house.place, house.building, house.grid) == (NEW, f"{NEW}-B001", f"{NEW}-G001")
    assert elsewhere.place == "500109001000"
    building = queries.get_place(f"{NEW}-B001")
    assert (building.community, building.grid, building.estate) == (NEW, f"{NEW}-G001", f"{NEW}-E01")
    assert queries.resolve(f"{OLD}-B001") == building.code
    assert queries.get_place(f"{OLD}-B001") == building
    assert queries.get_place(NEW).phone == "023-1"


def recounted():
    """What the records say, as the counters should say it: by place, day, measure and state."""
    sums = Counter()
    for recount in registry.collect("recounts"):
        for measure, place, _grid, _day, state, _category, n in recount.rows():
            sums[place, measure, state] += n
    return {key: n for key, n in sums.items() if n}


def counted(places):
    gauges = [name for name, measure in registry.measures().items() if measure.by == "now"]
    names = sorted(registry.measures().keys() - set(gauges))
    since, until = date(1900, 1, 1), date(2027, 12, 31)
    found = {}
    for place in places:
        for measure, state, n in counters.read(place, names, since, until, gauges=gauges):
            found[place, measure, state] = n
    return found


def test_voices_and_their_cases_move_and_counters_equal_a_recount(small, crosswalk, cast, freeze):
    from mulin.cases.models import Case
    from mulin.voices.actions import submit_voice
    from mulin.voices.models import Matter, Voice

    freeze("2025-11-05 10:00")
    for place, building in ((OLD, f"{OLD}-B001"), ("500105005002", "")):
        submit_voice(
            actor=cast.resident.actor,
            text="楼道灯坏了好几天",
            place=place,
            building=building,
            kind="complaint",
        )
    before = recounted()
    assert {place for place, _, _ in before} == {OLD, "500105005002"}
    freeze("2025-11-07 10:00")
    run(crosswalk(*BOTH))
    for model in (Voice, Matter, Case):
        assert {row.place for row in model.objects.all()} == {NEW, "500157004002"}
    assert Voice.objects.get(place=NEW).building == f"{NEW}-B001"
    after = recounted()
    assert sum(after.values()) == sum(before.values())
    assert counted([NEW, "500157004002"]) == after
    assert counted([OLD, OLD_STREET, OLD_AREA]) == {}
    assert journal.verify().ok
    assert set(Entry.objects.filter(code="voices.voice.submitted").values_list("place", flat=True)) == {
        OLD, "500105005002",
    }  # fmt: skip


def test_every_column_that_holds_a_place_is_known_or_excused():
    """A new table with place codes follows by itself; this list is only the ones that must not."""
    labels = {model._meta.label for model, _ in following.place_columns()}
    assert {"places.Site", "people.Post", "people.Household", "voices.Voice", "cases.Case"} <= labels
    assert "kernel.CountDelta" in labels
    assert not labels & following.NOT_REWRITTEN


def test_search_finds_by_the_new_place_and_no_longer_by_the_old(small, crosswalk):
    here, there = new_id(), new_id()
    search.index("case", here, OLD, "楼道灯坏了")
    search.index("case", there, "500109001001", "楼道灯坏了")
    run(crosswalk(*BOTH))
    for place in (NEW, NEW_STREET, NEW_AREA):
        assert [found for _, found in search.find("case", "楼道灯", places=[place])] == [here]
    assert search.find("case", "楼道灯", places=[OLD_AREA]) == []
    assert {found for _, found in search.find("case", "楼道灯", places=[CITY])} == {here, there}


def test_journal_lines_keep_their_codes_and_their_chain(small, crosswalk, cast):
    def say(place):
        journal.record("places.site.changed", actor=SYSTEM, place=place, data={"code": "x", "kind": "grid"})

    say(OLD)
    journal.seal_all()
    say(OLD)
    run(crosswalk(*BOTH))
    say(NEW)
    verdict = journal.verify()
    assert verdict.ok, verdict
    lines = Entry.objects.filter(code="places.site.changed").order_by("position")
    assert [line.place for line in lines] == [OLD, OLD, NEW]
    assert {line.chain for line in lines} == {OLD}
    assert Chain.objects.get(key=OLD).seq == 3
    assert Entry.objects.filter(code="places.divisions.reorganised").count() == 1


def everything():
    """The rows that a reorganisation may touch, without the local numbers of counters."""
    found = {}
    for model in (Division, Succession, Site, CountLevel, CountCategory, Entry):
        rows = [
            {k: v for k, v in row.items() if not isinstance(v, int) or k != "id"}
            for row in model.objects.values()
        ]
        found[model.__name__] = sorted(map(str, rows))
    return found


def test_the_same_table_again_changes_nothing(small, crosswalk):
    count_something()
    table = crosswalk(*BOTH)
    first, state = run(table), everything()
    assert run(table) == first
    assert everything() == state


@pytest.mark.parametrize("step", ["rewrite", "rewrite_search", "_rename_grids", "_rename"])
def test_what_broke_off_is_finished_by_the_next_run(small, crosswalk, monkeypatch, step):
    count_something()
    search.index("case", new_id(), OLD, "楼道灯坏了")
    real, calls = getattr(following, step), []

    def fails(*args):
        calls.append(args)
        if len(calls) == 3 or step == "rewrite_search":
            raise RuntimeError("the power went off")
        return real(*args)

    monkeypatch.setattr(following, step, fails)
    table = crosswalk(*BOTH)
    with pytest.raises(RuntimeError):
        run(table)
    assert total(CITY) == 41
    monkeypatch.undo()
    assert run(table) == {"streets": 2, "moved": 6, "unresolved": 0}
    assert (total(CITY), total(NEW_AREA), total(NEW_STREET), total(NEW)) == (41, 28, 12, 2)
    assert Site.objects.get(name="B001").code == f"{NEW}-B001"
    assert len(search.find("case", "楼道灯", places=[NEW])) == 1
    assert Entry.objects.filter(code="places.divisions.reorganised").count() == 1
    assert not CountDelta.objects.filter(place__startswith="500105").exists()


def test_what_was_written_late_with_an_old_code_is_caught_by_the_worker(small, crosswalk):
    run(crosswalk(*BOTH))
    count_something()
    site = Site.objects.create(code=f"{OLD}-B009", community=OLD, kind="building", name="late")
    assert catch_up() > 0
    site.refresh_from_db()
    assert (site.code, site.community) == (f"{NEW}-B009", NEW)
    assert (total(NEW_STREET), total(NEW_AREA), total(CITY)) == (12, 28, 41)
    assert catch_up() == 0
    Succession.objects.update(created_at=clock.ago(days=3))
    Site.objects.filter(pk=site.pk).update(code=f"{OLD}-B009")
    assert catch_up() == 0  # long over: the tables are not walked any more


def test_a_longer_table_later_keeps_what_the_first_one_decided(small, crosswalk):
    run(crosswalk(BOTH[0]))
    assert queries.exists(OLD_AREA) and queries.resolve(OLD_AREA) == OLD_AREA
    first = queries.resolve(OLD)
    assert run(crosswalk(*BOTH)) == {"streets": 2, "moved": 6, "unresolved": 0}
    assert queries.resolve(OLD) == first == NEW
    assert not queries.exists(OLD_AREA) and queries.resolve(OLD_AREA) == NEW_AREA
    assert Division.objects.filter(code=NEW_STREET).count() == 1


def test_a_table_that_does_not_fit_changes_nothing_and_says_where(small, crosswalk):
    with pytest.raises(CrosswalkProblems) as caught:
        run(crosswalk(BOTH[0], "500157009,没有这条,500105099,500105,3"))
    assert caught.value.problems[0].line == 3
    assert caught.value.summary["unresolved"] == 4
    assert not Succession.objects.exists() and not Entry.objects.exists()


def test_a_day_that_has_not_come_and_a_file_that_is_none_are_refused(small, crosswalk, cast):
    with pytest.raises(ActionError) as caught:
        reorganise_divisions(actor=SYSTEM, path=crosswalk(*BOTH), on=date(2999, 1, 1))
    assert caught.value.code == "not-yet"
    with pytest.raises(ActionError) as caught:
        run(crosswalk("1,2", header="a,b\n"))
    assert caught.value.code == "not-a-crosswalk"
    with pytest.raises(NotAllowed):
        reorganise_divisions(actor=cast.district.actor, path=crosswalk(*BOTH), on=DAY)


def test_a_later_official_list_confirms_provisional_codes_and_adds_no_twins(small, crosswalk, tmp_path):
    run(crosswalk(*BOTH))
    assert queries.get_place(NEW).is_provisional
    path = tmp_path / "villages_2026.csv"
    path.write_text(
        "code,name,street_code\n500157002001,社区1居民委员会,500157002\n500157002004,新社区居民委员会,500157002\n",
        encoding="utf-8",
    )
    report = import_divisions(actor=SYSTEM, path=path)
    assert (report.rejected, report.by_level) == (0, {"12": 2})
    below = [place.code for place in queries.children(NEW_STREET)]
    assert below == ["500157002001", "500157002002", "500157002003", "500157002004"]
    assert not queries.get_place(NEW).is_provisional
    assert queries.get_place("500157002002").is_provisional
    assert [place.code for place in queries.children(CITY)].count(NEW_AREA) == 1
    assert queries.resolve(OLD) == NEW
    assert import_divisions(actor=SYSTEM, path=path).created == 0


def test_the_command_answers_as_the_contract_says(small, crosswalk):
    out = StringIO()
    call_command(
        "divisions", "reorganise", str(crosswalk(*BOTH)), "--on", "2025-11-06", stdout=out, stderr=StringIO()
    )
    assert json.loads(out.getvalue().splitlines()[-1]) == {"streets": 2, "moved": 6, "unresolved": 0}
    bad = crosswalk("500157009,没有,500105099,500105,3")
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("divisions", "reorganise", str(bad), "--on", "2025-11-06", stdout=out, stderr=StringIO())
    assert caught.value.code == 1
    assert json.loads(out.getvalue().splitlines()[-1])["unresolved"] == 4
