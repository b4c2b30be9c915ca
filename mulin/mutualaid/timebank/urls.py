"""Addresses for everybody below /aid/, and at the desk below /desk/aid/."""

from django.urls import path

from mulin.mutualaid.timebank import desk_views, views

public: list = [
    path("time/", views.time, name="time"),
    path("time/c/<str:place>/", views.time_here, name="time-here"),
    path("time/open/", views.time_open, name="time-open"),
    path("time/give/", views.time_give, name="time-give"),
    path("time/code/", views.time_code, name="time-code"),
    path("time/spending/", views.time_spending, name="time-spending"),
    path("time/statement/", views.time_statement, name="time-statement"),
    path("time/statement.xlsx", views.time_statement_file, name="time-statement-file"),
    path("time/certificate/", views.time_certificate, name="time-certificate"),
]
desk: list = [
    path("time/", desk_views.times, name="times"),
    path("time/c/<str:place>/", desk_views.time_place, name="time-place"),
    path("time/c/<str:place>/award/", desk_views.time_award, name="time-award"),
    path("time/c/<str:place>/redeem/", desk_views.time_redeem, name="time-redeem"),
    path("time/c/<str:place>/find/", desk_views.time_find, name="time-find"),
    path("time/people/<uuid:holder>/", desk_views.time_person, name="time-person"),
    path(
        "time/people/<uuid:holder>/statement/", desk_views.time_person_statement, name="time-person-statement"
    ),
    path(
        "time/people/<uuid:holder>/certificate/",
        desk_views.time_person_certificate,
        name="time-person-certificate",
    ),
    path("time/gifts/<str:number>/", desk_views.time_gift, name="time-gift"),
]
