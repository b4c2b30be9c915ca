"""Keys of the account: password, second factor, recovery, API tokens."""

import time
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import policy, secrets, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.people import actions, phones, queries
from mulin.people.forms import NewPasswordForm, TokenForm
from mulin.people.models import RecoveryLink
from mulin.people.views.account import refused

FRESH_SECONDS = 600


def came_by_code(request: HttpRequest) -> bool:
    """Whether this session began with a code to the person's own telephone, within ten minutes."""
    records = get_authentication_records(request, request.user)
    codes = [r for r in records if r.get("method") == "code"]
    return bool(codes) and time.time() - codes[-1]["at"] < FRESH_SECONDS


@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """How I log in, and what keeps others out."""
    mine = request.user
    links = RecoveryLink.objects.filter(account=mine).order_by("-id")[:10]
    context = {
        "phone": phones.masked(secrets.unseal(mine.phone_sealed)) if mine.phone_sealed else "",
        "has_password": mine.has_usable_password(),
        "by_code": came_by_code(request),
        "has_factor": Authenticator.objects.filter(user_id=mine.pk, type="totp").exists(),
        "has_wechat": apps.is_installed("allauth.socialaccount.providers.weixin"),
        "wechat": SocialAccount.objects.filter(user_id=mine.pk, provider="weixin").first(),
        "links": links,
        "may_tokens": policy.can_somewhere(actor_of(request), "people.token:make"),
    }
    return render(request, "people/security.html", context)


@login_required
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """Why a working post needs a second factor, and the way to set it up."""
    actor = queries.actor_for(request.user)
    target = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/desk/" if actor.posts else reverse("people:account")
    if not queries.needs_second_factor(request.user, actor):
        return redirect(target)
    return render(request, "people/second_factor.html", {"next": target})


@login_required
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest) -> HttpResponse:
    """Set a new password after logging in by a code, for who forgot the old one."""
    if not came_by_code(request):
        raise PermissionDenied(_("请先退出，再用短信验证码登录，然后来这里设新密码。"))
    form = NewPasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.set_password_by_code(
                actor=actor_of(request), password=form.cleaned_data["password1"]
            )
        except ActionError as error:
            refused(form, error)
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("新密码设好了。其他设备上的登录已结束，接口令牌已撤销。"))
            return redirect("people:security")
    return render(request, "people/new_password.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Log out everywhere but here: a telephone was lost, or a computer was not one's own."""
    update_session_auth_hash(request, actions.end_sessions(actor=actor_of(request)))
    messages.success(request, _("其他设备上的登录已结束，这里还在。接口令牌不受影响。"))
    return redirect("people:security")


@require_http_methods(["GET", "POST"])
def recover(request: HttpRequest, secret: str) -> HttpResponse:
    """Open a recovery link and set a new password. A wrong, used or old link is not found."""
    throttle.check("recover", throttle.caller(request), limit=30, seconds=3600)
    link = actions.find_recovery_link(secret)
    form = NewPasswordForm(request.POST or None, user=link.account)
    if request.method == "POST" and form.is_valid():
        try:
            actions.use_recovery_link(secret=secret, password=form.cleaned_data["password1"])
        except ActionError as error:
            refused(form, error)
        else:
            messages.success(request, _("新密码设好了，请用它登录。以前的登录已全部结束，接口令牌已撤销。"))
            return redirect("account_login")
    context = {"form": form, "link": link}
    response = render(request, "people/recover.html", context, status=422 if form.errors else 200)
    # The address is the key: it must not leave with a click on a link of the page.
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """My API tokens. A new one is shown once, on the answer to the form that made it."""
    actor = actor_of(request)
    if not policy.can_somewhere(actor, "people.token:make"):
        policy.require(actor, "people.token:make", "")
    form, text = TokenForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, text = actions.make_token(actor=actor, **form.cleaned_data)
            form = TokenForm()
        except ActionError as error:
            refused(form, error)
    context = {"form": form, "token": text, "tokens": queries.my_tokens(actor)}
    return render(request, "people/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    actions.revoke_token(actor=actor_of(request), token_id=token_id)
    messages.success(request, _("令牌已撤销。"))
    return redirect("people:tokens")
