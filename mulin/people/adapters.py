"""How django-allauth meets our accounts: telephone numbers, codes by SMS, WeChat, the second factor."""

import secrets as random
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.kernel import channels, secrets, throttle
from mulin.people import actions, forms, guessing, queries
from mulin.people.models import Account

FRESH_SECONDS = 300


def _name_in(credentials: dict[str, Any]) -> str:
    """The name or number that was typed."""
    return str(credentials.get("username") or credentials.get("phone") or "").strip().lower()


class AccountAdapter(DefaultAccountAdapter):
    """Accounts of Mulin: a telephone number is enough; no mail address is asked for or kept."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": gettext_lazy("这个账户已停用。需要时请联系社区。"),
        "incorrect_code": gettext_lazy("验证码不对。请看一眼最新的那条短信。"),
        "incorrect_password": gettext_lazy("密码不对。"),
        "enter_current_password": gettext_lazy("请输入现在的密码。"),
        "username_password_mismatch": gettext_lazy("用户名或密码不对。"),
        "phone_password_mismatch": gettext_lazy("手机号或密码不对。没有设过密码，请用验证码登录。"),
        "phone_taken": gettext_lazy("这个手机号已经有账户了。"),
        "too_many_login_attempts": gettext_lazy("试的次数太多了。请过几分钟再试。"),
        "rate_limited": gettext_lazy("请求太频繁了。请过几分钟再试。"),
        "same_as_current": gettext_lazy("和现在的一样，不用改。"),
        "invalid_login": gettext_lazy("请填手机号或用户名。"),
    }

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.PhoneVerificationStage": "mulin.people.stages.PhoneStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def get_client_ip(self, request: HttpRequest) -> str:
        return throttle.caller(request)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Those who hold a working post start at the desk, everybody else at home."""
        posts = queries.actor_for(request.user).roles - {"group_member"}
        return "/desk/" if posts else settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("people:account")

    def post_login(self, request: HttpRequest, user: Account, **kwargs: Any):
        """The device is known from now on. The language of the account follows the person to a new telephone;
        one that was chosen on this device stays."""
        response = super().post_login(request, user, **kwargs)
        guessing.remember(request, response, user.pk)
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                user.language,
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
        return response

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counted in the database as well: allauth counts in one process only, and all that fails at an
        address together, which must not slow a known device there."""
        account = queries.account_by_login(**credentials)
        guessing.count_password(request, str(account or _name_in(credentials)), account)
        if not guessing.device_of(request, account):
            super().pre_authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """With the address: a stranger's tries must not be counted against the person."""
        who = f"{_name_in(credentials)} {throttle.caller(request)}"
        return secrets.fingerprint(who, "log-in")

    def set_password(self, user: Account, password: str) -> None:
        """By the action that everybody uses: other sessions and all tokens end with the old password."""
        changed = actions.change_password(account_id=user.pk, password=password)
        user.password = changed.password

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not asked again within five minutes of logging in: the person has just shown who they are."""
        if not super().is_reauthentication_required(app=app, **kwargs):
            return False
        records = get_authentication_records(self.request, self.request.user)
        return not (records and time.time() - records[-1]["at"] < FRESH_SECONDS)

    def get_reauthentication_methods(self, user) -> list[dict]:
        words = {"reauthenticate": _("用密码"), "mfa_reauthenticate": _("用动态码")}
        methods = super().get_reauthentication_methods(user)
        return [
            {**method, "description": words.get(method["id"], method["description"])} for method in methods
        ]

    # Signing up

    def save_user(self, request, user, form, commit=True):
        """A new resident account, by the action that everybody uses."""
        made = actions.sign_up(phone=form.cleaned_data.get("phone", ""))
        user.__dict__.update(made.__dict__)
        return user

    def populate_username(self, request, user) -> None:
        if not user.username:
            user.username = actions.new_username()

    # Telephone numbers

    def phone_form_field(self, **kwargs: Any):
        return forms.PhoneField(**kwargs)

    def set_phone(self, user: Account, phone: str, verified: bool) -> None:
        actions.set_phone(account_id=user.pk, phone=phone, verified=verified)
        user.refresh_from_db()

    def set_phone_verified(self, user: Account, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_phone(self, user: Account) -> tuple[str, bool] | None:
        if not user.phone_sealed:
            return None
        return secrets.unseal(user.phone_sealed), user.phone_verified

    def get_user_by_phone(self, phone: str) -> Account | None:
        return queries.account_by_phone(phone)

    def generate_phone_verification_code(self, *, user, phone: str) -> str:
        return f"{random.randbelow(1_000_000):06d}"

    def generate_login_code(self) -> str:
        return f"{random.randbelow(1_000_000):06d}"

    def _sms(self, phone: str, text: str) -> None:
        guessing.count_code(self.request, phone, queries.account_by_login(phone=phone))
        channels.channel("sms").send(phone, _("睦邻"), text)

    def send_verification_code_sms(self, user, phone: str, code: str, **kwargs: Any) -> None:
        self._sms(
            phone, _("验证码 %(code)s，10 分钟内有效。不要告诉别人，社区也不会问您要。") % {"code": code}
        )

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        url = self.request.build_absolute_uri(reverse("account_signup"))
        self._sms(phone, _("这个手机号还没有账户。要开一个，请打开 %(url)s") % {"url": url})

    def send_account_already_exists_sms(self, phone: str) -> None:
        url = self.request.build_absolute_uri(reverse("account_request_login_code"))
        self._sms(phone, _("这个手机号已经有账户，直接用验证码登录：%(url)s") % {"url": url})


class SocialAdapter(DefaultSocialAccountAdapter):
    """WeChat accounts become ordinary resident accounts; of the profile only the nickname is kept."""

    def populate_user(self, request, sociallogin, data):
        user = sociallogin.user
        user.name = (
            data.get("name") or data.get("username") or sociallogin.account.extra_data.get("nickname", "")
        )[:40]
        sociallogin.account.extra_data = {"nickname": user.name}
        return user

    def save_user(self, request, sociallogin, form=None):
        made = actions.sign_up(name=sociallogin.user.name)
        sociallogin.user.__dict__.update(made.__dict__)
        sociallogin.save(request)
        return sociallogin.user

    def get_connect_redirect_url(self, request, socialaccount) -> str:
        return reverse("people:security")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are kept sealed; whoever must have a second factor cannot drop it."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("动态码不对。请看应用里现在的六位数。"),
        "cannot_delete_authenticator": gettext_lazy("您的岗位要求第二步验证，不能停用。"),
        "cannot_generate_recovery_codes": gettext_lazy("先启用验证应用，再生成备用码。"),
    }

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator) -> bool:
        from mulin.people.states import VOLUNTEERS

        account = authenticator.user
        return account.is_demo or not (queries.actor_for(account).roles - VOLUNTEERS)
