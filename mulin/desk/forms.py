"""What the desk fills in. Forms shape the input; what it means and who may is checked by the actions.

`MoveFields` is made from the field table of the moves, which the API reads too.
"""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.cases import classes, moves
from mulin.cases.pages import CasePage
from mulin.cases.states import MOVES
from mulin.kernel import clock

NEAR = 12
YES_NO = {
    "is_solved": (gettext_lazy("解决了"), gettext_lazy("没有解决")),
    "is_satisfied": (gettext_lazy("满意"), gettext_lazy("不满意")),
    "uphold": (gettext_lazy("成立，改派或收回"), gettext_lazy("不成立，仍由原单位办")),
    "agree": (gettext_lazy("同意"), gettext_lazy("不同意")),
}
Choices = list[tuple[str, Any]]


class ManyFiles(forms.FileInput):
    """The plain file control of the photo part, for several files."""

    allow_multiple_selected = True


def choice_field(choices: Choices, *, few: int = 6, **options: Any) -> forms.ChoiceField:
    """Radio buttons for a few choices, a list for many."""
    if len(choices) <= few:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **options)
    blank: Choices = [("", "—")]
    return forms.ChoiceField(choices=blank + choices, **options)


def under_heading(groups: list[tuple[str, str]]) -> Choices:
    """Groups of residents, apart from the units whose duty it is."""
    return [(_("居民小组"), groups)] if groups else []


def with_reason(name: str, why: str) -> Any:
    return format_html('{}<span class="choice__why">{}</span>', name, why) if why else name


class LikelyField(forms.ChoiceField):
    """The likely answers to something that must be answered: it may stay empty when another field says it."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class ManyField(forms.MultipleChoiceField):
    """Several of something, of which the move needs one at least: the move itself says so."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


