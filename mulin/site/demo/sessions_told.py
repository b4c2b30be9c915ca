"""What is on in the home community: weekly lessons and rehearsals of the clubs, the health talk on Fridays, a
walk that rain called off, a tug of war of the blocks. All of it is invented.
"""

from datetime import datetime, timedelta

from mulin.academy.clubs.models import Club
from mulin.academy.sessions import actions
from mulin.academy.sessions.models import Session
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.places.queries import sites
from mulin.site.demo.college_told import CLUBS
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, play, soon
from mulin.site.demo.venues_told import venue

BEGINS = 17  # days before the present
AHEAD = timedelta(days=17)
# club, weekday, begins, minutes, places, kind, title, theme, venue, what it says, who signs up for each
WEEKLY = (
    ("choir", 2, "19:00", 90, 40, "rehearsal", "合唱排练：《长江之歌》", "choir", "hall",
     "带水杯和歌谱。", 17),
    ("calligraphy", 3, "14:30", 90, 24, "lesson", "毛笔字：从横竖撇捺到春联", "calligraphy", "class",
     "笔墨教室里有，自己有的也可以带来。", 11),
    ("smartphone", 3, "09:30", 60, 12, "lesson", "手机课：挂号、缴费、认骗子", "smartphone", "class",
     "一次只讲一件事，听不懂就再讲一遍。", 14),
    ("tea_chat", 4, "14:00", 150, None, "tea", "龙门阵茶话", "tea_chat", "council",
     "带个杯子来就行。", 8),
    ("reading", 6, "10:00", 60, 15, "activity", "绘本读书会", "reading", "council",
     "一家人一起来，孩子有大人陪着。", 6),
    ("", 5, "10:00", 60, 40, "talk", "每周健康讲座：血压怎么管", "health", "class",
     "社区医院的医生来讲，讲完量血压。", 19),
    ("", 7, "08:00", 90, None, "activity", "周日一起健步", "walking", "",
     "走到江边再回来，五公里，走不动随时折返。", 9),
)  # fmt: skip
SAFETY = {"walking": "穿防滑的鞋；有心脏病的先问医生；天气不好就取消。"}
RAIN = "早上有雨，石板路滑，这周不走了"
LABELS = ("3栋王孃孃", "老院周大爷", "5栋刘伯")
RESULTS = ("一等奖", "二等奖", "最佳默契奖")


def plan(street) -> None:
    """Put the sessions on the timeline, counted back from the present."""
    end = street.timeline.end
    begins = max(end - timedelta(days=BEGINS), street.timeline.start + timedelta(hours=2))
    play(street.timeline, begins.replace(minute=42), Sessions(street, end).story())


