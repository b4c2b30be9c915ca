"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.meetings import desk_room, desk_views, views

public: list = [
    path("meetings/c/<str:place>/", views.meetings_of, name="meetings-of"),
    path("meetings/c/<str:place>/propose/", views.propose, name="meeting-propose-here"),
    path("meetings/items/<uuid:story>/", views.item, name="meeting-item"),
    path("meetings/<str:number>/", views.meeting, name="meeting"),
    path("meetings/<str:number>/print/", views.meeting_print, name="meeting-print"),
    path("meetings/<str:number>/calendar.ics", views.meeting_calendar, name="meeting-calendar"),
    path("meetings/<str:number>/propose/", views.propose_to, name="meeting-propose"),
    path("meetings/<str:number>/here/<str:code>/", views.here, name="meeting-here"),
]
desk: list = [
    path("meetings/", desk_views.meetings, name="meetings"),
    path("meetings/calendar/", desk_views.month, name="meetings-calendar"),
    path("meetings/new/", desk_views.types_page, name="meeting-types"),
    path("meetings/new/<slug:type>/", desk_views.meeting_new, name="meeting-new"),
    path("meetings/proposals/", desk_views.proposals, name="meeting-proposals"),
    path("meetings/proposals/<uuid:proposal>/", desk_views.proposal, name="meeting-proposal"),
    path("meetings/<str:number>/", desk_views.meeting, name="meeting"),
    path("meetings/<str:number>/edit/", desk_views.edit, name="meeting-edit"),
    path("meetings/<str:number>/announce/", desk_views.announce, name="meeting-announce"),
    path("meetings/<str:number>/change/", desk_views.change, name="meeting-change"),
    path("meetings/<str:number>/cancel/", desk_views.cancel, name="meeting-cancel"),
    path("meetings/<str:number>/notice/", desk_views.notice_print, name="meeting-notice"),
    path("meetings/<str:number>/do/<slug:move>/", desk_views.move, name="meeting-move"),
    path("meetings/<str:number>/tell/<slug:duty>/", desk_views.tell, name="meeting-tell"),
    path("meetings/<str:number>/items/new/", desk_views.item, name="meeting-item-new"),
    path("meetings/<str:number>/items/<uuid:item>/", desk_views.item, name="meeting-item"),
    path("meetings/<str:number>/items/<uuid:item>/order/", desk_views.order, name="meeting-item-order"),
    path("meetings/<str:number>/items/<uuid:item>/move/", desk_views.move_item, name="meeting-item-move"),
    path("meetings/<str:number>/door/", desk_room.door, name="meeting-door"),
    path("meetings/<str:number>/door/figures/", desk_room.figures, name="meeting-figures"),
    path("meetings/<str:number>/door/code/", desk_room.code, name="meeting-code"),
    path("meetings/<str:number>/people/", desk_room.people, name="meeting-people"),
    path("meetings/<str:number>/people/<uuid:person>/", desk_room.person, name="meeting-person"),
    path("meetings/<str:number>/heads/", desk_room.heads, name="meeting-heads"),
    path("meetings/<str:number>/minutes/", desk_room.minutes_page, name="meeting-minutes"),
    path("meetings/<str:number>/minutes/save/", desk_room.save, name="meeting-minutes-save"),
    path("meetings/<str:number>/minutes/print/", desk_room.minutes_print, name="meeting-minutes-print"),
    path("meetings/<str:number>/minutes.docx", desk_room.minutes_word, name="meeting-minutes-word"),
    path("meetings/<str:number>/items/<uuid:item>/decide/", desk_room.decide, name="meeting-decide"),
    path("meetings/<str:number>/actions/new/", desk_room.action_new, name="meeting-action-new"),
    path("meetings/<str:number>/actions/<uuid:action>/", desk_room.action, name="meeting-action"),
    path("meetings/<str:number>/actions/<uuid:action>/hand/", desk_room.hand_on, name="meeting-action-hand"),
]
