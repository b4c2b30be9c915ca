from django import forms
from django.utils.translation import gettext_lazy as _


class SampleForm(forms.Form):
    """What a person fills in to open a record; the action checks what it means."""

    place = forms.CharField(label=_("社区代码"), max_length=12, help_text=_("12 位数字"))
    title = forms.CharField(label=_("标题"), max_length=80)
