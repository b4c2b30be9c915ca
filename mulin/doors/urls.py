"""The doors of programs: REST at /api/v1, Open311 at /open311/v2."""

from django.urls import include, path

from mulin.doors.api.routes import patterns
from mulin.doors.open311 import urls as open311

app_name = "doors"
urlpatterns = [
    path("api/v1/", include((patterns(), "api"))),
    path("open311/v2/", include(open311.urlpatterns)),
]
