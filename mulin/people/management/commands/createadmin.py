"""`mulin createadmin USERNAME`: the first administrator of an instance."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.people import actions, queries
from mulin.people.models import Post


class Command(BaseCommand):
    help = "Make an administrator and print a link with which they set their password, once, within a day."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="")
        parser.add_argument("--more", action="store_true", help="although there is an administrator already")

    def handle(self, *, username, name, more, **options):
        admins = Post.objects.filter(queries.in_force(), role="admin", account__is_demo=False)
        if admins.exists() and not more:
            raise CommandError("there is an administrator already; --more makes another one")
        try:
            with write():
                account = actions.first_admin(username=username, name=name, place=settings.MULIN_SITE_PLACE)
                _, secret = actions.make_recovery_link(actor=SYSTEM, account_id=account.pk)
        except ActionError as error:
            raise CommandError(str(error.message)) from error
        path = reverse("people:recover", args=[secret])
        self.stdout.write("Open this link within a day, set a password, then set up the second factor:")
        self.stdout.write(json.dumps({"username": username, "link": settings.MULIN_BASE_URL + path}))
