"""The forms with which methods, pilots and adoptions are written."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mulin.academy.methods import actions, adopting, goals, piloting, states
from mulin.academy.methods.models import Method, Pilot
from mulin.academy.methods.queries import ADOPT, DECIDE, MANAGE
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.policy import Target
from mulin.people.models import Organisation
from mulin.places.queries import children, name_of, names_of


def makers(actor: Actor, permission: str, least: codes.Level = codes.Level.DISTRICT) -> list[tuple[str, str]]:
    """ "place|group" and their names: places of posts that grant it, and groups inside them."""
    grants = policy.table()[permission]
    posts = [post for post in actor.posts if grants.get(post.role)]
    own = [post.place[:12] for post in posts if "place" in grants[post.role] and post.place]
    groups = {post.org for post in posts if post.org and "unit" in grants[post.role]}
    places = [one for one in dict.fromkeys(own) if codes.level(one) >= least]
    if least == codes.Level.COMMUNITY:
        places += [
            one.code for place in dict.fromkeys(own) if codes.level(place) == codes.Level.STREET
            for one in children(place)
        ]  # fmt: skip
    names = names_of(places)
    found = [(f"{one}|", names[one]) for one in places]
    rows = Organisation.objects.filter(kind__in=Organisation.GROUPS, closed_on=None)
    mine = list(rows.filter(pk__in=groups).order_by("name"))
    low = [one for one in own if codes.level(one) == codes.Level.COMMUNITY]
    mine += [one for one in rows.filter(place__in=low).order_by("name") if one.pk not in groups]
    return found + [(f"{codes.community(one.place) or one.place}|{one.pk}", one.name) for one in mine]


def split(maker: str) -> tuple[str, UUID | None]:
    place, _bar, org = maker.partition("|")
    return place, UUID(org) if org else None


def _text(
    label: Any, most: int, rows: int, help_text: Any = "", *, required: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class Written(forms.Form):
    """What a method says."""

    title = forms.CharField(label=gettext_lazy("做法叫什么"), max_length=actions.TITLE)
    problem = _text(
        gettext_lazy("碰到的是什么问题"), actions.PROBLEM, 4,
        gettext_lazy("谁、在哪里、为什么难。不写姓名和门牌号。"),
    )  # fmt: skip
    steps = _text(
        gettext_lazy("一步一步怎么做"), actions.STEPS * (actions.STEP + 1), 6,
        gettext_lazy("一行一步，先做的写在前面。别处要照着做得出来。"),
    )  # fmt: skip
    people = forms.CharField(
        label=gettext_lazy("需要什么人"), required=False, max_length=actions.NEEDS,
        help_text=gettext_lazy("例如：一个牵头的，四五个肯说话的邻居"),
    )  # fmt: skip
    money = forms.CharField(label=gettext_lazy("要多少钱"), required=False, max_length=actions.NEEDS)
    room = forms.CharField(label=gettext_lazy("要什么地方"), required=False, max_length=actions.NEEDS)
    knows = forms.TypedChoiceField(
        label=gettext_lazy("问谁知道得多"), required=False, coerce=UUID, empty_value=None
    )
    shifts = forms.MultipleChoiceField(
        label=gettext_lazy("推动哪个转变"), required=False, widget=forms.CheckboxSelectMultiple
    )
    goal_codes = forms.MultipleChoiceField(
        label=gettext_lazy("为了什么"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, place: str, method: Method | None, data: Any = None):
        initial: dict[str, Any] = {}
        if method:
            names = ("title", "problem", "people", "money", "room", "shifts")
            initial = {name: getattr(method, name) for name in names}
            initial |= {
                "steps": "\n".join(method.steps), "goal_codes": method.goals, "knows": method.knows_id,
            }  # fmt: skip
        super().__init__(data, initial=initial)
        known = [(str(one.pk), one.name) for one in actions.knowers(place)] if place else []
        self.fields["knows"].choices = [("", _("写这个做法的人")), *known]
        self.fields["shifts"].choices = goals.choices("shift")
        self.fields["goal_codes"].choices = goals.choices("goal")

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "maker"}
        return given | {"steps": given["steps"].splitlines()}


class New(Written):
    """The same, and who found it."""

    maker = forms.ChoiceField(label=gettext_lazy("谁的做法"))
    field_order = ("maker",)

    def __init__(self, actor: Actor, data: Any = None):
        offered = makers(actor, MANAGE)
        super().__init__(offered[0][0].partition("|")[0] if offered else "", None, data)
        self.fields["maker"].choices = offered


class Reason(forms.Form):
    """One piece of evidence."""

    words = forms.CharField(
        label=gettext_lazy("看到了什么变化"), max_length=actions.WORDS,
        help_text=gettext_lazy("例如：一年里商量成的事"),
    )  # fmt: skip
    figure = forms.DecimalField(
        label=pgettext_lazy("one", "数字"), required=False, max_digits=12, decimal_places=2
    )
    unit = forms.CharField(
        label=gettext_lazy("单位"), required=False, max_length=20, help_text=gettext_lazy("件、场、人次……")
    )
    link = forms.CharField(
        label=gettext_lazy("从哪里看得到"), required=False, max_length=14,
        help_text=gettext_lazy("公开的事项、社团或议题的十位编号"),
    )  # fmt: skip


class Why(forms.Form):
    """A reason that everybody reads."""

    why = _text(gettext_lazy("为什么"), 300, 3, gettext_lazy("大家看得到。"), required=True)


class PilotForm(forms.Form):
    """Where, until when, and what it is held against."""

    place = forms.ChoiceField(label=gettext_lazy("哪里来试"))
    sites = forms.MultipleChoiceField(
        label=gettext_lazy("试点社区"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("先在一两个社区做，看了结果再说。"),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=gettext_lazy("从哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("到哪天"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    SHOWN = 4

    def __init__(self, actor: Actor, data: Any = None, initial: dict | None = None):
        super().__init__(data, initial=initial)
        places = decides_at(actor)
        names = names_of(places)
        self.fields["place"].choices = [(one, names[one]) for one in places]
        self.fields["sites"].choices = [
            (one.code, one.name) for place in places for one in communities(place)
        ]
        for n in range(1, self.SHOWN + 1):
            is_first = n == 1
            self.fields[f"words_{n}"] = forms.CharField(
                label=_("标准 %d：看什么") % n, required=is_first, max_length=120
            )
            self.fields[f"direction_{n}"] = forms.ChoiceField(
                label=_("标准 %d：至少还是最多") % n, choices=list(states.DIRECTION_WORDS.items())
            )
            self.fields[f"target_{n}"] = forms.DecimalField(
                label=_("标准 %d：多少") % n, required=is_first, max_digits=12, decimal_places=2
            )
            self.fields[f"unit_{n}"] = forms.CharField(
                label=_("标准 %d：单位") % n, required=False, max_length=20
            )
            self.fields[f"direction_{n}"].required = False

    def measures(self) -> list[piloting.Measure]:
        given = self.cleaned_data
        return [
            piloting.Measure(
                given[f"words_{n}"], given[f"direction_{n}"] or "least", given[f"target_{n}"],
                given[f"unit_{n}"],
            )
            for n in range(1, self.SHOWN + 1)
            if given.get(f"words_{n}")
        ]  # fmt: skip

    def values(self) -> dict[str, Any]:
        names = ("place", "sites", "starts_on", "ends_on")
        return {name: self.cleaned_data[name] for name in names} | {"criteria": self.measures()}


def decides_at(actor: Actor) -> list[str]:
    """Streets and districts at which the actor decides on pilots."""
    grants = policy.table()[DECIDE]
    own = [post.place for post in actor.posts if "place" in grants.get(post.role, ())]
    return [
        one for one in dict.fromkeys(own) if codes.level(one) in (codes.Level.STREET, codes.Level.DISTRICT)
    ]


def communities(place: str) -> list[Any]:
    below = children(place)
    if codes.level(place) == codes.Level.STREET:
        return below
    return [one for street in below for one in children(street.code)]


class EndForm(forms.Form):
    """What was found, criterion by criterion, and the conclusion."""

    def __init__(self, pilot: Pilot, data: Any = None):
        super().__init__(data)
        self.positions = []
        for one in pilot.criteria.order_by("position"):
            self.positions.append(one.position)
            wanted = f"{states.DIRECTION_WORDS[one.direction]} {one.target.normalize():f} {one.unit}".strip()
            self.fields[f"found_{one.position}"] = forms.DecimalField(
                label=one.words, required=False, max_digits=12, decimal_places=2,
                help_text=_("标准：%(wanted)s。没有数就空着，算说不清。") % {"wanted": wanted},
            )  # fmt: skip
            self.fields[f"remark_{one.position}"] = forms.CharField(
                label=_("说明"),
                required=False,
                max_length=200,
                help_text=_("没有达到或者说不清的，写一句为什么。"),
            )
        self.fields["conclusion"] = _text(
            _("结论"), piloting.CONCLUSION, 4, _("学到了什么，要不要推广。大家看得到。"), required=True
        )

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        found = {n: (given[f"found_{n}"], given[f"remark_{n}"]) for n in self.positions}
        return {"found": found, "conclusion": given["conclusion"]}


class SpreadForm(forms.Form):
    """To whom, and in which words."""

    place = forms.ChoiceField(label=gettext_lazy("推广到哪里"))
    words = _text(
        gettext_lazy("给各社区的话"), piloting.CONCLUSION, 4,
        gettext_lazy("为什么值得试，街道帮什么。学不学由各社区自己定。"), required=True,
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None):
        super().__init__(data)
        self.fields["place"].choices = [(one, name_of(one)) for one in decides_at(actor)]


class TakeOver(forms.Form):
    """Who tries it."""

    maker = forms.ChoiceField(label=gettext_lazy("谁来学用"))

    def __init__(self, actor: Actor, method: Method, data: Any = None):
        super().__init__(data)
        took = {(one.place, one.org_id) for one in method.adoptions.all()}
        took |= {(method.place, method.org_id)}
        offered = [
            one for one in makers(actor, ADOPT, codes.Level.COMMUNITY)
            if split(one[0]) not in took and policy.can(actor, ADOPT, _target(one[0]))
        ]  # fmt: skip
        self.fields["maker"].choices = offered


def _target(maker: str) -> Target:
    place, org = split(maker)
    return Target(place, orgs=frozenset({org} if org else ()))


class Told(forms.Form):
    """How it went."""

    state = forms.ChoiceField(
        label=gettext_lazy("做得怎样"), widget=forms.RadioSelect,
        choices=[(code, states.ADOPTION_WORDS[code]) for code in states.TOLD],
    )  # fmt: skip
    changes = _text(
        gettext_lazy("改了什么"), adopting.TEXT, 3, gettext_lazy("和原来的做法哪里不同，为什么改。")
    )
    result = _text(
        gettext_lazy("结果怎样"), adopting.TEXT, 4, gettext_lazy("成了什么，或者为什么没成。"), required=True
    )
