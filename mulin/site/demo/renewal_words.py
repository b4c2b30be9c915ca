"""What is said, found, asked and answered in the demo's two renewals. All invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estate:
    """One renewal: where, in which words, and the days before the present on which its steps happen."""

    key: str
    site: str  # end of the site's code
    buildings: tuple[str, ...]  # the ends of the codes of those buildings that take part
    stairs: int
    floors: int
    title: str
    summary: str
    purpose: str
    wish: str
    days: dict[str, float]
    canvassers: tuple[tuple[int | str, int], ...]  # who, and the place of their household in the list
    findings: dict[str, str]
    sheets: tuple[int, int, int]  # wanted it, were not sure, did not want it
    conclusion: str
    questions: tuple[tuple[str, str, str], ...]  # kind, text, answer
    works: tuple["Work", ...]


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to be done, with its unit, its money in yuan, and what was reported of it."""

    title: str
    text: str
    unit: str
    yuan: int
    gains: str
    loses: str
    began: float
    ended: float
    report: str
    done: str


WORKS = (
    Work(
        "换给水管、下水管",
        "四栋楼的立管全部换新，各家只动厨房和厕所的接口，铸铁管换成排水塑料管。",
        "housing",
        1_310_000,
        "一楼不再返水，水压稳了",
        "每户停水两次，每次不超过八小时；要进厨房和厕所半天",
        126,
        88,
        "1、2栋立管换完，3栋开始。停水时间提前两天贴在单元门口。",
        "四栋楼144户全部换完，逐户试水，留了检修口。",
    ),
    Work(
        "楼顶防水和外墙补漏",
        "楼顶重做防水，西面外墙裂缝补好再粉刷。",
        "housing",
        620_000,
        "顶楼和西边户不再漏水",
        "楼顶一个月不能晾晒",
        120,
        70,
        "防水做完，试水一天一夜没有漏。",
        "顶楼24户逐户看过雨后的情况，有两户补做了一次，再没有漏。",
    ),
    Work(
        "电线、弱电线路入管",
        "楼道里的明线全部入管，配电箱换新。",
        "power",
        380_000,
        "楼道里没有乱线，不怕起火",
        "每栋停电一天",
        112,
        80,
        "2栋停电改线，当天晚上七点送电。",
        "四栋楼配电箱换完，老人家里的插座顺手看了一遍。",
    ),
    Work(
        "院坝：坡道、扶手、晾衣架、停车位",
        "进院的七级台阶旁边加坡道，楼道两边装扶手，晾衣架集中放，停车位划线。",
        "firm2",
        240_000,
        "轮椅、婴儿车推得进来",
        "院里原来随意停的车要挪，停车位少了三个",
        96,
        52,
        "坡道做好了，坡度按轮椅试过。",
        "扶手装到每一层；停车位划了31个，大家轮着停。",
    ),
)
OLD = Estate(
    key="old",
    site="C04",
    buildings=("B021", "B022", "B023", "B024"),
    stairs=3,
    floors=6,
    title="原仪表厂宿舍改造",
    summary="这四栋楼是1988年的厂房宿舍，144户。下水管三十多年没有换过，一楼常返水，楼顶漏，楼道里电线乱。"
    "区里有老旧小区改造的补助，改不改、改什么，由住在这里的人和业主商量着定。",
    purpose="换给水管、下水管，补楼顶，理顺楼道里的电线，院坝里加坡道和扶手。\n"
    "花费由区里补助和老厂的维修款出，各家不用另外出钱；家里要改的，自己愿意再说。\n"
    "工期大约四个月，停水停电提前两天告诉。",
    wish="原仪表厂宿舍的下水管三十多年了，一楼隔几天就返水，能不能把整个院子好好改一改",
    days={
        "wish": 252,
        "start": 247,
        "look": 246,
        "looked": 237,
        "survey": 236,
        "published": 224,
        "open_day": 235,
        "meeting1": 231,
        "meeting2": 226,
        "talked": 223,
        "canvass": 221,
        "knock": 220,
        "knocked": 176,
        "list": 221,
        "listed": 188,
        "vote": 175,
        "notice": 173,
        "opens": 156,
        "closes": 148,
        "counted": 147,
        "resolution": 145,
        "resolved": 143,
        "works": 133,
        "worked": 40,
        "rate": 38,
        "rated": 16,
    },
    canvassers=((19, 0), (20, 39), (21, 76), (22, 115)),
    findings={
        "state": "请了检测单位看：铸铁下水管壁厚只剩一半，四栋楼顶防水都过了年限，楼道配电箱是1995年的。"
        "房屋主体没有问题。",
        "wants": "入户问了62户：最多的是下水管，其次是楼顶漏水、楼道电线。老人多的单元都提到扶手和坡道。",
        "doubts": "听到最多的三句：说改完要涨物业费；说要每家出一万块；说改管子要把厨房全砸了。"
        "三句都会公开答复。",
        "money": "区里补助按户核定，老厂留下的维修款够用，公共部分不向各家收钱。家里自愿改的自己出。",
    },
    sheets=(33, 49, 36),
    conclusion="144户都发了，收回118份。愿意的33户，占全部住户的23%；还没有想好的49户，不愿意的36户。\n"
    "最盼改的是下水管、楼顶漏水和楼道电线；最担心的是要出多少钱、施工吵、改完没有人管。\n"
    "接下来先在院坝里把钱、工期、怎么施工说清楚，再请愿意的邻居去和熟人说。不赶时间。",
    questions=(
        (
            "rumour",
            "听说改完要涨物业费？",
            "不涨。这个院子没有物业公司，改造也不引进；以后要不要请人管，由业主大会定，和这次改造没有关系。",
        ),
        (
            "rumour",
            "听说每家要出一万块？",
            "公共部分不向各家收钱，花费和来源在“查到的情况”里，一项一项写着。家里自己愿意换的厨房水管，按实价，不换也可以。",
        ),
        (
            "objection",
            "我家厨房去年才装修，不愿意再砸。",
            "立管从窗外走，厨房墙面不动，只接一个口，半天做完、当天补好瓷砖。做之前先到您家看，您点头再做。",
        ),
        (
            "question",
            "停水的时候，家里有卧床老人怎么办？",
            "停水前两天告诉，社区把水送到家；要洗澡、做饭的，服务中心二楼可以用。请把情况告诉上门的邻居。",
        ),
        (
            "objection",
            "租给别人住，改了我又享受不到。",
            "您的担心记下了。管子坏了漏到楼下，要赔的也是业主；改完房子租得好一些。施工由租客配合，不用您跑。",
        ),
    ),
    works=WORKS,
)
NEW = Estate(
    key="new",
    site="E01",
    buildings=("B001", "B002"),
    stairs=3,
    floors=11,
    title="金堰苑1栋、2栋换上下水管",
    summary="1栋、2栋的给水管锈了，早上出来的水发黄，下水管也常堵。先摸清大家愿不愿意换，再一起定怎么换。",
    purpose="换掉1栋、2栋的给水立管和下水立管，一个单元做五天，每天停水不超过八小时。\n"
    "钱从维修资金里出，要业主表决同意才动用；现在只是先听各家怎么想。",
    wish="",
    days={
        "wish": 0,
        "start": 63,
        "look": 62,
        "looked": 55,
        "survey": 54,
        "published": 42,
        "open_day": 53,
        "meeting1": 49,
        "meeting2": 44,
        "talked": 41,
        "canvass": 10,
        "knock": 8,
        "knocked": 0,
        "list": 39,
        "listed": 0,
    },
    canvassers=(("resident", 0), (0, 69), (23, 30), (24, 89)),
    findings={
        "state": "取了六户的水样：早上第一缸铁超标，放两分钟后合格。管子是2003年的镀锌管。",
        "wants": "入户问了40户：先换给水管的多，下水管常堵的集中在2栋三单元。",
        "doubts": "担心最多的是动用维修资金以后账不公开，还有停水影响老人。",
        "money": "估算48万元，从两栋楼的维修资金里出，用多少、剩多少都公布。动用要业主表决。",
    },
    sheets=(41, 37, 22),
    conclusion="132户发出，收回100份：愿意的41户，占全部住户的31%。没有想好的多半是想先看到账。\n"
    "维修资金的账已经贴在单元门口，院坝会上也念了一遍。接下来请熟悉的邻居去说，不着急。",
    questions=(
        (
            "rumour",
            "听说维修资金早就用光了？",
            "没有。两栋楼的账户余额和每一笔支出都贴在单元门口，也可以在住建委的窗口打印出来核对。",
        ),
        (
            "question",
            "一定要所有人都同意才换吗？",
            "动用维修资金要业主按面积和人数表决，够了法定的数才动。现在敲门只是听大家怎么想，不算投票。",
        ),
    ),
    works=(),
)
SATISFIED = (
    "一楼再没有返过水，睡得着觉了",
    "楼顶不漏了，去年下雨家里还摆盆",
    "扶手装得好，我妈自己能下楼",
    "工人每天收工都扫干净",
    "邻居来家里说的，说清楚了就放心",
    "晾衣架少了点，能不能再加一排",
)
NOT_SATISFIED = ("停车位少了三个，晚上回来还是要绕两圈", "3栋粉刷的颜色和说的不一样")
RATED = (
    "收回96份，91份满意。不满意的两件：停车位少、3栋外墙有一处颜色不一样。\n"
    "颜色那一处十天内重刷；停车的事转到下个月的院坝会上接着商量，看能不能和旁边单位错时停车。"
)
CONCERN = (
    "objection",
    "停车位本来就不够，加坡道还要占三个，我反对。",
    "坡道只能修在那里，轮椅才推得进来，所以还是要修。停车的事单独商量：和隔壁单位谈错时停车，结果在院坝会上说。",
)
SURNAMES = (
    "王李张刘陈杨黄周吴徐胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
)
GIVEN = ("国华", "素芬", "德明", "玉兰", "永福", "春梅", "长江", "淑珍", "启明", "秀云")
