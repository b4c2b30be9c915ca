"""The timetable of the home community: who asked for which course, who teaches, a week that is out, and the
next one that lies ready, with what did not fit."""

from datetime import datetime, timedelta

from mulin.academy.orders import actions as orders
from mulin.academy.orders.models import Order
from mulin.academy.orders.reading import windows
from mulin.academy.weeks import actions, queries
from mulin.academy.weeks.models import Week
from mulin.kernel import clock
from mulin.kernel.errors import ActionError
from mulin.kernel.jobs import run_job
from mulin.places.models import Site
from mulin.site.demo.places import HOME

# who (by place in the list of residents), theme, age, how many, when, in their own words
EARLY = (
    (2, "calligraphy", "elder", 7, ("3-afternoon",), "退休了想练练毛笔字，周三下午有空，我们七个人"),
    (6, "tai_chi", "elder", 9, ("1-morning", "2-morning", "4-morning"), "清早打太极，想有人带一带"),
    (8, "smartphone", "elder", 8, ("2-afternoon", "4-afternoon"), "不会用手机挂号，想学，楼里八个老人都想来"),
    (14, "yoga", "adult", 10, ("2-evening", "4-evening"), "下班后想练瑜伽，周二周四晚上都行"),
    (16, "tea_chat", "", 12, ("6-afternoon",), "周六下午喝茶摆龙门阵，不用安排内容"),
    (20, "painting", "child", 11, ("6-morning",), "娃娃们想学画画，周六上午，十一个孩子"),
    (22, "first_aid", "adult", 15, ("7-morning", "6-afternoon"), "想学心肺复苏，家里有老人心里踏实些"),
    (24, "table_tennis", "adult", 6, ("5-evening",), "周五晚上打乒乓，缺个固定的时间"),
)
LATE = (
    (26, "handicraft", "elder", 8, ("4-afternoon",), "想学剪纸过年贴窗花，周四下午"),
    (28, "languages", "adult", 6, ("1-evening", "3-evening"), "想学点日常英语，晚上来"),
    (30, "coding", "child", 9, ("6-morning", "7-morning"), "孩子想学编程，周末上午"),
    (32, "cooking", "adult", 14, ("7-afternoon", "6-afternoon"), "想学做川菜，周末下午，十四个人"),
    (34, "choir", "elder", 60, ("3-morning", "5-morning"), "老年合唱团六十个人，想要大一点的地方"),
    (36, "photography", "adult", 2, ("7-morning",), "想学用手机拍照片，我和爱人两个"),
    # Two want the same evening and one of them could come on another: first come, first served loses one.
    (
        38,
        "dance",
        "adult",
        18,
        ("2-evening", "4-evening"),
        "想跟着老师跳交谊舞，周二周四晚上都行，十八个人",
    ),
    (41, "dance", "elder", 12, ("2-evening",), "老姐妹们想学拉丁舞，只有周二晚上凑得齐"),
    (43, "haircut", "", 9, ("3-morning",), "楼上楼下都想就近剪个头发，周三上午方便"),
    (45, "repair", "adult", 7, ("6-afternoon",), "家里小电器坏了没处修，周六下午有空拿来"),
)
# who, how called, what, when, in their own words, days since the record check, and whether the name is shown
TEACHERS = (
    (40, "陈老师", ("calligraphy", "painting"), ("3-afternoon", "6-morning"),
     "教过三十年书法，愿意教大家写字画画", 60, True),
    (42, "刘师傅", ("tai_chi",), ("1-morning", "2-morning", "4-morning"),
     "我打了二十年太极，可以带着大家练", None, True),
    (44, "小周", ("smartphone", "photography"), ("2-afternoon", "4-afternoon", "7-morning"),
     "能教老人用智能手机", None, False),
    (46, "何教练", ("yoga",), ("2-evening", "4-evening"), "会瑜伽，可以教", None, True),
    (48, "罗医生", ("first_aid", "health"), ("7-morning", "6-afternoon"),
     "急诊科退下来的，能教大家急救", None, True),
    (50, "邓孃孃", ("handicraft", "cooking"), ("4-afternoon", "7-afternoon"),
     "会剪纸，也烧得一手川菜，能教", None, True),
    (52, "小林", ("coding",), ("6-morning", "7-morning"), "在软件公司上班，周末能教孩子编程", None, True),
)  # fmt: skip
# Who offered only these days.
NEW_TEACHERS = (
    (47, "杨老师", ("dance",), ("2-evening", "4-evening"), "文化馆退休的，交谊舞、拉丁舞都能带", None, True),
    (
        49,
        "孙师傅",
        ("haircut",),
        ("3-morning", "5-morning"),
        "开过二十年理发店，愿给老人剪头发",
        None,
        True,
    ),
    (51, "程师傅", ("repair",), ("6-afternoon", "7-afternoon"), "电工，周末可以帮大家修小家电", None, True),
)
OFFERED = (54, "吴先生", ("languages",), ("3-evening",), "英语专业，可以教大家口语")
ACCEPTED = "接了，正在找老师和场地，排好了告诉您。"
ASKED = "谢谢您愿意来教，我们约个时间当面谈谈。"


