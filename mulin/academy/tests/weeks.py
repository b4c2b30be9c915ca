"""Small invented weeks, crowded enough that wishes must be refused."""

import json
from typing import Any

from hypothesis import strategies as st

from mulin.academy import timetable

TIMES = ("09:00", "10:00", "11:00", "12:00", "13:00")
PLACES = ("500108002005", "500108106003")


def window(day: int = 1, begin: str = "09:00", end: str = "12:00") -> dict[str, Any]:
    return {"day": day, "from": begin, "to": end}


def venue(key: str = "hall", **more: Any) -> dict[str, Any]:
    return {"id": key, "place": PLACES[0], "capacity": 30, "hours": [window()], **more}


def order(key: str, **more: Any) -> dict[str, Any]:
    found = {"id": key, "place": PLACES[0], "size": 10, "minutes": 60, "age": "elder", "theme": "tea"}
    return {**found, "slots": [window()], **more}


def week(orders: list, venues: list | None = None, **more: Any) -> dict[str, Any]:
    return {"format": "mulin-timetable/1", "venues": venues or [venue()], "orders": orders, **more}


def read(given: dict[str, Any]) -> timetable.Instance:
    return timetable.read_instance(timetable.parse(json.dumps(given)))


def broken(given: dict[str, Any], written: dict[str, Any]) -> set[str]:
    return {one.rule for one in timetable.check(read(given), timetable.read_solution(written))}


windows = st.builds(
    lambda day, pair: window(day, *sorted(pair)),
    st.integers(1, 2),
    st.lists(st.sampled_from(TIMES), min_size=2, max_size=2, unique=True),
)
some_windows = st.lists(windows, min_size=1, max_size=3)
limits = st.one_of(st.none(), st.integers(0, 2))
skills = st.lists(st.sampled_from(("dance", "music")), unique=True)
pauses = st.sampled_from((0, 15, 30))
venues = st.fixed_dictionaries({
    "place": st.sampled_from(PLACES), "capacity": st.integers(5, 20), "hours": some_windows,
    "equipment": st.lists(st.sampled_from(("piano",)), unique=True),
    "rules": st.fixed_dictionaries({
        "pause": pauses, "day_most": limits, "quiet": st.lists(windows, max_size=1),
        "ages": st.sampled_from(([], ["elder"])),
    }),
})  # fmt: skip
teachers = st.fixed_dictionaries({
    "skills": skills, "times": some_windows, "pause": pauses, "day_most": limits, "week_most": limits,
})  # fmt: skip
orders = st.fixed_dictionaries(
    {
        "place": st.sampled_from(PLACES),
        "places": st.sampled_from(([], list(PLACES))),
        "size": st.integers(1, 18),
        "minutes": st.sampled_from((30, 45, 60, 90)),
        "slots": some_windows,
        "age": st.sampled_from(("elder", "child")),
        "theme": st.sampled_from(("tea", "choir")),
        "skill": st.sampled_from(("", "", "dance", "music")),
        "is_loud": st.booleans(),
        "equipment": st.sampled_from(([], [], ["piano"])),
        "groups": st.lists(st.sampled_from(("g0", "g1", "g2")), max_size=2, unique=True),
        "people": st.sampled_from(([], [], ["li"])),
    }
)


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, Any]:
    def named(letter: str, many: list) -> list:
        return [{"id": f"{letter}{at}", **one} for at, one in enumerate(many)]

    return week(
        named("w", draw(st.lists(orders, min_size=1, max_size=10))),
        named("v", draw(st.lists(venues, min_size=1, max_size=3))),
        teachers=named("t", draw(st.lists(teachers, max_size=2))),
        groups=[{"id": f"g{at}", "day_most": draw(limits), "week_most": draw(limits)} for at in range(3)],
        fairness={"ages": {"child": draw(st.integers(0, 3))}, "themes": {}},
    )
