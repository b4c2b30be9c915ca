from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "mulin.cases"
    label = "cases"
