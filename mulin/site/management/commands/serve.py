"""`mulin serve`: web and worker together."""

from django.core.management.base import BaseCommand

from mulin.site import instance, serving


class Command(BaseCommand):
    help = "Serve the web pages and run the worker, until Ctrl-C."
    requires_system_checks = []  # they would load every page twice; `mulin check` and the tests run them

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--workers", type=int, help="web processes (default: 1 on SQLite, one a core on PostgreSQL)"
        )

    def handle(self, *args, host, port, workers, **options):
        instance.ensure()
        serving.serve(host, port, workers, on_ready=lambda: self.stdout.write(f"ready: http://{host}:{port}"))
