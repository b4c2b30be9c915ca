"""Help between neighbours: needs, a helper, a match in each state, a visit, an incident and a give-back, in
both communities. Nothing of it is public."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mulin.kernel import clock
from mulin.mutualaid.matching import actions
from mulin.mutualaid.matching.models import AidHelper
from mulin.voices.actions import submit_voice
from tests.matrix.objects import POST, Thing, both
from tests.matrix.world import Matrix, Side

PUBLISHED = ()
WINDOWS = [{"day": day, "from": "16:00", "to": "18:30"} for day in range(1, 7)]


def _number(name: str, **more: str) -> list[Thing]:
    """A thing by its number, with what else the address names, by its name in `side.ids`."""
    return both(
        name,
        lambda side: {
            "number": side.numbers[name], **{key: side.ids.get(value, value) for key, value in more.items()},
        },
    )  # fmt: skip


def _moves(route_param: str, moves: dict[str, str]) -> list[Thing]:
    return [
        Thing(f"{move} {name}", place, _move(name, route_param, move), methods=POST)
        for move, name in moves.items()
        for place in ("home", "away")
    ]


def _move(name: str, param: str, move: str) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {"number": side.numbers[name], param: move}


def _visit(name: str, **more: str) -> list[Thing]:
    return both(name, lambda side: {"visit": side.ids[name], **more})


HERE = both("community", lambda side: {"place": side.place})
THINGS: dict[str, list[Thing]] = {
    "aid:community": HERE,
    "aid:need-ask": HERE,
    "aid:need-new": both("community", lambda side: {"place": side.place, "kind": "company"}),
    "aid:helper-new": HERE,
    "aid:visit": [*_visit("aid_visit", step="confirm"), *_visit("aid_visit_other", step="dispute")],
    "aid:helper-move": _moves("move", {"rest": "aid_helper", "end": "aid_helper"}),
    "aid:match-answer": _number("aid_match_proposed"),
    "aid_desk:need-take": both("wish", lambda side: {"number": side.numbers["wish"]}),
    "aid_desk:need-propose": _number("aid_need_shown", offer="aid_offer"),
    "aid_desk:helper-move": _moves(
        "move", {"screen": "aid_helper_new", "duty": "aid_helper_trained", "end": "aid_helper"}
    ),
    "aid_desk:helper-decline": _number("aid_helper_new"),
    "aid_desk:helper-check-end": _number("aid_helper", check="aid_check"),
    "aid_desk:match-move": _moves("move", {"yes": "aid_match_proposed", "pause": "aid_match"}),
    "aid_desk:visit-settle": _visit("aid_visit_other"),
    "aid_desk:incident": _number("aid_incident"),
    "aid_desk:giveback-publish": _number("aid_giveback"),
}
for _name in ("need", "need-edit", "need-consent", "need-close", "need-giveback"):
    THINGS[f"aid:{_name}"] = _number("aid_need_open" if _name != "need-giveback" else "aid_need")
for _name in ("helper", "helper-edit"):
    THINGS[f"aid:{_name}"] = _number("aid_helper")
for _name in ("match", "match-pause", "match-stop", "match-visit", "match-incident"):
    THINGS[f"aid:{_name}"] = _number("aid_match")
for _name in ("", "-edit", "-suggest", "-consent-print", "-close"):
    THINGS[f"aid_desk:need{_name}"] = _number("aid_need_open")
THINGS["aid_desk:need-consent"] = _number("aid_need_unsigned")
THINGS["aid_desk:need-consent-end"] = THINGS["aid_desk:need-giveback"] = _number("aid_need")
for _name in ("", "-edit", "-check", "-insurance"):
    THINGS[f"aid_desk:helper{_name}"] = _number("aid_helper")
for _name in ("", "-close", "-visit", "-incident", "-print"):
    THINGS[f"aid_desk:match{_name}"] = _number("aid_match")
THINGS["aid_desk:match-talk"] = _number("aid_match_trial")

_NEED = {"kind": "company", "name": "三单元", "days": ["1"], "begins": "16:00", "ends": "18:00"}
_HELPER = {"kinds": ["company"], "name": "王婶", "days": ["1"], "begins": "16:00", "ends": "18:00",
           "capacity": "3"}  # fmt: skip
_WHY = {"why": "not_needed"}


def _today() -> str:
    return clock.today().isoformat()


Body = Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]
BODIES: dict[str, Body] = {
    "aid:need-new": lambda m, s, p: _NEED,
    "aid:need-edit": lambda m, s, p: _NEED,
    "aid:need-close": lambda m, s, p: _WHY,
    "aid:need-giveback": lambda m, s, p: {"on": _today(), "words": "搬桌椅", "times": 1},
    "aid:helper-new": lambda m, s, p: _HELPER,
    "aid:helper-edit": lambda m, s, p: _HELPER,
    "aid:match-answer": lambda m, s, p: {"answer": "yes"},
    "aid:match-stop": lambda m, s, p: _WHY,
    "aid:match-visit": lambda m, s, p: {"on": _today(), "minutes": 45},
    "aid:match-incident": lambda m, s, p: {"what": "other", "happened_on": _today(), "text": "等了很久"},
    "aid:visit": lambda m, s, p: {"reason": "那天没去"},
    "aid_desk:need-new": lambda m, s, p: {**_NEED, "place": s.place, "channel": "phone"},
    "aid_desk:needs-plan": lambda m, s, p: {"place": s.place},
    "aid_desk:need-take": lambda m, s, p: {"text": "转到邻里互助了"},
    "aid_desk:need-edit": lambda m, s, p: _NEED,
    "aid_desk:need-propose": lambda m, s, p: {"safe_rule": "two_adults", "safe_note": "家里"},
    "aid_desk:need-consent": lambda m, s, p: {"given_on": _today()},
    "aid_desk:need-close": lambda m, s, p: _WHY,
    "aid_desk:need-giveback": lambda m, s, p: {"on": _today(), "words": "搬桌椅", "times": 1},
    "aid_desk:helper-new": lambda m, s, p: {**_HELPER, "place": s.place},
    "aid_desk:helper-edit": lambda m, s, p: _HELPER,
    "aid_desk:helper-decline": lambda m, s, p: {"reason": "住得太远"},
    "aid_desk:helper-check": lambda m, s, p: {"checked_on": _today(), "source": "派出所", "is_clear": "yes"},
    "aid_desk:helper-check-end": lambda m, s, p: {"reason": "登记错了"},
    "aid_desk:helper-insurance": lambda m, s, p: {"until": "2099-01-01"},
    "aid_desk:helpers-training": lambda m, s, p: {
        "topic": "food", "on": _today(), "minutes": 60, "helpers": [s.numbers["aid_helper"]],
    },
    "aid_desk:match-move": lambda m, s, p: {"side": "helper"},
    "aid_desk:match-talk": lambda m, s, p: {"note": "都好", "goes_on": "yes"},
    "aid_desk:match-close": lambda m, s, p: {"why": "family"},
    "aid_desk:match-visit": lambda m, s, p: {"on": _today(), "minutes": 45},
    "aid_desk:match-incident": lambda m, s, p: {"what": "other", "happened_on": _today(), "text": "等了很久"},
    "aid_desk:visit-settle": lambda m, s, p: {"counts": "yes", "minutes": 45},
    "aid_desk:incident": lambda m, s, p: {"text": "问清了，没有事"},
    "aid_desk:giveback-publish": lambda m, s, p: {"text": "给院坝会搬桌椅"},
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """Made by the community's own clerk; the resident's family is helped, a worker's colleague helps."""
    for side in (matrix.home, matrix.away):
        _helpers(side)
        _begun(side)
        _waiting(side)
        if "wish" not in side.numbers:  # The demo's pages have no world's wish to take over.
            said = submit_voice(
                actor=side.resident.actor, text="想有人陪妈妈下楼走走", place=side.place, kind="wish"
            )
            side.numbers["wish"] = said.voice.matter.number


