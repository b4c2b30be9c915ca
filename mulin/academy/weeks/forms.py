"""The forms of teachers and weeks. Windows of the week are typed row by row: day, from, to."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy import catalogues
from mulin.academy.timetable import week as weeks
from mulin.academy.weeks import queries, states
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock, codes, days
from mulin.kernel.actors import Actor
from mulin.places.queries import name_of, names_of

ROWS = 5
COMING_WEEKS = 8


def _time(**more: Any) -> forms.CharField:
    return forms.CharField(
        required=False, max_length=5, widget=forms.TimeInput(attrs={"type": "time"}), **more
    )


def _date(**more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **more)


def add_windows(form: forms.Form, given: list[dict[str, Any]]) -> None:
    """Fields for the windows there are and some more; a row without a day is none."""
    choices = [("", _("不填")), *((str(n), label) for n, label in states.DAYS.items())]
    many = max(ROWS, len(given) + 2)
    form.window_rows = many
    for n in range(many):
        row = given[n] if n < len(given) else {}
        form.fields[f"day_{n}"] = forms.ChoiceField(
            choices=choices, required=False, label=_("第 %(n)s 个时段") % {"n": n + 1},
            initial=str(row.get("day", "")),
        )  # fmt: skip
        form.fields[f"from_{n}"] = _time(label=_("从"), initial=row.get("from", ""))
        form.fields[f"to_{n}"] = _time(label=_("到"), initial=row.get("to", ""))


def windows_of(form: forms.Form) -> list[dict[str, Any]]:
    found = []
    for n in range(form.window_rows):
        if day := form.cleaned_data.get(f"day_{n}"):
            times = {name: form.cleaned_data.get(f"{name}_{n}", "")[:5] for name in ("from", "to")}
            found.append({"day": int(day), **times})
    return found


def window_fields(form: forms.Form) -> list[tuple[Any, Any, Any]]:
    """Bound fields by row, for the template."""
    return [tuple(form[f"{name}_{n}"] for name in ("day", "from", "to")) for n in range(form.window_rows)]


class WindowsMixin(forms.Form):
    """A form with windows of the week; an error about them stands above the first row."""

    window_rows = 0

    def rows(self) -> list[tuple[Any, Any, Any]]:
        return window_fields(self)

    def plain(self) -> list[Any]:
        """The fields that are no windows, in their order."""
        names = {f"{name}_{n}" for name in ("day", "from", "to") for n in range(self.window_rows)}
        return [self[name] for name in self.fields if name not in names]


class TeacherForm(WindowsMixin):
    """A teacher's record, new or being put right."""

    place = forms.ChoiceField(label=gettext_lazy("哪个社区"))
    name = forms.CharField(label=gettext_lazy("怎么称呼"), max_length=40)
    phone = forms.CharField(
        label=gettext_lazy("电话"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("只有排课的人看得到"),
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("教什么"), widget=forms.SelectMultiple(attrs={"size": 8})
    )
    about = forms.CharField(label=gettext_lazy("一句话介绍"), max_length=200, required=False)
    week_most = forms.IntegerField(
        label=gettext_lazy("一周最多几节"), required=False, min_value=1, max_value=21,
        help_text=gettext_lazy("空着就不限"),
    )  # fmt: skip
    places = forms.MultipleChoiceField(
        label=gettext_lazy("也愿意去这些社区"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_named = forms.BooleanField(
        label=gettext_lazy("本人同意公开称呼"),
        required=False,
        help_text=gettext_lazy("不勾，课表上只写“有老师”"),
    )

    answer = forms.CharField(
        label=gettext_lazy("给对方的答复"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, actor: Actor, data: Any = None, *, teacher: Teacher | None = None, initial: dict | None = None,
        needs_answer: bool = False,
    ):  # fmt: skip
        initial = dict(initial or {})
        if teacher is not None:
            names = ("place", "name", "phone", "skills", "about", "week_most", "places", "is_named")
            initial = {name: getattr(teacher, name) for name in names} | initial
        super().__init__(data, initial=initial)
        places = queries.manageable_places(actor, queries.TEACHERS)
        self.fields["place"].choices = list(names_of(places).items())
        self.fields["skills"].choices = catalogues.theme_choices()
        if not needs_answer:
            del self.fields["answer"]
        if teacher is None:
            del self.fields["places"]
        else:
            del self.fields["place"]
            near = queries.places_under(codes.pad(teacher.place[:9]))
            self.fields["places"].choices = [
                (code, name) for code, name in names_of(near).items() if code not in (teacher.place, near[0])
            ]
            if not self.fields["places"].choices:
                del self.fields["places"]
        add_windows(self, initial.get("times") or (teacher.times if teacher else []))

    def values(self) -> dict[str, Any]:
        names = ("name", "phone", "skills", "about", "week_most", "is_named", "place", "places",
                 "answer")  # fmt: skip
        found = {name: self.cleaned_data[name] for name in names if name in self.fields}
        return {**found, "times": windows_of(self)}


class OwnForm(WindowsMixin):
    """What a teacher settles alone."""

    week_most = forms.IntegerField(
        label=gettext_lazy("一周最多几节"), required=False, min_value=1, max_value=21,
        help_text=gettext_lazy("空着就不限"),
    )  # fmt: skip
    is_named = forms.BooleanField(
        label=gettext_lazy("课表上可以写我的称呼"), required=False,
        help_text=gettext_lazy("不勾，只写“有老师”"),
    )  # fmt: skip

    def __init__(self, teacher: Teacher, data: Any = None):
        super().__init__(data, initial={"week_most": teacher.week_most, "is_named": teacher.is_named})
        add_windows(self, teacher.times)

    def values(self) -> dict[str, Any]:
        return {
            "week_most": self.cleaned_data["week_most"], "is_named": self.cleaned_data["is_named"],
            "times": windows_of(self),
        }  # fmt: skip


class TalkForm(forms.Form):
    on = _date(label=gettext_lazy("哪天谈的"))
    note = forms.CharField(
        label=gettext_lazy("谈了什么"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("只有排课的人看得到"),
    )


class CheckForm(forms.Form):
    """The day, and whether this person can be named where children come; never what a record says."""

    on = _date(label=gettext_lazy("哪天查的"))
    is_clear = forms.TypedChoiceField(
        label=gettext_lazy("孩子的活动"), widget=forms.RadioSelect, coerce=lambda one: one == "yes",
        choices=(("yes", gettext_lazy("可以带")), ("no", gettext_lazy("不排，不用写原因"))),
        help_text=gettext_lazy("选“不排”，往后排给这位的孩子的活动马上空出来，要另请人带"),
    )  # fmt: skip
    paper = forms.CharField(
        label=gettext_lazy("结果存在哪里"), max_length=80, required=False,
        help_text=gettext_lazy("可以带的，写档案编号；不要写查询内容"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["paper"].is_either = True  # asked for with the one answer, dropped with the other


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("为什么"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("对方会看到"),
    )  # fmt: skip


class NewWeekForm(forms.Form):
    """Where, and which week."""

    place = forms.ChoiceField(label=gettext_lazy("排哪里的课"))
    monday = forms.ChoiceField(label=gettext_lazy("哪一周"))
    with_gathered = forms.BooleanField(
        label=gettext_lazy("还没答复的点单也排进来"), required=False,
        help_text=gettext_lazy("公布的时候，没答复过的人会一起收到答复"),
    )  # fmt: skip
    is_shared = forms.BooleanField(
        label=gettext_lazy("各社区的场地一起用"), required=False, help_text=gettext_lazy("排整条街道时有用")
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = list(names_of(queries.manageable_places(actor)).items())
        monday = queries.monday_of(clock.today())
        coming = [monday + timedelta(weeks=n) for n in range(COMING_WEEKS)]
        self.fields["monday"].choices = [
            (day.isoformat(), _("%(from)s 到 %(to)s") % {
                "from": days.day_words(day), "to": days.day_words(day + timedelta(days=6))
            })
            for day in coming
        ]  # fmt: skip
        self.fields["monday"].initial = coming[1].isoformat()


class MoveForm(forms.Form):
    """Where and when one wish of a week is to be held."""

    day = forms.ChoiceField(label=gettext_lazy("星期几"))
    begin = forms.ChoiceField(label=gettext_lazy("几点开始"))
    venue = forms.ChoiceField(label=gettext_lazy("场地"))
    teacher = forms.ChoiceField(label=gettext_lazy("老师"), required=False)

    def __init__(self, week: Week, wish: str, data: Any = None):
        self.week, self.order = week, next(one for one in week.instance["orders"] if one["id"] == wish)
        placed = {one["order"]: one for one in week.solution.get("sessions", [])}.get(wish, {})
        first = self.order["slots"][0]
        now = {
            "day": str(placed.get("day", first["day"])), "begin": placed.get("from", first["from"]),
            "venue": placed.get("venue", ""), "teacher": placed.get("teacher", ""),
        }  # fmt: skip
        super().__init__(data, initial=now)
        self.fields["day"].choices = [
            (str(n), f"{label} {days.day_words(week.monday + timedelta(days=n - 1))}")
            for n, label in states.DAYS.items()
        ]
        grid = week.instance["grid"]
        times = [weeks.time_of(at) for at in range(6 * 60, weeks.DAY - self.order["minutes"] + 1, grid)]
        self.fields["begin"].choices = [(one, one) for one in times]
        self.fields["venue"].choices = self._venues()
        if self.order["skill"]:
            self.fields["teacher"].choices = self._teachers()
            self.fields["teacher"].required = True
        else:
            del self.fields["teacher"]

    def _venues(self) -> list[tuple[str, str]]:
        """Rooms in reach first, each with its size."""
        rows = self.week.instance["venues"]
        near = [one for one in rows if one["place"] in self.order["places"]]
        far = [one for one in rows if one not in near]
        names = names_of({one["place"] for one in rows})
        return [
            (one["id"], _("%(venue)s（%(place)s，坐 %(n)s 人）") % {
                "venue": one["title"], "place": names.get(one["place"], ""), "n": one["capacity"]
            })
            for one in near + far
        ]  # fmt: skip

    def _teachers(self) -> list[tuple[str, str]]:
        """Only those whom the engine may take for it: who has no record check is not on a children's list."""
        fitting = [
            one["id"] for one in self.week.instance["teachers"] if self.order["skill"] in one["skills"]
        ]
        rows = Teacher.objects.filter(number__in=fitting).order_by("name", "id")
        return [(one.number, one.name) for one in rows]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "venue": data["venue"], "day": int(data["day"]), "begin": data["begin"],
            "teacher": data.get("teacher", ""),
        }  # fmt: skip


class PublishForm(forms.Form):
    """One week, or every week until a day."""

    until = _date(
        label=gettext_lazy("每周照这样，到哪天为止"), required=False,
        help_text=gettext_lazy("空着就只公布这一周；法定节假日会跳过"),
    )  # fmt: skip
    answer = forms.CharField(
        label=gettext_lazy("给还没答复的人说一句"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, week: Week, needs_answer: bool, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if needs_answer:
            self.fields["answer"].required = True
            self.fields["answer"].initial = _("您想学的课排上了，请看%(place)s的课表，一点就能报名。") % {
                "place": name_of(week.place)
            }
        else:
            del self.fields["answer"]
