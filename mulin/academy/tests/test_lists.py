"""Lists of the college go on behind their first page, and no list to choose from is cut off."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.academy.clubs.models import Club
from mulin.academy.keeping import rotas
from mulin.academy.keeping.models import Duty, Rota
from mulin.academy.keeping.reading import my_turns
from mulin.academy.orders.models import Order
from mulin.academy.sessions import forms, queries
from mulin.academy.sessions.models import Session, Signup
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.voices.models import Matter

pytestmark = pytest.mark.django_db
MANY = 103


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


def pages(browser, url: str, name: str = "list") -> list[str]:
    found, address = [], url
    while True:
        answer = browser.get(address)
        assert answer.status_code == 200
        found.append(answer.content.decode())
        if not answer.context[name].next:
            return found
        address = url.partition("?")[0] + answer.context[name].next


def desk(name: str) -> str:
    return reverse(f"academy_desk:{name}")


@pytest.fixture
def clubs(world) -> list[Club]:
    orgs = [Organisation(name=f"社团{n:03d}号", kind="club", place=world.home) for n in range(MANY)]
    Organisation.objects.bulk_create(orgs)
    rows = [
        Club(number=new_number(), org=org, place=world.home, union="arts", theme="dance", state="running")
        for org in orgs
    ]
    return Club.objects.bulk_create(rows)


@pytest.fixture
def sessions(cast, world) -> list[Session]:
    """Forty lessons that were, to which the resident came."""
    rows = [
        Session(number=new_number(), place=world.home, title=f"第{n:02d}课", starts_at=starts_at,
                ends_at=starts_at + timedelta(hours=1), where="活动室", state="held", taken=1)
        for n in range(40)
        for starts_at in [clock.now() - timedelta(days=n + 1)]
    ]  # fmt: skip
    Session.objects.bulk_create(rows)
    Signup.objects.bulk_create(
        Signup(session=one, account_id=cast.resident.id, state="coming", position=1) for one in rows
    )
    return rows


def test_every_club_is_reached_with_its_filter(cast, clubs, client_for):
    found = pages(client_for(cast.clerk), desk("clubs") + "?union=arts&q=社团")
    assert [page.count("row__title") for page in found] == [100, 3]
    assert "社团102号" in found[1] and 'value="社团"' in found[1]


def test_the_groups_of_a_clerk_are_all_at_the_desk(cast, clubs, client_for):
    told = "".join(pages(client_for(cast.clerk), desk("keepings"), "groups_list"))
    assert "社团000号" in told and "社团102号" in told


def test_a_teacher_of_one_thing_is_found_among_many(cast, world, client_for):
    Teacher.objects.bulk_create(
        Teacher(number=new_number(), place=world.home, name=f"老师{n:03d}", state="ready",
                skills=["calligraphy" if n == 302 else "dance"])
        for n in range(303)
    )  # fmt: skip
    browser = client_for(cast.clerk)
    assert len(pages(browser, desk("teachers"))) == 4
    assert "老师302" in browser.get(desk("teachers"), {"theme": "calligraphy"}).content.decode()
    assert "老师302" in [name for _key, name in forms.teacher_choices([world.home])[0]]


def test_rooms_to_hold_a_session_in_are_all_offered(cast, world):
    Venue.objects.bulk_create(
        Venue(number=new_number(), place=world.home, name=f"房间{n:03d}", kind="room") for n in range(205)
    )
    shown, known = forms.venue_choices([world.home])
    assert any("房间204" in name for _key, name in shown) and len(known) >= 205


def test_what_one_came_to_is_reached_to_the_first(cast, sessions, client_for):
    found = pages(client_for(cast.resident), reverse("academy:sessions-mine"))
    assert [page.count("课</span>") for page in found] == [20, 20]
    assert queries.my_signups(cast.resident.id, past=True).count() == 40


def test_published_weeks_go_on(cast, world, client_for):
    monday = clock.today()
    Week.objects.bulk_create(
        Week(number=new_number(), place=world.home, monday=monday - timedelta(weeks=n), state="published")
        for n in range(70)
    )
    Week.objects.create(number=new_number(), place=world.home, monday=monday)
    found = pages(client_for(cast.clerk), desk("weeks"))
    assert len(found) == 2 and all("正在排的" in page for page in found)


def test_every_published_wish_of_a_theme_can_be_joined(cast, world, client_for):
    matters = [
        Matter(number=new_number(), place=world.home, kind="wish", title=f"想跳舞{n:02d}",
               publication="shown", public_title=f"想跳舞{n:02d}", way="order")
        for n in range(65)
    ]  # fmt: skip
    Matter.objects.bulk_create(matters)
    Order.objects.bulk_create(
        Order(number=one.number, matter=one, place=world.home, kind="wish", theme="dance") for one in matters
    )
    found = pages(client_for(), reverse("academy:order-theme", args=[world.home, "dance"]))
    assert len(found) == 2 and all(f"想跳舞{n:02d}" in "".join(found) for n in range(65))
    desk_pages = pages(client_for(cast.clerk), desk("orders") + "?theme=dance")
    assert len(desk_pages) == 1 and desk_pages[0].count("order-row__tick") == 65


def test_ones_own_turns_are_all_in_the_calendar(cast, world):
    made = rotas.make_rota(
        actor=cast.group_leader.actor, org=world.group.pk, title="开门", days=range(1, 8),
        starts=(clock.now() + timedelta(hours=1)).astimezone(clock.zone()).time(), heads=2,
    )  # fmt: skip
    Duty.objects.filter(rota=made).update(account=cast.group_member.account)
    assert Rota.objects.count() == 1 and len(my_turns(cast.group_member.id)) == made.duties.count() > 40


def test_people_of_a_theme_are_counted_as_people(say_children, world, client_for):
    page = client_for().get(reverse("academy:orders", args=[world.home])).content.decode()
    assert "儿童 1 人" in page and "周三上午 1 人" in page


@pytest.fixture
def say_children(cast, world):
    from mulin.voices.actions import submit_voice

    return submit_voice(
        actor=cast.resident.actor, text="孩子想学书法，周三上午有空", kind="wish", place=world.home
    )
