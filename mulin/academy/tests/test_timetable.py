"""What holds for every week, and what a plan says of itself."""

import copy
import json
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mulin.academy import timetable
from mulin.academy.tests.weeks import PLACES, broken, order, read, venue, week, weeks, window
from mulin.academy.timetable.bound import bound
from mulin.academy.timetable.chains import Chains
from mulin.academy.timetable.places import Board, Session, find_places, first_come

DOCS = Path(__file__).resolve().parents[3] / "docs"
SCHEMA = Draft202012Validator(json.loads((DOCS / "timetable.schema.json").read_text(encoding="utf-8")))
few = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def planned(given: dict, **more) -> timetable.Plan:
    return timetable.solve(read(given), seconds=20, workers=1, **more)


@few
@given(weeks())
def test_no_plan_breaks_a_rule_nor_serves_fewer_than_first_come_nor_more_than_the_bound(given):
    plan = planned(given)
    written = plan.as_json()
    assert broken(given, written) == set()
    assert plan.first_come <= plan.served <= plan.bound <= len(given["orders"])
    assert [one["order"] for one in written["refused"]] == [
        one["id"] for one in given["orders"] if one["id"] not in {s["order"] for s in written["sessions"]}
    ]


@few
@given(weeks())
def test_the_proved_best_is_within_the_linear_bound_and_chains_keep_every_rule(given):
    instance = read(given)
    board = Board(find_places(instance))
    upper = bound(board, 20)
    start = first_come(board.copy())
    before = set(start.sessions)
    Chains(start, frozenset()).run(float("inf"))
    assert before <= set(start.sessions)
    best = planned(given)
    assert len(start.sessions) <= best.served == best.bound <= upper
    again = Board(find_places(instance))
    for at, session in start.sessions.items():
        assert again.fits(at, session)
        again.put(at, session)


def all_ways(board: Board, orders: list[int]) -> int:
    """The most that can be served, by trying everything."""
    if not orders:
        return len(board.sessions)
    first, rest = orders[0], orders[1:]
    best = all_ways(board, rest)
    for begin, choice in board.places.choices[first].items():
        for where, who in product(choice.venues, choice.teachers):
            session = Session(where, begin, who)
            if board.fits(first, session):
                board.put(first, session)
                best = max(best, all_ways(board, rest))
                board.take(first)
    return best


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(weeks())
def test_a_small_week_is_as_good_as_trying_everything(given):
    given["orders"] = given["orders"][:4]
    assert planned(given).served == all_ways(
        Board(find_places(read(given))), list(range(len(given["orders"])))
    )


@few
@given(weeks(), st.data())
def test_what_is_pinned_stays(given, data):
    sessions = planned(given).as_json()["sessions"]
    if not sessions:
        return
    keys = ("order", "venue", "teacher", "day", "from")
    chosen = data.draw(st.lists(st.sampled_from(sessions), unique_by=lambda one: one["order"]))
    pinned = [{key: one[key] for key in keys if key in one} for one in chosen]
    given["orders"].reverse()
    written = planned(given | {"pinned": pinned}).as_json()
    there = [{key: one[key] for key in keys if key in one} for one in written["sessions"]]
    assert all(pin in there for pin in pinned)
    assert broken(given | {"pinned": pinned}, written) == set()
    assert {one["order"] for one in written["sessions"] if one["is_pinned"]} == {p["order"] for p in pinned}


@few
@given(weeks())
def test_the_same_seed_and_rounds_give_the_same_plan_with_one_worker_or_two(given):
    found = []
    for workers in (1, 2):
        plan = timetable.solve(read(given), seconds=20, seed=3, rounds=2, workers=workers)
        found.append(plan.as_json() | {"seconds": 0})
    assert found[0] == found[1]


@few
@given(weeks())
def test_solving_again_from_the_last_plan_moves_nothing_without_need(given):
    first = planned(given).as_json()
    again = planned(given, last=timetable.read_solution(first)).as_json()
    assert {one["order"]: one for one in again["sessions"]} == {
        one["order"]: one for one in first["sessions"]
    }


