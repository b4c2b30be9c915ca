"""A11 11: several thousand interest orders become 34 clubs in 5 unions; those that are not taken on have
reasons, and everybody who asked was told."""

import itertools

import pytest

from mulin.academy import catalogues
from mulin.academy.clubs import actions as clubs
from mulin.academy.clubs import queries as club_queries
from mulin.academy.clubs.models import Club
from mulin.academy.orders import actions, queries
from mulin.academy.orders.models import Asking, Order
from mulin.kernel.models import Entry
from mulin.kernel.numbers import new_number
from mulin.people.models import Post
from mulin.voices.models import Matter, Voice

pytestmark = pytest.mark.django_db
ORDERS, CLUBS = 3000, 34
PER_CLUB = 12  # orders that a club of the test takes on; the others of its theme are answered together


@pytest.fixture
def asked(world, cast):
    """3,000 orders over all themes and ages, each from a voice of its own, as an import would bring them."""
    themes, ages = list(catalogues.themes()), list(catalogues.ages())
    account = itertools.cycle([cast.resident.id, cast.newcomer.id, cast.neighbour.id, None])
    matters, voices, orders, askings = [], [], [], []
    for n in range(ORDERS):
        theme, age = themes[n % len(themes)], ages[n % len(ages)]
        text = f"想参加{catalogues.themes()[theme].title}（{n}）"
        matter = Matter(
            number=new_number(), place=world.home, kind="wish", title=text, way="order", voices_count=1,
            category="interest_course",
        )  # fmt: skip
        voice = Voice(
            number=matter.number, matter=matter, first_matter=matter, kind="wish", channel="survey",
            text=text, place=world.home, account_id=next(account),
        )  # fmt: skip
        order = Order(
            number=matter.number, matter=matter, place=world.home, kind="wish", theme=theme, age=age,
            people=1, slots=[{"day": n % 7 + 1, "from": "19:00", "to": "21:00"}],
        )  # fmt: skip
        matters.append(matter)
        voices.append(voice)
        orders.append(order)
        askings.append(Asking(order=order, voice=voice, age=age, slots=order.slots))
    for model, rows in ((Matter, matters), (Voice, voices), (Order, orders), (Asking, askings)):
        model.objects.bulk_create(rows, batch_size=500)
    return orders


def waiting(place, theme, most):
    rows = Order.objects.filter(place=place, state="gathered", theme=theme).order_by("id")
    return list(rows.values_list("number", flat=True)[:most])


def test_a11_11_thousands_of_orders_become_34_clubs_in_5_unions_and_everybody_is_told(asked, world, cast):
    clerk = cast.clerk.actor
    lines = queries.by_theme(queries.gathered(world.home))
    assert sum(line.wishing for line in lines) == ORDERS

    wanted = [line.theme for line in lines]
    unions = set(catalogues.unions())
    chosen = [t for t in wanted if catalogues.union_of(t)][: CLUBS - 3]
    chosen += [t for t in reversed(wanted) if t not in chosen][:3]
    for n, theme in enumerate(chosen):
        found = clubs.found_club(
            actor=clerk, place=world.home, name=f"{catalogues.theme_name(theme)}社{n}", theme=theme,
            orders=waiting(world.home, theme, PER_CLUB), answer="接了，社团下周开始，点一下就能加入。",
        )  # fmt: skip
        # Who asked for the same is answered with the same; the club serves what it can hold.
        rest = waiting(world.home, theme, actions.MOST_AT_ONCE)
        actions.accept_orders(actor=clerk, numbers=rest, text="接了，这一个社团满了，正在办第二个。")
        assert found.state == "running"
    for theme in set(wanted) - set(chosen):
        left = waiting(world.home, theme, actions.MOST_AT_ONCE)
        actions.decline_orders(actor=clerk, numbers=left, text="眼下没有老师，请先看看别的社区的。")

    assert len(club_queries.public_clubs(world.home)) == CLUBS
    assert set(Club.objects.values_list("union", flat=True)) == unions and len(unions) == 5
    assert not Order.objects.filter(state="gathered").exists()
    declined = Matter.objects.filter(order__state="declined")
    assert declined.exists() and not declined.filter(public_answer="").exists()
    assert (
        not Voice.objects.filter(answered_at=None).exists() and not Voice.objects.filter(answer="").exists()
    )
    figure = queries.answered(world.home)
    assert (figure.told, figure.voices, figure.share) == (ORDERS, ORDERS, 100)
    assert Entry.objects.filter(code="voices.wish.answered").count() == ORDERS
    assert Entry.objects.filter(code="academy.club.founded").count() == CLUBS
    assert not Post.objects.filter(org__club__isnull=False).exists(), "nobody was enrolled"
