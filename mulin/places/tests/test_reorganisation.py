import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mulin.places.divisions import Division, DivisionFileError, kind_of, read_divisions
from mulin.places.reorganisation import plan_reorganisation, read_crosswalk

DAY = date(2025, 11, 6)


def division(code, system="nbs"):
    level = {6: 6, 9: 9, 12: 12}[len(code)]
    name = f"{code}{ {6: '区', 9: '街道', 12: '社区居委会'}[level] }"
    return Division(code.ljust(12, "0"), name, level, kind_of(name, level), "", system)


def country(*codes):
    """The communities with the streets and districts above them."""
    every = dict.fromkeys(code[:size] for code in codes for size in (6, 9, 12) if len(code) >= size)
    return [division(code) for code in every]


def row(new, old, villages="", **more):
    return {
        "new_street_code": new, "name": "新街道", "old_street_code": old, "old_area_code": old[:6],
        "villages": str(villages),
    } | more  # fmt: skip


def moves(plan, level=12):
    return {move.old: move.new for move in plan.moves if move.level == level}


A, B, NEW = "500105001", "500105002", "500157001"


def test_communities_move_with_their_street_and_keep_their_number():
    plan = plan_reorganisation([row(NEW, A, 2)], country(A + "001", A + "205", B + "001"), DAY)
    assert plan.summary == {"streets": 1, "moved": 2, "unresolved": 0}
    assert moves(plan) == {A + "001": NEW + "001", A + "205": NEW + "205"}
    assert moves(plan, 9) == {A + "000": NEW + "000"}
    assert all(move.provisional for move in plan.moves if move.level == 12)
    assert plan.closed == [A + "000", A + "001", A + "205"]


def test_new_district_is_made_and_marked_unless_a_name_is_given():
    plan = plan_reorganisation([row(NEW, A, 1)], country(A + "001", B + "001"), DAY)
    made = plan.created[0]
    assert (made.code, made.level, made.invented, made.parent) == ("500157000000", 6, True, "500100000000")
    named = plan_reorganisation([row(NEW, A, 1, new_area_name="两江新区")], country(A + "001"), DAY).created[
        0
    ]
    assert (named.name, named.kind, named.invented) == ("两江新区", "district", False)
    listed = plan_reorganisation([row(NEW, A, 1)], [*country(A + "001"), division("500157", "mca")], DAY)
    assert [row.level for row in listed.created] == [9, 12]


def test_district_that_is_used_up_is_followed_by_the_new_one():
    rest = plan_reorganisation([row(NEW, A, 1)], country(A + "001", B + "001"), DAY)
    assert moves(rest, 6) == {}
    whole = plan_reorganisation([row(NEW, A, 1), row("500157002", B, 1)], country(A + "001", B + "001"), DAY)
    assert moves(whole, 6) == {"500105000000": "500157000000"}
    assert "500105000000" in whole.closed


def test_merged_streets_keep_numbers_where_free_and_take_the_next_free_ones():
    known = country(A + "001", A + "002", B + "002", B + "003")
    plan = plan_reorganisation([row(NEW, A, 2), row(NEW, B, 2)], known, DAY)
    assert moves(plan) == {
        A + "001": NEW + "001", A + "002": NEW + "002", B + "003": NEW + "003", B + "002": NEW + "004",
    }  # fmt: skip
    assert moves(plan, 9) == {A + "000": NEW + "000", B + "000": NEW + "000"}
    assert plan.summary == {"streets": 2, "moved": 4, "unresolved": 0}
    assert sum(made.level == 9 for made in plan.created) == 1


def test_street_absorbed_by_a_living_one_does_not_take_its_numbers():
    plan = plan_reorganisation([row(B, A, 1)], country(A + "001", B + "001"), DAY, system="nbs")
    assert moves(plan) == {A + "001": B + "002"}
    assert [made.level for made in plan.created] == [12]
    assert plan.closed == [A + "000", A + "001"]


def test_split_street_goes_where_its_communities_are_named_and_the_rest_follows():
    known = country(A + "001", A + "002", A + "003")
    rows = [row("500157002", A, 2), row(NEW, A, 1, communities="002")]
    plan = plan_reorganisation(rows, known, DAY)
    assert moves(plan) == {A + "001": "500157002001", A + "003": "500157002003", A + "002": NEW + "002"}
    assert plan.summary == {"streets": 2, "moved": 3, "unresolved": 0}


def test_split_street_without_names_is_a_problem():
    plan = plan_reorganisation([row(NEW, A), row("500157002", A)], country(A + "001"), DAY)
    assert [problem.what for problem in plan.problems] == ["split", "split"]
    assert plan.summary["moved"] == 0
    assert plan.summary["unresolved"] == 2


