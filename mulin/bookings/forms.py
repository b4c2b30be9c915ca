"""The forms of bookings."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.bookings import queries, terms
from mulin.bookings.models import Booking
from mulin.kernel import clock
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.venues import hours, opening, words

STEP = 30
REASON = gettext_lazy("用来做什么")
LONGEST = 12 * 60


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_field(first: date | None = None, last: date | None = None, **more: Any) -> forms.DateField:
    attrs = {"type": "date"}
    if first:
        attrs["min"] = first.isoformat()
    if last:
        attrs["max"] = last.isoformat()
    return forms.DateField(
        label=more.pop("label", gettext_lazy("哪一天")),
        widget=forms.DateInput(attrs, format="%Y-%m-%d"),
        **more,
    )


def start_choices(venue: Venue, *, all_day: bool = False) -> list[tuple[str, str]]:
    """Half hours at which a booking may begin: within the hours of any day, or from six in the morning."""
    windows = opening.windows(venue)
    low = min((one.start for one in windows), default=9 * 60)
    high = max((one.end for one in windows), default=21 * 60)
    if all_day:
        low, high = min(low, 6 * 60), max(high, 23 * 60 + STEP)
    marks = set(range(low // STEP * STEP, high, STEP)) | {one.start for one in windows}
    return [(hours.clock_text(one), words.time_text(one)) for one in sorted(marks) if low <= one < high]


def length_choices(most: int) -> list[tuple[int, str]]:
    """How long: half an hour and more, up to the longest."""
    found = list(range(STEP, most + 1, STEP)) or [most]
    if found[-1] != most:
        found.append(most)
    return [(one, terms.duration(one)) for one in found]


def first_time(venue: Venue, rules: terms.Terms, day: date, wanted: str) -> dict[str, Any]:
    """What the form shows at first: the day and the hour that were tapped."""
    offered = [key for key, _label in start_choices(venue)]
    length = min(60, rules.most_minutes)
    return {"day": day, "starts_at": wanted if wanted in offered else None, "ends_at": length}


class Time(forms.Form):
    """A day, when it begins, how long it lasts. The action's errors of `ends_at` belong to the length."""

    def times(self) -> dict[str, datetime]:
        start = hours.minutes(self.cleaned_data["starts_at"])
        first = queries.midnight(self.cleaned_data["day"]) + timedelta(minutes=start)
        return {"starts_at": first, "ends_at": first + timedelta(minutes=int(self.cleaned_data["ends_at"]))}


class Book(Time):
    """A room for oneself or one's group."""

    day = day_field()
    starts_at = forms.ChoiceField(label=gettext_lazy("几点开始"))
    ends_at = forms.TypedChoiceField(label=gettext_lazy("用多久"), coerce=int)
    reason = forms.CharField(
        label=REASON, max_length=200, help_text=gettext_lazy("只有社区看得到。比如：小组排练、给孩子过生日")
    )
    org = forms.ChoiceField(label=gettext_lazy("为谁约"), required=False)
    title = forms.CharField(
        label=gettext_lazy("欢迎邻居来的活动，写上名称"), max_length=40, required=False,
        help_text=gettext_lazy("写了，大家在日历上看得到；空着，只显示“已约”"),
    )  # fmt: skip

    def __init__(
        self,
        venue: Venue,
        rules: terms.Terms,
        groups: list[Organisation],
        day: date,
        data: Any = None,
        **kwargs: Any,
    ):
        super().__init__(data, **kwargs)
        self.day = day
        self.fields["day"] = day_field(clock.today(), rules.last_day())
        self.fields["starts_at"].choices = start_choices(venue)
        self.fields["ends_at"].choices = length_choices(rules.most_minutes)
        only = rules.who == "group"
        self.fields["org"].choices = [
            *([] if only and groups else [("", _("我自己"))]),
            *((str(one.pk), str(one)) for one in groups),
        ]
        if not groups:
            del self.fields["org"]

    @property
    def shown_day(self) -> date:
        """The day whose bookings stand beside the form."""
        return (getattr(self, "cleaned_data", None) or {}).get("day") or self.day

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **self.times(),
            "reason": data["reason"],
            "title": data["title"],
            "org": _uuid(data.get("org")),
        }


