"""The community college of the home community: what neighbours ordered, the clubs that came of it, and what
was answered to those whose order could not be taken on. All of it is invented.

Other stories find a club by its key: `club("choir")`.
"""

from datetime import timedelta
from typing import Any

from mulin.academy.clubs import actions as clubs
from mulin.academy.clubs.models import Club
from mulin.academy.orders import actions as orders
from mulin.academy.orders.models import Order
from mulin.kernel import clock
from mulin.people.models import Organisation
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, after, play
from mulin.site.demo.venues_told import venue
from mulin.voices import actions as voices

BEGINS = 56  # days before the present
# theme, kind, who by their place in the list of residents, how many stand beside it, the words
SAID = (
    ("choir", "wish", 1, 14, "退休了想唱歌，周二、周四晚上都有空，能不能办个合唱团"),
    ("choir", "wish", 9, 8, "我们5个老同事想一起唱老歌，晚上方便"),
    ("choir", "offer", 4, 0, "我教过三十年音乐，可以教大家合唱"),
    ("dance", "wish", 8, 7, "想学民族舞，周一上午，膝盖不好的也能跳的那种"),
    ("calligraphy", "wish", 13, 9, "想学毛笔字，周三下午，六十岁起步行不行"),
    ("calligraphy", "wish", 22, 6, "给孩子找个书法班，周六上午"),
    ("painting", "wish", 26, 4, "想学国画，花鸟就好，周五下午"),
    ("badminton", "wish", 10, 11, "我们6个人想打羽毛球，周末晚上有场地吗"),
    ("table_tennis", "wish", 27, 7, "乒乓球台有了，想找人一起打，周六下午"),
    ("walking", "wish", 15, 5, "想找人一起早上健步，周末爬山也行"),
    ("chess", "wish", 29, 6, "下象棋的老伙计想有张固定的桌子，每天下午"),
    ("yoga", "wish", 32, 8, "下班后想做瑜伽，周四晚上八点前后"),
    ("smartphone", "wish", 2, 13, "老人想学智能手机，挂号、交水电、认骗子，上午方便"),
    ("smartphone", "offer", 35, 0, "我能教老人用手机，周三上午有时间"),
    ("coding", "wish", 7, 5, "孩子想学编程，周日下午，小学四年级"),
    ("gardening", "wish", 12, 6, "想学阳台种菜，土怎么配、虫怎么办"),
    ("health", "wish", 16, 9, "血压高的街坊想听听怎么吃、怎么动，周二上午"),
    ("first_aid", "wish", 19, 4, "想学急救，家里有老人，心里没底"),
    ("tea_chat", "wish", 14, 10, "不想学什么，就想有个地方喝茶摆龙门阵，下午"),
    ("reading", "wish", 23, 5, "想要个亲子绘本读书会，周六上午"),
    ("local_stories", "wish", 17, 3, "厂里的老故事没人讲了，想把它记下来"),
    ("cooking", "wish", 24, 6, "想学做川菜，周日上午，共享厨房能不能用"),
    ("parent_child", "wish", 33, 7, "想有个周日的亲子手工活动，一家人一起"),
    ("languages", "wish", 34, 3, "想学点英语口语，出去旅游用"),
    ("repair", "wish", 28, 8, "伞、锅、收音机坏了没处修，一个月来一次也好"),
    ("repair", "offer", 11, 0, "我修了一辈子电器，周六上午可以帮大家修"),
    ("haircut", "wish", 30, 7, "行动不便的老人想在家门口理发，一个月一次"),
    ("tutoring", "wish", 31, 5, "暑假想有人带孩子做作业，上午"),
    ("volunteering", "offer", 20, 0, "我周二有时间，哪里需要人可以叫我"),
    ("photography", "wish", 25, 4, "想学用手机拍照片，给小区拍点好看的"),
    ("instruments", "wish", 36, 2, "想学吉他，晚上"),
    ("basketball", "wish", 37, 5, "想要个篮球场，年轻人下班有地方去"),
)  # fmt: skip
NEW = (  # still waiting for their answer: days before the present
    ("opera", 3, 6, 4, "想听川剧、学两段，票友有没有聚的地方"),
    ("instruments", 2, 38, 3, "孩子学小提琴，想找人一起练，周日上午"),
    ("handicraft", 1, 21, 2, "想学钩针，织点小东西，周四下午"),
)  # fmt: skip
# key, name, theme, leader, who comes along, days and hours, venue, day, ages, what else
CLUBS = (
    ("choir", "堰坎合唱团", "choir", 4, (1, 9, 3, 15, 20, 26), ((2, 4), "19:00", "20:30"), "hall", 6, [], {
        "about": "会不会识谱都行。十二月要在邻里节上唱。",
        "syllabus": "第1、2次 发声和气息\n第3至6次 《茉莉花》\n第7、8次 《长江之歌》",
    }),
    ("calligraphy", "金堰书法社", "calligraphy", 13, (22, 26, 31), ((3,), "14:30", "16:00"), "class", 8,
     ["elder", "adult"], {"syllabus": "横竖撇捺各一次，之后写对联", "most": 24}),
    ("dance", "红梅舞蹈队", "dance", 5, (8, 12, 19, 24, 27), ((1, 3, 5), "09:00", "10:30"), "dance", 9, [],
     {}),
    ("badminton", "周末羽毛球队", "badminton", 10, (7, 11, 37), ((6,), "19:00", "21:00"), "hall", 11,
     ["adult"], {}),
    ("chess", "丹桂里棋社", "chess", 29, (17, 18, 28), ((2, 4, 6), "14:00", "17:00"), "station2", 12, [], {
        "is_free": True,
    }),
    ("tea_chat", "龙门阵茶话社", "tea_chat", 14, (2, 16, 30, 36), ((4,), "14:00", "16:30"), "council", 13,
     ["elder"], {"is_free": True, "about": "带个杯子来就行，说什么都可以。"}),
    ("smartphone", "手机互学班", "smartphone", 35, (2, 6, 14, 23), ((3,), "09:30", "10:30"), "class", 15,
     ["elder"], {"syllabus": "挂号\n交水电气费\n认骗子\n给孙子打视频", "most": 20}),
    ("gardening", "阳台种菜社", "gardening", 12, (5, 24, 32), ((7,), "09:30", "10:30"), "yard", 20, [], {}),
    ("reading", "绘本读书会", "reading", 23, (22, 33), ((6,), "10:00", "11:00"), "council", 22,
     ["family"], {}),
    ("repair", "周六修理角", "repair", 11, (28,), ((6,), "09:00", "11:30"), "centre", 24, [], {}),
)  # fmt: skip
ANSWER = "接了。{name}成立，{when}开始。想来的点一下“加入”就行，也可以先来坐坐。"
LATER = (
    "health", "first_aid", "cooking", "yoga", "parent_child", "photography", "haircut", "table_tennis",
    "painting", "walking", "coding", "languages", "local_stories", "instruments",
)  # fmt: skip
LATER_ANSWER = "接了，正在找老师和场地，十二月的课表里会排上，定了再告诉您。"
TIME_ANSWER = "谢谢您。互助的工作人员会和您约时间，周二有需要就找您。"
NOT_NOW = {
    "basketball": "小区里没有这么大的空地，消防通道也不能占。"
    "南湖公园的球场晚上九点前免费，离这里走路八分钟。",
    "tutoring": "暑假已经过了，明年五月再一起定。平时放学后可以来二楼的四点半课堂。",
}
REGISTERED = (
    ("金堰太极队", "tai_chi", ((1, 2, 3, 4, 5, 6, 7), "08:00", "09:00"), "yard"),
    ("金堰剪纸班", "handicraft", ((3,), "14:00", "16:00"), "class"),
)  # fmt: skip
NOTICE = ("这周改到三楼小礼堂", "舞蹈室在修地板，下周回来。")


