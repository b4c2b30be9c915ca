"""Everything below /venues/: rooms, stations and places that neighbours share."""

from django.urls import path

from mulin.bookings import views, views_own

app_name = "bookings"
urlpatterns: list = [
    path("c/<str:place>/", views.venues, name="venues"),
    path("mine/", views_own.mine, name="venue-mine"),
    path("mine/calendar.ics", views_own.mine_calendar, name="venue-mine-calendar"),
    path("bookings/<str:number>/", views_own.booking, name="booking"),
    path("bookings/<str:number>/calendar.ics", views_own.booking_calendar, name="booking-calendar"),
    path("bookings/<str:number>/cancel/", views_own.cancel, name="booking-cancel"),
    path("<str:number>/", views.venue, name="venue"),
    path("<str:number>/book/", views_own.book, name="venue-book"),
    path("<str:number>/print/", views.venue_print, name="venue-print"),
]
