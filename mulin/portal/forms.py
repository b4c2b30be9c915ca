"""The forms of the resident's pages. Everything typed comes back when something is missing."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.kernel import codes, rulebook, secrets
from mulin.kernel.errors import ActionError
from mulin.people.phones import can_be_dialled
from mulin.voices import locations, states

TEXT_MAX = 2000
URGENT_MAX = 500
ADDRESS_MAX = 160
# The choice that asks nothing of the person.
NEUTRAL = ("", _("让我们来分"))


def kind_choices() -> list[tuple[str, Any]]:
    return [NEUTRAL, *((kind, words[1]) for kind, words in states.KIND_WORDS.items())]


class Words(forms.CharField):
    """A longer text. There is no `maxlength`, with which a browser cuts what is pasted without a word: the
    text stays whole in its box, and its writer is told by how much it is too long."""

    def __init__(self, *, most: int, **kwargs: Any):
        self.most = most
        super().__init__(**kwargs)

    def allow(self, most: int) -> None:
        """Another limit, such as the place's own."""
        self.most = self.widget.attrs["data-limit"] = most

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "data-limit": self.most,
            "data-left": _("还能写 {n} 字"),
            "data-over": _("超出 {n} 字，送出前请缩短"),
        }

    def to_python(self, value: Any) -> str:
        # A form sends each line break as two signs; people and the box count one.
        return super().to_python(value).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) > self.most:
            numbers = {"limit": self.most, "length": len(value), "over": len(value) - self.most}
            raise forms.ValidationError(
                _(
                    "最多 %(limit)d 字，现在 %(length)d 字，超出 %(over)d 字。"
                    "写下的都还在，请缩短，或者先说要点，以后再补充。"
                ),
                code="too-long",
                params=numbers,
            )


class Telephone(forms.CharField):
    """How a person may be called, if they care to say; what cannot be dialled is asked for again."""

    def __init__(self, *, must_dial: bool = True, **kwargs: Any):
        self.must_dial = must_dial
        tel = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"})
        super().__init__(
            **{"required": False, "max_length": 80, "label": _("您的电话"), "widget": tel, **kwargs}
        )

    def clean(self, value: Any) -> str:
        contact = super().clean(value)
        if contact and self.must_dial and not can_be_dialled(contact):
            raise forms.ValidationError(_("这不像一个电话号码，打不通。请看看有没有漏写，或者不留。"))
        return contact


class WhereForm(forms.Form):
    """Where it is: from lists, on the map, or in words. `place` may be larger than a community."""

    place = forms.CharField(required=False, max_length=24, label=_("在哪里"))
    building = forms.CharField(required=False, max_length=24, label=_("小区或楼栋"))
    address = forms.CharField(
        required=False,
        max_length=ADDRESS_MAX,
        label=_("具体在哪里"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)

    def clean_building(self) -> str:
        """A building of another community is left from the list before: the community counts."""
        building = self.cleaned_data["building"]
        place = self.cleaned_data.get("place") or ""
        return building if building.startswith(f"{place[:12]}-") else ""

    def ask_where(self) -> None:
        """Say what is wrong with the place beside whatever else is: whoever has to come back comes back once.
        What is right otherwise is asked by the action."""
        given = self.cleaned_data
        point = {"lon": given.get("lon"), "lat": given.get("lat")}
        if given.get("join") or {"lon", "lat"} & set(self.errors):
            return
        if None in point.values():
            point = {"lon": None, "lat": None}
        try:
            spot = locations.resolve(
                given.get("place") or "", **point, crs="wgs84", address=given.get("address") or "",
                building=given.get("building") or "", text=given.get("text") or "",
            )  # fmt: skip
            locations.check_size(spot.place, codes.Level.STREET)
        except ActionError as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)

    def where(self) -> dict[str, Any]:
        given = self.cleaned_data
        point = given.get("lon") is not None and given.get("lat") is not None
        return {
            "place": given["place"],
            "building": given["building"],
            "address": given["address"],
            "lon": given["lon"] if point else None,
            "lat": given["lat"] if point else None,
        }


