from django.apps import AppConfig


class InsightConfig(AppConfig):
    name = "mulin.insight"
    label = "insight"
