"""The forms with which proposals are written, sent up and answered."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.upward import queries, states
from mulin.councils.upward.actions import ANSWER_LENGTH, LEAST_ANSWER, LEAST_RETURN, TEXT_LENGTH, TITLE_LENGTH
from mulin.councils.upward.models import Hop, Proposal
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.policy import Target
from mulin.people.models import Organisation
from mulin.places.queries import name_of


class Written(forms.Form):
    """What is asked, and why."""

    title = forms.CharField(
        label=gettext_lazy("建议什么，一句话"), max_length=TITLE_LENGTH,
        help_text=gettext_lazy("例如：老旧小区自来水改成一户一表"),
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("情况怎样"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("有多少户、多久了、社区做过什么、为什么自己解决不了。不写姓名和门牌号。"),
    )  # fmt: skip
    request = forms.CharField(
        label=gettext_lazy("请上级做什么"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("写具体：哪件事、做到哪一步。"),
    )  # fmt: skip


class New(Written):
    """The same, and who makes it."""

    maker = forms.ChoiceField(label=gettext_lazy("以谁的名义"), widget=forms.RadioSelect)
    field_order = ("maker", "title", "text", "request")

    def __init__(self, actor: Actor, place: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["maker"].choices = makers(actor, place)

    def made_by(self) -> tuple[str, UUID | None]:
        """(community, group) of the choice."""
        place, _bar, org = self.cleaned_data["maker"].partition("|")
        return place, UUID(org) if org else None


def makers(actor: Actor, place: str) -> list[tuple[str, str]]:
    """The community itself and its groups, as far as the actor may send in their name; `place` narrows it."""
    own = {code for post in actor.posts if (code := codes.community(post.place))}
    places = [place] if place else sorted(own)
    found = [(one, name_of(one)) for one in places if policy.can(actor, queries.SEND, one)]
    groups = Organisation.objects.filter(kind__in=Organisation.GROUPS, closed_on=None)
    for one in places:
        low, high = codes.bounds(one)
        for group in groups.filter(place__gte=low, place__lt=high).order_by("name"):
            if policy.can(actor, queries.SEND, Target(one, orgs=frozenset({group.pk}))):
                found.append((f"{one}|{group.pk}", group.name))
    return found


class Send(forms.Form):
    """Why it is sent on; the first time nothing is asked."""

    note = forms.CharField(
        label=gettext_lazy("补充了什么，或者为什么还要往上报"), max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip

    def __init__(self, proposal: Proposal, data: Any = None):
        super().__init__(data)
        if proposal.state == "draft":
            del self.fields["note"]


class Study(forms.Form):
    """Which unit of the level studies it."""

    org = forms.TypedChoiceField(
        label=gettext_lazy("交给哪个单位"), coerce=UUID, required=False, empty_value=None
    )

    def __init__(self, hop: Hop, data: Any = None):
        super().__init__(data, initial={"org": hop.org_id})
        units = [(str(one.pk), one.name) for one in queries.units_at(hop)]
        self.fields["org"].choices = [("", _("本级自己研究")), *units]


def _words(label: Any, help_text: Any = "", least: int = LEAST_ANSWER) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, min_length=least, max_length=ANSWER_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip


class Answer(forms.Form):
    """Yes or no, and the reasons."""

    decision = forms.ChoiceField(
        label=gettext_lazy("怎么答复"), choices=list(states.DECISION_WORDS.items()), widget=forms.RadioSelect
    )
    answer = _words(
        gettext_lazy("答复和理由"),
        gettext_lazy("采纳的：谁来做、什么时候。不采纳的：为什么，有没有别的办法。"),
    )


class PassUp(forms.Form):
    """What the level thinks of it."""

    answer = _words(gettext_lazy("本级的意见"), gettext_lazy("为什么要上级定，本级怎么看。大家都看得到。"))


class Return(forms.Form):
    """What is missing."""

    answer = _words(
        gettext_lazy("请补充什么"), gettext_lazy("缺什么材料、哪里没写清。大家都看得到。"), LEAST_RETURN
    )


class Withdraw(forms.Form):
    """Why it is taken back."""

    reason = _words(gettext_lazy("为什么撤回"), least=1)


class End(forms.Form):
    """What came of it."""

    result = _words(gettext_lazy("结果怎样"), gettext_lazy("做成了什么，大家从哪里看得到。"), least=1)
