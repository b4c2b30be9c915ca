"""The last app to be ready: it lets every module below register itself."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "mulin.site"
    label = "mulin_site"

    def ready(self) -> None:
        from mulin.kernel import registry

        registry.discover()
