"""Good ways of working in the demo: one that was tried out and is spreading, one in pilot, one being written.

All of it is invented. Days are counted back from the present.
"""

from datetime import timedelta

from mulin.academy.methods import actions, adopting, piloting
from mulin.academy.methods.piloting import Measure
from mulin.councils.topics.models import Topic
from mulin.kernel import clock
from mulin.site.demo.places import BUSY, HOME, NEIGHBOUR, STREET
from mulin.site.demo.script import Script, after, play

TABLE, GRANDMA, DRAFT = 84, 40, 6  # days before the present
ANOTHER = "500108002012"

ROUND_TABLE = {
    "title": "小圆桌议事",
    "problem": "开大会的时候，话筒在三两个人手里转，多数人从头坐到尾不开口；散会以后才在楼下说，"
    "说的又没有人记。",
    "steps": (
        "选一件看得见的小事：一个车棚、一块空地，先带大家去现场走一圈",
        "六七个人围一张小桌，住得近的、有意见的、会画图的搭着坐，不设主席台",
        "先给五分钟，每人写一句最想改的，一句一句贴到纸上",
        "当场在一张图上改：能省的划掉，要花钱的写上大概多少",
        "图和没谈拢的话一起贴到门口三天，谁都可以再添一句",
        "定下来谁做、哪天做完，做完了还是这几个人来验",
    ),
    "people": "一个牵头的、一个记的、六七个肯坐下来的邻居，有懂行的来一位更好",
    "money": "一张大纸、几支笔、一壶茶，五十块以内",
    "room": "院坝的石桌、活动室的小桌都行，坐得近就好",
    "shifts": ("taking_part", "neighbours"),
    "goal_codes": ("voice", "settled", "space"),
}
TABLE_EVIDENCE = (
    ("三个月里坐下来谈的小事", 9, "件", ""),
    ("其中谈拢并且做完的", 7, "件", ""),
    ("正在这样谈的一件：车棚怎么改", None, "", "shed"),
)
CRITERIA = (
    Measure("每个试点社区开几次小圆桌", "least", 4, "次"),
    Measure("第一次参加议事的人占几成", "least", 40, "%"),
    Measure("谈完又闹起来的事", "most", 1, "件"),
)
FOUND = {
    1: (5, ""),
    2: (33, "来的还是平日里热心的人多，上班的人晚上才有空。下一轮改在晚饭以后。"),
    3: (None, "两个社区记法不一样，对不上，这一条说不清。"),
}
CONCLUSION = (
    "坐得近，话就多了；先走一圈再坐下，吵得少。不足是上班的人来得少，下一轮放在晚饭后。"
    "做法简单，愿意学的社区可以学。"
)
SPREAD_WORDS = "愿意学的社区，第一次由金堰社区派人带一场；大纸和笔由街道出。学不学，各社区自己定。"
TOOK = (
    (BUSY[0], "changed", "改在晚上七点半，孩子放在隔壁屋由志愿者看着，家长才坐得住。",
     "谈成了两件：楼道口的婴儿车停放，顶楼晾衣绳。"),
    (NEIGHBOUR, "kept", "", "第一次就谈成了健身角换地垫。"),
)  # fmt: skip

