"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.clubs import desk_gatherings, desk_orders, desk_views, views

public: list = [
    path("c/<str:place>/", views.college, name="college"),
    path("clubs/c/<str:place>/", views.clubs, name="clubs"),
    path("clubs/c/<str:place>/ask/", views.ask, name="club-ask"),
    path("clubs/mine/", views.mine, name="clubs-mine"),
    path("clubs/<str:number>/", views.club, name="club"),
    path("clubs/<str:number>/join/", views.join, name="club-join"),
    path("clubs/<str:number>/leave/", views.leave, name="club-leave"),
    path("gatherings/<str:number>/", views.gathering, name="gathering"),
]
desk: list = [
    path("clubs/", desk_views.clubs, name="clubs"),
    path("clubs/new/", desk_views.club_new, name="club-new"),
    path("clubs/export/", desk_views.export, name="clubs-export"),
    path("clubs/print/", desk_views.print_list, name="clubs-print"),
    path("clubs/<str:number>/", desk_views.club, name="club"),
    path("clubs/<str:number>/edit/", desk_views.edit, name="club-edit"),
    path("clubs/<str:number>/tell/", desk_views.tell, name="club-tell"),
    path("clubs/<str:number>/listed/", desk_views.listed, name="club-listed"),
    path("clubs/<str:number>/member/", desk_views.member, name="club-member"),
    path("clubs/<str:number>/serve/", desk_orders.serve, name="club-serve"),
    path("clubs/<str:number>/do/<slug:move>/", desk_views.move, name="club-move"),
    path("clubs/<str:number>/why/<slug:move>/", desk_views.why, name="club-why"),
    path("gatherings/", desk_gatherings.gatherings, name="gatherings"),
    path("gatherings/new/", desk_gatherings.gathering_new, name="gathering-new"),
    path("gatherings/<str:number>/held/", desk_gatherings.held, name="gathering-held"),
    path("gatherings/<str:number>/cancel/", desk_gatherings.cancel, name="gathering-cancel"),
]
