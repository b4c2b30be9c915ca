"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.sessions import desk_people, desk_views, views

public: list = [
    path("sessions/mine/", views.mine, name="sessions-mine"),
    path("sessions/mine/link/", views.mine_link, name="sessions-mine-link"),
    path("sessions/mine/<str:secret>.ics", views.mine_calendar, name="sessions-mine-calendar"),
    path("sessions/c/<str:place>/", views.sessions_of, name="sessions-of"),
    path("sessions/c/<str:place>/calendar.ics", views.place_calendar, name="sessions-calendar"),
    path("sessions/club/<str:number>/calendar.ics", views.club_calendar, name="sessions-club-calendar"),
    path("sessions/photos/<uuid:photo>/<str:size>/", views.photo, name="session-photo"),
    path("sessions/<str:number>/", views.session, name="session"),
    path("sessions/<str:number>/sign-up/", views.signup, name="session-signup"),
    path("sessions/<str:number>/leave/", views.leave, name="session-leave"),
    path("sessions/<str:number>/calendar.ics", views.session_calendar, name="session-calendar"),
    path("sessions/<str:number>/here/<str:code>/", views.here, name="session-here"),
]
desk: list = [
    path("sessions/", desk_views.sessions, name="sessions"),
    path("sessions/calendar/", desk_views.calendar, name="sessions-calendar"),
    path("sessions/new/", desk_views.session_new, name="session-new"),
    path("sessions/weather/", desk_views.weather, name="sessions-weather"),
    path("sessions/figures/", desk_people.figures_page, name="sessions-figures"),
    path("sessions/figures.xlsx", desk_people.figures_file, name="sessions-figures-file"),
    path("sessions/<str:number>/", desk_views.session, name="session"),
    path("sessions/<str:number>/edit/", desk_views.edit, name="session-edit"),
    path("sessions/<str:number>/move/", desk_views.move, name="session-move"),
    path("sessions/<str:number>/cancel/", desk_views.cancel, name="session-cancel"),
    path("sessions/<str:number>/substitute/", desk_views.substitute, name="session-substitute"),
    path("sessions/<str:number>/do/<slug:move>/", desk_views.do, name="session-do"),
    path("sessions/<str:number>/people/new/", desk_people.sign_up_for, name="session-sign-up-for"),
    path(
        "sessions/<str:number>/people/<uuid:signup>/off/", desk_people.take_off, name="session-take-off"
    ),
    path("sessions/<str:number>/attendance/", desk_people.attendance, name="session-attendance"),
    path("sessions/<str:number>/door/", desk_people.door, name="session-door"),
    path("sessions/<str:number>/list/", desk_people.sheet, name="session-list"),
    path("sessions/<str:number>/list.xlsx", desk_people.sheet_file, name="session-list-file"),
    path("sessions/<str:number>/results/", desk_people.results, name="session-results"),
    path("sessions/<str:number>/photos/", desk_people.photos_page, name="session-photos"),
    path(
        "sessions/<str:number>/photos/<uuid:photo>/", desk_people.photo, name="session-photo-consent"
    ),
    path(
        "sessions/<str:number>/photos/<uuid:photo>/do/<slug:move>/", desk_people.photo_do,
        name="session-photo-do",
    ),
]  # fmt: skip
