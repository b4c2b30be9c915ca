"""Addresses for everybody below /academy/, and at the desk below /desk/academy/."""

from django.urls import path

from mulin.academy.orders import desk_views, views

public: list = [
    path("orders/c/<str:place>/", views.orders, name="orders"),
    path("orders/c/<str:place>/<slug:theme>/", views.theme, name="order-theme"),
]
desk: list = [
    path("orders/", desk_views.orders, name="orders"),
    path("orders/export/", desk_views.export, name="orders-export"),
    path("orders/print/", desk_views.print_list, name="orders-print"),
    path("orders/answer/", desk_views.answer, name="orders-answer"),
    path("orders/enter/", desk_views.enter, name="orders-enter"),
    path("orders/<str:number>/", desk_views.order, name="order"),
]
