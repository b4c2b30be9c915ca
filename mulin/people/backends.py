"""Logging in with a password: by username, or by telephone number."""

from allauth.account.auth_backends import AuthenticationBackend

from mulin.people.models import Account


class AccountBackend(AuthenticationBackend):
    """allauth's backend; accounts that were closed or erased cannot log in."""

    def user_can_authenticate(self, user) -> bool:
        return bool(user.is_active and user.erased_at is None)

    def get_user(self, user_id) -> Account | None:
        """The account of a session, with the two facts that every request asks for, in one query."""
        account = Account.objects.for_request().filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None
