"""The demo's surveys: one that led to something, one that is being asked, and next year's in draft."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mulin.kernel.actors import SYSTEM, Actor
from mulin.site.demo.places import HOME
from mulin.voices.surveys import actions, answering, editing

# Where in the demo's time the theme survey begins, ends and is published.
BEGINS, ENDS, PUBLISHED = 0.45, 0.65, 0.70
SHEETS, PULSE_SHEETS = 160, 60
PULSE_DAYS = 9
SEED = 5
CHANNELS = {"portal": 100, "paper": 44, "visit": 12, "phone": 4}
AGES = {"u18": 4, "a18": 21, "a36": 38, "a60": 37}
# How much each theme appeals to each age.
APPEAL = {
    "elders": {"u18": 1, "a18": 3, "a36": 9, "a60": 13},
    "children": {"u18": 6, "a18": 7, "a36": 5, "a60": 3},
    "garden": {"u18": 2, "a18": 4, "a36": 4, "a60": 4},
    "sport": {"u18": 4, "a18": 4, "a36": 2, "a60": 3},
    "arts": {"u18": 2, "a18": 2, "a36": 1, "a60": 2},
    "learning": {"u18": 2, "a18": 2, "a36": 2, "a60": 1},
}
WHY = (
    "楼里老人多，儿女不在身边，一顿热饭最要紧",
    "我妈今年八十一，上下楼都要人扶，想她有个说话的地方",
    "孩子放学到我们下班之间有两个小时没人管",
    "院坝里只有停车位，娃娃没有地方耍",
    "堰塘边那块空地荒了好几年，种上花就好了",
    "先把老人的事办好，人人都有老的一天",
    "周末想带孩子在小区里跑一跑，不用坐车出去",
    "天天去江边跳舞要过马路，院里有块平地就行",
    "大家都认得了，事情才好商量",
    "我退休前教语文，愿意教孩子写字",
    "食堂在隔壁社区，腿脚不好的走不过去",
    "选花园是因为三栋楼下常有人乱丢垃圾，种了花就没人丢了",
    "社区书屋晚上七点关门，上班的人去不了",
    "希望不要只做牌子，做一件实在的",
    "年轻人少，老人占一多半，主题要跟着人走",
    "我们租房的也想参加，不知道欢不欢迎",
)
BRING = ("teach", "learn", "hands", "place")
TITLE = "金堰社区的主题，大家来定"
INTRO = "社区想定一个主题，往后三年的活动和微更新都围着它做。选什么由大家定，结果会公布。"
CONCLUSION = (
    "收回 160 份。排第一的是“长辈友好”，第二是“儿童友好”，第三是“花园”。\n"
    "居民议事会商量后，主题定为“一老一小，常来常往”。\n"
    "接下来：年底前在居委会一楼开老人午餐点，周一到周五；明年三月起每天放学后两小时有人看孩子，由报名的邻居轮流；"
    "院坝里的健身角因为地下有燃气管，今年做不了，正请燃气公司看能不能移。\n"
    "报了名愿意出力的，请在“我能”里留下联系方式。"
)
PULSE = {"gain": (1, 2, 8, 17, 12), "happiness": (0, 2, 9, 18, 11), "safety": (1, 4, 11, 15, 9),
         "belonging": (2, 6, 12, 13, 7)}  # fmt: skip
PULSE_WORDS = (
    "路灯修得快，说了三天就亮了",
    "晚上电动车还是停在楼道里，不放心",
    "搬来两年，对门姓什么还不知道",
    "老人食堂要是开起来就更好了",
    "网格员有事真的会来",
    "物业电话总是占线",
)


def plan(timeline: Any, actor: Callable[[str], Actor]) -> None:
    """Put the surveys on the timeline. `actor("clerk")` is somebody at work; draws from chance of its own, so
    that everything else in the demo stays as it was."""
    rng = random.Random(SEED)
    whole = timeline.end - timeline.start
    begins, ends, published = (timeline.start + whole * part for part in (BEGINS, ENDS, PUBLISHED))
    timeline.plan(_at(begins, 9), _theme, timeline, actor, rng, _at(ends, 18))
    # In a demo of a few days both fall on one: results come on the day after the close, at the earliest.
    timeline.plan(max(_at(published, 10), _at(ends + timedelta(days=1), 10)), _publish, actor)
    pulse = max(timeline.end - timedelta(days=PULSE_DAYS), timeline.start + timedelta(days=1))
    timeline.plan(_at(pulse, 9), _pulse, timeline, actor, rng)
    timeline.plan(timeline.end - timedelta(days=2), _next_year, actor)


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


def _open(actor: Actor, template: str, **frame: Any) -> str:
    number = actions.draft_survey(actor=actor, place=HOME, template=template).number
    actions.edit_survey(actor=actor, number=number, **frame)
    return actions.open_survey(actor=actor, number=number).number


def _theme(
    when: datetime, timeline: Any, actor: Callable[[str], Actor], rng: random.Random, ends: datetime
) -> None:
    clerk = actor("clerk")
    number = _open(
        clerk, "theme_choice", title=TITLE, intro=INTRO, closes_on=ends.date(), issued=120, roster=412,
        roster_of="households",
    )  # fmt: skip
    channels = [name for name, n in CHANNELS.items() for _ in range(n)]
    rng.shuffle(channels)
    for n, channel in enumerate(channels[:SHEETS]):
        moment = when + (ends - when) * rng.random() ** 1.6
        timeline.plan(_awake(moment, rng, when), _hand_in, actor, number, channel, _theme_answers(rng), n)
    timeline.plan(ends.replace(hour=23, minute=55) + timedelta(minutes=10), _close_overdue)


def _awake(moment: datetime, rng: random.Random, earliest: datetime) -> datetime:
    found = moment.replace(hour=rng.choice((8, 9, 12, 13, 17)), minute=rng.randrange(60))
    return max(found, earliest + timedelta(minutes=5))


def _theme_answers(rng: random.Random) -> dict[str, Any]:
    age = _draw(rng, AGES)
    left, ranked = {theme: by[age] for theme, by in APPEAL.items()}, []
    for _ in range(rng.choice((1, 2, 3, 3, 3))):
        ranked.append(_draw(rng, left))
        del left[ranked[-1]]
    answers: dict[str, Any] = {"age": age, "theme": ranked}
    if rng.random() < 0.35:
        answers["why"] = rng.choice(WHY)
    if rng.random() < 0.5:
        answers["bring"] = rng.sample(BRING, rng.choice((1, 1, 2)))
    return answers


def _draw(rng: random.Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _hand_in(
    _when: datetime, actor: Callable[[str], Actor], number: str, channel: str, answers: dict, n: int
) -> None:
    if channel == "portal":
        answering.submit_sheet(number=number, key=f"{number}-a-browser-{n:04}", answers=answers)
    else:
        who = actor("gridworker" if channel == "visit" else "clerk")
        answering.enter_sheet(actor=who, number=number, channel=channel, answers=answers)


def _close_overdue(_when: datetime) -> None:
    actions.close_overdue(SYSTEM)


def _publish(_when: datetime, actor: Callable[[str], Actor]) -> None:
    from mulin.voices.surveys.queries import visible_surveys

    secretary = actor("secretary")
    found = visible_surveys(secretary).filter(title=TITLE, state="closed").first()
    if found:
        questions = ["theme", "bring", "age"]
        actions.publish_results(
            actor=secretary, number=found.number, questions=questions, conclusion=CONCLUSION
        )


def _pulse(when: datetime, timeline: Any, actor: Callable[[str], Actor], rng: random.Random) -> None:
    number = _open(
        actor("clerk"), "four_senses", title=f"{when.year}年四感小调查", roster=980,
        intro="四个题，一分钟。每年这个时候问一次，看看住在这里的日子是不是越来越好。",
        closes_on=(timeline.end + timedelta(days=7)).date(),
    )  # fmt: skip
    for n in range(PULSE_SHEETS):
        answers: dict[str, Any] = {
            name: rng.choices(range(1, 6), weights)[0] for name, weights in PULSE.items()
        }
        if rng.random() < 0.3:
            answers["words"] = rng.choice(PULSE_WORDS)
        channel = "paper" if n % 6 == 5 else "portal"
        moment = when + (timeline.end - when) * rng.random()
        timeline.plan(_awake(moment, rng, when), _hand_in, actor, number, channel, answers, n)


def _next_year(when: datetime, actor: Callable[[str], Actor]) -> None:
    """A draft with a question of the community's own, left for its clerk to finish."""
    clerk, year = actor("clerk"), when.year + 1
    number = actions.draft_survey(actor=clerk, place=HOME, template="annual_needs").number
    own = {
        "kind": "single",
        "text": "老人午餐点开在哪里方便您家？",
        "options": editing.options("居委会一楼\n堰坎老院活动室\n都可以\n不需要"),
    }
    actions.edit_questions(actor=clerk, number=number, data=lambda data: editing.put(data, own))
    actions.edit_survey(actor=clerk, number=number, title=f"{year}年需求问卷", roster=980)
