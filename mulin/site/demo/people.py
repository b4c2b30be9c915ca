"""The people and units of the demo. Every person is invented; the units have the names such units have."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from mulin.people.models import Account, Organisation, Post
from mulin.site.demo.places import CITY, COMMUNITIES, DISTRICT, HOME, NEIGHBOUR, SINCE, STREET, TOWN

PASSWORD = "mulin-demo"

# key, name, English name, kind, place
UNITS = [
    ("street_office", "花园路街道办事处", "Huayuan Road Subdistrict Office", "street_office", STREET),
    ("command", "花园路街道基层治理指挥中心", "Huayuan Road Command Centre", "command_center", STREET),
    ("town_office", "长生桥镇人民政府", "Changshengqiao Town Government", "street_office", TOWN),
    ("urban", "南岸区城市管理局", "Nan'an Urban Management Bureau", "department", DISTRICT),
    ("housing", "南岸区住房和城乡建设委员会", "Nan'an Housing Commission", "department", DISTRICT),
    ("police", "花园路派出所", "Huayuan Road Police Station", "department", DISTRICT),
    ("emergency", "南岸区应急管理局", "Nan'an Emergency Management Bureau", "department", DISTRICT),
    ("market", "南岸区市场监督管理局", "Nan'an Market Regulation Bureau", "department", DISTRICT),
    ("ecology", "南岸区生态环境局", "Nan'an Ecology Bureau", "department", DISTRICT),
    ("civil", "南岸区民政局", "Nan'an Civil Affairs Bureau", "department", DISTRICT),
    ("power", "花园路供电服务站", "Huayuan Road Power Service Station", "resident_unit", DISTRICT),
    ("gas", "花园路燃气服务站", "Huayuan Road Gas Service Station", "resident_unit", DISTRICT),
    ("firm", "金堰苑物业服务中心", "Jinyanyuan Property Service", "property_firm", HOME),
    ("firm2", "丹桂里物业服务中心", "Danguili Property Service", "property_firm", HOME),
]


@dataclass
class People:
    """What the seed needs at hand: accounts and units by key."""

    units: dict[str, Organisation] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    residents: dict[str, list[Account]] = field(default_factory=dict)


# username or key, name, posts (role, place, unit key, title), home, is offered on the log-in page of a demo
STAFF = [
    (
        "gridworker",
        "罗小平",
        [("grid_worker", f"{HOME}-G002", "committee:" + HOME, "第二网格网格员")],
        HOME,
        True,
    ),
    ("clerk", "陈敏", [("clerk", HOME, "committee:" + HOME, "社区工作者")], HOME, True),
    ("street", "周立", [("street_officer", STREET, "command", "指挥中心值班员")], "", True),
    ("department", "何建国", [("department_officer", DISTRICT, "urban", "综合科经办")], "", True),
    ("district", "唐静", [("district_officer", DISTRICT, "", "区级统筹岗")], "", True),
    ("admin", "系统管理员", [("admin", CITY, "", "系统管理员")], "", True),
    ("secretary", "黄文蓉", [("secretary", HOME, "committee:" + HOME, "社区书记、主任")], HOME, True),
    ("grid1", "谭勇", [("grid_worker", f"{HOME}-G001", "committee:" + HOME, "第一网格网格员")], HOME, False),
    (
        "grid3",
        "刘晓芳",
        [("grid_worker", f"{HOME}-G003", "committee:" + HOME, "第三网格网格员")],
        HOME,
        False,
    ),
    ("head12", "李桂芬", [("building_head", f"{HOME}-B012", "", "12栋楼长")], HOME, False),
    ("street2", "蒋倩", [("street_officer", STREET, "street_office", "平安法治岗")], "", False),
    ("town", "范强", [("street_officer", TOWN, "town_office", "民生服务岗")], "", False),
    ("urban2", "曾立波", [("department_officer", DISTRICT, "urban", "市政维护科")], "", False),
    ("housing1", "袁琳", [("department_officer", DISTRICT, "housing", "物业科经办")], "", False),
    ("police1", "赵刚", [("department_officer", DISTRICT, "police", "社区民警")], "", False),
    ("emergency1", "秦川", [("department_officer", DISTRICT, "emergency", "应急值守")], "", False),
    ("market1", "彭雪", [("department_officer", DISTRICT, "market", "市场监管所")], "", False),
    ("ecology1", "龚平", [("department_officer", DISTRICT, "ecology", "环境监察")], "", False),
    ("civil1", "夏兰", [("department_officer", DISTRICT, "civil", "社会救助科")], "", False),
    ("power1", "冉军", [("department_officer", DISTRICT, "power", "抢修班长")], "", False),
    ("gas1", "田野", [("department_officer", DISTRICT, "gas", "抢险班长")], "", False),
    ("firm1", "钟洁", [("group_leader", HOME, "firm", "物业项目经理")], HOME, False),
    ("yard1", "李先明", [], HOME, False),
    ("garden1", "邓秀英", [], HOME, False),
]
FAMILY = "王李张刘陈杨黄周吴徐胡朱高林何郭马罗梁宋"
GIVEN = [
    "建华",
    "秀兰",
    "志强",
    "桂英",
    "伟",
    "丽",
    "洪",
    "小芳",
    "国庆",
    "玉梅",
    "涛",
    "静",
    "光明",
    "素珍",
    "鹏",
]


def make(rng) -> People:
    """Units, staff with posts since the demo's beginning, and residents."""
    people = People()
    for key, name, name_en, kind, place in UNITS:
        people.units[key] = Organisation.objects.create(name=name, name_en=name_en, kind=kind, place=place)
    for code, name in COMMUNITIES.items():
        people.units[f"committee:{code}"] = Organisation.objects.create(
            name=f"{name}居委会", kind="committee", place=code, phone="023-6280 0000"
        )
    for key, name, posts, home, is_demo in STAFF:
        account = _account(people, key, name, home, is_demo)
        for role, place, unit, title in posts:
            _post(account, role, place, people.units.get(unit), title)
    names = _names(rng)
    for code in COMMUNITIES:
        if code != HOME:
            clerk = _account(people, f"clerk:{code}", next(names), code, False)
            _post(clerk, "clerk", code, people.units[f"committee:{code}"], "社区工作者")
    _account(people, "resident", "王秀兰", HOME, True, phone="+8613800138001")
    _account(people, "neighbour", "徐志强", NEIGHBOUR, True, phone="+8613800138002")
    for code in COMMUNITIES:
        many = 40 if code == HOME else 4
        people.residents[code] = [
            _account(people, f"r{code[-6:]}{i}", next(names), code, False) for i in range(many)
        ]
    return people


def _names(rng) -> Iterator[str]:
    """Every pair of a family name and a given name once."""
    taken = {name for _key, name, *_rest in STAFF}
    names = [family + given for family in FAMILY for given in GIVEN if family + given not in taken]
    rng.shuffle(names)
    return iter(names)


def _account(people: People, key: str, name: str, home: str, is_demo: bool, phone: str = "") -> Account:
    account = Account(username=key, name=name, home_place=home, is_demo=is_demo, privacy_version="demo")
    if is_demo:
        account.set_password(PASSWORD)
    else:
        account.set_unusable_password()
    if phone:
        account.set_phone(phone)
        account.phone_verified = True
    account.save(force_insert=True)
    people.accounts[key] = account
    return account


def _post(account: Account, role: str, place: str, unit: Organisation | None, title: str) -> None:
    Post.objects.create(account=account, role=role, place=place, org=unit, title=title, begins_on=SINCE)
