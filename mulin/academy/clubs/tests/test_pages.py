"""The pages of clubs: the college, the list, one club for strangers, members and leaders, the desk."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.academy.clubs import actions, queries
from mulin.academy.clubs.models import Club, Gathering
from mulin.academy.orders.models import Order
from mulin.kernel import clock
from mulin.people.models import Organisation, Post
from mulin.people.queries import in_force

pytestmark = pytest.mark.django_db
TUESDAY = [{"day": 2, "from": "19:00", "to": "20:30"}]


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


def test_the_college_shows_what_is_wanted_and_what_runs(wish, club, world):
    wish("我们5个人想唱合唱，周四晚上")
    club(times=TUESDAY)
    seen = text(Client().get(reverse("academy:college", args=[world.home])))
    assert "金堰社区社区学院" not in seen or "社区学院" in seen
    assert "合唱" in seen and "5 人想要" in seen and "艺术" in seen and "1 个社团" in seen


def test_an_empty_college_invites(world):
    seen = text(Client().get(reverse("academy:college", args=[world.home])))
    assert "您想要什么？" in seen and "还没有社团" in seen


def test_the_list_is_narrowed_by_union_age_and_day(club, world):
    club(times=TUESDAY, ages=["elder"])
    club("羽毛球队", "badminton")
    url = reverse("academy:clubs", args=[world.home])
    both = text(Client().get(url))
    assert "金堰书法社" in both and "羽毛球队" in both and "周二 19:00–20:30" in both
    for asked, there, away in (
        ({"union": "sports"}, "羽毛球队", "金堰书法社"),
        ({"age": "child"}, "羽毛球队", "金堰书法社"),
        ({"day": "2"}, "金堰书法社", "羽毛球队"),
    ):
        seen = text(Client().get(url, asked))
        assert there in seen and away not in seen


def test_names_of_members_are_for_members_alone(club, cast, client_for):
    made = club(leaders=[cast.group_leader.id])
    actions.join_club(actor=cast.resident.actor, number=made.number)
    actions.list_member(actor=cast.clerk.actor, number=made.number, label="3栋王阿姨")
    actions.tell_members(actor=cast.clerk.actor, number=made.number, title="周二改到三楼")
    url = reverse("academy:club", args=[made.number])
    name = str(cast.resident.account)
    for client in (Client(), client_for(cast.neighbour)):
        seen = text(client.get(url))
        assert "3 人" in seen and str(cast.group_leader.account) in seen, "leaders are named, members counted"
        assert name not in seen.partition("<main")[2] and "王阿姨" not in seen and "改到三楼" not in seen
    inside = text(client_for(cast.resident).get(url))
    assert name in inside and "3栋王阿姨" in inside and "周二改到三楼" in inside


def test_one_tap_joins_and_one_leaves(club, cast, client_for):
    made = club()
    resident = client_for(cast.resident)
    page = reverse("academy:club", args=[made.number])
    assert "加入" in text(resident.get(page))
    resident.post(reverse("academy:club-join", args=[made.number]))
    assert "您是成员" in text(resident.get(page)) and "金堰书法社" in text(
        resident.get(reverse("academy:clubs-mine"))
    )
    resident.post(reverse("academy:club-leave", args=[made.number]))
    assert not Post.objects.filter(in_force(), org=made.org, account=cast.resident.id).exists()


def test_joining_asks_a_stranger_to_sign_in_and_a_link_joins_nobody(club, cast, client_for):
    made = club()
    answer = Client().post(reverse("academy:club-join", args=[made.number]))
    assert answer.status_code == 302 and "login" in answer.url
    assert client_for(cast.resident).get(reverse("academy:club-join", args=[made.number])).status_code == 405
    assert not Post.objects.filter(org=made.org).exists()


def test_a_team_asks_and_only_the_asker_and_the_community_see_it(world, cast, client_for, clerk):
    url = reverse("academy:club-ask", args=[world.home])
    assert Client().get(url).status_code == 302
    resident = client_for(cast.resident)
    sent = {"name": "红梅舞蹈队", "theme": "dance", "days": ["1", "3"], "begin": "18:30", "end": "19:30"}
    assert resident.post(url, {**sent, "begin": ""}).status_code == 422
    assert resident.post(url, sent).status_code == 302
    made = Club.objects.get()
    page = reverse("academy:club", args=[made.number])
    assert resident.get(page).status_code == 200 and clerk.get(page).status_code == 200
    assert Client().get(page).status_code == 404 and client_for(cast.neighbour).get(page).status_code == 404
    assert Client().get(reverse("people:group", args=[made.org_id])).status_code == 404
    clerk.post(reverse("academy_desk:club-move", args=[made.number, "admit"]))
    assert Client().get(page).status_code == 200


# The desk -----------------------------------------------------------------------------------------------


def test_ticked_orders_become_a_club(clerk, wish, cast, world):
    numbers = [
        wish("想学书法，周二晚上").number,
        wish("给孩子找个书法班，周二晚上", who=cast.newcomer).number,
    ]
    url = reverse("academy_desk:club-new")
    form = text(clerk.post(url, {"orders": numbers}))
    assert "2 条订单" in form and '<option value="calligraphy" selected>' in form
    sent = {
        "orders": numbers, "place": world.home, "name": "金堰书法社", "theme": "calligraphy",
        "level": "community", "days": ["2"], "begin": "19:00", "end": "20:30", "is_open": "on",
        "answer": "十二月开",
    }  # fmt: skip
    assert clerk.post(url, {**sent, "answer": ""}).status_code == 422
    assert clerk.post(url, sent).status_code == 302
    made = Club.objects.get()
    assert made.times == TUESDAY and Order.objects.filter(club=made, state="served").count() == 2
    seen = text(clerk.get(reverse("academy_desk:club", args=[made.number])))
    assert "接下的订单" in seen and "想学书法" in seen


def test_a_team_on_file_keeps_its_members(clerk, world, cast):
    team = Organisation.objects.create(name="太极队", kind="club", place=world.home)
    Post.objects.create(account_id=cast.resident.id, role="group_member", place=world.home, org=team)
    sent = {
        "place": world.home, "name": "金堰太极队", "theme": "tai_chi", "level": "community",
        "group": str(team.pk),
    }  # fmt: skip
    assert clerk.post(reverse("academy_desk:club-new"), sent).status_code == 302
    made = queries.get_club(cast.clerk.actor, Club.objects.get().number)
    assert made.org_id == team.pk and made.size == 1
    assert str(team.pk) not in text(clerk.get(reverse("academy_desk:club-new")))


def test_a_leader_finds_their_club_alone_at_the_desk(club, cast, client_for):
    own, other = club(leaders=[cast.resident.id]), club("合唱团", "choir")
    leader = client_for(cast.resident)
    seen = text(leader.get(reverse("academy_desk:clubs")))
    assert "金堰书法社" in seen and "合唱团" not in seen
    assert leader.get(reverse("academy_desk:club", args=[own.number])).status_code == 200
    assert leader.get(reverse("academy_desk:club", args=[other.number])).status_code == 403
    for name in ("club-edit", "club-tell", "club-listed"):
        assert leader.get(reverse(f"academy_desk:{name}", args=[own.number])).status_code == 200
        assert leader.get(reverse(f"academy_desk:{name}", args=[other.number])).status_code == 403
    assert leader.get(reverse("academy_desk:club-why", args=[own.number, "close"])).status_code == 403
    assert leader.get(reverse("academy_desk:orders")).status_code == 403


def test_the_desk_looks_after_members_and_the_life_of_a_club(clerk, club, cast):
    made = club()
    actions.join_club(actor=cast.resident.actor, number=made.number)
    post = Post.objects.get(org=made.org)
    member = reverse("academy_desk:club-member", args=[made.number])
    clerk.post(member, {"do": "leader", "who": str(post.pk)})
    assert Post.objects.get(in_force(), org=made.org).role == "group_leader"
    assert clerk.post(member, {"do": "fire", "who": str(post.pk)}).status_code == 404
    clerk.post(reverse("academy_desk:club-listed", args=[made.number]), {"label": "3栋王阿姨"})
    clerk.post(reverse("academy_desk:club-tell", args=[made.number]), {"title": "周二停一次"})
    seen = text(clerk.get(reverse("academy_desk:club", args=[made.number])))
    assert "3栋王阿姨" in seen and "周二停一次" in seen
    clerk.post(reverse("academy_desk:club-why", args=[made.number, "rest"]), {"reason": "放暑假"})
    assert "放暑假" in text(Client().get(reverse("academy:club", args=[made.number])))
    clerk.post(reverse("academy_desk:club-move", args=[made.number, "resume"]))
    edited = {"name": "新书法社", "theme": "calligraphy", "level": "community", "is_open": "on"}
    assert clerk.post(reverse("academy_desk:club-edit", args=[made.number]), edited).status_code == 302
    clerk.post(reverse("academy_desk:club-why", args=[made.number, "close"]), {"reason": "都搬走了"})
    made.refresh_from_db()
    assert made.state == "closed" and made.org.name == "新书法社"


def test_the_list_goes_to_excel_and_paper(clerk, club):
    club(times=TUESDAY)
    answer = clerk.get(reverse("academy_desk:clubs-export"))
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert "金堰书法社" in cells and "周二 19:00–20:30" in cells
    assert "金堰书法社" in text(clerk.get(reverse("academy_desk:clubs-print")))


def test_a_gathering_is_planned_held_and_read_by_everybody(clerk, club, world):
    one, two = club(), club("国画社", "painting")
    url = reverse("academy_desk:gathering-new")
    assert clerk.get(url).status_code == 200
    sent = {
        "place": world.home, "kind": "friendly", "level": "community", "title": "笔会",
        "starts_at": f"{clock.now() + timedelta(hours=30):%Y-%m-%dT%H:%M}", "clubs": [one.number, two.number],
    }  # fmt: skip
    assert clerk.post(url, {**sent, "clubs": [one.number]}).status_code == 422
    assert clerk.post(url, sent).status_code == 302
    made = Gathering.objects.get()
    assert "笔会" in text(Client().get(reverse("academy:gathering", args=[made.number])))
    assert "笔会" in text(clerk.get(reverse("academy_desk:gatherings")))
    with clock.at(clock.now() + timedelta(days=3)):
        clerk.post(reverse("academy_desk:gathering-held", args=[made.number]), {"came": "12"})
    made.refresh_from_db()
    assert (made.state, made.came) == ("held", 12)


def test_the_home_of_the_community_leads_to_the_college(wish, club, world):
    club()
    wish("想唱合唱")
    seen = text(Client().get(reverse("portal:community", args=[world.home])))
    assert reverse("academy:college", args=[world.home]) in seen and "1 个社团" in seen
