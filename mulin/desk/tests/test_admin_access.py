"""Every address of the administration: who comes in, and who is sent away."""

import pytest
from django.urls import reverse

from mulin.cases.actions.settings import set_reply_template, set_route
from mulin.desk.admin import urls
from mulin.doors.models import Webhook
from mulin.kernel import jobs
from mulin.kernel.actions import set_rule
from mulin.kernel.ids import new_id
from mulin.kernel.models import Entry
from mulin.people.actions import add_member
from mulin.people.models import Post

PARTS = (
    "clerk",
    "secretary",
    "street",
    "department",
    "district",
    "auditor",
    "admin",
    "gridworker",
    "group_leader",
)
STAFF = {"clerk", "secretary", "street", "department", "district", "auditor", "admin"}
# What the table grants to whom, per room.
GIVERS = {"secretary", "street", "admin"}
SITES = {"clerk", "secretary", "street", "admin"}
SEERS = {"clerk", "secretary", "street", "district", "auditor", "admin"}
GROUPS = {"clerk", "secretary", "street", "admin"}
ALLOWED = {
    "overview": STAFF, "rules": STAFF, "rule": STAFF, "rule-set": {"admin"}, "rule-withdraw": {"admin"},
    "catalogue": {"admin"}, "train": {"admin"}, "group-new": {"admin"}, "group": {"admin"},
    "category-new": {"admin"}, "category": {"admin"}, "category-switch": {"admin"},
    "routes": {"street", "district", "admin"}, "route-new": {"street", "district", "admin"},
    "route": {"street", "district", "admin"}, "route-delete": {"street", "district", "admin"},
    "templates": {"clerk", "secretary", "street", "department"},
    "template-new": {"clerk", "secretary", "street", "department"},
    "template": {"clerk", "secretary", "street"}, "template-delete": {"clerk", "secretary", "street"},
    "posts": SEERS, "grid-notice": SEERS, "post-give": GIVERS, "post-end": GIVERS,
    "post-deputy": GIVERS | {"clerk"},
    "post-hand-over": GIVERS,
    "accounts": GIVERS, "account-new": GIVERS, "account": GIVERS, "account-switch": GIVERS,
    "account-link": {"admin"},
    "organisations": GROUPS, "organisation-new": {"street", "admin"}, "organisation": {"street", "admin"},
    "organisation-close": {"street", "admin"},
    "group-found": GROUPS, "group-page": GROUPS, "group-edit": GROUPS, "group-close": GROUPS,
    "group-adopt": GROUPS, "member-add": GROUPS, "member-end": GROUPS,
    "places": SITES, "sites": SITES, "site-new": SITES, "site": SITES, "site-close": SITES,
    "site-assign": SITES, "shape": SITES, "division": {"admin"}, "divisions-import": {"admin"},
    "shapes": {"admin"}, "reorganise": {"admin"}, "reorganise-plan": set(),
    "policy": STAFF, "policy-file": STAFF,
    "journal": {"auditor", "admin"}, "journal-line": {"auditor", "admin"}, "chains": {"auditor", "admin"},
    "journal-verify": {"auditor", "admin"}, "journal-export": {"auditor", "admin"},
    "webhooks": {"admin"}, "webhook-new": {"admin"}, "webhook-remove": {"admin"},
    "webhook-test": {"admin"}, "webhook-resume": {"admin"},
    "jobs": STAFF, "job": set(), "job-state": set(), "job-stop": set(), "job-file": set(),
}  # fmt: skip
POSTS = {"site-assign", "journal-verify", "journal-export", "job-stop"}
NAMES = [one.name for one in urls.urlpatterns]


