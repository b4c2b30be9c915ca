"""The pages of kept places and rotas, for residents, members and the desk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mulin.academy.keeping import duties, history
from mulin.academy.keeping.models import Delegation, Duty, Keeping, KeptPlace, PlaceCount, PlaceFinding, Rota
from mulin.academy.keeping.tests.test_places import picture
from mulin.ledger.models import Book

pytestmark = pytest.mark.django_db


def public(name: str, *args) -> str:
    return reverse(f"academy:{name}", args=args)


def desk(name: str, *args) -> str:
    return reverse(f"academy_desk:{name}", args=args)


def text_of(response) -> str:
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def test_everybody_reads_who_keeps_a_place_and_nobody_who_comes_on_which_day(
    cast, garden, rota, turn, client_for, world
):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    said = text_of(client_for().get(public("keeping", garden.number)))
    assert "金堰花园园艺队" in said and "浇水" in said and "钱芳" not in said
    assert public("keeping", garden.number) in text_of(client_for().get(public("keeping-here", world.home)))
    assert client_for().get(public("rota", rota.number)).status_code == 302
    assert client_for(cast.resident).get(public("rota", rota.number)).status_code == 404


def test_empty_pages_invite(client_for, world):
    assert "可以申请照看" in text_of(client_for().get(public("keeping-here", world.home)))
    assert "故事从一句话开始" in text_of(client_for().get(public("keeping-stories", world.home)))
    assert client_for().get(public("keeping-here", "123456789012")).status_code == 404


def test_a_member_takes_a_turn_and_gives_it_back_by_telephone(cast, rota, turn, client_for):
    member = client_for(cast.group_member)
    page = public("rota", rota.number)
    assert "我来" in text_of(member.get(page))
    assert member.post(public("rota-turn", turn().pk, "take")).url == page
    assert "您" in text_of(member.get(page)) and turn().account_id == cast.group_member.id
    assert "浇水" in text_of(member.get(public("rota-mine")))
    member.post(public("rota-turn", turn().pk, "give-back"))
    assert turn().account_id is None
    assert member.post(public("rota-turn", turn().pk, "dance")).status_code == 404


def test_two_members_swap_by_telephone(cast, rota, turn, client_for):
    duties.take_duty(actor=cast.group_member.actor, duty=turn(0).pk)
    duties.take_duty(actor=cast.group_leader.actor, duty=turn(1).pk)
    member, leader = client_for(cast.group_member), client_for(cast.group_leader)
    url = public("rota-swap", turn(0).pk)
    assert "孙兰" in text_of(member.get(url))
    member.post(url, {"other": str(turn(1).pk)})
    page = text_of(leader.get(public("rota", rota.number)))
    assert "行，换" in page
    swap = turn(0).swaps_offered.get()
    leader.post(public("rota-swap-answer", swap.pk, "agree"))
    assert turn(0).account_id == cast.group_leader.id


def test_the_leader_changes_the_days_on_a_page_that_says_what_follows(cast, rota, client_for):
    leader, url = client_for(cast.group_leader), desk("rota-edit", rota.number)
    page = text_of(leader.get(url))
    assert "现在是周一、周四 18:00，一次 30 分钟" in page and "收到一次通知" in page
    assert page.count("checked") == 2
    given = {
        "title": "浇水",
        "days": ["2", "6"],
        "starts": "07:30",
        "minutes": "30",
        "heads": "1",
        "every": "1",
    }
    assert leader.post(url, {**given, "days": []}).status_code == 422
    page = text_of(leader.post(url, given, follow=True))
    assert "周二、周六 07:30" in page and "改错了，再改回来就行" in page
    assert client_for(cast.group_member).get(url).status_code == 403


def test_the_leader_fills_a_turn_and_prints_the_sheet(cast, rota, turn, client_for):
    leader = client_for(cast.group_leader)
    leader.post(public("rota-fill", turn().pk), {"label": "王婆婆"})
    assert "王婆婆" in text_of(leader.get(public("rota-print", rota.number)))
    assert client_for(cast.group_member).get(public("rota-fill", turn().pk)).status_code == 403
    assert "王婆婆" not in text_of(client_for().get(public("keeping", rota.kept.number)))


def test_a_calendar_holds_turns_and_no_names(cast, rota, turn, client_for):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    member = client_for(cast.group_member)
    mine = text_of(member.get(public("rota-mine-calendar")))
    assert mine.count("BEGIN:VEVENT") == 1 and "20261123T100000Z" in mine
    every = text_of(member.get(public("rota-calendar", rota.number)))
    assert every.count("BEGIN:VEVENT") == rota.duties.count() and "钱芳" not in every


def test_a_member_reports_in_one_screen(cast, garden, client_for):
    url = public("keeping-report", garden.number)
    member = client_for(cast.group_member)
    assert "发现了什么" in text_of(member.get(url))
    assert member.post(url, {"text": ""}).status_code == 422
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    assert member.post(url, {"text": "围墙裂了", "photos": photo}).url == public("keeping", garden.number)
    assert PlaceFinding.objects.get().voice.photos.count() == 1
    assert "一共说了 1 件" in text_of(client_for().get(public("keeping", garden.number)))
    assert client_for(cast.resident).get(url).status_code == 403
    assert client_for().get(url).status_code == 302


def test_a_member_counts_by_telephone(cast, roses, client_for):
    url = public("keeping-count", roses.number)
    member = client_for(cast.group_member)
    assert "应有 30" in text_of(member.get(url))
    first = roses.items.order_by("position").first()
    assert member.post(url, {"on": "2026-11-23"}).status_code == 422
    assert member.post(url, {"on": "2026-11-23", f"n_{first.pk}": "28"}).status_code == 302
    assert PlaceCount.objects.get().lines.get().n == 28
    assert "月季少 2棵" in text_of(client_for().get(public("keeping", roses.number)))


def test_the_desk_answers_and_the_place_gets_its_page(cast, asked, client_for):
    made = asked()
    clerk, page = client_for(cast.clerk), public("keeping", made.kept.number)
    assert client_for().get(page).status_code == 404
    assert "同意" in text_of(clerk.get(desk("keeping", made.kept.number)))
    assert "清走垃圾" in text_of(clerk.get(desk("keeping-term", made.number, "agree")))
    clerk.post(desk("keeping-term", made.number, "agree"), {"ends_on": ""})
    assert client_for().get(page).status_code == 200
    again = clerk.post(desk("keeping-term", made.number, "agree"), {"ends_on": ""})
    assert again.status_code == 422 and "不能这样做" in again.content.decode()


def test_a_leader_asks_at_the_desk_for_the_only_group_they_lead(cast, world, client_for):
    leader = client_for(cast.group_leader)
    assert "金堰花园园艺队想照看" in text_of(leader.get(desk("keeping-new")))
    sent = leader.post(desk("keeping-new"), {"name": "墙角", "spot": "东头", "what": "种花"})
    kept = KeptPlace.objects.get()
    assert sent.url == desk("keeping", kept.number)
    assert leader.post(desk("keeping-new"), {"name": "墙角", "spot": "", "what": "种花"}).status_code == 422
    assert client_for(cast.group_member).get(desk("keeping-new")).status_code == 403


def test_a_clerk_first_says_for_which_group(cast, world, client_for):
    clerk = client_for(cast.clerk)
    from mulin.people.models import Organisation

    Organisation.objects.create(name="二胡社", kind="club", place=world.home)
    said = text_of(clerk.get(desk("keeping-new")))
    assert "二胡社" in said and "金堰花园园艺队" in said
    assert (
        clerk.get(desk("keeping-new") + f"?org={world.group.pk}&place={world.other_home}").status_code == 404
    )


def test_the_history_is_written_with_pictures_at_the_desk(cast, garden, client_for):
    leader = client_for(cast.group_leader)
    url = desk("keeping-entry-new", garden.number)
    given = {"on": "2026-03-01", "stage": "before", "title": "一堆砖头"}
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    refused = leader.post(url, {**given, "photos": photo})
    assert refused.status_code == 422 and "同意" in refused.content.decode()
    photo = SimpleUploadedFile("a.jpg", picture(), "image/jpeg")
    leader.post(url, {**given, "photos": photo, "photo_alt": "砖头", "consented": "on"})
    entry = garden.entries.get()
    said = text_of(client_for().get(public("keeping", garden.number)))
    shown = public("keeping-photo", entry.photos.get().pk, "thumb")
    assert "一堆砖头" in said and shown in said
    assert client_for().get(shown)["Content-Type"] == "image/jpeg"
    assert "砖头" in text_of(leader.get(desk("keeping-entry", garden.number, entry.pk)))
    leader.post(desk("keeping-photo-remove", garden.number, entry.photos.get().pk))
    assert client_for().get(shown).status_code == 404
    leader.post(desk("keeping-entry-remove", garden.number, entry.pk))
    assert not garden.entries.exists()


def test_pictures_of_a_place_that_was_only_asked_for_are_not_public(cast, asked, client_for):
    made = asked()
    row = history.write_entry(
        actor=cast.clerk.actor, number=made.kept.number, title="从前", photos=[picture()], consented=True
    )
    url = public("keeping-photo", row.photos.get().pk, "large")
    assert client_for().get(url).status_code == 404 and client_for(cast.clerk).get(url).status_code == 200


def test_what_is_counted_is_written_a_thing_a_line(cast, garden, client_for):
    leader = client_for(cast.group_leader)
    url = desk("keeping-items", garden.number)
    leader.post(url, {"items": "月季 棵 30\n 长椅\n\n大 花盆 个"})
    rows = list(garden.items.order_by("position").values_list("name", "unit", "wanted"))
    assert rows == [("月季", "棵", 30), ("长椅", "", None), ("大 花盆", "个", None)]
    assert "月季 棵 30" in text_of(leader.get(url))


def test_a_rota_is_made_for_a_place_and_for_any_club(cast, garden, group, client_for):
    leader = client_for(cast.group_leader)
    url = desk("rota-new", group.pk)
    given = {
        "title": "浇水", "days": ["1", "4"], "starts": "18:00", "minutes": "30", "heads": "1", "every": "1",
    }  # fmt: skip
    leader.post(url, {**given, "kept": garden.number})
    leader.post(url, {**given, "title": "开活动室"})
    assert set(Rota.objects.values_list("title", "kept__name")) == {("浇水", garden.name), ("开活动室", None)}
    assert leader.post(url, {**given, "days": []}).status_code == 422
    made = Rota.objects.get(title="开活动室")
    leader.post(desk("rota-edit", made.number), {**given, "title": "开门", "heads": "2"})
    assert made.duties.filter(seat=2).exists()
    leader.post(desk("rota-end", made.number))
    made.refresh_from_db()
    assert made.state == "ended"
    assert Duty.objects.filter(rota=made).exists()


def test_the_groups_page_shows_its_book_to_its_own_people_only(cast, garden, group, client_for, world):
    Book.objects.create(
        place=world.home, unit="fen", kind="group", ref=group.pk, title="种花的钱", balance=12350
    )
    url = public("keeping-group", group.pk)
    assert "123.50" in text_of(client_for(cast.group_member).get(url))
    assert "123.50" not in text_of(client_for().get(url))
    Book.objects.all().delete()
    assert "小组的账本" not in text_of(client_for(cast.group_member).get(url))


def test_delegates_are_sent_and_recalled_at_the_desk(cast, group, client_for, world):
    from mulin.councils.topics import actions as topics

    leader, url = client_for(cast.group_leader), desk("keeping-delegates", group.pk)
    assert "没有在议的题目" in text_of(leader.get(url))
    topic = topics.start_topic(
        actor=cast.clerk.actor, process="covenant", place=world.home, title="院坝公约", summary="一起定"
    )
    topics.announce_topic(actor=cast.clerk.actor, number=topic.number)
    leader.post(url, {"gathering": topic.number, "heads": "2"})
    assert "院坝公约" in text_of(client_for().get(public("keeping-group", group.pk)))
    leader.post(desk("keeping-recall", Delegation.objects.get().pk))
    assert "院坝公约" not in text_of(client_for().get(public("keeping-group", group.pk)))


def test_the_list_at_the_desk_holds_what_one_has_to_do_with(cast, asked, client_for):
    made = asked()
    for who in (cast.clerk, cast.group_leader, cast.street):
        assert made.kept.name in text_of(client_for(who).get(desk("keepings")))
    assert made.kept.name not in text_of(client_for(cast.other_clerk).get(desk("keepings")))
    clerk = client_for(cast.clerk)
    clerk.post(desk("keeping-term", made.number, "decline"), {"reason": "要建通道"})
    assert made.kept.name not in text_of(clerk.get(desk("keepings")))
    assert made.kept.name in text_of(clerk.get(desk("keepings") + "?show=over"))
    assert Keeping.objects.get().reason == "要建通道"


def test_another_group_asks_for_a_place_that_has_a_page(cast, garden, client_for, world):
    from mulin.people.models import Organisation

    other = Organisation.objects.create(name="阳台种菜社", kind="club", place=world.home)
    clerk = client_for(cast.clerk)
    url = desk("keeping-again", garden.number, other.pk)
    assert url in text_of(clerk.get(desk("keeping", garden.number)))
    clerk.post(url, {"what": "一起种"})
    assert Keeping.objects.get(org=other).state == "asked"


def test_the_place_is_renamed_and_printed(cast, garden, client_for):
    leader = client_for(cast.group_leader)
    given = {"name": "向阳花园", "spot": "7栋旁", "count_days": "14", "lon": "106.56", "lat": "29.51"}
    leader.post(desk("keeping-edit", garden.number), given)
    garden.refresh_from_db()
    assert (garden.name, garden.count_days, garden.lat) == ("向阳花园", 14, 29.51)
    said = text_of(client_for().get(public("keeping-print", garden.number)))
    assert "向阳花园" in said and "<svg" in said


def test_figures_of_groups_for_everybody_and_exactly_for_the_office(cast, garden, client_for, world):
    for place in (world.home, world.street):
        assert "小组" in text_of(client_for().get(public("keeping-turning", place)))
        assert "照看着地方" in text_of(client_for(cast.street).get(public("keeping-turning", place)))
    assert client_for().get(public("keeping-turning", world.district)).status_code == 404


def test_the_communitys_home_tells_the_story(cast, asked, client_for, world):
    from mulin.academy.keeping import actions
    from mulin.academy.keeping.tests.test_places import wish

    made = asked(matter=wish(cast))
    actions.agree(actor=cast.clerk.actor, number=made.number)
    said = text_of(client_for().get(reverse("portal:community", args=[world.home])))
    assert "这里的故事" in said and public("keeping", made.kept.number) in said
