from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "mulin.people"
    label = "people"
