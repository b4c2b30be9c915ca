"""The forms with which conversations are made."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.conversations.actions import CONCLUSION_LENGTH, TEXT_LENGTH, TITLE_LENGTH
from mulin.councils.conversations.models import Conversation
from mulin.councils.conversations.queries import MANAGE
from mulin.councils.conversations.states import OPEN_TO_WORDS, RESULTS_WORDS
from mulin.kernel import codes, policy, suppression
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.queries import children, names_of

DAY = {"type": "date"}


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more)


def places_for(actor: Actor) -> list[tuple[str, str]]:
    """Where the actor may hold a conversation: the communities and streets of posts that allow it, the
    communities of a street, and groups of neighbours as "place/group"."""
    grants = policy.table()[MANAGE]
    posts = [post for post in actor.posts if grants.get(post.role)]
    groups = {post.org for post in posts if post.org and "unit" in grants[post.role]}
    found = [
        (f"{codes.community(one.place) or one.place}/{one.pk}", one.name)
        for one in Organisation.objects.filter(pk__in=groups, closed_on=None).order_by("id")
    ]
    places = [codes.community(post.place) or post.place for post in posts if "place" in grants[post.role]]
    own = [place for place in dict.fromkeys(places) if codes.level(place) >= codes.Level.DISTRICT]
    below = [
        one.code for place in own if codes.level(place) < codes.Level.COMMUNITY for one in children(place)
    ]
    every = [place for place in dict.fromkeys([*own, *below]) if codes.level(place) >= codes.Level.STREET]
    names = names_of(every)
    return [*found, *((place, names.get(place, place)) for place in every)]


class Frame(forms.Form):
    """Title, what is asked, who may answer, until when, and who sees the picture when."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("问大家什么"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("几句话：什么事，为什么问，结果怎么用。"),
    )  # fmt: skip
    closes_on = _day(label=gettext_lazy("哪天结束"))
    open_to = forms.ChoiceField(
        label=gettext_lazy("谁能表态"), choices=list(OPEN_TO_WORDS.items()), widget=forms.RadioSelect
    )
    results = forms.ChoiceField(
        label=gettext_lazy("大家什么时候看意见图"),
        choices=list(RESULTS_WORDS.items()),
        widget=forms.RadioSelect,
    )
    least = forms.IntegerField(
        label=gettext_lazy("至少多少人才给看"), min_value=suppression.LIMIT, max_value=100_000,
        help_text=gettext_lazy("人太少，一个人的表态就会改变整张图，也容易认出是谁。"),
    )  # fmt: skip
    writes = forms.BooleanField(label=gettext_lazy("大家也可以自己写一句"), required=False)

    def __init__(self, conversation: Conversation, data: Any = None):
        names = ("title", "text", "closes_on", "open_to", "results", "least", "writes")
        super().__init__(data, initial={name: getattr(conversation, name) for name in names})
        if conversation.pk and conversation.state != "draft":
            for name in ("open_to", "results", "least"):
                self.fields[name].disabled = True


class NewConversation(Frame):
    """The same, and where."""

    place = forms.ChoiceField(label=gettext_lazy("在哪里问"))
    field_order = ("place",)

    def __init__(self, actor: Actor, conversation: Conversation, data: Any = None):
        super().__init__(conversation, data)
        self.fields["place"].choices = places_for(actor)

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        place, _slash, org = data.pop("place").partition("/")
        return {**data, "place": place, "org": UUID(org) if org else None}


class Seeds(forms.Form):
    """First statements, one a line."""

    seeds = forms.CharField(
        label=gettext_lazy("开头的话，一句一行"), widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy(
            "每句只说一个意思，最多140个字，像居民自己说的话。赞成的、反对的、别的想法都要有。"
        ),
    )  # fmt: skip

    def lines(self) -> list[str]:
        return self.cleaned_data["seeds"].splitlines()


class Publish(forms.Form):
    """What came of it, in words."""

    conclusion = forms.CharField(
        label=gettext_lazy("结论"), max_length=CONCLUSION_LENGTH, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("多数人怎么看，少数人怎么看，接下来怎么办。少数人的看法也要写。"),
    )  # fmt: skip


def usual_reasons() -> list[str]:
    """What a sentence is most often kept in for."""
    return [
        _("说了不止一个意思，请拆开写"),
        _("提到了具体的人"),
        _("骂人或伤人的话"),
        _("和这件事无关"),
        _("不是看法，是要办的事：请用“说一件事”"),
    ]