class Sessions:
    """What is planned, who comes, and what is noted afterwards, in the order in which it happens."""

    def __init__(self, street, end: datetime):
        self.street, self.clerk, self.end = street, street.clerk(HOME), end

    def story(self) -> Script:
        made = [one for row in WEEKLY for one in self._weekly(*row)]
        made += self._contest()
        made.sort(key=lambda one: one.starts_at)
        for one in made:
            if one.starts_at - clock.now() < timedelta(days=8):
                self._sign(one)
        for one in made:
            if one.ends_at + timedelta(minutes=20) < self.end:
                yield from self._happens(one)
        for one in made:
            if clock.now() < one.starts_at < self.end + timedelta(days=8):
                self._sign(one)

    def _weekly(
        self, key, weekday, begin, minutes, most, kind, title, theme, where, text, coming
    ) -> list[Session]:
        """A series from its first weekday on; days on which the room is taken are left out."""
        now = clock.now().astimezone(clock.zone())
        hour, minute = map(int, begin.split(":"))
        day = now + timedelta(days=(weekday - 1 - now.weekday()) % 7 or 7)
        starts_at = day.replace(hour=hour, minute=minute, second=0, microsecond=0)
        try:
            found = actions.plan_series(
                actor=self.clerk, place=HOME, title=title, kind=kind, starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=minutes), until=(self.end + AHEAD).date(),
                club=_club(key), venue=venue(where) if where else None,
                where="" if where else "金堰花园大门口集合", is_outdoor=theme == "walking", theme=theme,
                text=text, places_most=most, safety=SAFETY.get(theme, ""), skip_taken=True,
            ).sessions  # fmt: skip
        except ActionError:  # another story has the room
            return []
        for one in found:
            one.expected = coming
        return found

    def _contest(self) -> list[Session]:
        """A tug of war of the blocks on the Saturday before the present."""
        end = self.end.astimezone(clock.zone())
        day = end - timedelta(days=(end.weekday() - 5) % 7 or 7)
        starts_at = day.replace(hour=15, minute=0, second=0, microsecond=0)
        if starts_at <= clock.now():
            return []
        one = actions.plan_session(
            actor=self.clerk, place=HOME, title="楼栋拔河赛", kind="contest", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2), where="堰坎老院院坝",
            text="一栋一队，八人上场，老少都行。", safety="戴手套，绳子不缠手。",
        )  # fmt: skip
        one.expected = 13
        return [one]

    def _sign(self, one: Session) -> None:
        """Neighbours sign up, some with their family; two call the community."""
        one.refresh_from_db(fields=["taken", "waiting", "state", "starts_at"])
        if one.taken or one.waiting or one.state != "open" or one.starts_at <= clock.now():
            return
        for n in range(one.expected):
            person = self.street.actor_of(self.street.resident((3 * n + one.starts_at.day) % 39))
            heads = 2 if n % 5 == 3 else 1
            actions.sign_up(actor=person, number=one.number, heads=heads)
        for label in LABELS[: one.expected % 3]:
            actions.sign_up_for(actor=self.clerk, number=one.number, label=label)

    def _happens(self, one: Session) -> Script:
        is_last_walk = one.theme == "walking" and one.starts_at + timedelta(days=7) > self.end
        if is_last_walk and one.starts_at - timedelta(hours=2) > clock.now():
            yield one.starts_at - timedelta(hours=1, minutes=10)
            day = clock.day_of(one.starts_at)
            actions.call_off_outdoor(actor=self.clerk, place=HOME, day=day, reason=RAIN)
            return
        if one.starts_at > clock.now() and one.starts_at - clock.now() < timedelta(days=8):
            self._sign(one)
        yield max(one.ends_at + timedelta(minutes=10), soon())
        one.refresh_from_db()
        if one.state != "open":
            return
        rows = list(one.signups.filter(state="coming").order_by("position"))
        came = {row.pk: 0 if n % 6 == 4 else row.heads for n, row in enumerate(rows)}
        actions.take_attendance(actor=self.clerk, number=one.number, came=came, walk_ins=len(rows) % 4)
        if one.kind == "contest":
            blocks = sites(HOME, "building")[: len(RESULTS)]
            teams = [(None, place.code, words) for place, words in zip(blocks, RESULTS, strict=False)]
            actions.set_results(actor=self.clerk, number=one.number, rows=teams)
        actions.hold_session(actor=self.clerk, number=one.number)


def _club(key: str) -> Club | None:
    """A club of the college's story, if it was founded by now."""
    name = next((row[1] for row in CLUBS if row[0] == key), "")
    return Club.objects.select_related("org").filter(org__name=name, place=HOME).first() if name else None


def told() -> list[Session]:
    """One that is coming, a full one, one that was called off, and the contest: to look at their pages."""
    rows = Session.objects.filter(place=HOME)
    found = [
        rows.filter(state="open", starts_at__gt=clock.now()).order_by("starts_at").first(),
        rows.filter(state="open", waiting__gt=0).order_by("starts_at").first(),
        rows.filter(state="cancelled").first(),
        rows.filter(kind="contest").first(),
    ]
    return [one for one in found if one is not None]
