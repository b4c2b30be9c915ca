"""API tokens."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from mulin.kernel import clock
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.people import actions, queries
from mulin.people.models import Account, ApiToken
from mulin.people.tests.helpers import lines, refused
from mulin.people.tokens import authenticate


def test_a_token_speaks_for_its_owner(cast):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="物业系统")
    assert authenticate(text) == cast.clerk.actor
    assert text not in str(ApiToken.objects.values_list("token_hash", flat=True))
    assert lines() == ["people.token.made"]


def test_asking_who_a_token_is_costs_one_query_and_one_for_the_posts(cast, django_assert_num_queries):
    _token, text = actions.make_token(actor=cast.clerk.actor, name="x")
    authenticate(text)
    with django_assert_num_queries(2):
        authenticate(text)
    assert ApiToken.objects.get().last_used_on == clock.today()


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
