"""How notices leave the house."""

import pytest

from mulin.kernel.models import Notice
from mulin.people import actions, delivery
from mulin.people.models import Account


@pytest.fixture(autouse=True)
def real_people(cast):
    """Demo accounts get no messages; these tests are about everybody else."""
    Account.objects.update(is_demo=False)


@pytest.fixture
def told(cast, world, settle):
    """The resident was told something ordinary, the clerk something urgent."""
    actions.read_phone(actor=cast.clerk.actor, account_id=cast.resident.id, purpose="核实")
    actions.make_recovery_link(actor=cast.admin.actor, account_id=cast.clerk.id)
    settle()


def test_urgent_notices_go_at_once_and_once(cast, told, outbox):
    delivery.send_urgent()
    delivery.send_urgent()
    assert [to for to, _subject, _text in outbox] == ["+8613800138007"]
    assert "找回链接" in outbox[0][2]


def test_the_digest_waits_for_its_hour_and_goes_once_a_day(cast, told, outbox, freeze):
    freeze("2026-03-02 17:59")
    assert delivery.send_digest() == 0
    freeze("2026-03-02 18:00")
    assert delivery.send_digest() == 2
    assert {to for to, _s, _t in outbox} == {"+8613800138000", "+8613800138007"}
    Notice.objects.update(sent_at=None)
    assert delivery.send_digest() == 0
    freeze("2026-03-03 18:00")
    assert delivery.send_digest() == 2


def test_who_asked_for_no_digest_gets_urgent_news_only(cast, told, outbox, freeze):
    Account.objects.update(digest="none")
    delivery.send_urgent()
    freeze("2026-03-02 18:00")
    delivery.send_digest()
    assert [to for to, _s, _t in outbox] == ["+8613800138007"]
    assert not Notice.objects.filter(sent_at=None).exists()


def test_a_number_that_was_not_proved_gets_no_message(cast, told, outbox):
    Account.objects.update(phone_verified=False)
    delivery.send_urgent()
    assert outbox == []


def test_demo_accounts_get_no_messages(cast, told, outbox):
    Account.objects.update(is_demo=True)
    delivery.send_urgent()
    assert outbox == []


def test_wechat_comes_before_the_telephone(cast, told, outbox, settings):
    from allauth.socialaccount.models import SocialAccount

    SocialAccount.objects.create(user=cast.clerk.account, provider="weixin", uid="openid-1")
    delivery.send_urgent()
    assert outbox[0][0] == "openid-1"


def test_a_channel_that_is_down_keeps_the_message_for_the_next_round(cast, told, outbox, monkeypatch):
    def down(*args):
        raise OSError("no line")

    with monkeypatch.context() as patch:
        patch.setattr("mulin.kernel.channels.MemoryChannel.send", down)
        delivery.send_urgent()
    assert Notice.objects.filter(is_urgent=True, sent_at=None).exists()
    delivery.send_urgent()
    assert len(outbox) == 1


def test_a_dead_channel_does_not_keep_the_digest_going_for_ever(cast, told, outbox, monkeypatch, freeze):
    def down(*args):
        raise OSError("no line")

    monkeypatch.setattr("mulin.kernel.channels.MemoryChannel.send", down)
    freeze("2026-03-02 18:00")
    delivery.send_digest()
    assert Notice.objects.filter(sent_at=None).count() == 2
