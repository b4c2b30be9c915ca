"""Stories of single cases at home, told by hand so that every state is there with words that fit it.

A step is (minutes after it was said, what happens, who does it, fields). Steps are moves of a case, or:
`acknowledge`, `approve` (a second person), `solved` and `unsolved` (the resident's own word), `call-back`,
`join` (a neighbour says the same of the same matter). `org` and `orgs` name units by key, `into` a story.
"""

from dataclasses import dataclass
from typing import Any

Step = tuple[float, str, str, dict[str, Any]]
HOUR, DAY = 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Story:
    """What was said, when (days before the present and the time of day; `ago`: minutes before the present),
    where (the number of a building at home), by whom, and what happened then."""

    text: str
    category: str
    day: int
    time: tuple[int, int] = (9, 0)
    building: int = 1
    steps: tuple[Step, ...] = ()
    kind: str = "help"
    person: int | str = 0
    severity: str = ""
    channel: str = "portal"
    key: str = ""
    ago: float = 0
    public: bool = True


def _finish(after: float, who: str, done: str, reply: str) -> Step:
    return after, "finish", who, {"done_text": done, "reply": reply, "confirm_reply": True}


def _refused(code: str, reason: str) -> tuple[Step, ...]:
    return (
        (50, "refuse", "clerk", {"reason_code": code, "reason": reason}),
        (200, "approve", "secretary", {}),
    )


def _suspended(who: str, unit: str, reason: str, review_on: str) -> tuple[Step, ...]:
    """Sent to a unit, begun, and put off with a second person's consent. `review_on`: days from then."""
    sent: tuple[Step, ...] = ((40, "dispatch", "clerk", {"org": unit}),) if unit else ()
    return (
        (20, "accept", "clerk", {}),
        *sent,
        (90, "start", who, {}),
        (260, "suspend", who, {"reason": reason, "review_on": review_on}),
        (400, "approve", "secretary", {}),
    )


