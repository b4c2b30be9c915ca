"""Every URL of the product. A route that the matrix test does not know fails the test."""

from django.urls import include, path
from django.views.i18n import set_language

from mulin.kernel.views import healthz, metrics

urlpatterns = [
    path("", include("mulin.portal.urls")),
    path("account/", include("mulin.people.urls")),
    path("council/", include("mulin.councils.urls")),
    path("desk/council/", include("mulin.councils.desk_urls")),
    path("academy/", include("mulin.academy.urls")),
    path("desk/academy/", include("mulin.academy.desk_urls")),
    path("aid/", include("mulin.mutualaid.urls")),
    path("desk/aid/", include("mulin.mutualaid.desk_urls")),
    path("venues/", include("mulin.bookings.urls")),
    path("desk/venues/", include("mulin.bookings.desk_urls")),
    path("desk/", include("mulin.desk.urls")),
    path("board/", include("mulin.insight.urls")),
    path("register/", include("mulin.disclosure.urls")),
    path("places/", include("mulin.places.urls")),
    path("", include("mulin.doors.urls")),
    path("language/", set_language, name="set_language"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
]

handler400 = "mulin.kernel.views.bad_request"
handler403 = "mulin.kernel.views.forbidden"
handler404 = "mulin.kernel.views.not_found"
handler500 = "mulin.kernel.views.server_error"
