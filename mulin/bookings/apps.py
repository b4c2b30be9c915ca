from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "mulin.bookings"
    label = "bookings"
