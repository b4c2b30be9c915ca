"""A wish or an offer on the list of orders: gathered, described, answered, taken back."""

import pytest

from mulin.academy.clubs.actions import found_club
from mulin.academy.clubs.tests.refusals import refused
from mulin.academy.orders import actions, queries
from mulin.academy.orders.models import Asking, Order
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.voices import actions as voices
from mulin.voices.models import Matter, Voice

pytestmark = pytest.mark.django_db


def order_of(voice) -> Order:
    return Order.objects.get(matter=voice.matter_id)


def test_a_wish_stands_on_the_list_with_what_its_words_say(say, world):
    order = order_of(say("我们5个老人想学书法，周二晚上有空"))
    assert (order.theme, order.age, order.people, order.state) == ("calligraphy", "elder", 5, "gathered")
    assert order.slots == [{"day": 2, "from": "19:00", "to": "21:00"}]
    assert order.minutes == 90 and order.number == order.matter.number
    assert Entry.objects.filter(matter=order.matter_id).count() == 1


def test_a_complaint_is_no_order(say):
    say("路灯坏了三天", kind="complaint")
    assert not Order.objects.exists()


def test_who_joins_a_wish_adds_people_and_times(say, cast):
    first = say("想学书法，周二晚上有空")
    Matter.objects.update(publication="shown")
    say("我们3个人也想学书法，周六上午和周二晚上", who=cast.newcomer, join=first.matter.number)
    order = order_of(first)
    assert order.people == 4 and Asking.objects.count() == 2
    assert order.slots[0] == {"day": 2, "from": "19:00", "to": "21:00"}, "what suits most comes first"


def test_the_person_says_it_more_exactly(say, cast):
    voice = say("想学点东西")
    actions.describe_order(
        actor=cast.resident.actor,
        number=voice.number,
        theme="choir",
        age="elder",
        times=["3-morning"],
        people=6,
    )
    order = order_of(voice)
    assert (order.theme, order.age, order.people, order.minutes) == ("choir", "elder", 6, 90)
    assert order.slots == [{"day": 3, "from": "09:00", "to": "12:00"}] and order.described_by == "said"


def test_what_the_desk_said_stays_when_the_person_says_otherwise(say, cast):
    voice = say("想学点东西")
    actions.describe_order(actor=cast.clerk.actor, number=voice.number, theme="choir")
    actions.describe_order(actor=cast.resident.actor, number=voice.number, theme="dance", people=3)
    order = order_of(voice)
    assert (order.theme, order.people, order.described_by) == ("choir", 3, "desk")


def test_a_stranger_does_not_describe_an_order(say, cast):
    voice = say()
    for who in (cast.neighbour, cast.other_clerk):
        with pytest.raises(NotVisible):
            actions.describe_order(actor=who.actor, number=voice.number, theme="choir")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("theme", "flying", "theme-unknown"),
        ("age", "old", "age-unknown"),
        ("gives", "gold", "gives-unknown"),
        ("people", 0, "people-wrong"),
        ("minutes", 5, "minutes-wrong"),
    ],
)
def test_what_was_given_wrongly_is_refused(say, cast, field, value, code):
    with refused(code):
        actions.describe_order(actor=cast.resident.actor, number=say().number, **{field: value})


def test_many_orders_get_one_answer_and_every_asker_is_told(say, cast):
    first, second = say("想学书法"), say("想唱歌，有合唱队吗", who=cast.newcomer)
    n = actions.accept_orders(
        actor=cast.clerk.actor, numbers=[first.matter.number, second.matter.number], text="十二月开起来"
    )
    assert n == 2
    assert set(Order.objects.values_list("state", flat=True)) == {"accepted"}
    assert set(Voice.objects.values_list("answer", flat=True)) == {"十二月开起来"}
    assert set(Matter.objects.values_list("decision", "is_open")) == {("accepted", True)}
    assert Entry.objects.filter(code="voices.wish.answered").count() == 2


def test_declining_gives_everybody_the_reason_and_closes(say, cast):
    voice = say("想要一个游泳池")
    with refused("answer-missing"):
        actions.decline_orders(actor=cast.clerk.actor, numbers=[voice.matter.number], text=" ")
    actions.decline_orders(
        actor=cast.clerk.actor, numbers=[voice.matter.number], text="没有地方，可以去区里的"
    )
    order = order_of(voice)
    assert order.state == "declined" and not order.matter.is_open
    voice.refresh_from_db()
    assert voice.answer == "没有地方，可以去区里的"


def test_one_that_cannot_be_answered_leaves_all_unanswered(say, cast):
    first, second = say("想学书法"), say("想唱歌")
    actions.decline_orders(actor=cast.clerk.actor, numbers=[second.matter.number], text="不行")
    with refused("matter-closed"):
        actions.accept_orders(
            actor=cast.clerk.actor, numbers=[first.matter.number, second.matter.number], text="好"
        )
    assert order_of(first).state == "gathered"


