"""Steps of logging in that differ from allauth's."""

from allauth.account.stages import PhoneVerificationStage


class PhoneStage(PhoneVerificationStage):
    """Asks for a code only where the telephone is the only key to the account.

    Staff may have no number on file, WeChat residents neither; and a number that a secretary typed for a
    worker must not keep the worker out who has a password.
    """

    def handle(self):
        account = self.login.user
        if account and (not account.phone_hash or account.has_usable_password()):
            return None, True
        return super().handle()
