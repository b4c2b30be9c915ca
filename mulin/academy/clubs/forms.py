"""The forms of clubs and gatherings."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mulin.academy.catalogues import ages, theme_choices, unions
from mulin.academy.clubs import states
from mulin.academy.clubs.actions.founding import TEAMS
from mulin.academy.clubs.fields import MOST, NAME, REASON, RHYTHM
from mulin.academy.clubs.models import Club
from mulin.academy.orders.reading import DAYS
from mulin.academy.orders.showing import weekday
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.people.models import Organisation
from mulin.people.queries import find_account
from mulin.places.models import Venue
from mulin.places.queries import children, name_of, names_of, sites

LOCAL = "%Y-%m-%dT%H:%M"


def place_choices(actor: Actor, permission: str) -> list[tuple[str, str]]:
    """Communities (and streets) where the actor holds the permission by post, the own one first."""
    roles = policy.table()[permission]
    found: list[str] = []
    for post in actor.posts:
        if "place" not in roles.get(post.role, ()) or not post.place:
            continue
        own = codes.community(post.place) or post.place
        found.append(own)
        if codes.level(own) <= codes.Level.STREET:
            found += [one.code for one in children(own)]
    fitting = [one for one in dict.fromkeys(found) if codes.level(one) in (9, 12)]
    names = names_of(fitting)
    return [(one, names[one]) for one in fitting]


def site_choices(place: str) -> list[tuple[str, Any]]:
    """Grids and buildings of a community."""
    if codes.level(place) != codes.Level.COMMUNITY:
        return []
    groups = ((_("网格"), "grid"), (_("楼栋"), "building"))
    return [(word, [(one.code, one.name) for one in sites(place, kind)]) for word, kind in groups]


def venue_choices(place: str) -> list[tuple[str, str]]:
    """Open venues of the community, then those of the rest of its street."""
    low, high = codes.bounds(place[:9] + "000")
    rows = list(Venue.objects.filter(closed_on=None, place__gte=low, place__lt=high).order_by("name"))
    rows.sort(key=lambda one: one.place != place)
    return [
        (one.number, one.name if one.place == place else f"{one.name}（{name_of(one.place)}）")
        for one in rows
    ]


def team_choices(place: str) -> list[tuple[str, str]]:
    """Groups of the place that could become clubs of the college."""
    rows = Organisation.objects.filter(place=place, kind__in=TEAMS, closed_on=None, club=None, is_public=True)
    return [(str(one.pk), one.name) for one in rows.order_by("name")]


class ClubForm(forms.Form):
    """What a club says of itself."""

    name = forms.CharField(label=gettext_lazy("社团叫什么"), max_length=NAME)
    theme = forms.ChoiceField(label=gettext_lazy("做什么"))
    union = forms.ChoiceField(label=gettext_lazy("归哪个社团联盟"), required=False)
    ages = forms.MultipleChoiceField(
        label=gettext_lazy("给谁"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(code, str(one)) for code, one in ages().items()],
        help_text=gettext_lazy("不选就是谁都可以来"),
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label=gettext_lazy("星期几活动"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(str(day), weekday(day)) for day in DAYS],
    )  # fmt: skip
    begin = forms.TimeField(
        label=gettext_lazy("几点开始"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    end = forms.TimeField(
        label=gettext_lazy("几点结束"), required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )  # fmt: skip
    rhythm = forms.CharField(
        label=gettext_lazy("还有什么规律"), required=False, max_length=RHYTHM,
        help_text=gettext_lazy("比如：下雨不出操，寒暑假歇"),
    )  # fmt: skip
    venue = forms.ChoiceField(label=gettext_lazy("在哪里"), required=False)
    about = forms.CharField(
        label=gettext_lazy("介绍"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_free = forms.BooleanField(label=gettext_lazy("茶话式的：坐下聊聊，不用教学安排"), required=False)
    syllabus = forms.CharField(
        label=gettext_lazy("教学安排"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("一行写一次课"),
    )  # fmt: skip
    level = forms.ChoiceField(
        label=gettext_lazy("是哪一级的"),
        choices=lambda: list(states.LEVEL_WORDS.items()),
        initial="community",
    )
    site = forms.ChoiceField(
        label=gettext_lazy("哪栋楼、哪个网格"), required=False,
        help_text=gettext_lazy("楼栋和网格的社团才要选"),
    )  # fmt: skip
    most = forms.IntegerField(
        label=gettext_lazy("最多多少人"), required=False, min_value=2, max_value=MOST,
        help_text=gettext_lazy("不限就空着"),
    )  # fmt: skip
    is_open = forms.BooleanField(label=gettext_lazy("收新成员"), required=False, initial=True)

    def __init__(self, place: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", _("请选择")), *theme_choices()]
        by_theme = [("", _("跟着主题"))]
        self.fields["union"].choices = [*by_theme, *((code, str(one)) for code, one in unions().items())]
        self.fields["venue"].choices = [("", _("还没定")), *venue_choices(place)]
        self.fields["site"].choices = [("", _("不选")), *site_choices(place)]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        begin, end, days = given.get("begin"), given.get("end"), given.get("days")
        if days and not (begin and end):
            self.add_error("begin", _("选了星期几，也请写几点到几点。"))
        if begin and end and begin >= end:
            self.add_error("end", _("结束要比开始晚。"))
        return given

    def values(self) -> dict[str, Any]:
        """As ClubFields takes it."""
        given = dict(self.cleaned_data)
        days, begin, end = given.pop("days"), given.pop("begin"), given.pop("end")
        given["times"] = (
            [{"day": int(day), "from": f"{begin:%H:%M}", "to": f"{end:%H:%M}"} for day in sorted(days)]
            if begin and end
            else []
        )
        return given


def initial_of(club: Club) -> dict[str, Any]:
    """What an edit form begins with."""
    names = ("theme", "union", "ages", "rhythm", "is_free", "syllabus", "level", "site", "most", "is_open")
    first = club.times[0] if club.times else {}
    return {
        **{name: getattr(club, name) for name in names},
        "name": club.org.name,
        "about": club.org.about,
        "venue": club.venue.number if club.venue_id else "",
        "days": [str(one["day"]) for one in club.times],
        "begin": time.fromisoformat(first["from"]) if first else None,
        "end": time.fromisoformat(first["to"]) if first and first["to"] != "24:00" else None,
    }


class NewClub(ClubForm):
    """A new club, perhaps out of orders: then everybody behind them gets the answer and an invitation."""

    leader = forms.CharField(
        label=gettext_lazy("谁当领队"), required=False, max_length=64,
        help_text=gettext_lazy("写手机号或登录名。先问过本人；也可以以后再请。"),
    )  # fmt: skip
    answer = forms.CharField(
        label=gettext_lazy("给下单的人的答复"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("什么时候开始、在哪里、怎么加入。每一位都会收到。"),
    )  # fmt: skip

    group = forms.ChoiceField(
        label=gettext_lazy("是不是已经登记的队伍"), required=False,
        help_text=gettext_lazy("选了就用它的名单，成员不用再加入"),
    )  # fmt: skip

    def __init__(self, actor: Actor, place: str, *args: Any, waiting: int = 0, **kwargs: Any):
        super().__init__(place, *args, **kwargs)
        self.actor = actor
        teams = team_choices(place)
        self.fields["group"].choices = [("", _("不是，新办的")), *teams]
        if not teams:
            del self.fields["group"]
        if waiting:
            self.fields["answer"].required = True
            self.order_fields(["answer"])
        else:
            del self.fields["answer"]

    def clean_leader(self) -> list[Any]:
        text = self.cleaned_data["leader"].strip()
        if not text:
            return []
        try:
            found = find_account(self.actor, text)
        except NotVisible:
            found = None
        if found is None:
            raise forms.ValidationError(_("找不到这个手机号或登录名，可以先空着。"))
        return [found.pk]

    def values(self) -> dict[str, Any]:
        given = super().values()
        given["leaders"] = given.pop("leader")
        given["group"] = given.get("group") or None
        return given


class AskClub(ClubForm):
    """A team asks to be taken in: only what the community needs for its answer."""

    KEPT = ("name", "theme", "ages", "days", "begin", "end", "rhythm", "about")
    field_order = KEPT

    def __init__(self, place: str, *args: Any, **kwargs: Any):
        super().__init__(place, *args, **kwargs)
        for name in [name for name in self.fields if name not in self.KEPT]:
            del self.fields[name]
        self.fields["name"].label = _("队伍叫什么")
        self.fields["about"].label = _("说说这支队伍")
        self.fields["about"].help_text = _("有多少人、练了多久、缺什么")


class Reason(forms.Form):
    """Why; everybody concerned reads it."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("会写在页面上"),
    )  # fmt: skip


