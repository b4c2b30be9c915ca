"""The forms of venues at the desk."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.bookings.forms import day_field
from mulin.bookings.states import DECIDE_WORDS, WHO_WORDS
from mulin.bookings.terms import Terms
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.queries import children, names_of, sites
from mulin.places.venues import catalogue, checking, hours, opening, words
from mulin.places.venues import queries as places

BLANK = gettext_lazy("不填")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def place_choices(actor: Actor) -> list[tuple[str, str]]:
    """Streets and communities where the actor may register venues."""
    roles = policy.table()[places.MANAGE]
    found: list[str] = []
    for post in actor.posts:
        if post.role not in roles or not post.place:
            continue
        own = codes.community(post.place) or post.place
        found.append(own)
        below = [one.code for one in children(own)] if codes.level(own) < codes.Level.COMMUNITY else []
        found += below
        for one in below if codes.level(own) < codes.Level.STREET else ():
            found += [inner.code for inner in children(one)]
    fitting = [one for one in dict.fromkeys(found) if codes.level(one) >= codes.Level.STREET]
    fitting = [one for one in fitting if policy.can(actor, places.MANAGE, one)]
    names = names_of(fitting)
    return sorted(((one, names[one]) for one in fitting), key=lambda one: -codes.level(one[0]))


def _choices(found: dict[str, Any], blank: bool = False) -> list[tuple[str, str]]:
    said = [(key, str(word)) for key, word in found.items()]
    return [("", str(BLANK)), *said] if blank else said


def _many(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


class Place(forms.Form):
    """Where a new venue is, what it is called and what it is; the rest comes next."""

    place = forms.ChoiceField(label=gettext_lazy("在哪个社区"))
    kind = forms.ChoiceField(label=gettext_lazy("是哪一种"))
    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    week = forms.ChoiceField(
        label=gettext_lazy("什么时候开"), required=False, widget=forms.RadioSelect,
        help_text=gettext_lazy("之后可以一天一天改"),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None, **kwargs: Any):
        super().__init__(data, **kwargs)
        self.fields["place"].choices = place_choices(actor)
        self.fields["kind"].choices = _choices(catalogue.kinds())
        self.fields["week"].choices = [*presets(), ("", _("先不填"))]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            **{key: data[key] for key in ("place", "kind", "name")},
            "hours": hours.PRESETS.get(data["week"], []),
        }


def presets() -> list[tuple[str, str]]:
    return [
        ("7x12", _("每天 9:00–21:00（7×12，一周 84 小时）")),
        ("office", _("周一到周五 9:00–12:00、14:00–17:30")),
        ("day_night", _("全天开着")),
    ]


class Edit(forms.Form):
    """Everything about a venue but its hours and rules."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("是哪一种"))
    within = forms.ChoiceField(label=gettext_lazy("在哪个中心或服务站里"), required=False)
    owner = forms.ChoiceField(
        label=gettext_lazy("归谁管"), required=False, help_text=gettext_lazy("选了小组，组长也能改资料和时间")
    )
    address = forms.CharField(
        label=gettext_lazy("怎么走"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("门牌、几楼、从哪个门进"),
    )
    site = forms.ChoiceField(label=gettext_lazy("在哪个小区、院落"), required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=40, required=False)
    about = forms.CharField(label=gettext_lazy("介绍"), max_length=2000, required=False, widget=_area(3))
    capacity = forms.IntegerField(
        label=gettext_lazy("坐得下多少人"), min_value=1, max_value=20_000, required=False
    )
    area = forms.IntegerField(
        label=gettext_lazy("多少平方米"), min_value=1, max_value=200_000, required=False
    )
    equipment = _many(gettext_lazy("有什么"))
    traits = _many(gettext_lazy("特点"))
    theme = forms.CharField(
        label=gettext_lazy("文创设施的主题"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("比如：巴渝老手艺"),
    )
    services = _many(gettext_lazy("能办什么"))
    is_station = forms.BooleanField(
        label=gettext_lazy("算进15分钟服务圈"),
        required=False,
        help_text=gettext_lazy("居民走路能到、天天有人的服务点"),
    )
    is_bookable = forms.BooleanField(label=gettext_lazy("居民可以自己预约"), required=False)
    is_idle = forms.BooleanField(
        label=gettext_lazy("现在闲置，可以拿来用"),
        required=False,
        help_text=gettext_lazy("会出现在闲置清单里"),
    )
    lat = forms.FloatField(label=gettext_lazy("纬度"), required=False, min_value=-90, max_value=90)
    lon = forms.FloatField(
        label=gettext_lazy("经度"), required=False, min_value=-180, max_value=180,
        help_text=gettext_lazy("WGS-84。用来算走路多远"),
    )  # fmt: skip
    PARTS = (
        (gettext_lazy("是什么"), ("name", "kind", "within", "owner", "about")),
        (gettext_lazy("在哪里"), ("address", "site", "phone", "lat", "lon")),
        (gettext_lazy("里面有什么"), ("capacity", "area", "equipment", "traits", "theme")),
        (gettext_lazy("做什么用"), ("services", "is_station", "is_bookable", "is_idle")),
    )

    def __init__(self, venue: Venue, data: Any = None):
        names = [name for _title, part in self.PARTS for name in part]
        initial = {name: getattr(venue, name) for name in names if name not in ("within", "site")}
        initial |= {
            "within": venue.within.number if venue.within else "",
            "site": venue.site.code if venue.site else "",
            "owner": str(venue.owner or ""),
        }
        super().__init__(data, initial=initial)
        self._fill(venue)

    def _fill(self, venue: Venue) -> None:
        fields = self.fields
        fields["kind"].choices = _choices(catalogue.kinds())
        for name, words_ in checking.CODES.items():
            fields[name].choices = _choices(words_())
        around = [one for one in places.venues_of(venue.place) if one.pk != venue.pk]
        holders = [one for one in around if catalogue.kinds()[one.kind].holds]
        fields["within"].choices = [("", _("单独的一处")), *((one.number, one.name) for one in holders)]
        near = sites(venue.place, "estate") if codes.level(venue.place) == codes.Level.COMMUNITY else []
        fields["site"].choices = [("", str(BLANK)), *((one.code, one.name) for one in near)]
        fields["owner"].choices = [("", _("社区")), *_owners(venue)]

    @property
    def parts(self) -> list[tuple[str, list]]:
        return [(str(title), [self[name] for name in names]) for title, names in self.PARTS]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["owner"] = UUID(data["owner"]) if data["owner"] else None
        return data


def _owners(venue: Venue) -> list[tuple[str, str]]:
    """Units and groups of the community, and whoever has it now."""
    near = Q(place=venue.place, closed_on=None)
    found = Organisation.objects.filter(near | Q(pk=venue.owner)).order_by("name")
    return [(str(one.pk), str(one)) for one in found]


class Hours(forms.Form):
    """One line a day with its windows, a preset for all, or the first day for all days. Works without a
    script. `24:00` is typed as 00:00 at the end."""

    preset = forms.ChoiceField(
        label=gettext_lazy("一次填好一周"), required=False, widget=forms.RadioSelect,
        help_text=gettext_lazy("选了就不看下面的表"),
    )  # fmt: skip
    copy = forms.BooleanField(label=gettext_lazy("每天都照周一"), required=False)
    holidays = forms.ChoiceField(label=gettext_lazy("法定节假日"), widget=forms.RadioSelect)

    def __init__(self, venue: Venue, data: Any = None):
        windows = opening.windows(venue)
        self.columns = max(2, *(sum(one.day == day for one in windows) for day in range(1, 8)))
        super().__init__(data, initial={"holidays": venue.holidays, "preset": "", **self._initial(windows)})
        self.fields["preset"].choices = [("", _("用下面的表")), *presets()]
        self.fields["holidays"].choices = [("open", _("照常开")), ("closed", _("放假不开"))]
        for day in range(1, 8):
            for n in range(self.columns):
                for side, word in (("from", _("开门")), ("to", _("关门"))):
                    label = _("%(day)s 第%(n)s段 %(side)s") % {
                        "day": words.day_name(day),
                        "n": n + 1,
                        "side": word,
                    }
                    self.fields[f"d{day}_{side}{n}"] = forms.CharField(
                        label=label, required=False,
                        widget=forms.TimeInput(attrs={"type": "time", "aria-label": label, "step": 900}),
                    )  # fmt: skip

    @staticmethod
    def _initial(windows: list[hours.Window]) -> dict[str, str]:
        found = {}
        for day in range(1, 8):
            for n, one in enumerate([each for each in windows if each.day == day]):
                found[f"d{day}_from{n}"] = hours.clock_text(one.start)
                found[f"d{day}_to{n}"] = hours.clock_text(one.end % hours.DAY)
        return found

    @property
    def rows(self) -> list[tuple[str, list[tuple]]]:
        """The table: the name of a day and its pairs of fields."""
        return [
            (
                words.day_name(day),
                [(self[f"d{day}_from{n}"], self[f"d{day}_to{n}"]) for n in range(self.columns)],
            )
            for day in range(1, 8)
        ]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        found = {"holidays": data["holidays"]}
        if data["preset"]:
            return found | {"hours": hours.PRESETS[data["preset"]]}
        rows = []
        for day in range(1, 8):
            source = 1 if data["copy"] else day
            for n in range(self.columns):
                start, end = data[f"d{source}_from{n}"].strip(), data[f"d{source}_to{n}"].strip()
                if start or end:
                    end = "24:00" if end in ("00:00", "0:00") else end
                    rows.append({"day": day, "from": start, "to": end})
        return found | {"hours": rows}


class Rules(forms.Form):
    """What the owner asks of bookings and of activities. Empty: the rule pack holds."""

    who = forms.ChoiceField(label=gettext_lazy("谁可以自己预约"), required=False)
    decide = forms.ChoiceField(label=gettext_lazy("约了就算吗"), required=False)
    most_minutes = forms.IntegerField(
        label=gettext_lazy("一次最长多少分钟"), required=False, min_value=15, max_value=1440
    )
    ahead_days = forms.IntegerField(
        label=gettext_lazy("最早提前多少天"), required=False, min_value=1, max_value=366
    )
    week_most = forms.IntegerField(
        label=gettext_lazy("一周最多几次"), required=False, min_value=1, max_value=50
    )
    notice_hours = forms.IntegerField(
        label=gettext_lazy("至少提前几小时"), required=False, min_value=0, max_value=720
    )
    terms = forms.CharField(
        label=gettext_lazy("还有什么要说的"), required=False, max_length=500, widget=_area(3),
        help_text=gettext_lazy("比如：用完关灯、桌椅归位。大家看得到"),
    )  # fmt: skip
    pause = forms.IntegerField(
        label=gettext_lazy("两场活动之间空多少分钟"), required=False, min_value=0, max_value=240
    )
    least_size = forms.IntegerField(
        label=gettext_lazy("至少多少人才排"), required=False, min_value=1, max_value=1000
    )
    day_most = forms.IntegerField(
        label=gettext_lazy("一天最多排几场"), required=False, min_value=1, max_value=48
    )
    activity_week_most = forms.IntegerField(
        label=gettext_lazy("一周最多排几场"), required=False, min_value=1, max_value=200
    )
    BOOKING = ("who", "decide", "most_minutes", "ahead_days", "week_most", "notice_hours", "terms")
    ACTIVITIES = ("pause", "least_size", "day_most", "activity_week_most")

    def __init__(self, venue: Venue, usual: Terms, data: Any = None):
        rules = {**venue.rules, "activity_week_most": venue.rules.get("week_most")}
        initial = {name: venue.booking.get(name) for name in self.BOOKING}
        initial |= {name: rules.get(name) for name in self.ACTIVITIES}
        super().__init__(data, initial=initial)
        self.kept = {key: value for key, value in venue.rules.items() if key not in checking.RULE_NUMBERS}
        said = {"who": WHO_WORDS[usual.who], "decide": DECIDE_WORDS[usual.decide]}
        for name, choices in (("who", WHO_WORDS), ("decide", DECIDE_WORDS)):
            blank = _("照规则：%(rule)s") % {"rule": said[name]}
            self.fields[name].choices = [("", blank), *((key, str(word)) for key, word in choices.items())]
        for name in ("most_minutes", "ahead_days", "week_most", "notice_hours"):
            self.fields[name].help_text = _("空着照规则：%(rule)s") % {"rule": getattr(usual, name)}

    @property
    def parts(self) -> list[tuple[str, list]]:
        return [
            (_("居民和小组预约"), [self[name] for name in self.BOOKING]),
            (_("排活动"), [self[name] for name in self.ACTIVITIES]),
        ]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        rules = {name: data[name] for name in ("pause", "least_size", "day_most")}
        return {
            "booking": {name: data[name] for name in self.BOOKING},
            "rules": {**self.kept, **rules, "week_most": data["activity_week_most"]},
        }


class Close(forms.Form):
    on = day_field(label=gettext_lazy("从哪天起停用"))
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200, help_text=gettext_lazy("大家看得到"), widget=_area(2)
    )

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"on": clock.today()})
        self.fields["on"].widget.attrs["min"] = clock.today().isoformat()


