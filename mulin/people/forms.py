"""What people fill in. Forms shape the input; what it means and who may is checked by the actions."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from mulin.people import phones, states


class PhoneField(forms.CharField):
    """A telephone number as people write it; becomes E.164."""

    def __init__(self, **kwargs):
        kwargs["label"] = _("手机号")
        kwargs.setdefault("max_length", 32)
        attributes = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value):
        value = super().clean(value)
        if not value:
            return value
        try:
            return phones.normalise(value)
        except ValueError as error:
            raise forms.ValidationError(_("请填 11 位手机号，例如 138 0013 8000。"), code="phone") from error


def _plain(form: forms.Form, **labels) -> None:
    """Our words on allauth's fields, and no placeholder that repeats the label."""
    for name, bound in form.fields.items():
        bound.widget.attrs.pop("placeholder", None)
        if name in labels:
            bound.label = labels[name]


class _Code:
    """A code of digits: telephones show the digit keys and offer what the SMS said."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self, code=self.label_of_code)
        self.fields["code"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}

    label_of_code = _("验证码")


class LoginForm(account.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self, login=_("用户名或手机号"), password=_("密码"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""

    def _setup_password_field(self) -> None:
        """Kept: residents sign up without a password, staff log in with one."""


class SignupForm(account.SignupForm):
    """A telephone number, nothing else."""


class RequestCodeForm(account.RequestLoginCodeForm):
    """The number that a code is sent to."""


class ConfirmCodeForm(_Code, account.ConfirmLoginCodeForm):
    """The code that came."""


class VerifyPhoneForm(_Code, account.VerifyPhoneForm):
    """The code that came to a new number."""


class ChangePhoneForm(account.ChangePhoneForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("新手机号")


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self, password=_("密码"))
        self.fields["password"].help_text = ""


PASSWORD_HELP = _("至少 10 个字符，不要只用数字，也不要用常见的密码。")


class _NewPassword:
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _plain(self, oldpassword=_("现在的密码"), password1=_("新密码"), password2=_("再输一次新密码"))
        self.fields["password1"].help_text = PASSWORD_HELP
        if "oldpassword" in self.fields:
            self.fields["oldpassword"].help_text = ""


class ChangePasswordForm(_NewPassword, account.ChangePasswordForm):
    """The old password and a new one."""


class SetPasswordForm(_NewPassword, account.SetPasswordForm):
    """A first password."""


class SecondFactorForm(_Code, mfa.AuthenticateForm):
    label_of_code = _("动态码或备用码")


class SecondFactorAgainForm(_Code, mfa.ReauthenticateForm):
    label_of_code = _("动态码或备用码")


class ActivateAppForm(_Code, totp.ActivateTOTPForm):
    label_of_code = _("应用里的六位动态码")


def _languages() -> list[tuple[str, str]]:
    """Every language names itself: who is lost in a foreign one finds the own."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class ProfileForm(forms.Form):
    """One's own settings."""

    name = forms.CharField(
        label=_("怎么称呼您"),
        max_length=40,
        required=False,
        help_text=_("工作人员联系您时会看到；公开的页面上不显示。"),
    )
    language = forms.ChoiceField(label=_("语言"), choices=_languages)
    digest = forms.ChoiceField(label=_("消息怎么发给您"), choices=list(states.DIGESTS.items()))
    home_place = forms.CharField(widget=forms.HiddenInput, required=False, max_length=12)


class ResidenceForm(forms.Form):
    """Where one lives: a building of the community and the door."""

    building = forms.ChoiceField(label=_("楼栋"))
    door = forms.CharField(
        label=_("门牌"), max_length=40, help_text=_("照您平时的写法，例如 1单元5-2。"), strip=True
    )

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["building"].choices = [("", _("请选择")), *choices]


class InvitationForm(forms.Form):
    code = forms.CharField(
        label=_("邀请码"),
        max_length=20,
        help_text=_("社区给您的纸条上的 8 位码。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class TokenForm(forms.Form):
    name = forms.CharField(label=_("用来做什么"), max_length=60, help_text=_("例如：物业系统对接。"))
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=3660, initial=90)


class NewPasswordForm(forms.Form):
    """A new password for someone who proved who they are by a code or a recovery link."""

    password1 = forms.CharField(
        label=_("新密码"),
        help_text=PASSWORD_HELP,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("再输一次新密码"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self):
        from django.contrib.auth.password_validation import validate_password

        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("两次输入的不一样。"))
        elif first:
            try:
                validate_password(first, self.user)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return self.cleaned_data


class EraseForm(forms.Form):
    """The last question before an account is erased, and the proof that it is really its owner."""

    understood = forms.BooleanField(label=_("我明白做完不能恢复"))
    proof = forms.CharField(label=_("密码"), strip=False, required=False)

    def __init__(self, *args, proof: str = "password", **kwargs):
        super().__init__(*args, **kwargs)
        if proof == "password":
            self.fields["proof"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        elif proof == "code":
            self.fields["proof"].label = _("短信验证码")
            self.fields["proof"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}
        else:
            del self.fields["proof"]
        if "proof" in self.fields:
            self.fields["proof"].required = True


class LeaveForm(forms.Form):
    """Asks once before something ends."""
