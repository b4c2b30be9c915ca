"""Places: what a division is called, sites below a community, outlines, lists and crosswalks."""

import json
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.desk.admin.forms import common
from mulin.kernel import clock, codes
from mulin.people.models import Organisation
from mulin.places import queries as places
from mulin.places.models import Site
from mulin.places.reorganisation import COLUMNS

KINDS = {
    "estate": _("小区"),
    "courtyard": _("院落"),
    "grid": _("网格"),
    "micro_grid": _("微网格"),
    "building": _("楼栋"),
}
# What the lists are called.
KIND_HEADINGS = {
    "estate": pgettext_lazy("place", "小区"),
    "courtyard": pgettext_lazy("place", "院落"),
    "grid": pgettext_lazy("place", "网格"),
    "micro_grid": pgettext_lazy("place", "微网格"),
    "building": pgettext_lazy("place", "楼栋"),
}
CRS = (
    ("wgs84", _("WGS-84 或 CGCS2000（手机定位、国家标准）")),
    ("gcj02", _("GCJ-02（高德、腾讯地图）")),
    ("bd09", _("BD-09（百度地图）")),
)
LARGEST_SHAPE = 20_000_000
LARGEST_LIST = 400_000_000


class DivisionForm(common.Form):
    """What people call a division, and its telephone."""

    short_name = common.line(_("大家怎么叫它"), required=False, help_text=_("例如：金堰社区"))
    phone = common.line(_("公开电话"), most=40, required=False, inputmode="tel")


class SiteForm(common.Form):
    """An estate, courtyard, grid, micro-grid or building."""

    name = common.line(_("名称"))
    aliases = common.line(
        _("别的叫法"), most=200, required=False, help_text=_("居民报事时会用的叫法，用逗号隔开")
    )
    estate = forms.ChoiceField(label=_("属于哪个小区或院落"), required=False)
    grid = forms.ChoiceField(label=_("属于哪个网格"), required=False)
    manager = forms.ChoiceField(label=_("由谁管理"), required=False)
    address = common.line(_("地址"), most=160, required=False)
    households = forms.IntegerField(label=_("户数"), required=False, min_value=0, max_value=100_000)
    unit_grid = common.line(_("城管单元网格代码"), most=15, required=False, help_text=_("15 位；没有就空着"))
    lon = forms.FloatField(label=_("经度"), required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    lat = forms.FloatField(label=_("纬度"), required=False, widget=forms.NumberInput(attrs={"step": "any"}))
    crs = forms.ChoiceField(label=_("坐标出自"), choices=CRS, required=False)

    KEEP = {
        "estate": ("address", "households", "manager", "lon", "lat", "crs"),
        "courtyard": ("address", "households", "manager", "lon", "lat", "crs"),
        "grid": ("households", "unit_grid"),
        "micro_grid": ("grid", "households"),
        "building": ("estate", "grid", "address", "households", "lon", "lat", "crs"),
    }

    def __init__(self, community: str, kind: str, site: Site | None, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"name", "aliases", *self.KEEP[kind]}:
            del self.fields[name]
        if "grid" in self.fields:
            self.fields["grid"].choices = [("", "—"), *_sites(community, "grid")]
        if "estate" in self.fields:
            both = [*_sites(community, "estate"), *_sites(community, "courtyard")]
            self.fields["estate"].choices = [("", "—"), *both]
        if "manager" in self.fields:
            self.fields["manager"].choices = [("", _("没人管")), *_managers(community, site)]
        if site is not None:
            found = {key: getattr(site, key, None) for key in self.fields}
            found["aliases"] = "、".join(site.aliases or ())
            found["manager"] = str(site.manager) if site.manager else ""
            self.initial = {**found, **self.initial}

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        words = data.pop("aliases").replace("，", ",").replace("、", ",").split(",")
        data["aliases"] = [word.strip() for word in words if word.strip()]
        if "manager" in data:
            manager = data.pop("manager")
            data |= {"manager": UUID(manager)} if manager else {"has_manager": False}
        if data.get("lon") is None or data.get("lat") is None:
            for key in ("lon", "lat", "crs"):
                data.pop(key, None)
        elif not data.get("crs"):
            data["crs"] = "wgs84"
        return data


def _sites(community: str, kind: str) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in places.sites(community, kind)]


def _managers(community: str, site: Site | None) -> list[tuple[str, str]]:
    """Firms and other bodies of the community's district, and the committees of the place itself."""
    low, high = codes.bounds(codes.district(community) or community)
    rows = Organisation.objects.filter(closed_on=None, place__gte=low, place__lt=high)
    kinds = (
        "property_firm",
        "social_org",
        "resident_unit",
        "custody_group",
        "courtyard_group",
        "owners_committee",
    )
    near = rows.filter(kind__in=kinds) | Organisation.objects.filter(
        closed_on=None, place=community, kind="committee"
    )
    if site is not None and site.manager:
        near = near | Organisation.objects.filter(pk=site.manager)
    return [(str(row.pk), row.name) for row in near.order_by("-place", "name")[:600]]


