"""The catalogue without code: an administrator adds, renames, moves or switches off a category."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.voices import categories
from mulin.voices.models import KINDS, Category

_CODE = re.compile(r"[a-z][a-z0-9_]{1,47}")
_LISTS = {"keywords", "kinds"}
_FLAGS = {"public", "photo", "open311"}


def change_category(
    *,
    actor: Actor,
    code: str,
    name: str,
    parent: str = "",
    name_en: str = "",
    fields: Mapping[str, Any] | None = None,
    is_active: bool = True,
) -> Category:
    """Add a category or change one; an empty `parent` makes a group. A code is never reused or renamed, and
    what is switched off keeps its name on old records. `fields`: see categories.EDITABLE.

    Who: voices.catalogue:edit. Raises code-wrong, name-missing, group-unknown, field-unknown, photo-basis.
    """
    name = " ".join(name.split())[:40]
    given = _checked(dict(fields or {}))
    with write():
        require(actor, "voices.catalogue:edit", "")
        known = categories.catalogue()
        if not _CODE.fullmatch(code):
            raise ActionError("code-wrong", _("代码用小写英文字母、数字和下划线。"), field="code", status=422)
        if not name:
            raise ActionError("name-missing", _("请写类别的名称。"), field="name", status=422)
        if parent and parent not in known.groups:
            raise ActionError("group-unknown", _("没有这个大类。"), field="parent", status=422)
        if (code in known.groups) == bool(parent) and (code in known.groups or code in known.categories):
            raise ActionError("code-wrong", _("大类和类别不能互换。"), field="code", status=422)
        row = Category.objects.select_for_update().filter(code=code).first() or Category(code=code)
        row.parent, row.name, row.name_en = parent, name, " ".join(name_en.split())[:80]
        row.fields, row.is_active = {**row.fields, **given}, is_active
        row.save()
        journal.record(
            "voices.category.changed",
            actor=actor,
            subject=row.id,
            data={"code": code, "name": name, "active": is_active, "fields": sorted(given)},
        )
    categories.forget()
    return row


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(fields) - set(categories.EDITABLE):
        raise ActionError("field-unknown", _("类别没有这一项。"), field=sorted(unknown)[0], status=422)
    for key, value in fields.items():
        is_right = isinstance(value, list | tuple if key in _LISTS else bool if key in _FLAGS else str) and (
            key != "kinds" or (value and set(value) <= set(KINDS))
        )
        if not is_right or (key == "severity" and value not in {"minor", "major"}):
            raise ActionError("field-wrong", _("这一项的内容不对。"), field=key, status=422)
    # 不得以留痕为由要求拍照: a photo may be demanded only where a rule asks for one.
    if fields.get("photo") and not str(fields.get("photo_basis", "")).strip():
        raise ActionError("photo-basis", _("要求拍照必须写明依据。"), field="photo_basis", status=422)
    return fields