class ReportForm(WhereForm):
    """Say it: a text or a photo, its kind if the person cares to choose, where, and how to be reached."""

    text = Words(
        required=False,
        label=_("什么事"),
        most=TEXT_MAX,
        widget=forms.Textarea(
            attrs={"rows": 4, "placeholder": _("比如：2 栋楼道的灯坏了三天，晚上看不见台阶")}
        ),
    )
    kind = forms.ChoiceField(
        required=False, label=_("是哪一种事"), choices=kind_choices, widget=forms.RadioSelect
    )
    contact = Telephone(help_text=_("只给办这件事的人看，谁看过都会记下来。不留也行，凭回执就能查。"))
    join = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # Left empty by people, who do not see it; programs fill it in.
    website = forms.CharField(required=False, max_length=200)

    field_order = ("text", "kind", "place", "building", "address", "contact")

    def __init__(self, *args: Any, place: str, has_photos: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.has_photos = has_photos
        self.fields["text"].allow(rulebook.value("voices.text.max", at=place))

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("website"):
            self.add_error(
                None, _("没能送出：有一栏不该填写的内容被填上了。清空后再送一次，或者打电话告诉我们。")
            )
        if not given.get("text") and not self.has_photos and "text" not in self.errors:
            self.add_error("text", _("请说一说是什么事，或者放一张照片。"))
        return given


# Fewer figures than any telephone but the short ones of services has.
_BEGUN = re.compile(r"[\s+-]*(?:\d[\s-]*){1,6}")


class UrgentForm(WhereForm):
    """A major matter in as few bytes as it takes."""

    type = forms.CharField(max_length=48, widget=forms.HiddenInput)
    text = Words(
        required=False,
        most=URGENT_MAX,
        label=_("现在的情况"),
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": _("有没有人受伤或被困")}),
    )
    contact = Telephone(must_dial=False)  # nothing holds up an alarm
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The beginning of a number goes along as words, and the receipt asks once more. All that may reach
        a person is kept sealed as it was typed."""
        given = super().clean()
        contact = given.get("contact") or ""
        if _BEGUN.fullmatch(contact):
            given["text"], given["contact"] = " ".join(filter(None, (given.get("text"), contact))), ""
        return given


class TextForm(forms.Form):
    """Words added to a voice, or its corrected text."""

    text = Words(most=TEXT_MAX, label=_("补充什么"), widget=forms.Textarea(attrs={"rows": 3}))


class AddForm(forms.Form):
    """More words, and how to be called for who left no telephone. Photos alone are enough too."""

    text = Words(required=False, most=TEXT_MAX, label=_("补充什么"), widget=forms.Textarea(attrs={"rows": 3}))
    contact = Telephone(help_text=_("只给办这件事的人看，谁看过都会记下来。"))

    def __init__(self, *args: Any, has_photos: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.has_photos = has_photos
        self.fields["text"].is_either = True

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and not (given["text"] or given["contact"] or self.has_photos):
            ways = _("写一句，或者放一张照片，都行。")
            if self.add_prefix("contact") in self.data:  # the page asks how to be called, too
                ways = _("写一句、放一张照片或者留个电话，都行。")
            self.add_error("text", ways)
        return given


class ReasonForm(forms.Form):
    reason = Words(most=500, label=_("还有什么没解决"), widget=forms.Textarea(attrs={"rows": 2}))


YES_NO_SOLVED = (("yes", _("解决了")), ("no", _("没有解决")))
YES_NO_SATISFIED = (("yes", _("满意")), ("no", _("不满意")))


class RateForm(forms.Form):
    """Whether it is solved, whether one is satisfied, and what else one wants to say."""

    solved = forms.ChoiceField(label=_("这件事解决了吗"), choices=YES_NO_SOLVED, widget=forms.RadioSelect)
    satisfied = forms.ChoiceField(
        label=_("对办理满意吗"), choices=YES_NO_SATISFIED, widget=forms.RadioSelect, required=False
    )
    remark = Words(label=_("想说的话"), required=False, most=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, is_wish: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if is_wish:
            # A wish is not solved or unsolved: only the answer can be judged.
            del self.fields["solved"]
            self.fields["satisfied"].required = True
            self.fields["satisfied"].label = _("对这个答复满意吗")

    def answer(self, name: str) -> bool | None:
        given = self.cleaned_data.get(name)
        return None if not given else given == "yes"


class WithdrawForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("为什么撤回"), choices=lambda: list(states.WITHDRAW_REASONS.items()), widget=forms.RadioSelect
    )


class FindForm(forms.Form):
    """A number with the code printed beside it."""

    number = forms.CharField(
        max_length=20,
        label=_("编号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    code = forms.CharField(
        max_length=16, label=_("查询码"), help_text=_("印在回执编号下面的 8 位字母和数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip


def new_key() -> str:
    """A key for one report: the same report sent twice on a bad line is one report."""
    return secrets.new_secret()
