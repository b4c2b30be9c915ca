"""The pages of venues and bookings: what residents read, what the desk does."""

from io import BytesIO

from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.bookings import actions, slots
from mulin.bookings.models import Booking
from mulin.bookings.tests.conftest import at
from mulin.places.models import Venue
from mulin.places.venues import actions as venues
from mulin.places.venues.hours import SEVEN_BY_TWELVE


def public(name: str, *args) -> str:
    return reverse(f"bookings:{name}", args=args)


def desk(name: str, *args) -> str:
    return reverse(f"bookings_desk:{name}", args=args)


def text_of(response) -> str:
    return response.content.decode()


def test_a_community_s_page_shows_its_centre_with_boards_and_whether_it_is_open(
    make_venue, client_for, world
):
    centre = make_venue(name="党群服务中心", kind="centre", phone="62880001", services=["counter"])
    make_venue(name="健康集市", kind="board", within=centre.number)
    make_venue(name="金堰花园服务站", kind="station", hours=[])
    said = text_of(client_for().get(public("venues", world.home)))
    assert "开着，到 21:00" in said and "每天 9:00–21:00" in said and "tel:62880001" in said
    assert said.index("党群服务中心") < said.index("健康集市") < said.index("金堰花园服务站")
    assert "办事窗口" in said and "请先打电话问" in said


def test_venues_are_narrowed_to_what_is_open_bookable_or_step_free(make_venue, client_for, world):
    make_venue(name="甲室", traits=["step_free"])
    make_venue(name="乙室", hours=[{"day": 1, "from": "09:00", "to": "10:00"}], is_bookable=False)
    for show, there, gone in (
        ("open", "甲室", "乙室"),
        ("bookable", "甲室", "乙室"),
        ("step_free", "甲室", "乙室"),
    ):
        said = text_of(client_for().get(public("venues", world.home), {"show": show}))
        assert there in said and gone not in said
    assert "这样的眼下没有" in text_of(client_for().get(public("venues", world.home), {"show": "culture"}))


def test_a_place_that_is_none_has_no_page(client_for, world):
    assert client_for().get(public("venues", "500108002999")).status_code == 404
    assert client_for().get(public("venue", "1234567897")).status_code == 404


def test_the_week_shows_titles_of_public_things_only(room, book, client_for, cast):
    book(room, 9, 10)
    book(room, 11, 12, title="一起读书", who=cast.neighbour)
    slots.take(slots.of_venue(room), at(14, day=1), at(15, day=1), what="session", title="太极班")
    page = text_of(client_for().get(public("venue", room.number), {"week": "2026-11-24"}))
    assert "小组排练" not in page and "李晓梅" not in page
    assert "已约" in page and "一起读书" in page and "太极班" in page
    assert "10:00–11:00" in page and "15:00–21:00" in page  # free in between
    own = text_of(client_for(cast.resident).get(public("venue", room.number), {"week": "2026-11-24"}))
    assert "我的预约" in own and "小组排练" not in own


def test_a_tapped_free_time_is_filled_into_the_form_and_booked(room, client_for, cast):
    client = client_for(cast.resident)
    week = text_of(client.get(public("venue", room.number), {"week": "2026-11-24"}))
    assert f"{public('venue-book', room.number)}?day=2026-11-24&amp;from=09:00" in week
    form = text_of(client.get(public("venue-book", room.number), {"day": "2026-11-24", "from": "09:00"}))
    assert 'value="2026-11-24"' in form and '<option value="09:00" selected>' in form
    body = {"day": "2026-11-24", "starts_at": "09:00", "ends_at": "90", "reason": "排练", "title": ""}
    answer = client.post(public("venue-book", room.number), body)
    booking = Booking.objects.get()
    assert answer.status_code == 302 and answer.url == public("booking", booking.number)
    assert (booking.starts_at, booking.ends_at) == (at(9, day=1), at(10, 30, day=1))


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(room, book, client_for, cast):
    book(room, who=cast.neighbour)
    body = {"day": "2026-11-24", "starts_at": "09:00", "ends_at": "60", "reason": "排练用", "title": ""}
    answer = client_for(cast.resident).post(public("venue-book", room.number), body)
    said = text_of(answer)
    assert answer.status_code == 422 and "10:00 起空着" in said and 'value="排练用"' in said
    assert 'id="id_starts_at_error"' in said


