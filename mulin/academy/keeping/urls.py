"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.keeping import desk_views, rota_views, views

public: list = [
    path("keeping/c/<str:place>/", views.places_of, name="keeping-here"),
    path("keeping/stories/<str:place>/", views.stories_of, name="keeping-stories"),
    path("keeping/turning/<str:place>/", views.turning_of, name="keeping-turning"),
    path("keeping/groups/<uuid:group_id>/", views.group_page, name="keeping-group"),
    path("keeping/photos/<uuid:photo_id>/<str:size>/", views.photo, name="keeping-photo"),
    path("keeping/<str:number>/", views.place_page, name="keeping"),
    path("keeping/<str:number>/print/", views.place_print, name="keeping-print"),
    path("keeping/<str:number>/report/", views.report, name="keeping-report"),
    path("keeping/<str:number>/count/", views.count, name="keeping-count"),
    path("rota/mine/", rota_views.my_turns, name="rota-mine"),
    path("rota/mine/calendar.ics", rota_views.my_calendar, name="rota-mine-calendar"),
    path("rota/turns/<uuid:duty>/swap/", rota_views.duty_swap, name="rota-swap"),
    path("rota/turns/<uuid:duty>/fill/", rota_views.duty_fill, name="rota-fill"),
    path("rota/turns/<uuid:duty>/<slug:move>/", rota_views.duty_move, name="rota-turn"),
    path("rota/swaps/<uuid:swap>/<slug:answer>/", rota_views.swap_answer, name="rota-swap-answer"),
    path("rota/<str:number>/", rota_views.rota_page, name="rota"),
    path("rota/<str:number>/print/", rota_views.rota_print, name="rota-print"),
    path("rota/<str:number>/calendar.ics", rota_views.rota_calendar, name="rota-calendar"),
]
desk: list = [
    path("keeping/", desk_views.keepings, name="keepings"),
    path("keeping/new/", desk_views.new, name="keeping-new"),
    path("keeping/groups/<uuid:org>/rota/", desk_views.rota_new, name="rota-new"),
    path("keeping/groups/<uuid:org>/delegates/", desk_views.delegates, name="keeping-delegates"),
    path("keeping/delegates/<uuid:delegation>/recall/", desk_views.recall, name="keeping-recall"),
    path("keeping/terms/<str:number>/<slug:move>/", desk_views.term, name="keeping-term"),
    path("keeping/<str:number>/", desk_views.place_page, name="keeping"),
    path("keeping/<str:number>/edit/", desk_views.edit, name="keeping-edit"),
    path("keeping/<str:number>/ask/<uuid:org>/", desk_views.again, name="keeping-again"),
    path("keeping/<str:number>/items/", desk_views.items, name="keeping-items"),
    path("keeping/<str:number>/entries/new/", desk_views.entry, name="keeping-entry-new"),
    path("keeping/<str:number>/entries/<uuid:entry>/", desk_views.entry, name="keeping-entry"),
    path(
        "keeping/<str:number>/entries/<uuid:entry>/remove/",
        desk_views.entry_remove,
        name="keeping-entry-remove",
    ),
    path(
        "keeping/<str:number>/photos/<uuid:photo>/remove/",
        desk_views.photo_remove,
        name="keeping-photo-remove",
    ),
    path("rota/<str:number>/edit/", desk_views.rota_edit, name="rota-edit"),
    path("rota/<str:number>/end/", desk_views.rota_end, name="rota-end"),
]
