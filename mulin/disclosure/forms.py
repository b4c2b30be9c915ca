"""The filter of the register, from the address of a page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.disclosure.queries import Filters
from mulin.kernel import codes

STATES = (
    ("", _("全部")),
    ("open", _("还在办")),
    ("suspended", _("挂账，暂时办不了")),
    ("closed", _("已办结")),
)


class FilterForm(forms.Form):
    """What was not understood is left out; a filter is no place for errors."""

    q = forms.CharField(required=False, max_length=60)
    place = forms.CharField(required=False, max_length=24)
    category = forms.CharField(required=False, max_length=48)
    state = forms.ChoiceField(required=False, choices=STATES)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def filters(self) -> Filters:
        self.is_valid()
        given = {key: value for key, value in self.cleaned_data.items() if value}
        if not codes.is_valid(given.get("place", "")):
            given.pop("place", None)
        return Filters(**given)