def plan(street) -> None:
    """Put the college on the timeline; of a short demo only what fits into its days."""
    end = street.timeline.end
    begins = max(end - timedelta(days=BEGINS), street.timeline.start).replace(hour=9, minute=25)
    play(street.timeline, begins, College(street).story())
    street.timeline.plan(end - timedelta(days=1, hours=5), lambda when: College(street).asked_in())
    for n, (theme, days, person, beside, words) in enumerate(NEW):
        moment = (end - timedelta(days=days)).replace(hour=19, minute=20 + n)
        street.timeline.plan(moment, lambda when, *said: College(street).said(*said), theme, "wish", person,
                             beside, words)  # fmt: skip


def club(key: str) -> Club:
    """A club of the demo by its key."""
    name = next(row[1] for row in CLUBS if row[0] == key)
    return Club.objects.select_related("org", "venue").get(org__name=name)


def times(days: tuple[int, ...], begin: str, end: str) -> list[dict[str, Any]]:
    return [{"day": day, "from": begin, "to": end} for day in days]


class College:
    """What is said, answered and founded, in the order in which it happened."""

    def __init__(self, street):
        self.street, self.clerk = street, street.clerk(HOME)

    def who(self, n: int):
        return self.street.actor_of(self.street.resident(n))

    def said(self, theme: str, kind: str, person: int, beside: int, words: str) -> None:
        """One order; published the same day, so that others may stand beside it."""
        receipt = voices.submit_voice(
            actor=self.who(person), text=words, place=HOME, kind=kind, category="interest_course"
        )
        number = receipt.voice.matter.number
        orders.describe_order(actor=self.clerk, number=receipt.voice.number, theme=theme)
        self.street.publish(clock.now(), number, HOME)
        for n in range(beside):
            fields = {"actor": self.who((person + 3 * n + 1) % 39), "number": number}
            self.street.attempt(clock.now(), voices.me_too, fields)

    def story(self) -> Script:
        self._registered()
        for n, row in enumerate(SAID):
            self.said(*row)
            if n % 4 == 3:
                yield after(1, 9 + n % 8, 35)
        yield after(2, 10)
        orders.accept_orders(actor=self.clerk, numbers=self._waiting(LATER), text=LATER_ANSWER)
        orders.accept_orders(actor=self.clerk, numbers=self._waiting(("volunteering",)), text=TIME_ANSWER)
        for theme, reason in NOT_NOW.items():
            orders.decline_orders(actor=self.clerk, numbers=self._waiting((theme,)), text=reason)
        for row in CLUBS:
            yield after(1, 15, 10)
            self._found(*row)
        yield after(1, 10)
        clubs.tell_members(actor=self.clerk, number=club("dance").number, title=NOTICE[0], text=NOTICE[1])
        yield from self._meet()

    def asked_in(self) -> None:
        """A team of its own that would like to belong; it waits for its answer."""
        clubs.ask_club(
            actor=self.who(27), place=HOME, name="丹桂里腰鼓队", theme="square_dance",
            times=times((2, 6), "18:30", "19:30"), about="我们十六个人，打了六年，想有个固定的地方排练。",
        )  # fmt: skip

    def _waiting(self, themes) -> list[str]:
        rows = Order.objects.filter(place=HOME, state="gathered", theme__in=themes)
        return list(rows.order_by("id").values_list("number", flat=True))

    def _registered(self) -> None:
        """Groups that were there before there was a college."""
        for name, theme, hours, where in REGISTERED:
            group = Organisation.objects.filter(name=name, place=HOME, closed_on=None).first()
            if group:
                clubs.found_club(
                    actor=self.clerk, place=HOME, name=name, theme=theme, group=group.pk, about=group.about,
                    times=times(*hours), venue=venue(where).number,
                )  # fmt: skip

    def _found(self, key, name, theme, leader, comes, hours, where, day, ages, more) -> None:
        found = clubs.found_club(
            actor=self.clerk, place=HOME, name=name, theme=theme, orders=self._waiting((theme,)),
            answer=ANSWER.format(name=name, when="十一月" if day > 7 else "下周"), times=times(*hours),
            venue=venue(where).number, ages=ages, leaders=[self.street.resident(leader).pk], **more,
        )  # fmt: skip
        self.street.new_actor_of(self.street.resident(leader))
        for n in comes:
            clubs.join_club(actor=self.who(n), number=found.number)
            self.street.new_actor_of(self.street.resident(n))
        for label in ("3栋王孃孃", "老院周大爷")[: day % 3]:
            clubs.list_member(actor=self.clerk, number=found.number, label=label)

    def _meet(self) -> Script:
        """An icebreaker that was held, and a friendly that is ahead."""
        held = clubs.plan_gathering(
            actor=self.clerk, place=HOME, kind="icebreaker", level="community", title="一家一个菜：邻里长桌",
            starts_at=after(3, 11), where="堰坎老院院坝", text="每家带一个菜，坐下来认识认识。",
        )  # fmt: skip
        yield after(4, 9)
        ahead = self.street.timeline.end + timedelta(days=6)
        ahead = ahead.replace(hour=19, minute=0, second=0, microsecond=0)
        clubs.hold_gathering(actor=self.clerk, number=held.number, came=86)
        clubs.plan_gathering(
            actor=self.clerk, place=HOME, kind="friendly", level="community",
            title="歌舞联欢：合唱团和舞蹈队", starts_at=ahead, where="三楼小礼堂",
            clubs=[club("choir").number, club("dance").number],
        )  # fmt: skip
