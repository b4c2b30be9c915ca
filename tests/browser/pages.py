"""One address for every page of the site, made from what the demo's street holds (`pages.json`).

Runs in the seed's process, where the database is. A page of the matrix that has no address here and is not
named in NOT_PAGES fails tests/browser/test_pages.py.
"""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.urls import reverse

# Routes whose GET answers something that nobody reads as a page.
NOT_PAGES = {
    "portal:photo", "portal:service-worker", "portal:manifest", "portal:robots", "portal:where",
    "people:recover", "account_logout", "mfa_download_recovery_codes",
    "desk:inbox-pane", "desk:cases-pane", "desk:cases-pins", "desk:cases-export", "desk:photo",
    "desk:enter-sites", "desk:survey-export", "desk:entered", "desk:batch-result",
    "desk:publication-pane", "desk:job-state", "desk:job-file", "desk:receipt-print",
    "desk:desk_admin:job-state", "desk:desk_admin:job-file", "desk:desk_admin:policy-file",
    "desk:desk_admin:reorganise-plan",
    "insight:map", "insight:export", "disclosure:map", "disclosure:atom", "disclosure:xlsx", "disclosure:csv",
    "disclosure:heads-json", "disclosure:photo", "disclosure:thumb",
    "places:shapes", "places:search", "places:locate", "places:buildings",
    "healthz", "metrics", "set_language",
    "academy:rota-calendar", "academy:rota-mine-calendar", "academy:sessions-calendar",
    "academy:sessions-club-calendar", "academy:session-calendar", "academy:sessions-mine-calendar",
    "academy:session-photo", "academy:keeping-photo",
    "academy_desk:methods-export", "academy_desk:sessions-figures-file", "academy_desk:session-list-file",
    "academy_desk:week-excel", "academy_desk:week-progress", "aid:time-statement-file",
    "aid_desk:figures-export", "bookings:venue-mine-calendar", "bookings:booking-calendar",
    "bookings_desk:venue-report-file", "insight:circle-export", "insight:circle-map",
    # For whoever has that turn.
    "academy:rota-swap",
    "councils:resolution-word", "councils:resolutions-export", "councils:resolutions-export-of",
    "councils:meeting-calendar", "councils:vote-pb", "councils:vote-recount",
    "councils_desk:canvass-export", "councils_desk:conversation-export", "councils_desk:meeting-figures",
    "councils_desk:meeting-minutes-word", "councils_desk:meeting-code",
    "councils_desk:proposals-export", "councils_desk:resolution-word",
    "councils_desk:resolutions-export", "councils_desk:roster-export", "councils_desk:roster-proxy-scan",
    "councils_desk:roster-template", "councils_desk:topics-export", "councils_desk:vote-paper-export",
    "desk:needs-export", "academy_desk:orders-export", "academy_desk:clubs-export",
}  # fmt: skip
# Forms of moves, each for a case in a state that allows it.
FORMS = {
    "reported": ("accept", "find-facts", "dispatch", "refuse", "merge", "whistle", "escalate"),
    "in_hand": ("finish", "suspend", "extend", "note", "assign", "exclude"),
    "done": ("call-back", "reopen"),
}


def write(path: Path) -> None:
    path.write_text(json.dumps(examples(), ensure_ascii=False, indent=1), encoding="utf-8")


def examples() -> list[dict[str, str]]:
    """name, who, url of every page, and of the forms of the moves."""
    from tests.browser import council_pages
    from tests.matrix.routes import all_routes

    makers = objects() | {name: (lambda rows=rows: rows) for name, rows in council_pages.addresses().items()}
    found = []
    for route in all_routes():
        if route.name in NOT_PAGES or route.path.startswith(("api/", "open311/")):
            continue
        if route.params and route.name not in makers:
            continue
        if route.name == "insight:board" and not route.params:
            continue
        usual = council_pages.who_sees(route.path) if not route.params else None
        for params in makers[route.name]() if route.params else [{}]:
            who = params.get("who", usual if usual is not None else who_of(route.name))
            url = reverse(route.name, kwargs={key: value for key, value in params.items() if key != "who"})
            found.append({"name": route.name, "who": who, "url": url})
    return found


def who_of(name: str) -> str:
    """Somebody who may see the page."""
    if name.startswith("desk:desk_admin:"):
        return "street" if "template" in name else "admin"
    if name.startswith("desk:"):
        return "clerk"
    if name in {"people:tokens", "people:second-factor"}:
        return "clerk"
    if name in {"portal:voice", "portal:mine", "portal:notices"}:
        return "resident"
    return "resident" if name.startswith(("people:", "account_", "mfa_")) and not is_open(name) else ""


