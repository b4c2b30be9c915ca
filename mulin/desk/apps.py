from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "mulin.desk"
    label = "desk"
