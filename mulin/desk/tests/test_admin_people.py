"""Posts, accounts, units and groups as administrators and secretaries handle them."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.kernel import clock
from mulin.people import queries
from mulin.people.models import Account, Organisation, Post, RecoveryLink


def url(name: str, *args) -> str:
    return reverse(f"desk:desk_admin:{name}", args=args)


@pytest.fixture
def typed(cast):
    return {
        "person": "newcomer", "role": "clerk", "place": "金堰社区", "org": "", "title": "专职",
        "begins_on": clock.today().isoformat(), "ends_on": "",
    }  # fmt: skip


def test_a_secretary_gives_a_post_to_somebody_found_by_exact_name(browser, cast, typed):
    assert browser("secretary").post(url("post-give"), typed).status_code == 302
    assert cast.newcomer.again().roles == {"clerk"}


def test_nobody_gives_a_post_higher_than_their_own_may(browser, cast, typed):
    page = browser("secretary").post(
        url("post-give"), {**typed, "role": "admin", "place": cast.admin.actor.posts[0].place}
    )
    assert page.status_code == 422
    assert "专职" in page.content.decode()
    assert cast.newcomer.again().posts == ()


def test_an_unknown_person_is_said_beside_the_field(browser, typed):
    page = browser("secretary").post(url("post-give"), {**typed, "person": "nobody-here"})
    assert page.status_code == 422 and page.context["form"].errors["person"]


def test_a_post_ends_is_handed_over_and_deputised(browser, cast):
    post = Post.objects.get(account=cast.clerk.account)
    client = browser("secretary")
    until = (clock.today() + timedelta(days=10)).isoformat()
    data = {"person": "newcomer", "begins_on": clock.today().isoformat(), "ends_on": until}
    assert client.post(url("post-deputy", post.pk), data).status_code == 302
    assert cast.newcomer.again().posts[0].deputy
    assert (
        client.post(url("post-hand-over", post.pk), {"person": "neighbour", "on": clock.today()}).status_code
        == 302
    )
    assert cast.neighbour.again().roles == {"clerk"} and cast.clerk.again().posts == ()
    new = Post.objects.get(account=cast.neighbour.account)
    assert client.post(url("post-end", new.pk), {"on": ""}).status_code == 302
    assert cast.neighbour.again().posts == ()


def test_who_gives_no_posts_asks_a_colleague_to_stand_in_and_finds_no_stranger(browser, cast):
    post = Post.objects.get(account=cast.district.account)
    until = (clock.today() + timedelta(days=3)).isoformat()
    data = {"begins_on": clock.today().isoformat(), "ends_on": until}
    client = browser("district")
    page = client.post(url("post-deputy", post.pk), {**data, "person": "neighbour"})
    assert page.status_code == 422 and page.context["form"].errors["person"]
    assert client.post(url("post-deputy", post.pk), {**data, "person": "auditor"}).status_code == 302


def test_posts_are_narrowed_by_place_role_unit_name_and_state(browser, cast, world):
    client = browser("admin")

    def people(**query):
        return {post.account.username for post in client.get(url("posts"), query).context["posts"]}

    assert "other_clerk" in people(role="clerk") and "other_clerk" not in people(
        role="clerk", place="金堰社区"
    )
    assert people(org=str(world.city_management.pk)) == {"department"}
    assert people(q="褚强") == {"department"}
    Post.objects.filter(account=cast.clerk.account).update(ends_on=clock.today() + timedelta(days=5))
    assert people(state="ending") == {"clerk"}
    missing = {code for code, _name in client.get(url("posts"), {"state": "missing"}).context["missing"]}
    assert world.home not in missing and "500108002001" in missing


def test_a_clerk_sees_the_posts_of_the_own_community_only(browser):
    people = {post.account.username for post in browser("clerk").get(url("posts")).context["posts"]}
    assert "clerk" in people and "other_clerk" not in people and "admin" not in people


def test_the_notice_names_workers_their_area_and_the_communitys_telephone(browser, cast, world):
    Organisation.objects.filter(pk=world.committee.pk).update(phone="023-62800001")
    page = browser("clerk").get(url("grid-notice"), {"place": world.home}).content.decode()
    assert "吴敏" in page and "023-62800001" in page and "金堰花园1栋" in page
    assert "暂缺" in page
    assert cast.gridworker.account.phone_last4 not in page


def test_an_account_is_opened_given_a_link_once_closed_and_opened_again(browser, cast, world):
    client = browser("admin")
    data = {"name": "许静", "username": "xujing", "phone": "", "place": "金堰社区"}
    answer = client.post(url("account-new"), data)
    made = Account.objects.get(username="xujing")
    assert answer.url == url("account", made.pk)
    page = client.post(url("account-link", made.pk), {})
    link = RecoveryLink.objects.get()
    assert "/account/recover/" in page.content.decode() and link.account == made
    assert "/account/recover/" not in client.get(url("account-link", made.pk)).content.decode()
    client.post(url("account-switch", made.pk))
    made.refresh_from_db()
    assert not made.is_active
    client.post(url("account-switch", made.pk))
    made.refresh_from_db()
    assert made.is_active


def test_a_taken_user_name_is_said_beside_the_field(browser):
    data = {"name": "许静", "username": "clerk", "phone": "", "place": "金堰社区"}
    page = browser("admin").post(url("account-new"), data)
    assert page.status_code == 422 and page.context["form"].errors["username"]
    assert "许静" in page.content.decode()


def test_a_secretary_cannot_find_the_accounts_of_other_communities(browser):
    page = browser("secretary").get(url("accounts"), {"who": "other_clerk"})
    assert page.context["missing"] and "韩雪" not in page.content.decode()
    assert browser("admin").get(url("accounts"), {"who": "other_clerk"}).context["account"].name == "韩雪"


def test_somebody_with_a_post_cannot_be_closed_out_and_the_page_says_so(browser, cast):
    page = browser("admin").post(url("account-switch", cast.clerk.id))
    assert page.status_code == 409
    assert 'role="alert"' in page.content.decode()


def test_units_are_created_renamed_and_closed(browser, world):
    client = browser("street")
    data = {
        "name": "花园路综合执法队",
        "name_en": "",
        "kind": "department",
        "place": world.street,
        "phone": "",
        "about": "",
    }
    assert client.post(url("organisation-new"), data).status_code == 302
    made = Organisation.objects.get(name="花园路综合执法队")
    client.post(url("organisation", made.pk), {**data, "name": "花园路执法大队"})
    made.refresh_from_db()
    assert made.name == "花园路执法大队"
    client.post(url("organisation-close", made.pk))
    made.refresh_from_db()
    assert made.closed_on
    page = client.post(url("organisation-close", world.command_center.pk))
    assert page.status_code == 409 and "还有人在岗" in page.content.decode()


def test_a_group_is_founded_takes_members_and_a_place_and_ends(browser, cast, world):
    client = browser("secretary")
    data = {
        "name": "夜跑队",
        "kind": "club",
        "place": world.home,
        "leader": "resident",
        "about": "",
        "is_public": "on",
    }
    answer = client.post(url("group-found"), data)
    group = Organisation.objects.get(name="夜跑队")
    assert answer.url == url("group-page", group.pk)
    client.post(url("member-add", group.pk), {"person": "newcomer", "role": "group_member", "ends_on": ""})
    assert cast.newcomer.again().roles == {"group_member"}
    member = Post.objects.get(account=cast.newcomer.account)
    client.post(url("member-end", group.pk, member.pk))
    assert cast.newcomer.again().posts == ()
    client.post(url("group-adopt", group.pk), {"site": world.building})
    group.refresh_from_db()
    assert group.adopted.code == world.building
    client.post(url("group-close", group.pk))
    assert not Post.objects.filter(queries.in_force(), org=group).exists()
    assert client.get(url("group-page", group.pk)).status_code == 200
