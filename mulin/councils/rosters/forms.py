"""What is filled in about rosters at the desk and by residents."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mulin.councils.rosters import areas, lines, queries, states
from mulin.councils.rosters.bodies import FROM_PEOPLE, HOUSEHOLD, LINES, PERSON, UNIT
from mulin.councils.rosters.models import Roster, RosterEntry
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.people.models import Organisation
from mulin.people.queries import list_groups
from mulin.places import queries as places

Choices = list[tuple[Any, Any]]
MOST = 400
START_EMPTY, START_PEOPLE, START_COPY = "hand", "people", "like:"


def _day(label: Any, help_text: Any = "", **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, **more)


def _text(label: Any, rows: int, most: int, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **more)


def communities(actor: Actor) -> Choices:
    """The communities in which the actor may make a roster, by street for who works above one."""
    roles = policy.table()[queries.MANAGE]
    found: dict[Any, Any] = {}
    for post in actor.posts:
        if not roles.get(post.role):
            continue
        code = post.place.partition("-")[0]
        if codes.level(code) >= codes.Level.COMMUNITY:
            found[code] = places.name_of(code)
        elif codes.level(code) == codes.Level.STREET:
            found |= {one.code: one.name for one in places.children(code)[:MOST]}
        elif codes.level(code) == codes.Level.DISTRICT:
            for street in places.children(code)[:MOST]:
                found[street.name] = [(one.code, one.name) for one in places.children(street.code)[:MOST]]
    return list(found.items())


def first_of(choices: Choices) -> str:
    """The first value of choices that may be grouped."""
    for value, label in choices:
        if not isinstance(label, list):
            return str(value)
        if label:
            return str(label[0][0])
    return ""


def keepers(actor: Actor, place: str) -> Choices:
    """Who keeps the roster: the committee, or a group of neighbours; a group's leader only the own group."""
    if place and policy.can(actor, queries.MANAGE, place):
        return [("", _("社区工作人员")), *[(str(one.pk), one.name) for one in list_groups(place)]]
    led = {post.org for post in actor.posts if post.role == "group_leader" and post.org}
    found = Organisation.objects.filter(pk__in=led, closed_on=None)
    return [(str(one.pk), one.name) for one in found] or [("", _("社区工作人员"))]


def site_choices(place: str) -> Choices:
    """The whole community, or an estate, courtyard or building of it."""
    found: Choices = [("", _("整个社区"))]
    for kind, word in (
        ("estate", pgettext("place", "小区")),
        ("courtyard", pgettext("place", "院落")),
        ("building", pgettext("place", "楼栋")),
    ):
        rows = [(one.code, one.name) for one in places.sites(place, kind)] if place else []
        if rows:
            found.append((word, rows))
    return found


class NewRoster(forms.Form):
    """Whose roster, where, and from what it starts."""

    place = forms.ChoiceField(label=gettext_lazy("哪个社区"))
    body = forms.ChoiceField(
        label=gettext_lazy("列谁"), choices=list(states.BODY_WORDS.items()), widget=forms.RadioSelect,
        help_text=gettext_lazy("业主和居民是两回事：业主看产权，居民看住在哪里。不能合在一起算。"),
    )  # fmt: skip
    org = forms.ChoiceField(label=gettext_lazy("谁来编"), required=False)
    title = forms.CharField(
        label=gettext_lazy("名称"), max_length=80,
        help_text=gettext_lazy("例如“金堰花园业主名册（2026年11月）”"),
    )  # fmt: skip
    for_what = forms.CharField(label=gettext_lazy("用来做什么"), max_length=300, required=False)
    site = forms.ChoiceField(label=gettext_lazy("只列一部分"), required=False)
    stair = forms.CharField(
        label=gettext_lazy("只列一个单元"), max_length=16, required=False,
        help_text=gettext_lazy("例如加装电梯：先选楼栋，再写单元，如 1单元"),
    )  # fmt: skip
    start = forms.ChoiceField(label=gettext_lazy("从哪里开始"), widget=forms.RadioSelect)

    def __init__(self, actor: Actor, earlier: Iterable[Roster], place: str, data: Any = None):
        offered = communities(actor)
        super().__init__(data, initial={"place": place, "start": START_EMPTY, "body": "owners"})
        self.fields["place"].choices = offered
        self.fields["site"].choices = site_choices(place)
        self.fields["org"].choices = keepers(actor, place)
        if len(self.fields["org"].choices) == 1 and not self.fields["org"].choices[0][0]:
            del self.fields["org"]
        starts = [
            (START_EMPTY, _("空白：之后导入表格，或一条一条加")),
            (START_PEOPLE, _("由已确认的住户生成（只限居民、住户和院落）")),
        ]
        copies = [
            (f"{START_COPY}{one.number}", _("照着“%(title)s”（%(body)s）再做一份") % _named(one))
            for one in earlier
        ]
        self.fields["start"].choices = starts + copies

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("start") == START_PEOPLE and data.get("body") not in (*FROM_PEOPLE, None):
            self.add_error("start", _("系统不知道谁是业主、代表或党员。请从空白开始，再导入表格。"))
        return data

    def values(self) -> dict[str, Any]:
        """As `actions.draft_roster` takes it."""
        data = dict(self.cleaned_data)
        start = data.pop("start")
        org = data.pop("org", "")
        data["org"] = Organisation.objects.get(pk=org) if org else None
        copied = start.removeprefix(START_COPY) if start.startswith(START_COPY) else ""
        return {**data, "like": copied, "source": START_PEOPLE if start == START_PEOPLE else START_EMPTY}


