"""The forms of the desk: a new topic with its calendar, its days, a reason, an outcome in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.topics import access, library
from mulin.councils.topics.actions import REASON_LENGTH, REMARK_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH, Days
from mulin.councils.topics.calendar import Planned
from mulin.councils.topics.definition import Process
from mulin.councils.topics.states import SITE_WORDS
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.people.models import Organisation
from mulin.people.queries import list_groups
from mulin.places import queries as places

DAY = {"type": "date"}
MOST = 400
Choices = list[tuple[Any, Any]]
LEVELS = {"street": codes.Level.STREET, "community": codes.Level.COMMUNITY}


def place_choices(actor: Actor, process: Process) -> Choices:
    """Streets and communities of the actor's posts at which this process can run; a district's by street."""
    wanted = {LEVELS[one] for one in process.places}
    roles = policy.table()[access.MANAGE]
    found: dict[Any, Any] = {}
    for post in actor.posts:
        if not roles.get(post.role):
            continue
        code = post.place.partition("-")[0]
        if codes.level(code) >= codes.Level.COMMUNITY:
            found[code] = places.name_of(code)
        elif codes.level(code) == codes.Level.STREET:
            found |= _street(code, wanted)
        elif codes.level(code) == codes.Level.DISTRICT:
            for street in places.children(code)[:MOST]:
                found[street.name] = list(_street(street.code, wanted).items())
    plain = {key: label for key, label in found.items() if isinstance(label, list) or _fits(key, wanted)}
    return list(plain.items())


def _fits(code: str, wanted: set[int]) -> bool:
    return codes.level(code) in wanted


def _street(code: str, wanted: set[int]) -> dict[str, str]:
    own = {code: places.name_of(code)} if codes.Level.STREET in wanted else {}
    inside = places.children(code)[:MOST] if codes.Level.COMMUNITY in wanted else []
    return own | {one.code: one.name for one in inside}


def site_choices(place: str, process: Process) -> Choices:
    """What lies in the community and may be what a topic is about, by kind."""
    blank: Choices = [("", _("请选一个")) if process.needs_site else ("", _("整个社区"))]
    if not process.site or codes.level(place) != codes.Level.COMMUNITY:
        return [("", _("整个社区"))]
    found = blank
    for kind in process.site:
        rows = [(one.code, one.name) for one in places.sites(place, kind)]
        if rows:
            found.append((str(SITE_WORDS[kind]), rows))
    return found


def group_choices(actor: Actor, place: str) -> Choices:
    """Who runs it: the office, or a group of neighbours. A group's leader offers only the own group."""
    if policy.can(actor, access.MANAGE, place):
        return [("", _("社区工作人员")), *[(str(one.pk), one.name) for one in list_groups(place)]]
    led = {post.org for post in actor.posts if post.role == "group_leader" and post.org}
    return [(str(one.pk), one.name) for one in Organisation.objects.filter(pk__in=led, closed_on=None)]