class AssignForm(common.Form):
    """A grid or an estate for many buildings at once; what is left open stays."""

    to_grid = forms.ChoiceField(label=_("归到网格"), required=False)
    to_estate = forms.ChoiceField(label=_("归到小区"), required=False)

    def __init__(self, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        both = [*_sites(community, "estate"), *_sites(community, "courtyard")]
        self.fields["to_grid"].choices = [("", _("网格不变")), *_sites(community, "grid")]
        self.fields["to_estate"].choices = [("", _("小区不变")), *both]


def read_geojson(upload: Any) -> Any:
    """The JSON of an upload, or what is wrong with it."""
    if upload.size > LARGEST_SHAPE:
        raise ValidationError(_now("这个文件太大。请先简化轮廓，或分几次传。"))
    try:
        return json.loads(upload.read().decode("utf-8-sig"))
    except (ValueError, UnicodeDecodeError):
        raise ValidationError(_now("这个文件读不出来。请选 GeoJSON 文件（UTF-8）。")) from None


class ShapeForm(common.Form):
    """The outline of one place."""

    file = common.upload(
        _("GeoJSON 文件"), ".geojson,.json", required=False, help_text=_("一个面；有好几个时取第一个")
    )
    crs = forms.ChoiceField(label=_("坐标出自"), choices=CRS)
    remove = forms.BooleanField(label=_("去掉现在的轮廓"), required=False)

    def __init__(self, has_shape: bool, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not has_shape:
            del self.fields["remove"]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not upload:
            return None
        data = read_geojson(upload)
        if isinstance(data, dict) and data.get("type") == "FeatureCollection":
            data = next(iter(data.get("features") or []), None)
        if isinstance(data, dict) and data.get("type") == "Feature":
            data = data.get("geometry")
        if not isinstance(data, dict) or "coordinates" not in data:
            raise ValidationError(_now("文件里没有面。请选含多边形的 GeoJSON 文件。"))
        return data

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not data.get("remove"):
            self.add_error("file", _("请选一个文件。"))
        return data


class ShapesForm(common.Form):
    """The outlines of many divisions."""

    file = common.upload(_("GeoJSON 文件"), ".geojson,.json", help_text=_("每个面要有属性 code，写区划代码"))
    crs = forms.ChoiceField(label=_("坐标出自"), choices=CRS)

    def clean_file(self) -> Any:
        return read_geojson(self.cleaned_data["file"])


class ImportForm(common.Form):
    """A list of divisions."""

    file = common.upload(
        _("区划表"), ".csv,.gz,.zip,.tar,.tgz", help_text=_("CSV、gz、zip 或 tar；要有 code 和 name 两列")
    )
    system = forms.ChoiceField(
        label=_("哪套代码"), required=False,
        choices=[("", _("看文件")), ("nbs", _("统计用区划代码")), ("mca", _("民政部区划代码"))],
    )  # fmt: skip
    on = common.day(_("从哪天生效"), help_text=_("空着：看文件名里的日期"))

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_LIST:
            raise ValidationError(_now("这个文件太大。请在服务器上用命令 mulin divisions import 导入。"))
        return upload


class ReorganiseForm(common.Form):
    """A crosswalk of streets, and the day of the change."""

    file = common.upload(
        _("新旧对照表"), ".csv",
        help_text=_("CSV，列：%(columns)s；拆分的再加 communities") % {"columns": ", ".join(COLUMNS)},
    )  # fmt: skip
    on = common.day(_("从哪天生效"), required=True, help_text=_("今天或以前：到了这天才能做"))
    names = common.area(
        _("新区县的名称"),
        rows=2,
        required=False,
        help_text=_("一行一个：500157 = 两江新区。没有新区县就空着"),
    )

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > clock.today():
            raise ValidationError(_now("这一天还没有到。请在调整生效当天或之后再做。"))
        return on

    def clean_names(self) -> dict[str, str]:
        found = {}
        for line in self.cleaned_data["names"].splitlines():
            if not line.strip():
                continue
            code, sign, name = line.replace("＝", "=").partition("=")
            if not sign or not (code.strip().isdigit() and len(code.strip()) == 6) or not name.strip():
                raise ValidationError(_now("“%(line)s”请写成：6 位代码 = 名称。") % {"line": line[:40]})
            found[code.strip()] = name.strip()
        return found
