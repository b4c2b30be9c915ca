"""From the records of a place to the file that the engine plans from (docs/timetable.md).

Names of persons are not in it. Somebody who asked for two things is a key, so that the two do not fall on the
same hour; keys of a week cannot be traced to those of another.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import get_language

from mulin.academy import catalogues
from mulin.academy.clubs.models import Club
from mulin.academy.orders.models import Asking, Order
from mulin.academy.sessions.models import Session
from mulin.academy.timetable import week as weeks
from mulin.academy.weeks import checks, queries
from mulin.academy.weeks.courses import Asked, Course, gather, windows_in, without, written
from mulin.academy.weeks.models import Teacher, Week
from mulin.bookings import slots
from mulin.bookings.models import Resource
from mulin.kernel import clock, codes, rulebook, secrets
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.places.models import Venue
from mulin.places.succession import current
from mulin.places.venues import opening

GRID = 30
ROOMS = ("room", "hall", "outdoor", "court")
# Of a venue whose size nobody wrote down.
UNKNOWN_SIZE = {"outdoor": 100, "hall": 60, "court": 30, "room": 20}
EVERYBODY = "all"
KEY_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Built:
    """`instance` for the engine; `wishes` by id, what a page says of each; `too_few` groups that wait."""

    instance: dict[str, Any]
    wishes: dict[str, dict[str, Any]]
    too_few: list[dict[str, Any]]


def build(week: Week) -> Built:
    """Everything that week could hold, as it stands now: orders, clubs, venues, teachers, bookings."""
    places = queries.places_under(week.place)
    wishes, too_few, people = _courses(week, places)
    wishes |= _clubs(week, places)
    venues = _venues(week, places)
    instance = {
        "format": "mulin-timetable/1",
        "week": week.monday.isoformat(),
        "grid": GRID,
        "venues": venues,
        "teachers": _teachers(week, places, wishes),
        "groups": [
            {"id": one["club"], "day_most": 1} for one in wishes.values() if one["club"] and one["is_own"]
        ],
        "orders": [_order(week, places, key, one, people.get(key, ())) for key, one in wishes.items()],
        "pinned": [],
        "fairness": {"ages": {}, "themes": {}},
    }
    for one in wishes.values():
        one.pop("slots"), one.pop("is_own")
    return Built(instance, wishes, too_few)


def span(week: Week) -> tuple[datetime, datetime]:
    begin = datetime.combine(week.monday, time(), clock.zone())
    return begin, begin + timedelta(days=7)


def days_of(week: Week) -> list[date]:
    return [week.monday, week.monday + timedelta(days=6)]


# --- wishes --------------------------------------------------------------------------------------------


def _courses(week: Week, places: list[str]) -> tuple[dict, list, dict[str, tuple[str, ...]]]:
    """Accepted orders (and gathered ones, if the week is to have them) as courses."""
    states = ("accepted", "gathered") if week.with_gathered else ("accepted",)
    found = Order.objects.filter(place__in=places, kind="wish", state__in=states)
    orders = list(found.select_related("matter", "club").order_by("id"))
    orders = [one for one in orders if one.theme]
    by_number = {one.number: one for one in orders}
    asked = list(_asked(orders))
    begin, end = rulebook.value("academy.week.usual_times", at=week.place, on=week.monday)
    usual = windows_in({"day": day, "from": begin, "to": end} for day in range(1, 8))
    least = int(rulebook.value("academy.week.class_least", at=week.place, on=week.monday))
    most = int(rulebook.value("academy.week.class_most", at=week.place, on=week.monday))
    found, small = gather(asked, usual=usual, most=most, least=least, grid=GRID)
    place_of = {one.number: one.key[0] for one in asked}
    wishes = {
        f"c{course.numbers[0]}": _course(course, by_number)
        for course in sorted(found, key=lambda one: min(one.numbers))
        if course.numbers[0] in place_of
    }
    too_few = [{**_course(one, by_number), "least": least} for one in small]
    for one in too_few:
        one.pop("slots"), one.pop("is_own")
    return wishes, too_few, _persons(week, wishes)


def _asked(orders: list[Order]) -> Any:
    """Each asking of an order with its own hours; an order without any stands for itself."""
    rows: dict[Any, list[Asking]] = {}
    for one in Asking.objects.filter(order__in=orders, voice__state="received").order_by("id"):
        rows.setdefault(one.order_id, []).append(one)
    for order in orders:
        key = (order.place, order.theme, order.age)
        minutes = max(30, min(480, round(order.minutes / 15) * 15))
        beside = order.matter.me_too_count
        askings = rows.get(order.pk)
        if not askings:
            yield Asked(order.number, key, max(1, order.people + beside), minutes, windows_in(order.slots))
            continue
        for n, one in enumerate(askings):
            number = order.number if n == 0 else f"{order.number}-{n}"
            # Who stood beside it said no hours: they are counted with the first who asked.
            people = one.people + (0 if n else beside)
            yield Asked(number, key, max(1, people), minutes, windows_in(one.slots))


def _course(course: Course, by_number: dict[str, Order]) -> dict[str, Any]:
    place, theme, age = course.key
    numbers = list(dict.fromkeys(one.split("-")[0] for one in course.numbers))
    club = next((by_number[one].club for one in numbers if by_number[one].club_id), None)
    return {
        "place": place, "theme": theme, "ages": [age] if age else [], "people": course.people,
        "minutes": course.minutes, "orders": numbers, "club": club.number if club else "",
        "title": "", "slots": written(course.slots), "is_own": False,
    }  # fmt: skip


def _persons(week: Week, wishes: dict[str, dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Keys of those who asked for more than one thing; for everybody else no key is needed."""
    wanted: dict[str, str] = {}
    for key, one in wishes.items():
        wanted |= dict.fromkeys(one["orders"], key)
    rows = Asking.objects.filter(order__number__in=wanted, voice__account__isnull=False)
    accounts: dict[str, set[str]] = {}
    for number, account in rows.values_list("order__number", "voice__account"):
        accounts.setdefault(wanted[number], set()).add(
            secrets.fingerprint(f"{week.pk}:{account}", "academy.week")[:KEY_LENGTH]
        )
    often = Counter(one for some in accounts.values() for one in some)
    return {key: tuple(sorted(one for one in some if often[one] > 1)) for key, some in accounts.items()}


