"""An invented week of a district: communities, rooms, volunteer teachers, groups and what they wish for.

Everything is drawn from a seed. No figure in it was measured anywhere; what it copies from life is that times
crowd (pensioners in the morning, children after school, workers in the evening), that large rooms and rooms
with a piano are few, and that a volunteer teaches some hours a week in the communities nearby.
"""

import random
from typing import Any

# theme: skill, equipment, loud
THEMES = {
    "square_dance": ("dance", ("sound",), True),
    "choir": ("music", ("piano",), True),
    "erhu": ("music", (), True),
    "taichi": ("taichi", (), False),
    "calligraphy": ("calligraphy", ("desks",), False),
    "paper_cutting": ("craft", ("desks",), False),
    "tea_chat": ("", (), False),
    "phone_class": ("phone", ("screen",), False),
    "homework": ("school", ("desks",), False),
    "story_hour": ("", (), False),
    "table_tennis": ("", ("table",), True),
    "english": ("english", ("screen",), False),
}
AGES = {"elder": 45, "child": 20, "family": 15, "adult": 20}
LIKES = {
    "elder": (
        "square_dance",
        "square_dance",
        "choir",
        "erhu",
        "taichi",
        "calligraphy",
        "tea_chat",
        "phone_class",
    ),
    "child": (
        "homework",
        "homework",
        "story_hour",
        "calligraphy",
        "english",
        "table_tennis",
        "paper_cutting",
    ),
    "family": ("story_hour", "paper_cutting", "table_tennis", "english", "tea_chat"),
    "adult": ("square_dance", "taichi", "table_tennis", "english", "choir", "tea_chat"),
}
# Windows in which people of an age can come: days, from, to.
TIMES = {
    "elder": ((range(1, 7), "08:30", "11:30"), (range(1, 7), "14:00", "17:00")),
    "child": (
        (range(1, 6), "16:30", "18:30"),
        (range(6, 8), "09:00", "11:30"),
        (range(6, 8), "14:00", "17:00"),
    ),
    "family": (
        (range(6, 8), "09:00", "11:30"),
        (range(6, 8), "14:00", "17:30"),
        (range(5, 6), "18:30", "20:30"),
    ),
    "adult": (
        (range(1, 6), "19:00", "21:00"),
        (range(6, 8), "09:00", "11:30"),
        (range(6, 8), "19:00", "21:00"),
    ),
}
# kind: capacity, equipment, hours; the first three in every community, the others by chance.
ROOMS = (
    ((18, 30), ("screen",), ((range(1, 6), "09:00", "17:30"),)),
    ((12, 20), ("desks",), ((range(1, 6), "09:00", "17:30"), (range(6, 7), "09:00", "12:00"))),
    ((40, 80), ("sound", "screen"), ((range(1, 7), "08:30", "12:00"), (range(1, 7), "14:00", "21:00"))),
    ((20, 36), ("piano", "sound"), ((range(1, 8), "14:00", "21:00"),)),
    ((16, 40), ("table",), ((range(1, 8), "08:30", "21:00"),)),
    ((30, 45), ("desks", "screen"), ((range(1, 6), "17:00", "21:00"), (range(6, 8), "09:00", "17:30"))),
    ((10, 16), (), ((range(2, 6), "14:00", "20:00"),)),
)


