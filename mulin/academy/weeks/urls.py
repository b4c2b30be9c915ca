"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.weeks import desk_teachers, desk_weeks, views

public: list = [
    path("weeks/c/<str:place>/", views.weeks_of, name="weeks-of"),
    path("weeks/<str:number>/", views.week, name="week"),
    path("weeks/<str:number>/print/", views.week_print, name="week-print"),
    path("teachers/c/<str:place>/", views.teachers_of, name="teachers-of"),
    path("teaching/", views.teaching, name="teaching"),
    path("teaching/<str:number>/", views.own_teacher, name="teaching-own"),
    path("teaching/<str:number>/<slug:move>/", views.own_move, name="teaching-move"),
]
desk: list = [
    path("weeks/", desk_weeks.weeks, name="weeks"),
    path("weeks/new/", desk_weeks.week_new, name="week-new"),
    path("weeks/<str:number>/", desk_weeks.week, name="week"),
    path("weeks/<str:number>/refused/", desk_weeks.refused, name="week-refused"),
    path("weeks/<str:number>/demand/", desk_weeks.demand, name="week-demand"),
    path("weeks/<str:number>/solve/", desk_weeks.solve, name="week-solve"),
    path("weeks/<str:number>/progress/", desk_weeks.progress, name="week-progress"),
    path("weeks/<str:number>/do/<slug:move>/", desk_weeks.move, name="week-move"),
    path("weeks/<str:number>/publish/", desk_weeks.publish, name="week-publish"),
    path("weeks/<str:number>/print/", desk_weeks.week_print, name="week-print"),
    path("weeks/<str:number>/week.xlsx", desk_weeks.week_excel, name="week-excel"),
    path("weeks/<str:number>/s/<slug:wish>/", desk_weeks.session, name="week-session"),
    path("weeks/<str:number>/s/<slug:wish>/<slug:move>/", desk_weeks.wish_move, name="week-wish-move"),
    path("teachers/", desk_teachers.teachers, name="teachers"),
    path("teachers/offers/", desk_teachers.offers, name="teacher-offers"),
    path("teachers/new/", desk_teachers.teacher_new, name="teacher-new"),
    path("teachers/<str:number>/", desk_teachers.teacher, name="teacher"),
    path("teachers/<str:number>/edit/", desk_teachers.edit, name="teacher-edit"),
    path("teachers/<str:number>/talk/", desk_teachers.talk, name="teacher-talk"),
    path("teachers/<str:number>/check/", desk_teachers.check, name="teacher-check"),
    path("teachers/<str:number>/decline/", desk_teachers.decline, name="teacher-decline"),
    path("teachers/<str:number>/do/<slug:move>/", desk_teachers.move, name="teacher-move"),
]
