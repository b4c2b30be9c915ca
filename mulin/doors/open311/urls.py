"""Routes of GeoReport v2. `/discovery` is there without a suffix too: its public address ends so."""

from django.urls import path, re_path

from mulin.doors.open311 import views

FORM = r"\.(?P<form>xml|json)$"

urlpatterns = [
    path("discovery", views.discovery, name="open311-discovery"),
    re_path(rf"^discovery{FORM}", views.discovery, name="open311-discovery-as"),
    re_path(rf"^services{FORM}", views.service_list, name="open311-services"),
    re_path(rf"^services/(?P<code>[^/]+){FORM}", views.service_definition, name="open311-service"),
    re_path(rf"^requests{FORM}", views.request_list, name="open311-requests"),
    re_path(rf"^requests/(?P<number>[^/]+){FORM}", views.request_one, name="open311-request"),
    re_path(rf"^tokens/(?P<token>[^/]+){FORM}", views.token, name="open311-token"),
    re_path(rf"^(?P<rest>.*){FORM}", views.unknown, name="open311-unknown-as"),
    re_path(r"^(?P<rest>.*)$", views.unknown, name="open311-unknown"),
]
