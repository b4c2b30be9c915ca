"""Routes, the box that tries them, and reply templates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.cases.models import ReplyTemplate, Route
from mulin.desk.admin.forms import common
from mulin.desk.admin.where import PlaceFormField
from mulin.desk.pickers import category_choices
from mulin.kernel import codes
from mulin.people.models import Organisation
from mulin.voices.categories import catalogue

MOST = 600


def category_and_group_choices() -> list[tuple[Any, Any]]:
    """Any category, a whole group, or one category."""
    groups = [(one.code, one.name) for one in catalogue().groups.values()]
    return [("", _("任何类别")), (_("整个大类"), groups), *category_choices()]


def unit_choices(places: list[str]) -> list[tuple[str, str]]:
    """Open units in these places and above them, the nearest first: who could be responsible there."""
    found: dict[str, str] = {}
    for place in places:
        low, high = codes.bounds(
            codes.pad(codes.short(place[:12])[:6]) if len(codes.short(place[:12])) >= 6 else place[:12]
        )
        rows = Organisation.objects.filter(closed_on=None, place__gte=low, place__lt=high)
        rows = rows.exclude(kind__in=Organisation.GROUPS) | Organisation.objects.filter(
            closed_on=None, place__in=codes.chain(place[:12])
        ).exclude(kind__in=Organisation.GROUPS)
        for org in rows.order_by("-place", "name")[:MOST]:
            found.setdefault(str(org.pk), org.name)
    return list(found.items())


class RouteForm(common.Form):
    """Which unit is responsible for a category at a place."""

    place = PlaceFormField(label=_("在哪里"), help_text=_("区划、小区、网格或楼栋；越近的越先算"))
    category = forms.ChoiceField(label=_("哪类事"), required=False)
    org = forms.ChoiceField(label=_("归哪个单位"), error_messages={"required": _("请选一个单位。")})
    is_fallback = forms.BooleanField(
        label=_("兜底"), required=False, help_text=_("小区没有管理单位、或没有别的路由时，由它办")
    )
    note = common.line(_("为什么"), most=200, required=False, help_text=_("派单的人会看到这句话"))

    def __init__(self, places: list[str], route: Route | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_and_group_choices()
        units = unit_choices([*places, route.place] if route else places)
        self.fields["org"].choices = [("", "—"), *units]
        if route is not None:
            keys = ("place", "category", "is_fallback", "note")
            self.initial = {
                **{key: getattr(route, key) for key in keys},
                "org": str(route.org_id),
                **self.initial,
            }


class TryForm(common.Form):
    """A place and a category: which unit would get it."""

    at = PlaceFormField(label=_("在哪里"), required=False)
    what = forms.ChoiceField(label=_("哪类事"), required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = category_choices(blank=True)


class TemplateForm(common.Form):
    """A reply to begin from."""

    org = forms.ChoiceField(label=_("哪个单位用"), error_messages={"required": _("请选一个单位。")})
    title = common.line(_("名称"), most=40)
    category = forms.ChoiceField(label=_("用于哪类事"), required=False)
    text = common.area(_("内容"), rows=8, help_text=_("写到居民问的那件事上；原样发出会提醒，还会被标出来"))

    def __init__(
        self, units: list[tuple[str, str]], template: ReplyTemplate | None, *args: Any, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.fields["org"].choices = units if len(units) == 1 else [("", "—"), *units]
        self.fields["category"].choices = category_and_group_choices()
        if template is not None:
            keys = ("title", "category", "text")
            self.initial = {
                **{key: getattr(template, key) for key in keys},
                "org": str(template.org_id),
                **self.initial,
            }
            self.fields["org"].choices = [(str(template.org_id), template.org.name)]
