"""What may be said on the page of a place: everybody reads it, so no persons and no telephones."""

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.voices import understanding


def public_words(text: str, field: str, most: int) -> str:
    """The words without blanks around them. Raises text-too-long, and personal-data where they hold a
    telephone, an identity number or a name."""
    text = text.strip()
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    if understanding.personal_data(text):
        said = _("这里人人能看，里面还有电话、证件号或姓名，请先去掉。")
        raise ActionError("personal-data", said, field=field, status=422)
    return text
