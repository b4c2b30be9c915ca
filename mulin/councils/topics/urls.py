"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.topics import desk_views, views

public: list = [
    path("", views.topics, name="topics"),
    path("c/<str:place>/", views.topics_here, name="topics-here"),
    path("<str:number>/", views.topic, name="topic"),
]
desk: list = [
    path("", desk_views.topics, name="topics"),
    path("export/", desk_views.topics_export, name="topics-export"),
    path("new/", desk_views.topic_new, name="topic-new"),
    path("<str:number>/", desk_views.topic, name="topic"),
    path("<str:number>/edit/", desk_views.topic_edit, name="topic-edit"),
    path("<str:number>/days/", desk_views.topic_days, name="topic-days"),
    path("<str:number>/stop/", desk_views.topic_stop, name="topic-stop"),
    path("<str:number>/do/<str:move>/", desk_views.topic_move, name="topic-move"),
    path("<str:number>/steps/<str:key>/begin/", desk_views.topic_begin, name="topic-begin"),
    path("<str:number>/steps/<str:key>/end/", desk_views.topic_end, name="topic-end"),
    path("<str:number>/steps/<str:key>/skip/", desk_views.topic_skip, name="topic-skip"),
]
