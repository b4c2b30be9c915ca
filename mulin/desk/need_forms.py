"""The forms with which needs are noted, put on the list, ordered and said to be done."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.desk import pickers
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.queries import name_of
from mulin.voices.needs import queries, states
from mulin.voices.needs.actions import (
    CONCERNS_LENGTH,
    LOWEST_RANK,
    REASON_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    WORDS_LENGTH,
    owners_for,
)
from mulin.voices.needs.linking import MOST_PEOPLE, NOTE_LENGTH, Source
from mulin.voices.needs.models import Need

DAY = {"type": "date"}
NEW = "new"
DESCRIBED = ("title", "text", "category", "concerns", "groups", "urgency", "since")


def _day(label: Any, help_text: Any = "", required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )  # fmt: skip


class Described(forms.Form):
    """What is said of a need; everybody reads it."""

    title = forms.CharField(
        label=gettext_lazy("什么需要，一句话"), max_length=TITLE_LENGTH,
        help_text=gettext_lazy("例如：三个单元没有路灯，晚上不敢出门"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("清单人人能看：不写姓名、电话和门牌号。"),
    )  # fmt: skip
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    concerns = forms.CharField(
        label=gettext_lazy("关系到谁"), required=False, max_length=CONCERNS_LENGTH,
        help_text=gettext_lazy("例如：2栋到5栋的住户"),
    )  # fmt: skip
    groups = forms.MultipleChoiceField(
        label=gettext_lazy("有没有最需要照顾的人"), required=False, widget=forms.CheckboxSelectMultiple
    )
    urgency = forms.TypedChoiceField(label=gettext_lazy("有多急"), coerce=int, widget=forms.RadioSelect)
    since = _day(gettext_lazy("大约从哪天起"), gettext_lazy("拖得越久，排得越前"))

    def __init__(self, place: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = pickers.category_choices(blank=True)
        self.fields["groups"].choices = list(queries.group_words(place).items())
        self.fields["urgency"].choices = list(enumerate(queries.urgency_words(place)))
        self.fields["urgency"].initial = 0

    def described(self) -> dict[str, Any]:
        """What was filled in, as the actions take it."""
        return {name: self.cleaned_data[name] for name in DESCRIBED}


class Brought(forms.Form):
    """Where staff heard it, and from how many."""

    kind = forms.ChoiceField(
        label=gettext_lazy("在哪里听到的"),
        choices=[(kind, states.SOURCE_WORDS[kind]) for kind in states.BROUGHT],
        widget=forms.RadioSelect,
    )
    people = forms.IntegerField(
        label=gettext_lazy("有几个人说过"), min_value=1, max_value=MOST_PEOPLE, initial=1
    )
    heard_on = _day(gettext_lazy("哪天听到的"), gettext_lazy("空着就是今天"))
    note = forms.CharField(
        label=gettext_lazy("哪次会、哪一片"), required=False, max_length=NOTE_LENGTH,
        help_text=gettext_lazy("不写是谁说的"),
    )  # fmt: skip

    def source(self) -> Source:
        data = self.cleaned_data
        return Source(kind=data["kind"], people=data["people"], heard_on=data["heard_on"], note=data["note"])


class NewNeed(Described):
    """A need as it was heard: a new one, or one more voice for one that is there."""

    into = forms.ChoiceField(label=gettext_lazy("列到哪一条"), widget=forms.RadioSelect)
    place = forms.ChoiceField(label=gettext_lazy("在哪个社区"))
    field_order = ("into", "place", *DESCRIBED)

    def __init__(self, actor: Actor, place: str, existing: list[Need], *args: Any, **kwargs: Any):
        super().__init__(place, *args, **kwargs)
        if existing:
            offered = [(need.number, _offered(need)) for need in existing]
            self.fields["into"].choices = [(NEW, _("新的一条，写在下面")), *offered]
            self.fields["into"].initial = NEW
            self.fields["title"].required = self.fields["urgency"].required = False
            self.fields["title"].is_either = self.fields["urgency"].is_either = True
        else:
            del self.fields["into"]
        if codes.level(place) == codes.Level.COMMUNITY and (existing or self.initial.get("title")):
            self.fields["place"].choices = [(place, name_of(place))]
            self.fields["place"].initial, self.fields["place"].widget = place, forms.HiddenInput()
        else:
            self.fields["place"].choices = pickers.communities(actor)

    def into_need(self) -> str:
        """The number of the need that it goes to; empty for a new one."""
        chosen = self.cleaned_data.get("into", NEW)
        return "" if chosen == NEW else chosen

    def described(self) -> dict[str, Any]:
        return {**super().described(), "urgency": self.cleaned_data["urgency"] or 0}


def _offered(need: Need) -> str:
    return _("%(title)s（%(state)s）") % {"title": need.title, "state": states.STATE_WORDS[need.state]}


class HeardNeed(NewNeed, Brought):
    """A need that staff bring from a visit, a meeting or a letter."""

    field_order = ("place", "kind", "people", "heard_on", "note", *DESCRIBED)


class FromMatter(forms.Form):
    """The number of a matter in which the same was said."""

    matter = forms.CharField(
        label=gettext_lazy("事项编号"), max_length=16, help_text=gettext_lazy("十位数字，事项页面上有")
    )

    def source(self) -> Source:
        return Source(matter=self.cleaned_data["matter"])


class Settle(forms.Form):
    """How far a need is, in words that everybody reads."""

    owner = forms.TypedChoiceField(label=gettext_lazy("谁负责"), coerce=UUID)
    due_on = _day(gettext_lazy("哪天以前办好"), required=True)
    words = forms.CharField(
        label=gettext_lazy("给大家看的话"), max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, need: Need, state: str, keeps: bool, data: Any = None):
        initial = {"owner": need.owner_id, "due_on": need.due_on if need.state == state else None}
        super().__init__(data, initial=initial)
        self.fields["words"].help_text = HELP.get(state, "")
        if state in states.SILENT:
            self.fields["words"].required = False
        if state == "in_hand" and keeps:
            self.fields["owner"].choices = [("", "—"), *_owners(owners_for(need.place))]
        else:
            del self.fields["owner"]
        if state == "not_now":
            self.fields["due_on"].label = _("哪天再看一次")
            self.fields["due_on"].required = False
        elif state != "in_hand":
            del self.fields["due_on"]


HELP = {
    "in_hand": gettext_lazy("打算怎么办。可以先空着，以后再写。"),
    "done": gettext_lazy("做了什么，大家从哪里看得到。"),
    "not_now": gettext_lazy("为什么办不了，有没有别的办法。"),
    "moved_up": gettext_lazy("向谁反映了，请他们做什么。"),
    "listed": gettext_lazy("为什么重新列上。"),
    "off": gettext_lazy("为什么撤下。原来的页面还在，会写着这个原因。"),
}


def _owners(found: list[Organisation]) -> list[tuple[UUID, str]]:
    return [(one.pk, one.name) for one in found]


class Rank(forms.Form):
    """Which place, and why."""

    rank = forms.IntegerField(label=gettext_lazy("排到第几位"), min_value=1, max_value=LOWEST_RANK)
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("大家都看得到这个理由。"),
    )  # fmt: skip
