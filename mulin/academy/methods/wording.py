"""What may stand in the library: everybody reads it, so no persons and no doors."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.voices import understanding

MOST = Decimal(1_000_000_000)


def public_words(text: str, field: str, most: int) -> str:
    """The words without blanks around them. Raises text-too-long, personal-data."""
    text = text.strip()
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    if understanding.personal_data(text) or understanding.mask(text) != text:
        said = _("工作法人人能看，这里还有电话、姓名或门牌号，请先去掉。")
        raise ActionError("personal-data", said, field=field, status=422)
    return text


def needed(text: str, field: str, most: int, said: str) -> str:
    """The same for words that must be there. Raises no-words."""
    if not (text := public_words(text, field, most)):
        raise ActionError("no-words", said, field=field, status=422)
    return text


def number(value: Decimal | int | str | None, field: str) -> Decimal | None:
    """A figure with at most two decimals. Raises bad-number."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(value).quantize(Decimal("0.01"))
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ActionError("bad-number", _("请填一个数。"), field=field, status=422) from error
    if not found.is_finite() or abs(found) >= MOST:
        raise ActionError("bad-number", _("请填一个数。"), field=field, status=422)
    return found
