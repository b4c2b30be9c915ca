"""Everything under /account/: our own pages (people:…) and those of django-allauth (account_…, mfa_…)."""

from django.urls import include, path

urlpatterns = [
    path("", include("mulin.people.page_urls")),
    path("", include("mulin.people.auth_urls")),
]