def _helper(side: Side, name: str, account: Any = None) -> AidHelper:
    given = {"name": "王婶", "kinds": ["pickup", "company"], "windows": WINDOWS, "capacity": 6}
    made = actions.enter_helper(
        actor=side.clerk.actor, place=side.place, account=account.pk if account else None, **given
    )
    side.numbers[name] = made.number
    return made


def _helpers(side: Side) -> None:
    clerk = side.clerk.actor
    _helper(side, "aid_helper_new")
    for name in ("aid_helper", "aid_helper_trained"):
        made = _helper(side, name)
        actions.screen_helper(actor=clerk, number=made.number)
        for topic in ("basics", "child_safety"):
            actions.give_training(
                actor=clerk, numbers=[made.number], topic=topic, on=clock.today(), minutes=60
            )
        actions.insure_helper(actor=clerk, number=made.number, until=clock.today() + timedelta(days=300))
        check = actions.record_check(
            actor=clerk, number=made.number, checked_on=clock.today(), source="派出所"
        )
        if name == "aid_helper":
            side.ids["aid_check"] = check.pk
            actions.put_on_duty(actor=clerk, number=made.number)


def _need(side: Side, name: str, day: int, kind: str = "company", *, consent: bool = True) -> Any:
    """Each on a day of its own, so that one helper can have them all."""
    windows = [{"day": day, "from": "16:00", "to": "17:30"}]
    made = actions.ask_help(
        actor=side.resident.actor, place=side.place, kind=kind, name="三单元", windows=windows,
        has_consent=consent,
    )  # fmt: skip
    side.numbers[name] = made.number
    return made