# Left in one state each, so that the desk has all of them: said yesterday and the day before.
LATELY = (
    Story("3栋门口的垃圾桶盖子坏了，猫狗翻得到处都是", "garbage", 1, (8, 10), 3, person=13, key="bin"),
    Story(
        "垃圾桶坏了一个，垃圾满地都是，就在3栋门口", "garbage", 1, (9, 40), 3,
        ((35, "merge", "clerk", {"into": "bin"}),), person=14, public=False,
    ),
    Story("5栋二楼平台的栏杆松了，孩子爱趴在那里", "property_service", 1, (10, 5), 5,
          ((25, "accept", "clerk", {}),), person=15),
    Story(
        "丹桂里2栋楼道里堆了一排旧家具，担架都过不去", "corridor_clutter", 1, (10, 50), 16,
        ((40, "find-facts", "clerk", {"facts": {
            "basics": "三楼至四楼转角，四件旧家具", "root": "业主装修后没有清走",
            "idea": "物业约业主周末清运"}}),),
        person=16,
    ),
    Story(
        "堰坎老院前面的坡道，井盖一踩就响", "manhole_cover", 1, (11, 20), 9,
        ((15, "accept", "clerk", {}), (24, "dispatch", "clerk", {"org": "urban", "note": "老人多，请尽快"})),
        person=17,
    ),
    Story(
        "堰坎老院后面的香樟枝条压到了电线", "tree_pruning", 1, (9, 15), 11,
        (
            (20, "accept", "clerk", {}), (35, "dispatch", "clerk", {"org": "urban"}),
            (170, "object", "department",
             {"reason": "枝条距带电线路不足一米，需供电部门先停电，建议由供电服务站牵头"}),
        ),
        person=19,
    ),
    Story(
        "丹桂里4栋顶楼一下雨就漏，墙皮都掉了", "water_leak", 2, (13, 30), 18,
        (
            (20, "accept", "clerk", {}), (45, "start", "clerk", {}),
            (180, "suspend", "clerk",
             {"reason": "动用维修资金要业主表决，正在组织，表决结果出来就开工", "review_on": "45"}),
        ),
        person=20,
    ),
    Story(
        "楼下烧烤摊的烟直往屋里灌", "cooking_fumes", 2, (18, 40), 6,
        (
            (14 * HOUR, "accept", "clerk", {}), (14 * HOUR + 12, "dispatch", "clerk", {"org": "ecology"}),
            (15 * HOUR, "start", "ecology1", {}),
            (16 * HOUR, "whistle", "clerk", {"orgs": "market", "reason": "同时涉及占道和油烟，请一起到场"}),
        ),
        kind="complaint", person=21,
    ),
    Story(
        "金堰苑1栋的电梯关门时会弹一下，老人不敢坐", "lift_fault", 2, (8, 20), 1,
        (
            (10, "accept", "clerk", {}), (18, "dispatch", "clerk", {"org": "firm"}), (55, "start", "firm1",
                {}),
            (300, "extend", "clerk", {"reason": "门机皮带要从厂家调，已贴告示，派人在轿厢值守"}),
        ),
        person=22,
    ),
    Story(
        "丹桂里1栋楼梯间的声控灯修了两天又不亮", "street_lamp", 4, (9, 30), 15,
        (
            (20, "accept", "clerk", {}), (60, "start", "clerk", {}),
            _finish(300, "clerk", "更换声控开关", "声控开关换了新的，昨晚试过三层都亮。"),
            (2 * DAY + 600, "unsolved", "", {"remark": "亮了一晚上，第二天又不亮了"}),
        ),
        person=23,
    ),
    Story(
        "想给楼上九十岁的婆婆代办高龄津贴，该去哪里", "elder_care", 1, (14, 10), 12,
        ((45, "refuse", "clerk", {
            "reason_code": "elsewhere",
            "reason": "津贴由区民政局办理，窗口电话和材料清单发给您了，代办带两个人的身份证"}),),
        kind="consult", person=24,
    ),
    Story(
        "仪表厂宿舍2栋的公共水龙头关不紧，一晚上能接两桶", "water_leak", 11, (9, 20), 22,
        (
            (30, "accept", "clerk", {}), (80, "start", "clerk", {}),
            _finish(2 * DAY + 200, "clerk", "更换水龙头和角阀",
                    "仪表厂宿舍2栋的公共水龙头换了，角阀一起换的，昨晚去看过，不滴了。"),
        ),
        person=25,
    ),
)  # fmt: skip

# Emergencies: one is in hand, one has just come in.
MAJOR = (
    Story(
        "金堰苑6栋外墙瓷砖掉下来两大块，没有伤到人，已经拉了警戒线", "building_danger", 1, (16, 40), 6,
        (
            (4, "acknowledge", "clerk", {}), (9, "accept", "street", {}),
            (12, "dispatch", "street", {"org": "housing", "note": "先看有没有还要掉的，楼下不让走人"}),
            (41, "start", "housing1", {}),
        ),
        person="gridworker", severity="major", channel="patrol", public=False,
    ),
    Story("堰坎老院后面的挡土墙裂开一条缝，在往外渗水", "natural_hazard", 0, building=10, person=26,
          severity="major", ago=3, public=False),
)  # fmt: skip

