"""What a person would send: filled in rightly, so that the answer shows the right and not a missing field."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mulin.cases import moves
from mulin.kernel import clock
from mulin.kernel.secrets import new_secret
from tests.matrix.parts import all_parts
from tests.matrix.routes import Route
from tests.matrix.world import Matrix, Side

Params = dict[str, Any]
REPLY = (
    "您反映的三单元门口路灯不亮，我们昨晚到现场查看，是镇流器烧坏，已经换新并试亮；"
    "旁边两盏灯也一起检查过，都正常。再有问题请打社区电话。"
)


def move_body(matrix: Matrix, side: Side, move: str) -> Params:
    """What a move takes, right in form: so that the answer shows the right, not a missing field."""
    other = side.numbers["unpublished"]
    known: Params = {
        "facts": {"basics": "三单元门口的灯"}, "org": str(matrix.world.housing.id), "uphold": False,
        "orgs": [str(matrix.world.housing.id)], "reason": "需要写清楚的理由在这里", "agree": True,
        "done_text": "换了镇流器并试亮", "reply": REPLY, "into": other, "item": "safe", "state": "arrived",
        "result": "no_answer", "handler": str(side.clerk.account.pk), "text": "记一笔", "note": "已经制止了",
        "is_solved": True, "is_satisfied": True, "review_on": str(clock.today() + timedelta(days=30)),
        "reason_code": "illegal" if move == "exclude" else "repeated",
    }  # fmt: skip
    return {name: known[name] for name, needed in moves.field_names(move) if needed}


def _desk_move(matrix: Matrix, side: Side, params: Params) -> Params:
    body = move_body(matrix, side, params["move"])
    facts = body.pop("facts", {})
    plain = {name: str(value).lower() if isinstance(value, bool) else value for name, value in body.items()}
    return {**plain, **{f"fact_{code}": text for code, text in facts.items()}}


def _report(matrix: Matrix, side: Side, params: Params) -> Params:
    key = new_secret()
    return {
        "text": "路灯坏了三天了，晚上看不清路",
        "place": side.place,
        "kind": "complaint",
        "idempotency_key": key,
    }


def fixed(**body: Any) -> Callable[[Matrix, Side, Params], Params]:
    return lambda matrix, side, params: body


def _route(matrix: Matrix, side: Side) -> Params:
    return {"place": side.place, "category": "garbage", "org": str(side.ids["org"])}


def _template(matrix: Matrix, side: Side) -> Params:
    text = "我们到现场看过，灯泡坏了，已经换新并试亮，请您再看看。"
    return {"org": str(side.ids["org"]), "title": "换灯泡", "category": "street_lamp", "text": text}


TEXT = "前面说的地方在三单元门口，灯杆上有编号"
BODIES: dict[str, Callable[[Matrix, Side, Params], Params]] = {
    "portal:report": _report,
    "portal:urgent": lambda m, s, p: {**_report(m, s, p), "type": "gas_leak"},
    "portal:suggest": lambda m, s, p: {"text": TEXT, "place": s.place},
    "portal:place": lambda m, s, p: {"place": s.place},
    "portal:voice-add": fixed(**{"add-text": TEXT}),
    "portal:voice-correct": fixed(**{"correct-text": TEXT}),
    "portal:voice-withdraw": fixed(**{"withdraw-reason": "by_mistake"}),
    "portal:voice-rate": fixed(**{"rate-solved": "yes", "rate-satisfied": "yes"}),
    "portal:voice-reopen": fixed(**{"reopen-reason": "灯还是不亮"}),
    "portal:find": lambda m, s, p: {"number": s.numbers["published"], "code": "AAAAAAAA"},
    "desk:move": _desk_move,
    "desk:batch": lambda m, s, p: {"n": [s.numbers["published"]], "move": "accept"},
    "desk:view-save": fixed(name="新视图", query="state=reported"),
    "desk:view-change": fixed(name="改个名字"),
    "desk:matter-facts": fixed(basics="灯杆编号 3"),
    "desk:matter-category": fixed(category="garbage", kind="complaint", severity="minor"),
    "desk:matter-place": lambda m, s, p: {"place": s.place},
    "desk:matter-thread": lambda m, s, p: {"of": s.numbers["wish"], "reason": "从心愿里说起"},
    "desk:voice-contact": fixed(purpose="约上门时间"),
    "desk:voice-add": fixed(text=TEXT),
    "desk:voice-correct": fixed(text=TEXT),
    "desk:voice-withdraw": fixed(reason="by_mistake"),
    "desk:enter": lambda m, s, p: {"text": TEXT, "place": s.place, "channel": "phone"},
    "desk:enter-suggest": lambda m, s, p: {"text": TEXT, "place": s.place},
    "desk:urgent": lambda m, s, p: {"place": s.place, "category": "gas_leak", "address": "3栋门口"},
    "desk:publication-one": fixed(title="公开的标题", text="公开的内容"),
    "desk:wish-answer": fixed(decision="accepted", text="周六上午开班，欢迎来"),
    "desk:invitations": lambda m, s, p: {"place": s.place, "building": s.building, "doors": "1单元1-1"},
    "desk:group-new": lambda m, s, p: {"name": "新小组", "kind": "club", "place": s.place},
    "desk:group-change": fixed(what="close"),
    "desk:residence": fixed(accept="1"),
    "desk:search-phone": fixed(phone="13900001234", purpose="本人来电问进展"),
    "portal:survey": fixed(gain="4", happiness="5", safety="3", belonging="4"),
    "portal:survey-save": fixed(gain="4"),
    "desk:survey-new": lambda m, s, p: {"place": s.place, "template": "template:four_senses"},
    "desk:survey-frame": fixed(
        title="四感", closes_on="2099-01-01", once="device", roster_of="people"
    ),
    "desk:survey-question-new": fixed(kind="text", text="还有什么想说的"),
    "desk:survey-question": fixed(kind="rating", text="改过的题目", most=5),
    "desk:survey-question-order": fixed(step="down"),
    "desk:survey-codes": fixed(n=2),
    "desk:survey-enter": fixed(channel="paper", gain="4"),
    "desk:survey-void": fixed(reason="录了两次"),
    "desk:survey-publish": fixed(questions=["gain"], conclusion="接着办老人食堂。"),
    "desk:survey-reopen": fixed(closes_on="2099-01-02"),
    "people:account": lambda m, s, p: {"name": "新名字", "language": "zh-hans", "digest": "daily"},
    "people:residence": lambda m, s, p: {"place": s.place, "building": s.building, "door": "3单元1-1"},
    "people:invitation-use": lambda m, s, p: {"code": s.ids["invitation"]},
    "people:tokens": fixed(name="我的程序", days=30),
    "people:recover": fixed(password1="a-long-new-password-9", password2="a-long-new-password-9"),
    "people:erase": fixed(understood="on", proof="mulin-demo"),
    "doors:api:voices": lambda m, s, p: {"text": TEXT, "place": s.place, "kind": "complaint"},
    "doors:api:webhooks": fixed(url="http://example.org/hook"),
    "doors:open311-requests": lambda m, s, p: {
        "service_code": "street_lamp", "description": TEXT, "address_id": s.place,
    },
    "set_language": fixed(language="en"),
    "desk:desk_admin:rule-set": lambda m, s, p: {
        "value": "10 d", "place": s.place, "valid_from": str(clock.today()), "basis": "社区公约第三条",
        "certainty": "local practice",
    },
    "desk:desk_admin:group-new": fixed(code="new_group", name="新大类"),
    "desk:desk_admin:group": fixed(name="公共设施"),
    "desk:desk_admin:category-new": fixed(
        code="new_thing", name="新类别", parent="public_facilities", kinds=["help"], severity="minor"
    ),
    "desk:desk_admin:category": fixed(
        name="路灯", parent="public_facilities", kinds=["help", "complaint"], severity="minor", is_active="on"
    ),
    "desk:desk_admin:route-new": lambda m, s, p: _route(m, s),
    "desk:desk_admin:route": lambda m, s, p: _route(m, s),
    "desk:desk_admin:template-new": lambda m, s, p: _template(m, s),
    "desk:desk_admin:template": lambda m, s, p: _template(m, s),
    "desk:desk_admin:post-give": lambda m, s, p: {
        "person": "newcomer", "role": "clerk", "place": s.place, "begins_on": str(clock.today()),
    },
    "desk:desk_admin:account-new": lambda m, s, p: {"name": "新同事", "username": "fresh", "place": s.place},
    "desk:desk_admin:organisation-new": lambda m, s, p: {
        "name": "新物业", "kind": "property_firm", "place": s.place,
    },
    "desk:desk_admin:organisation": fixed(name="改名的单位", kind="committee"),
    "desk:desk_admin:group-found": lambda m, s, p: {"name": "象棋社", "kind": "club", "place": s.place},
    "desk:desk_admin:group-edit": lambda m, s, p: {"name": "改名的社", "kind": "club", "place": s.place},
    "desk:desk_admin:member-add": fixed(person="newcomer", role="group_member"),
    "desk:desk_admin:shape": fixed(crs="wgs84", remove="on"),
    "desk:desk_admin:site-new": fixed(name="新楼"),
    "desk:desk_admin:site": fixed(name="改名的楼"),
    "desk:desk_admin:webhook-new": fixed(url="http://example.org/hook", audience="public"),
    "desk:desk_admin:post-end": fixed(on="2099-01-01"),
    "desk:desk_admin:post-hand-over": fixed(person="neighbour", on="2099-01-01"),
    "desk:desk_admin:post-deputy": lambda m, s, p: {
        "person": "neighbour", "begins_on": str(clock.today()), "ends_on": str(clock.today()),
    },
}  # fmt: skip


def body_of(matrix: Matrix, route: Route, side: Side, params: Params) -> Params:
    """What is sent with a POST: filled in rightly where permission would hide behind a missing field."""
    if route.name.startswith("doors:api:case-"):
        return move_body(matrix, side, route.name.removeprefix("doors:api:case-"))
    maker = BODIES.get(route.name) or next(
        (part.BODIES[route.name] for part in all_parts() if route.name in part.BODIES), None
    )
    return maker(matrix, side, params) if maker else {}
