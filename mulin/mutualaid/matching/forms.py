"""The forms of help between neighbours, for residents and for the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mulin.kernel import clock, codes, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.mutualaid.matching import access, states, wording
from mulin.mutualaid.matching.catalogue import kind_of, kinds
from mulin.mutualaid.matching.models import AidHelper, AidNeed
from mulin.places.queries import children, names_of, sites

WIDE = forms.CheckboxSelectMultiple


def place_choices(actor: Actor, permission: str) -> list[tuple[str, str]]:
    """Communities in which the actor holds a permission by a post."""
    roles = policy.table()[permission]
    found: list[str] = []
    for post in actor.posts:
        if "place" not in roles.get(post.role, ()) or not post.place:
            continue
        own = codes.community(post.place)
        found += [own] if own else [one.code for one in _communities(post.place)]
    near = list(dict.fromkeys(found))
    names = names_of(near)
    return [(one, names[one]) for one in near]


def _communities(place: str) -> list[Any]:
    below = children(place)
    if codes.level(place) >= codes.Level.STREET:
        return below
    return [one for part in below for one in children(part.code)]


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _time(**more: Any) -> forms.TimeField:
    return forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more)


def _choice(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    field.choices = choices


class Windows(forms.Form):
    """When: days, and from when to when on each of them."""

    days = forms.MultipleChoiceField(label=gettext_lazy("星期几"), widget=WIDE)
    begins = _time(label=gettext_lazy("从几点"))
    ends = _time(label=gettext_lazy("到几点"))

    def set_windows(self, rows: list[dict[str, Any]]) -> None:
        """Choices, and the times that a record has: those of its first window."""
        _choice(self.fields["days"], [(str(n), wording.day_name(n)) for n in range(1, 8)])
        if rows and not self.is_bound:
            first = rows[0]
            same = [one for one in rows if (one["from"], one["to"]) == (first["from"], first["to"])]
            self.initial |= {
                "days": [str(one["day"]) for one in same], "begins": first["from"], "ends": first["to"],
            }  # fmt: skip

    def windows(self) -> list[dict[str, Any]]:
        said = self.cleaned_data
        begins, ends = f"{said['begins']:%H:%M}", f"{said['ends']:%H:%M}"
        return [{"day": int(day), "from": begins, "to": ends} for day in said["days"]]


class _Person(Windows):
    """What a need and a helper have alike."""

    name = forms.CharField(
        label=gettext_lazy("怎么称呼"), max_length=40,
        help_text=gettext_lazy("比如“三单元李妈妈”，双方答应以后才看得到"),
    )  # fmt: skip
    contact = forms.CharField(
        label=gettext_lazy("电话"), max_length=30, required=False,
        help_text=gettext_lazy("空着就用登记的号码；双方答应以后才看得到"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    building = forms.ChoiceField(label=gettext_lazy("住哪栋楼"), required=False)
    languages = forms.MultipleChoiceField(label=gettext_lazy("说什么话"), widget=WIDE, required=False)

    def set_person(self, place: str, row: AidNeed | AidHelper | None) -> None:
        houses = [(one.code, one.name) for one in sites(place, "building")]
        _choice(self.fields["building"], [("", _("不说")), *houses])
        _choice(self.fields["languages"], wording.entries("aid.languages", place))
        self.set_windows(row.windows if row else [])
        if row is not None and not self.is_bound:
            self.initial |= {"name": row.name, "building": row.building, "languages": row.languages}

    def person(self) -> dict[str, Any]:
        names = ("name", "contact", "building", "languages")
        return {name: self.cleaned_data[name] for name in names} | {"windows": self.windows()}


class Need(_Person):
    """What is needed; `consent` only where a resident asks for their child."""

    kind = forms.ChoiceField(label=gettext_lazy("哪种帮助"))
    for_child = forms.BooleanField(label=gettext_lazy("有孩子参加"), required=False)
    wishes = forms.MultipleChoiceField(
        label=gettext_lazy("希望对方"), widget=WIDE, required=False,
        help_text=gettext_lazy("尽量照顾，不一定都能满足"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("还有什么要说的"), max_length=500, required=False, widget=_area(),
        help_text=gettext_lazy("孩子的姓名和学校不用写"),
    )  # fmt: skip
    field_order = (
        "place", "channel", "kind", "for_child", "days", "begins", "ends", "text", "name", "contact",
        "building", "languages", "wishes", "consent",
    )  # fmt: skip

    def __init__(self, place: str, row: AidNeed | None = None, data: Any = None, *, kind: str = ""):
        super().__init__(data, initial={})
        self.set_person(place, row)
        _choice(self.fields["kind"], [(code, str(one)) for code, one in kinds().items()])
        _choice(self.fields["wishes"], wording.entries("aid.wishes", place))
        if row is not None and not self.is_bound:
            self.initial |= {
                "kind": row.kind, "for_child": row.for_child, "wishes": row.wishes, "text": row.text,
            }  # fmt: skip
        if kind:
            self._of_kind(kind)

    def _of_kind(self, code: str) -> None:
        """A resident chose the kind on the page before."""
        self.fields["kind"].widget = forms.HiddenInput()
        self.initial["kind"] = code
        child = kind_of(code).child
        if child != "ask":
            del self.fields["for_child"]
        if child != "never":
            self.fields["consent"] = forms.BooleanField(
                label=_("我是家长，书面同意邻居按守则和我的孩子在一起"), required=False,
                help_text=_("没有家长同意不会找人；随时可以收回"),
            )  # fmt: skip

    def values(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = ("kind", "wishes", "text")
        return (
            self.person() | {name: said[name] for name in names} | {"for_child": said.get("for_child", False)}
        )


class EnterNeed(Need):
    """The same at the desk, for somebody who called or came."""

    place = forms.ChoiceField(label=gettext_lazy("哪个社区"))
    channel = forms.ChoiceField(label=gettext_lazy("从哪里来"))

    def __init__(self, actor: Actor, data: Any = None):
        places = place_choices(actor, access.MANAGE_NEED)
        chosen = (data or {}).get("place") or (places[0][0] if places else "")
        super().__init__(chosen, None, data)
        _choice(self.fields["place"], places)
        _choice(
            self.fields["channel"], [(one, states.CHANNELS[one]) for one in ("phone", "counter", "courtyard")]
        )
        if len(places) == 1:
            self.fields["place"].widget = forms.HiddenInput()
            self.initial["place"] = places[0][0]

    def values(self) -> dict[str, Any]:
        return super().values() | {name: self.cleaned_data[name] for name in ("place", "channel")}


class Helper(_Person):
    """What somebody offers."""

    kinds = forms.MultipleChoiceField(label=gettext_lazy("愿意帮什么"), widget=WIDE)
    capacity = forms.IntegerField(
        label=gettext_lazy("最多同时帮几家"), min_value=1, initial=1, help_text=gettext_lazy("量力而行")
    )
    traits = forms.MultipleChoiceField(
        label=gettext_lazy("哪些说的是您"), widget=WIDE, required=False,
        help_text=gettext_lazy("有的家庭会有这样的希望"),
    )  # fmt: skip
    about = forms.CharField(
        label=gettext_lazy("介绍一下自己"), max_length=300, required=False, widget=_area()
    )
    may_publish = forms.BooleanField(
        label=gettext_lazy("可以在社区的页面上写我的称呼"), required=False,
        help_text=gettext_lazy("不勾也一样帮忙"),
    )  # fmt: skip
    field_order = (
        "place", "kinds", "days", "begins", "ends", "capacity", "name", "contact", "building", "languages",
        "traits", "about", "may_publish",
    )  # fmt: skip

    def __init__(self, place: str, row: AidHelper | None = None, data: Any = None):
        super().__init__(data, initial={})
        self.set_person(place, row)
        _choice(self.fields["kinds"], [(code, str(one)) for code, one in kinds().items()])
        _choice(self.fields["traits"], wording.entries("aid.wishes", place))
        most = int(rulebook.value("aid.families_most", at=place))
        self.fields["capacity"].max_value = most
        if row is not None and not self.is_bound:
            self.initial |= {
                "kinds": [one.kind for one in row.kinds.all()], "capacity": row.capacity,
                "traits": row.traits, "about": row.about, "may_publish": bool(row.may_publish_at),
            }  # fmt: skip

    def values(self) -> dict[str, Any]:
        names = ("kinds", "capacity", "traits", "about", "may_publish")
        return self.person() | {name: self.cleaned_data[name] for name in names}


class EnterHelper(Helper):
    """The same at the desk."""

    place = forms.ChoiceField(label=gettext_lazy("哪个社区"))

    def __init__(self, actor: Actor, data: Any = None):
        places = place_choices(actor, access.MANAGE_HELPER)
        super().__init__((data or {}).get("place") or (places[0][0] if places else ""), None, data)
        _choice(self.fields["place"], places)
        del self.fields["may_publish"]
        if len(places) == 1:
            self.fields["place"].widget = forms.HiddenInput()
            self.initial["place"] = places[0][0]

    def values(self) -> dict[str, Any]:
        names = ("kinds", "capacity", "traits", "about", "place")
        return self.person() | {name: self.cleaned_data[name] for name in names}


class Why(forms.Form):
    """Why something ends."""

    why = forms.ChoiceField(label=gettext_lazy("为什么"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("想说的话"), max_length=200, required=False, widget=_area(2))

    def __init__(self, *args: Any, without: tuple[str, ...] = ("no",), **kwargs: Any):
        super().__init__(*args, **kwargs)
        _choice(self.fields["why"], [(k, v) for k, v in states.ENDS.items() if k not in without])


class Reason(forms.Form):
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=200, widget=_area(2))


class Text(forms.Form):
    """One text; its label says what for."""

    text = forms.CharField(max_length=500, widget=_area(3))

    def __init__(self, label: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class Visit(forms.Form):
    on = _day(label=gettext_lazy("哪一天"))
    minutes = forms.IntegerField(label=gettext_lazy("用了多少分钟"), min_value=1)
    note = forms.CharField(label=gettext_lazy("做了什么"), max_length=200, required=False)

    def __init__(self, usual: int, data: Any = None):
        super().__init__(data, initial={"on": clock.today(), "minutes": usual})


class Incident(forms.Form):
    what = forms.ChoiceField(label=pgettext_lazy("incident", "什么情况"), widget=forms.RadioSelect)
    happened_on = _day(label=gettext_lazy("哪一天"))
    text = forms.CharField(
        label=gettext_lazy("发生了什么，现在人怎么样"), max_length=2000, widget=_area(4),
        help_text=gettext_lazy("只有社区和街道的人看得到"),
    )  # fmt: skip

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"happened_on": clock.today()})
        _choice(self.fields["what"], list(states.INCIDENTS.items()))


class GiveBack(forms.Form):
    on = _day(label=gettext_lazy("哪一天"))
    words = forms.CharField(
        label=gettext_lazy("做了什么"), max_length=300, widget=_area(2),
        help_text=gettext_lazy("比如“教邻居用手机”，不写姓名"),
    )  # fmt: skip
    times = forms.IntegerField(label=gettext_lazy("做了几次"), min_value=1, initial=1)
    grew = forms.CharField(
        label=gettext_lazy("由此带起了哪件事"), required=False, max_length=14,
        help_text=gettext_lazy("写那件事的编号，比如加装电梯的事；没有就空着"),
    )  # fmt: skip
    may_publish = forms.BooleanField(label=gettext_lazy("同意把这句话公开，不写是谁"), required=False)

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"on": clock.today(), "times": 1})


# At the desk -----------------------------------------------------------------------------------------------


class Propose(forms.Form):
    """How it is kept safe: only where a child takes part."""

    safe_rule = forms.ChoiceField(label=gettext_lazy("和孩子在一起的守则"), widget=forms.RadioSelect)
    safe_note = forms.CharField(
        label=gettext_lazy("在哪里、谁在场"), max_length=160,
        help_text=gettext_lazy("比如“社区四点半课堂，老师在场”"),
    )  # fmt: skip

    def __init__(self, need: AidNeed, with_child: bool, data: Any = None):
        super().__init__(data)
        _choice(self.fields["safe_rule"], wording.entries("aid.safe", need.place))
        if not with_child:
            del self.fields["safe_rule"]
            self.fields["safe_note"].required = False
            self.fields["safe_note"].label = _("要说定的话")
            self.fields["safe_note"].help_text = ""


class Check(forms.Form):
    checked_on = _day(label=gettext_lazy("查询的日子"))
    source = forms.CharField(
        label=gettext_lazy("哪里出具的"), max_length=80, help_text=gettext_lazy("比如“花园路派出所”")
    )
    is_clear = forms.TypedChoiceField(
        label=gettext_lazy("结果"), widget=forms.RadioSelect, coerce=lambda one: one == "yes",
    )  # fmt: skip

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"checked_on": clock.today(), "is_clear": "yes"})
        _choice(self.fields["is_clear"], [("yes", _("没有问题")), ("no", _("有问题，不能和孩子在一起"))])


class Until(forms.Form):
    until = _day(label=gettext_lazy("保到哪一天"))


class Given(forms.Form):
    given_on = _day(label=gettext_lazy("家长签字的日子"))

    def __init__(self, data: Any = None):
        super().__init__(data, initial={"given_on": clock.today()})


class Training(forms.Form):
    topic = forms.ChoiceField(label=gettext_lazy("学什么"))
    on = _day(label=gettext_lazy("哪一天"))
    minutes = forms.IntegerField(label=gettext_lazy("多少分钟"), min_value=1, initial=60)
    taught_by = forms.CharField(label=gettext_lazy("谁来教"), max_length=80, required=False)
    helpers = forms.MultipleChoiceField(label=gettext_lazy("谁来学了"), widget=WIDE)

    def __init__(self, helpers: list[AidHelper], place: str, data: Any = None):
        super().__init__(data, initial={"on": clock.today()})
        _choice(self.fields["topic"], wording.entries("aid.training.topics", place))
        _choice(self.fields["helpers"], [(one.number, one.name) for one in helpers])

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {"numbers": said.pop("helpers"), **said}


class Talk(forms.Form):
    note = forms.CharField(label=gettext_lazy("双方怎么说"), max_length=500, widget=_area(3))
    goes_on = forms.TypedChoiceField(
        label=gettext_lazy("接下来"), widget=forms.RadioSelect, coerce=lambda one: one == "yes"
    )

    def __init__(self, data: Any = None):
        super().__init__(data)
        _choice(self.fields["goes_on"], [("yes", _("接着做")), ("no", _("到此为止"))])


class Settle(forms.Form):
    counts = forms.TypedChoiceField(
        label=gettext_lazy("算不算"), widget=forms.RadioSelect, coerce=lambda one: one == "yes"
    )
    minutes = forms.IntegerField(label=gettext_lazy("算多少分钟"), min_value=1)

    def __init__(self, minutes: int, data: Any = None):
        super().__init__(data, initial={"minutes": minutes})
        _choice(self.fields["counts"], [("yes", _("算")), ("no", _("不算"))])


class Place(forms.Form):
    place = forms.ChoiceField(label=gettext_lazy("哪个社区"))

    def __init__(self, actor: Actor, data: Any = None):
        super().__init__(data)
        _choice(self.fields["place"], place_choices(actor, access.MANAGE_NEED))
