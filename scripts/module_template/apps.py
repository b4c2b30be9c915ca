from django.apps import AppConfig


class SamplesConfig(AppConfig):
    name = "mulin.samples"
    label = "samples"
