"""The forms of this part: on the desk, and the two that residents fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.results import states, words
from mulin.councils.results.access import DRAFT
from mulin.councils.results.actions import concerns, findings, options, rating, works
from mulin.councils.results.actions.common import LONG, REASON, SHORT, TITLE
from mulin.councils.results.models import (
    CHANNELS,
    FINDING_KINDS,
    Concern,
    Finding,
    Resolution,
    TopicOption,
    Work,
)
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.queries import children, name_of
from mulin.voices.surveys.states import WITHOUT_CODE_WORDS

MOST_UNITS, MOST_PLACES = 400, 400
IN_YUAN = gettext_lazy("单位：元")
LINKS_HELP = gettext_lazy("一行一个，写成：名称 | https://…")


def _text(label: Any, most: int, rows: int = 3, *, required: bool = False, help_text: Any = "") -> Any:
    return forms.CharField(
        label=label, required=required, max_length=most, help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _day(label: Any, *, required: bool = False, help_text: Any = "") -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _yuan(label: Any, *, help_text: Any = IN_YUAN) -> Any:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_digits=15, decimal_places=2, help_text=help_text
    )


def yuan(fen: int | None) -> str | None:
    """Fen as a form shows yuan: whole ones without a fraction."""
    if fen is None:
        return None
    return f"{fen // 100}.{fen % 100:02d}" if fen % 100 else str(fen // 100)


def units(actor: Actor, place: str) -> list[tuple[str, str]]:
    """The units that may be given a work: those of the place and of what it lies in."""
    places = {place, *codes.parents(place)}
    rows = Organisation.objects.filter(place__in=places, closed_on=None).order_by("-place", "name")
    return [("", _("先不定"))] + [(str(one.pk), one.name) for one in rows[:MOST_UNITS]]


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """The communities and streets in which the actor may draft: those of the posts and inside them."""
    found: dict[str, str] = {}
    for post in actor.posts:
        code = codes.community(post.place) or post.place
        if not code or codes.level(code) < codes.Level.DISTRICT:
            continue
        if codes.level(code) >= codes.Level.STREET:
            found[code] = name_of(code)
        if codes.level(code) < codes.Level.COMMUNITY:
            found |= {one.code: one.name for one in children(code)[:MOST_PLACES]}
    return [(code, name) for code, name in found.items() if policy.can(actor, DRAFT, code)]


class Filled(forms.Form):
    """A form whose fields are what its action takes."""

    def values(self) -> dict[str, Any]:
        return self.cleaned_data


class FindingForm(forms.Form):
    """What was found out."""

    question = forms.ChoiceField(label=gettext_lazy("回答哪个问题"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("是哪一类"), choices=[(one, states.FINDING_WORDS[one]) for one in FINDING_KINDS],
        widget=forms.RadioSelect, initial="fact",
    )  # fmt: skip
    text = _text(gettext_lazy("查到了什么"), LONG, 5, required=True)
    cost = _yuan(gettext_lazy("费用"))
    source = forms.CharField(
        label=gettext_lazy("从哪里查到的"), max_length=120, required=False,
        help_text=gettext_lazy("例如：物业提供的图纸，3月现场测量"),
    )  # fmt: skip
    links = _text(gettext_lazy("照片、文件的网址"), 4000, 2, help_text=LINKS_HELP)

    def __init__(
        self, questions: list[tuple[str, str]], before: Finding | None, data: Any = None, **more: Any
    ):
        initial = {"question": more.pop("question", "")}
        if before:
            names = ("question", "kind", "text", "source")
            initial = {name: getattr(before, name) for name in names}
            initial |= {"cost": yuan(before.cost), "links": words.as_lines(before.links)}
        super().__init__(data, initial=initial)
        self.fields["question"].choices = [("", _("不在列出的问题里")), *questions]
        if not questions:
            del self.fields["question"]

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "cost": words.to_fen(self.cleaned_data["cost"])}


class QuestionForm(forms.Form):
    """One more thing to find out."""

    title = forms.CharField(label=gettext_lazy("要查清什么"), max_length=findings.QUESTION_LENGTH)


class OptionForm(forms.Form):
    """An option with its cost, who gains and who loses."""

    title = forms.CharField(label=gettext_lazy("方案名称"), max_length=options.TITLE_LENGTH)
    text = _text(gettext_lazy("怎么做"), options.TEXT_LENGTH, 4)
    cost = _yuan(gettext_lazy("要花多少钱"), help_text=gettext_lazy("单位：元；不花钱的写0"))
    gains = _text(gettext_lazy("谁会方便"), SHORT, 2)
    loses = _text(gettext_lazy("谁会受影响"), SHORT, 2)
    picture = forms.CharField(
        label=gettext_lazy("示意图的网址"), max_length=300, required=False,
        help_text=gettext_lazy("以 https:// 开头"),
    )  # fmt: skip

    def __init__(self, before: TopicOption | None, data: Any = None):
        names = ("title", "text", "gains", "loses", "picture")
        initial = {name: getattr(before, name) for name in names} if before else {}
        super().__init__(data, initial={**initial, "cost": yuan(before.cost) if before else None})

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "cost": words.to_fen(self.cleaned_data["cost"])}


class ProposeForm(forms.Form):
    """What a resident fills in to propose an option."""

    title = forms.CharField(label=gettext_lazy("方案名称"), max_length=options.TITLE_LENGTH)
    text = _text(gettext_lazy("怎么做，对谁好"), options.TEXT_LENGTH, 4)


class ReasonForm(Filled):
    """A reason that everybody reads."""

    reason = _text(gettext_lazy("理由"), REASON, 3, required=True, help_text=gettext_lazy("大家都会看到"))


class ConcernForm(forms.Form):
    """What a resident fills in to object or to ask."""

    kind = forms.ChoiceField(
        label=gettext_lazy("您要"), widget=forms.RadioSelect, initial="objection",
        choices=[("objection", gettext_lazy("提反对意见")), ("question", gettext_lazy("问一问"))],
    )  # fmt: skip
    text = _text(gettext_lazy("写在这里"), concerns.TEXT_LENGTH, 5, required=True)
    tell_me = forms.BooleanField(
        label=gettext_lazy("答复了告诉我"), required=False,
        help_text=gettext_lazy("勾上，才会记下是您的账户提的；不勾就不记。"),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None):
        super().__init__(data)
        if actor.is_anonymous:
            del self.fields["tell_me"]


class EnterConcernForm(forms.Form):
    """What somebody else said."""

    kind = forms.ChoiceField(
        label=gettext_lazy("是什么"), choices=list(states.CONCERN_WORDS.items()), widget=forms.RadioSelect,
        initial="objection",
    )  # fmt: skip
    text = _text(gettext_lazy("原话"), concerns.TEXT_LENGTH, 4, required=True)
    channel = forms.ChoiceField(
        label=gettext_lazy("怎么收到的"), choices=[(one, states.CHANNEL_WORDS[one]) for one in CHANNELS[1:]],
        widget=forms.RadioSelect, initial="phone",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """The answer, and the words as everybody reads them."""

    answer = _text(
        gettext_lazy("答复"), LONG, 6, required=True,
        help_text=gettext_lazy("采纳了什么；不采纳的，为什么。大家都会看到。"),
    )  # fmt: skip
    shown_text = _text(
        gettext_lazy("公开的原话"), concerns.TEXT_LENGTH, 3,
        help_text=gettext_lazy("电话、门牌已经遮住。只改会认出人的地方，不改意思。"),
    )  # fmt: skip

    def __init__(self, before: Concern, data: Any = None):
        super().__init__(data, initial={"answer": before.answer, "shown_text": before.public_text})


class JoinForm(forms.Form):
    """The one that says the same."""

    into = forms.ChoiceField(label=gettext_lazy("与哪一条相同"), widget=forms.RadioSelect)

    def __init__(self, others: list[Concern], data: Any = None):
        super().__init__(data)
        self.fields["into"].choices = [(one.number, one.public_text[:80]) for one in others]


class NewResolution(forms.Form):
    """A resolution that stands alone."""

    place = forms.ChoiceField(label=gettext_lazy("哪里的决议"))
    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE)
    body = forms.ChoiceField(
        label=gettext_lazy("谁的决定"), choices=list(states.BODY_WORDS.items()), initial="residents"
    )

    def __init__(self, actor: Actor, data: Any = None):
        super().__init__(data)
        self.fields["place"].choices = places_of(actor)


class ResolutionForm(forms.Form):
    """Everything that a resolution says."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE)
    why = _text(gettext_lazy("为什么要办"), LONG, 4)
    options = _text(
        gettext_lazy("有过哪些方案"), LONG, 4,
        help_text=gettext_lazy("一行一个，写成：名称 | 多少元。定下的前面写√。"),
    )  # fmt: skip
    chosen = forms.MultipleChoiceField(
        label=gettext_lazy("定了哪个方案"), required=False, widget=forms.CheckboxSelectMultiple
    )
    decision = _text(gettext_lazy("定了什么"), LONG, 4)
    body = forms.ChoiceField(label=gettext_lazy("谁的决定"), choices=list(states.BODY_WORDS.items()))
    decided_by = _text(
        gettext_lazy("怎么定的"), LONG, 4,
        help_text=gettext_lazy("哪次会、哪次表决，应到多少、到了多少、多少人同意"),
    )  # fmt: skip
    decided_on = _day(gettext_lazy("哪天定的"))
    cost = _yuan(gettext_lazy("一共花多少钱"))
    money_from = forms.CharField(label=gettext_lazy("钱从哪里来"), max_length=200, required=False)
    gains = _text(gettext_lazy("谁会方便"), LONG, 2)
    loses = _text(gettext_lazy("谁会受影响，怎么补"), LONG, 2)
    majority = _text(gettext_lazy("多数人的意见"), LONG, 3)
    minority = _text(gettext_lazy("少数人的意见"), LONG, 3, help_text=gettext_lazy("没有采纳的也写上"))

    def __init__(self, resolution: Resolution, data: Any = None):
        names = [name for name in self.base_fields if name not in {"options", "chosen", "cost"}]
        initial = {name: getattr(resolution, name) for name in names}
        initial |= {
            "cost": yuan(resolution.cost),
            "chosen": [row["key"] for row in resolution.options if row.get("chosen")],
            "options": option_lines(resolution.options),
        }
        super().__init__(data, initial=initial)
        if resolution.topic_id:
            del self.fields["options"]
            self.fields["chosen"].choices = [(row["key"], row["title"]) for row in resolution.options]
        if not resolution.topic_id or not resolution.options:
            del self.fields["chosen"]

    def clean_options(self) -> list[dict[str, Any]]:
        return read_options(self.cleaned_data["options"])

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "cost": words.to_fen(self.cleaned_data["cost"])}


