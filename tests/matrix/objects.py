"""For each route: which things it is asked for, and what a person would send there.

A route with parameters that is not named here fails the matrix test with a sentence that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mulin.cases import moves
from mulin.kernel import clock
from mulin.kernel.secrets import new_secret
from tests.matrix.routes import Route
from tests.matrix.world import Matrix, Side

Params = dict[str, Any]
MATTERS = ("published", "unpublished", "tip_off", "major")
REPLY = (
    "您反映的三单元门口路灯不亮，我们昨晚到现场查看，是镇流器烧坏，已经换新并试亮；"
    "旁边两盏灯也一起检查过，都正常。再有问题请打社区电话。"
)


@dataclass(frozen=True)
class Thing:
    """One thing that a route is asked for. `holds` names the voice whose receipt the browser has."""

    name: str = ""
    place: str = ""
    params: Callable[[Side], Params] = lambda side: {}
    holds: str = ""
    methods: frozenset[str] | None = None  # only these; else whatever the route may take


def both(name: str, params: Callable[[Side], Params], **more: Any) -> list[Thing]:
    return [Thing(name, place, params, **more) for place in ("home", "away")]


def numbered(*names: str) -> list[Thing]:
    return [t for n in names for t in both(n, lambda side, n=n: {"number": side.numbers[n]})]


def voiced(*names: str) -> list[Thing]:
    return [t for n in names for t in both(f"voice-{n}", lambda side, n=n: {"number": side.voices[n].number})]


def own(name: str, param: str) -> list[Thing]:
    return both(name, lambda side: {param: side.ids[name]})


def photos(**more: Any) -> list[Thing]:
    return [
        t
        for n in ("approved", "unapproved")
        for t in both(n, lambda side, n=n: {"photo_id": side.photos[n], **more})
    ]


WITH_RECEIPT = Thing(
    "voice-anonymous-held", "home", lambda side: {"number": side.voices["anonymous"].number}, "anonymous"
)
PLACES = both("community", lambda side: {"place": side.place})
ONE_FORM = {"form": "json"}
POST = frozenset({"POST"})
THINGS: dict[str, list[Thing]] = {
    "portal:community": PLACES, "portal:wishes": PLACES, "portal:answers": PLACES, "portal:matters": PLACES,
    "portal:people": PLACES,
    "portal:receipt": both("receipt", lambda side: {"secret": side.secrets["anonymous"]}),
    "portal:receipt-print": both("receipt", lambda side: {"secret": side.secrets["anonymous"]}),
    "portal:notice-open": own("resident_notice", "notice_id"),
    "portal:matter": numbered(*MATTERS, "wish"),
    "portal:me-too": numbered(*MATTERS, "wish"),
    "portal:photo": photos(size="thumb"),
    "people:residence-end": own("own_residence", "residence_id"),
    "people:group": own("group", "group_id"),
    "people:group-leave": own("group", "group_id"),
    "people:token-revoke": own("token", "token_id"),
    "people:recover": own("recover", "secret"),
    "desk:case": numbered(*MATTERS),
    "desk:case-print": numbered("published", "tip_off"),
    "desk:view-change": own("view", "view_id"),
    "desk:matter-facts": numbered(*MATTERS, "wish"),
    "desk:matter-category": numbered("published", "tip_off"),
    "desk:matter-place": numbered("published", "tip_off"),
    "desk:photo": photos(),
    "desk:receipt": voiced("published", "tip_off", "major", "anonymous"),
    "desk:voice-contact": voiced("published", "tip_off", "major", "anonymous"),
    "desk:publication-one": numbered("published", "tip_off", "major"),
    "desk:wish": numbered("published", "wish"),
    "desk:wish-answer": numbered("wish"),
    "desk:group": own("group", "group_id"),
    "desk:group-change": own("group", "group_id"),
    "desk:residence": own("residence", "residence_id"),
    "desk:notice-open": own("clerk_notice", "notice_id"),
    "places:shapes": both("community", lambda side: {"code": side.place}),
    "places:buildings": both("community", lambda side: {"community": side.place}),
    "disclosure:photo": photos(),
    "disclosure:thumb": photos(),
    "disclosure:entry": numbered(*MATTERS, "wish"),
    "insight:map": PLACES, "insight:export": PLACES,
    "doors:api:voice": voiced("published", "tip_off", "major", "anonymous"),
    "doors:api:case": numbered(*MATTERS),
    "doors:api:board": PLACES,
    "doors:api:place": both("community", lambda side: {"code": side.place}),
    "doors:api:webhook": own("webhook", "webhook_id"),
    "doors:api:webhook-test": own("webhook", "webhook_id"),
    "doors:api:webhook-resume": own("webhook", "webhook_id"),
    "doors:open311-discovery-as": [Thing(params=lambda side: ONE_FORM)],
    "doors:open311-services": [Thing(params=lambda side: ONE_FORM)],
    "doors:open311-service": [Thing(params=lambda side: {"code": "street_lamp", **ONE_FORM})],
    "doors:open311-requests": [Thing(params=lambda side: ONE_FORM)],
    "doors:open311-request": [
        t
        for n in ("published", "unpublished", "tip_off", "major")
        for t in both(f"voice-{n}", lambda side, n=n: {"number": side.voices[n].number, **ONE_FORM})
    ],
    "doors:open311-token": both(
        "voice-published", lambda side: {"token": side.voices["published"].number, **ONE_FORM}
    ),
    "doors:open311-unknown-as": [Thing(params=lambda side: {"rest": "nothing", **ONE_FORM})],
    "doors:open311-unknown": [Thing(params=lambda side: {"rest": "nothing"})],
}  # fmt: skip
for _name in ("job", "job-state", "job-stop", "job-file"):
    THINGS[f"desk:{_name}"] = own("job", "job_id")
for _name in ("voice", "voice-add", "voice-correct", "voice-withdraw", "voice-rate", "voice-reopen"):
    THINGS[f"portal:{_name}"] = [*voiced("published", "tip_off", "anonymous"), WITH_RECEIPT]
for _name in ("voice-keep", "voice-forget"):
    THINGS[f"portal:{_name}"] = [*voiced("published", "anonymous"), WITH_RECEIPT]
for _name in ("voice-add", "voice-correct", "voice-withdraw"):
    THINGS[f"desk:{_name}"] = voiced("published", "tip_off")
# One move tells what may be seen; each move tells who may do it.
SEEN_BY = "accept"
THINGS["desk:move"] = [
    thing
    for move in [SEEN_BY, *sorted(set(moves.ALL) - {SEEN_BY})]
    for name in (MATTERS if move == SEEN_BY else ("published",))
    for thing in both(
        f"{move} {name}", lambda side, m=move, n=name: {"number": side.numbers[n], "move": m},
        methods=None if move == SEEN_BY else POST,
    )
    if move == SEEN_BY or thing.place == "home"
]  # fmt: skip
for _name in moves.ALL:
    _things = numbered(*(MATTERS if _name == SEEN_BY else ("published",)))
    THINGS[f"doors:api:case-{_name}"] = voiced("published") if _name == "confirm" else _things


def admin_things() -> dict[str, list[Thing]]:
    """What the rooms of the administration are asked for."""
    site = both("building", lambda s: {"community": s.place, "kind": "building", "code": s.building})
    kind = both("community", lambda s: {"community": s.place, "kind": "building"})
    found = {
        "rule": [Thing(params=lambda s: {"name": "cases.limit.solve"})],
        "rule-set": [Thing(params=lambda s: {"name": "cases.limit.solve"})],
        "rule-withdraw": own("override", "override_id"),
        "group": [Thing(params=lambda s: {"code": "public_facilities"})],
        "reorganise-plan": [Thing("forged", params=lambda s: {"token": "forged"})],
        "shape": both("community", lambda s: {"code": s.place}),
        "division": both("community", lambda s: {"code": s.place}),
        "site-assign": both("community", lambda s: {"community": s.place}),
        "sites": kind, "site-new": kind, "site": site, "site-close": site,
        "journal-line": own("entry", "entry_id"),
        "member-end": both("member", lambda s: {"group_id": s.ids["group"], "post_id": s.ids["member"]}),
    }  # fmt: skip
    found |= {
        name: [Thing(params=lambda s: {"code": "street_lamp"})] for name in ("category", "category-switch")
    }
    for thing, param, names in (
        ("route", "route_id", ("route", "route-delete")),
        ("template", "template_id", ("template", "template-delete")),
        ("post", "post_id", ("post-end", "post-hand-over", "post-deputy")),
        ("account", "account_id", ("account", "account-switch", "account-link")),
        ("org", "org_id", ("organisation", "organisation-close")),
        ("group", "group_id", ("group-page", "group-edit", "group-close", "group-adopt", "member-add")),
        ("webhook", "webhook_id", ("webhook-remove", "webhook-test", "webhook-resume")),
        ("job", "job_id", ("job", "job-state", "job-stop", "job-file")),
    ):
        found |= {name: own(thing, param) for name in names}
    return {f"desk:desk_admin:{name}": things for name, things in found.items()}


THINGS |= admin_things()
# Anyone may report anywhere: these are asked for both communities though their address names none.
ANYWHERE = {
    "portal:report", "portal:urgent", "desk:enter", "desk:urgent", "desk:invitations", "desk:group-new",
    "doors:api:voices", "doors:open311-requests",
}  # fmt: skip


def things_of(route: Route) -> list[Thing] | None:
    """The things that a route is asked for; None when it has parameters and nobody said which."""
    if route.name in ANYWHERE:
        return both("community", THINGS[route.name][0].params if route.params else lambda side: {})
    if route.name == "insight:board" and route.params:
        return PLACES
    return THINGS.get(route.name) if route.params else [Thing()]


# What is sent -------------------------------------------------------------------------------------


def move_body(matrix: Matrix, side: Side, move: str) -> Params:
    """What a move takes, right in form: so that the answer shows the right, not a missing field."""
    other = side.numbers["unpublished"]
    known: Params = {
        "facts": {"basics": "三单元门口的灯"}, "org": str(matrix.world.housing.id), "uphold": False,
        "orgs": [str(matrix.world.housing.id)], "reason": "需要写清楚的理由在这里", "agree": True,
        "done_text": "换了镇流器并试亮", "reply": REPLY, "into": other, "item": "safe", "state": "arrived",
        "result": "no_answer", "handler": str(side.clerk.account.pk), "text": "记一笔", "note": "已经制止了",
        "is_solved": True, "is_satisfied": True, "review_on": "2099-01-05",
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
    "desk:matter-category": fixed(category="street_lamp", kind="complaint", severity="minor"),
    "desk:matter-place": lambda m, s, p: {"place": s.place, "building": s.building},
    "desk:voice-contact": fixed(purpose="约上门时间"),
    "desk:voice-add": fixed(text=TEXT),
    "desk:voice-correct": fixed(text=TEXT),
    "desk:voice-withdraw": fixed(reason="by_mistake"),
    "desk:enter": lambda m, s, p: {"text": TEXT, "place": s.place, "channel": "phone"},
    "desk:enter-suggest": lambda m, s, p: {"text": TEXT, "place": s.place},
    "desk:urgent": lambda m, s, p: {"place": s.place, "category": "gas_leak", "text": "味道很重"},
    "desk:publication-one": fixed(title="公开的标题", text="公开的内容"),
    "desk:wish-answer": fixed(decision="accepted", text="周六上午开班，欢迎来"),
    "desk:invitations": lambda m, s, p: {"place": s.place, "building": s.building, "doors": "1单元1-1"},
    "desk:group-new": lambda m, s, p: {"name": "新小组", "kind": "club", "place": s.place},
    "desk:group-change": fixed(what="close"),
    "desk:residence": fixed(accept="1"),
    "desk:search-phone": fixed(phone="13900001234", purpose="本人来电问进展"),
    "people:account": lambda m, s, p: {"name": "新名字", "language": "zh-hans", "digest": "daily"},
    "people:residence": lambda m, s, p: {"place": s.place, "building": s.building, "door": "3单元1-1"},
    "people:invitation-use": fixed(code="AAAA-BBBB"),
    "people:tokens": fixed(name="我的程序", days=30),
    "people:recover": fixed(password1="a-long-new-password-9", password2="a-long-new-password-9"),
    "people:erase": fixed(understood="on", proof="mulin-demo"),
    "doors:api:voices": lambda m, s, p: {"text": TEXT, "place": s.place, "kind": "complaint"},
    "doors:api:webhooks": fixed(url="http://example.org/hook"),
    "doors:open311-requests": lambda m, s, p: {
        "service_code": "street_lamp", "description": TEXT, "address_id": s.place,
    },
    "set_language": fixed(language="en"),
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
    maker = BODIES.get(route.name)
    return maker(matrix, side, params) if maker else {}
