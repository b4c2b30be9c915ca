"""Addresses under /board/. `insight:board` without a place leads to the person's own."""

from django.urls import path

from mulin.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.home, name="board"),
    path("<str:place>/", views.board, name="board"),
    path("<str:place>/map.json", views.board_map, name="map"),
    path("<str:place>/export.xlsx", views.board_export, name="export"),
]