def week(communities: int, rooms: int, groups: int, wishes: int, seed: int) -> dict[str, Any]:
    """The instance, in the form of docs/timetable.md."""
    rng = random.Random(seed)
    places = [f"500108{at // 12 + 1:03d}{at % 12 + 1:03d}" for at in range(communities)]
    crowd = [_group(rng, at, places) for at in range(groups)]
    return {
        "format": "mulin-timetable/1",
        "grid": 30,
        "venues": [_venue(rng, at, places) for at in range(rooms)],
        "teachers": [_teacher(rng, at, places) for at in range(groups // 3)],
        "groups": [{"id": one["id"], "day_most": 1} for one in crowd],
        "orders": [_order(rng, at, rng.choice(crowd), places) for at in range(wishes)],
        "fairness": {"ages": {"child": 2}, "themes": {}},
    }


def _venue(rng: random.Random, at: int, places: list[str]) -> dict[str, Any]:
    place, turn = places[at % len(places)], at // len(places)
    (least, most), equipment, hours = ROOMS[turn] if turn < 3 else rng.choice(ROOMS[3:])
    rules: dict[str, Any] = {"pause": rng.choice((0, 0, 15))}
    if rng.random() < 0.2:
        rules["quiet"] = [_window(day, "12:00", "14:30") for day in range(1, 8)]
    if rng.random() < 0.15:
        rules["week_most"] = 12
    if least >= 40:
        rules["least_size"] = 12
    return {
        "id": f"v{at}", "place": place, "capacity": rng.randint(least, most), "equipment": list(equipment),
        "hours": _windows(hours), "rules": rules,
    }  # fmt: skip


def _teacher(rng: random.Random, at: int, places: list[str]) -> dict[str, Any]:
    skills = sorted({skill for skill, _, _ in THEMES.values() if skill})
    home = rng.randrange(len(places))
    halves = (("08:30", "12:00"), ("14:00", "18:30"), ("18:30", "21:00"))
    days = rng.sample([(day, half) for day in range(1, 8) for half in halves], rng.randint(3, 6))
    return {
        "id": f"t{at}", "skills": sorted(rng.sample(skills, rng.randint(1, 4))),
        "times": [_window(day, *half) for day, half in sorted(days)], "pause": 30, "day_most": 2,
        "week_most": rng.randint(3, 5), "places": _near(places, home, 6),
    }  # fmt: skip


def _group(rng: random.Random, at: int, places: list[str]) -> dict[str, Any]:
    age = rng.choices(list(AGES), list(AGES.values()))[0]
    return {
        "id": f"g{at}", "age": age, "theme": rng.choice(LIKES[age]), "home": rng.randrange(len(places)),
        "size": min(60, 6 + int(rng.expovariate(1 / 10))), "minutes": rng.choice((60, 90, 90, 120)),
        "is_near": rng.random() < 0.6,
    }  # fmt: skip


def _order(rng: random.Random, at: int, group: dict[str, Any], places: list[str]) -> dict[str, Any]:
    skill, equipment, is_loud = THEMES[group["theme"]]
    halves = [(day, begin, end) for days, begin, end in TIMES[group["age"]] for day in days]
    chosen = rng.sample(halves, min(len(halves), rng.randint(2, 3)))
    order = {
        "id": f"w{at}",
        "groups": [group["id"]],
        "place": places[group["home"]],
        "size": group["size"],
        "minutes": group["minutes"],
        "age": group["age"],
        "theme": group["theme"],
        "equipment": list(equipment),
        "slots": [_window(*one) for one in chosen],
        "is_loud": is_loud,
    }
    if group["is_near"]:
        order["places"] = _near(places, group["home"], 3)
    if skill and rng.random() < 0.7:
        order["skill"] = skill
    return order


def _near(places: list[str], home: int, many: int) -> list[str]:
    """The home first, then its neighbours along the row of communities."""
    return [places[(home + step) % len(places)] for step in range(min(many, len(places)))]


def _windows(hours: tuple) -> list[dict[str, Any]]:
    return [_window(day, begin, end) for days, begin, end in hours for day in days]


def _window(day: int, begin: str, end: str) -> dict[str, Any]:
    return {"day": day, "from": begin, "to": end}


def move_one(given: dict[str, Any], solution: dict[str, Any]) -> dict[str, Any]:
    """The instance with the first session pinned a day later, as a clerk would who knows better than the
    rules; taken is a place where nothing else stands."""
    used = {(one["venue"], one["day"]) for one in solution["sessions"]}
    orders = {one["id"]: one for one in given["orders"]}
    for one in solution["sessions"]:
        if (
            one["day"] < 7
            and (one["venue"], one["day"] + 1) not in used
            and "skill" not in orders[one["order"]]
        ):
            pin = {"order": one["order"], "venue": one["venue"], "day": one["day"] + 1, "from": one["from"]}
            return {**given, "pinned": [{**pin, "despite": ["slots", "hours", "owner"]}]}
    return given