REFUSED = (
    Story("开发商延期交房的违约金，法院判了还没给，请社区出面催", "consumer_dispute", 71, (10, 20), 2,
          _refused("legal_route",
              "这件事已经在法院立案执行，我们不能另行处理。法院诉讼服务热线 12368，执行法官的电话发给您了"),
          person=27),
    Story("还是上次说的广场舞，请换一个街道来管", "noise", 52, (15, 0), 4,
          _refused("repeated",
              "同一件事三天前答复过，没有新的情况。有新的录音或时间，请直接补充在原来那条里"),
          kind="complaint", person=28),
    Story("网上买的鞋子穿了一个月开胶，商家只退一半", "consumer_dispute", 26, (11, 30), 17,
          _refused("market", "这属于买卖双方的纠纷，可以在平台申请介入，也可以打 12315。您的订单要留好"),
          kind="complaint", person=29),
    Story("请把楼上邻居的姓名电话告诉我，我要找他赔", "neighbour_dispute", 17, (16, 20), 3,
          _refused("secret", "邻居的姓名电话不能告诉您。漏水的事我们可以约两家一起谈，您回一句时间就行"),
              person=30),
    Story("我老家县里的低保停发了，请社区帮忙恢复", "subsistence", 8, (9, 50), 21,
          _refused("elsewhere",
              "低保由户籍地办理，您老家民政局的电话发给您了。需要在这里住的证明，我们可以开"), person=31),
)  # fmt: skip

SUSPENDED = (
    Story("丹桂里一到雨天下水就往外冒，疏通过三回了", "drainage", 34, (9, 10), 19,
          _suspended("department", "urban",
              "这一段要整体换管，已列入明年第一季度改造。现在先每周疏通一次，下雨前再来一次", "70"),
          person=32),
    Story("原仪表厂宿舍想加装电梯，四个单元都签了字", "lift_installation", 22, (14, 30), 23,
          _suspended("housing1", "housing", "规划公示还有三十天，公示期满没有异议就开工，进度贴在单元门口",
              "30"),
          kind="suggestion", person=33),
    Story("金堰苑地下车库顶上到处滴水，车都被腐蚀了", "water_leak", 15, (10, 40), 7,
          _suspended("clerk", "", "要用维修资金，正在请业主表决，过了三分之二就请人来做", "40"), person=34),
)  # fmt: skip


def _excluded(code: str, why: str, done: str, reply: str, remark: str) -> tuple[Step, ...]:
    """Answered, and left out of the rates with a second person's consent."""
    return (
        (30, "accept", "clerk", {}), (90, "start", "clerk", {}), _finish(400, "clerk", done, reply),
        (1500, "exclude", "clerk", {"reason_code": code, "reason": why}),
        (1800, "agree-exclusion", "secretary", {}), (1980, "solved", "", {"remark": remark}),
    )  # fmt: skip


# Five, none of them this month: fewer would be hidden from the public, and the response rate with them.
EXCLUDED = (
    Story("希望把整条街的梧桐全部砍掉，免得飘毛", "tree_pruning", 47, (9, 30), 8, _excluded(
        "illegal", "砍伐行道树违反城市绿化条例", "答复不能砍伐并说明原因",
        "梧桐是行道树，受条例保护，不能砍。飘毛的四月我们请园林每天洒水压一压。", "还是想砍，不过道理听懂了"),
        kind="suggestion", person=35),
    Story("要求物业把对面单元的住户都赶走，太吵了", "noise", 58, (9, 10), 5, _excluded(
        "illegal", "诉求没有法律依据", "答复并约双方面谈",
        "不能让人搬走，但可以把声音降下来。约了周六下午一起坐下来谈。",
        "那就先谈谈看"), kind="complaint", person=36),
    Story("请让轻轨在我们小区门口加开一个站", "public_transport", 66, (10, 15), 2, _excluded(
        "awaits_law", "线网规划由市里定，等规划调整", "转达并说明规划程序",
        "线网由市里规划，您的建议转上去了。下一轮规划征求意见时，社区会贴出来请大家写。", ""),
        kind="suggestion", person=37),
    Story("老房子希望今年就拆迁，给个准话", "estate_renewal", 73, (9, 45), 21, _excluded(
        "awaits_law", "没有列入拆迁计划，等政策", "说明现行计划",
        "今明两年的计划里没有拆迁，只有改造。改造的方案出来会贴在院坝。", ""),
        kind="consult", person=38),
    Story("江对岸的工厂半夜冒烟，请社区去关停", "water_body", 39, (9, 25), 10, _excluded(
        "out_of_scope", "不在本区，社区没有执法权", "转对岸区的生态环境局",
        "已经转给对岸区的生态环境局，对方受理号写在回条上，三天内会联系您。",
        "第二天就有人打电话来了"), kind="complaint", person=39),
)  # fmt: skip

