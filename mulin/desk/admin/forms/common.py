"""Fields that several forms of the administration share."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class Form(forms.Form):
    """A form that says which field is empty, in the words of its label."""

    def full_clean(self) -> None:
        default = str(forms.Field.default_error_messages["required"])
        for field in self.fields.values():
            if field.required and str(field.error_messages["required"]) == default:
                field.error_messages["required"] = _now("请填写“%(label)s”。") % {"label": field.label}
        super().full_clean()


def area(
    label: Any, *, rows: int = 3, required: bool = True, help_text: Any = "", **attrs: Any
) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, **attrs})
    return forms.CharField(label=label, required=required, help_text=help_text, widget=widget)


def line(
    label: Any, *, most: int = 80, required: bool = True, help_text: Any = "", **attrs: Any
) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
    )  # fmt: skip


def day(label: Any, *, required: bool = False, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, help_text=help_text, widget=widget)


def upload(label: Any, accept: str, *, required: bool = True, help_text: Any = "") -> forms.FileField:
    return forms.FileField(
        label=label, required=required, help_text=help_text, widget=forms.FileInput(attrs={"accept": accept}),
        error_messages={"required": _("请选一个文件。"), "empty": _("这个文件是空的，请换一个。")},
    )  # fmt: skip
