"""Setting a rule: the value in the form that the rule takes, where, when, under which conditions, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from mulin.desk.admin.forms import common
from mulin.desk.admin.reading import rules
from mulin.desk.admin.where import PlaceFormField
from mulin.desk.pickers import category_choices
from mulin.kernel import clock, rulevalues
from mulin.kernel.errors import ActionError
from mulin.kernel.rules import CERTAINTIES
from mulin.voices.categories import catalogue
from mulin.voices.states import KIND_WORDS, SEVERITY_WORDS

HELP = {
    rulevalues.LIMIT: _("数字加单位：30 min 分钟、2 h 小时、2 wh 工作小时、5 wd 工作日、15 d 天、6 mo 月"),
    rulevalues.WHOLE: _("整数"),
    rulevalues.NUMBER: _("数字，可以带小数"),
    rulevalues.TABLE: _("一行一项：名称 | 甲, 乙"),
    rulevalues.RECORD: _("一行一项：名称 | 值"),
}


class RuleForm(common.Form):
    """One own value of one rule. `fields_of_value()` gives the arguments of the action."""

    place = PlaceFormField(
        label=_("在哪里"),
        levels=(0, 2, 4, 6, 9, 12),
        help_text=_("这里和它下面的地方都照这个值，除非更近的地方另有设定"),
    )
    valid_from = common.day(_("第一天"), required=True)
    valid_to = common.day(_("最后一天"), help_text=_("空着：一直有效"))
    basis = common.area(_("依据"), rows=2, help_text=_("文件名和条款，或谁在什么会上定的"))
    certainty = forms.ChoiceField(label=_("有多可靠"), widget=forms.RadioSelect)
    note = common.area(_("说明"), rows=2, required=False, help_text=_("显示在值的旁边"))

    def __init__(self, name: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.name = name
        self.shape, self.words = rules.shape(name)
        self.fields["certainty"].choices = [(one, rules.CERTAINTY[one][0]) for one in CERTAINTIES]
        fields = self._value_fields() | self._condition_fields()
        self.fields = {**fields, **self.fields}
        self.order_fields(["value", "is_unset", "place", *self.conditions, "valid_from", "valid_to"])
        self.initial.setdefault("valid_from", clock.today())

    use_required_attribute = False

    def _bound(self, names: list[str]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    @property
    def before(self) -> list[forms.BoundField]:
        """What comes first on the page: the value and where it holds."""
        return self._bound(["value", "is_unset", "place"])

    @property
    def narrowing(self) -> list[forms.BoundField]:
        return self._bound(self.conditions)

    @property
    def after(self) -> list[forms.BoundField]:
        return self._bound(["valid_from", "valid_to", "basis", "certainty", "note"])

    @property
    def is_narrow(self) -> bool:
        """Whether a condition is filled in, or wrong: then they are shown."""
        return any(self[name].value() or self[name].errors for name in self.conditions)

    @property
    def conditions(self) -> list[str]:
        return [f"if_{key}" for key in rules.facts_of(self.name)]

    def _value_fields(self) -> dict[str, forms.Field]:
        kind, label = self.shape.kind, _("值")
        help_text: Any = HELP.get(kind, "")
        value: forms.Field
        if kind == rulevalues.YES_NO:
            value = forms.ChoiceField(
                choices=[("true", _("是")), ("false", _("否"))], widget=forms.RadioSelect
            )
        elif kind == rulevalues.LIST and self.words:
            value = forms.MultipleChoiceField(
                choices=list(self.words.items()), widget=forms.CheckboxSelectMultiple
            )
        elif kind == rulevalues.TEXT and self.words:
            value = forms.ChoiceField(
                choices=[("", pgettext("value", "空着")), *self.words.items()], widget=forms.RadioSelect
            )
        elif kind in {rulevalues.ENTRIES, rulevalues.TABLE, rulevalues.RECORD, rulevalues.LIST}:
            value = common.area(label, rows=6, wrap="off", **{"class": "lines"})
            if kind == rulevalues.ENTRIES:
                named = " | ".join(str(rules.COLUMNS.get(key, key)) for key, _kind in self.shape.columns)
                help_text = _("一行一项，各段用“|”隔开：%(columns)s。一段里有几个的，用逗号隔开") % {
                    "columns": named
                }
            elif kind == rulevalues.LIST:
                help_text = _("用逗号或换行隔开")
        else:
            value = common.line(label, most=200)
        value.label, value.help_text = label, help_text
        value.required = kind not in {rulevalues.LIST, rulevalues.TEXT}
        value.error_messages["required"] = _("请填写值。")
        unset = forms.BooleanField(
            label=_("这里不定值"),
            required=False,
            help_text=_("需要这条规则的操作会被拒绝，并提示来这里填写"),
        )
        return {"value": value, "is_unset": unset}

    def _condition_fields(self) -> dict[str, forms.Field]:
        makers = {
            "kind": lambda: [(code, word[0]) for code, word in KIND_WORDS.items()],
            "severity": lambda: list(SEVERITY_WORDS.items()),
            "category": category_choices,
            "group": lambda: [(one.code, one.name) for one in catalogue().groups.values()],
            "staff": lambda: [("true", _("是")), ("false", _("否"))],
            "account": lambda: [("true", _("是")), ("false", _("否"))],
        }
        found: dict[str, forms.Field] = {}
        for key in rules.facts_of(self.name):
            many = key in {"kind", "category"}
            widget = (
                forms.CheckboxSelectMultiple if key == "kind" else forms.SelectMultiple(attrs={"size": 8})
            )
            if many:
                field: forms.Field = forms.MultipleChoiceField(
                    choices=makers[key](), widget=widget, required=False
                )
            else:
                field = forms.ChoiceField(choices=[("", _("不限")), *makers[key]()], required=False)
            field.label = _("只用于：%(fact)s") % {"fact": rules.FACTS[key]}
            found[f"if_{key}"] = field
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_unset"):
            self.errors.pop("value", None)
            data["read"] = None
            return data
        if "value" in self.errors:
            return data
        try:
            given = data.get("value")
            data["read"] = given if isinstance(given, list) else rulevalues.read(given or "", self.shape)
            self._known(data["read"])
        except ActionError as error:
            self.add_error("value", str(error.message))
        return data

    def _known(self, value: Any) -> None:
        """Roles in a table or in entries must exist: a typing mistake would tell nobody."""
        from mulin.people.states import ROLES

        named: set[str] = set()
        if self.shape.kind == rulevalues.TABLE:
            named = {*value, *(one for part in value.values() for one in part)} - {"*"}
        elif self.shape.kind == rulevalues.ENTRIES:
            named = {one for row in value for one in row.get("roles", [])}
        if unknown := sorted(named - set(ROLES)):
            raise rulevalues.wrong(
                _("没有“%(role)s”这种岗位。可以写：%(known)s。")
                % {
                    "role": unknown[0],
                    "known": "、".join(f"{code}（{word}）" for code, (word, _levels) in ROLES.items()),
                }
            )

    def match(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self.conditions:
            value = self.cleaned_data.get(name)
            if value in ("", [], None):
                continue
            found[name[3:]] = value == "true" if value in ("true", "false") else value
        return found

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        keys = ("place", "valid_from", "valid_to", "basis", "certainty", "note")
        return {
            "name": self.name,
            "value": data["read"],
            "match": self.match(),
            **{key: data[key] for key in keys},
        }


def initial(name: str, rule: Any, place: str) -> dict[str, Any]:
    """A form that begins with the value in force: only what differs must be typed."""
    shape, words = rules.shape(name)
    found: dict[str, Any] = {"place": place, "certainty": "local practice"}
    if rule is None or rule.unset:
        return found
    if shape.kind == rulevalues.LIST and words:
        found["value"] = list(rule.value)
    else:
        found["value"] = rulevalues.written(rule.value, shape)
    for key, wanted in rule.match.items():
        one = wanted[0]
        found[f"if_{key}"] = (
            list(wanted)
            if key in {"kind", "category"}
            else str(one).lower()
            if isinstance(one, bool)
            else one
        )
    return found
