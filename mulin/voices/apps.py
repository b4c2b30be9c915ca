from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "mulin.voices"
    label = "voices"
