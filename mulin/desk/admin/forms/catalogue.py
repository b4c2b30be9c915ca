"""The catalogue: groups and categories, without code."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.desk.admin.forms import common
from mulin.voices.categories import Category, Group, catalogue
from mulin.voices.states import KIND_WORDS, SEVERITY_WORDS

_SPLIT = re.compile(r"[,，、;；\s]+")


class GroupForm(common.Form):
    """Level 1: a name in both languages."""

    code = common.line(
        _("代码"), most=48, help_text=_("小写英文字母、数字和下划线；定了就不再改"), pattern="[a-z][a-z0-9_]+"
    )
    name = common.line(_("名称"), most=40)
    name_en = common.line(_("英文名称"), required=False)

    def __init__(self, group: Group | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if group is not None:
            del self.fields["code"]
            self.initial = {"name": group.zh, "name_en": group.en, **self.initial}


class CategoryForm(common.Form):
    """Level 2: everything that an administrator may set of a category."""

    code = common.line(
        _("代码"), most=48, help_text=_("小写英文字母、数字和下划线；定了就不再改"), pattern="[a-z][a-z0-9_]+"
    )
    name = common.line(_("名称"), most=40)
    name_en = common.line(_("英文名称"), required=False)
    parent = forms.ChoiceField(label=_("大类"))
    keywords = common.area(_("关键词"), rows=2, required=False, help_text=_("居民会怎么说；用空格或逗号隔开"))
    kinds = forms.MultipleChoiceField(
        label=_("适合哪些种类"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("至少选一种。")},
    )
    severity = forms.ChoiceField(
        label=_("大小"), widget=forms.RadioSelect, help_text=_("大事马上告诉值班的人")
    )
    public = forms.BooleanField(label=_("可以公开"), required=False, help_text=_("仍要有人审核后才公开"))
    photo = forms.BooleanField(label=_("办完必须有照片"), required=False)
    photo_basis = common.line(
        _("要求拍照的依据"), most=200, required=False, help_text=_("没有规定就不要求拍照；不得以留痕为由")
    )
    advice_zh = common.area(
        _("马上告诉居民的话"), rows=2, required=False, help_text=_("例如：先关阀门，再打电话")
    )
    advice_en = common.area(_("同一句话的英文"), rows=2, required=False)
    open311 = forms.BooleanField(label=_("在 Open311 接口提供"), required=False)
    is_active = forms.BooleanField(
        label=_("在用"), required=False, help_text=_("停用后不再可选，旧记录保留名称")
    )

    def __init__(self, category: Category | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.category = category
        self.fields["parent"].choices = [("", "—"), *((g.code, g.name) for g in catalogue().groups.values())]
        self.fields["kinds"].choices = [(code, word[0]) for code, word in KIND_WORDS.items()]
        self.fields["severity"].choices = list(SEVERITY_WORDS.items())
        if category is None:
            self.initial = {
                "is_active": True, "public": True, "severity": "minor",
                "kinds": ["consult", "help", "complaint", "suggestion"], **self.initial,
            }  # fmt: skip
        else:
            del self.fields["code"]
            self.initial = {**_initial(category), **self.initial}

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        data["keywords"] = [word for word in _SPLIT.split(data["keywords"]) if word]
        outer = ("name", "name_en", "parent", "is_active")
        found = {key: data.pop(key) for key in outer}
        found["code"] = data.pop("code", "") or self.category.code
        return {**found, "fields": data}


def _initial(category: Category) -> dict[str, Any]:
    keys = (
        "severity", "public", "photo", "photo_basis", "advice_zh", "advice_en", "open311", "is_active",
    )  # fmt: skip
    found = {key: getattr(category, key) for key in keys}
    return found | {
        "name": category.zh,
        "name_en": category.en,
        "parent": category.group,
        "keywords": " ".join(category.keywords),
        "kinds": list(category.kinds),
    }
