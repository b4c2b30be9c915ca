"""For each route: which things it is asked for. What a person would send there is in `bodies`.

A route with parameters that is not named here fails the matrix test with a sentence that says so.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from mulin.cases import moves
from tests.matrix import ready
from tests.matrix.parts import all_parts
from tests.matrix.routes import Route
from tests.matrix.world import Side

Params = dict[str, Any]
MATTERS = ("published", "unpublished", "tip_off", "major")


@dataclass(frozen=True)
class Thing:
    """One thing that a route is asked for. `holds` names the voice whose receipt the browser has; `first` is
    what colleagues do before, so that the case stands where the move is possible (see `ready`)."""

    name: str = ""
    place: str = ""
    params: Callable[[Side], Params] = lambda side: {}
    holds: str = ""
    methods: frozenset[str] | None = None  # only these; else whatever the route may take
    first: str = ""


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
    "desk:matter-thread": numbered("published", "tip_off"),
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
    "doors:api:webhook-resume": own("webhook_off", "webhook_id"),
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
RATED = ("voice-published", "home")
for _name in ("voice-rate", "voice-reopen"):
    THINGS[f"portal:{_name}"] = [
        replace(one, first=_name.removeprefix("voice-") if (one.name, one.place) == RATED else "")
        for one in THINGS[f"portal:{_name}"]
    ]
# One move tells what may be seen; each move tells who may do it, where it can be done.
SEEN_BY = "accept"


def moved(move: str, name: str) -> Callable[[Side], Params]:
    return lambda side: {"number": side.numbers[name], "move": move}


def ripe(move: str, one: Thing) -> str:
    """Which steps to take before: for the one thing of the home community that they are about."""
    return move if one.place == "home" and one.name.endswith(ready.ELSEWHERE.get(move, "published")) else ""


def matters_of(move: str) -> tuple[str, ...]:
    return MATTERS if move == SEEN_BY else (ready.ELSEWHERE.get(move, "published"),)


THINGS["desk:move"] = [
    replace(one, methods=None if move == SEEN_BY else POST, first=ripe(move, one))
    for move in [SEEN_BY, *sorted(set(moves.ALL) - {SEEN_BY})]
    for name in matters_of(move)
    for one in both(f"{move} {name}", moved(move, name))
    if move == SEEN_BY or one.place == "home"
]
for _name in moves.ALL:
    _things = voiced("published") if _name == "confirm" else numbered(*matters_of(_name))
    THINGS[f"doors:api:case-{_name}"] = [replace(one, first=ripe(_name, one)) for one in _things]


SURVEYS = ("survey_draft", "survey_open", "survey_published")
for _name in ("survey", "survey-save", "survey-thanks", "survey-results"):
    THINGS[f"portal:{_name}"] = numbered(*SURVEYS)
THINGS["desk:survey"] = numbered(*SURVEYS)
# Which survey a page is for: the state in which what it does can be done.
for _name, _state in {
    "survey-frame": "draft", "survey-question-new": "draft", "survey-codes": "draft", "survey-give": "open",
    "survey-paper": "open", "survey-enter": "open", "survey-results": "open", "survey-print": "open",
    "survey-export": "open", "survey-texts": "open", "survey-publish": "published",
    "survey-reopen": "published",
}.items():  # fmt: skip
    THINGS[f"desk:{_name}"] = numbered(f"survey_{_state}")
for _name, _state, _params in (
    ("survey-question", "draft", {"key": "gain"}),
    ("survey-question-order", "draft", {"key": "gain"}),
    ("survey-void", "open", {"sheet": "sheet"}),
    ("survey-raise", "open", {"sheet": "sheet", "key": "words"}),
):
    THINGS[f"desk:{_name}"] = both(
        f"survey_{_state}",
        lambda side, state=_state, params=_params: {
            "number": side.numbers[f"survey_{state}"],
            **{name: side.ids.get(value, value) for name, value in params.items()},
        },
    )
MOVES_OF_SURVEYS = {"open": "draft", "discard": "draft", "close": "open", "withdraw": "published"}
THINGS["desk:survey-move"] = [
    thing
    for move, state in MOVES_OF_SURVEYS.items()
    for thing in both(
        f"{move} survey_{state}",
        lambda side, move=move, state=state: {"number": side.numbers[f"survey_{state}"], "move": move},
    )
]


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
        "journal-line": [t for n in ("entry", "entry-tip_off", "entry-major") for t in own(n, "entry_id")],
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
        ("org", "org_id", ("organisation",)),
        ("empty_org", "org_id", ("organisation-close",)),
        ("group", "group_id", ("group-page", "group-edit", "group-close", "group-adopt", "member-add")),
        ("webhook", "webhook_id", ("webhook-remove", "webhook-test")),
        ("webhook_off", "webhook_id", ("webhook-resume",)),
        ("job", "job_id", ("job", "job-state", "job-stop", "job-file")),
    ):
        found |= {name: own(thing, param) for name in names}
    return {f"desk:desk_admin:{name}": things for name, things in found.items()}


THINGS |= admin_things()
# Anyone may report anywhere, and what is founded lies somewhere: these are asked for both communities though
# their address names none.
ANYWHERE = {
    "portal:report", "portal:urgent", "desk:enter", "desk:urgent", "desk:invitations", "desk:group-new",
    "doors:api:voices", "doors:open311-requests", "desk:survey-new",
    *(
        f"desk:desk_admin:{name}"
        for name in ("rule-set", "route-new", "template-new", "post-give", "account-new", "organisation-new",
                     "group-found")
    ),
}  # fmt: skip


def things_of(route: Route) -> list[Thing] | None:
    """The things that a route is asked for; None when it has parameters and nobody said which."""
    if route.name in ANYWHERE:
        return both("community", THINGS[route.name][0].params if route.params else lambda side: {})
    if route.name == "insight:board" and route.params:
        return PLACES
    return _known().get(route.name) if route.params else [Thing()]


@cache
def _known() -> dict[str, list[Thing]]:
    """What is named here and in the files of `parts`, which build on this one."""
    return {**THINGS, **{name: things for part in all_parts() for name, things in part.THINGS.items()}}