def option_lines(rows: list[dict[str, Any]]) -> str:
    """Options as they are typed."""
    lines = []
    for row in rows:
        mark, cost = "√" if row.get("chosen") else "", yuan(row.get("cost"))
        lines.append(f"{mark}{row['title']}" + (f" | {cost}" if cost is not None else ""))
    return "\n".join(lines)


def read_options(text: str) -> list[dict[str, Any]]:
    """The options that were typed, a line each. Raises ValidationError for an amount that is none."""
    rows = []
    for n, line in enumerate(filter(None, (one.strip() for one in text.splitlines())), 1):
        title, _bar, amount = (one.strip() for one in line.replace("｜", "|").partition("|"))
        cost = None
        if amount:
            try:
                plain = amount.rstrip("元")  # untranslated: the unit that people type behind it
                cost = words.to_fen(forms.DecimalField(max_digits=15, decimal_places=2).clean(plain))
            except forms.ValidationError as error:
                told = _("“%(line)s”里的金额看不懂，请只写数字。") % {"line": line[:60]}
                raise forms.ValidationError(told) from error
        is_chosen = title[:1] in {"√", "✓"}
        title = title.lstrip("√✓ ")[:60]
        if title:
            rows.append({"key": f"o{n}", "title": title, "cost": cost, "chosen": is_chosen})
    return rows


