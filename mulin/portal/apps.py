from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "mulin.portal"
    label = "portal"
