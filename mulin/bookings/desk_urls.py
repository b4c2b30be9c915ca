"""Everything below /desk/venues/."""

from django.urls import path

from mulin.bookings import desk_bookings, desk_calendar, desk_venues

app_name = "bookings_desk"
urlpatterns: list = [
    path("", desk_venues.venues, name="venues"),
    path("new/", desk_venues.new, name="venue-new"),
    path("calendar/", desk_calendar.calendar, name="venue-calendar"),
    path("report/", desk_calendar.report, name="venue-report"),
    path("report.xlsx", desk_calendar.report_file, name="venue-report-file"),
    path("bookings/", desk_bookings.bookings, name="venue-bookings"),
    path("bookings/<str:number>/", desk_bookings.booking, name="venue-booking"),
    path("bookings/<str:number>/approve/", desk_bookings.approve, name="venue-booking-approve"),
    path("bookings/<str:number>/decline/", desk_bookings.decline, name="venue-booking-decline"),
    path("bookings/<str:number>/move/", desk_bookings.move, name="venue-booking-move"),
    path("bookings/<str:number>/cancel/", desk_bookings.call_off, name="venue-booking-cancel"),
    path("bookings/<str:number>/no-show/", desk_bookings.no_show, name="venue-booking-no-show"),
    path("bookings/<str:number>/restore/", desk_bookings.restore, name="venue-booking-restore"),
    path("<str:number>/", desk_venues.venue, name="venue"),
    path("<str:number>/edit/", desk_venues.edit, name="venue-edit"),
    path("<str:number>/hours/", desk_venues.hours_page, name="venue-hours"),
    path("<str:number>/rules/", desk_venues.rules, name="venue-rules"),
    path("<str:number>/closed-days/", desk_venues.closed_days, name="venue-closed-days"),
    path("<str:number>/closed-days/drop/", desk_venues.drop_closed_days, name="venue-closed-days-drop"),
    path("<str:number>/use/", desk_venues.use, name="venue-use"),
    path("<str:number>/use/end/", desk_venues.end_use, name="venue-use-end"),
    path("<str:number>/close/", desk_venues.close, name="venue-close"),
    path("<str:number>/reopen/", desk_venues.reopen, name="venue-reopen"),
    path("<str:number>/book/", desk_bookings.book_for, name="venue-book"),
]
