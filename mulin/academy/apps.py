from django.apps import AppConfig


class AcademyConfig(AppConfig):
    name = "mulin.academy"
    label = "academy"
