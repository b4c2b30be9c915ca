"""`mulin demo`: an instance with a believable street, made on first start, then served on loopback."""

from django.core.management.base import BaseCommand

from mulin.site import instance, serving


class Command(BaseCommand):
    help = "Make a demo instance (花园路街道) if there is none, and serve it on 127.0.0.1."
    requires_system_checks = []  # they would load every page twice; `mulin check` and the tests run them

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--seed-only", action="store_true", help="make the instance and stop")

    def handle(self, *args, port, seed_only, **options):
        from mulin.site.demo import seed

        if not seed_only:
            serving.refuse_busy_port("127.0.0.1", port)
        instance.ensure()
        if seed.is_needed():
            seed.run(say=self.stdout.write)
        if not seed_only:
            serving.serve(
                "127.0.0.1",
                port,
                on_ready=lambda: self.stdout.write(f"ready: http://127.0.0.1:{port}", ending="\n"),
            )
