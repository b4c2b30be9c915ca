"""Opening accounts, one's own settings, closing accounts."""

import pytest

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import NotAllowed
from mulin.people import actions, phones
from mulin.people.models import Account
from mulin.people.tests.helpers import lines, refused


@pytest.mark.parametrize(
    "typed", ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "１３８００１３８０００"]
)
def test_a_number_is_the_same_however_it_is_typed(typed):
    assert phones.normalise(typed) == "+8613800138000"


@pytest.mark.parametrize("typed", ["", "12345", "resident", "1380013800", "+86 999"])
def test_what_is_no_telephone_number_is_said(typed):
    with pytest.raises(ValueError, match="telephone"):
        phones.normalise(typed)


def test_a_masked_number_hides_its_middle():
    assert phones.masked("+8613800138000") == "138****8000"
    assert phones.masked("+86138") == "****"


def test_the_number_of_an_account_is_not_in_the_database(cast):
    account = Account.objects.get(pk=cast.resident.id)
    assert "13800138" not in account.phone_sealed + account.phone_hash
    assert account.phone_last4 == "8000"


def test_a_secretary_opens_an_account_for_a_colleague(cast, world):
    account = actions.create_account(
        actor=cast.secretary.actor, username="xu-min", name=" 许敏 ", place=world.home, phone="13900139000"
    )
    assert (account.name, account.has_usable_password(), account.phone_verified) == ("许敏", False, False)
    assert lines() == ["people.account.created"]


def test_a_secretary_cannot_open_one_for_another_community(cast, world):
    with pytest.raises(NotAllowed):
        actions.create_account(actor=cast.secretary.actor, username="xu", name="许敏", place=world.other_home)
    with pytest.raises(NotAllowed):
        actions.create_account(actor=cast.clerk.actor, username="xu", name="许敏", place=world.home)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"username": "clerk"}, "username-taken"),
        ({"username": "a b"}, "bad-username"),
        ({"username": ""}, "bad-username"),
        ({"name": "  "}, "no-name"),
        ({"phone": "123"}, "bad-phone"),
        ({"phone": "13800138000"}, "phone-taken"),
    ],
)
def test_what_is_wrong_with_a_new_account_is_said(cast, world, fields, code):
    with refused(code):
        actions.create_account(
            **{"actor": cast.admin.actor, "username": "xu", "name": "许敏", "place": world.home, **fields}
        )


def test_a_resident_changes_their_own_settings(cast, world):
    account = actions.set_profile(
        actor=cast.resident.actor, name="梅子", language="en", digest="none", home_place=world.other_home
    )
    assert (account.name, account.language, account.digest) == ("梅子", "en", "none")
    assert lines() == ["people.account.changed"]


def test_settings_that_stay_the_same_write_no_line(cast):
    actions.set_profile(actor=cast.resident.actor, name="李晓梅")
    assert lines() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"language": "fr"}, "bad-language"),
        ({"digest": "hourly"}, "bad-digest"),
        ({"home_place": "500108"}, "no-community"),
    ],
)
def test_a_setting_that_does_not_exist_is_refused(cast, fields, code):
    with refused(code):
        actions.set_profile(actor=cast.resident.actor, **fields)


def test_nobody_has_no_settings(anonymous):
    with pytest.raises(NotAllowed):
        actions.set_profile(actor=anonymous, name="x")


@pytest.mark.django_db
def test_a_resident_signs_up_with_a_number_alone():
    account = actions.sign_up(phone="13900139000")
    assert account.phone_last4 == "9000"
    assert not account.phone_verified
    assert lines() == ["people.account.opened"]


def test_a_number_that_another_account_proved_cannot_be_proved_again(cast):
    with refused("phone-taken"):
        actions.set_phone(account_id=cast.newcomer.id, phone="13800138000", verified=True)
    actions.set_phone(account_id=cast.newcomer.id, phone="13900139000", verified=True)
    assert lines() == ["people.phone.verified"]


def test_the_version_of_the_notice_that_was_read_is_kept_once(cast):
    assert actions.accept_privacy(actor=cast.resident.actor).privacy_version == "2026-01"
    actions.accept_privacy(actor=cast.resident.actor)
    assert lines() == ["people.privacy.accepted"]


def test_an_account_is_closed_after_its_posts_and_opened_again(cast, world):
    with refused("has-posts"):
        actions.close_account(actor=cast.admin.actor, account_id=cast.clerk.id)
    post = cast.clerk.actor.posts[0].post
    actions.end_post(actor=cast.secretary.actor, post_id=post)
    assert not actions.close_account(actor=cast.admin.actor, account_id=cast.clerk.id).is_active
    assert actions.open_account(actor=cast.admin.actor, account_id=cast.clerk.id).is_active
    assert lines() == ["people.post.ended", "people.account.closed", "people.account.reopened"]


def test_a_secretary_cannot_close_an_account_that_also_works_elsewhere(cast):
    with pytest.raises(NotAllowed):
        actions.close_account(actor=cast.secretary.actor, account_id=cast.street.id)
    with refused("own-account"):
        actions.close_account(actor=cast.admin.actor, account_id=cast.admin.id)


@pytest.mark.django_db
def test_the_first_administrator_needs_no_division_on_file():
    account = actions.first_admin(username="root", name="", place="500000000000")
    assert account.posts.get().role == "admin"
    assert lines() == ["people.post.given"]
    assert SYSTEM.account is None