# Several people about one thing: what the board calls hot.
SCHOOL = "金堰小学"
HOT = (
    Story(f"{SCHOOL}放学停车太乱。家长的车停了三排，娃娃在车缝里走", "illegal_parking", 13, (17, 5), 4, (
        (20, "accept", "clerk", {}), (50, "dispatch", "clerk", {"org": "urban"}), (110, "start",
            "department", {}),
        (140, "whistle", "clerk", {"orgs": "police", "reason": "放学时段需要交警一起疏导"}),
        (16 * HOUR, "join", "13", {"text": f"{SCHOOL}放学那半个小时，车停得婴儿车都推不过去"}),
        (40 * HOUR, "join", "24", {"text": f"今天在{SCHOOL}门口看到一个孩子差点被倒车的撞到"}),
    ), kind="complaint", person=14, key="school"),
    Story(f"{SCHOOL}放学能不能划一块临时停车的地方", "parking_space", 11, (19, 10), 5,
          ((14 * HOUR, "accept", "clerk", {}), (15 * HOUR, "start", "clerk", {})), kind="suggestion",
              person=18),
    Story(f"{SCHOOL}放学停车堵得公交进不了站", "congestion", 9, (17, 40), 1,
          ((16 * HOUR, "accept", "clerk", {}), (17 * HOUR, "dispatch", "clerk", {"org": "urban"}),
           (18 * HOUR, "start", "department", {})), kind="complaint", person=22),
    Story(f"{SCHOOL}门口希望放学有人看一看停车", "traffic_sign", 6, (18, 20), 2,
          ((15 * HOUR, "accept", "clerk", {}), (16 * HOUR, "start", "clerk", {})), kind="suggestion",
              person=27),
    Story("丹桂里小区早晚水小。五楼以上洗澡洗到一半没水", "water_supply", 10, (20, 15), 17, (
        (12 * HOUR + 50, "accept", "clerk", {}), (13 * HOUR, "dispatch", "clerk", {"org": "firm2"}),
        (13 * HOUR + 40, "start", "clerk", {}),
        (36 * HOUR, "join", "29", {"text": "丹桂里小区我们这栋也是，早上七点水最小"}),
        (60 * HOUR, "join", "35", {"text": "丹桂里小区六楼的水小得热水器都打不燃"}),
    ), person=28),
    Story("丹桂里小区加压泵房晚上嗡嗡响，早晚还是水小", "water_supply", 8, (21, 0), 18,
          ((12 * HOUR, "accept", "clerk", {}), (12 * HOUR + 30, "start", "clerk", {})), person=30),
    Story("丹桂里小区早晚水小半个月了，物业说等配件，到底等到哪天", "water_supply", 5, (19, 50), 15,
          ((13 * HOUR, "accept", "clerk", {}), (13 * HOUR + 50, "start", "clerk", {})),
          kind="complaint", person=32),
)  # fmt: skip

# The same told twice: (category, day, what the first said, what the second said). The second is merged.
TWICE = (
    ("road_damage", 27, "金堰苑大门口的减速带翘起来一头，夜里骑车看不见", "大门口减速带的螺丝松了，一头翘着"),
    ("garbage", 21, "丹桂里后门堆了一车装修垃圾，把路占了一半", "后门那车装修渣土什么时候拉走"),
    ("noise", 16, "门球场旁边有人半夜练萨克斯", "夜里十一点还有人在门球场吹萨克斯"),
    ("wiring", 12, "仪表厂宿舍有人从窗户拉线给电瓶车充电", "电瓶车飞线充电，线从三楼吊下来"),
    ("dogs", 7, "堰坎老院来了三条流浪狗，追着孩子叫", "老院里有流浪狗，早上倒垃圾都不敢下楼"),
)