def test_strangers_are_asked_to_log_in_before_they_book(room, client_for):
    answer = client_for().get(public("venue-book", room.number))
    assert answer.status_code == 302 and "login" in answer.url
    assert client_for().get(public("venue-mine")).status_code == 302


def test_a_leader_books_for_the_group(room, client_for, cast, world):
    body = {
        "day": "2026-11-24", "starts_at": "09:00", "ends_at": "60", "reason": "例会", "title": "",
        "org": str(world.group.id),
    }  # fmt: skip
    client = client_for(cast.group_leader)
    assert "金堰花园园艺队" in text_of(client.get(public("venue-book", room.number)))
    client.post(public("venue-book", room.number), body)
    assert Booking.objects.get().org_id == world.group.id
    assert "为谁约" not in text_of(client_for(cast.resident).get(public("venue-book", room.number)))


def test_one_s_own_bookings_are_seen_put_into_a_calendar_and_cancelled(room, book, client_for, cast):
    booking = book(room)
    client = client_for(cast.resident)
    assert "舞蹈室" in text_of(client.get(public("venue-mine")))
    for url in (public("booking-calendar", booking.number), public("venue-mine-calendar")):
        ics = text_of(client.get(url))
        assert "DTSTART:20261124T010000Z" in ics and "SUMMARY:舞蹈室：小组排练" in ics
    assert client_for(cast.neighbour).get(public("booking", booking.number)).status_code == 404
    assert client_for(cast.neighbour).get(public("booking-calendar", booking.number)).status_code == 404
    client.post(public("booking-cancel", booking.number), {"reason": ""})
    assert "取消了" in text_of(client.get(public("booking", booking.number)))


def test_a_venue_is_registered_and_described_at_the_desk(cast, client_for, world, freeze):
    freeze("2026-11-22 10:00")
    client = client_for(cast.clerk)
    body = {"place": world.home, "kind": "room", "name": "旧锅炉房", "week": "7x12"}
    answer = client.post(desk("venue-new"), body)
    made = Venue.objects.get()
    assert answer.url == desk("venue-edit", made.number) and made.hours == SEVEN_BY_TWELVE
    body = {
        "name": "旧锅炉房", "kind": "room", "capacity": "30", "area": "110", "is_idle": "on",
        "traits": ["culture"], "equipment": ["tables"], "owner": "", "address": "后院",
    }  # fmt: skip
    assert client.post(desk("venue-edit", made.number), body).status_code == 302
    made.refresh_from_db()
    assert (made.capacity, made.is_idle, made.traits) == (30, True, ["culture"])
    assert "旧锅炉房" in text_of(client.get(desk("venues"), {"show": "idle"}))
    assert "旧锅炉房" not in text_of(client.get(desk("venues"), {"show": "use"}))
    use = {"use": "neighbours", "who": "邻里厨房", "first": "2026-12-01", "last": "", "terms": "免租"}
    client.post(desk("venue-use", made.number), use)
    page = text_of(client.get(desk("venue", made.number)))
    assert "邻里共享空间" in page and "邻里厨房" in page and "7×12" in page
    client.post(desk("venue-use-end", made.number), {"outcome": "办了十二场"})
    assert "办了十二场" in text_of(client.get(desk("venue", made.number)))


def hours_body(**more) -> dict:
    blank = {f"d{day}_{side}{n}": "" for day in range(1, 8) for n in range(2) for side in ("from", "to")}
    return {**blank, "preset": "", "holidays": "open", **more}


