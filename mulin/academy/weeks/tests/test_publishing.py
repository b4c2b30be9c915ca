"""Whatever the rooms, teachers and orders are: what was planned is published without a clash."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.academy.orders.models import Order
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import actions, checks
from mulin.academy.weeks.models import Teacher, TeacherCheck, Week
from mulin.bookings.models import Booking
from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.places.models import Venue

HOME = "500108002005"
THEMES, AGES = ("calligraphy", "yoga", "tea_chat", "choir"), ("child", "elder", "adult", "")

window = st.builds(
    lambda day, begin, length: {
        "day": day, "from": f"{begin:02d}:00", "to": f"{min(begin + length, 22):02d}:00"
    },
    st.integers(1, 7), st.integers(8, 19), st.integers(1, 6),
)  # fmt: skip
rooms = st.lists(
    st.tuples(
        st.integers(2, 30), st.lists(window, min_size=1, max_size=3),
        st.fixed_dictionaries({}, optional={
            "pause": st.sampled_from([15, 30]), "day_most": st.integers(1, 2),
            "not_themes": st.just(["choir"]), "quiet": st.lists(window, max_size=1),
        }),
    ),
    min_size=1, max_size=3,
)  # fmt: skip
teachers = st.lists(
    st.tuples(
        st.lists(st.sampled_from(THEMES), min_size=1, max_size=2, unique=True),
        st.lists(window, min_size=1, max_size=3), st.sampled_from([None, 10, 362, 500]),
    ),
    max_size=3,
)  # fmt: skip
orders = st.lists(
    st.tuples(
        st.sampled_from(THEMES), st.sampled_from(AGES), st.integers(1, 12),
        st.lists(window, max_size=3), st.sampled_from([60, 90]), st.sampled_from(["accepted", "gathered"]),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


def _make(cast, order, rooms, teachers, orders) -> None:
    for n, (capacity, hours, rules) in enumerate(rooms):
        Venue.objects.create(
            number=new_number(), place=HOME, name=f"{n} 号房", kind="room", capacity=capacity, hours=hours,
            rules=rules,
        )  # fmt: skip
    for n, (skills, times, checked) in enumerate(teachers):
        made = Teacher.objects.create(
            number=new_number(), place=HOME, name=f"老师{n}", skills=skills, times=times, state="ready",
            talked_on=clock.today(),
        )  # fmt: skip
        if checked is not None:
            day = clock.today() - timedelta(days=checked)
            TeacherCheck.objects.create(teacher=made, checked_on=day, is_clear=True)
    for theme, age, people, slots, minutes, state in orders:
        found = order(theme, age, people=people, slots=slots, state=state)
        Order.objects.filter(pk=found.pk).update(minutes=minutes)


def _is_apart(some: list[Session]) -> bool:
    rows = sorted((one.starts_at, one.ends_at) for one in some)
    return all(end <= begin for (_first, end), (begin, _last) in pairwise(rows))


@settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(rooms, teachers, orders)
def test_what_is_planned_is_published_without_a_clash(cast, order, monday, rooms, teachers, orders):
    for model in (Booking, Session, Week, Teacher, Venue):
        model.objects.all().delete() if model is not Booking else _empty()
    Order.objects.all().update(state="withdrawn")
    _make(cast, order, rooms, teachers, orders)
    week = actions.open_week(actor=cast.clerk.actor, place=HOME, monday=monday, with_gathered=True)
    if week.wishes:
        actions.solve_week(actor=cast.clerk.actor, number=week.number, seconds=1)
    week.refresh_from_db()
    planned = week.solution.get("sessions", [])
    if not planned:
        return
    actions.publish_week(actor=cast.clerk.actor, number=week.number, answer="课排上了。")
    made = list(Session.objects.select_related("venue", "teacher"))
    assert len(made) == len(planned)
    for kind in ("venue", "teacher"):
        users: dict = {}
        for one in made:
            if (who := getattr(one, kind)) is not None:
                users.setdefault(who.pk, []).append(one)
        assert all(_is_apart(some) for some in users.values())
    for one in made:
        if "child" in one.ages:
            assert one.teacher is not None and checks.is_checked(one.teacher, clock.day_of(one.starts_at))


def _empty() -> None:
    from mulin.bookings.models import Quarter, Resource

    for model in (Quarter, Booking, Resource):
        model.objects.all().delete()
