"""Addresses under /board/. `insight:board` and `insight:circle` without a place lead to the person's own."""

from django.urls import path

from mulin.insight import views
from mulin.insight.coverage import views as coverage

app_name = "insight"
urlpatterns = [
    path("", views.home, name="board"),
    path("circle/", coverage.home, name="circle"),
    path("<str:place>/", views.board, name="board"),
    path("<str:place>/map.json", views.board_map, name="map"),
    path("<str:place>/export.xlsx", views.board_export, name="export"),
    path("<str:place>/circle/", coverage.circle, name="circle-of"),
    path("<str:place>/circle/map.json", coverage.circle_map, name="circle-map"),
    path("<str:place>/circle/export.xlsx", coverage.circle_export, name="circle-export"),
    path("<str:place>/circle/print/", coverage.circle_print, name="circle-print"),
    path("<str:place>/circle/paths/", coverage.circle_paths, name="circle-paths"),
]