def plan(street) -> None:
    """Wishes and offers ten days ago, a week that is out since, and the next one in the making."""
    end = street.timeline.end
    first = max(street.timeline.start + timedelta(hours=4), end - timedelta(days=10))
    for n, row in enumerate(EARLY):
        street.timeline.plan(first + timedelta(minutes=9 * n), _wish, street, row)
    for n, row in enumerate((*TEACHERS, OFFERED)):
        street.timeline.plan(first + timedelta(minutes=100 + 7 * n), _teach, street, row)
    street.timeline.plan(first + timedelta(hours=5), _publish, street)
    for n, row in enumerate(LATE):
        street.timeline.plan(end - timedelta(days=3) + timedelta(minutes=11 * n), _wish, street, row)
    for n, row in enumerate(NEW_TEACHERS):
        street.timeline.plan(end - timedelta(days=2) + timedelta(minutes=9 * n), _teach, street, row)
    street.timeline.plan(end - timedelta(hours=7), _propose, street)


def _wish(_when: datetime, street, row: tuple) -> None:
    who, theme, age, people, times, words = row
    order = _said(street, who, words, "wish")
    if order is None or order.state != "gathered":
        return
    described = {"theme": theme, "age": age, "people": people, "times": times}
    voice = order.matter.voices.order_by("-id").first()
    orders.describe_order(actor=street.actor("clerk"), number=voice.number, **described)
    orders.accept_orders(actor=street.actor("clerk"), numbers=[order.number], text=ACCEPTED)


def _said(street, who: int, words: str, kind: str) -> Order | None:
    residents = street.people.residents[HOME]
    account = residents[who % len(residents)]
    buildings = Site.objects.filter(community=HOME, kind="building", valid_to=None).order_by("code")
    voice = street.submit(street.actor_of(account), words, buildings[who % buildings.count()], kind=kind)
    return Order.objects.select_related("matter").filter(matter=voice.matter_id).first()


def _teach(when: datetime, street, row: tuple) -> None:
    who, name, skills, times, words, *more = row
    order = _said(street, who, words, "offer")
    if order is None or not more:
        return
    clerk, day = street.actor("clerk"), clock.day_of(when)
    checked, is_named = more
    try:
        one = actions.ask_in(
            actor=clerk, place=HOME, name=name, skills=list(skills), times=windows(times),
            order=order.number, answer=ASKED, is_named=is_named,
        )  # fmt: skip
    except ActionError:
        return  # the same words were said before
    actions.note_talk(actor=clerk, number=one.number, on=day, note="时间、教材都说好了")
    if checked:
        on = day - timedelta(days=checked)
        actions.note_check(actor=clerk, number=one.number, on=on, paper="社区档案 2026-17")


def _solved(street, monday) -> Week | None:
    """A week that is read and planned at once, as the worker would."""
    clerk = street.actor("clerk")
    week = actions.open_week(actor=clerk, place=HOME, monday=monday)
    if not week.wishes:
        return None
    job = actions.solve_week(actor=clerk, number=week.number, seconds=2)
    run_job.call(str(job.pk))
    return Week.objects.get(pk=week.pk)


def _publish(_when: datetime, street) -> None:
    """The week after this one, and three more like it."""
    monday = queries.monday_of(clock.today()) + timedelta(weeks=1)
    week = _solved(street, monday)
    if week is not None and week.solution["sessions"]:
        until = monday + timedelta(days=41)
        actions.publish_week(actor=street.actor("clerk"), number=week.number, until=until, answer=ACCEPTED)


def _propose(_when: datetime, street) -> None:
    """What was asked for since, in the week after; it waits for the clerk's hand."""
    _solved(street, queries.monday_of(clock.today()) + timedelta(weeks=1))