def _proposed(side: Side, need: Any) -> Any:
    clerk = side.clerk.actor
    offer = actions.suggest_helpers(actor=clerk, number=need.number)[0]
    return actions.propose_match(
        actor=clerk, number=need.number, offer=offer.pk, safe_rule="two_adults", safe_note="家里"
    )


def _begun(side: Side) -> None:
    """A trial with two visits and an incident that was looked into."""
    clerk = side.clerk.actor
    need = _need(side, "aid_need", 1)
    match = _proposed(side, need)
    for who in ("helper", "family"):
        actions.agree_match(actor=clerk, number=match.number, side=who)
    side.numbers["aid_match"] = match.number
    given = {"number": match.number, "on": clock.today(), "minutes": 45}
    for name in ("aid_visit", "aid_visit_other"):
        side.ids[name] = actions.note_visit(actor=side.resident.actor, **given).pk
    incident = actions.report_incident(
        actor=clerk, number=match.number, what="other", text="等了很久", happened_on=clock.today()
    )
    side.numbers["aid_incident"] = incident.number
    back = actions.note_give_back(
        actor=clerk, number=need.number, on=clock.today(), words="搬桌椅", may_publish=True
    )
    side.numbers["aid_giveback"] = back.number


def _waiting(side: Side) -> None:
    """One on trial, one being asked, one with suggestions, one that is open, one without a signature."""
    clerk = side.clerk.actor
    trial = _proposed(side, _need(side, "aid_need_trial", 6))
    for who in ("helper", "family"):
        actions.agree_match(actor=clerk, number=trial.number, side=who)
    side.numbers["aid_match_trial"] = trial.number
    side.numbers["aid_match_proposed"] = _proposed(side, _need(side, "aid_need_asked", 2)).number
    shown = _need(side, "aid_need_shown", 3, "pickup")
    side.ids["aid_offer"] = actions.suggest_helpers(actor=clerk, number=shown.number)[0].pk
    _need(side, "aid_need_open", 4, "pickup")
    _need(side, "aid_need_unsigned", 5, "pickup", consent=False)
