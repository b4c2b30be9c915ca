"""Addresses of the paper channel at the desk, below /desk/council/votes/<number>/paper/."""

from django.urls import path

from mulin.councils.votes import paper_views

HERE = "votes/<str:number>/paper/"
desk: list = [
    path(HERE, paper_views.paper, name="vote-paper"),
    path(f"{HERE}print/", paper_views.prints, name="vote-paper-print"),
    path(f"{HERE}sheet/", paper_views.sheet, name="vote-paper-sheet"),
    path(f"{HERE}official/", paper_views.official, name="vote-paper-official"),
    path(f"{HERE}export/", paper_views.export, name="vote-paper-export"),
    path(f"{HERE}batches/<uuid:batch>/", paper_views.second, name="vote-paper-second"),
    path(f"{HERE}batches/<uuid:batch>/drop/", paper_views.drop, name="vote-paper-drop"),
]
