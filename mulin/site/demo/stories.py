"""The demo's told stories: wishes and offers, a courtyard meeting, a gas leak, a lamp that many report."""

from datetime import timedelta

from mulin.kernel.actors import ANONYMOUS
from mulin.people.queries import actor_by_id
from mulin.places.models import Site
from mulin.site.demo import content
from mulin.site.demo.places import HOME, NEIGHBOUR
from mulin.voices import actions as voices
from mulin.voices.models import Voice


def plan(street, stories, city: str) -> None:
    """Put every story on the timeline, counted back from the present."""
    now = street.timeline.end
    for i, wish in enumerate(stories.WISHES):
        begin = (now - timedelta(days=58 - 5 * i)).replace(hour=19, minute=10 + i)
        street.timeline.plan(begin, _wish, street, *wish)
    street.timeline.plan((now - timedelta(days=40)).replace(hour=15, minute=0), _meeting, street)
    street.timeline.plan((now - timedelta(days=9)).replace(hour=18, minute=42), _gas, street)
    street.timeline.plan((now - timedelta(days=6)).replace(hour=20, minute=15), _lamp, street)
    street.timeline.plan((now - timedelta(days=3)).replace(hour=17, minute=5), _residents_own, street)
    for hours, (text, category, moves) in enumerate(content.TODAY):
        moment = now - timedelta(hours=40 - 3 * hours)
        street.timeline.plan(moment, _left_as_it_is, street, text, category, moves, hours)


def _wish(when, street, kind, category, text, beside, decision, answer) -> None:
    """Someone wishes or offers; neighbours stand beside it; the community answers with a reason."""
    residents = street.people.residents[HOME]
    person = street.rng.choice(residents)
    receipt = voices.submit_voice(
        actor=street.actor_of(person), text=text, place=HOME, kind=kind, category=category, channel="portal"
    )
    number = receipt.voice.matter.number
    for neighbour in street.rng.sample(residents, min(beside, len(residents))):
        fields = {"actor": street.actor_of(neighbour), "number": number}
        street.later(when, (1, 200), street.attempt, voices.me_too, fields)
    street.later(when, (2, 20), _publish_wish, street, number, text)
    if decision:
        fields = {"actor": street.actor("clerk"), "number": number, "decision": decision, "text": answer}
        street.later(when, (60, 160), street.attempt, voices.answer_wish, fields)


def _publish_wish(when, street, number, text) -> None:
    fields = {"actor": street.actor("clerk"), "number": number, "title": text[:30], "text": text}
    street.attempt(when, voices.publish_matter, fields)


def _meeting(when, street) -> None:
    """A courtyard meeting: the grid worker writes down what five people say, each a voice of its own."""
    yard = Site.objects.filter(community=HOME, kind="building", estate=f"{HOME}-C02").order_by("code")
    for i, (text, building) in enumerate(zip(content.MEETING, yard, strict=False)):
        receipt = voices.submit_voice(
            actor=street.actor("gridworker"),
            text=text,
            place=HOME,
            kind="suggestion" if i % 2 else "help",
            building=building.code,
            lon=building.lon,
            lat=building.lat,
            address=building.name,
            channel="courtyard",
            entered_for=True,
            located_by="list",
        )
        number = receipt.voice.matter.number
        street.later(when, (1, 20), street.publish, number, HOME)
        street.later(when, (2, 30), street.take_up, number, HOME, "estate", building)


def _gas(when, street) -> None:
    """A gas leak goes the urgent way and is over within the hour."""
    building = Site.objects.get(code=f"{HOME}-B012")
    receipt = voices.submit_voice(
        actor=street.actor("gridworker"),
        text="堰坎老院有很重的燃气味，已经让楼上的人先下来，没有动开关",
        place=HOME,
        kind="help",
        category="gas_leak",
        severity="major",
        building=building.code,
        lon=building.lon,
        lat=building.lat,
        address=building.name,
        channel="patrol",
    )
    number = receipt.voice.matter.number
    steps = [
        (3, "acknowledge", "clerk", {}),
        (5, "accept", "street", {}),
        (6, "dispatch", "street", {"org": street.people.units["gas"].id, "note": "楼内人员已疏散"}),
        (21, "start", "gas1", {}),
        (55, "finish", "gas1", {
            "done_text": "二楼软管老化脱落，关阀、通风、更换软管并检漏，逐户检查后恢复供气",
            "reply": "漏气的地方在二楼灶台软管，已经换好，整栋楼逐户查过，可以回家了。软管用满八年请换新的。",
            "confirm_reply": True,
        }),
    ]  # fmt: skip
    for minutes, name, who, fields in steps:
        street.timeline.plan(when + timedelta(minutes=minutes), _step, street, name, who, number, fields)
    street.timeline.plan(when + timedelta(hours=15), _confirm_all, street, number)