def test_somebody_moves_so_that_another_fits():
    late = order("late", slots=[window(begin="10:00")])
    given = week([order("any", minutes=90), order("early", minutes=90, slots=[window(end="10:30")])])
    plan = planned(given)
    assert (plan.first_come, plan.served) == (1, 2)
    assert planned(week([late])).as_json()["sessions"][0]["from"] == "10:00"


def test_of_equally_many_the_fairer_is_chosen_and_weights_decide_between_classes():
    day = [window(end="10:00")]
    crowd = [order(f"e{at}", age="elder", slots=[window(at, end="10:00")]) for at in (1, 2, 3)]
    child = order("child", age="child", slots=[window(3, end="10:00")])
    rooms = [venue(hours=[window(at, end="10:00") for at in (1, 2, 3)])]
    plan = planned(week([*crowd, child], rooms))
    served = {one["order"] for one in plan.as_json()["sessions"]}
    assert plan.served == 3 and served == {"e1", "e2", "child"}
    one_room = [venue(hours=day)]
    pair = [order("old", slots=day), order("young", age="child", slots=day)]
    for age, wanted in (("elder", "old"), ("child", "young")):
        weighted = week(pair, one_room, fairness={"ages": {age: 5}, "themes": {}})
        assert planned(weighted).as_json()["sessions"][0]["order"] == wanted


def test_a_clerk_may_put_a_rule_aside_but_never_a_clash():
    pin = {"order": "a", "venue": "hall", "day": 5, "from": "20:00"}
    with pytest.raises(timetable.TimetableError, match=r"outside_slots.*a"):
        planned(week([order("a")], pinned=[pin]))
    plan = planned(week([order("a")], pinned=[{**pin, "despite": ["slots", "hours"]}]))
    assert plan.as_json()["sessions"][0]["day"] == 5
    both = [{**pin, "order": key, "despite": ["slots", "hours"]} for key in ("a", "b")]
    with pytest.raises(timetable.TimetableError, match="venue_clash"):
        planned(week([order("a"), order("b")], pinned=both))


@pytest.mark.parametrize(
    ("more", "rooms", "others", "code"),
    [
        ({"minutes": 240}, {}, {}, "slots_too_short"),
        ({"place": PLACES[1]}, {}, {}, "no_venue"),
        ({"size": 31}, {}, {}, "too_small"),
        ({"equipment": ["piano"]}, {}, {}, "no_equipment"),
        ({}, {"rules": {"ages": ["child"]}}, {}, "owner_rules"),
        ({"slots": [window(2)]}, {}, {}, "rooms_closed"),
        ({"skill": "dance"}, {}, {}, "no_teacher"),
        (
            {"skill": "dance"},
            {},
            {"teachers": [{"id": "t", "skills": ["dance"], "times": [window(2)]}]},
            "never_together",
        ),
        ({"slots": [window(end="10:00")]}, {"rules": {"day_most": 0}}, {}, "rooms_full"),
        ({"groups": ["g"]}, {}, {"groups": [{"id": "g", "week_most": 0}]}, "group_busy"),
        (
            {"skill": "dance"},
            {},
            {"teachers": [{"id": "t", "skills": ["dance"], "times": [window()], "week_most": 0}]},
            "teachers_full",
        ),
    ],
)
def test_a_refusal_says_why_in_a_code_with_figures(more, rooms, others, code):
    plan = planned(week([order("a", **more)], [venue(**rooms)], **others))
    (refused,) = plan.as_json()["refused"]
    assert refused["code"] == code and len(refused) > 2
    assert f"`{code}`" in (DOCS / "timetable.md").read_text(encoding="utf-8")


def test_every_hour_says_how_it_was_asked_for():
    given = week([order("a"), order("b", slots=[window(begin="10:00", end="11:00")])])
    cells = {one["from"]: one for one in planned(given).as_json()["demand"]}
    assert [cells[hour]["wishes"] for hour in ("09:00", "10:00", "11:00")] == [1, 2, 1]
    assert cells["10:00"]["people"] == 20 and cells["10:00"]["open"] == 1
    assert sum(cell["served"] for cell in cells.values()) == 2
    asked = {one["order"]: one["asked"] for one in planned(given).as_json()["sessions"]}
    assert asked["b"] == 2


