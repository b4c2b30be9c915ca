"""The demo's stories on the timeline: wishes and groups, a courtyard meeting, emergencies, single cases."""

from datetime import date, timedelta

from mulin.cases import actions as cases
from mulin.cases import moves
from mulin.kernel.actors import ANONYMOUS
from mulin.people import actions as people
from mulin.people.queries import actor_by_id
from mulin.places.models import Site
from mulin.site.demo import content, replies, told
from mulin.site.demo.handling import Job, take_up
from mulin.site.demo.places import HOME, NEIGHBOUR
from mulin.voices import actions as voices
from mulin.voices.models import Matter, Voice

GROUP_TERM = date(2027, 12, 31)


def plan(street) -> None:
    """Put every story on the timeline, counted back from the present."""
    now = street.timeline.end
    for i, wish in enumerate(content.WISHES):
        begin = (now - timedelta(days=wish.begun)).replace(hour=19, minute=10 + i)
        street.timeline.plan(begin, _wish, street, wish)
    for group in content.GROUPS:
        begin = (now - timedelta(days=group.day)).replace(hour=20, minute=30)
        street.timeline.plan(begin, _group, street, group)
    street.timeline.plan(_at(now, 40, 15, 0), _meeting, street)
    street.timeline.plan(_at(now, 9, 18, 42), _gas, street)
    street.timeline.plan(_at(now, 6, 20, 15), _lamp, street)
    street.timeline.plan(_at(now, 3, 17, 5), _own, street)
    every = told.LATELY + told.MAJOR + told.REFUSED + told.SUSPENDED + told.EXCLUDED + told.HOT + _twice()
    for story in every:
        moment = now - timedelta(minutes=story.ago) if story.ago else _at(now, story.day, *story.time)
        street.timeline.plan(moment, _tell, street, story)


def _at(now, days, hour, minute):
    return (now - timedelta(days=days)).replace(hour=hour, minute=minute, second=0)


def _twice() -> tuple[told.Story, ...]:
    """Two stories of each pair: the second is merged into the first, which then goes its way."""
    found = []
    for i, (category, day, one, other) in enumerate(told.TWICE):
        done, reply = replies.DONE[category]
        fields = {"done_text": done, "reply": f"您好，{reply.format(where='那里')}。", "confirm_reply": True}
        steps = (
            (20, "accept", "clerk", {}), (70, "start", "clerk", {}), (32 * 60, "finish", "clerk", fields),
            (49 * 60, "solved", "", {}),
        )  # fmt: skip
        found.append(
            told.Story(one, category, day, (9, 20 + i), 2 + i, steps, "complaint", 14 + i, key=f"twice{i}")
        )
        merged = ((30, "merge", "clerk", {"into": f"twice{i}"}),)
        found.append(
            told.Story(
                other, category, day - 1, (10, 10 + i), 2 + i, merged, "complaint", 26 + i, public=False
            )
        )
    return tuple(found)


# — wishes and groups —


def _wish(when, street, wish: content.Wish) -> None:
    """Someone wishes or offers; neighbours stand beside it; the community answers with a reason."""
    person = street.resident(wish.person)
    receipt = voices.submit_voice(
        actor=street.actor_of(person), text=wish.text, place=HOME, kind=wish.kind, category=wish.category,
        channel="portal",
    )  # fmt: skip
    number = receipt.voice.matter.number
    street.told[wish.key or wish.text] = number
    others = [one for one in street.people.residents[HOME] if one != person]
    for neighbour in street.rng.sample(others, wish.beside):
        fields = {"actor": street.actor_of(neighbour), "number": number}
        street.later(when, (15, 50 if wish.begun < 5 else 200), street.attempt, voices.me_too, fields)
    street.timeline.plan(when + timedelta(hours=14), street.publish, number, HOME)
    if wish.decision:
        decided = street.timeline.end - timedelta(days=wish.decided)
        if wish.decided >= 1:
            decided = decided.replace(hour=10)
        fields = {"actor": street.actor("clerk"), "number": number}
        fields |= {"decision": wish.decision, "text": wish.answer}
        street.timeline.plan(decided, street.attempt, voices.answer_wish, fields)
    if wish.rated:
        fields = {"actor": street.actor_of(person), "number": receipt.voice.number}
        fields |= {"is_satisfied": True, "remark": wish.rated}
        street.timeline.plan(decided + timedelta(hours=9), street.attempt, voices.rate_wish, fields)


