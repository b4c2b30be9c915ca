"""Addresses for everybody below /council/, and at the desk below /desk/council/."""

from django.urls import path

from mulin.councils.canvasses import desk_people, desk_views, views

HERE = "canvasses/<str:number>/"
public: list = [
    path("canvasses/mine/", views.mine, name="canvass-mine"),
    path(HERE, views.canvass, name="canvass"),
    path(f"{HERE}ask/", views.ask, name="canvass-ask"),
    path(f"{HERE}own/", views.own, name="canvass-own"),
    path(f"{HERE}own/ties/", views.own_tie, name="canvass-own-tie"),
    path(f"{HERE}doors/", views.doors, name="canvass-doors"),
    path(f"{HERE}doors/more/", views.more, name="canvass-doors-more"),
    path(f"{HERE}doors/<int:n>/", views.door, name="canvass-door"),
    path(f"{HERE}doors/<int:n>/back/", views.back, name="canvass-door-back"),
    path(f"{HERE}contacts/<uuid:contact>/", views.done, name="canvass-done"),
    path(f"{HERE}contacts/<uuid:contact>/undo/", views.undo, name="canvass-undo"),
    path(f"{HERE}contacts/<uuid:contact>/tie/", views.tie, name="canvass-tie"),
    path(f"{HERE}ties/<uuid:tie>/withdraw/", views.withdraw, name="canvass-tie-withdraw"),
]
desk: list = [
    path("canvasses/", desk_views.canvasses, name="canvasses"),
    path("canvasses/new/", desk_views.new, name="canvass-new"),
    path(HERE, desk_views.canvass, name="canvass"),
    path(f"{HERE}edit/", desk_views.edit, name="canvass-edit"),
    path(f"{HERE}move/<str:move>/", desk_views.move, name="canvass-move"),
    path(f"{HERE}report/", desk_views.report, name="canvass-report"),
    path(f"{HERE}export/", desk_views.export, name="canvass-export"),
    path(f"{HERE}questions/", desk_views.questions, name="canvass-questions"),
    path(f"{HERE}questions/<uuid:question>/", desk_views.question, name="canvass-question"),
    path(f"{HERE}households/", desk_people.households, name="canvass-households"),
    path(f"{HERE}households/add/", desk_people.add, name="canvass-households-add"),
    path(f"{HERE}households/<int:n>/", desk_people.household, name="canvass-household"),
    path(f"{HERE}households/<int:n>/contact/", desk_people.contact, name="canvass-contact"),
    path(f"{HERE}households/<int:n>/assign/", desk_people.assign, name="canvass-assign"),
    path(f"{HERE}households/<int:n>/remove/", desk_people.remove, name="canvass-household-remove"),
    path(f"{HERE}households/<int:n>/tie/", desk_people.tie_new, name="canvass-tie-new"),
    path(f"{HERE}ties/", desk_people.ties, name="canvass-ties"),
    path(f"{HERE}ties/<uuid:tie>/withdraw/", desk_people.tie_withdraw, name="canvass-tie-withdraw"),
    path(f"{HERE}people/", desk_people.people, name="canvass-people"),
    path(f"{HERE}people/<uuid:canvasser>/", desk_people.person, name="canvass-person"),
    path(f"{HERE}plan/", desk_people.plan, name="canvass-plan"),
]
