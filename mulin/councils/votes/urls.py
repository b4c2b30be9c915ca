"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.votes import desk_counting, desk_views, views

public: list = [
    path("votes/", views.votes, name="votes"),
    path("votes/<str:number>/", views.vote, name="vote"),
    path("votes/<str:number>/cast/", views.cast, name="vote-cast"),
    path("votes/<str:number>/receipts/", views.receipts, name="vote-receipts"),
    path("votes/<str:number>/recount.json", views.recount, name="vote-recount"),
    path("votes/<str:number>/budget.pb", views.budget_file, name="vote-pb"),
    path("votes/<str:number>/challenge/", views.challenge, name="vote-challenge"),
]
desk: list = [
    path("votes/", desk_views.votes, name="votes"),
    path("votes/new/", desk_views.vote_new, name="vote-new"),
    path("votes/<str:number>/", desk_views.vote, name="vote"),
    path("votes/<str:number>/edit/", desk_views.edit, name="vote-edit"),
    path("votes/<str:number>/officers/", desk_views.officers, name="vote-officers"),
    path("votes/<str:number>/key/", desk_counting.key, name="vote-key"),
    path("votes/<str:number>/key/new/", desk_counting.key_new, name="vote-key-new"),
    path("votes/<str:number>/move/<str:move>/", desk_views.move, name="vote-move"),
    path("votes/<str:number>/extend/", desk_views.extend, name="vote-extend"),
    path("votes/<str:number>/stop/", desk_views.stop, name="vote-stop"),
    path("votes/<str:number>/turnout/", desk_counting.turnout, name="vote-turnout"),
    path("votes/<str:number>/papers/", desk_counting.papers_page, name="vote-papers"),
    path("votes/<str:number>/count/", desk_counting.count, name="vote-count"),
    path("votes/<str:number>/certify/", desk_counting.certify, name="vote-certify"),
    path("votes/<str:number>/print/", desk_counting.record, name="vote-print"),
    path("votes/<str:number>/challenges/new/", desk_counting.challenge_new, name="vote-challenge-new"),
    path(
        "votes/<str:number>/challenges/<str:challenge_number>/",
        desk_counting.challenge,
        name="vote-challenge",
    ),
]
