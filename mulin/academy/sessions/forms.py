"""The forms of sessions."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy import catalogues
from mulin.academy.clubs.models import Club
from mulin.academy.sessions import changing, leading, planning, queries, states
from mulin.academy.sessions.models import Session
from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places.models import Venue
from mulin.places.queries import children, names_of, sites

LOCAL = "%Y-%m-%dT%H:%M"
EVERY = (
    ("", gettext_lazy("只办这一次")),
    ("1", gettext_lazy("每周")),
    ("2", gettext_lazy("每两周")),
    ("4", gettext_lazy("每四周")),
)


def _moment(**more: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "900"}, format=LOCAL)
    return forms.DateTimeField(widget=widget, **more)


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _area(rows: int, **attrs: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


def _lasts() -> forms.IntegerField:
    return forms.IntegerField(
        label=gettext_lazy("多少分钟"), min_value=15, max_value=960, initial=90,
        widget=forms.NumberInput(attrs={"step": "15"}),
        help_text=gettext_lazy("场地和老师的时间按一刻钟算"),
    )  # fmt: skip


def manageable_places(actor: Actor) -> list[str]:
    """Streets and communities where the actor may hold sessions by a post at the place."""
    granting = {role for role, cell in policy.table()[queries.MANAGE].items() if "place" in cell}
    found: list[str] = []
    for post in actor.posts:
        if post.role not in granting or not post.place:
            continue
        own = codes.community(post.place) or post.place
        found.append(own)
        if codes.level(own) <= codes.Level.STREET:
            found += [one.code for one in children(own)]
    fitting = [one for one in dict.fromkeys(found) if codes.level(one) >= codes.Level.STREET]
    return fitting


def own_clubs(actor: Actor) -> list[Club]:
    """Running clubs for which the actor may hold sessions."""
    fields = policy.Fields(place="place", orgs="org_id")
    found = Club.objects.filter(
        policy.visible(actor, queries.MANAGE, fields), state__in=("running", "resting")
    )
    return list(found.select_related("org").order_by("org__name"))


def _around(places: list[str]) -> list[str]:
    return list(dict.fromkeys(two for one in places for two in queries.places_around(one)))


def venue_choices(places: list[str]) -> tuple[list[tuple[str, str]], dict[str, Venue]]:
    """Venues in use of these places and their streets."""
    rows = Venue.objects.filter(place__in=_around(places), closed_on=None).exclude(kind="board")
    rows = list(rows.order_by("place", "name"))
    names = names_of({one.place for one in rows}) if len({one.place for one in rows}) > 1 else {}
    shown = [(one.number, " · ".join(filter(None, (names.get(one.place, ""), _room(one))))) for one in rows]
    return shown, {one.number: one for one in rows}


def _room(venue: Venue) -> str:
    if venue.capacity is None:
        return venue.name
    return _("%(name)s（%(n)s人）") % {"name": venue.name, "n": venue.capacity}


def teacher_choices(places: list[str]) -> tuple[list[tuple[str, str]], dict[str, Teacher]]:
    rows = Teacher.objects.filter(place__in=_around(places), state="ready").prefetch_related("checks")
    rows = list(rows.order_by("name"))
    return [(one.number, one.name) for one in rows], {one.number: one for one in rows}


def read_materials(text: str) -> list[dict[str, str]]:
    """One a line: words, an address, or both."""
    found = []
    for line in text.splitlines():
        link = re.search(r"https?://\S+", line)
        url = link.group() if link else ""
        title = line.replace(url, "").strip(" ：:—-")
        if title or url:
            found.append({"title": title, "url": url})
    return found


def write_materials(rows: list[dict[str, str]]) -> str:
    return "\n".join(f"{one['title']} {one['url']}".strip() for one in rows)


class Facts(forms.Form):
    """What a session says, shared by the new one and by changes."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=planning.TITLE_LENGTH)
    text = forms.CharField(
        label=gettext_lazy("介绍"), required=False, max_length=planning.TEXT_LENGTH, widget=_area(3),
        help_text=gettext_lazy("学什么、玩什么、要带什么"),
    )  # fmt: skip
    theme = forms.ChoiceField(label=gettext_lazy("主题"), required=False)
    ages = forms.MultipleChoiceField(
        label=gettext_lazy("适合谁"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选就是谁都可以来"),
    )  # fmt: skip
    places_most = forms.IntegerField(
        label=gettext_lazy("名额"), required=False, min_value=1, max_value=100_000,
        help_text=gettext_lazy("空着：场地容得下多少就多少；场地没有写人数的，不限"),
    )  # fmt: skip
    is_outdoor = forms.BooleanField(label=gettext_lazy("在户外，天气不好就取消"), required=False)
    safety = forms.CharField(
        label=gettext_lazy("安全提示"), required=False, max_length=planning.SAFETY_LENGTH, widget=_area(2),
        help_text=gettext_lazy("例如：穿防滑的鞋；有心脏病的先问医生"),
    )  # fmt: skip
    materials = forms.CharField(
        label=gettext_lazy("资料"), required=False, max_length=2000, widget=_area(2),
        help_text=gettext_lazy("一行一份：名字，后面可以跟网址"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = [("", _("不分主题")), *catalogues.theme_choices()]
        self.fields["ages"].choices = [(code, str(word)) for code, word in catalogues.ages().items()]

    def facts(self) -> dict[str, Any]:
        names = ("title", "text", "theme", "ages", "places_most", "is_outdoor", "safety")
        data = {name: self.cleaned_data[name] for name in names}
        return {**data, "materials": read_materials(self.cleaned_data["materials"])}


class Plan(Facts):
    """A new session or a series of them."""

    place = forms.ChoiceField(label=gettext_lazy("在哪个社区"))
    club = forms.ChoiceField(label=gettext_lazy("哪个社团办"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("哪一种"), choices=list(states.KINDS.items()))
    starts_at = _moment(label=gettext_lazy("什么时候开始"))
    lasts = _lasts()
    venue = forms.ChoiceField(label=gettext_lazy("场地"), required=False)
    where = forms.CharField(
        label=gettext_lazy("在哪里"), max_length=80, required=False,
        help_text=gettext_lazy("没有选场地就写一句；选了场地，可以写是哪一角"),
    )  # fmt: skip
    teacher = forms.ChoiceField(label=gettext_lazy("老师"), required=False)
    every = forms.ChoiceField(label=gettext_lazy("办几次"), choices=EVERY, required=False)
    until = _day(label=gettext_lazy("办到哪一天"), required=False, help_text=gettext_lazy("只办一次就空着"))
    skip_holidays = forms.BooleanField(label=gettext_lazy("法定节假日不办"), required=False, initial=True)
    skip_taken = forms.BooleanField(label=gettext_lazy("场地或老师没空的那几天不办"), required=False)
    is_draft = forms.BooleanField(label=gettext_lazy("先存草稿，不公布"), required=False)
    matter = forms.CharField(widget=forms.HiddenInput, required=False)

    field_order = (
        "place", "club", "kind", "title", "starts_at", "lasts", "every", "until", "skip_holidays",
        "skip_taken", "venue", "where", "is_outdoor", "teacher", "places_most", "theme", "ages", "text",
        "safety", "materials", "is_draft", "matter",
    )  # fmt: skip

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        clubs, places = own_clubs(actor), manageable_places(actor)
        offered = list(dict.fromkeys([*places, *(one.place for one in clubs)]))
        names = names_of(offered)
        self.clubs = {one.number: one for one in clubs}
        self.fields["place"].choices = [(one, names[one]) for one in offered]
        blank = [("", _("社区自己办"))] if places else []
        self.fields["club"].choices = [*blank, *((one.number, str(one.org)) for one in clubs)]
        self.fields["club"].required = not places
        venues, self.venues = venue_choices(offered)
        self.fields["venue"].choices = [("", _("不用场地")), *venues]
        teachers, self.teachers = teacher_choices(offered)
        self.fields["teacher"].choices = [("", _("没有老师")), *teachers]
        for name in ("club", "venue", "teacher"):
            if not self.fields[name].required and len(self.fields[name].choices) == 1:
                self.fields[name].widget = forms.HiddenInput()

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        ends_at = data["starts_at"] + timedelta(minutes=data["lasts"])
        club = self.clubs.get(data["club"])
        facts = self.facts()
        if not data["is_outdoor"]:
            facts["is_outdoor"] = None  # the venue says so
        return {
            **facts, "kind": data["kind"], "place": data["place"], "starts_at": data["starts_at"],
            "ends_at": ends_at, "club": club, "venue": self.venues.get(data["venue"]), "where": data["where"],
            "teacher": self.teachers.get(data["teacher"]), "state": "draft" if data["is_draft"] else "open",
        }  # fmt: skip

    def series(self) -> dict[str, Any] | None:
        """The repetition, None for a single session."""
        data = self.cleaned_data
        if not data["every"]:
            return None
        return {
            "until": data["until"] or clock.day_of(data["starts_at"]), "every": int(data["every"]),
            "skip_holidays": data["skip_holidays"], "skip_taken": data["skip_taken"],
        }  # fmt: skip


class Following(forms.Form):
    """Whether a change is for one session or for all that follow in its series."""

    following = forms.ChoiceField(
        label=gettext_lazy("改哪几次"), widget=forms.RadioSelect, initial="",
        choices=(("", gettext_lazy("只这一次")), ("1", gettext_lazy("这一次和后面的都改"))), required=False,
    )  # fmt: skip

    def __init__(self, session: Session, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if session.series is None:
            del self.fields["following"]

    def is_following(self) -> bool:
        return bool(self.cleaned_data.get("following"))


class Edit(Following, Facts):
    """What a session says; its time and place have a page of their own."""

    def __init__(self, session: Session, data: Any = None):
        names = ("title", "text", "theme", "ages", "places_most", "is_outdoor", "safety")
        initial = {name: getattr(session, name) for name in names}
        super().__init__(session, data, initial={**initial, "materials": write_materials(session.materials)})


class Move(Following):
    """Another time or place."""

    starts_at = _moment(label=gettext_lazy("什么时候开始"))
    lasts = _lasts()
    venue = forms.ChoiceField(label=gettext_lazy("场地"), required=False)
    where = forms.CharField(label=gettext_lazy("在哪里"), max_length=80, required=False)
    reason = forms.CharField(
        label=gettext_lazy("为什么改"), max_length=200, help_text=gettext_lazy("报了名的人会看到")
    )

    def __init__(self, session: Session, data: Any = None):
        initial = {
            "starts_at": session.starts_at, "where": session.where,
            "lasts": int((session.ends_at - session.starts_at).total_seconds() // 60),
            "venue": session.venue.number if session.venue else "",
        }  # fmt: skip
        super().__init__(session, data, initial=initial)
        venues, self.venues = venue_choices([session.place])
        if session.venue and session.venue.number not in self.venues:
            venues.append((session.venue.number, session.venue.name))
            self.venues[session.venue.number] = session.venue
        self.fields["venue"].choices = [("", _("不用场地")), *venues]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "starts_at": data["starts_at"], "ends_at": data["starts_at"] + timedelta(minutes=data["lasts"]),
            "venue": self.venues.get(data["venue"]), "where": data["where"], "reason": data["reason"],
            "following": self.is_following(),
        }  # fmt: skip


class Cancel(Following):
    """Why it does not take place."""

    reason = forms.CharField(
        label=gettext_lazy("为什么取消"), max_length=changing.REASON_LENGTH,
        help_text=gettext_lazy("报了名的人会看到"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if "following" in self.fields:
            self.fields["following"].label = _("取消哪几次")
            self.fields["following"].choices = (("", _("只这一次")), ("1", _("这一次和后面的都取消")))


class Substitute(forms.Form):
    """Who teaches instead."""

    teacher = forms.ChoiceField(label=gettext_lazy("请谁来上"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("为什么换"), max_length=200, required=False,
        help_text=gettext_lazy("报了名的人会看到"),
    )  # fmt: skip

    def __init__(self, session: Session, data: Any = None):
        super().__init__(data)
        rows, self.teachers = teacher_choices([session.place])
        own = str(session.teacher.number) if session.teacher else ""
        rows = [one for one in rows if one[0] != own and leading.may_lead(self.teachers[one[0]], session)]
        if leading.needs_leader(session):
            self.fields["teacher"].required = True
            self.fields["teacher"].help_text = (
                _("孩子自己来的活动，只列出那天有记录查询的人") if rows else _(
                    "还没有那天有记录查询的人。先在“老师”里请一位、记下查询，再回来换"
                )
            )  # fmt: skip
            self.fields["teacher"].choices = rows
        else:
            self.fields["teacher"].choices = [("", _("没有老师，大家自己来")), *rows]


class Weather(forms.Form):
    """A day whose outdoor sessions are called off."""

    place = forms.ChoiceField(label=gettext_lazy("哪里"))
    day = _day(label=gettext_lazy("哪一天"))
    reason = forms.CharField(label=gettext_lazy("为什么取消"), max_length=200)

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        places = manageable_places(actor)
        names = names_of(places)
        self.fields["place"].choices = [(one, names[one]) for one in places]


class SignUpFor(forms.Form):
    """Somebody without an account."""

    label = forms.CharField(
        label=gettext_lazy("称呼"), max_length=40,
        help_text=gettext_lazy("叫得出就行，例如“3栋张阿姨”；不写电话和身份证号"),
    )  # fmt: skip
    heads = forms.IntegerField(label=gettext_lazy("几个人"), min_value=1, max_value=50, initial=1)


class WalkIns(forms.Form):
    walk_ins = forms.IntegerField(
        label=gettext_lazy("没报名、也来了的人数"), min_value=0, max_value=5000, required=False
    )


class Consent(forms.Form):
    """How each of those shown agreed, from the left, and who answers for it."""

    words = forms.CharField(
        label=gettext_lazy("照片上是什么"), max_length=80, required=False,
        help_text=gettext_lazy("不写人名"),
    )  # fmt: skip

    def __init__(self, shown: int, data: Any = None, words: str = ""):
        super().__init__(data, initial={"words": words})
        self.spots = [f"spot_{n}" for n in range(1, shown + 1)]
        offered = [("", _("还没问到")), *states.CONSENTS.items()]
        for n, name in enumerate(self.spots, 1):
            self.fields[name] = forms.ChoiceField(
                label=_("左起第%(n)s位") % {"n": n}, choices=offered, required=False
            )
        self.fields["stated"] = forms.BooleanField(
            label=_("照片上的人都同意公布，我负责；有孩子的，监护人书面同意了"), required=False
        )

    def values(self) -> dict[str, Any]:
        given = [self.cleaned_data[name] for name in self.spots]
        return {
            "consents": [one for one in given if one], "stated": self.cleaned_data["stated"],
            "words": self.cleaned_data["words"],
        }  # fmt: skip


RESULT_ROWS = 8


class Results(forms.Form):
    """What each team reached: a choice and some words a row."""

    def __init__(self, session: Session, data: Any = None):
        super().__init__(data)
        teams = team_choices(session)
        known = [
            (f"o:{one.org_id}" if one.org_id else f"s:{one.site}", one.words)
            for one in session.results.order_by("id")
        ]
        count = max(RESULT_ROWS, len(known) + 2)
        self.pairs: list[tuple[str, str]] = []
        for n in range(1, count + 1):
            team, words = known[n - 1] if n <= len(known) else ("", "")
            self.fields[f"team_{n}"] = forms.ChoiceField(
                label=_("第%(n)s队") % {"n": n}, choices=[("", _("没有")), *teams], required=False,
                initial=team,
            )  # fmt: skip
            self.fields[f"words_{n}"] = forms.CharField(
                label=_("第%(n)s队的成绩") % {"n": n}, max_length=80, required=False, initial=words
            )
            self.pairs.append((f"team_{n}", f"words_{n}"))

    def bound_pairs(self) -> list[tuple[Any, Any]]:
        return [(self[team], self[words]) for team, words in self.pairs]

    def rows(self) -> list[tuple[Any, str, str]]:
        found = []
        for team, words in self.pairs:
            kind, _colon, key = self.cleaned_data[team].partition(":")
            if kind:
                found.append(
                    (key if kind == "o" else None, key if kind == "s" else "", self.cleaned_data[words])
                )
        return found


def team_choices(session: Session) -> list[tuple[str, list[tuple[str, str]]]]:
    """Teams: groups of the place and its street, estates, grids and buildings of the community."""
    groups = Organisation.objects.filter(
        kind__in=changing.GROUP_KINDS, closed_on=None, place__in=queries.places_around(session.place)
    ).order_by("name")
    found = [(_("社团和小组"), [(f"o:{one.pk}", one.name) for one in groups])]
    if codes.level(session.place) == codes.Level.COMMUNITY:
        near = [one for kind in ("grid", "estate", "building") for one in sites(session.place, kind)]
        found.append((_("网格、小区、楼栋"), [(f"s:{one.code}", one.name) for one in near]))
    return [(label, rows) for label, rows in found if rows]
