"""Lists of the desk go on behind their first hundred rows, with what narrows them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.mutualaid.matching import actions
from mulin.mutualaid.matching.models import (
    AidGiveBack,
    AidHelper,
    AidHelperKind,
    AidMatch,
    AidNeed,
    AidOffer,
)

pytestmark = pytest.mark.django_db
MANY, MOST = 103, 10


def desk(name: str, *args) -> str:
    return reverse(f"aid_desk:{name}", args=args)


def pages(browser, url: str) -> list[str]:
    """The list page by page, as the button leads on; each with few statements, however many rows."""
    found, address = [], url
    while True:
        with CaptureQueriesContext(connection) as done:
            answer = browser.get(address)
        own = [one["sql"] for one in done if "mutualaid_" in one["sql"]]
        assert answer.status_code == 200 and len(own) <= MOST, own
        found.append(answer.content.decode())
        if not answer.context["list"].next:
            return found
        address = url.partition("?")[0] + answer.context["list"].next


@pytest.fixture
def needs(world) -> list[AidNeed]:
    since = clock.now() - timedelta(days=9)
    rows = [
        AidNeed(number=new_number(), place=world.home, name=f"第{n}家", kind="company" if n else "pickup",
                windows=[{"day": 1, "from": "16:00", "to": "17:00"}],
                waits_since=since + timedelta(minutes=n))
        for n in range(MANY)
    ]  # fmt: skip
    return AidNeed.objects.bulk_create(rows)


@pytest.fixture
def helpers(world) -> list[AidHelper]:
    rows = [
        AidHelper(number=new_number(), place=world.home, name=f"邻居{n}", state="on_duty",
                  windows=[{"day": 1, "from": "16:00", "to": "17:00"}])
        for n in range(MANY)
    ]  # fmt: skip
    AidHelper.objects.bulk_create(rows)
    AidHelperKind.objects.bulk_create(AidHelperKind(helper=one, kind="company") for one in rows)
    return rows


@pytest.fixture
def matches(needs, helpers) -> list[AidMatch]:
    offers = [AidOffer(need=need, helper=one) for need, one in zip(needs, helpers, strict=True)]
    AidOffer.objects.bulk_create(offers)
    rows = [
        AidMatch(number=new_number(), place=one.need.place, need=one.need, helper=one.helper, offer=one,
                 state="running", begun_on=clock.today())
        for one in offers
    ]  # fmt: skip
    return AidMatch.objects.bulk_create(rows)


def test_who_waits_is_found_behind_the_first_hundred(cast, needs, client_for):
    browser = client_for(cast.clerk)
    first, second = pages(browser, desk("needs"))
    assert "第0家" in first and "第102家" not in first
    assert "第102家" in second and "第0家" not in second
    for page in pages(browser, desk("needs") + "?show=asked&kind=company"):
        assert "第0家" not in page and '<option value="company" selected' in page


def test_helpers_and_matches_go_on_too(cast, helpers, matches, client_for):
    browser = client_for(cast.clerk)
    for name in ("helpers", "matches"):
        first, second = pages(browser, desk(name) + "?kind=company")
        assert ("邻居102" in first) != ("邻居102" in second)
        assert 'rel="next"' in first and "回到开头" in second


def test_every_incident_is_reached(cast, matches, client_for):
    for one in matches:
        actions.report_incident(
            actor=cast.clerk.actor, number=one.number, what="other", text="等了很久",
            happened_on=clock.today(),
        )  # fmt: skip
    first, second = pages(client_for(cast.street), desk("incidents"))
    told = first + second
    assert all(f"邻居{n} ·" in told for n in range(MANY))


def test_every_visit_of_a_long_help_is_reached(cast, helped, needed, begun, client_for):
    helped("王婶", account=cast.neighbour.account)
    match = begun(needed())
    for n in range(60):
        actions.note_visit(actor=cast.clerk.actor, number=match.number, on=clock.today(), minutes=10 + n)
    at_desk = pages(client_for(cast.clerk), desk("match", match.number))
    assert [page.count("社区记的") for page in at_desk] == [50, 10]
    family = pages(client_for(cast.resident), reverse("aid:match", args=[match.number]))
    assert [page.count("社区记的") for page in family] == [30, 30]


def test_what_families_gave_back_is_told_to_the_first(cast, world, needs, client_for):
    now = clock.now()
    AidGiveBack.objects.bulk_create(
        AidGiveBack(number=new_number(), place=world.home, need=needs[n],
                    on=clock.today() - timedelta(days=n), words=f"第{n:02d}次搬桌椅",
                    may_publish_at=now, published_at=now)
        for n in range(23)
    )  # fmt: skip
    first, second = pages(client_for(), reverse("aid:community", args=[world.home]))
    assert "第00次搬桌椅" in first and "第22次搬桌椅" in second
    at_desk = pages(client_for(cast.clerk), desk("figures"))
    assert "第22次搬桌椅" in at_desk[0]
