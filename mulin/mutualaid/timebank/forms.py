"""The forms of the time bank."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.mutualaid.timebank import holders
from mulin.mutualaid.timebank.actions import REASON_LENGTH, WORDS_LENGTH
from mulin.mutualaid.timebank.models import TimeHolder

DIGITS = {"inputmode": "numeric", "autocomplete": "off"}


def _code(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("对方收时间的码"), max_length=20, widget=forms.TextInput(attrs=DIGITS),
        help_text=gettext_lazy("对方打开“我的时间”就看得到，十位数字"), **more,
    )  # fmt: skip


def _hours() -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext_lazy("多少小时"), min_value=0.25, max_value=500, decimal_places=2,
        help_text=gettext_lazy("半小时写0.5，一刻钟写0.25"),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.25"}),
    )  # fmt: skip


class _Minutes:
    """Turns the field `hours` into minutes."""

    cleaned_data: dict[str, Any]

    def minutes(self) -> int:
        return round(self.cleaned_data["hours"] * 60)


class Gift(_Minutes, forms.Form):
    """How much, and for whom: a member of one's household, somebody's code, or the community's reserve."""

    hours = _hours()
    to = forms.ChoiceField(label=gettext_lazy("送给谁"), widget=forms.RadioSelect)
    code = _code(required=False)
    words = forms.CharField(
        label=gettext_lazy("说一句话"), max_length=WORDS_LENGTH, required=False,
        help_text=gettext_lazy("只有您和对方看得到"),
    )  # fmt: skip

    def __init__(self, holder: TimeHolder, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        family = holders.household_of(holder.account_id)
        self.fields["to"].choices = [
            *((str(one.account_id), _("家人：%(name)s") % {"name": one.account}) for one in family),
            ("code", _("邻居或亲友：凭对方的码")),
            ("reserve", _("社区储备：留给需要的人")),
        ]

    def clean(self) -> dict[str, Any]:
        found = super().clean()
        if found.get("to") == "code" and not found.get("code"):
            self.add_error("code", _("请填对方收时间的码。"))
        return found

    def values(self) -> dict[str, Any]:
        to = self.cleaned_data["to"]
        return {
            "minutes": self.minutes(),
            "words": self.cleaned_data["words"],
            "code": self.cleaned_data["code"] if to == "code" else "",
            "reserve": to == "reserve",
            "member": None if to in {"code", "reserve"} else to,
        }


class Award(_Minutes, forms.Form):
    """Out of the reserve."""

    code = _code()
    hours = _hours()
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("大家都看得到，不要写名字和门牌。例如：独居高龄，需要每周两次陪伴"),
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"code": data["code"], "minutes": self.minutes(), "reason": data["reason"]}


class Redeem(forms.Form):
    """Points for something that is handed over now."""

    code = _code()
    points = forms.IntegerField(label=gettext_lazy("多少积分"), min_value=1, max_value=1_000_000)
    what = forms.CharField(label=gettext_lazy("换了什么"), max_length=WORDS_LENGTH)


class Find(forms.Form):
    """Somebody at the counter."""

    code = _code()


class Undo(forms.Form):
    """Why a gift is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("为什么收回"), max_length=REASON_LENGTH,
        help_text=gettext_lazy("双方都看得到"),
    )  # fmt: skip
