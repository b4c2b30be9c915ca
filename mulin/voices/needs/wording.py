"""What may be said on the list: everybody reads it, so no persons and no doors."""

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.voices import understanding


def public_words(text: str, field: str, most: int, *, doors: bool = False) -> str:
    """The words without blanks around them. Raises text-too-long, and personal-data where they hold a
    telephone, an identity number, a name, or a door (`doors`: one may be named, as a room to go to)."""
    text = text.strip()
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    if understanding.personal_data(text):
        said = _("清单人人能看，这里还有电话、证件号或姓名，请先去掉。")
        raise ActionError("personal-data", said, field=field, status=422)
    if not doors and understanding.mask(text) != text:
        said = _("清单人人能看，这里还有门牌号，写到楼栋、单元就可以。")
        raise ActionError("personal-data", said, field=field, status=422)
    return text