class PublishForm(forms.Form):
    """How long it hangs out."""

    days = forms.IntegerField(label=gettext_lazy("公示几天"), min_value=1, max_value=365)


class WorkForm(forms.Form):
    """What has to be done, by whom, until when, for how much."""

    title = forms.CharField(label=gettext_lazy("要办什么"), max_length=TITLE)
    text = _text(gettext_lazy("说明"), works.TEXT_LENGTH, 3)
    org = forms.ChoiceField(label=gettext_lazy("由谁办"), required=False)
    due_on = _day(gettext_lazy("哪天以前办完"), required=True)
    money = _yuan(gettext_lazy("用多少钱"))

    def __init__(self, actor: Actor, place: str, before: Work | None, data: Any = None):
        initial = {}
        if before:
            initial = {name: getattr(before, name) for name in ("title", "text", "due_on")}
            initial |= {"org": str(before.org_id or ""), "money": yuan(before.money)}
        super().__init__(data, initial=initial)
        self.fields["org"].choices = units(actor, place)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "org": data["org"] or None, "money": words.to_fen(data["money"])}


class ReportForm(Filled):
    """How far it is."""

    kind = forms.ChoiceField(
        label=gettext_lazy("写什么"), widget=forms.RadioSelect, initial="progress",
        choices=[(one, states.NOTE_WORDS[one][0]) for one in ("progress", "milestone")],
    )  # fmt: skip
    text = _text(
        gettext_lazy("进展"), works.TEXT_LENGTH, 4, required=True, help_text=gettext_lazy("大家都会看到")
    )
    links = _text(gettext_lazy("照片、文件的网址"), 4000, 2, help_text=LINKS_HELP)


