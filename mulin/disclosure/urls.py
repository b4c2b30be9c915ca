"""Addresses under /register/."""

from django.urls import path

from mulin.disclosure import views

app_name = "disclosure"
urlpatterns = [
    path("", views.register, name="register"),
    path("map.json", views.register_map, name="map"),
    path("atom.xml", views.atom, name="atom"),
    path("export.xlsx", views.as_xlsx, name="xlsx"),
    path("export.csv", views.as_csv, name="csv"),
    path("heads/", views.heads, name="heads"),
    path("heads.json", views.heads_json, name="heads-json"),
    path("photo/<uuid:photo_id>", views.photo, name="photo"),
    path("photo/<uuid:photo_id>/thumb", views.photo, {"thumb": True}, name="thumb"),
    path("<str:number>/", views.entry, name="entry"),
]