def test_only_those_who_answer_wishes_answer_orders(say, cast):
    number = say().matter.number
    with pytest.raises(NotAllowed):
        actions.accept_orders(actor=cast.auditor.actor, numbers=[number], text="好")
    for who in (cast.resident, cast.other_clerk, cast.gridworker):
        with pytest.raises(NotVisible):
            actions.accept_orders(actor=who.actor, numbers=[number], text="好")


def test_the_page_of_wishes_and_the_list_of_orders_say_the_same(say, cast):
    voice = say()
    voices.answer_wish(
        actor=cast.clerk.actor, number=voice.matter.number, decision="accepted", text="下月开班"
    )
    assert order_of(voice).state == "accepted"
    voices.answer_wish(
        actor=cast.clerk.actor, number=voice.matter.number, decision="declined", text="老师病了"
    )
    assert order_of(voice).state == "declined"


def test_who_joins_an_order_that_was_taken_on_is_answered_at_once(say, cast):
    first = say()
    Matter.objects.update(publication="shown")
    actions.accept_orders(actor=cast.clerk.actor, numbers=[first.matter.number], text="下月开班")
    late = say("我也想学书法", who=cast.newcomer, join=first.matter.number)
    assert late.answer == "下月开班" and queries.answered(first.place).share == 100


def test_an_order_that_was_taken_back_counts_no_more(say, cast, world):
    voice = say()
    voices.withdraw_voice(actor=cast.resident.actor, number=voice.number, reason="other")
    assert order_of(voice).state == "withdrawn"
    assert queries.gathered(world.home) == [] and queries.answered(world.home).share is None


def test_an_order_follows_its_matter_to_another_place(say, cast, world):
    voice = say()
    voices.relocate_matter(actor=cast.street.actor, number=voice.matter.number, place="500108002001")
    assert order_of(voice).place == "500108002001"


def test_a_wish_that_is_a_request_for_help_leaves_the_list(say, cast):
    voice = say("路灯坏了，我想要它亮")
    voices.recategorise_matter(actor=cast.clerk.actor, number=voice.matter.number, kind="help")
    assert not Order.objects.exists() and Matter.objects.get().way == "case"


def test_lines_gather_by_theme_and_age_with_people_and_times(say, cast, world):
    say("我们5个老人想学书法，周二晚上有空")
    say("给孩子找个书法班，周六上午", who=cast.newcomer)
    say("我会书法，可以教大家", kind="offer", who=cast.group_leader)
    lines = {(one.theme, one.age): one for one in queries.gathered(world.home)}
    elder = lines["calligraphy", "elder"]
    assert (elder.wishes, elder.wishing, elder.times[2, "evening"]) == (1, 5, 5)
    (theme,) = queries.by_theme(lines.values())
    assert (theme.wishing, theme.wishes, theme.offering) == (6, 2, 1)
    assert theme.ages == [("elder", 5), ("child", 1)]


def test_those_who_stand_beside_a_wish_are_counted(say, cast, world):
    voice = say("想学书法")
    Matter.objects.update(publication="shown")
    voices.me_too(actor=cast.newcomer.actor, number=voice.matter.number)
    assert queries.gathered(world.home)[0].wishing == 2


def test_the_figure_is_a_hundred_only_when_nobody_waits(say, cast, world):
    first = say("想学书法")
    for text in ("想唱合唱", "想打乒乓球"):
        say(text, who=cast.newcomer)
    actions.accept_orders(actor=cast.clerk.actor, numbers=[first.matter.number], text="好")
    found = queries.answered(world.home)
    assert (found.told, found.voices, found.share) == (1, 3, 33)


def test_a_club_that_closes_gives_its_orders_back(say, cast, world):
    from mulin.academy.clubs.actions import close_club

    voice = say()
    club = found_club(
        actor=cast.clerk.actor, place=world.home, name="书法社", theme="calligraphy",
        orders=[voice.matter.number], answer="来吧",
    )  # fmt: skip
    assert order_of(voice).state == "served"
    close_club(actor=cast.clerk.actor, number=club.number, reason="老师搬走了")
    order = order_of(voice)
    assert order.state == "accepted" and order.club is None


def test_wishes_from_before_the_list_are_put_on_it(say, cast):
    voices_ = [say("想学书法"), say("想唱合唱")]
    actions.accept_orders(actor=cast.clerk.actor, numbers=[voices_[1].matter.number], text="好")
    Order.objects.all().delete()
    Matter.objects.update(way="")
    assert actions.adopt_wishes() == 2 and actions.adopt_wishes() == 0
    assert [order_of(one).state for one in voices_] == ["gathered", "accepted"]
