from django.apps import AppConfig


class DisclosureConfig(AppConfig):
    name = "mulin.disclosure"
    label = "disclosure"
