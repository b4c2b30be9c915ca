"""The forms of kept places and rotas."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.keeping import access, counting, duties, history, links, rotas, states
from mulin.academy.keeping.actions import NAME, REASON, SPOT, TEXT
from mulin.academy.keeping.counting import Item
from mulin.academy.keeping.models import KeptPlace, PlaceEntry, Rota
from mulin.places.models import Venue
from mulin.places.queries import sites

PUBLIC = gettext_lazy("人人能看，不写姓名和电话")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def _degrees(label: Any, **more: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label, required=False, widget=forms.NumberInput(attrs={"step": "any"}), **more
    )


class Ask(forms.Form):
    """A group asks for a place that nobody keeps yet."""

    name = forms.CharField(
        label=gettext_lazy("大家怎么叫这个地方"), max_length=NAME,
        help_text=gettext_lazy("例如：7栋后面的花园"),
    )  # fmt: skip
    spot = forms.CharField(
        label=gettext_lazy("在哪里"), max_length=SPOT, required=False,
        help_text=gettext_lazy("写到找得着：7栋和围墙之间，靠东头"),
    )  # fmt: skip
    site = forms.ChoiceField(label=gettext_lazy("属于哪个院落、楼栋"), required=False)
    venue = forms.ChoiceField(label=gettext_lazy("是不是已经登记的场地"), required=False)
    about = forms.CharField(
        label=gettext_lazy("从前是什么样"), max_length=TEXT, required=False, widget=_area(3), help_text=PUBLIC
    )
    what = forms.CharField(label=gettext_lazy("小组打算做什么"), max_length=TEXT, widget=_area(4))
    ends_on = _day(
        gettext_lazy("打算照看到哪天"), required=False,
        help_text=gettext_lazy("空着就是社区定的最长时间，到时候可以再续"),
    )  # fmt: skip
    lon = _degrees(gettext_lazy("经度"))
    lat = _degrees(
        gettext_lazy("纬度"), help_text=gettext_lazy("两个都可以空着；填了，说发现的事时不用再指地方")
    )
    matter = forms.CharField(
        label=gettext_lazy("从哪件事、哪个心愿来的"), max_length=14, required=False,
        help_text=gettext_lazy("写编号；空着就跟着社团的心愿走"),
    )  # fmt: skip

    def __init__(self, place: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        near = [one for kind in ("courtyard", "estate", "building") for one in sites(place, kind)]
        self.fields["site"].choices = [("", "—"), *((one.code, one.name) for one in near)]
        open_venues = Venue.objects.filter(place=place, closed_on=None).order_by("name")
        self.fields["venue"].choices = [("", "—"), *((one.number, one.name) for one in open_venues)]
        if not open_venues:
            del self.fields["venue"]


class AskAgain(forms.Form):
    """A group asks for a place that has a page already."""

    what = forms.CharField(label=gettext_lazy("小组打算做什么"), max_length=TEXT, widget=_area(4))
    ends_on = _day(gettext_lazy("打算照看到哪天"), required=False)


class Until(forms.Form):
    """To which day; empty: as long as the rules allow."""

    ends_on = _day(gettext_lazy("照看到哪天"), required=False)

    def __init__(self, last: Any, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].help_text = _("最晚 %(day)s，空着就是这一天") % {"day": last}


class Reason(forms.Form):
    """One sentence that everybody may read."""

    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=REASON, widget=_area(3), help_text=PUBLIC
    )


class Edit(forms.Form):
    """What a place is called and how it is described."""

    name = forms.CharField(label=gettext_lazy("大家怎么叫这个地方"), max_length=NAME)
    spot = forms.CharField(label=gettext_lazy("在哪里"), max_length=SPOT, required=False)
    about = forms.CharField(
        label=gettext_lazy("从前是什么样"), max_length=TEXT, required=False, widget=_area(3), help_text=PUBLIC
    )
    count_days = forms.IntegerField(
        label=gettext_lazy("隔多少天清点一次"), required=False, min_value=1, max_value=366
    )
    lon = _degrees(gettext_lazy("经度"))
    lat = _degrees(gettext_lazy("纬度"))

    def __init__(self, kept: KeptPlace, data: Any = None):
        names = ("name", "spot", "about", "count_days", "lon", "lat")
        super().__init__(data, initial={name: getattr(kept, name) for name in names})


class Entry(forms.Form):
    """One entry of the history. Pictures come beside the form."""

    on = _day(gettext_lazy("哪一天"))
    stage = forms.ChoiceField(
        label=gettext_lazy("这是"), choices=list(states.STAGES.items()), widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=gettext_lazy("发生了什么"), max_length=history.TITLE,
        help_text=gettext_lazy("一句话，例如：垃圾清走，填了两车土"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("多说几句"), max_length=history.TEXT, required=False, widget=_area(3),
        help_text=PUBLIC,
    )  # fmt: skip
    link = forms.CharField(
        label=gettext_lazy("跟哪件事、哪个议题或决议有关"), max_length=14, required=False,
        help_text=gettext_lazy("写编号，页面上会连过去，公开的照片也会显示"),
    )  # fmt: skip
    consented = forms.BooleanField(
        label=gettext_lazy("照片里认不出人，或者认得出的人都同意放上来"), required=False
    )

    def __init__(self, entry: PlaceEntry | None, data: Any = None, **kwargs: Any):
        initial: dict[str, Any] = kwargs.pop("initial", {})
        if entry is not None:
            initial = {name: getattr(entry, name) for name in ("on", "stage", "title", "text")}
            initial["link"] = links.numbers([(entry.link_kind, entry.link)]).get(entry.link, "")
        super().__init__(data, initial=initial)


class Items(forms.Form):
    """What is counted, one thing a line: `月季 棵 30`."""

    items = forms.CharField(
        label=gettext_lazy("清点什么"), max_length=4000, widget=_area(8),
        help_text=gettext_lazy("一样一行：名称 单位 应有多少。单位和数字可以不写。例如：月季 棵 30"),
    )  # fmt: skip

    def __init__(self, kept: KeptPlace, data: Any = None):
        active = kept.items.filter(is_active=True).order_by("position")
        rows = [
            " ".join(filter(None, (one.name, one.unit, "" if one.wanted is None else str(one.wanted))))
            for one in active
        ]
        super().__init__(data, initial={"items": "\n".join(rows)})

    def clean_items(self) -> list[Item]:
        return [_item(line) for line in self.cleaned_data["items"].splitlines() if line.strip()]


def _item(line: str) -> Item:
    """`name [unit] [number]`; a name may hold blanks, a unit and a number may not."""
    words = line.split()
    wanted = None
    if len(words) > 1 and words[-1].isdecimal():
        wanted = int(words.pop())
    unit = words.pop() if len(words) > 1 and len(words[-1]) <= counting.UNIT else ""
    return Item(" ".join(words), unit, wanted)


class Round(forms.Form):
    """One round of counting: a number for each thing."""

    on = _day(gettext_lazy("哪一天清点的"))
    note = forms.CharField(
        label=gettext_lazy("看到什么要记下"), max_length=counting.NOTE, required=False, help_text=PUBLIC
    )

    def __init__(self, kept: KeptPlace, data: Any = None, **kwargs: Any):
        super().__init__(data, **kwargs)
        for one in kept.items.filter(is_active=True).order_by("position"):
            label = f"{one.name}（{one.unit}）" if one.unit else one.name
            said = _("应有 %(n)s") % {"n": one.wanted} if one.wanted is not None else ""
            self.fields[f"n_{one.pk}"] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=counting.MOST, help_text=said,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )  # fmt: skip
        self.order_fields(["on", *(name for name in self.fields if name.startswith("n_")), "note"])

    @property
    def found(self) -> dict[str, int | None]:
        return {name[2:]: n for name, n in self.cleaned_data.items() if name.startswith("n_")}


class Report(forms.Form):
    """What was noticed; the place and the group are known."""

    text = forms.CharField(label=gettext_lazy("发现了什么"), max_length=2000, widget=_area(4))


class Delegates(forms.Form):
    """How many, to what."""

    gathering = forms.ChoiceField(label=gettext_lazy("去议什么"))
    heads = forms.IntegerField(label=gettext_lazy("派几位"), min_value=1, max_value=50, initial=1)
    words = forms.CharField(label=gettext_lazy("想说什么"), max_length=120, required=False, help_text=PUBLIC)

    def __init__(self, offered: Iterable[dict[str, Any]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["gathering"].choices = [
            (one["number"], " · ".join(filter(None, (one["title"], one["when"])))) for one in offered
        ]


class NewRota(forms.Form):
    """Which days, at what time, how many people."""

    title = forms.CharField(
        label=gettext_lazy("值班做什么"), max_length=rotas.TITLE, help_text=gettext_lazy("例如：浇水")
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("每周哪几天"), choices=list(states.DAYS.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    starts = forms.TimeField(
        label=gettext_lazy("几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=gettext_lazy("一次多少分钟"), min_value=10, max_value=720, initial=30)
    heads = forms.IntegerField(label=gettext_lazy("一次几个人"), min_value=1, max_value=20, initial=1)
    every = forms.IntegerField(
        label=gettext_lazy("隔几周一次"),
        min_value=1,
        max_value=8,
        initial=1,
        help_text=gettext_lazy("每周就填1"),
    )
    kept = forms.ChoiceField(label=gettext_lazy("为哪个照看的地方"), required=False)
    note = forms.CharField(
        label=gettext_lazy("要带什么、注意什么"), max_length=rotas.NOTE, required=False, help_text=PUBLIC
    )
    begins_on = _day(gettext_lazy("从哪天开始"), required=False)
    ends_on = _day(gettext_lazy("到哪天为止"), required=False)

    def __init__(self, org: UUID, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        kept = access.public_places().filter(keepings__org=org, keepings__state="kept").distinct()
        self.fields["kept"].choices = [("", _("不为哪一个")), *((one.number, one.name) for one in kept)]
        if len(self.fields["kept"].choices) == 1:
            del self.fields["kept"]

    def clean_days(self) -> list[int]:
        return [int(day) for day in self.cleaned_data["days"]]


class EditRota(forms.Form):
    """The same for one that runs; what it is for and when it began stay."""

    title = forms.CharField(label=gettext_lazy("值班做什么"), max_length=rotas.TITLE)
    days = forms.MultipleChoiceField(
        label=gettext_lazy("每周哪几天"), choices=list(states.DAYS.items()),
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("过去的班不动，以后的班照新的日子排"),
    )  # fmt: skip
    starts = forms.TimeField(
        label=gettext_lazy("几点开始"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label=gettext_lazy("一次多少分钟"), min_value=10, max_value=720)
    heads = forms.IntegerField(label=gettext_lazy("一次几个人"), min_value=1, max_value=20)
    every = forms.IntegerField(
        label=gettext_lazy("隔几周一次"), min_value=1, max_value=8, help_text=gettext_lazy("每周就填1")
    )
    note = forms.CharField(
        label=gettext_lazy("要带什么、注意什么"), max_length=rotas.NOTE, required=False, help_text=PUBLIC
    )
    ends_on = _day(gettext_lazy("到哪天为止"), required=False)

    def __init__(self, rota: Rota, data: Any = None):
        super().__init__(data, initial={name: getattr(rota, name) for name in self.base_fields})

    def clean_days(self) -> list[int]:
        return [int(day) for day in self.cleaned_data["days"]]


class Fill(forms.Form):
    """A name for somebody without a telephone."""

    label = forms.CharField(
        label=gettext_lazy("谁来"), max_length=duties.LABEL, required=False,
        help_text=gettext_lazy("只有小组里的人看得到，过后就删；空着就是空出来"),
    )  # fmt: skip


class Swap(forms.Form):
    """Whose turn one would like instead."""

    other = forms.ChoiceField(label=gettext_lazy("想换哪一班"), widget=forms.RadioSelect)

    def __init__(self, offered: Iterable[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["other"].choices = list(offered)
