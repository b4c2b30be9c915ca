"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.methods import desk_views, views

public: list = [
    path("methods/", views.methods, name="methods"),
    path("methods/print/", views.methods_print, name="methods-print"),
    path("methods/c/<str:place>/", views.methods_of, name="methods-of"),
    path("methods/<str:number>/", views.method, name="method"),
    path("methods/<str:number>/print/", views.method_print, name="method-print"),
]
desk: list = [
    path("methods/", desk_views.methods, name="methods"),
    path("methods/new/", desk_views.method_new, name="method-new"),
    path("methods/export/", desk_views.methods_export, name="methods-export"),
    path("methods/pilots/<str:number>/end/", desk_views.method_pilot_end, name="method-pilot-end"),
    path("methods/pilots/<str:number>/stop/", desk_views.method_pilot_stop, name="method-pilot-stop"),
    path("methods/adoptions/<str:number>/", desk_views.method_adoption, name="method-adoption"),
    path(
        "methods/adoptions/<str:number>/drop/", desk_views.method_adoption_drop, name="method-adoption-drop"
    ),
    path("methods/<str:number>/", desk_views.method, name="method"),
    path("methods/<str:number>/edit/", desk_views.method_edit, name="method-edit"),
    path("methods/<str:number>/evidence/", desk_views.method_evidence, name="method-evidence"),
    path(
        "methods/<str:number>/evidence/<uuid:evidence>/remove/",
        desk_views.method_evidence_remove,
        name="method-evidence-remove",
    ),
    path("methods/<str:number>/publish/", desk_views.method_publish, name="method-publish"),
    path("methods/<str:number>/discard/", desk_views.method_discard, name="method-discard"),
    path("methods/<str:number>/retire/", desk_views.method_retire, name="method-retire"),
    path("methods/<str:number>/pilot/", desk_views.method_pilot, name="method-pilot"),
    path("methods/<str:number>/spread/", desk_views.method_spread, name="method-spread"),
    path("methods/<str:number>/take/", desk_views.method_take, name="method-take"),
]
