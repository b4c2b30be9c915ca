"""Addresses for everybody below /aid/, and at the desk below /desk/aid/."""

from django.urls import path

from mulin.mutualaid.sharing import desk_views, views

public: list = [
    path("sharing/", views.sharing, name="sharing"),
    path("sharing/c/<str:place>/", views.sharing_here, name="sharing-here"),
    path("sharing/c/<str:place>/new/", views.sharing_new, name="sharing-new"),
    path("sharing/mine/", views.sharing_mine, name="sharing-mine"),
    path("sharing/money/", views.sharing_money, name="sharing-money"),
    path("sharing/uses/<str:number>/", views.sharing_use, name="sharing-use"),
    path("sharing/uses/<str:number>/<slug:move>/", views.sharing_use_do, name="sharing-use-do"),
    path("sharing/<str:number>/", views.sharing_thing, name="sharing-thing"),
    path("sharing/<str:number>/edit/", views.sharing_edit, name="sharing-edit"),
    path("sharing/<str:number>/book/", views.sharing_book, name="sharing-book"),
    path("sharing/<str:number>/do/<slug:move>/", views.sharing_state, name="sharing-state"),
]
_PARTY = "sharing/c/<str:place>/money/<slug:kind>/<uuid:party>/"
desk: list = [
    path("sharing/", desk_views.sharings, name="sharings"),
    path("sharing/c/<str:place>/new/", desk_views.sharing_new, name="sharing-new"),
    path("sharing/c/<str:place>/money/", desk_views.sharing_money, name="sharing-money"),
    path(_PARTY, desk_views.sharing_party, name="sharing-party"),
    path(f"{_PARTY}cash/", desk_views.sharing_cash, name="sharing-cash"),
    path("sharing/uses/<str:number>/", desk_views.sharing_use, name="sharing-use"),
    path("sharing/uses/<str:number>/deposit/", desk_views.sharing_deposit, name="sharing-deposit"),
    path(
        "sharing/uses/<str:number>/decide/<slug:what>/",
        desk_views.sharing_use_decide,
        name="sharing-use-decide",
    ),
    path("sharing/<str:number>/", desk_views.sharing_thing, name="sharing-thing"),
    path("sharing/<str:number>/check/", desk_views.sharing_check, name="sharing-check"),
    path("sharing/<str:number>/edit/", desk_views.sharing_edit, name="sharing-edit"),
    path("sharing/<str:number>/close/", desk_views.sharing_close, name="sharing-close"),
    path("sharing/<str:number>/book/", desk_views.sharing_book, name="sharing-book"),
]
