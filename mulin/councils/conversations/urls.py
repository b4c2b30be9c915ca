"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.conversations import desk_views, views

public = [
    path("conversations/<str:number>/", views.conversation, name="conversation"),
    path("conversations/<str:number>/answer/", views.answer, name="conversation-answer"),
    path("conversations/<str:number>/say/", views.say, name="conversation-say"),
    path("conversations/<str:number>/mine/", views.mine, name="conversation-mine"),
    path("conversations/<str:number>/map/", views.opinion_map, name="conversation-map"),
    path("conversations/<str:number>/map/print/", views.map_print, name="conversation-print"),
]
desk = [
    path("conversations/", desk_views.conversations, name="conversations"),
    path("conversations/new/", desk_views.conversation_new, name="conversation-new"),
    path("conversations/<str:number>/", desk_views.conversation, name="conversation"),
    path("conversations/<str:number>/edit/", desk_views.edit, name="conversation-edit"),
    path("conversations/<str:number>/seeds/", desk_views.seeds, name="conversation-seeds"),
    path(
        "conversations/<str:number>/statements/<int:n>/", desk_views.statement, name="conversation-statement"
    ),
    path("conversations/<str:number>/map/", desk_views.opinion_map, name="conversation-map"),
    path("conversations/<str:number>/map/print/", desk_views.map_print, name="conversation-print"),
    path("conversations/<str:number>/publish/", desk_views.publish, name="conversation-publish"),
    path("conversations/<str:number>/export/", desk_views.export, name="conversation-export"),
    path("conversations/<str:number>/export/votes/", desk_views.export_votes, name="conversation-votes"),
    path("conversations/<str:number>/do/<slug:move>/", desk_views.move, name="conversation-move"),
]
