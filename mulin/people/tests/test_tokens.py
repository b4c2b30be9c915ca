"""API tokens."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from mulin.kernel import clock
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.people import actions, queries
from mulin.people.models import Account, ApiToken, Post
from mulin.people.tests.helpers import lines, refused
from mulin.people.tokens import authenticate


def test_a_token_speaks_for_its_owner(cast):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="物业系统")
    assert authenticate(text) == cast.clerk.actor
    assert text not in str(ApiToken.objects.values_list("token_hash", flat=True))
    assert lines() == ["people.token.made"]


def test_asking_who_a_token_is_costs_one_query(cast, django_assert_num_queries):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="x")
    authenticate(text)
    with django_assert_num_queries(1):
        authenticate(text)
    assert ApiToken.objects.get().last_used_on == clock.today()


@pytest.mark.parametrize("day", ["2026-02-28", "2026-03-03", "2026-03-09", "2026-03-20"])
def test_by_token_one_is_the_same_actor_as_by_session_on_any_day(cast, world, freeze, day):
    """Own posts, a deputy's, one whose original ends before it, and one that is over: both ways agree."""
    original = Post.objects.get(account=cast.secretary.account)
    span = {"begins_on": date(2026, 3, 1), "ends_on": date(2026, 3, 9)}
    clerk = cast.clerk.account
    Post.objects.create(account=clerk, role="secretary", place=world.home, deputy_for=original, **span)
    Post.objects.create(account=clerk, role="grid_worker", place=world.grid, org=world.committee, **span)
    Post.objects.filter(pk=original.pk).update(ends_on=date(2026, 3, 5))
    freeze(f"{day} 09:00")
    _token, text = actions.issue_token(account_id=clerk.pk, name="x")
    assert authenticate(text) == queries.actor_by_id(clerk.pk)


def test_by_token_a_confirmed_resident_is_one(cast):
    _token, text = actions.issue_token(account_id=cast.resident.id, name="x")
    assert authenticate(text) == cast.resident.actor


def test_a_limited_token_may_only_what_it_names(cast):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="x", permissions=("cases.case:view",))
    assert authenticate(text).restricted_to == {"cases.case:view"}


@pytest.mark.parametrize("wrong", ["", "mulin_nothing", "Bearer x"])
def test_a_wrong_token_is_nobody(cast, wrong):
    assert authenticate(wrong) is None


def test_a_revoked_an_old_and_a_closed_owners_token_are_nobody(cast, freeze):
    token, text = actions.make_token(actor=cast.clerk.actor, name="x", days=10)
    Account.objects.filter(pk=cast.clerk.id).update(is_active=False)
    assert authenticate(text) is None
    Account.objects.filter(pk=cast.clerk.id).update(is_active=True)
    assert authenticate(text) is not None
    freeze(clock.now() + timedelta(days=11))
    assert authenticate(text) is None
    freeze(clock.now() - timedelta(days=10))
    actions.revoke_token(actor=cast.clerk.actor, token_id=token.pk)
    assert authenticate(text) is None
    with refused("over"):
        actions.revoke_token(actor=cast.clerk.actor, token_id=token.pk)


def test_residents_make_no_tokens_and_nobody_revokes_a_colleagues(cast):
    with pytest.raises(NotAllowed):
        actions.make_token(actor=cast.resident.actor, name="x")
    token, _text = actions.make_token(actor=cast.clerk.actor, name="x")
    with pytest.raises(NotVisible):
        actions.revoke_token(actor=cast.secretary.actor, token_id=token.pk)
    assert queries.my_tokens(cast.secretary.actor) == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"name": " "}, "no-name"),
        ({"days": 0}, "bad-days"),
        ({"days": 4000}, "bad-days"),
        ({"permissions": ("no.such:thing",)}, "no-permission"),
    ],
)
def test_what_is_wrong_with_a_token_is_said(cast, fields, code):
    with refused(code):
        actions.make_token(**{"actor": cast.clerk.actor, "name": "x", **fields})


def test_tokens_of_one_person_are_not_without_end(cast):
    for n in range(20):
        actions.make_token(actor=cast.clerk.actor, name=str(n))
    with refused("too-many"):
        actions.make_token(actor=cast.clerk.actor, name="one more")


def test_the_command_prints_a_token_for_any_account(cast, capsys):
    call_command("token", "resident")
    assert authenticate(capsys.readouterr().out.strip()).account == cast.resident.id
    call_command("token", "clerk", "--json", "--expires-days", "5", "--permission", "cases.case:view")
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert authenticate(printed["token"]).restricted_to == {"cases.case:view"}
    with pytest.raises(CommandError, match="nobody"):
        call_command("token", "nobody")


@pytest.mark.django_db
def test_the_first_administrator_comes_with_a_link(capsys, client):
    call_command("createadmin", "root", "--name", "沈川")
    printed = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert client.get(printed["link"]).status_code == 200
    account = Account.objects.get(username="root")
    assert queries.actor_for(account).roles == {"admin"}
    with pytest.raises(CommandError, match="already"):
        call_command("createadmin", "second")
    call_command("createadmin", "second", "--more")
    with pytest.raises(CommandError):
        call_command("createadmin", "root", "--more")
