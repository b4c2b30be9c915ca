"""The reason that whoever decides must write, read by others."""

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError

REASON_LENGTH = 200


def check_reason(reason: str, missing: str) -> None:
    """Refuse none (reason-missing, with `missing` as its words) and one too long (reason-too-long)."""
    if not reason:
        raise ActionError("reason-missing", missing, field="reason", status=422)
    if len(reason) > REASON_LENGTH:
        raise ActionError(
            "reason-too-long", _("最多写 %d 个字。") % REASON_LENGTH, field="reason", status=422
        )
