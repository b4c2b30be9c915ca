"""The log-in page: a code by SMS for residents, a password for staff, the people of a demo in a demo."""

from typing import Any

from allauth.account.views import LoginView
from django.apps import apps

from mulin.people import queries
from mulin.people.forms import RequestCodeForm

DEMO_PASSWORD = "mulin-demo"


class EnterView(LoginView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["code_form"] = RequestCodeForm(prefix=None)
        context["demo_accounts"] = queries.demo_accounts()
        context["demo_password"] = DEMO_PASSWORD
        context["has_wechat"] = apps.is_installed("allauth.socialaccount.providers.weixin")
        return context
