"""Where one can go in the demo: the service centre with its rooms, stations, idle rooms; and who uses them.

Other stories find a venue by its key: `venue("dance")`.
"""

from datetime import date, datetime, timedelta

from mulin.bookings import actions as bookings
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.places.models import Site, Venue
from mulin.places.venues import actions as venues
from mulin.places.venues.hours import OFFICE, PRESETS, SEVEN_BY_TWELVE, every_day
from mulin.site.demo.places import HOME, NEIGHBOUR

PHONE = "023-6280 0005"
CENTRE = "金堰社区党群服务中心"
HEALTH = "同景社区党群服务中心"
TIDY = {"terms": "用完关灯关窗，桌椅放回原处。"}

# key, name, kind, what else. `of`: the key of its centre; `yard`: the tail of its estate's code.
HOME_VENUES = (
    ("centre", CENTRE, "centre", {
        "hours": SEVEN_BY_TWELVE, "is_station": True, "phone": PHONE, "address": "花园路18号，一楼大厅进",
        "services": ["counter", "advice", "health", "mediation", "reading", "rest", "lending"],
        "traits": ["step_free", "toilet", "nursing"],
        "about": "每天早九点到晚九点有人。坐一坐、接杯水也欢迎。",
        "yard": "E01",
    }),
    ("council", "邻里议事厅", "room", {
        "of": "centre", "hours": SEVEN_BY_TWELVE, "capacity": 30, "area": 55,
        "equipment": ["projector", "tables"],
        "traits": ["step_free"], "address": "一楼102", "is_bookable": True, "booking": TIDY,
    }),
    ("class", "社区学院教室", "room", {
        "of": "centre", "hours": SEVEN_BY_TWELVE, "capacity": 40, "area": 70,
        "equipment": ["projector", "desks", "tables"], "traits": ["culture"], "address": "二楼201",
        "is_bookable": True, "booking": TIDY,
    }),
    ("dance", "舞蹈排练室", "room", {
        "of": "centre", "hours": SEVEN_BY_TWELVE, "capacity": 35, "area": 90, "equipment": ["sound",
        "mirror"],
        "traits": ["culture"], "address": "二楼203", "is_bookable": True,
        "booking": {"terms": "请穿软底鞋。晚八点以后音响调小。"}, "rules": {"pause": 15},
    }),
    ("kitchen", "共享厨房", "room", {
        "of": "centre", "hours": every_day("10:00", "20:00"), "capacity": 16, "area": 40,
        "equipment": ["kitchen", "tables"], "address": "一楼106", "is_bookable": True,
        "booking": {"decide": "worker", "terms": "用火要有一位大人全程在场。"},
    }),
    ("children", "四点半课堂", "room", {
        "of": "centre", "hours": [{"day": day, "from": "15:30", "to": "18:30"} for day in range(1, 6)],
        "capacity": 24, "area": 60, "equipment": ["tables", "toys", "mats"], "services": ["children"],
        "traits": ["visible"], "address": "一楼104", "holidays": "closed",
    }),
    ("health", "健康小屋", "board", {
        "of": "centre", "hours": OFFICE, "services": ["health"], "address": "一楼大厅东侧",
        "holidays": "closed",
    }),
    ("hall", "三楼小礼堂", "hall", {
        "of": "centre", "hours": SEVEN_BY_TWELVE, "capacity": 120, "area": 180, "traits": ["culture"],
        "equipment": ["projector", "sound", "piano"], "is_bookable": True,
    }),
    ("station1", "金堰苑服务站", "station", {
        "hours": every_day("09:00", "20:00"), "is_station": True, "services": ["advice", "rest", "parcels"],
        "phone": "023-6280 0051", "address": "3栋架空层", "yard": "E01", "traits": ["step_free"],
    }),
    ("station2", "丹桂里服务站", "station", {
        "hours": every_day("09:00", "19:00"), "is_station": True, "services": ["advice", "meals", "rest",
        "lending"],
        "phone": "023-6280 0052", "address": "大门右手第一间", "yard": "E03",
    }),
    ("yard", "堰坎老院院坝", "outdoor", {
        "hours": every_day("07:00", "22:00"), "capacity": 80, "area": 300, "yard": "C02",
        "about": "院坝会、坝坝席都在这里。中午一点到两点半请安静。",
    }),
    ("court", "丹桂里乒乓球场", "court", {
        "hours": PRESETS["day_night"], "equipment": ["table_tennis"], "yard": "E03",
    }),
    ("corridor", "仪表厂老物件廊", "outdoor", {
        "hours": PRESETS["day_night"], "traits": ["culture", "feature", "step_free"], "theme": "老工厂的记忆",
        "area": 60, "about": "厂里的老机床、饭票、工作服，都是退休职工送来的。",
    }),
    ("gatehouse", "仪表厂旧门卫室", "room", {
        "capacity": 12, "area": 28, "is_idle": True, "address": "原仪表厂宿舍大门口",
    }),
    ("boiler", "旧锅炉房", "room", {
        "capacity": 30, "area": 110, "is_idle": True, "address": "原仪表厂宿舍后院",
        "about": "2019年停用，水电都通。",
    }),
)  # fmt: skip
NEIGHBOUR_VENUES = (
    ("n-centre", HEALTH, "centre", {
        "hours": SEVEN_BY_TWELVE, "is_station": True, "phone": "023-6280 0063",
        "address": "同景路8号三层小楼",
        "services": ["counter", "advice", "health", "rest"], "traits": ["step_free", "toilet"], "yard": "E01",
    }),
    ("n-market", "健康集市", "board", {"of": "n-centre", "hours": OFFICE, "services": ["health"],
    "address": "一楼"}),
    ("n-together", "健康“益起来”", "board", {
        "of": "n-centre", "hours": every_day("09:00", "18:00"), "services": ["health", "meals"],
        "address": "二楼",
    }),
    ("n-lecture", "健康大讲堂", "hall", {
        "of": "n-centre", "hours": SEVEN_BY_TWELVE, "capacity": 90, "equipment": ["projector", "sound"],
        "address": "三楼", "is_bookable": True,
    }),
)  # fmt: skip
_NAMES = {key: (HOME, name) for key, name, *_ in HOME_VENUES} | {
    key: (NEIGHBOUR, name) for key, name, *_ in NEIGHBOUR_VENUES
}
# weekday (0 is Monday), venue, from, hours, who: a resident of the home community, or a telephone caller
WEEK = (
    (0, "dance", 9, 2, 3, "广场舞排练", "晨练舞蹈，欢迎来跳"),
    (0, "council", 19, 1, 7, "三单元商量装门禁", ""),
    (1, "class", 14, 2, 11, "退休教师读书会", "一起读书"),
    (1, "dance", 19, 2, 5, "拉丁舞练习", ""),
    (2, "council", 9, 1, "老邓", "几位老战友聚一聚", ""),
    (3, "class", 19, 2, 13, "给孩子们讲物理", "周末前的物理角"),
    (3, "dance", 9, 2, 3, "广场舞排练", "晨练舞蹈，欢迎来跳"),
    (4, "council", 15, 2, 17, "十字绣小组碰头", ""),
    (5, "class", 10, 2, 19, "孩子的生日会", ""),
    (5, "kitchen", 11, 2, 23, "几家人一起包饺子", ""),
    (6, "dance", 15, 2, "王孃孃", "婚礼前练舞", ""),
)