PLANTED = {
    "venue_clash": lambda w: w["sessions"][1].update(w["sessions"][0] | {"order": w["sessions"][1]["order"]}),
    "twice": lambda w: w["sessions"].append(w["sessions"][0]),
    "forgotten": lambda w: w["sessions"].pop(),
    "figures": lambda w: w.update(served=9),
    "off_grid": lambda w: w["sessions"][0].update({"from": "09:10", "to": "10:10"}),
    "length": lambda w: w["sessions"][0].update({"to": "11:59"}),
    "outside_slots": lambda w: w["sessions"][0].update({"day": 4}),
    "venue_closed": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "too_small": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "no_equipment": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "out_of_reach": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "owner_age": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "owner_theme": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "owner_place": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "owner_size": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "owner_quiet": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "venue_day_most": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "venue_week_most": lambda w: w["sessions"][0].update({"venue": "closet"}),
    "teacher_clash": lambda w: _same_time(w),
    "group_clash": lambda w: _same_time(w),
    "person_clash": lambda w: _same_time(w),
    "no_teacher": lambda w: w["sessions"][0].pop("teacher"),
    "no_skill": lambda w: w["sessions"][0].update({"teacher": "other"}),
    "teacher_place": lambda w: w["sessions"][0].update({"teacher": "other"}),
    "teacher_away": lambda w: w["sessions"][0].update({"teacher": "other"}),
    "teacher_day_most": lambda w: w["sessions"][0].update({"teacher": "other"}),
    "unknown_venue": lambda w: w["sessions"][0].update({"venue": "nowhere"}),
    "unknown_teacher": lambda w: w["sessions"][0].update({"teacher": "nobody"}),
    "unknown_order": lambda w: w["refused"].append({"order": "nothing", "code": "no_venue"}),
    "group_day_most": lambda w: None,
    "pin_moved": lambda w: w["sessions"][0].update({"from": "11:00", "to": "12:00"}),
}  # fmt: skip


def _same_time(written: dict) -> None:
    first, second = written["sessions"][:2]
    second.update({"from": first["from"], "to": first["to"]})


@pytest.mark.parametrize("rule", PLANTED)
def test_the_check_finds_a_planted_violation(rule):
    closet = venue(
        "closet", place=PLACES[1], capacity=2, hours=[window(6)],
        rules={"ages": ["child"], "places": [PLACES[1]], "themes": ["chess"], "least_size": 50,
               "quiet": [window()], "day_most": 0, "week_most": 0},
    )  # fmt: skip
    more = {"skill": "dance", "groups": ["g"], "people": ["li"], "equipment": ["sound"], "is_loud": True}
    teachers = [
        {"id": "chen", "skills": ["dance"], "times": [window()]},
        {"id": "other", "skills": ["music"], "places": [PLACES[1]], "day_most": 0},
    ]
    given = week(
        [order("a", **more), order("b", **more)], [venue(equipment=["sound"]), closet],
        teachers=teachers, groups=[{"id": "g"}],
    )  # fmt: skip
    written = planned(given).as_json()
    first = written["sessions"][0]
    given["pinned"] = [{key: first[key] for key in ("order", "venue", "teacher", "day", "from")}]
    assert len(written["sessions"]) == 2 and broken(given, written) == set()
    if rule == "group_day_most":
        given["groups"][0]["day_most"] = 1
    PLANTED[rule](written)
    assert rule in broken(given, written)


def test_a_pause_of_the_owner_is_kept():
    given = week([order("a"), order("b")], [venue(hours=[window(end="11:00")], rules={"pause": 15})])
    assert planned(given).served == 1
    given["venues"][0]["hours"] = [window(end="11:30")]
    assert planned(given).served == 2


# --- the file ------------------------------------------------------------------------------------------


@few
@given(weeks())
def test_what_is_read_fits_the_schema(given):
    read(given)
    SCHEMA.validate(given)


def example() -> dict:
    text = (DOCS / "timetable.md").read_text(encoding="utf-8")
    return json.loads(text.split("```json")[1].split("```")[0])


