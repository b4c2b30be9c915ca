from django.apps import AppConfig


class CouncilsConfig(AppConfig):
    name = "mulin.councils"
    label = "councils"
