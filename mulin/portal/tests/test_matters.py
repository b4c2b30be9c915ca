"""Published matters, 我也遇到, and photos that are private until somebody approved them."""

import pytest
from django.test import Client
from django.urls import reverse

from mulin.cases.models import Case
from mulin.kernel.numbers import show_number
from mulin.portal import receipts
from mulin.voices import actions
from mulin.voices.models import Matter, MeToo, Photo

pytestmark = pytest.mark.django_db


def page(response) -> str:
    return response.content.decode()


def url(matter) -> str:
    return reverse("portal:matter", args=[matter.number])


def me_too(client, matter, **headers):
    return client.post(reverse("portal:me-too", args=[matter.number]), headers=headers)


def test_everyone_reads_a_published_matter(shown):
    matter = shown()
    html = page(Client().get(url(matter)))
    assert matter.public_title in html
    assert "我也遇到" in html
    assert "有居民说了这件事" in html


def test_what_is_not_published_is_not_there(sent, cast, client_for):
    for client in (Client(), sent.client, client_for(cast.clerk)):
        assert client.get(url(sent.voice.matter)).status_code == 404


def test_a_hidden_matter_disappears(shown, cast):
    matter = shown()
    actions.hide_matter(actor=cast.clerk.actor, number=matter.number, reason="涉及他人隐私")
    assert Client().get(url(matter)).status_code == 404


def test_a_merged_matter_leads_to_the_one_it_is_now(shown, cast):
    from mulin.cases import actions as cases

    first, second = shown(), shown(text="小区大门外的路灯全黑了")
    cases.merge_cases(actor=cast.clerk.actor, number=second.number, into=first.number)
    assert Client().get(url(second))["Location"] == url(first)


def test_the_public_page_names_neither_the_person_nor_the_worker(shown, cast, finish):
    matter = shown()
    finish(matter.number)
    html = page(Client().get(url(matter)))
    assert cast.resident.account.name not in html
    assert cast.clerk.account.name not in html
    assert "等反映的人确认" in html


def test_my_own_matter_leads_to_my_own_page(shown, cast, client_for):
    matter = shown()
    html = page(client_for(cast.resident).get(url(matter)))
    assert reverse("portal:voice", args=[matter.number]) in html
    assert "看我说的" in html


# 我也遇到 --------------------------------------------------------------------------------------------


def test_one_browser_stands_beside_a_matter_once(shown):
    matter, client = shown(), Client()
    assert me_too(client, matter)["Location"] == url(matter)
    me_too(client, matter)
    assert Matter.objects.get(pk=matter.pk).me_too_count == 1
    assert MeToo.objects.get().device_hash
    assert client.cookies[receipts.DEVICE].value not in MeToo.objects.get().device_hash
    assert '<span class="badge badge--done">' in page(client.get(url(matter)))


def test_two_browsers_and_an_account_are_three(shown, cast, client_for):
    matter = shown()
    for client in (Client(), Client(), client_for(cast.neighbour)):
        me_too(client, matter)
    assert Matter.objects.get(pk=matter.pk).me_too_count == 3