def _group(when, street, group: content.Group) -> None:
    """The secretary enters a group; its leader takes neighbours in for a term and adopts a place."""
    secretary = street.actor("secretary")
    wish = Matter.objects.filter(number=street.told.get(group.grown_from)).first()
    made = people.create_group(
        actor=secretary, name=group.name, kind=group.kind, place=HOME, about=group.about,
        leader_id=street.resident(group.leader).pk,
        grown_from=("voices.matter", wish.pk) if wish else None,
    )  # fmt: skip
    street.people.units[group.key] = made
    leader = street.new_actor_of(street.resident(group.leader))
    for member in group.members:
        account = street.resident(member)
        people.add_member(actor=leader, group_id=made.pk, account_id=account.pk, ends_on=GROUP_TERM)
    if group.keeps:
        site = Site.objects.get(community=HOME, name=content.GARDEN)
        people.adopt_place(actor=leader, group_id=made.pk, site=site.code)


# — stories of cases —


def _meeting(when, street) -> None:
    """A courtyard meeting: the grid worker writes down what five people say, each a voice of its own. The
    courtyard's own group takes the stone tables on."""
    yard = Site.objects.filter(community=HOME, kind="building", estate=f"{HOME}-C02").order_by("code")
    for i, ((text, category), building) in enumerate(zip(content.MEETING, yard, strict=False)):
        voice = street.submit(
            street.actor("gridworker"), text, building, kind="suggestion" if i % 2 else "help",
            category=category, channel="courtyard", entered_for=True,
        )  # fmt: skip
        number = voice.matter.number
        street.later(when, (1, 20), street.publish, number, HOME)
        if category == "park":
            _for_the_yard(when, street, number)
        else:
            street.later(when, (2, 30), take_up, street, Job(number, HOME, "estate", building))


def _for_the_yard(when, street, number) -> None:
    steps = (
        (17.5 * 60, "accept", "clerk", {}),
        (18 * 60, "dispatch", "clerk", {"org": "yard", "note": "小组说可以自己修，水泥由社区出"}),
        (26 * 60, "start", "yard1", {}),
        (4 * told.DAY + 60, "finish", "yard1", {
            "done_text": "小组五个人两个下午，补好两个石凳，石桌加了垫脚",
            "reply": "石桌石凳补好了，是院坝小组李先明他们几个自己动手的，水泥干了两天，可以坐了。",
            "confirm_reply": True,
        }),
        (5 * told.DAY, "solved", "", {"remark": "比原来的还稳当"}),
    )  # fmt: skip
    for step in steps:
        street.timeline.plan(when + timedelta(minutes=step[0]), _step, street, number, *step[1:])


def _gas(when, street) -> None:
    """A gas leak goes the urgent way and is over within the hour."""
    story = told.Story(
        "堰坎老院有很重的燃气味，已经让楼上的人先下来，没有动开关", "gas_leak", 9, building=12,
        person="gridworker", severity="major", channel="patrol", public=False, steps=(
            (3, "acknowledge", "clerk", {}),
            (5, "accept", "street", {}),
            (6, "dispatch", "street", {"org": "gas", "note": "楼内人员已疏散"}),
            (21, "start", "gas1", {}),
            (55, "finish", "gas1", {
                "done_text": "二楼软管老化脱落，关阀、通风、更换软管并检漏，逐户检查后恢复供气",
                "reply": (
                    "漏气的地方在二楼灶台软管，已经换好，整栋楼逐户查过，可以回家了。"
                    "软管用满八年请换新的。"
                ),
                "confirm_reply": True,
            }),
            (15 * 60, "solved", "", {}),
        ),
    )  # fmt: skip
    _tell(when, street, story)


def _lamp(when, street) -> None:
    """One dark path, many who say so: neighbours stand beside it instead of reporting it again."""
    story = told.Story(
        "堰坎老院到公交站那段路的路灯五盏灭了三盏，下晚自习的孩子要摸黑走", "street_lamp", 6, building=9,
        person=3,
        key="lamp", steps=(
            (14 * 60, "accept", "clerk", {}),
            (15 * 60, "dispatch", "clerk", {"org": "urban"}),
            (15 * 60 + 40, "start", "department", {}),
        ),
    )  # fmt: skip
    _tell(when, street, story)
    for neighbour in street.people.residents[HOME][4:19]:
        fields = {"actor": street.actor_of(neighbour), "number": street.told["lamp"]}
        street.later(when, (3, 60), street.attempt, voices.me_too, fields)


