"""The pages of orders: the public list, the desk's list, answers to many, the fast entry, the report page."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.academy.orders import actions
from mulin.academy.orders.models import Asking, Order
from mulin.voices.models import Matter, Voice

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


def test_the_public_list_says_how_many_want_what(say, cast, world):
    say("我们5个老人想学书法，周二晚上有空")
    say("我会书法，可以教大家", kind="offer", who=cast.newcomer)
    seen = text(Client().get(reverse("academy:orders", args=[world.home])))
    assert "书法" in seen and "5 人想要" in seen and "1 人愿意出力" in seen and "周二晚上" in seen
    assert "老人想学" not in seen, "what nobody published is counted, not shown"


def test_the_public_list_is_narrowed_by_age_and_time(say, world):
    say("我们5个老人想学书法，周二晚上有空")
    url = reverse("academy:orders", args=[world.home])
    assert "书法" in text(Client().get(url, {"age": "elder", "day": "2"}))
    for wrong in ({"age": "child"}, {"day": "3"}, {"part": "morning"}):
        assert "这样的还没有人说" in text(Client().get(url, wrong))
    assert "书法" in text(Client().get(url, {"age": "nobody", "day": "99x"}))


def test_an_empty_list_invites(world):
    assert "您想要什么？" in text(Client().get(reverse("academy:orders", args=[world.home])))


def test_a_published_wish_has_its_button_and_one_tap_counts(say, cast, client_for, world):
    voice = say("想学书法")
    Matter.objects.update(publication="shown", public_title="想学书法", published_at=voice.created_at)
    url = reverse("academy:order-theme", args=[world.home, "calligraphy"])
    newcomer = client_for(cast.newcomer)
    assert "我也想" in text(newcomer.get(url))
    newcomer.post(reverse("portal:me-too", args=[voice.matter.number]), {"next": url})
    seen = text(newcomer.get(url))
    assert "您也想" in seen and "2 人想要" in seen


@pytest.mark.parametrize("place", ["500108000000", "999999999999", "x"])
def test_a_place_without_orders_of_its_own_is_not_found(db, world, place):
    assert Client().get(reverse("academy:orders", args=[place])).status_code == 404
    assert Client().get(reverse("academy:order-theme", args=[world.home, "flying"])).status_code == 404


# The report page ----------------------------------------------------------------------------------------


def test_the_report_page_keeps_what_was_said_more_exactly(world):
    sent = {
        "text": "想学点东西", "kind": "wish", "place": world.home, "want-theme": "choir", "want-age": "elder",
        "want-people": "4", "want-times": ["2-evening", "6-morning"],
    }  # fmt: skip
    assert Client().post(reverse("portal:report"), sent).status_code == 302
    order = Order.objects.get()
    assert (order.theme, order.age, order.people, len(order.slots)) == ("choir", "elder", 4, 2)


def test_a_complaint_with_boxes_ticked_is_a_complaint(world):
    sent = {"text": "路灯坏了三天", "kind": "complaint", "place": world.home, "want-theme": "choir"}
    assert Client().post(reverse("portal:report"), sent).status_code == 302
    assert Voice.objects.get().kind == "complaint" and not Order.objects.exists()


def test_a_wrong_number_of_people_comes_back_with_everything_typed(world):
    sent = {"text": "想学点东西", "kind": "wish", "place": world.home, "want-people": "9999"}
    answer = Client().post(reverse("portal:report"), sent)
    assert answer.status_code == 422 and "想学点东西" in text(answer) and not Voice.objects.exists()


def test_a_theme_that_one_comes_from_is_chosen(world):
    seen = text(
        Client().get(reverse("portal:report"), {"kind": "wish", "theme": "choir", "place": world.home})
    )
    assert '<option value="choir" selected>' in seen


# The desk -----------------------------------------------------------------------------------------------


def test_the_desk_answers_many_at_once(clerk, say, cast):
    first, second = say("想学书法"), say("想唱合唱", who=cast.newcomer)
    numbers = [first.matter.number, second.matter.number]
    assert all(n in text(clerk.get(reverse("academy_desk:orders"))) for n in numbers)
    url = reverse("academy_desk:orders-answer")
    asked = clerk.post(url, {"orders": numbers})
    assert asked.status_code == 200 and "答复 2 条订单" in text(asked)
    assert clerk.post(url, {"orders": numbers, "decision": "accepted", "text": ""}).status_code == 422
    done = clerk.post(url, {"orders": numbers, "decision": "accepted", "text": "十二月开"})
    assert done.status_code == 302
    assert set(Order.objects.values_list("state", flat=True)) == {"accepted"}


def test_all_that_the_filters_show_are_answered_together(clerk, say, cast):
    say("想学书法")
    other = say("想唱合唱", who=cast.newcomer)
    sent = {
        "whole": "1",
        "theme": "calligraphy",
        "state": "gathered",
        "decision": "accepted",
        "text": "十二月开",
    }
    clerk.post(reverse("academy_desk:orders-answer"), sent)
    assert Order.objects.get(matter=other.matter_id).state == "gathered"
    assert Order.objects.filter(state="accepted").count() == 1


def test_nothing_ticked_is_said_so(clerk):
    answer = clerk.post(reverse("academy_desk:orders-answer"), {}, follow=True)
    assert "请先勾选" in text(answer)


def test_the_desk_puts_a_guess_right(clerk, say):
    voice = say("想学点东西")
    url = reverse("academy_desk:order", args=[voice.matter.number])
    assert clerk.get(url).status_code == 200
    sent = {"theme": "yoga", "age": "adult", "people": "2", "minutes": "45", "times": ["4-evening"]}
    assert clerk.post(url, sent).status_code == 302
    order = Order.objects.get()
    assert (order.theme, order.age, order.people, order.minutes) == ("yoga", "adult", 2, 45)
    seen = text(clerk.get(reverse("desk:wish", args=[voice.matter.number])))
    assert "瑜伽" in seen and "周四晚上" in seen


def test_another_communitys_clerk_finds_nothing(client_for, cast, say):
    voice = say()
    other = client_for(cast.other_clerk)
    assert voice.matter.number not in text(other.get(reverse("academy_desk:orders")))
    assert other.get(reverse("academy_desk:order", args=[voice.matter.number])).status_code == 404
    sent = {"orders": [voice.matter.number], "decision": "accepted", "text": "好"}
    assert other.post(reverse("academy_desk:orders-answer"), sent).status_code == 404


def test_slips_of_paper_are_entered_many_at_once(clerk, world, say):
    url = reverse("academy_desk:orders-enter")
    assert clerk.get(url).status_code == 200
    sent = {
        "place": world.home, "channel": "courtyard",
        "r0-kind": "wish", "r0-theme": "tai_chi", "r0-age": "elder", "r0-day": "3", "r0-part": "morning",
        "r0-people": "2", "r0-key": "a" * 20,
        "r1-kind": "offer", "r1-theme": "", "r1-text": "我会拉二胡，可以教大家", "r1-key": "b" * 20,
    }  # fmt: skip
    assert clerk.post(url, sent).status_code == 302
    wish, offer = Order.objects.order_by("id")
    assert (wish.theme, wish.age, wish.people, wish.kind) == ("tai_chi", "elder", 2, "wish")
    assert wish.slots == [{"day": 3, "from": "09:00", "to": "12:00"}]
    assert (offer.theme, offer.gives, offer.kind) == ("folk_music", "teach", "offer")
    assert set(Voice.objects.values_list("channel", flat=True)) == {"courtyard"}
    clerk.post(url, sent)
    assert Voice.objects.count() == 2, "a page sent twice writes each line once"


def test_a_slip_that_cannot_be_read_comes_back_and_the_others_are_kept(clerk, world):
    sent = {
        "place": world.home, "channel": "counter", "r0-kind": "wish", "r0-theme": "choir",
        "r1-kind": "wish", "r1-age": "child",
    }  # fmt: skip
    answer = clerk.post(reverse("academy_desk:orders-enter"), sent)
    assert answer.status_code == 422 and "请选一类，或者写一句想要什么" in text(answer)
    assert Order.objects.count() == 1


def test_a_grid_worker_enters_slips_at_a_meeting_in_the_yard(client_for, cast, world):
    worker = client_for(cast.gridworker)
    sent = {
        "place": world.home,
        "channel": "courtyard",
        "r0-kind": "wish",
        "r0-theme": "choir",
        "r0-people": "3",
    }
    assert worker.post(reverse("academy_desk:orders-enter"), sent).status_code == 302
    assert Asking.objects.get().people == 3


def test_the_list_goes_to_excel_and_paper_without_persons(clerk, say, world):
    say("我叫王五，电话13800000000，想学书法，周二晚上")
    answer = clerk.get(reverse("academy_desk:orders-export"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    cells = [str(cell) for row in rows for cell in row]
    assert "书法" in cells and not any("13800000000" in cell for cell in cells)
    seen = text(clerk.get(reverse("academy_desk:orders-print")))
    assert "书法" in seen and "1 人想要" in seen and "王五" not in seen


def test_an_order_taken_on_that_does_not_take_place_is_in_the_inbox(say, cast, freeze):
    from datetime import timedelta

    from mulin.academy.orders.inbox import accepted_item, accepted_rows
    from mulin.kernel import clock, waiting

    voice = say()
    actions.accept_orders(actor=cast.clerk.actor, numbers=[voice.matter.number], text="好")
    (row,) = waiting.first([accepted_rows(cast.clerk.actor)], 5)
    assert accepted_item(row) is None
    with clock.at(clock.now() + timedelta(days=61)):
        item = accepted_item(row)
    assert item is not None and "想学书法" in item.title
    assert waiting.first([accepted_rows(cast.other_clerk.actor)], 5) == []


def test_an_order_that_neighbours_talk_over_does_not_wait_for_a_club(say, cast):
    from mulin.academy.orders.inbox import accepted_rows
    from mulin.kernel import waiting
    from mulin.kernel.ids import new_id
    from mulin.kernel.models import ThreadLink

    voice = say()
    actions.accept_orders(actor=cast.clerk.actor, numbers=[voice.matter.number], text="好")
    assert len(waiting.first([accepted_rows(cast.clerk.actor)], 5)) == 1
    ThreadLink.objects.create(
        child_kind="councils.topic", child=new_id(), parent_kind="voices.matter", parent=voice.matter_id
    )
    assert waiting.first([accepted_rows(cast.clerk.actor)], 5) == []