def test_with_scripts_only_the_button_changes(shown):
    answer = me_too(Client(), shown("wish", "想学太极拳"), **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert "<html" not in page(answer)
    assert "2 位邻居想要" in page(answer)


def test_standing_beside_ones_own_matter_is_explained(shown, cast, client_for):
    matter, client = shown(), client_for(cast.resident)
    assert "您已经说过了" in page(client.post(reverse("portal:me-too", args=[matter.number]), follow=True))
    answer = me_too(client, matter, **{"HX-Request": "true"})
    assert answer.status_code == 409
    assert "您已经说过了" in page(answer)


def test_nobody_stands_beside_what_is_not_public(sent):
    assert me_too(Client(), sent.voice.matter).status_code == 404
    assert not MeToo.objects.exists()


def test_where_i_stand_beside_is_among_my_things(shown):
    matter, client = shown(), Client()
    me_too(client, matter)
    me_too(Client(), matter)
    assert page(client.get("/mine")).count(matter.public_title) == 1
    assert matter.public_title not in page(Client().get("/mine"))


# Photos ------------------------------------------------------------------------------------------------


@pytest.fixture
def pictured(say, picture, world):
    """A report with one photo: `.client`, `.voice`, `.photo`, `.thumb` and `.large` addresses."""
    client = Client()
    found = say(client, photos=[picture()])
    found.client = client
    found.photo = Photo.objects.get()
    found.thumb, found.large = (reverse("portal:photo", args=[found.photo.pk, s]) for s in ("thumb", "large"))
    return found


def test_a_photo_is_private_until_it_is_approved(pictured, cast, client_for):
    for who in (
        Client(),
        client_for(cast.resident),
        client_for(cast.neighbour),
        client_for(cast.other_clerk),
    ):
        assert who.get(pictured.thumb).status_code == 404
        assert who.get(pictured.large).status_code == 404
    for who in (pictured.client, client_for(cast.clerk)):
        response = who.get(pictured.large)
        assert response.status_code == 200
        assert response["Content-Type"] == "image/jpeg"
        assert response["Cache-Control"] == "private, no-cache"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Content-Disposition"].startswith("inline")


def test_the_link_of_the_receipt_shows_its_photos(pictured):
    client = Client()
    assert pictured.thumb in page(client.get(pictured.url))
    assert client.get(pictured.thumb).status_code == 200


def test_an_approved_photo_of_a_published_matter_is_for_everyone(pictured, cast):
    actions.publish_matter(
        actor=cast.clerk.actor, number=pictured.voice.matter.number, title="楼道灯坏了", text="楼道灯坏了",
        photos=[pictured.photo.pk],
    )  # fmt: skip
    response = Client().get(pictured.thumb)
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("public")
    assert pictured.thumb in page(Client().get(url(pictured.voice.matter)))
    actions.hide_matter(actor=cast.clerk.actor, number=pictured.voice.matter.number, reason="有人脸")
    assert Client().get(pictured.thumb).status_code == 404


def test_a_photo_that_did_not_change_is_not_sent_again(pictured):
    tag = pictured.client.get(pictured.thumb)["ETag"]
    response = pictured.client.get(pictured.thumb, headers={"if-none-match": tag})
    assert response.status_code == 304
    assert Client().get(pictured.thumb, headers={"if-none-match": tag}).status_code == 404


def test_a_size_or_a_photo_that_does_not_exist_is_not_found(pictured):
    assert pictured.client.get(f"/photo/{pictured.photo.pk}/huge").status_code == 404
    assert pictured.client.get("/photo/00000000-0000-0000-0000-000000000000/thumb").status_code == 404


def test_a_public_page_is_also_in_english(shown):
    html = page(Client(headers={"accept-language": "en"}).get(url(shown())))
    assert "What happened" in html


def test_the_public_history_names_units_and_no_person(shown, cast, settle):
    from mulin.cases import moves

    matter = shown()
    org = cast.department.actor.posts[0].org
    moves.perform("accept", actor=cast.clerk.actor, number=matter.number)
    moves.perform("dispatch", actor=cast.clerk.actor, number=matter.number, org=str(org))
    settle()
    html = page(Client().get(url(matter)))
    assert "派给" in html and "城市管理局" in html
    assert not any(person.account.name in html for person in cast.everybody().values())


def test_the_public_history_tells_that_work_was_taken_up_again(shown, cast, settle):
    from datetime import timedelta

    from mulin.cases import actions as cases
    from mulin.kernel import clock

    matter = shown()
    who, number = cast.clerk.actor, matter.number
    cases.accept_case(actor=who, number=number)
    day = clock.today() + timedelta(days=9)
    cases.suspend_case(actor=who, number=number, reason="等配件", review_on=day)
    cases.approve_pending(actor=cast.street.actor, number=number)
    cases.resume_case(actor=who, number=number, reason="配件到了")
    html = page(Client().get(url(matter)))
    assert "恢复办理" in html and day.isoformat() not in html


def test_a_staff_line_is_not_in_the_public_history(shown, cast):
    matter = shown()
    before = Client().get(url(matter)).context["timeline"]
    actions.edit_facts(actor=cast.clerk.actor, number=matter.number, facts={"root": "镇流器老化"})
    after = Client().get(url(matter))
    assert after.context["timeline"] == before and "镇流器老化" not in page(after)


def test_the_page_of_a_matter_tells_its_number_dates_and_no_building(shown, world):
    matter = shown(building=world.building)
    html = page(Client().get(url(matter)))
    assert show_number(matter.number) in html and "基本情况" in html
    assert world.sites[world.building].name not in html


def test_what_is_under_way_stands_before_what_is_done(shown, finish, world):
    done, under_way = shown(text="单元门的锁坏了关不上"), shown()
    finish(done.number)
    response = Client().get(f"/c/{world.home}/matters")
    assert [card["number"] for card in response.context["cards"]] == [under_way.number]
    assert [card["number"] for card in response.context["done"]] == [done.number]
    html = page(response)
    assert html.index(under_way.public_title) < html.index("办好的") < html.index(done.public_title)
    home = Client().get(f"/c/{world.home}/")
    assert [card["number"] for card in home.context["matters"]] == [under_way.number]


def test_a_suspended_matter_says_so_in_every_public_list(shown, world):
    matter = shown()
    Case.objects.filter(matter=matter).update(state="suspended", review_on="2020-01-01")
    for path in (url(matter), f"/c/{world.home}/matters", f"/register/?place={world.home}"):
        assert "挂账" in page(Client().get(path)), path
    # A day that is over is not called a plan.
    assert "还没有看" in page(Client().get(url(matter)))


def test_an_offer_is_called_the_same_on_the_button_and_on_the_wall(shown, world):
    shown("offer", "我会拉二胡，周末可以教邻居")
    wall = Client().get(f"/c/{world.home}/wishes")
    (card,) = wall.context["themes"][0]["cards"]
    assert str(card["kind"]) == "我能帮" and "我能帮" in page(Client().get("/report"))
