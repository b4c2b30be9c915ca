"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.upward import desk_views, views

public: list = [
    path("proposals/c/<str:place>/", views.proposals_of, name="proposals-of"),
    path("proposals/<str:number>/", views.proposal, name="proposal"),
]
desk: list = [
    path("proposals/", desk_views.proposals, name="proposals"),
    path("proposals/new/", desk_views.proposal_new, name="proposal-new"),
    path("proposals/export/", desk_views.proposals_export, name="proposals-export"),
    path("proposals/<str:number>/", desk_views.proposal, name="proposal"),
    path("proposals/<str:number>/edit/", desk_views.proposal_edit, name="proposal-edit"),
    path("proposals/<str:number>/print/", desk_views.proposal_print, name="proposal-print"),
    path("proposals/<str:number>/discard/", desk_views.proposal_discard, name="proposal-discard"),
    path("proposals/<str:number>/receive/", desk_views.proposal_receive, name="proposal-receive"),
    path("proposals/<str:number>/send/", desk_views.proposal_send, name="proposal-send"),
    path("proposals/<str:number>/withdraw/", desk_views.proposal_withdraw, name="proposal-withdraw"),
    path("proposals/<str:number>/result/", desk_views.proposal_result, name="proposal-result"),
    path("proposals/<str:number>/study/", desk_views.proposal_study, name="proposal-study"),
    path("proposals/<str:number>/answer/", desk_views.proposal_answer, name="proposal-answer"),
    path("proposals/<str:number>/up/", desk_views.proposal_up, name="proposal-up"),
    path("proposals/<str:number>/return/", desk_views.proposal_return, name="proposal-return"),
]