SHARED_GRANDMA = {
    "title": "共享奶奶接孩子",
    "problem": "四点半放学，六点才下班，中间一个半小时孩子没人接；楼里又有身体好、有空、"
    "想有点事做的奶奶爷爷。",
    "steps": (
        "先问清楚：哪几家要接、哪天、接到哪里；哪几位愿意接、能接几天",
        "愿意接的先查从业限制记录，写明日期；家长写书面同意，见过面再定",
        "先试两周，两个大人在场，或者在看得见的活动室里等家长",
        "每接一次记一次，时间记进时间银行，一小时就是一小时",
        "一个月坐下来说一次：顺不顺，要不要换",
        "受帮的家庭也还一份：周末教手机、帮老人拿药、一起浇花",
    ),
    "people": "查过记录的奶奶爷爷，一位管排班的社区工作者",
    "money": "不收钱。每月一次的茶点，一百来块",
    "room": "一间放学后开着、玻璃门看得见里面的活动室",
    "shifts": ("neighbours", "quality"),
    "goal_codes": ("care", "trust"),
}
GRANDMA_EVIDENCE = (
    ("一个学期里，四点半有人接的家庭", 12, "户", ""),
    ("受帮以后自己也来帮忙的家庭", 8, "户", ""),
)
GRANDMA_CRITERIA = (
    Measure("有人接的家庭", "least", 10, "户"),
    Measure("查过记录、签过同意才开始的", "least", 100, "%"),
    Measure("家长中途退出的", "most", 2, "户"),
)
TREE = {
    "title": "一排树怎么换",
    "problem": "换树的事，一半人要换一半人要留，一投票就伤和气。",
    "steps": ("先数清楚：多少棵、哪些挡灯、哪些拱了路", "先定换不换，再定换什么，分两次投"),
    "goal_codes": ("settled",),
}


def plan(street) -> None:
    """Put the three on the timeline."""
    for days, story in ((TABLE, round_table), (GRANDMA, grandma), (DRAFT, tree)):
        begins = (street.timeline.end - timedelta(days=days)).replace(hour=10, minute=20)
        play(street.timeline, begins, story(street))


def _evidence(actor, number: str, rows) -> None:
    for words, figure, unit, link in rows:
        if link:
            link = Topic.objects.filter(place=HOME, process="round_table", announced_at__isnull=False)
            link = link.values_list("number", flat=True).first() or ""
        actions.add_evidence(actor=actor, number=number, words=words, figure=figure, unit=unit, link=link)


def round_table(street) -> Script:
    """Written, tried out by the street, held against its criteria, recommended, taken over twice."""
    clerk, officer = street.actor("clerk"), street.actor("street")
    number = actions.draft_method(actor=clerk, place=HOME, **ROUND_TABLE).number
    _evidence(clerk, number, TABLE_EVIDENCE[:1])
    yield after(1, 9)
    actions.publish_method(actor=clerk, number=number)
    yield after(3, 15)
    today = clock.today()
    pilot = piloting.decide_pilot(
        actor=officer, number=number, place=STREET, sites=[HOME, ANOTHER], starts_on=today,
        ends_on=today + timedelta(days=60), criteria=CRITERIA,
    ).number  # fmt: skip
    yield after(20, 10)
    adoptions = [
        adopting.take_over(actor=street.clerk(place), number=number, place=place).number for place, *_ in TOOK
    ]
    yield after(38, 10)
    _evidence(clerk, number, TABLE_EVIDENCE[1:])
    yield after(2, 16)
    piloting.end_pilot(actor=officer, number=pilot, found=FOUND, conclusion=CONCLUSION)
    yield after(3, 10)
    piloting.spread_method(actor=officer, number=number, place=STREET, words=SPREAD_WORDS)
    for one, (place, state, changes, result) in zip(adoptions, TOOK, strict=True):
        yield after(2, 11)
        adopting.tell_adoption(
            actor=street.clerk(place), number=one, state=state, changes=changes, result=result
        )


def grandma(street) -> Script:
    """Published; the street tries it out until summer."""
    clerk = street.actor("clerk")
    number = actions.draft_method(actor=clerk, place=HOME, **SHARED_GRANDMA).number
    _evidence(clerk, number, GRANDMA_EVIDENCE)
    yield after(1, 9)
    actions.publish_method(actor=clerk, number=number)
    yield after(9, 15)
    today = clock.today()
    piloting.decide_pilot(
        actor=street.actor("street"), number=number, place=STREET, sites=[HOME], starts_on=today,
        ends_on=today + timedelta(days=150), criteria=GRANDMA_CRITERIA,
    )  # fmt: skip


def tree(street) -> Script:
    """Begun, and not ready yet."""
    actions.draft_method(actor=street.actor("clerk"), place=HOME, **TREE)
    return
    yield