def _own(when, street) -> None:
    """What the demo's resident and neighbour said themselves: one waits for their word, one is in hand."""
    for key, place, code, text in (
        ("resident", HOME, f"{HOME}-B001", "1栋门口的雨水篦子堵了，一下雨水就漫到单元门里"),
        ("neighbour", NEIGHBOUR, f"{NEIGHBOUR}-B002", "桐林2栋楼下的健身器材扶手松了，老人扶着晃"),
    ):
        building = Site.objects.get(code=code)
        number = street.submit(street.actor(key), text, building, kind="help").matter.number
        street.timeline.plan(when + timedelta(hours=2), street.publish, number, place)
        clerk = "clerk" if place == HOME else f"clerk:{place}"
        steps = [(15 * 60, "accept", clerk, {}), (15 * 60 + 40, "start", clerk, {})]
        if key == "resident":
            reply = "1栋门口的雨水篦子昨天掏通了，换了一块破的，今天早上又去看过。您看看还有没有不对的地方。"
            fields = {"done_text": "清掏并更换破损的篦子", "reply": reply, "confirm_reply": True}
            steps.append((22 * 60, "finish", clerk, fields))
        for step in steps:
            street.timeline.plan(when + timedelta(minutes=step[0]), _step, street, number, *step[1:])


def _tell(when, street, story: told.Story) -> None:
    """Somebody says what the story says, and its steps are planned."""
    building = Site.objects.get(code=f"{HOME}-B{story.building:03d}")
    fields = {"kind": story.kind, "category": story.category, "severity": story.severity}
    if story.channel == "portal":
        fields["contact"] = f"1390000{story.day:02d}{story.building:02d}"
    actor = street.actor_of(street.resident(story.person))
    number = street.submit(actor, story.text, building, channel=story.channel, **fields).matter.number
    if story.key:
        street.told[story.key] = number
    if story.public:
        street.timeline.plan(when + timedelta(minutes=12), street.publish, number, HOME)
    for minutes, name, who, step_fields in story.steps:
        moment = when + timedelta(minutes=minutes)
        street.timeline.plan(moment, _step, street, number, name, who, step_fields)


def _step(when, street, number, name, who, fields) -> None:
    fields = dict(fields)
    if name in {"solved", "unsolved"}:
        _judged(when, street, number, name == "solved", fields.get("remark", ""))
    elif name == "join":
        person = street.actor_of(street.resident(int(who)))
        building = Site.objects.get(code=f"{HOME}-B017" if "丹桂里" in fields["text"] else f"{HOME}-B004")
        street.submit(person, fields["text"], building, kind="complaint", join=number)
    elif name in SECOND:
        action, more = SECOND[name]
        action(actor=street.actor(who), number=number, **fields, **more)
    else:
        _move(when, street, number, name, street.actor(who), fields)


SECOND = {
    "acknowledge": (cases.acknowledge_major, {}),
    "approve": (cases.approve_pending, {}),
    "exclude": (cases.exclude_case, {}),
    "agree-exclusion": (cases.decide_exclusion, {"agree": True}),
}


def _move(when, street, number, name, actor, fields) -> None:
    """A move that must succeed: a story that cannot be told as written is a mistake of the story."""
    units = street.people.units
    if "orgs" in fields:
        fields["orgs"] = [units[fields["orgs"]].id]
    if "org" in fields:
        fields["org"] = units[fields["org"]].id
    if "into" in fields:
        fields["into"] = street.told[fields["into"]]
    if "review_on" in fields:
        fields["review_on"] = (when + timedelta(days=int(fields["review_on"]))).date()
    moves.perform(name, actor=actor, number=number, **fields)


def _judged(when, street, number, solved, remark) -> None:
    """Everybody who spoke says whether it is solved."""
    for voice in Voice.objects.filter(matter__number=number):
        who = actor_by_id(voice.account_id) if voice.account_id else ANONYMOUS.with_receipt(voice.id)
        fields = {"actor": who, "number": voice.number, "is_solved": solved, "is_satisfied": solved}
        street.attempt(when, cases.confirm_case, {**fields, "remark": remark})
