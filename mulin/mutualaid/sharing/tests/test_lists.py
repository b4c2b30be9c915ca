"""Lists of what is lent go on behind their first page, for neighbours and at the desk."""

import pytest
from django.urls import reverse

from mulin.kernel.ids import new_id
from mulin.kernel.numbers import new_number
from mulin.mutualaid.sharing import queries
from mulin.mutualaid.sharing.models import SharedOffer
from mulin.mutualaid.sharing.tests.conftest import NIGHTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def spaces(world) -> list[SharedOffer]:
    rows = [
        SharedOffer(number=new_number(), place=world.home, kind="parking", title=f"车位{n:03d}号",
                    state="open", owner_name="王叔", party=new_id(), windows=NIGHTS, fee_fen=n)
        for n in range(103)
    ]  # fmt: skip
    return SharedOffer.objects.bulk_create(rows)


def test_every_space_is_found_by_neighbours_and_the_desk(cast, world, spaces, client_for):
    assert len(queries.search(world.home)) == 103
    public = reverse("aid:sharing-here", args=[world.home])
    for browser, url in ((client_for(), public), (client_for(cast.clerk), reverse("aid_desk:sharings"))):
        answer = browser.get(url)
        first, following = answer.content.decode(), answer.context["list"].next
        second = browser.get(url + following).content.decode()
        assert all((f"车位{n:03d}号" in first) != (f"车位{n:03d}号" in second) for n in range(103))


def test_the_last_page_of_a_search_keeps_what_was_asked(world, spaces, client_for):
    url = reverse("aid:sharing-here", args=[world.home])
    asked = {"kind": "parking", "starts_at": "2026-11-23T19:00", "ends_at": "2026-11-23T20:00"}
    answer = client_for().get(url, asked)
    assert "kind=parking" in answer.context["list"].next
    last = client_for().get(url + answer.context["list"].next).content.decode()
    assert "车位102号" in last and "这段时间没有空着的" not in last


def test_what_one_had_and_lent_is_reached_to_the_first(cast, drill, booked, client_for, freeze):
    offer = drill(deposit_fen=0)
    for day in range(24, 30):
        for hour in range(8, 20, 2):
            booked(offer, f"2026-11-{day} {hour:02d}:00", f"2026-11-{day} {hour + 1:02d}:00")
    url = reverse("aid:sharing-mine")
    page = client_for(cast.resident).get(url)
    assert page.context["lent_list"].next and len(page.context["lent"]) == 30
    then = client_for(cast.resident).get(url + page.context["lent_list"].next)
    assert len(then.context["lent"]) == 6 and not then.context["lent_list"].next
    assert len(client_for(cast.group_member).get(url).context["coming"]) == 36
