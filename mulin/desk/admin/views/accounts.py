"""Accounts of colleagues: found by exact name or number, opened, closed, helped back in."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.admin import pages, where
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.people import AccountForm, LinkForm, posts_of
from mulin.desk.admin.reading import people as reading
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import refuse
from mulin.people import actions, queries
from mulin.people.models import Account

MANAGE = admin("people.account:manage")
RECOVER = admin("people.account:recover")
FORM = require_http_methods(["GET", "HEAD", "POST"])


def _holds(actor: Actor, permission: str, account: Account) -> bool:
    """Whether the actor's right covers every place where the account lives or works."""
    from mulin.people.actions.accounts import require_over

    try:
        require_over(actor, permission, account.pk)
    except ActionError:
        return False
    return True


def _account(actor: Actor, account_id: UUID) -> Account:
    """An account with a post or home in the actor's reach, or that the actor just found by its exact name."""
    account = queries.get_account(account_id)
    near = any(
        policy.can(actor, "people.account:manage", place) for place in queries.account_places(account.pk)
    )
    if (
        not near
        and queries.account_places(account.pk)
        and not policy.can_somewhere(actor, "people.account:recover")
    ):
        raise NotVisible(str(account_id))
    return account


@require_safe
@MANAGE
def find(request: HttpRequest) -> HttpResponse:
    """One account by its exact log-in name or telephone number; there is no browsing of people."""
    actor = actor_of(request)
    text = request.GET.get("who", "").strip()
    found = None
    if text:
        everyone = Account.objects.filter(erased_at=None)
        found = everyone.filter(username=text).first() or queries.account_by_phone(text, everyone)
    context: dict[str, Any] = {"who": text, "missing": bool(text) and found is None}
    if found is not None:
        try:
            _account(actor, found.pk)
            context |= _facts(actor, found)
        except NotVisible:
            context["missing"] = True
    return pages.show(request, "account.html", context, room="posts")


@require_safe
@MANAGE
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """One account: its posts, and what may be done with it."""
    actor = actor_of(request)
    context = {"who": "", **_facts(actor, _account(actor, account_id))}
    return pages.show(request, "account.html", context, room="posts")


def _facts(actor: Actor, account: Account) -> dict[str, Any]:
    posts = posts_of(account)
    reading.decorate(posts, actor)
    other = account.pk != actor.account
    return {
        "account": account,
        "posts": posts,
        "may_switch": other and _holds(actor, "people.account:manage", account),
        "may_recover": other and account.is_active and _holds(actor, "people.account:recover", account),
        "may_give": policy.can_somewhere(actor, "people.post:give"),
        "is_me": not other,
    }


@FORM
@MANAGE
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account for a colleague; the next page offers a post and a link for the first password."""
    actor = actor_of(request)
    form = AccountForm(pages.posted(request), initial={"place": where.first(actor)})
    return pages.fill(
        request,
        form,
        lambda data: actions.create_account(actor=actor, **data),
        room="posts",
        to=lambda row: reverse("desk:desk_admin:account", args=[row.pk]),
        done=_("账户已建好。接着给他一个岗位。"),
        back=reverse("desk:desk_admin:accounts"),
        title=_("给同事建账户"),
        submit=_("建账户"),
        back_label=_("账户"),
    )


@FORM
@MANAGE
def account_switch(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Close an account for someone who left, or open it again; asked once."""
    actor = actor_of(request)
    found = _account(actor, account_id)
    action = actions.close_account if found.is_active else actions.open_account
    text = (
        _("停用后不能再登录。什么都不删，随时可以恢复。")
        if found.is_active
        else _("恢复后可以再登录。岗位要另外任命。")
    )
    return pages.ask(
        request,
        lambda: action(actor=actor, account_id=account_id),
        room="posts",
        title=(_("停用%(name)s的账户") if found.is_active else _("恢复%(name)s的账户")) % {"name": found},
        text=text,
        submit=_("停用") if found.is_active else _("恢复"),
        done=_("账户已停用。") if found.is_active else _("账户已恢复。"),
        to=reverse("desk:desk_admin:account", args=[account_id]),
    )


@FORM
@RECOVER
def account_link(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Make a recovery link and show it this once."""
    actor = actor_of(request)
    found = _account(actor, account_id)
    back = reverse("desk:desk_admin:account", args=[account_id])
    form = LinkForm(pages.posted(request))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            link, secret = actions.make_recovery_link(actor=actor, account_id=account_id, **form.cleaned_data)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
            status = 422
        else:
            url = request.build_absolute_uri(reverse("people:recover", args=[secret]))
            context = {
                "title": _("%(name)s的找回链接") % {"name": found}, "secret": url, "back_url": back,
                "text": _("只显示这一次。当面给他，或发到您确认是他本人的号码。用一次就失效。"),
                "until": link.expires_at,
            }  # fmt: skip
            return pages.show(request, "secret.html", context, room="posts")
    context = {
        "form": form, "title": _("给%(name)s做找回链接") % {"name": found}, "submit": _("做链接"),
        "back_url": back, "back_label": found,
        "text": _("他用这个链接设一次新密码。做了链接，他马上会收到消息。"),
    }  # fmt: skip
    return pages.show(request, "form.html", context, room="posts", status=status)
