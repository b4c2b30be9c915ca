from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "mulin.kernel"
    label = "kernel"
