"""The forms of sharing."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.bookings import slots
from mulin.kernel import clock
from mulin.mutualaid.sharing import offers, queries, states, uses
from mulin.mutualaid.sharing.models import SharedOffer
from mulin.places.queries import sites

LOCAL = "%Y-%m-%dT%H:%M"
EVERY_DAY = [str(n) for n in range(1, 8)]


def _moment(**more: Any) -> forms.DateTimeField:
    attrs = {"type": "datetime-local", "step": "900"}
    return forms.DateTimeField(widget=forms.DateTimeInput(attrs=attrs, format=LOCAL), **more)


def _clock(**more: Any) -> forms.TimeField:
    return forms.TimeField(
        widget=forms.TimeInput(attrs={"type": "time", "step": "900"}, format="%H:%M"), **more
    )


def _yuan(label: Any, **more: Any) -> forms.DecimalField:
    attrs = {"inputmode": "decimal", "step": "0.01"}
    return forms.DecimalField(
        label=label, min_value=0, max_value=1000, decimal_places=2, required=False,
        widget=forms.NumberInput(attrs=attrs), **more,
    )  # fmt: skip


def fen(value: Any) -> int:
    return round((value or 0) * 100)


class Offer(forms.Form):
    """A space or a thing: what, where (sealed), when, for how much."""

    kind = forms.ChoiceField(label=gettext_lazy("借出什么"), widget=forms.RadioSelect)
    owner_name = forms.CharField(label=gettext_lazy("替谁登记"), max_length=40)
    title = forms.CharField(
        label=gettext_lazy("怎么称呼"), max_length=offers.TITLE,
        help_text=gettext_lazy("例如：地下车位，晚上空着；冲击钻带三个钻头"),
    )  # fmt: skip
    about = forms.CharField(
        label=gettext_lazy("说明"), max_length=offers.ABOUT, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("大家看得到。车位写限高、能停多大的车，东西写怎么用"),
    )  # fmt: skip
    site = forms.ChoiceField(
        label=gettext_lazy("在哪个小区、院落"), required=False, help_text=gettext_lazy("大家看得到")
    )
    where = forms.CharField(
        label=gettext_lazy("具体在哪里"), max_length=offers.WHERE,
        help_text=gettext_lazy("车位号、门牌。只有约了的人看得到"),
    )  # fmt: skip
    access = forms.CharField(
        label=gettext_lazy("怎么进、怎么取"), max_length=offers.ACCESS, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("门禁、找谁、电话。只有约了的人看得到"),
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label=gettext_lazy("哪几天"), widget=forms.CheckboxSelectMultiple, initial=EVERY_DAY
    )
    begins = _clock(label=gettext_lazy("从几点"))
    ends = _clock(
        label=gettext_lazy("到几点"), help_text=gettext_lazy("比开始早就是到第二天，例如18:00到08:00")
    )
    yuan = _yuan(gettext_lazy("收多少钱（元）"), help_text=gettext_lazy("不收就空着"))
    per = forms.ChoiceField(label=gettext_lazy("怎么算"), choices=list(states.PER.items()))
    deposit = _yuan(gettext_lazy("押金（元）"), help_text=gettext_lazy("不要就空着。押金交到社区"))

    def __init__(self, place: str, data: Any = None, *, found: SharedOffer | None = None, desk: bool = False):
        super().__init__(data, initial=_initial(found) if found else {"kind": "parking", "per": "hour"})
        self.fields["kind"].choices = list(states.KINDS.items())
        self.fields["days"].choices = [(str(n), word) for n, word in enumerate(states.DAYS, 1)]
        near = [*sites(place, "estate"), *sites(place, "courtyard")]
        self.fields["site"].choices = [("", _("不写")), *((one.code, one.name) for one in near)]
        if found:
            del self.fields["kind"]
        if found or not desk:
            del self.fields["owner_name"]
        self.found = found

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        hours = {"from": f"{data['begins']:%H:%M}", "to": f"{data['ends']:%H:%M}"}
        found = {name: data[name] for name in ("title", "about", "site", "where", "access", "per")}
        found["windows"] = self._windows(data["days"], hours)
        found |= {"fee_fen": fen(data["yuan"]), "deposit_fen": fen(data["deposit"])}
        return found | {name: data[name] for name in ("kind", "owner_name") if name in data}

    def _windows(self, days: list[str], hours: dict[str, str]) -> list[dict[str, Any]]:
        """Hours of several sorts, entered elsewhere, stay while the form leaves them as they are."""
        kept = self.found.windows if self.found else []
        if kept and len({(one["from"], one["to"]) for one in kept}) > 1 and not self.has_changed_hours():
            return kept
        return [{"day": int(day), **hours} for day in days]

    def has_changed_hours(self) -> bool:
        return bool({"days", "begins", "ends"} & set(self.changed_data))


def _initial(found: SharedOffer) -> dict[str, Any]:
    first = found.windows[0] if found.windows else {"from": "18:00", "to": "08:00"}
    return {
        **queries.sealed_of(found),
        "title": found.title,
        "about": found.about,
        "site": found.site.code if found.site else "",
        "days": [str(one["day"]) for one in found.windows],
        "begins": first["from"],
        "ends": "00:00" if first["to"] == "24:00" else first["to"],
        "yuan": f"{found.fee_fen / 100:.2f}" if found.fee_fen else None,
        "per": found.per,
        "deposit": f"{found.deposit_fen / 100:.2f}" if found.deposit_fen else None,
    }


class Search(forms.Form):
    """What, from when to when."""

    kind = forms.ChoiceField(label=gettext_lazy("什么"), required=False)
    starts_at = _moment(label=gettext_lazy("从"), required=False)
    ends_at = _moment(label=gettext_lazy("到"), required=False)

    def __init__(self, data: Any):
        super().__init__(data)
        self.fields["kind"].choices = [("", _("都看")), *states.KINDS.items()]


class Book(forms.Form):
    """From when to when, and what the owner should know."""

    who = forms.CharField(label=gettext_lazy("替谁约"), max_length=40)
    starts_at = _moment(label=gettext_lazy("从"))
    ends_at = _moment(label=gettext_lazy("到"))
    note = forms.CharField(
        label=gettext_lazy("告诉出借人"), max_length=uses.NOTE, required=False,
        help_text=gettext_lazy("车牌、电话。只有出借人看得到"),
    )  # fmt: skip

    def __init__(self, found: SharedOffer, data: Any = None, *, desk: bool = False, start: Any = None):
        super().__init__(data, initial=self._first(found, start))
        if not desk:
            del self.fields["who"]

    def _first(self, found: SharedOffer, start: Any) -> dict[str, Any]:
        """The next free stretch, two hours of it, or the time that was searched for."""
        if start and all(start):
            return {"starts_at": start[0], "ends_at": start[1]}
        free = queries.free_of(found, 1)
        if not free:
            begins = slots.whole(clock.now(), up=True)
            return {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
        begins, ends = free[0]
        return {"starts_at": begins, "ends_at": min(ends, begins + timedelta(hours=2))}


class Words(forms.Form):
    """One text, asked for by the move."""

    text = forms.CharField(max_length=uses.WORDS, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, label: Any, data: Any = None, *, required: bool = True, help_text: Any = ""):
        super().__init__(data)
        self.fields["text"].label = label
        self.fields["text"].required = required
        self.fields["text"].help_text = help_text


class Decide(Words):
    """The desk's word on an objection."""

    upheld = forms.ChoiceField(label=gettext_lazy("核实下来"), widget=forms.RadioSelect)
    field_order = ("upheld", "text")

    def __init__(self, data: Any = None):
        super().__init__(_("怎么核实的"), data, help_text=_("双方都看得到"))
        self.fields["upheld"].choices = [("yes", _("来了")), ("no", _("没有来"))]


class Settle(Words):
    """How damage was settled."""

    keep = _yuan(gettext_lazy("从押金里赔多少（元）"))

    def __init__(self, data: Any = None):
        super().__init__(_("双方说好了什么"), data)


class Check(Words):
    """Whether it is shown."""

    accept = forms.ChoiceField(label=gettext_lazy("看下来"), widget=forms.RadioSelect)
    field_order = ("accept", "text")

    def __init__(self, data: Any = None):
        super().__init__(_("不挂的原因"), data, required=False, help_text=_("出借人看得到"))
        self.fields["accept"].choices = [("yes", _("可以挂出来")), ("no", _("先不挂"))]


class Cash(forms.Form):
    """Money that went over the counter."""

    yuan = forms.DecimalField(
        label=gettext_lazy("多少钱（元）"), min_value=0.01, max_value=100_000, decimal_places=2,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "0.01"}),
    )  # fmt: skip
    words = forms.CharField(label=gettext_lazy("收据或备注"), max_length=100, required=False)

    def values(self) -> dict[str, Any]:
        return {"fen": fen(self.cleaned_data["yuan"]), "words": self.cleaned_data["words"]}
