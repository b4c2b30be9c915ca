"""The API put together: routers, the token, errors, and the document."""

from django.urls import URLPattern, path
from django.utils.translation import gettext_noop as _n
from ninja import NinjaAPI

from mulin.doors.api import answers, cases, journal, places, voices, webhooks
from mulin.doors.api.auth import Token
from mulin.doors.api.openapi import openapi_json

api = NinjaAPI(
    title="Mulin 睦邻",  # untranslated: the name
    version="1",
    description=_n("说一件事、办一件事、看数字。用法见 docs/api.md。"),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    auth=Token(),
)
for router in (voices.router, cases.router, places.router, webhooks.router, journal.router):
    api.add_router("", router)
answers.install(api)


def patterns() -> list[URLPattern]:
    """Every path of the API; a wrong method is answered with problem+json as well."""
    found = []
    for pattern in api.urls[0]:
        if pattern.name == "api-root":
            continue
        pattern.callback = answers.problems_only(pattern.callback)
        found.append(pattern)
    return [path("openapi.json", openapi_json, name="openapi"), *found]
