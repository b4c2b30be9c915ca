"""The forms with which a canvass is prepared, led and answered."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from mulin.councils.canvasses import access, states
from mulin.councils.canvasses.contacts import WORDS_LENGTH
from mulin.councils.canvasses.models import Canvass, Canvasser
from mulin.councils.canvasses.questions import ANSWER_LENGTH, TEXT_LENGTH
from mulin.councils.canvasses.setup import CONTACT_LENGTH, PURPOSE_LENGTH, TITLE_LENGTH
from mulin.councils.rosters.models import Roster
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.people.models import Household, Organisation
from mulin.places.queries import buildings, children, names_of, sites

MOST = 400


def _day(**attrs: Any) -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date", **attrs}, format="%Y-%m-%d")


def _places(actor: Actor) -> list[tuple[str, str]]:
    """Communities at which the actor may run one by a post."""
    found: dict[str, str] = {}
    for post in actor.posts:
        own = codes.community(post.place)
        if own:
            found[own] = ""
        elif post.place:
            found |= {one.code: "" for one in children(post.place)[:MOST] if codes.level(one.code) == 12}
    names = names_of(found)
    return [(code, names[code]) for code in found]


class Frame(forms.Form):
    """What is asked of people, by when, and whom they can call."""

    title = forms.CharField(
        label=gettext_lazy("标题"), max_length=TITLE_LENGTH,
        help_text=gettext_lazy("例如：3号楼加装电梯，请您说说"),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("请大家支持什么"), required=False, max_length=PURPOSE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("做什么、花多少钱、谁出、对谁有影响。住户看到的就是这一段。"),
    )  # fmt: skip
    target = forms.CharField(
        label=gettext_lazy("目标"), max_length=8, initial="90%",
        help_text=gettext_lazy("希望多少住户支持，写成 90% 或 9/10。这不是法定表决。"),
    )  # fmt: skip
    contact = forms.CharField(
        label=gettext_lazy("住户可以找谁"), required=False, max_length=CONTACT_LENGTH,
        help_text=gettext_lazy("姓氏和电话，例如：居委会郑老师 6280 1234"),
    )  # fmt: skip
    ends_on = forms.DateField(
        label=gettext_lazy("打算走到哪天"), required=False, widget=_day(),
        help_text=gettext_lazy("到时候由负责人结束，不会自己停。"),
    )  # fmt: skip

    @classmethod
    def of(cls, found: Canvass, posted: Any) -> "Frame":
        names = ("title", "purpose", "target", "contact", "ends_on")
        return cls(posted, initial={name: getattr(found, name) for name in names})


class New(Frame):
    """The same, and where."""

    field_order = ("where", "title", "purpose", "target", "contact", "ends_on")
    where = forms.ChoiceField(label=gettext_lazy("在哪里"))

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        may = [row for row in _places(actor) if policy.can(actor, access.MANAGE, row[0])]
        groups = Organisation.objects.filter(
            pk__in=actor.orgs, kind__in=Organisation.GROUPS, closed_on=None
        ).order_by("name")
        led = {post.org for post in actor.posts if post.role == "group_leader"}
        own = [(f"org:{one.pk}", one.name) for one in groups if one.pk in led]
        self.fields["where"].choices = [
            *[(code, name) for code, name in may],
            *[
                (f"{code}-{site.code[13:]}", f"{name} {site.name}")
                for code, name in may
                if len(may) == 1
                for site in _estates(code)
            ],
            *own,
        ]

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        where = data.pop("where")
        if where.startswith("org:"):
            group = Organisation.objects.get(pk=where[4:])
            return {**data, "place": group.place[:12], "org": group.pk}
        site = where if "-" in where else ""
        return {**data, "place": where[:12], "site": site}


def _estates(community: str) -> list[Any]:
    return [*sites(community, "estate"), *sites(community, "courtyard")]


class AddHouseholds(forms.Form):
    """Where the list comes from: a frozen roster, those on file in some buildings, or lines pasted."""

    roster = forms.ChoiceField(label=gettext_lazy("从住户名册"), required=False)
    buildings = forms.MultipleChoiceField(
        label=gettext_lazy("从登记的住户"), required=False, widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    lines = forms.CharField(
        label=gettext_lazy("自己贴一份"), required=False, max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "一行一户：楼栋,门牌。先前问过的可以在后面写 支持、反对 或 还在想。不要写姓名。"
        ),
    )  # fmt: skip

    def __init__(self, found: Canvass, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.found = found
        rosters = Roster.objects.filter(
            place=found.place, state="frozen", body__in=("households", "courtyard")
        ).order_by("-id")[:20]
        self.fields["roster"].choices = [("", "—"), *[(one.number, one.title) for one in rosters]]
        have = dict.fromkeys(
            Household.objects.filter(place=found.place)
            .order_by("building")
            .values_list("building", flat=True)
        )
        limit = found.site
        shown = [
            (one.code, one.name)
            for group in buildings(found.place)
            for one in group.buildings
            if one.code in have
            and (not limit or limit == one.code or (group.estate and group.estate.code == limit))
        ]
        self.fields["buildings"].choices = shown

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.get(name) for name in self.fields):
            raise forms.ValidationError(_("请选一种办法，把住户放进名单。"))
        return data


class AddPerson(forms.Form):
    """Who joins, and as what."""

    who = forms.CharField(
        label=gettext_lazy("登录名或手机号"), max_length=64,
        help_text=gettext_lazy("请先问过本人愿不愿意。"),
    )  # fmt: skip
    role = forms.ChoiceField(
        label=pgettext_lazy("role", "做什么"), widget=forms.RadioSelect, initial="canvasser",
        choices=[
            ("canvasser", gettext_lazy("走访：只看到安排给自己的几户")),
            ("leader", gettext_lazy("负责：看得到全部住户和牵线")),
        ],
    )  # fmt: skip


class DoorForm(forms.Form):
    """A door, as people say it."""

    building = forms.ChoiceField(label=gettext_lazy("哪一栋"))
    door = forms.CharField(
        label=gettext_lazy("哪一户"), max_length=40, help_text=gettext_lazy("例如 1单元5-2")
    )

    def __init__(self, found: Canvass, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        chosen = found.households.order_by().values_list("building", flat=True).distinct()[:MOST]
        names = names_of(chosen)
        self.fields["building"].choices = sorted(
            ((code, name) for code, name in names.items()), key=lambda c: c[0]
        )


class TieForm(DoorForm):
    """Whom a household knows, how well, and what it allows."""

    trust = forms.TypedChoiceField(
        label=gettext_lazy("有多熟"), coerce=int, initial=2, widget=forms.RadioSelect,
        choices=list(states.TRUST_WORDS.items()),
    )  # fmt: skip
    how = forms.ChoiceField(
        label=gettext_lazy("他们同意什么"), initial="go", widget=forms.RadioSelect,
        choices=list(states.HOW_WORDS.items()),
    )  # fmt: skip


class ContactForm(forms.Form):
    """What came of a visit that was reported on paper or by telephone."""

    canvasser = forms.ChoiceField(label=gettext_lazy("谁去的"))
    on = forms.DateField(label=gettext_lazy("哪天"), widget=_day())
    outcome = forms.ChoiceField(
        label=gettext_lazy("这户怎么说"), widget=forms.RadioSelect,
        choices=[(code, word[0]) for code, word in states.STANCE_WORDS.items()],
    )  # fmt: skip
    reason = forms.ChoiceField(label=gettext_lazy("为什么"), required=False)
    words = forms.CharField(
        label=gettext_lazy("原话"), required=False, max_length=WORDS_LENGTH,
        help_text=gettext_lazy("不写姓名和电话。结束时会全部删除。"),
    )  # fmt: skip

    def __init__(self, found: Canvass, people: list[Canvasser], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["canvasser"].choices = [(str(one.pk), str(one.account)) for one in people]
        self.fields["reason"].choices = [("", "—"), *states.reasons(found.place)]


class AssignForm(forms.Form):
    """Who goes to a door, by hand."""

    canvasser = forms.ChoiceField(label=gettext_lazy("请谁去"))

    def __init__(self, people: list[Canvasser], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["canvasser"].choices = [(str(one.pk), str(one.account)) for one in people]


class QuestionForm(forms.Form):
    """What was heard, in words that name nobody."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("canvass", "是什么"), choices=list(states.KIND_WORDS.items()),
        widget=forms.RadioSelect,
        initial="objection",
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("大家怎么说"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不写是谁说的，不写门牌。"),
    )  # fmt: skip


class AnswerForm(QuestionForm):
    """The public answer."""

    answer = forms.CharField(
        label=gettext_lazy("答复"), max_length=ANSWER_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 5}), help_text=gettext_lazy("写上依据和数字。大家都能看到。"),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("不公开答复的理由"), required=False, max_length=200,
        help_text=gettext_lazy("里面说到了某个人，或与这件事无关时填。只留在后台。"),
    )  # fmt: skip


class AskForm(forms.Form):
    """A question from the public page."""

    text = forms.CharField(
        label=gettext_lazy("您想问什么"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("不用登记。请不要写姓名和门牌。"),
    )  # fmt: skip
