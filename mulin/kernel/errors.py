"""What can go wrong in a way that a person caused or can mend."""


class ActionError(Exception):
    """A user's mistake or a refusal by a rule. `code` is stable, `message` is a translated sentence.

    `field` names the form field it belongs to, if any. Pages show it beside the field with everything
    that was typed kept; the API answers 409 (or `status`) as problem+json. `way`: where its page leads on
    to, as (label, address), for instance to what somebody else changed in the meantime.
    """

    status = 409
    way: tuple[str, str] | None = None

    def __init__(self, code: str, message: str, *, field: str = "", status: int | None = None):
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        if status is not None:
            self.status = status

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(ActionError):
    """The actor can see the object but may not do this: 403."""

    status = 403


class NotVisible(Exception):
    """The object does not exist for this actor: 404, the same answer as for one that never existed."""