def test_the_example_of_the_document_gives_what_the_document_says():
    SCHEMA.validate(example())
    written = planned(example()).as_json()
    assert {(one["order"], one["from"], one["to"]) for one in written["sessions"]} == {
        ("dance", "09:00", "10:30"), ("tea", "11:00", "12:00")
    }  # fmt: skip
    (refused,) = written["refused"]
    assert (refused["order"], refused["code"], refused["size"], refused["largest"]) == (
        "choir",
        "too_small",
        60,
        40,
    )


WRONG = [
    (lambda w: w.update(format="other"), "format"),
    (lambda w: w.update(grid=7), "grid"),
    (lambda w: w.update(extra=1), "extra: is unknown"),
    (lambda w: w.pop("orders"), "orders: is missing"),
    (lambda w: w.update(venues={}), "venues: must be a list"),
    (lambda w: w["venues"].append(3), r"venues\[1\]: must be an object"),
    (lambda w: w["orders"][0].update(size=0), r"orders\[0\].size"),
    (lambda w: w["orders"][0].update(size=True), r"orders\[0\].size"),
    (lambda w: w["orders"][0].update(minutes=60.5), r"orders\[0\].minutes"),
    (lambda w: w["orders"][0].update(slots=[]), r"orders\[0\].slots"),
    (lambda w: w["orders"][0].update(groups=["g", "g"]), r"orders\[0\].groups: names something twice"),
    (lambda w: w["orders"][0].update(is_loud="no"), r"orders\[0\].is_loud"),
    (lambda w: w["orders"][0]["slots"][0].update({"from": "25:00"}), r"orders\[0\].slots\[0\].from: '25:00'"),
    (lambda w: w["orders"][0]["slots"][0].update(day=8), r"orders\[0\].slots\[0\].day"),
    (lambda w: w["venues"][0].update(id=""), r"venues\[0\].id"),
    (lambda w: w.update(fairness={"ages": {"child": -1}}), "fairness.ages.child"),
    (
        lambda w: w.update(
            pinned=[{"order": "a", "venue": "hall", "day": 1, "from": "09:00", "despite": ["all"]}]
        ),
        r"pinned\[0\].despite: 'all'",
    ),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_what_the_reader_refuses_the_schema_refuses_and_the_message_names_the_field(change, said):
    given = copy.deepcopy(week([order("a")]))
    change(given)
    with pytest.raises(timetable.TimetableError, match=said):
        read(given)
    assert not SCHEMA.is_valid(given)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda w: w["orders"].append(order("a")), r"orders\[1\].id: 'a' is also orders\[0\].id"),
        (lambda w: w["orders"][0].update(groups=["g"]), r"orders\[0\].groups: there is no group 'g'"),
        (lambda w: w["orders"][0]["slots"][0].update(to="08:00"), r"slots\[0\].to: must come after from"),
        (lambda w: w.update(pinned=[{"order": "x", "venue": "hall", "day": 1, "from": "09:00"}]),
         r"pinned\[0\].order: there is no order 'x'"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(change, said):
    given = copy.deepcopy(week([order("a")]))
    change(given)
    with pytest.raises(timetable.TimetableError, match=said):
        read(given)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "line 1"),
        ('{"a": 1, "a": 2}', "'a' is given twice"),
        ("[" * 100_000, "nested"),
        ("[]", "object"),
    ],
)
def test_what_is_no_instance_is_refused_with_a_line(text, said):
    with pytest.raises(timetable.TimetableError, match=said):
        timetable.read_instance(timetable.parse(text))


def test_without_time_for_the_bound_it_is_the_number_of_wishes_that_have_a_choice(monkeypatch):
    given = week([order("a"), order("b", minutes=240), *(order(f"w{at}") for at in range(5))])
    board = Board(find_places(read(given)))
    assert (bound(board, 20), bound(board, 0)) == (3, 6)
    monkeypatch.setattr(
        "mulin.academy.timetable.bound.linprog", lambda *args, **more: SimpleNamespace(status=1)
    )
    assert bound(board, 20) == 6