def _clubs(week: Week, places: list[str]) -> dict[str, dict[str, Any]]:
    """Running clubs that meet at set times and have no session yet in this week."""
    since, until = span(week)
    held = Session.objects.filter(starts_at__gte=since, starts_at__lt=until, club__isnull=False)
    rows = Club.objects.filter(place__in=places, state="running").exclude(
        pk__in=held.exclude(state="cancelled").values("club")
    )
    found = {}
    for club in rows.select_related("org").order_by("id"):
        windows = windows_in(club.times)
        if not windows:
            continue
        theme = catalogues.themes().get(club.theme)
        length = min(theme.minutes if theme else 60, *(end - begin for begin, end in windows))
        found[f"g{club.number}"] = {
            "place": club.place, "theme": club.theme, "ages": list(club.ages),
            "people": _members(club), "minutes": max(30, length // 15 * 15), "orders": [],
            "club": club.number, "title": club.org.name, "slots": written(windows), "is_own": True,
        }  # fmt: skip
    return found


def _members(club: Club) -> int:
    """How many come to a club: its posts, at least one."""
    many = Post.objects.filter(in_force(), org=club.org_id).values("account").distinct().count()
    return max(1, many)


def _order(
    week: Week, places: list[str], key: str, wish: dict[str, Any], people: tuple[str, ...]
) -> dict[str, Any]:
    theme = catalogues.themes().get(wish["theme"])
    reach = places if week.is_shared else [wish["place"], codes.pad(wish["place"][:9])]
    on = week.monday
    return {
        "id": key,
        "place": wish["place"],
        "places": list(dict.fromkeys([wish["place"], *reach])),
        "size": wish["people"],
        "minutes": wish["minutes"],
        "slots": wish["slots"],
        "age": wish["ages"][0] if wish["ages"] else EVERYBODY,
        "theme": wish["theme"],
        "skill": _skill(week, wish),
        "equipment": rulebook.value("academy.week.equipment", at=wish["place"], on=on, theme=wish["theme"]),
        "groups": [wish["club"]] if wish["club"] and wish["is_own"] else [],
        "people": list(people),
        "is_loud": bool(theme and theme.loud),
    }


def _skill(week: Week, wish: dict[str, Any]) -> str:
    """What somebody must be able to do who is there. A club's own hour needs nobody else, and a free theme
    nobody at all, unless children come without their parents."""
    asked = {"place": wish["place"], "on": week.monday}
    led = checks.needs_leader(wish["ages"], **asked)
    if wish["is_own"]:
        return checks.club_skill(wish["club"]) if led else ""
    if _is_free(week, wish["theme"]) and not led:
        return ""
    return checks.skill(wish["theme"], wish["ages"], **asked)


def _is_free(week: Week, theme: str) -> bool:
    known = catalogues.themes().get(theme)
    return bool(known and known.free) or theme in rulebook.value(
        "academy.week.without_teacher", at=week.place, on=week.monday
    )


# --- venues and teachers -------------------------------------------------------------------------------


def _venues(week: Week, places: list[str]) -> list[dict[str, Any]]:
    around = {*places, *(codes.pad(one[:9]) for one in places)}
    rows = Venue.objects.filter(place__in=around, kind__in=ROOMS).order_by("id")
    venues = [one for one in rows if one.closed_on is None or one.closed_on > week.monday]
    busy = _busy(week, "venue", [one.pk for one in venues])
    found = []
    for venue in venues:
        rules = rules_of(venue.rules)
        use = "kitchen" if "kitchen" in venue.equipment else venue.kind
        rule = "academy.week.venue_themes"
        if fitting := rulebook.value(rule, at=venue.place, on=week.monday, use=use):
            rules.setdefault("themes", fitting)
        pause = rules.get("pause", 0)
        taken = [(begin - pause, end + pause) for begin, end in busy.get(venue.pk, ())] + _gone(week)
        found.append(
            {
                "id": venue.number, "place": venue.place,
                "hours": written(without(open_in(venue, week.monday), taken)),
                "capacity": venue.capacity or UNKNOWN_SIZE[venue.kind],
                "equipment": list(dict.fromkeys(venue.equipment)), "rules": rules, "title": venue.name,
            }
        )  # fmt: skip
    return found


def open_in(venue: Venue, monday: date) -> tuple[weeks.Window, ...]:
    """When a venue is open in that very week: its hours without closed days and holidays."""
    return tuple(
        (weeks.moment(n + 1, begin), weeks.moment(n + 1, end))
        for n in range(weeks.DAYS)
        for begin, end in opening.spans(venue, monday + timedelta(days=n))
    )


def _gone(week: Week) -> list[weeks.Window]:
    """Of a week that has begun, what is over."""
    gone = _minutes(span(week)[0], clock.now(), clock.now())[1]
    return [(0, gone)] if gone > 0 else []


def rules_of(given: dict[str, Any]) -> dict[str, Any]:
    """The owner's rules as the engine reads them; what it does not know stays with the venue."""
    found: dict[str, Any] = {}
    for name in ("ages", "places", "themes", "not_themes"):
        if texts := [one for one in given.get(name) or [] if isinstance(one, str) and one]:
            found[name] = list(dict.fromkeys(texts))
    for name in ("least_size", "pause", "day_most", "week_most"):
        value = given.get(name)
        if type(value) is int and value >= 0:
            found[name] = min(value, 1000)
    if quiet := windows_in(given.get("quiet") or []):
        found["quiet"] = written(quiet)
    return found


def _teachers(week: Week, places: list[str], wishes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    rows = queries.ready_teachers(places)
    busy = _busy(week, "person", [one.pk for one in rows])
    led = _led(wishes)
    found = []
    for one in rows:
        clubs = led.get(one.account_id, {})
        # Who is on the list for the sake of the own club alone has its hours.
        times = one.times or [window for windows in clubs.values() for window in windows]
        found.append(
            {
                "id": one.number,
                "skills": checks.skills_of(one, days_of(week), place=week.place, clubs=clubs),
                "times": written(without(weeks.merged(windows_in(times)), busy.get(one.pk, ()))),
                "places": _reach(one, places),
                "week_most": one.week_most,
            }
        )
    return found


def _led(wishes: dict[str, dict[str, Any]]) -> dict[Any, dict[str, list[dict[str, Any]]]]:
    """By account: the clubs of these wishes that somebody leads, with their hours."""
    hours = {one["club"]: one["slots"] for one in wishes.values() if one["is_own"]}
    posts = Post.objects.filter(in_force(), org__club__number__in=hours, role="group_leader")
    found: dict[Any, dict[str, list[dict[str, Any]]]] = {}
    for account, number in posts.order_by("id").values_list("account", "org__club__number"):
        found.setdefault(account, {})[number] = hours[number]
    return found


def _reach(teacher: Teacher, places: list[str]) -> list[str]:
    """Whose orders a teacher takes: the own community's, and others that were agreed; of a street all."""
    if codes.level(teacher.place) < codes.Level.COMMUNITY and not teacher.places:
        return list(places)
    agreed = [current(one) for one in teacher.places]  # as they were called when it was agreed
    return list(dict.fromkeys([teacher.place, *agreed]))


def _busy(week: Week, kind: str, refs: list[Any]) -> dict[Any, list[weeks.Window]]:
    """What is taken in the week, in minutes of the week, by the record that the resource stands for."""
    since, until = span(week)
    resources = {one.pk: one.ref for one in Resource.objects.filter(kind=kind, ref__in=refs)}
    return {
        resources[key]: [_minutes(since, begin, end) for begin, end, _title in some]
        for key, some in slots.busy(list(resources), since, until).items()
    }


def _minutes(since: datetime, begin: datetime, end: datetime) -> weeks.Window:
    return tuple(int((one - since).total_seconds() // 60) for one in (begin, end))  # type: ignore[return-value]


def lang_of(wish: dict[str, Any]) -> str:
    """The language of that title, for who reads it aloud: a club's name stays as it gave it to itself."""
    return "zh-Hans" if wish.get("title") else get_language() or "zh-Hans"


def title_of(wish: dict[str, Any]) -> str:
    """How a wish is called: the club's name, else theme and for whom."""
    if wish.get("title"):
        return str(wish["title"])
    theme = catalogues.theme_name(wish["theme"])
    if not wish["ages"]:
        return theme
    return f"{theme} · {catalogues.ages_line(wish['ages'])}"
