"""What the people of the demo say and answer. All invented."""

WISHES = [
    # kind, category, text, how many stand beside it, decision, answer
    ("wish", "interest_course", "想学太极拳，早上八点前后都有空，最好就在院坝里", 17, "accepted",
     "太极队愿意带新人，每天早上八点在堰坎老院坝子，第一周有人专门教基本步"),
    ("wish", "interest_course", "想给退休的姐妹们开一个剪纸班，一周一次就好", 9, "accepted",
     "周三下午两点在社区服务中心二楼，材料由社区出，剪好的贴在楼道里"),
    ("wish", "parent_child", "双职工家庭放学后孩子没人看，想有个写作业的地方", 23, "", ""),
    ("wish", "convenience", "希望小区里每个月有一次磨刀、修伞、配钥匙的便民日", 14, "accepted",
     "每月最后一个周六上午在金堰苑门口，手艺人已经约好三位"),
    ("wish", "venue", "活动室晚上六点就关门了，上班的人用不上，能不能开到九点", 11, "", ""),
    ("wish", "elder_care", "楼里几位八十多岁的老人想吃口热饭，能不能有个助餐点", 19, "", ""),
    ("wish", "event", "想办一次楼栋长桌宴，一家出一个菜，认识认识邻居", 8, "declined",
     "消防通道不能摆桌子，我们把地方换到门球场，报名的人够三十户就办。您愿意的话再提一次"),
    ("offer", "skill_sharing", "我会拉二胡，拉了二十多年，可以来当老师", 4, "accepted",
     "谢谢您。二胡班先开一期八次课，周五晚上七点，琴由社区借"),
    ("offer", "volunteering", "我们舞蹈队有十二个人，可以纳入社区学院，也能帮忙维持活动秩序", 3, "accepted",
     "欢迎。舞蹈队已经登记，排练时间和门卫说好了"),
    ("offer", "care_companion", "我退休前是护士，每周二有空，可以陪独居老人去医院", 6, "", ""),
    ("offer", "volunteering", "我是电工，楼道里灯坏了这种小事可以帮忙看看", 2, "", ""),
]  # fmt: skip

REMARKS = ["很快，谢谢", "师傅很负责", "比上次快多了", "说清楚了，能理解", "", "", "", ""]
NOT_SOLVED = ["第二天又坏了", "只修了一半，另一边还是不亮", "味道还是很大", "人来看过，但没有真的处理"]
OBJECTIONS = [
    "经现场核实，该处属于小区内部道路，管养责任在物业，建议改派",
    "经查该设施产权不在我单位，附权属说明，建议改派住建部门",
]
SUSPENSIONS = [
    "涉及老旧管网整体更换，已列入明年第一季度改造计划，现阶段先做临时疏通",
    "需要业主大会表决动用维修资金，正在组织，表决结果出来后恢复办理",
]
REFUSALS = [
    ("legal_route", "这件事已经在法院立案，判决之前我们不能另行处理。法院诉讼服务热线是 12368"),
    ("repeated", "同一件事三天前已经答复，没有新的情况。有新的照片或时间请直接补充在原来那条里"),
]
MEETING = [
    "堰坎老院的水表还是总表分摊，想改成一户一表",
    "院坝里的石桌石凳断了两个，老人坐着不安全",
    "晚上巷子口太黑，想加一盏灯",
    "晾衣绳拉得到处都是，挡了消防通道",
    "雨天从坡上冲下来的水直接灌进一楼",
]

# The last two days: (what was said, category, the moves that were made), each left in another state.
TODAY = [
    ("门口的垃圾桶盖子坏了，猫狗翻得到处都是", "garbage", []),
    ("门口的垃圾桶坏了一个，满地都是", "garbage", [("merge", "clerk", {"into": "earlier"})]),
    ("二楼平台的栏杆松了，孩子爱趴在那里", "property_service", [("accept", "clerk", {})]),
    (
        "楼道里堆了一排旧家具，担架都过不去",
        "corridor_clutter",
        [
            (
                "find-facts",
                "clerk",
                {"facts": {"basics": "三楼至四楼转角，四件旧家具", "root": "业主装修后未清"}},
            )
        ],
    ),
    (
        "前面的坡道井盖一踩就响",
        "manhole_cover",
        [("accept", "clerk", {}), ("dispatch", "clerk", {"org": "urban", "note": "老人多，请尽快"})],
    ),
    (
        "后面的香樟枝条压到了电线",
        "tree_pruning",
        [
            ("accept", "clerk", {}),
            ("dispatch", "clerk", {"org": "urban"}),
            (
                "object",
                "department",
                {"reason": "枝条距带电线路不足一米，需供电部门先停电，建议由供电服务站牵头"},
            ),
        ],
    ),
    (
        "顶楼一下雨就漏，墙皮都掉了",
        "water_leak",
        [
            ("accept", "clerk", {}),
            ("start", "clerk", {}),
            ("suspend", "clerk", {"reason": "动用维修资金要业主表决，正在组织", "review_on": "2027-01-15"}),
        ],
    ),
    (
        "楼下烧烤摊的烟直往屋里灌",
        "cooking_fumes",
        [
            ("accept", "clerk", {}),
            ("dispatch", "clerk", {"org": "ecology"}),
            ("start", "ecology1", {}),
            ("whistle", "clerk", {"orgs": "market", "reason": "同时涉及占道和油烟，请一起到场"}),
        ],
    ),
    (
        "电梯关门时会弹一下，老人不敢坐",
        "lift_fault",
        [
            ("accept", "clerk", {}),
            ("dispatch", "clerk", {"org": "firm"}),
            ("start", "firm1", {}),
            ("extend", "firm1", {"reason": "门机皮带要从厂家调，已贴告示，派人在轿厢值守"}),
        ],
    ),
    (
        "楼梯间的声控灯修了两天又不亮",
        "street_lamp",
        [
            ("accept", "clerk", {}),
            ("start", "clerk", {}),
            (
                "finish",
                "clerk",
                {
                    "done_text": "更换声控开关",
                    "reply": "声控开关换了新的，昨晚试过三层都亮。",
                    "confirm_reply": True,
                },
            ),
            ("not-solved", "", {}),
        ],
    ),
    (
        "想问高龄津贴在哪里办，能不能代办",
        "elder_care",
        [
            (
                "refuse",
                "clerk",
                {"reason_code": "elsewhere", "reason": "津贴由区民政局办理，已把电话和材料清单发给您"},
            )
        ],
    ),
]