class DelayForm(Filled):
    """It takes longer, and why."""

    when = _day(gettext_lazy("延到哪天"), required=True)
    text = _text(
        gettext_lazy("为什么延期"),
        works.TEXT_LENGTH,
        4,
        required=True,
        help_text=gettext_lazy("大家都会看到"),
    )


class DoneForm(Filled):
    """What was done, and what shows it."""

    text = _text(
        gettext_lazy("做了什么"), works.TEXT_LENGTH, 4, required=True, help_text=gettext_lazy("大家都会看到")
    )
    evidence = _text(gettext_lazy("照片、验收单的网址"), 4000, 2, help_text=LINKS_HELP)
    spent = _yuan(gettext_lazy("实际花了多少钱"))

    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "spent": words.to_fen(self.cleaned_data["spent"])}


class TextForm(Filled):
    """A reason that everybody reads, for the moves of a work."""

    text = _text(
        gettext_lazy("原因"), works.TEXT_LENGTH, 3, required=True, help_text=gettext_lazy("大家都会看到")
    )


class RatingForm(forms.Form):
    """What somebody said on paper or by telephone."""

    satisfied = forms.ChoiceField(
        label=gettext_lazy("对办的结果"), widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("满意")), ("no", gettext_lazy("不满意"))],
    )  # fmt: skip
    words = _text(gettext_lazy("写的话"), 500, 2)
    channel = forms.ChoiceField(
        label=gettext_lazy("怎么收到的"), widget=forms.RadioSelect, initial="paper",
        choices=[(one, states.CHANNEL_WORDS[one]) for one in ("paper", "phone", "visit")],
    )  # fmt: skip
    code = forms.CharField(label=gettext_lazy("纸条上的码"), max_length=16, required=False)
    without_code = forms.ChoiceField(
        label=gettext_lazy("没有码，为什么"), required=False,
        choices=[("", "---"), *WITHOUT_CODE_WORDS.items()],
    )  # fmt: skip

    def __init__(self, data: Any = None, *, has_codes: bool = False, channel: str = "paper"):
        super().__init__(data, initial={"channel": channel})
        if not has_codes:
            del self.fields["code"], self.fields["without_code"]


class ConclusionForm(forms.Form):
    """What people said, and what follows."""

    conclusion = _text(
        gettext_lazy("大家怎么说，还差的接下来怎么办"), rating.CONCLUSION_LENGTH, 5, required=True
    )