def test_street_keeps_what_the_crosswalk_does_not_take():
    plan = plan_reorganisation([row(NEW, A, 1, communities=A + "002")], country(A + "001", A + "002"), DAY)
    assert moves(plan) == {A + "002": NEW + "002"}
    assert A + "000" not in plan.closed


@pytest.mark.parametrize(
    ("change", "what", "unresolved"),
    [
        ({"old_street_code": "500105009", "villages": "3"}, "old-street", 4),
        ({"new_street_code": "5001570"}, "new-street", 1),
        ({"old_area_code": "500106"}, "old-area", 2),
        ({"villages": "4"}, "villages", 3),
        ({"villages": "x"}, "villages", 1),
        ({"communities": "009"}, "community", 2),
    ],
)
def test_rows_that_do_not_fit_are_named(change, what, unresolved):
    plan = plan_reorganisation([row(NEW, A, 1) | change], country(A + "001"), DAY)
    assert plan.problems[0].what == what
    assert plan.problems[0].line == 2
    assert plan.problems[0].describe().startswith("crosswalk 第 2 行")
    assert plan.summary["unresolved"] == unresolved


def test_official_new_codes_are_used_and_not_provisional():
    given = {A + "001": NEW + "777"}
    plan = plan_reorganisation([row(NEW, A, 2)], country(A + "001", A + "002"), DAY, new_codes=given)
    assert [(move.new, move.provisional) for move in plan.moves if move.level == 12] == [
        (NEW + "777", False),
        (NEW + "002", True),
    ]
    clash = plan_reorganisation(
        [row(NEW, A, 2)], country(A + "001", A + "002"), DAY, new_codes=given | {A + "002": NEW + "777"}
    )
    assert {problem.what for problem in clash.problems} == {"twice"}


def test_a_code_that_is_given_up_on_that_day_is_not_given_to_another():
    """What followed from the first to the second would follow on to the third."""
    known = country(A + "001", B + "001")
    plan = plan_reorganisation([row(B, A, 1), row(NEW, B, 1)], known, DAY, new_codes={A + "001": B + "001"})
    assert "reused" in {problem.what for problem in plan.problems}


def test_street_that_is_full_is_a_problem():
    known = country(*[f"{B}{number:03d}" for number in range(1, 1000)], A + "001")
    plan = plan_reorganisation([row(B, A, 1)], known, DAY)
    assert [problem.what for problem in plan.problems] == ["full"]


def test_crosswalk_without_its_columns_is_refused(tmp_path):
    (tmp_path / "x.csv").write_text("code,name\n1,2\n", encoding="utf-8")
    with pytest.raises(DivisionFileError, match="old_street_code"):
        read_crosswalk(tmp_path / "x.csv")


@given(
    st.dictionaries(
        st.integers(1, 9), st.tuples(st.integers(1, 4), st.sets(st.integers(1, 40), max_size=12)), min_size=1
    )
)
def test_nothing_is_lost_and_no_two_communities_meet(streets):
    known = country(
        *[f"50010500{old}{number:03d}" for old, (_, found) in streets.items() for number in found]
    )
    known += [division(f"50010500{old}") for old in streets]
    rows = [row(f"50015700{new}", f"50010500{old}", len(found)) for old, (new, found) in streets.items()]
    plan = plan_reorganisation(rows, known, DAY)
    total = sum(len(found) for _, found in streets.values())
    moved = moves(plan)
    assert plan.summary == {"streets": len(streets), "moved": total, "unresolved": 0}
    assert len(set(moved.values())) == len(moved) == total
    for old, new in moved.items():
        assert new[:9] == f"50015700{streets[int(old[8])][0]}"
    assert {made.code for made in plan.created if made.level == 12} == set(moved.values())


def test_jiangbei_becomes_part_of_liangjiang():
    if not (root := os.environ.get("MULIN_DATA")):
        pytest.skip("MULIN_DATA is not set: no real crosswalk")
    folder = Path(root) / "divisions"
    before = list(read_divisions(folder))
    plan = plan_reorganisation(read_crosswalk(folder / "crosswalk_jiangbei.csv"), before, DAY)
    assert plan.problems == []
    assert plan.summary == {"streets": 12, "moved": 132, "unresolved": 0}
    assert moves(plan, 6) == {"500105000000": "500157000000"}
    old = {row.code for row in before if row.system == "nbs" and row.code[:6] == "500105"}
    assert {move.old for move in plan.moves} == old == set(plan.closed)
    assert len(old) == 1 + 12 + 132
