"""The forms with which surveys are made and sheets are typed in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.desk import pickers
from mulin.desk.pages import places_of
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.places.queries import names_of
from mulin.voices.surveys import editing, fields, states
from mulin.voices.surveys.actions import CONCLUSION_LENGTH, INTRO_LENGTH, MOST_CODES, TITLE_LENGTH
from mulin.voices.surveys.form import Form
from mulin.voices.surveys.models import CHANNELS, Survey
from mulin.voices.surveys.templates import EMPTY, templates

DAY = {"type": "date"}


class NewSurvey(forms.Form):
    """Which survey, and where."""

    place = forms.ChoiceField(label=gettext_lazy("在哪里问"))
    template = forms.ChoiceField(label=gettext_lazy("从哪里开始"), widget=forms.RadioSelect)

    def __init__(self, actor: Actor, earlier: list[Survey], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = [place for place in places_of(actor) if "-" not in place and codes.level(place) in {9, 12}]
        names = names_of(own)
        near = [(place, names[place]) for place in own]
        self.fields["place"].choices = [*near, *[c for c in pickers.communities(actor) if c[0] not in own]]
        offered = [(f"template:{one.key}", _starting(one)) for one in templates().values()]
        again = [
            (f"like:{one.number}", _("照着“%(title)s”再问一次") % {"title": one.title}) for one in earlier
        ]
        self.fields["template"].choices = [*offered, (f"template:{EMPTY}", _("从空白开始")), *again]

    def start(self) -> dict[str, str]:
        """What was chosen, as `draft_survey` takes it."""
        kind, _colon, key = self.cleaned_data["template"].partition(":")
        return {kind: key}


def _starting(template: Any) -> str:
    return _("%(title)s：%(about)s") % {
        "title": fields.word(template, "title"),
        "about": fields.word(template, "about"),
    }


class Frame(forms.Form):
    """Title, time, and how it is answered."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=TITLE_LENGTH)
    intro = forms.CharField(
        label=gettext_lazy("为什么问"), required=False, max_length=INTRO_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("几句话：为什么问、结果怎么用。"),
    )  # fmt: skip
    opens_on = forms.DateField(
        label=gettext_lazy("哪天开始"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("空着就是发出的当天"),
    )  # fmt: skip
    closes_on = forms.DateField(
        label=gettext_lazy("哪天结束"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    once = forms.ChoiceField(
        label=gettext_lazy("怎么填"), choices=list(states.ONCE_WORDS.items()), widget=forms.RadioSelect
    )
    issued = forms.IntegerField(
        label=gettext_lazy("发出多少份纸质的"), required=False, min_value=0, max_value=10_000_000
    )
    roster = forms.IntegerField(
        label=gettext_lazy("一共问多少人或户"), required=False, min_value=0, max_value=100_000_000,
        help_text=gettext_lazy("用来算回收率；不清楚就空着"),
    )  # fmt: skip
    roster_of = forms.ChoiceField(
        label=gettext_lazy("按人还是按户"),
        choices=list(states.ROSTER_WORDS.items()),
        widget=forms.RadioSelect,
    )

    def __init__(self, survey: Survey, data: Any = None):
        names = ("title", "intro", "opens_on", "closes_on", "once", "roster_of")
        initial = {name: getattr(survey, name) for name in names}
        initial |= {name: getattr(survey, name) or None for name in ("issued", "roster")}
        super().__init__(data, initial=initial)
        if survey.state != "draft":
            self.fields["once"].disabled = True

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {**data, "issued": data["issued"] or 0, "roster": data["roster"] or 0}


class QuestionForm(forms.Form):
    """One question. Which fields count depends on the kind; the page shows those."""

    kind = forms.ChoiceField(label=gettext_lazy("题型"), choices=list(states.KIND_WORDS.items()))
    text = forms.CharField(label=gettext_lazy("题目"), max_length=200)
    help = forms.CharField(label=gettext_lazy("提示"), max_length=200, required=False)
    options = forms.CharField(
        label=gettext_lazy("选项，一行一个"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("要英文的，写在同一行的 | 后面"),
    )  # fmt: skip
    rows = forms.CharField(
        label=gettext_lazy("表格的行，一行一个"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    other = forms.BooleanField(label=gettext_lazy("加一个“其他，请写明”"), required=False)
    required = forms.BooleanField(label=gettext_lazy("必答"), required=False)
    least = forms.IntegerField(label=gettext_lazy("最少"), required=False)
    most = forms.IntegerField(
        label=gettext_lazy("最多"), required=False,
        help_text=gettext_lazy("多选、排序：选几个；打分：几级；数字：最大是几；文字：几个字"),
    )  # fmt: skip
    only_if = forms.ChoiceField(label=gettext_lazy("什么时候才问"), required=False)
    section = forms.CharField(
        label=gettext_lazy("从这一题起另起一节，节的标题"), max_length=80, required=False
    )
    text_en = forms.CharField(label=gettext_lazy("题目的英文"), max_length=200, required=False)

    def __init__(self, form: Form, before: dict[str, Any], data: Any = None):
        super().__init__(data, initial=_initial(before))
        # A condition is one choice of an earlier question: more than that, nobody fills in on paper.
        self.fields["only_if"].choices = [("", _("总是问")), *_conditions(form, before.get("key", ""))]

    def question(self, before: dict[str, Any]) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        source, _slash, choice = data.pop("only_if").partition("/")
        old = before.get("if") or {}
        # A condition on several choices, from a template, stays as it is while its first choice stays chosen.
        several = old.get("any", []) if old.get("question") == source else []
        chosen = several if choice in several[:1] else [choice] if choice else []
        return editing.question({**data, "only_if": source, "only_any": chosen}, before)


def _initial(before: dict[str, Any]) -> dict[str, Any]:
    condition = before.get("if")
    return {
        **{name: value for name, value in before.items() if name not in {"options", "rows", "section", "if"}},
        "options": editing.lines(before.get("options")),
        "rows": editing.lines(before.get("rows")),
        "section": (before.get("section") or {}).get("title", ""),
        "only_if": f"{condition['question']}/{condition['any'][0]}" if condition else "",
    }


def _conditions(form: Form, key: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for n, question in enumerate(form, 1):
        if question.key == key:
            break
        if question.kind in {"single", "multiple"}:
            offered = [
                (f"{question.key}/{one.key}", _("选了“%(what)s”") % {"what": one.text})
                for one in question.options
            ]
            found.append((f"{n}. {question.text}", offered))
    return found


class Codes(forms.Form):
    """How many slips, and how many there were when they were asked for."""

    n = forms.IntegerField(
        label=gettext_lazy("做多少张纸条"), min_value=1, max_value=MOST_CODES,
        help_text=gettext_lazy("一次最多500张；不够再做一批"),
    )  # fmt: skip
    had = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, had: int, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["had"].initial = had

    def ask_again(self, had: int) -> None:
        """Shown again, it asks for more than there are by now."""
        if self.is_bound:
            self.data = {**self.data.dict(), "had": had}


class Channel(forms.Form):
    """How the sheets on the desk came back."""

    channel = forms.ChoiceField(
        label=gettext_lazy("怎么收回的"),
        choices=[(name, states.CHANNEL_WORDS[name]) for name in CHANNELS[1:]],
        widget=forms.RadioSelect,
    )


class Reopen(forms.Form):
    """Until when."""

    closes_on = forms.DateField(
        label=gettext_lazy("延到哪天"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )


class Publish(forms.Form):
    """Which results, and what is done with them."""

    conclusion = forms.CharField(
        label=gettext_lazy("大家说了什么，接下来怎么办"), max_length=CONCLUSION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("居民先看这几句。做不到的也写明为什么。"),
    )  # fmt: skip
    questions = forms.MultipleChoiceField(
        label=gettext_lazy("公布哪些题"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["questions"].choices = choices


class Void(forms.Form):
    """Why a sheet is left out."""

    reason = forms.CharField(label=gettext_lazy("为什么作废"), max_length=200)
