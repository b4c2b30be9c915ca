"""The form with which a file of walking paths is stored."""

from django import forms
from django.utils.translation import gettext_lazy


class Paths(forms.Form):
    """One GeoJSON file."""

    file = forms.FileField(
        label=gettext_lazy("路网文件"),
        help_text=gettext_lazy(
            "GeoJSON 线，WGS-84 经纬度。两条路相接的地方要有共同的点，只是交叉的不算相通。"
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
    )