class ClosedDays(forms.Form):
    first = day_field(label=gettext_lazy("从哪天"))
    last = day_field(label=gettext_lazy("到哪天"))
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200, help_text=gettext_lazy("大家看得到")
    )

    def __init__(self, data: Any = None):
        super().__init__(data)
        for name in ("first", "last"):
            self.fields[name].widget.attrs["min"] = clock.today().isoformat()


class Use(forms.Form):
    """What an idle room becomes."""

    use = forms.ChoiceField(label=gettext_lazy("变成什么"), widget=forms.RadioSelect)
    who = forms.CharField(
        label=gettext_lazy("给谁用"), max_length=80, help_text=gettext_lazy("单位、小组或团队的名称")
    )
    first = day_field(label=gettext_lazy("从哪天"))
    last = day_field(label=gettext_lazy("到哪天"), required=False)
    terms = forms.CharField(
        label=gettext_lazy("怎么约定的"), max_length=500, required=False, widget=_area(3),
        help_text=gettext_lazy("租金、水电、对居民的承诺"),
    )  # fmt: skip

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"first": clock.today()})
        self.fields["use"].choices = _choices(catalogue.uses())


class EndUse(forms.Form):
    outcome = forms.CharField(label=gettext_lazy("结果怎样"), max_length=500, widget=_area(3))