def _named(roster: Roster) -> dict[str, str]:
    return {"title": roster.title, "body": str(states.BODY_WORDS[roster.body])}


class Frame(forms.Form):
    """Title and purpose."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=80)
    for_what = forms.CharField(label=gettext_lazy("用来做什么"), max_length=300, required=False)


class Upload(forms.Form):
    """A filled-in template."""

    file = forms.FileField(
        label=gettext_lazy("填好的表格"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("Excel 或 CSV，第一行是列名"),
    )


class Freeze(forms.Form):
    """Until when objections are taken."""

    objections_until = _day(gettext_lazy("提异议到哪天"), gettext_lazy("这一天也算。定稿以后公示"))


class Reason(forms.Form):
    """A reason that others read."""

    reason = _text(gettext_lazy("原因"), 3, 300)


class Phone(forms.Form):
    """Why a telephone number is read."""

    purpose = forms.CharField(
        label=gettext_lazy("为什么要联系"), max_length=200, help_text=gettext_lazy("记下来，本人会看到")
    )


class LineForm(forms.Form):
    """One line of a draft; which fields there are depends on whose roster it is."""

    label = forms.CharField(label=gettext_lazy("姓名"), max_length=80)
    building = forms.ChoiceField(label=gettext_lazy("楼栋"), required=False)
    stair = forms.CharField(label=gettext_lazy("单元"), max_length=16, required=False)
    door = forms.CharField(label=gettext_lazy("房号或车位号"), max_length=40, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("类型"), choices=list(states.KIND_WORDS.items()), widget=forms.RadioSelect
    )
    registry = forms.CharField(
        label=gettext_lazy("登记面积（平方米）"), max_length=20, required=False,
        help_text=gettext_lazy("不动产登记簿上的数，照写，例如 89.34；没有就空着"),
    )  # fmt: skip
    survey = forms.CharField(label=gettext_lazy("实测面积（平方米）"), max_length=20, required=False)
    contract = forms.CharField(label=gettext_lazy("合同面积（平方米）"), max_length=20, required=False)
    owners = forms.CharField(
        label=gettext_lazy("业主"), max_length=400, required=False,
        help_text=gettext_lazy("几位共有人用顿号隔开"),
    )  # fmt: skip
    owner_codes = forms.CharField(
        label=gettext_lazy("业主编号"), max_length=400, required=False,
        help_text=gettext_lazy("同一个人有几套，几处写同一个编号。空着就自动编"),
    )  # fmt: skip
    phones = forms.CharField(label=gettext_lazy("业主电话"), max_length=400, required=False)
    is_developers = forms.BooleanField(label=gettext_lazy("开发商未售或未交付"), required=False)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)
    note = forms.CharField(label=gettext_lazy("备注"), max_length=200, required=False)

    OF = {
        UNIT: (
            "building", "stair", "door", "kind", "registry", "survey", "contract", "owners", "owner_codes",
            "phones", "is_developers", "note",
        ),
        HOUSEHOLD: ("building", "stair", "door", "phone", "note"),
        PERSON: ("label", "building", "stair", "door", "phone", "note"),
    }  # fmt: skip

    def __init__(self, roster: Roster, entry: RosterEntry | None, data: Any = None):
        self.roster, self.entry = roster, entry
        super().__init__(data, initial=_initial(entry) if entry else {"kind": "home"})
        kept = self.OF[LINES[roster.body]]
        self.fields = {name: self.fields[name] for name in kept}
        names = [(one.code, one.name) for one in lines.buildings_of(roster)]
        self.fields["building"].choices = [("", "—"), *names]
        if entry is not None and entry.phone_last4 and "phone" in self.fields:
            self.fields["phone"].help_text = _("已有尾号 %(last4)s 的电话，空着就不改") % {
                "last4": entry.phone_last4
            }

    def line(self) -> lines.Line:
        """As `actions.add_entry` takes it. Raises ActionError for what cannot be read."""
        data = self.cleaned_data
        names = dict(self.fields["building"].choices)
        found = lines.Line(
            label=data.get("label", ""), building=data["building"], stair=data["stair"], door=data["door"],
            building_name=names[data["building"]] if data["building"] else "", note=data["note"],
        )  # fmt: skip
        if LINES[self.roster.body] != UNIT:
            found.phone = lines.phone(data["phone"]) or self._known_phone()
            found.account = self._known_account(found)
            return found
        found.kind, found.is_developers = data["kind"], data["is_developers"]
        for name in states.AREA_WORDS:
            setattr(found, name, lines.area(data[name], name))
        found.owners = lines.owners_of(data["owners"], data["owner_codes"], data["phones"])
        return found

    def _known_phone(self) -> str:
        from mulin.kernel import secrets

        return secrets.unseal(self.entry.phone_sealed) if self.entry else ""

    def _known_account(self, found: lines.Line) -> Any:
        """The account stays with a line whose name or door was not changed."""
        if self.entry is None or self.entry.label != (found.label or self.entry.label):
            return None
        return self.entry.account


def _initial(entry: RosterEntry) -> dict[str, Any]:
    names = ("label", "building", "stair", "door", "kind", "is_developers", "note")
    found = {name: getattr(entry, name) for name in names}
    found |= {name: areas.show(getattr(entry, name)) for name in states.AREA_WORDS}
    people = list(entry.owners.order_by("code"))
    found["owners"] = "、".join(one.name for one in people)
    found["owner_codes"] = "、".join(one.code for one in people)
    return found


class Letters(forms.Form):
    """Which letters to print."""

    building = forms.ChoiceField(label=gettext_lazy("哪栋楼"), required=False)
    only_open = forms.BooleanField(label=gettext_lazy("已经有账户认领的不再印"), required=False, initial=True)

    def __init__(self, roster: Roster, data: Any = None):
        super().__init__(data)
        held = set(roster.entries.order_by().values_list("building", flat=True).distinct())
        names = [(one.code, one.name) for one in lines.buildings_of(roster) if one.code in held]
        self.fields["building"].choices = [("", _("全部")), *names]


class ProxyForm(forms.Form):
    """A written authority as it lies on the desk."""

    keys = forms.MultipleChoiceField(
        label=gettext_lazy("替谁"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("委托书上写明的那几套或那几户"),
    )  # fmt: skip
    giver = forms.ChoiceField(label=gettext_lazy("哪位业主签的字"), required=False)
    holder_name = forms.CharField(label=gettext_lazy("受托人姓名"), max_length=40)
    holder_phone = forms.CharField(
        label=gettext_lazy("受托人电话"), max_length=30, required=False,
        help_text=gettext_lazy("电话验证过的账户姓名相同，他就能在手机上投；没有账户的来投纸票"),
    )  # fmt: skip
    vote = forms.ChoiceField(label=gettext_lazy("委托哪次表决"), required=False)
    signed_on = _day(gettext_lazy("哪天签的字"))
    until = _day(gettext_lazy("到哪天为止"))
    view = _text(
        gettext_lazy("委托书上写明的本人意见"), 3, 500, required=False,
        help_text=gettext_lazy("照原文。加密保存，不公开"),
    )  # fmt: skip
    scan = forms.FileField(
        label=gettext_lazy("扫描件或照片"), required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
    )  # fmt: skip

    def __init__(self, roster: Roster, found: list[RosterEntry], data: Any = None, files: Any = None):
        initial = {"signed_on": today(), "until": today() + timedelta(days=30)}
        super().__init__(data, files, initial=initial)
        self.fields["keys"].choices = [(one.key, one.label) for one in found]
        people = {person.code: person.name for one in found for person in one.owners.all()}
        if people:
            self.fields["giver"].choices = [("", "—"), *people.items()]
        else:
            del self.fields["giver"]
        votes = [(one.number, one.title) for one in roster.votes.exclude(state="draft").order_by("-id")[:20]]
        self.fields["vote"].choices = [("", _("用这份名册的每次表决")), *votes]


class ObjectionForm(forms.Form):
    """What is wrong with a roster."""

    kind = forms.ChoiceField(
        label=gettext_lazy("哪里不对"), choices=list(states.OBJECTION_WORDS.items()), widget=forms.RadioSelect
    )
    text = _text(
        gettext_lazy("写清楚"),
        5,
        1000,
        help_text=gettext_lazy("例如：我家是1栋1单元5-2，登记面积应当是 89.34"),
    )


class HeardObjection(ObjectionForm):
    """The same, said at the counter or on the telephone."""

    name = forms.CharField(label=gettext_lazy("谁提的"), max_length=40)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=30, required=False)


class Answer(forms.Form):
    """The answer to an objection."""

    is_accepted = forms.ChoiceField(
        label=gettext_lazy("怎么定"), widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("采纳，接着出一份更正的名册")),
            ("no", gettext_lazy("不采纳，写明原因")),
        ],
    )  # fmt: skip
    answer = _text(gettext_lazy("答复"), 5, 1000, help_text=gettext_lazy("提的人会看到：怎么核实的、怎么办"))


class CodeForm(forms.Form):
    """The code of a letter."""

    code = forms.CharField(
        label=gettext_lazy("信上的码"), max_length=16,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )  # fmt: skip