def test_hours_are_edited_a_line_a_day_without_a_script(room, client_for, cast):
    client = client_for(cast.clerk)
    shown = text_of(client.get(desk("venue-hours", room.number)))
    assert 'name="d7_from1"' in shown and 'value="09:00"' in shown
    split = {"d1_from0": "09:00", "d1_to0": "12:00", "d1_from1": "14:00", "d1_to1": "00:00"}
    client.post(desk("venue-hours", room.number), hours_body(**split))
    room.refresh_from_db()
    assert room.hours == [
        {"day": 1, "from": "09:00", "to": "12:00"},
        {"day": 1, "from": "14:00", "to": "24:00"},
    ]
    client.post(desk("venue-hours", room.number), hours_body(**split, copy="on", holidays="closed"))
    room.refresh_from_db()
    assert len(room.hours) == 14 and room.holidays == "closed"
    client.post(desk("venue-hours", room.number), hours_body(preset="7x12"))
    room.refresh_from_db()
    assert room.hours == SEVEN_BY_TWELVE
    wrong = client.post(desk("venue-hours", room.number), hours_body(d3_from0="12:00", d3_to0="09:00"))
    assert wrong.status_code == 422 and "周三：关门要晚于开门" in text_of(wrong)


def test_the_owner_s_rules_are_set_at_the_desk_and_empty_ones_follow_the_pack(room, client_for, cast):
    client = client_for(cast.clerk)
    body = {"who": "group", "decide": "", "most_minutes": "120", "pause": "15", "terms": "关灯"}
    assert client.post(desk("venue-rules", room.number), body).status_code == 302
    room.refresh_from_db()
    assert room.booking == {"who": "group", "most_minutes": 120, "terms": "关灯"} and room.rules == {
        "pause": 15
    }
    page = text_of(client_for().get(public("venue", room.number)))
    assert "只限小组" in page and "一次最长 2 小时" in page and "关灯" in page


def test_closed_days_are_announced_and_dropped(room, client_for, cast):
    client = client_for(cast.clerk)
    body = {"first": "2026-11-26", "last": "2026-11-27", "reason": "粉刷"}
    client.post(desk("venue-closed-days", room.number), body)
    said = text_of(client_for().get(public("venue", room.number)))
    assert "11月26日至11月27日闭馆：粉刷" in said
    client.post(desk("venue-closed-days-drop", room.number), {"first": "2026-11-26", "last": "2026-11-27"})
    room.refresh_from_db()
    assert room.closures == []


def test_a_venue_is_given_up_and_taken_up_again(room, client_for, cast):
    client = client_for(cast.clerk)
    client.post(desk("venue-close", room.number), {"on": "2026-11-22", "reason": "漏水"})
    assert "这里已经停用：漏水" in text_of(client_for().get(public("venue", room.number)))
    client.post(desk("venue-reopen", room.number))
    room.refresh_from_db()
    assert room.closed_on is None


def test_the_desk_answers_moves_and_notes_that_nobody_came(hall, book, client_for, cast, freeze):
    asked = book(hall)
    client = client_for(cast.clerk)
    assert asked.number in text_of(client.get(desk("venue-bookings")))
    assert "有人想用大礼堂，请答复" in text_of(client.get("/desk/"))
    client.post(desk("venue-booking-approve", asked.number))
    move = {"day": "2026-11-24", "starts_at": "15:00", "ends_at": "60", "reason": "合唱队要用"}
    assert client.post(desk("venue-booking-move", asked.number), move).status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.starts_at) == ("booked", at(15, day=1))
    assert "时间改过：合唱队要用" in text_of(client_for(cast.resident).get(public("booking", asked.number)))
    freeze("2026-11-24 15:30")
    client.post(desk("venue-booking-no-show", asked.number))
    client.post(desk("venue-booking-restore", asked.number))
    client.post(desk("venue-booking-cancel", asked.number), {"reason": "停电"})
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("cancelled", "停电")


def test_a_caller_is_booked_at_the_desk_and_only_who_looks_after_it_reads_the_telephone(
    room, client_for, cast
):
    body = {
        "day": "2026-11-24", "starts_at": "09:00", "ends_at": "60", "weeks": "2", "org": "", "who": "老周",
        "phone": "13900001111", "reason": "看球", "title": "",
    }  # fmt: skip
    answer = client_for(cast.clerk).post(desk("venue-book", room.number), body)
    assert Booking.objects.count() == 2
    assert "13900001111" in text_of(client_for(cast.clerk).get(answer.url))
    assert client_for(cast.other_clerk).get(answer.url).status_code == 404
    assert client_for(cast.resident).get(answer.url).status_code == 403


