"""The pages under /account/, in both languages, and that they act only for their owner."""

import json
import re

import pytest
from django.urls import reverse

from mulin.people import actions
from mulin.people.models import Account, Residence
from mulin.people.tests.helpers import lines

MINE = ["account", "residence", "groups", "reads", "data", "erase", "security"]
OPEN = ["people:privacy", "people:erased", "account_login", "account_signup", "account_request_login_code"]
KEYS = ["mfa_index", "account_change_phone", "account_change_password", "account_logout", "mfa_activate_totp"]
LANGUAGES = ["zh-hans", "en"]
HAN = re.compile(r"[\u4e00-\u9fff]")


def log_in(client, username):
    client.post(reverse("account_login"), {"login": username, "password": "mulin-demo"})
    return client


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_mine_opens_and_keeps_to_the_security_policy(client, cast, language):
    log_in(client, "resident")
    client.cookies["mulin_language"] = language
    for name in [f"people:{page}" for page in MINE] + KEYS:
        answer = client.get(reverse(name))
        body = answer.content.decode()
        assert answer.status_code == 200, name
        assert " style=" not in body, name
        assert "onclick" not in body, name
        assert body.count("<h1") == 1, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_open_pages_open_for_nobody(client, cast, language):
    client.cookies["mulin_language"] = language
    for name in OPEN:
        assert client.get(reverse(name)).status_code == 200, name


def test_english_pages_hold_no_chinese_of_ours(client, db):
    client.cookies["mulin_language"] = "en"
    for name in OPEN:
        body = client.get(reverse(name)).content.decode()
        main = body[body.index("<main") : body.index("</main>")]
        assert not HAN.search(main), (name, HAN.findall(main)[:20])


def test_pages_of_mine_send_nobody_to_the_log_in(client, db):
    for page in [*MINE, "tokens", "new-password", "second-factor"]:
        answer = client.get(reverse(f"people:{page}"))
        assert answer.status_code == 302, page
        assert answer.url.startswith(reverse("account_login")), page


def test_settings_are_saved_and_what_is_wrong_is_said(client_for, cast):
    client = client_for(cast.resident)
    form = {"name": "梅子", "language": "en", "digest": "none", "home_place": ""}
    answer = client.post(reverse("people:account"), form)
    assert answer.url == reverse("people:account")
    assert client.cookies["mulin_language"].value == "en"
    assert Account.objects.get(pk=cast.resident.id).digest == "none"
    assert client.post(reverse("people:account"), {**form, "digest": "x"}).status_code == 422


def test_asking_where_i_live_goes_from_community_to_building_to_door(client_for, cast, world):
    client = client_for(cast.newcomer)
    page = client.get(reverse("people:residence"))
    assert "金堰社区" in page.content.decode()
    page = client.get(reverse("people:residence"), {"place": world.home})
    assert "金堰花园1栋" in page.content.decode()
    form = {"place": world.home, "building": world.building, "door": "2单元3-1"}
    assert client.post(reverse("people:residence"), form).url == reverse("people:residence")
    again = client.post(reverse("people:residence"), form)
    assert again.status_code == 422
    assert "已经申请过" in again.content.decode()
    residence = Residence.objects.get(account=cast.newcomer.account)
    client.post(reverse("people:residence-end", args=[residence.pk]))
    residence.refresh_from_db()
    assert residence.state == "ended"


def test_a_code_from_paper_is_typed_in(client_for, cast, world):
    (slip,) = actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=["9-1"])
    client = client_for(cast.newcomer)
    assert client.post(reverse("people:invitation-use"), {"code": "WRONG222"}).status_code == 422
    assert client.post(reverse("people:invitation-use"), {"code": slip.code}).status_code == 302
    assert cast.newcomer.again().is_verified


def test_nobody_ends_the_residence_of_a_neighbour(client_for, cast):
    residence = Residence.objects.get(account=cast.resident.account)
    answer = client_for(cast.neighbour).post(reverse("people:residence-end", args=[residence.pk]))
    assert answer.status_code == 404


def test_a_group_shows_its_members_to_members(client_for, cast, world, client):
    url = reverse("people:group", args=[world.group.id])
    assert "钱芳" not in client.get(url).content.decode()
    member = client_for(cast.group_member)
    assert "钱芳" in member.get(url).content.decode()
    assert "金堰花园园艺队" in member.get(reverse("people:groups")).content.decode()
    assert (
        client_for(cast.resident).post(reverse("people:group-leave", args=[world.group.id])).status_code
        == 404
    )
    assert member.post(reverse("people:group-leave", args=[world.group.id])).status_code == 302
    assert cast.group_member.again().posts == ()


