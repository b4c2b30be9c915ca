"""Personal data: the privacy notice, who looked, taking it out, erasing it."""

import json
import secrets as random
import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import channels, clock, rulebook, secrets, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.people import actions, queries, states
from mulin.people.forms import EraseForm
from mulin.people.models import Account
from mulin.people.views.account import refused

CODE_KEY = "people_erase_code"
CODE_SECONDS = 600
TRIES = 5


@require_http_methods(["GET", "POST"])
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice. Open to everybody; who has an account can say that they read it."""
    version = rulebook.value("people.privacy.version", at=settings.MULIN_SITE_PLACE)
    if request.method == "POST" and request.user.is_authenticated:
        actions.accept_privacy(actor=actor_of(request))
        messages.success(request, _("记下了，谢谢您。"))
        return redirect("people:privacy")
    known = request.user.is_authenticated and request.user.privacy_version == version
    return render(request, "people/privacy.html", {"version": version, "is_known": known})


@login_required
@require_safe
def reads(request: HttpRequest) -> HttpResponse:
    """Who read my protected details, when and for what."""
    rows = [(row, states.DETAILS.get(row.what, row.what)) for row in queries.secret_reads(actor_of(request))]
    return render(request, "people/reads.html", {"reads": rows})


@login_required
@require_http_methods(["GET", "POST"])
def data(request: HttpRequest) -> HttpResponse:
    """Take out everything that is kept about me, as one JSON file."""
    if request.method == "GET":
        return render(request, "people/data.html")
    throttle.check("export", str(request.user.pk), limit=10, seconds=3600)
    body = json.dumps(
        actions.export_my_data(actor=actor_of(request)), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2
    )
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mulin-{clock.today().isoformat()}.json"'
    return response


def proof_of(account: Account) -> str:
    """How this person can show once more that it is them: password, code, or (WeChat only) being here."""
    if account.has_usable_password():
        return "password"
    return "code" if account.phone_sealed else "session"


def _code_is_right(request: HttpRequest, given: str) -> bool:
    kept = request.session.get(CODE_KEY)
    if not kept or time.time() - kept["at"] > CODE_SECONDS or kept["tries"] >= TRIES:
        return False
    kept["tries"] += 1
    request.session[CODE_KEY] = kept
    return secrets.fingerprint(given.strip(), "erase-code") == kept["hash"]


@login_required
@require_POST
def erase_code(request: HttpRequest) -> HttpResponse:
    """Send a code to my own telephone, for erasing."""
    throttle.check("sms", str(request.user.pk), limit=5, seconds=3600)
    if proof_of(request.user) == "code":
        code = f"{random.randbelow(1_000_000):06d}"
        request.session[CODE_KEY] = {
            "hash": secrets.fingerprint(code, "erase-code"),
            "at": time.time(),
            "tries": 0,
        }
        text = _("注销账户的验证码 %(code)s，10 分钟内有效。不是您在操作，请不要理会。") % {"code": code}
        channels.channel("sms").send(secrets.unseal(request.user.phone_sealed), _("睦邻"), text)
        messages.success(request, _("验证码已发到您的手机。"))
    return redirect("people:erase")


@login_required
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Erase my account: what goes, what stays, one plain question, and a proof that it is me."""
    proof = proof_of(request.user)
    form = EraseForm(request.POST or None, proof=proof)
    if request.method == "POST" and form.is_valid():
        throttle.check("erase", str(request.user.pk), limit=10, seconds=3600)
        given = form.cleaned_data.get("proof", "")
        if proof == "password" and not request.user.check_password(given):
            form.add_error("proof", _("密码不对。"))
        elif proof == "code" and not _code_is_right(request, given):
            form.add_error("proof", _("验证码不对或过期了。请重新获取一个。"))
        else:
            try:
                actions.erase_me(actor=actor_of(request))
            except ActionError as error:
                refused(form, error)
            else:
                logout(request)
                return redirect("people:erased")
    context = {"form": form, "proof": proof, "posts": queries.my_posts(actor_of(request))}
    return render(request, "people/erase.html", context, status=422 if form.errors else 200)


@require_safe
def erased(request: HttpRequest) -> HttpResponse:
    return render(request, "people/erased.html")
