from django.apps import AppConfig


class MutualAidConfig(AppConfig):
    name = "mulin.mutualaid"
    label = "mutualaid"