def test_my_data_comes_as_a_file(client_for, cast):
    answer = client_for(cast.resident).post(reverse("people:data"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert json.loads(answer.content)["parts"]["people"]["account"]["name"] == "李晓梅"


def test_who_looked_is_shown_with_the_purpose(client_for, cast):
    actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose="核实楼层")
    page = client_for(cast.resident).get(reverse("people:reads")).content.decode()
    assert "核实楼层" in page
    assert "金堰社区居委会" in page
    assert "核实楼层" not in client_for(cast.neighbour).get(reverse("people:reads")).content.decode()


def test_an_account_is_erased_only_with_its_password_and_a_yes(client_for, cast):
    client = client_for(cast.resident)
    url = reverse("people:erase")
    assert client.post(url, {"proof": "mulin-demo"}).status_code == 422
    assert client.post(url, {"proof": "wrong", "understood": "on"}).status_code == 422
    assert Account.objects.get(pk=cast.resident.id).erased_at is None
    assert client.post(url, {"proof": "mulin-demo", "understood": "on"}).url == reverse("people:erased")
    assert Account.objects.get(pk=cast.resident.id).erased_at
    assert client.get(reverse("people:account")).status_code == 302


def test_without_a_password_a_code_proves_who_erases(client_for, cast, outbox):
    cast.resident.account.set_unusable_password()
    cast.resident.account.save()
    client = client_for(cast.resident)
    url = reverse("people:erase")
    assert client.post(url, {"proof": "", "understood": "on"}).status_code == 422
    assert client.post(url, {"proof": "123456", "understood": "on"}).status_code == 422
    client.post(reverse("people:erase-code"))
    code = re.search(r"\d{6}", outbox[-1][2]).group()
    assert client.post(url, {"proof": code, "understood": "on"}).url == reverse("people:erased")


def test_a_code_for_erasing_is_guessed_five_times_at_most(client_for, cast, outbox):
    cast.resident.account.set_unusable_password()
    cast.resident.account.save()
    client = client_for(cast.resident)
    client.post(reverse("people:erase-code"))
    code = re.search(r"\d{6}", outbox[-1][2]).group()
    for _ in range(5):
        client.post(reverse("people:erase"), {"proof": "x", "understood": "on"})
    assert client.post(reverse("people:erase"), {"proof": code, "understood": "on"}).status_code == 422


def test_a_token_is_shown_once(client_for, cast):
    client = client_for(cast.clerk)
    page = client.post(reverse("people:tokens"), {"name": "物业系统", "days": "30"})
    text = page.context["token"]
    assert text in page.content.decode()
    assert text not in client.get(reverse("people:tokens")).content.decode()
    token = page.context["tokens"][0]
    assert client_for(cast.secretary).post(reverse("people:token-revoke", args=[token.pk])).status_code == 404
    assert client.post(reverse("people:token-revoke", args=[token.pk])).status_code == 302
    assert client_for(cast.resident).get(reverse("people:tokens")).status_code == 403


def test_the_privacy_notice_is_read_once(client_for, cast, client):
    page = client_for(cast.resident)
    page.post(reverse("people:privacy"))
    assert lines() == ["people.privacy.accepted"]
    assert (
        '<form method="post" action="/account/privacy/"'
        not in page.get(reverse("people:privacy")).content.decode()
    )
    client.post(reverse("people:privacy"))
    assert lines() == ["people.privacy.accepted"]


def test_recovery_links_made_for_me_are_on_my_page(client_for, cast):
    actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    assert "管理员做过的找回链接" in client_for(cast.clerk).get(reverse("people:security")).content.decode()


def test_slips_print_one_code_a_door(cast, world, rf):
    from django.template.loader import render_to_string

    slips = actions.make_invitations(actor=cast.clerk.actor, building=world.building, doors=["1-1", "1-2"])
    printed = render_to_string("people/invitation_slips.html", {"slips": slips}, request=rf.get("/"))
    for slip in slips:
        assert f"{slip.code[:4]}-{slip.code[4:]}" in printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_names_itself(client, cast, language):
    log_in(client, "resident")
    client.cookies["mulin_language"] = language
    body = client.get(reverse("people:account")).content.decode()
    assert ">简体中文</option>" in body and ">English</option>" in body
