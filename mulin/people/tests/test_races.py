"""Two people do the same, or the opposite, at one moment: PostgreSQL lets them, so the actions must not."""

import contextlib
import threading

import pytest

from mulin.kernel.testing.together import at_once
from mulin.people import actions
from mulin.people.actions import accounts, posts, residences
from mulin.people.models import Account, Household, Post, Residence
from mulin.people.queries import in_force

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
TOGETHER_SECONDS = 2


class Meeting:
    """Makes two threads meet at a point inside their transactions: where a lock keeps one of them out, the
    other waits in vain and goes on alone."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: object, name: str):
        self.barrier = threading.Barrier(2)
        real = getattr(module, name)

        def slow(*args, **kwargs):
            with contextlib.suppress(threading.BrokenBarrierError):
                self.barrier.wait(TOGETHER_SECONDS)
            return real(*args, **kwargs)

        monkeypatch.setattr(module, name, slow)


@pytest.fixture
def two_admins(cast, world) -> tuple[Post, Post]:
    second = actions.give_post(
        actor=cast.admin.actor, account_id=cast.newcomer.id, role="admin", place=world.site
    )
    first = Post.objects.get(account=cast.admin.account, role="admin")
    return first, second


def admins() -> int:
    return Post.objects.filter(in_force(), role="admin", account__is_active=True).count()


def test_two_administrators_who_remove_each_other_leave_one(cast, two_admins, monkeypatch):
    first, second = two_admins
    Meeting(monkeypatch, posts, "end_now")
    refusals = at_once(
        lambda: actions.end_post(actor=cast.admin.actor, post_id=second.pk),
        lambda: actions.end_post(actor=cast.newcomer.again(), post_id=first.pk),
    )
    assert (refusals, admins()) == (["last-admin"], 1)


def test_two_administrators_who_erase_themselves_leave_one(cast, two_admins, monkeypatch):
    from mulin.people.actions import personal

    Meeting(monkeypatch, personal, "end_now")
    refusals = at_once(
        lambda: actions.erase_me(actor=cast.admin.actor),
        lambda: actions.erase_me(actor=cast.newcomer.again()),
    )
    assert (refusals, admins()) == (["last-admin"], 1)


def test_erasing_oneself_and_being_removed_at_once_leaves_one_administrator(cast, two_admins, monkeypatch):
    first, second = two_admins
    Meeting(monkeypatch, posts, "end_now")
    refusals = at_once(
        lambda: actions.end_post(actor=cast.admin.actor, post_id=second.pk),
        lambda: actions.erase_me(actor=cast.admin.actor),
    )
    assert (refusals, admins()) == (["last-admin"], 1)
    assert Post.objects.filter(in_force(), pk__in=[first.pk, second.pk]).count() == 1


def test_the_same_post_given_by_two_at_once_is_given_once(cast, world, monkeypatch):
    Meeting(monkeypatch, posts, "_record")

    def give(giver):
        return lambda: actions.give_post(
            actor=giver.actor, account_id=cast.newcomer.id, role="clerk", place=world.home
        )

    assert at_once(give(cast.secretary), give(cast.street)) == ["has-it"]
    assert Post.objects.filter(account=cast.newcomer.account, role="clerk").count() == 1


def test_a_post_given_while_the_account_is_closed_is_refused_or_keeps_it_open(cast, world, monkeypatch):
    Meeting(monkeypatch, posts, "_record")
    monkeypatch.setattr(accounts, "require_over", lambda *args: None)
    refusals = at_once(
        lambda: actions.give_post(
            actor=cast.secretary.actor, account_id=cast.newcomer.id, role="clerk", place=world.home
        ),
        lambda: actions.close_account(actor=cast.admin.actor, account_id=cast.newcomer.id),
    )
    account = Account.objects.get(pk=cast.newcomer.id)
    held = Post.objects.filter(in_force(), account=account).exists()
    assert refusals in (["inactive"], ["has-posts"])
    assert held is account.is_active


def test_an_address_asked_for_twice_at_once_is_asked_for_once(cast, world, monkeypatch):
    Household.objects.create(building=world.building, door="3单元3-3", place=world.home, grid=world.grid)
    Meeting(monkeypatch, residences, "_line")

    def ask():
        return actions.ask_residence(actor=cast.newcomer.actor, building=world.building, door="3单元3-3")

    assert at_once(ask, ask) == ["already"]
    assert Residence.objects.filter(account=cast.newcomer.account).count() == 1