@pytest.fixture
def address(world, cast):
    """The address of a page with things that are there."""
    clerk_post = Post.objects.get(account=cast.clerk.account)
    member = add_member(actor=cast.admin.actor, group_id=world.group.pk, account_id=cast.newcomer.id)
    template = set_reply_template(
        actor=cast.clerk.actor, org=world.committee.pk, title="路灯", text="我们去看了。"
    )
    route = set_route(actor=cast.admin.actor, place=world.home, org=world.committee.pk)
    rule = set_rule(
        actor=cast.admin.actor, name="voices.text.max", place=world.home, value=5, basis="纪要",
        certainty="local practice",
    )  # fmt: skip
    hook = Webhook.objects.create(url="https://example.org/hook", secret_sealed="", created_by=cast.admin.id)
    line = Entry.objects.filter(place=world.home).first()
    arguments = {
        "rule": ["cases.limit.solve"], "rule-set": ["cases.limit.solve"], "rule-withdraw": [rule.pk],
        "group": ["public_facilities"], "category": ["street_lamp"], "category-switch": ["street_lamp"],
        "route": [route.pk], "route-delete": [route.pk],
        "template": [template.pk], "template-delete": [template.pk],
        "post-end": [clerk_post.pk], "post-hand-over": [clerk_post.pk], "post-deputy": [clerk_post.pk],
        "account": [cast.clerk.id], "account-switch": [cast.clerk.id], "account-link": [cast.clerk.id],
        "organisation": [world.command_center.pk], "organisation-close": [world.command_center.pk],
        "group-page": [world.group.pk], "group-edit": [world.group.pk], "group-close": [world.group.pk],
        "group-adopt": [world.group.pk], "member-add": [world.group.pk],
        "member-end": [world.group.pk, member.pk],
        "reorganise-plan": ["token"], "shape": [world.grid], "division": [world.home],
        "site-assign": [world.home], "sites": [world.home, "building"], "site-new": [world.home, "building"],
        "site": [world.home, "building", world.building],
        "site-close": [world.home, "building", world.building],
        "journal-line": [line.pk], "job": [new_id()], "job-state": [new_id()], "job-stop": [new_id()],
        "job-file": [new_id()],
        "webhook-remove": [hook.pk], "webhook-test": [hook.pk], "webhook-resume": [hook.pk],
    }  # fmt: skip
    from mulin.voices.categories import catalogue

    arguments["group"] = [next(iter(catalogue().groups))]
    return lambda name: reverse(f"desk:desk_admin:{name}", args=arguments.get(name, []))


def ask(client, name: str, url: str):
    return (client.post if name in POSTS else client.get)(url)


def test_the_table_of_these_tests_knows_every_address():
    assert set(ALLOWED) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_strangers_sign_in_and_residents_are_refused(name, address, client_for, browser):
    answer = ask(client_for(), name, address(name))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert ask(browser("resident"), name, address(name)).status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_those_whom_the_table_allows_come_in_and_all_others_do_not(name, address, browser):
    for part in PARTS:
        status = ask(browser(part), name, address(name)).status_code
        if part in ALLOWED[name]:
            assert status in {200, 302}, f"{part} at {name}: {status}"
        else:
            assert status in {403, 404}, f"{part} at {name}: {status}"


@pytest.mark.parametrize(
    "name", ["rules", "policy", "posts", "journal", "places", "organisations", "catalogue"]
)
def test_pages_speak_english_too(name, address, browser):
    client = browser("admin")
    client.cookies["mulin_language"] = "en"
    page = client.get(address(name), headers={"accept-language": "en"})
    assert page.status_code == 200


def test_a_clerk_sees_only_the_rooms_that_are_open_to_clerks(address, browser):
    page = browser("clerk").get(address("overview")).content.decode()
    assert address("templates") in page and address("places") in page
    for name in ("catalogue", "routes", "journal", "webhooks"):
        assert f'href="{address(name)}"' not in page


def test_the_rail_leads_into_the_administration_for_those_who_may(browser):
    assert 'href="/desk/admin/"' in browser("clerk").get("/desk/").content.decode()
    assert 'href="/desk/admin/"' not in browser("gridworker").get("/desk/").content.decode()


def test_one_does_not_see_the_jobs_of_others(cast, browser):
    job = jobs.start(cast.admin.actor, "voices.train")
    for name in ("job", "job-state"):
        url = reverse(f"desk:desk_admin:{name}", args=[job.pk])
        assert browser("admin").get(url).status_code == 200
        assert browser("clerk").get(url).status_code == 404