class MoveFields(forms.Form):
    """The form of one move of one case. `values()` gives what `moves.perform` takes."""

    # Errors are said by the moves, in the words that the API says them in.
    use_required_attribute = False

    def __init__(self, page: CasePage, move: str, *args: Any, **kwargs: Any):
        super().__init__(*args, auto_id="m_%s", **kwargs)
        self.page, self.move = page, move
        self.specs = page.form(move)
        self.must_photo = move == "finish" and classes.needs_photo(page.case.category)[0]
        for spec in self.specs:
            self._add(spec)
        if "how" in self.fields:
            self.initial.setdefault("how", "phone")

    def _add(self, spec: moves.FormField) -> None:
        maker = getattr(self, f"_{spec.kind}", self._text)
        maker(spec, self._options(spec))

    @staticmethod
    def _options(spec: moves.FormField) -> dict[str, Any]:
        missing = _("请填写“%(label)s”。") % {"label": spec.label}
        return {
            "label": spec.label,
            "help_text": spec.help,
            "required": spec.required,
            "error_messages": {"required": missing},
        }

    def _text(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        rows = 6 if spec.name == "reply" else 3
        self.fields[spec.name] = forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **options)

    def _line(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        self.fields[spec.name] = forms.CharField(**options)

    def _bool(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        if spec.name == "confirm_reply":
            self.fields[spec.name] = forms.BooleanField(**options)
            return
        yes, no = YES_NO.get(spec.name, (_("是"), _("否")))
        self.fields[spec.name] = choice_field([("true", yes), ("false", no)], **options)

    def _date(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        widget = forms.DateInput(attrs={"type": "date", "min": clock.today().isoformat()}, format="%Y-%m-%d")
        self.fields[spec.name] = forms.DateField(widget=widget, **options)

    def _choice(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        self.fields[spec.name] = choice_field(spec.choices, **options)

    def _account(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        self.fields[spec.name] = choice_field(spec.choices, few=4, **options)

    def _number(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        """The number of a case or of a voice: the likely ones to choose from, or one that is typed."""
        if spec.name == "voice":
            voices = [one.voice for one in self.page.voices if one.voice.state == "received"]
            choices = [(v.number, f"{v.number} {v.text_masked[:20]}") for v in voices]
            self.fields[spec.name] = choice_field(choices, **{**options, "required": len(choices) > 1})
            if len(choices) == 1:
                self.fields[spec.name].widget = forms.HiddenInput()
                self.initial.setdefault(spec.name, choices[0][0])
            return
        likely = [(o.matter.number, with_reason(o.matter.title, o.reason)) for o in self._duplicates()]
        if likely:
            self.fields[f"{spec.name}_likely"] = LikelyField(
                choices=likely, widget=forms.RadioSelect, label=_("也许是同一件")
            )
        attributes = {"inputmode": "numeric", "autocomplete": "off"}
        field = forms.CharField(
            widget=forms.TextInput(attrs=attributes), **{**options, "required": not likely}
        )
        if likely:
            field.label, field.is_either = _("或者写编号"), True
        self.fields[spec.name] = field

    def _duplicates(self) -> list[Any]:
        return self.page.suggestions.duplicates

    def _org(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        """The suggested units with their reasons, any other from a list. Chosen is only what stands first and
        what a route names for this category and place: a guess that is sent on unread costs a week."""
        likely = self._likely_orgs(spec.name)
        rest = [(value, name) for value, name in spec.choices if value not in likely]
        if likely:
            choices = [(value, with_reason(name, why)) for value, (name, why) in likely.items()]
            self.fields[f"{spec.name}_likely"] = LikelyField(
                choices=choices, widget=forms.RadioSelect, label=spec.label, required=spec.required
            )
            first = next(iter(self.page.suggestions.routes), None)
            if spec.required and first and first.is_certain and str(first.org.id) == choices[0][0]:
                self.initial.setdefault(f"{spec.name}_likely", choices[0][0])
        groups = [(value, name) for value, name in spec.groups if value not in likely]
        others = forms.ChoiceField(
            choices=[("", "—"), *rest, *under_heading(groups)], **{**options, "required": False}
        )
        others.is_either = spec.required
        if likely:
            others.label, others.help_text = _("或者别的单位"), _("选了这里，以这里为准")
        self.fields[spec.name] = others

    def _likely_orgs(self, name: str) -> dict[str, tuple[str, str]]:
        found: dict[str, tuple[str, str]] = {}
        if self.move == "decide-objection":
            for one in self.page.objections:
                if one.is_upheld is None and one.proposed:
                    found[str(one.proposed_id)] = (one.proposed.name, _("提出异议的单位认为应由它办"))
        lead = self.page.case.lead_id
        for one in self.page.suggestions.routes:
            if one.org.id != lead and name != "proposed":
                found.setdefault(str(one.org.id), (one.org.name, one.why))
        return dict(list(found.items())[:4])

    def _orgs(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        here = {str(row.org_id) for row in self.page.involvements if row.is_current}
        offered = [(value, name) for value, name in spec.choices if value not in here]
        near = offered[:NEAR]
        self.fields[spec.name] = ManyField(choices=near, widget=forms.CheckboxSelectMultiple, **options)
        groups = [(value, name) for value, name in spec.groups if value not in here]
        if more := [*offered[NEAR:], *under_heading(groups)]:
            self.fields[f"{spec.name}_more"] = forms.ChoiceField(
                choices=[("", "—"), *more], required=False, label=_("再加一个单位")
            )

    def _facts(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        for n, (code, label, text) in enumerate(self.page.facts):
            self.fields[f"fact_{code}"] = forms.CharField(
                widget=forms.Textarea(attrs={"rows": 3}), required=False, label=label, initial=text,
                help_text=options["help_text"] if n == 0 else "",
            )  # fmt: skip

    def _files(self, spec: moves.FormField, options: dict[str, Any]) -> None:
        self.fields[spec.name] = forms.FileField(widget=ManyFiles, **{**options, "required": False})

    def clean(self) -> dict[str, Any]:
        for name, field in self.fields.items():
            if isinstance(field, forms.FileField):
                self.errors.pop(name, None)  # checked by content in the action
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """The fields as the move takes them; what was left empty stays out."""
        given: dict[str, Any] = {}
        for spec in self.specs:
            value = self._value(spec)
            if value not in (None, "", [], {}, False):
                given[spec.name] = value
        return given

    def _value(self, spec: moves.FormField) -> Any:
        data = self.cleaned_data
        if spec.kind == "facts":
            texts = {code: data.get(f"fact_{code}", "") for code, _label, _text in self.page.facts}
            return {code: text for code, text in texts.items() if text}
        if spec.kind == "files":
            return self.files.getlist(spec.name) if self.files else []
        if spec.kind == "orgs":
            return [*data.get(spec.name, []), *filter(None, [data.get(f"{spec.name}_more")])]
        return data.get(spec.name) or data.get(f"{spec.name}_likely") or ""

    def field_of(self, name: str) -> str | None:
        """Where an action's refusal of a field is shown."""
        if name == "facts":
            return next((n for n in self.fields if n.startswith("fact_")), None)
        return name if name in self.fields else None


def takes_nothing(move: str) -> bool:
    """Whether a move is one tap: nothing must be and nothing can be said with it."""
    return not moves.field_names(move)


def needs_two(move: str) -> bool:
    return move in MOVES and MOVES[move].second_person


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