def venue(key: str) -> Venue:
    """A venue of the demo by its key."""
    place, name = _NAMES[key]
    return Venue.objects.get(place=place, name=name)


def lay(street) -> None:
    """Register them all, before the story begins."""
    for place, rows in ((HOME, HOME_VENUES), (NEIGHBOUR, NEIGHBOUR_VENUES)):
        made: dict[str, str] = {}
        for n, (key, name, kind, facts) in enumerate(rows):
            given = dict(facts)
            given["within"] = made.get(given.pop("of", ""), "")
            yard = Site.objects.filter(code=f"{place}-{given.pop('yard', '')}").first()
            if yard and not given["within"]:
                given |= {"site": yard.code, "lon": yard.lon + n * 1e-5, "lat": yard.lat}
            opened = venues.open_venue(actor=street.clerk(place), place=place, name=name, kind=kind, **given)
            made[key] = opened.number


def plan(street) -> None:
    """What rooms are used for: by residents, by callers through the desk; an idle room put to use."""
    end = street.timeline.end
    monday = (end - timedelta(days=end.astimezone(clock.zone()).weekday())).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    for week in range(-4, 2):
        first = monday + timedelta(weeks=week)
        for n, row in enumerate(WEEK):
            # A few days ahead; never later than the present, which is where the demo ends.
            when = min(
                first + timedelta(days=row[0] - 4, hours=10, minutes=n), end - timedelta(minutes=90 - n)
            )
            street.timeline.plan(when, _book, street, first, row)
    street.timeline.plan(end - timedelta(hours=20), _ask_for_hall, street, monday)
    street.timeline.plan(end - timedelta(days=6), _put_to_use, street)
    street.timeline.plan(end - timedelta(days=5), _close_for_painting, street)


def _book(_when: datetime, street, first: datetime, row: tuple) -> None:
    weekday, key, hour, length, who, reason, title = row
    starts = first + timedelta(days=weekday, hours=hour)
    given = {
        "number": venue(key).number, "starts_at": starts, "ends_at": starts + timedelta(hours=length),
        "reason": reason, "title": title,
    }  # fmt: skip
    try:
        if isinstance(who, str):
            bookings.book_for(actor=street.actor("clerk"), who=who, phone="13800000000", **given)
            return
        booking = bookings.book_room(actor=street.actor_of(street.resident(who)), **given)
        if booking.state == "asked" and starts < street.timeline.end:
            bookings.approve_booking(actor=street.actor("clerk"), number=booking.number)
    except ActionError:
        return  # somebody else's story has the room, or the time is over: as in life


def _ask_for_hall(_when: datetime, street, monday: datetime) -> None:
    """It waits for the clerk's answer."""
    starts = monday + timedelta(days=12, hours=14)
    bookings.book_room(
        actor=street.actor("resident"), number=venue("hall").number, starts_at=starts,
        ends_at=starts + timedelta(hours=3), reason="金堰苑邻里年会，约八十人", title="邻里年会",
    )  # fmt: skip


def _put_to_use(when: datetime, street) -> None:
    first: date = clock.day_of(when)
    venues.put_to_use(
        actor=street.actor("secretary"), number=venue("boiler").number, use="startup", who="金堰手作工坊",
        first=first, last=first + timedelta(days=365),
        terms="前半年免租，水电自理；每月给居民开一次手作体验课。",
    )  # fmt: skip


def _close_for_painting(when: datetime, street) -> None:
    """On the first two days from three weeks on that nobody has booked."""
    for n in range(20, 60):
        day = clock.day_of(when) + timedelta(days=n)
        try:
            venues.add_closure(
                actor=street.actor("clerk"), number=venue("children").number, first=day,
                last=day + timedelta(days=1), reason="换地垫",
            )  # fmt: skip
        except ActionError:
            continue
        return