def is_open(name: str) -> bool:
    """Pages for people who are not logged in."""
    return name in {
        "account_login", "account_signup", "account_request_login_code", "account_inactive", "people:privacy",
        "people:erased", "people:group",
    }  # fmt: skip


def objects() -> dict[str, Callable[[], list[dict[str, Any]]]]:
    """Parameters by route, from the demo's records."""
    from mulin.cases.models import Case
    from mulin.site.demo.places import HOME
    from mulin.voices.models import Matter, Voice

    shown = Matter.objects.filter(place=HOME, publication="shown", restriction="")
    home = Case.objects.filter(place=HOME, restriction="")
    case = home.filter(state="in_hand").first() or home.filter(is_open=True).first()
    wish = Matter.objects.filter(place=HOME, kind="wish").first()
    asked = Matter.objects.filter(place=HOME, publication="asked", restriction="").first()
    mine = Voice.objects.filter(account__username="resident", state="received").first() or said("resident")
    voice = Voice.objects.filter(matter=case.matter).first()
    number = {"number": case.number}
    found: dict[str, list[dict[str, Any]]] = {
        "portal:matter": [{"number": shown.exclude(kind="wish").first().number}, {"number": wish.number}],
        "disclosure:entry": [{"number": shown.exclude(kind="wish").first().number}],
        "portal:voice": [{"number": mine.number}],
        "desk:case": [{"number": one.number} for one in by_state(home)],
        "desk:move": [
            {"number": one.number, "move": move}
            for state, moves in FORMS.items()
            for one in home.filter(state=state, pending__isnull=True)[:1]
            for move in moves
        ],
        "desk:publication-one": [{"number": (asked or case.matter).number}],
        "desk:wish": [{"number": wish.number}],
        "desk:wish-answer": [{"number": wish.number}],
        "desk:receipt": [{"number": voice.number}],
        "insight:board": [{"place": place} for place in (HOME, HOME[:9] + "000", "500108000000")],
    }
    for name in ("case-print", "matter-facts", "matter-category", "matter-place", "matter-thread"):
        found[f"desk:{name}"] = [number]
    for name in ("contact", "add", "correct", "withdraw"):
        found[f"desk:voice-{name}"] = [{"number": voice.number}]
    for name in ("community", "wishes", "answers", "matters", "people"):
        found[f"portal:{name}"] = [{"place": HOME}]
    secret = said_by_nobody()
    found["portal:receipt"] = found["portal:receipt-print"] = [{"secret": secret}]
    found |= kept(HOME) | asked_of_all(HOME)
    return {name: (lambda params=params: params) for name, params in found.items()}


def asked_of_all(home: str) -> dict[str, list[dict[str, Any]]]:
    """The demo's surveys: one in draft, one that is open and one whose results are shown."""
    from mulin.voices.surveys.models import Sheet, Survey

    here = Survey.objects.filter(place=home)
    is_open = {"number": here.filter(state="open").latest("id").number}
    is_draft = {"number": here.filter(state="draft").latest("id").number}
    is_shown = {"number": here.filter(published_at__isnull=False).latest("id").number}
    typed = Sheet.objects.filter(survey__number=is_open["number"], entered_by__isnull=False).first()
    found = {
        "desk:survey": [is_draft, is_open, is_shown], "desk:survey-codes": [is_draft],
        "desk:survey-frame": [is_draft], "desk:survey-question-new": [is_draft],
        "desk:survey-question": [{**is_draft, "key": "needs"}], "desk:survey-results": [is_open, is_shown],
        "desk:survey-texts": [is_shown], "desk:survey-publish": [is_shown], "desk:survey-reopen": [is_shown],
        "desk:survey-print": [is_shown], "desk:survey-paper": [is_draft],
        "desk:survey-void": [{**is_open, "sheet": typed.pk}],
        "portal:survey": [is_open], "portal:survey-thanks": [is_open], "portal:survey-results": [is_shown],
    }  # fmt: skip
    return found | {f"desk:survey-{name}": [is_open] for name in ("give", "enter")}


def by_state(cases: Any) -> list[Any]:
    """One case in each state that there is."""
    states = cases.order_by().values_list("state", flat=True).distinct()
    return [cases.filter(state=state).first() for state in sorted(states)]


def said(username: str) -> Any:
    from mulin.people.models import Account
    from mulin.people.queries import actor_for
    from mulin.site.demo.places import HOME
    from mulin.voices.actions import submit_voice

    actor = actor_for(Account.objects.get(username=username))
    return submit_voice(actor=actor, text="楼道的窗户关不上，下雨会飘进来", place=HOME).voice


