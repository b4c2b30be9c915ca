"""The board equals the records, for whoever looks and wherever they look."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from mulin.cases.models import Case
from mulin.insight import export, lateness, queries
from mulin.insight.definitions import FIGURES
from mulin.insight.models import LateCount
from mulin.insight.page import page
from mulin.insight.periods import preset
from mulin.kernel import clock, counters
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.people.models import Account
from mulin.voices.queries import catalogue


@pytest.fixture
def town(fill, world):
    """Enough cases in two streets that nothing is small, and a few that are."""
    done = {
        "state": "closed",
        "outcome": "confirmed",
        "is_solved": True,
        "is_satisfied": True,
        "responded_in_time": True,
    }
    fill(world.home, 12, **done, grid=world.grid)
    fill(
        world.home,
        7,
        state="closed",
        outcome="confirmed",
        is_solved=False,
        is_satisfied=False,
        responded_in_time=True,
    )
    fill(world.home, 6, state="in_hand", due_at=timezone.now() - timedelta(days=9000), category="noise")
    fill(world.home, 2, state="merged", outcome="merged")
    fill(world.home, 1, state="closed", outcome="unconfirmed", excluded_for="malicious")
    fill(world.home, 1, state="suspended", days={"suspended": ["2025-11-05"]})
    fill(world.home, 8, days_ago=40, **done)
    fill("500108002001", 9, **done)
    fill("500108002004", 3, state="reported")
    fill(world.other_home, 11, **done, kind="help")
    return world


def recount(place: str, since, until) -> dict[str, int]:
    """The same figures from the records alone."""
    low, high = place.rstrip("0") or "0", place.rstrip("0") + ":"
    inside = [c for c in Case.objects.all() if low <= c.place < high]
    came = [c for c in inside if since <= c.opened_on <= until]
    closed = [
        c
        for c in inside
        if c.closed_at and since <= clock.day_of(c.closed_at) <= until and c.state != "merged"
    ]
    counted = [c for c in came if c.state != "merged" and not c.excluded_for]
    return {
        "in": len(came),
        "closed": sum(c.outcome in {"confirmed", "unconfirmed"} for c in closed),
        "open": sum(c.is_open for c in inside),
        "overdue": sum(
            c.is_open and c.due_at < clock.now() and c.state not in {"done", "suspended"} for c in inside
        ),
        "merged": sum(c.state == "merged" for c in came),
        "excluded": sum(bool(c.excluded_for) for c in came),
        "valid": len(counted),
        "in_time": sum(c.responded_in_time is True for c in counted),
        "solved_yes": sum(c.is_solved is True for c in counted),
        "solved_no": sum(c.is_solved is False for c in counted),
        "satisfied_yes": sum(c.is_satisfied is True for c in counted),
    }


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("where", ["home", "street", "district", "city"])
def test_every_figure_equals_a_recount_before_and_after_folding(town, cast, where, folded):
    if folded:
        counters.fold_all()
        lateness.count_late()
    actor = cast.district.actor if where != "city" else None
    place = getattr(town, where)
    board = (
        queries._exact(queries.reading.ground(place), queries.of(None, None, clock.today()))
        if actor is None
        else (queries.board(actor, place))
    )
    expected = recount(place, board.period.since, board.period.until)
    assert {key: board.figures[key] for key in expected} == expected
    assert board.figures["in"] > 20


def test_a_district_reads_what_the_worker_counted_only_while_it_is_fresh(town, cast, freeze):
    actor, now = cast.district.actor, clock.now()
    freeze(now)
    before = queries.board(actor, town.district).figures["overdue"]
    assert before > 0
    lateness.count_late()
    Case.objects.filter(lateness.overdue(now)).update(due_at=now + timedelta(days=400))
    assert queries.board(actor, town.district).figures["overdue"] == before
    assert queries.board(actor, town.street).figures["overdue"] == 0
    freeze(now + timedelta(seconds=lateness.FRESH_SECONDS + 1))
    assert queries.board(actor, town.district).figures["overdue"] == 0
    lateness.count_late()
    assert list(LateCount.objects.values_list("place", "n")) == [("", 0)]
    assert queries.board(actor, town.district).figures["overdue"] == 0


def test_the_parts_of_a_board_add_up_to_its_figures(town, cast):
    board = queries.board(cast.district.actor, town.street)
    assert sum(cell.n for cell in board.kinds) == board.figures["voices"]
    assert sum(cell.n for cell in board.categories) + board.unclassified == board.figures["in"]
    assert board.other_categories == 0
    assert sum(step.came for step in board.trend) == board.figures["in"]
    assert sum(step.closed for step in board.trend) == board.figures["closed"]
    assert sum(step.before for step in board.trend) == 8
    assert sum(board.states.values()) == board.figures["in"]
    for key in ("in", "closed", "open", "overdue", "valid"):
        assert sum(child.figures[key] for child in board.children) == board.figures[key]


@pytest.mark.parametrize("who", ["everyone", "staff"])
@pytest.mark.parametrize(
    "counts",
    [
        {"": 7, "noise": 9, "garbage": 6},
        {"": 2, "noise": 9, "garbage": 1, "park": 30},
        {"noise": 8},
        {str(n): 5 + n % 3 for n in range(20)},
        {str(n): 1 + n % 9 for n in range(16)} | {"": 3},
    ],
)
def test_categories_add_up_to_the_whole_on_the_page_and_in_the_file(
    world, fill, cast, client_for, who, counts
):
    """What is listed, what has no category yet, what is not listed: nothing is left out or counted twice."""
    active = [one.code for one in catalogue().active()]
    counts = {active[int(key)] if key.isdigit() else key: n for key, n in counts.items()}
    for category, n in counts.items():
        fill(world.home, n, state="reported", category=category)
    actor = cast.street.actor if who == "staff" else ANONYMOUS
    board = queries.board(actor, world.street)
    listed = sum(cell.n for cell in board.categories)
    assert listed + (board.unclassified or 0) + board.other_categories == sum(counts.values())
    assert {cell.code: cell.n for cell in board.categories}.items() <= counts.items()
    seen = page(board, actor)
    assert sum(bar["n"] for bar in [*seen.categories, *seen.more_categories]) == sum(counts.values())
    assert len(seen.categories) <= 13
    if who == "staff":
        assert board.other_categories == 0 and board.unclassified == counts.get("", 0)
    else:
        assert all(cell.n >= 5 for cell in board.categories)
        assert board.unclassified is None or board.unclassified == 0 or board.unclassified >= 5
    book = CalamineWorkbook.from_filelike(BytesIO(export.workbook(board)))
    assert sum(row[1] for row in book.get_sheet_by_name("类别").to_python()[1:]) == sum(counts.values())


AGES = (0, 1, 6, 7, 29, 30, 36, 89, 90, 179, 180, 200, 363, 364, 365, 366, 500, 729, 730)


@pytest.mark.parametrize("folded", [False, True])
@pytest.mark.parametrize("period", ["week", "month", "quarter", "year"])
def test_every_period_adds_up_to_a_recount(world, fill, cast, period, folded):
    """Days of two years, in whole months and at ragged ends; the trend and its period before too."""
    today = clock.today()
    for days_ago in AGES:
        fill(world.home, 1, days_ago=days_ago, state="closed", outcome="confirmed")
    if folded:
        counters.fold_all()
    wanted = preset(period, today)
    board = queries.board(cast.street.actor, world.street, wanted.since, wanted.until)
    inside = recount(world.street, wanted.since, wanted.until)
    assert {key: board.figures[key] for key in inside} == inside
    assert sum(step.came for step in board.trend) == inside["in"]
    assert sum(step.closed for step in board.trend) == inside["closed"]
    before = wanted.before
    assert sum(step.before for step in board.trend) == recount(world.street, before.since, before.until)["in"]
    came = [case.opened_on for case in Case.objects.all()]
    assert [step.came for step in board.trend] == [
        sum(step.since <= day <= step.until for day in came) for step in board.trend
    ]
    assert sum(cell.n for cell in board.categories) == inside["in"]
    assert sum(child.figures["in"] for child in board.children) == inside["in"]


def test_grids_and_what_lies_in_none_of_them_add_up_to_the_community(town, cast):
    board = queries.board(cast.clerk.actor, town.home)
    first = next(child for child in board.children if child.code == town.grid)
    assert first.figures["in"] == 12
    assert board.remainder.figures["in"] == board.figures["in"] - 12


def test_a_grid_has_a_board_of_its_own(town, cast):
    board = queries.board(cast.gridworker.actor, town.grid)
    assert board.figures["in"] == 12 and board.rates["resolution_rate"].value == 1
    assert [cell.code for cell in board.categories] == ["street_lamp"]


def test_a_case_at_the_street_itself_is_in_its_board_and_in_no_community(town, cast, fill):
    fill(town.street, 5, state="reported")
    board = queries.board(cast.street.actor, town.street)
    assert board.remainder.figures["in"] == 5
    assert sum(child.figures["in"] for child in board.children) + 5 == board.figures["in"]
    assert town.street not in {child.code for child in board.children}


def test_an_unknown_place_and_a_building_have_no_board(town, cast):
    for place in ("500199000000", "nonsense", "000000000000", town.building):
        with pytest.raises(NotVisible):
            queries.board(cast.district.actor, place)


# Who sees what


def test_the_public_sees_no_figure_under_five(town, anonymous):
    for place in (town.home, town.street, town.district, town.city, "500108002004"):
        data = queries.as_json(queries.board(anonymous, place))
        assert not data["is_exact"]
        shown = [data["figures"], *(child["figures"] for child in data["children"])]
        assert all(n is None or n == 0 or n >= 5 for figures in shown for n in figures.values())
        cells = [*data["kinds"], *data["categories"]]
        assert all(cell["count"] is None or cell["count"] >= 5 for cell in cells)


def test_the_public_cannot_subtract_the_other_communities_from_the_street(town, anonymous):
    board = queries.board(anonymous, town.street)
    by_code = {child.code: child for child in board.children}
    assert by_code["500108002004"].marks["in"] == "small"
    hidden = [child.code for child in board.children if child.figures["in"] is None]
    assert len(hidden) > 1 and board.figures["in"] is not None


def test_a_figure_that_covers_another_is_hidden_on_its_own_board_too(town, anonymous):
    street = queries.board(anonymous, town.street)
    for child in street.children:
        own = queries.board(anonymous, child.code)
        assert set(own.marks) == set(child.marks)


def test_the_public_sees_what_is_usual_in_a_community_but_not_how_often(town, anonymous):
    board = queries.board(anonymous, town.home)
    assert [cell.code for cell in board.categories] == ["street_lamp", "noise"]
    assert all(cell.n is None for cell in (*board.categories, *board.kinds))
    assert not board.trend and not board.children


def test_a_community_shows_everyone_ninety_days_at_first_and_workers_thirty(town, cast, anonymous):
    assert queries.board(anonymous, town.home).period.name == "quarter"
    assert queries.board(cast.clerk.actor, town.home).period.name == "month"
    assert queries.board(anonymous, town.street).period.name == "month"


def test_what_is_hidden_to_cover_is_named_and_takes_no_room(town, anonymous, fill):
    fill("500108002001", 6, state="closed", outcome="refused")
    fill(town.home, 3, state="closed", outcome="refused")
    seen = page(queries.board(anonymous, "500108002001"), anonymous)
    assert seen.board.marks["refused"] == "cover"
    assert str(FIGURES["refused"].title) in seen.unshown
    assert [figure["value"] for figure in seen.more_figures].count("—") == 0
    assert len(seen.figures) == 4


def test_the_public_does_not_see_the_board_of_a_grid(town, anonymous, cast):
    for actor in (anonymous, cast.resident.actor, cast.other_clerk.actor):
        with pytest.raises(NotAllowed):
            queries.board(actor, town.grid)


def test_a_clerk_sees_small_figures_at_home_and_not_next_door(town, cast):
    assert queries.board(cast.clerk.actor, town.home).figures["merged"] == 2
    other = queries.board(cast.other_clerk.actor, town.home)
    assert not other.is_exact and other.figures["merged"] is None


def test_the_public_cannot_choose_days_freely(town, anonymous):
    board = queries.board(
        anonymous, town.home, clock.today() - timedelta(days=4), clock.today() - timedelta(days=3)
    )
    assert (board.period.since.day, board.period.until) == (1, clock.today())


def test_no_figure_names_a_person(town, cast, client_for):
    names = set(Account.objects.values_list("name", flat=True))
    text = str(queries.as_json(queries.board(cast.district.actor, town.street)))
    page = client_for().get(f"/board/{town.street}/").content.decode()
    assert len(names) > 10
    for name in names:
        assert name not in text and name not in page


# What it costs


@pytest.mark.parametrize("part", ["district", "anonymous"])
@pytest.mark.parametrize("where", ["city", "district", "street", "home"])
def test_a_board_costs_ten_statements_at_most(town, cast, anonymous, part, where):
    actor = anonymous if part == "anonymous" else cast.district.actor
    catalogue()
    queries.board(actor, getattr(town, where))  # names are remembered by the process
    with CaptureQueriesContext(
        connection,
    ) as statements:
        queries.board(actor, getattr(town, where))
    assert len(statements) <= 10


def test_the_number_of_statements_does_not_grow_with_the_cases(town, cast, fill):
    def cost() -> int:
        with CaptureQueriesContext(connection) as statements:
            queries.board(cast.district.actor, town.street)
        return len(statements)

    before = cost()
    fill(town.home, 30, state="reported")
    fill("500108002012", 5, state="reported")
    assert cost() <= before


@pytest.mark.parametrize("part", ["district", "anonymous"])
@pytest.mark.parametrize("where", ["street", "home"])
def test_a_map_reads_less_and_shows_the_same_figures(town, cast, anonymous, part, where):
    actor = anonymous if part == "anonymous" else cast.district.actor
    catalogue()
    found = []
    for is_whole in (True, True, False):  # names are remembered by the process
        with CaptureQueriesContext(connection) as statements:
            board = queries.board(actor, getattr(town, where), is_whole=is_whole)
        found.append((len(statements), board.figures, board.marks, board.children, board.remainder))
    (_n, *_first), (whole, *figures), (part_of_it, *same) = found
    assert figures == same and part_of_it <= whole - 3