class NewTopic(forms.Form):
    """What, where, from when, and every step's days. `look` computes the days anew."""

    title = forms.CharField(
        label=gettext_lazy("议题"), max_length=TITLE_LENGTH,
        help_text=gettext_lazy("一句话，邻居一看就懂，比如“玉林东街的行道树换不换”"),
    )  # fmt: skip
    summary = forms.CharField(
        label=gettext_lazy("为什么要商量"), max_length=SUMMARY_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("写身份，不写姓名、电话和证件号。"),
    )  # fmt: skip
    place = forms.ChoiceField(label=gettext_lazy("在哪里"))
    site = forms.ChoiceField(label=gettext_lazy("哪个小区、院落或楼栋"), required=False)
    org = forms.ChoiceField(label=gettext_lazy("谁来主持"), required=False)
    starts_on = forms.DateField(
        label=gettext_lazy("从哪天开始"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )

    def __init__(self, actor: Actor, process: Process, data: Any = None, **given: Any):
        initial = {"starts_on": today(), **{key: value for key, value in given.items() if value}}
        super().__init__(data, initial=initial)
        offered = place_choices(actor, process)
        self.fields["place"].choices = offered
        values = _values(offered)
        place = (data or {}).get("place") or initial.get("place") or next(iter(values), "")
        place = place if place in values else next(iter(values), "")
        self.initial.setdefault("place", place)
        self.fields["site"].choices = site_choices(place, process) if place else []
        self.fields["site"].required = process.needs_site
        self.fields["org"].choices = group_choices(actor, place) if place else []
        self.fields["org"].required = all(value for value, _name in self.fields["org"].choices)
        if len(values) == 1:
            self.fields["place"].widget = forms.HiddenInput()
        if len(self.fields["site"].choices) <= 1 and not process.needs_site:
            self.fields["site"].widget = forms.HiddenInput()
        if len(self.fields["org"].choices) <= 1:
            self.fields["org"].widget = forms.HiddenInput()
            self.initial["org"] = self.fields["org"].choices[0][0] if self.fields["org"].choices else ""

    def values(self) -> dict[str, Any]:
        """As `start_topic` takes it."""
        data = dict(self.cleaned_data)
        return {**data, "org": UUID(data["org"]) if data["org"] else None}

    def start(self) -> date:
        """From when to reckon, also while the form is not right yet."""
        field = self.fields["starts_on"]
        try:
            return field.clean(self["starts_on"].value())
        except forms.ValidationError:
            return today()


def _values(choices: Choices) -> list[str]:
    found: list[str] = []
    for value, label in choices:
        found += [code for code, _name in label] if isinstance(label, list) else [value]
    return found


class EditTopic(forms.Form):
    """The words of a topic; the title and the start only while it is a draft."""

    title = forms.CharField(label=gettext_lazy("议题"), max_length=TITLE_LENGTH)
    summary = forms.CharField(
        label=gettext_lazy("为什么要商量"), max_length=SUMMARY_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 6}), help_text=gettext_lazy("写身份，不写姓名、电话和证件号。"),
    )  # fmt: skip
    starts_on = forms.DateField(
        label=gettext_lazy("从哪天开始"), required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=gettext_lazy("改了以后，每一步的日子会跟着重排"),
    )  # fmt: skip

    def __init__(self, topic: Any, data: Any = None):
        names = ("title", "summary", "starts_on")
        super().__init__(data, initial={name: getattr(topic, name) for name in names})
        if topic.state != "draft":
            self.fields["title"].disabled = True
            del self.fields["starts_on"]


class Reason(forms.Form):
    """Why, for everybody to read."""

    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("大家都会看到。写身份，不写姓名和电话。"),
    )  # fmt: skip


class Remark(forms.Form):
    """What came out, in words."""

    remark = forms.CharField(
        label=gettext_lazy("这一步得出了什么"), max_length=REMARK_LENGTH, required=False,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("两三句话，大家都会看到。"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, is_needed: bool = False):
        super().__init__(data)
        self.fields["remark"].required = is_needed


def posted_days(data: Mapping[str, Any], keys: list[str]) -> tuple[Days, str]:
    """The days that somebody changed, and the first step whose days are no dates (empty: none). A day that is
    left as it was shown follows the steps before it, so it is not taken as a wish."""
    found: dict[str, tuple[date, date]] = {}
    for key in keys:
        given = data.get(f"begin_{key}", ""), data.get(f"end_{key}", "")
        if f"{given[0]}/{given[1]}" == data.get(f"was_{key}") or not any(given):
            continue
        try:
            found[key] = date.fromisoformat(given[0]), date.fromisoformat(given[1])
        except ValueError:
            return found, key
    return found, ""


def day_rows(process: Process, planned: Mapping[str, Planned], wrong: str = "") -> list[dict[str, Any]]:
    """Each step with its days, for the table in which they are set."""
    return [
        {
            "key": spec.key,
            "n": n,
            "title": library.words(spec, "title"),
            "begin": planned[spec.key].begins_on.isoformat(),
            "end": planned[spec.key].ends_on.isoformat(),
            "promised": spec.at_least.amount and planned[spec.key].may_end.isoformat(),
            "is_optional": spec.is_optional,
            "is_certain": planned[spec.key].is_certain,
            "is_wrong": wrong == spec.key,
        }
        for n, spec in enumerate(process.steps, 1)
    ]