def _uuid(text: str | None):
    from uuid import UUID

    return UUID(text) if text else None


class CancelOwn(forms.Form):
    reason = forms.CharField(label=gettext_lazy("为什么不用了"), max_length=200, required=False)


class Why(forms.Form):
    """A reason that whoever booked reads."""

    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=200, widget=_area(2))


class Move(Time):
    """Another time, with a reason."""

    day = day_field()
    starts_at = forms.ChoiceField(label=gettext_lazy("几点开始"))
    ends_at = forms.TypedChoiceField(label=gettext_lazy("用多久"), coerce=int)
    reason = forms.CharField(label=gettext_lazy("为什么"), max_length=200, widget=_area(2))
    despite_hours = forms.BooleanField(label=gettext_lazy("开放时间以外也行，已安排人开门"), required=False)

    def __init__(self, venue: Venue, booking: Booking, data: Any = None):
        local = booking.starts_at.astimezone(clock.zone())
        length = int((booking.ends_at - booking.starts_at).total_seconds() // 60)
        super().__init__(
            data,
            initial={
                "day": local.date(),
                "starts_at": f"{local.hour:02d}:{local.minute:02d}",
                "ends_at": length,
            },
        )
        self.fields["day"] = day_field(clock.today())
        offered = dict(start_choices(venue, all_day=True))
        offered.setdefault(self.initial["starts_at"], words.time_text(local.hour * 60 + local.minute))
        self.fields["starts_at"].choices = sorted(offered.items())
        lengths = dict(length_choices(LONGEST))
        lengths.setdefault(length, terms.duration(length))
        self.fields["ends_at"].choices = sorted(lengths.items())

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**self.times(), "reason": data["reason"], "despite_hours": data["despite_hours"]}


class BookFor(Time):
    """At the desk, for somebody who came or called, or for a group."""

    day = day_field()
    starts_at = forms.ChoiceField(label=gettext_lazy("几点开始"))
    ends_at = forms.TypedChoiceField(label=gettext_lazy("用多久"), coerce=int)
    weeks = forms.IntegerField(
        label=gettext_lazy("连着几周"), min_value=1, max_value=26, initial=1,
        help_text=gettext_lazy("每周同一时间。有一次排不下，就一次也不订"),
    )  # fmt: skip
    org = forms.ChoiceField(label=gettext_lazy("给哪个小组"), required=False)
    who = forms.CharField(
        label=gettext_lazy("给谁"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("打电话、上门来的，写个称呼"),
    )
    phone = forms.CharField(
        label=gettext_lazy("电话"), max_length=40, required=False,
        help_text=gettext_lazy("加密保存，用过一段时间后自动删去"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(label=REASON, max_length=200)
    title = forms.CharField(
        label=gettext_lazy("欢迎邻居来的活动，写上名称"), max_length=40, required=False,
        help_text=gettext_lazy("写了，大家在日历上看得到；空着，只显示“已约”"),
    )  # fmt: skip
    despite_hours = forms.BooleanField(label=gettext_lazy("开放时间以外也行，已安排人开门"), required=False)

    def __init__(self, venue: Venue, data: Any = None, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.fields["day"] = day_field(clock.today())
        self.fields["starts_at"].choices = start_choices(venue, all_day=True)
        self.fields["ends_at"].choices = length_choices(LONGEST)
        groups = queries.groups_at(venue.place)
        self.fields["org"].choices = [("", _("不是小组")), *((str(one.pk), str(one)) for one in groups)]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        names = ("reason", "who", "phone", "title", "weeks", "despite_hours")
        return {**self.times(), **{name: data[name] for name in names}, "org": _uuid(data["org"])}
