"""The forms of orders."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mulin.academy.catalogues import age_name, ages, parts, theme_choices
from mulin.academy.orders import states
from mulin.academy.orders.actions import MINUTES
from mulin.academy.orders.reading import DAYS, MOST_PEOPLE, choice_of
from mulin.academy.orders.showing import time_word, weekday


def time_choices() -> list[tuple[str, str]]:
    return [(choice_of(day, part), time_word(day, part)) for day in DAYS for part in parts()]


def age_choices(blank: Any = "") -> list[tuple[str, Any]]:
    return [("", blank or _("都可以")), *((code, age_name(code)) for code in ages())]


class Want(forms.Form):
    """What somebody would like or can give, more exactly. Everything may stay empty."""

    theme = forms.ChoiceField(label=_("哪一类"), required=False)
    gives = forms.ChoiceField(
        label=_("能做什么"), required=False, choices=lambda: [("", _("不选")), *states.GIVES.items()]
    )
    age = forms.ChoiceField(label=_("给谁"), required=False, choices=age_choices)
    people = forms.IntegerField(
        label=_("一共几个人"), required=False, min_value=1, max_value=MOST_PEOPLE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    times = forms.MultipleChoiceField(
        label=_("什么时候方便"), required=False, choices=time_choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", _("按我写的来分")), *theme_choices()]

    def week(self) -> list[dict[str, Any]]:
        """The boxes of `times` as a table: a row a day, a column a part of the day."""
        chosen = set(self["times"].value() or ())
        name = self.add_prefix("times")
        return [
            {
                "day": weekday(day),
                "cells": [
                    {
                        "id": f"id_{name}_{choice_of(day, part)}",
                        "value": choice_of(day, part),
                        "label": time_word(day, part),
                        "is_on": choice_of(day, part) in chosen,
                    }
                    for part in parts()
                ],
            }
            for day in DAYS
        ]

    @property
    def times_name(self) -> str:
        return self.add_prefix("times")

    @property
    def part_words(self) -> list[str]:
        return [str(one) for one in parts().values()]

    def given(self) -> dict[str, Any]:
        """What was filled in, as `describe_order` takes it; empty when nothing was."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class Describe(Want):
    """The same for the desk, with how long one meeting lasts."""

    minutes = forms.IntegerField(
        label=_("一次多少分钟"), required=False, min_value=MINUTES[0], max_value=MINUTES[1]
    )
    field_order = ("theme", "gives", "age", "people", "minutes", "times")


class Answer(forms.Form):
    """One answer to everybody behind the chosen orders."""

    decision = forms.ChoiceField(
        label=_("接不接"), widget=forms.RadioSelect,
        choices=[("accepted", _("接单")), ("declined", _("暂时做不到"))],
    )  # fmt: skip
    text = forms.CharField(
        label=_("给大家的答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("接单：谁来做、大约什么时候开始。做不到：为什么，有没有别的办法。"),
    )  # fmt: skip


class Slip(forms.Form):
    """One line of the fast entry: an order as it was written on paper or said in the yard."""

    kind = forms.ChoiceField(choices=[("wish", _("我想要")), ("offer", _("我能"))], initial="wish")
    theme = forms.ChoiceField(required=False)
    text = forms.CharField(required=False, max_length=500)
    age = forms.ChoiceField(required=False, choices=lambda: age_choices(_("没说年龄")))
    day = forms.ChoiceField(
        required=False, choices=lambda: [("", _("哪天都行")), *((str(d), weekday(d)) for d in DAYS)]
    )
    part = forms.ChoiceField(
        required=False,
        choices=lambda: [("", _("整天")), *((code, str(one)) for code, one in parts().items())],
    )
    people = forms.IntegerField(required=False, min_value=1, max_value=MOST_PEOPLE)
    contact = forms.CharField(required=False, max_length=80)
    key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", _("看内容")), *theme_choices()]
        for field in self.fields.values():
            field.widget.attrs["class"] = "control"
        for name, word in (("text", _("说了什么")), ("people", _("几个人")), ("contact", _("电话"))):
            self.fields[name].widget.attrs["placeholder"] = word

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not given.get("theme") and not given.get("text") and not self.is_blank():
            self.add_error("text", _("请选一类，或者写一句想要什么。"))
        return given

    def is_blank(self) -> bool:
        """A line that nobody wrote on."""
        names = ("theme", "text", "age", "day", "part", "people", "contact")
        return not any(self.data.get(self.add_prefix(name), "").strip() for name in names)

    def times(self) -> list[str]:
        """The choices that day and part stand for; none when both are open."""
        day, part = self.cleaned_data["day"], self.cleaned_data["part"]
        if not day and not part:
            return []
        days = [int(day)] if day else list(DAYS)
        return [choice_of(one, code) for one in days for code in ([part] if part else parts())]
