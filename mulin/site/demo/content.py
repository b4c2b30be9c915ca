"""What the people of the demo wish, offer, found and answer. All invented. Stories of cases: told.py."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish or an offer of the home community, how many stand beside it, and what became of it.

    `begun` and `decided` are days before the present; no decision: it is still open. `rated`: what the person
    who wished said of the answer. `person` is a place in the list of residents, or the key of an account.
    """

    text: str
    kind: str
    category: str
    begun: float
    beside: int
    person: int | str
    decision: str = ""
    decided: float = 0
    answer: str = ""
    rated: str = ""
    key: str = ""


WISHES = (
    Wish(
        "院坝口那块堆垃圾的空地，能不能清出来让大家种点花", "wish", "venue", 88, 21, 1,
        "accepted", 84,
        "空地已经请环卫清干净，土由社区拉来。愿意轮流浇水的邻居在金堰苑门口报名，第一批花苗周六到。",
        "没想到这么快，周六我带铲子来", key="garden",
    ),
    Wish(
        "想学太极拳，早上八点前后都有空，最好就在院坝里", "wish", "interest_course", 71, 17, 2,
        "accepted", 68, "太极队愿意带新人，每天早上八点在堰坎老院坝子，第一周有人专门教基本步。",
        "去了三次，师傅很耐心",
    ),
    Wish(
        "想给退休的姐妹们开一个剪纸班，一周一次就好", "wish", "interest_course", 64, 9, 3,
        "accepted", 60, "周三下午两点在社区服务中心二楼，材料由社区出，剪好的贴在楼道里。",
        "已经有九个人了，再添一张桌子就更好", key="papercut",
    ),
    Wish(
        "我会拉二胡，拉了二十多年，可以来当老师", "offer", "skill_sharing", 52, 6, 4,
        "accepted", 47, "谢谢您。二胡班先开一期八次课，周五晚上七点，琴由社区借。", "学生比我想的多",
    ),
    Wish(
        "希望小区里每个月有一次磨刀、修伞、配钥匙的便民日", "wish", "convenience", 45, 14, "resident",
        "accepted", 41, "每月最后一个周六上午在金堰苑门口，手艺人已经约好三位。",
        "磨了两把刀，排队不到十分钟",
    ),
    Wish(
        "我们舞蹈队有十二个人，可以纳入社区学院，也能帮忙维持活动秩序", "offer", "volunteering", 33, 3, 5,
        "accepted", 29, "欢迎。舞蹈队已经登记，排练时间和门卫说好了。",
    ),
    Wish(
        "想办一次楼栋长桌宴，一家出一个菜，认识认识邻居", "wish", "event", 24, 8, 6,
        "declined", 0.2,
        "这次没办成：单元门口是消防通道，不能摆桌子。我们问好了门球场，报名满三十户就在那里办，"
        "您愿意的话再提一次，我们来张罗。",
    ),
    Wish(
        "双职工家庭放学后孩子没人看，想有个写作业的地方", "wish", "parent_child", 20, 23, 7,
        "accepted", 0.06,
        "服务中心二楼每天四点半到六点半开放，两位退休老师轮流看着，先收二十个孩子，下周一开始。",
    ),
    Wish("楼里几位八十多岁的老人想吃口热饭，能不能有个助餐点", "wish", "elder_care", 12, 19, 8),
    Wish("活动室晚上六点就关门了，上班的人用不上，能不能开到九点半", "wish", "venue", 9, 11, 9),
    Wish("我退休前是护士，每周二有空，可以陪独居老人去医院", "offer", "care_companion", 7, 6, 10),
    Wish("我是电工，楼道里灯坏了这种小事可以帮忙看看", "offer", "skill_sharing", 4, 5, 11),
    Wish("想借社区的投影办一次露天电影，片子我来找", "wish", "event", 2, 12, 12),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours who keep something going. `members` are residents by their place in the list; `day` is days
    before the present; `grown_from` the key of a wish."""

    key: str
    name: str
    kind: str
    leader: int | str
    members: tuple[int | str, ...]
    day: float
    about: str
    keeps: str = ""
    grown_from: str = ""


GROUPS = (
    Group(
        "yard", "堰坎老院院落自治小组", "courtyard_group", "yard1", ("head12", 13, 14, 15, 16, 17), 91,
        "老院没有物业，扫地、看灯、管门都是我们几个商量着来。每月第一个周日上午碰头。",
    ),
    Group(
        "taichi", "金堰太极队", "club", 18, tuple(range(19, 30)), 91,
        "每天早上八点在堰坎老院坝子。不收钱，穿布鞋就行。",
    ),
    Group(
        "garden", "堰边花园志愿队", "volunteer_team", "garden1",
        ("resident", 1, 5, 12, 20, 24, 30, 31, 32, 33, 34, 35, 36), 82,
        "原来堆垃圾的空地，现在是一块小花园。十四个人轮流浇水，浇水表贴在花台边上。",
        keeps="花园", grown_from="garden",
    ),
    Group(
        "papercut", "金堰剪纸班", "club", 3, (6, 8, 21, 25, 28, 33, 37, 38), 58,
        "每周三下午两点，社区服务中心二楼。剪好的贴在各个楼道里。", grown_from="papercut",
    ),
)  # fmt: skip
GARDEN = "堰边小花园"

REMARKS = ["很快，谢谢", "师傅很负责", "比上次快多了", "说清楚了，能理解", "", "", "", ""]
NOT_SOLVED = ["第二天又坏了", "只修了一半，另一边还是老样子", "好了两天又犯了", "人来看过，但没有真的处理"]
OBJECTION = "经现场核实，该处属于小区内部，管养责任不在我单位，附权属说明，建议改派"
# What a unit waits for when it asks for more time, where that can be.
EXTENSIONS = {
    "lift_fault": "门机皮带要从厂家调，已贴告示，派人在轿厢值守",
    "street_lamp": "缺一个控制器，厂家三天后到货，先装了临时灯",
    "water_supply": "加压泵要换叶轮，厂家三天后到货，先降压供水",
    "park": "器材的轴承要定做，已经围起来，不让孩子上去",
    "tree_pruning": "要用高空车，排到下周二，先拉了警戒线",
}
# Who is whistled in, and why, for what one unit cannot settle alone.
WHISTLES = {
    "noise": ("police", "晚上十点以后还在放，需要一起到现场劝"),
    "illegal_parking": ("police", "车主联系不上，需要一起到现场"),
    "cooking_fumes": ("market", "同时涉及占道和油烟，请一起到场"),
    "fire_hazard": ("emergency", "通道被堵，请一起到现场看怎么腾"),
    "wiring": ("emergency", "私拉电线充电，请一起到现场讲清危险"),
    "road_occupation": ("police", "摊位堵了路口，需要一起疏导"),
    "dogs": ("police", "大型犬不牵绳，需要一起上门"),
}
MEETING = (
    ("堰坎老院的水表还是总表分摊，想改成一户一表", "water_supply"),
    ("院坝里的石桌石凳断了两个，老人坐着不安全", "park"),
    ("晚上巷子口太黑，想加一盏灯", "street_lamp"),
    ("晾衣绳拉得到处都是，挡了消防通道", "fire_hazard"),
    ("雨天从坡上冲下来的水直接灌进一楼", "drainage"),
)