def said_by_nobody() -> str:
    from mulin.kernel.actors import ANONYMOUS
    from mulin.site.demo.places import HOME
    from mulin.voices.actions import submit_voice

    return submit_voice(actor=ANONYMOUS, text="路边的树枝挡住了红绿灯", place=HOME).secret


def kept(home: str) -> dict[str, list[dict[str, Any]]]:
    """Parameters of what the desk and the administration keep."""
    from mulin.places.models import Site

    ids = made(home)
    building = Site.objects.filter(community=home, kind="building").first().code
    kind = {"community": home, "kind": "building"}
    rule, category, group = {"name": "cases.limit.solve"}, {"code": "street_lamp"}, {"group_id": ids["group"]}
    one = "desk:desk_admin:"
    found = {
        "people:group": [group], "desk:group": [group], "desk:job": [{"job_id": ids["job"]}],
        "desk:residence": [{"residence_id": ids["residence"]}],
        f"{one}job": [{"job_id": ids["own_job"]}], f"{one}rule": [rule], f"{one}rule-set": [rule],
        f"{one}rule-withdraw": [{"override_id": ids["override"]}],
        f"{one}group": [{"code": "public_facilities"}],
        f"{one}category": [category], f"{one}category-switch": [category],
        f"{one}shape": [{"code": home}], f"{one}division": [{"code": home}],
        f"{one}sites": [kind], f"{one}site-new": [kind],
        f"{one}site": [{**kind, "code": building}], f"{one}site-close": [{**kind, "code": building}],
        f"{one}journal-line": [{"entry_id": ids["entry"]}],
        f"{one}member-end": [{**group, "post_id": ids["member"]}],
    }  # fmt: skip
    for param, key, names in (
        ("route_id", "route", ("route", "route-delete")),
        ("template_id", "template", ("template", "template-delete")),
        ("post_id", "post", ("post-end", "post-hand-over", "post-deputy")),
        ("account_id", "account", ("account", "account-switch", "account-link")),
        ("org_id", "org", ("organisation", "organisation-close")),
        ("group_id", "group", ("group-page", "group-edit", "group-close", "group-adopt", "member-add")),
        ("webhook_id", "webhook", ("webhook-remove", "webhook-test", "webhook-resume")),
    ):
        found |= {f"{one}{name}": [{param: ids[key]}] for name in names}
    return found


def made(home: str) -> dict[str, Any]:
    """Ids of one of each: found in the demo, or made where it has none."""
    from mulin.cases.actions import set_reply_template, set_route
    from mulin.doors.models import Webhook
    from mulin.kernel.models import Entry, Job, RuleOverride
    from mulin.kernel.secrets import seal
    from mulin.people.actions import ask_residence
    from mulin.people.models import Account, Organisation, Post
    from mulin.people.queries import actor_for
    from mulin.places.models import Site

    names = ("admin", "street", "clerk", "neighbour")
    admin, street, clerk, neighbour = (Account.objects.get(username=name) for name in names)
    unit = Post.objects.get(account=street).org_id
    group = Organisation.objects.filter(kind__in=Organisation.GROUPS, place=home, posts__isnull=False).first()
    building = Site.objects.filter(community=home, kind="building").first().code
    rows = {
        "route": set_route(actor=actor_for(admin), place=home, org=unit, category="street_lamp"),
        "template": set_reply_template(actor=actor_for(street), org=unit, title="路灯", text="换了灯泡。"),
        "override": RuleOverride.objects.create(
            name="cases.limit.solve", place=home, valid_from=date(2026, 1, 1), value="10 d",
            basis="社区公约", certainty="local practice", set_by=admin,
        ),
        "webhook": Webhook.objects.create(
            url="https://example.org/hook", secret_sealed=seal("x"), created_by=admin.pk
        ),
        "job": Job.objects.create(kind="voices.import", account=clerk, state="done", result={"created": 3}),
        "own_job": Job.objects.create(kind="voices.import", account=admin, state="running", total=9, done=3),
        "residence": ask_residence(actor=actor_for(neighbour), building=building, door="1单元9-9"),
        "entry": Entry.objects.filter(matter__isnull=False).first(),
        "member": Post.objects.filter(org=group).first(),
        "post": Post.objects.get(account=clerk),
    }  # fmt: skip
    return {
        "account": clerk.pk,
        "org": unit,
        "group": group.pk,
        **{name: row.pk for name, row in rows.items()},
    }