def _step(when, street, name, who, number, fields) -> None:
    if name == "acknowledge":
        from mulin.cases import actions as cases

        street.attempt(when, cases.acknowledge_major, {"actor": street.actor(who), "number": number})
    elif name == "not-solved":
        _tell_all(when, street, number, False)
    else:
        street.move(name, street.actor(who), number, **fields)


def _confirm_all(when, street, number) -> None:
    _tell_all(when, street, number, True)


def _tell_all(when, street, number, solved) -> None:
    """Everybody who spoke says whether it is solved."""
    from mulin.cases import actions as cases

    for voice in Voice.objects.filter(matter__number=number):
        who = actor_by_id(voice.account_id) if voice.account_id else ANONYMOUS.with_receipt(voice.id)
        fields = {"actor": who, "number": voice.number, "is_solved": solved, "is_satisfied": solved}
        street.attempt(when, cases.confirm_case, fields)


def _lamp(when, street) -> None:
    """One dark path, many who say so: neighbours stand beside it instead of reporting it again."""
    building = Site.objects.get(code=f"{HOME}-B009")
    receipt = voices.submit_voice(
        actor=street.actor_of(street.people.residents[HOME][3]),
        text="堰坎老院到公交站那段路的路灯五盏灭了三盏，下晚自习的孩子要摸黑走",
        place=HOME,
        category="street_lamp",
        building=building.code,
        lon=building.lon,
        lat=building.lat,
        address=building.name,
    )
    number = receipt.voice.matter.number
    street.later(when, (1, 2), street.publish, number, HOME)
    for neighbour in street.people.residents[HOME][4:19]:
        fields = {"actor": street.actor_of(neighbour), "number": number}
        street.later(when, (3, 60), street.attempt, voices.me_too, fields)
    street.timeline.plan(when + timedelta(hours=14), _do, street, street.clerk(HOME), number, "accept", {})
    street.timeline.plan(
        when + timedelta(hours=15), street.send_out, number, HOME, "public_facilities", building, "urban"
    )


def _residents_own(when, street) -> None:
    """What the demo's resident and neighbour said themselves: one waits for their word, one is in hand."""
    for key, place, code, text in (
        ("resident", HOME, f"{HOME}-B001", "1栋门口的雨水篦子堵了，一下雨水就漫到单元门里"),
        ("neighbour", NEIGHBOUR, f"{NEIGHBOUR}-B002", "桐林2栋楼下的健身器材扶手松了，老人扶着晃"),
    ):
        building = Site.objects.get(code=code)
        receipt = voices.submit_voice(
            actor=street.actor(key),
            text=text,
            place=place,
            kind="help",
            building=building.code,
            lon=building.lon,
            lat=building.lat,
            address=building.name,
            located_by="list",
        )
        number = receipt.voice.matter.number
        street.later(when, (1, 3), street.publish, number, place)
        clerk = street.clerk(place)
        reply = f"{building.name}的问题师傅昨天处理好了，今天早上又去看过。您看看还有没有不对的地方。"
        plan_at = when + timedelta(hours=15)
        street.timeline.plan(plan_at, _do, street, clerk, number, "accept", {})
        street.timeline.plan(plan_at + timedelta(hours=1), _do, street, clerk, number, "start", {})
        fields = {"done_text": "清掏并更换破损的篦子", "reply": reply, "confirm_reply": True}
        if key == "resident":
            street.timeline.plan(plan_at + timedelta(hours=7), _do, street, clerk, number, "finish", fields)


def _do(when, street, actor, number, name, fields) -> None:
    street.move(name, actor, number, **fields)


def _left_as_it_is(when, street, text, category, moves, nth) -> None:
    """A matter of the last two days that is left in one state, so that the desk has each of them."""
    building = street.buildings[HOME][(nth * 3) % len(street.buildings[HOME])]
    receipt = voices.submit_voice(
        actor=street.actor_of(street.people.residents[HOME][nth]),
        text=f"{building.name}{text}",
        place=HOME,
        kind="help",
        category=category,
        building=building.code,
        lon=building.lon,
        lat=building.lat,
        address=building.name,
        contact=f"1390000{nth:04d}",
        located_by="list",
    )
    number = receipt.voice.matter.number
    street.later(when, (0.1, 0.4), street.publish, number, HOME)
    for step, (name, who, fields) in enumerate(moves):
        fields = dict(fields)
        if "orgs" in fields:
            fields["orgs"] = [street.people.units[fields["orgs"]].id]
        if "org" in fields:
            fields["org"] = street.people.units[fields["org"]].id
        if fields.get("into") == "earlier":
            fields["into"] = street.earlier
        street.timeline.plan(
            when + timedelta(minutes=20 + 15 * step), _step, street, name, who, number, fields
        )
    if not moves:
        street.earlier = number
