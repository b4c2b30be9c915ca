"""Public, read-only addresses: outlines, pickers and locating."""

from django.urls import path

from mulin.places import views

app_name = "places"
urlpatterns = [
    path("shapes/<str:code>.geojson", views.shapes, name="shapes"),
    path("search", views.search, name="search"),
    path("locate", views.locate, name="locate"),
    path("buildings/<str:community>", views.buildings, name="buildings"),
]