def test_the_calendar_shows_every_room_of_a_day_and_of_a_week(room, hall, book, client_for, cast):
    book(room, 9, 10)
    asked = book(hall, 10, 12)
    client = client_for(cast.clerk)
    day = text_of(client.get(desk("venue-calendar"), {"day": "2026-11-24"}))
    assert day.count("小组排练") == 2 and "等答复" in day
    # The free stretch behind a booking leads to booking for somebody at that time.
    assert f"{desk('venue-book', room.number)}?day=2026-11-24&amp;from=10:00" in day
    week = text_of(client.get(desk("venue-calendar"), {"day": "2026-11-24", "show": "week"}))
    assert desk("venue-booking", asked.number) in week and "10:00–12:00" in week


def test_cells_of_the_day_s_sheet_fill_every_line_of_every_room(room, hall, book):
    from mulin.bookings import showing

    book(room, 9, 10)
    book(hall, 10, 12)
    sheet = showing.day_sheet([room, hall], at(0, day=1).date())
    filled = {room.number: 0, hall.number: 0}
    for line in sheet["lines"]:
        for one in line["cells"]:
            filled[one["number"]] += one["cell"].rows
    assert set(filled.values()) == {len(sheet["lines"])}


def test_the_report_tells_hours_used_of_hours_open(room, hall, book, client_for, cast, freeze):
    book(room, 9, 12)
    missed = book(room, 14, 16, day=2)
    freeze("2026-11-26 22:00")
    actions.mark_no_show(actor=cast.clerk.actor, number=missed.number)
    client = client_for(cast.clerk)
    period = {"since": "2026-11-23", "until": "2026-11-29"}
    said = text_of(client.get(desk("venue-report"), period))
    assert "李晓梅" not in said
    # Monday to Thursday were open, twelve hours each, in both rooms.
    assert "开了 96 小时，用了 3 小时（3%）" in said
    file = BytesIO(client.get(desk("venue-report-file"), period).content)
    rows = list(CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).iter_rows())
    lines = {row[0]: row for row in rows[2:]}
    assert lines["舞蹈室"][3:5] == [48, 3] and lines["舞蹈室"][10] == 1 and lines["大礼堂"][4] == 0


def test_the_week_for_the_door_has_no_names_and_the_code_of_the_page(room, book, client_for):
    book(room)
    said = text_of(client_for().get(public("venue-print", room.number), {"week": "2026-11-24"}))
    assert "9:00–10:00" in said and "已约" in said and "小组排练" not in said and "<svg" in said


def test_the_home_of_a_community_says_where_to_go(make_venue, client_for, world):
    make_venue(name="党群服务中心", kind="centre")
    said = text_of(client_for().get(f"/c/{world.home}/"))
    assert "党群服务中心" in said and public("venues", world.home) in said


def test_past_time_of_today_is_not_offered(room, client_for, cast, freeze):
    freeze("2026-11-23 10:20")
    page = text_of(client_for(cast.resident).get(public("venue", room.number)))
    assert "10:30–21:00" in page and "from=09:00" not in page.split("周二")[0]


def test_a_closed_venue_offers_nothing_to_book(room, client_for, cast):
    given = {"actor": cast.clerk.actor, "number": room.number}
    venues.edit_venue(**given, is_bookable=False)
    assert client_for(cast.resident).get(public("venue-book", room.number)).status_code == 404


def test_when_nothing_of_this_week_is_left_the_next_one_is_shown(room, client_for, cast, freeze):
    freeze("2026-11-29 22:30")  # a Sunday, after the last open hour
    client = client_for(cast.resident)
    assert "下一周" in client.get(f"/venues/{room.number}/").content.decode()
    asked = client.get(f"/venues/{room.number}/", {"week": "2026-11-29"}).content.decode()
    assert "这一周" in asked
