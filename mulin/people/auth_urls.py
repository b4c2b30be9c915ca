"""The pages of django-allauth that Mulin offers: no mail addresses, so none of its mail pages."""

from allauth.account import views as account
from django.apps import apps
from django.urls import include, path

from mulin.people.views.login import EnterView

urlpatterns = [
    path("login/", EnterView.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("login/code/", account.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", account.confirm_login_code, name="account_confirm_login_code"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("phone/verify/", account.verify_phone, name="account_verify_phone"),
    path("phone/change/", account.change_phone, name="account_change_phone"),
    path("second-factor/", include("allauth.mfa.urls")),
]
if apps.is_installed("allauth.socialaccount.providers.weixin"):
    urlpatterns += [
        path("linked/", include("allauth.socialaccount.urls")),
        path("", include("allauth.socialaccount.providers.weixin.urls")),
    ]