class Tell(forms.Form):
    title = forms.CharField(label=gettext_lazy("告诉大家什么"), max_length=60)
    text = forms.CharField(
        label=gettext_lazy("再说细一点"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip


class Listed(forms.Form):
    label = forms.CharField(
        label=gettext_lazy("怎么称呼"), max_length=20,
        help_text=gettext_lazy("没有账户的成员，本人说了要来再写。比如：3栋王阿姨"),
    )  # fmt: skip


class GatheringForm(forms.Form):
    """An icebreaker or a joint activity."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪一种"), choices=lambda: list(states.GATHERING_KINDS.items())
    )
    level = forms.ChoiceField(
        label=gettext_lazy("在哪一级"), choices=lambda: list(states.LEVEL_WORDS.items())
    )
    title = forms.CharField(label=gettext_lazy("叫什么"), max_length=60)
    starts_at = forms.DateTimeField(
        label=gettext_lazy("什么时候"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )
    where = forms.CharField(label=gettext_lazy("在哪里"), required=False, max_length=80)
    site = forms.ChoiceField(
        label=gettext_lazy("哪栋楼、哪个网格"), required=False,
        help_text=gettext_lazy("楼栋和网格的活动才要选"),
    )  # fmt: skip
    clubs = forms.MultipleChoiceField(
        label=gettext_lazy("哪些社团来"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, place: str, clubs: list[Club], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = [("", _("不选")), *site_choices(place)]
        self.fields["clubs"].choices = [(one.number, one.org.name) for one in clubs]
        if not clubs:
            del self.fields["clubs"]


class Held(forms.Form):
    came = forms.IntegerField(
        label=pgettext_lazy("attendance", "来了多少人次"), min_value=0, max_value=100_000
    )
