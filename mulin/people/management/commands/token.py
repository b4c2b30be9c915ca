"""`mulin token USERNAME`: an API token for an account, printed once."""

import json

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mulin.kernel.errors import ActionError
from mulin.people import actions
from mulin.people.models import Account


class Command(BaseCommand):
    help = "Print an API token of an account. It is shown this once; only its hash is kept."

    def add_arguments(self, parser):
        parser.add_argument("username")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--expires-days", type=int, default=90)
        parser.add_argument(
            "--permission", action="append", default=[], help="only this permission; repeatable"
        )
        parser.add_argument("--json", action="store_true", help="print an object instead of the bare token")

    def handle(self, *, username, name, expires_days, permission, **options):
        account = Account.objects.filter(username=username, erased_at=None).first()
        if account is None:
            raise CommandError(f"there is no account {username!r} in {settings.MULIN_HOME}")
        try:
            token, text = actions.issue_token(
                account_id=account.pk, name=name, days=expires_days, permissions=tuple(permission)
            )
        except ActionError as error:
            raise CommandError(str(error.message)) from error
        if options["json"]:
            text = json.dumps(
                {"token": text, "username": username, "expires_at": token.expires_at.isoformat()}
            )
        self.stdout.write(text)
