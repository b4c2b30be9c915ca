"""Personal data: read for a purpose, taken out, erased; and getting back into an account."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core.serializers.json import DjangoJSONEncoder

from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.people import actions, queries
from mulin.people.models import Account, ApiToken, Post, Residence, SecretRead
from mulin.people.tests.helpers import lines, refused

NEW = "a-long-new-passphrase"


def test_a_worker_reads_a_number_for_a_purpose_and_the_owner_is_told(cast, settle):
    phone = actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose="核实漏水的楼层")
    assert phone == "+8613800138000"
    (read,) = queries.secret_reads(cast.resident.actor)
    assert (read.reader_name, read.reader_org, read.purpose) == ("郑洁", "金堰社区居委会", "核实漏水的楼层")
    settle()
    assert Notice.objects.get().account_id == cast.resident.id
    assert "13800138000" not in json.dumps(list(Entry.objects.values("data")))


def test_a_number_is_not_read_without_a_purpose(cast):
    with refused("no-purpose"):
        actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose=" ")
    assert not SecretRead.objects.exists()


@pytest.mark.parametrize("who", ["other_clerk", "neighbour", "department", "auditor", "admin"])
def test_a_number_of_another_community_does_not_exist(cast, who):
    with pytest.raises(NotVisible):
        actions.read_phone(actor=getattr(cast, who).actor, account_id=cast.resident.id, purpose="x")


def test_who_left_no_number_has_none_to_read(cast):
    cast.resident.account.set_phone("")
    cast.resident.account.save()
    with refused("no-phone"):
        actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose="x")


def test_everything_about_me_comes_out_as_one_object(cast, world):
    actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose="核实")
    document = actions.export_my_data(actor=cast.resident.actor)
    mine = document["parts"]["people"]
    assert mine["account"]["phone"] == "+8613800138000"
    assert mine["residences"][0]["building"] == "金堰花园1栋"
    assert mine["reads"][0]["purpose"] == "核实"
    assert json.loads(json.dumps(document, cls=DjangoJSONEncoder))["account"] == str(cast.resident.id)
    assert lines()[-1] == "people.account.exported"


def test_nobody_has_nothing_to_take_out_or_erase(anonymous, db):
    with pytest.raises(NotAllowed):
        actions.export_my_data(actor=anonymous)
    with pytest.raises(NotAllowed):
        actions.erase_me(actor=anonymous)


def test_an_erased_account_keeps_nothing_that_names_the_person(cast, settle):
    actions.make_token(actor=cast.clerk.actor, name="x")
    actions.read_phone(actor=cast.secretary.actor, account_id=cast.resident.id, purpose="核实")
    settle()
    actions.erase_me(actor=cast.resident.actor)
    account = Account.objects.get(pk=cast.resident.id)
    assert (account.name, account.phone_sealed, account.phone_hash, account.phone_last4) == ("", "", "", "")
    assert (account.is_active, account.home_place) == (False, "")
    assert account.username == f"erased-{account.pk}"
    assert not Residence.objects.filter(account=account).exists()
    assert not Notice.objects.filter(account=account).exists()
    assert SecretRead.objects.get().account is None
    assert ApiToken.objects.filter(account=cast.clerk.account).exists()
    assert lines()[-1] == "people.account.erased"


def test_erasing_ends_posts_and_the_number_is_free_again(cast):
    actions.erase_me(actor=cast.clerk.actor)
    assert not Post.objects.filter(queries.in_force(), account=cast.clerk.account).exists()
    actions.set_phone(account_id=cast.newcomer.id, phone="+8613800138007", verified=True)
    assert queries.account_by_phone("13800138007").pk == cast.newcomer.id


def test_the_last_administrator_is_not_erased(cast):
    with refused("last-admin"):
        actions.erase_me(actor=cast.admin.actor)
    assert Account.objects.get(pk=cast.admin.id).name == "沈川"


def test_an_administrator_erases_on_request_and_others_do_not(cast):
    with pytest.raises(NotAllowed):
        actions.erase_account(actor=cast.secretary.actor, account_id=cast.resident.id)
    with refused("own-account"):
        actions.erase_account(actor=cast.admin.actor, account_id=cast.admin.id)
    actions.erase_account(actor=cast.admin.actor, account_id=cast.resident.id)
    with pytest.raises(NotVisible):
        actions.erase_account(actor=cast.admin.actor, account_id=cast.resident.id)


def test_a_recovery_link_sets_a_password_once_and_the_person_is_told_twice(cast, settle):
    Authenticator.objects.create(user=cast.clerk.account, type="totp", data={})
    _link, secret = actions.make_recovery_link(
        actor=cast.admin.actor, account_id=cast.clerk.id, resets_second_factor=True
    )
    account = actions.use_recovery_link(secret=secret, password=NEW)
    assert account.check_password(NEW)
    assert not Authenticator.objects.filter(user=account).exists()
    with pytest.raises(NotVisible):
        actions.use_recovery_link(secret=secret, password=NEW)
    settle()
    told = Notice.objects.filter(account=account).values_list("code", flat=True)
    assert sorted(told) == ["people.recovery.made", "people.recovery.used"]
    assert all(Notice.objects.values_list("is_urgent", flat=True))
    assert secret not in json.dumps(list(Entry.objects.values("data")))


def test_a_link_alone_leaves_the_second_factor_in_place(cast):
    Authenticator.objects.create(user=cast.clerk.account, type="totp", data={})
    _link, secret = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    actions.use_recovery_link(secret=secret, password=NEW)
    assert Authenticator.objects.filter(user=cast.clerk.account).exists()


def test_an_old_or_replaced_link_does_not_exist(cast, freeze):
    freeze("2026-03-02 09:00")
    _old, first = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    _new, second = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    with pytest.raises(NotVisible):
        actions.use_recovery_link(secret=first, password=NEW)
    freeze("2026-03-03 09:01")
    with pytest.raises(NotVisible):
        actions.use_recovery_link(secret=second, password=NEW)


def test_a_weak_password_is_refused_and_the_link_stays_good(cast):
    _link, secret = actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    with refused("bad-password"):
        actions.use_recovery_link(secret=secret, password="12345678")
    actions.use_recovery_link(secret=secret, password=NEW)


def test_only_administrators_make_links_and_not_for_themselves(cast):
    for who in (cast.secretary, cast.street, cast.resident):
        with pytest.raises(NotAllowed):
            actions.make_recovery_link(actor=who.actor, account_id=cast.clerk.id)
    with refused("own-account"):
        actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.admin.id)


def test_an_administrator_of_one_community_cannot_take_over_the_district(cast, world):
    actions.give_post(actor=cast.admin.actor, account_id=cast.newcomer.id, role="admin", place=world.home)
    local = cast.newcomer.again()
    with pytest.raises(NotAllowed):
        actions.make_recovery_link(actor=local, account_id=cast.district.id)
    with pytest.raises(NotAllowed):
        actions.make_recovery_link(actor=local, account_id=cast.admin.id)
    actions.make_recovery_link(actor=local, account_id=cast.clerk.id)


def test_a_code_lets_someone_set_a_password_without_the_old_one(cast):
    actions.set_password_by_code(actor=cast.resident.actor, password=NEW)
    cast.resident.account.refresh_from_db()
    assert cast.resident.account.check_password(NEW)
    assert lines() == ["people.password.set"]
