"""Writing a method, giving its reasons, publishing it, retiring it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.methods import goals, queries, states
from mulin.academy.methods.models import Evidence, Method
from mulin.academy.methods.queries import MANAGE, PUBLISH
from mulin.academy.methods.wording import needed, number, public_words
from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import ThreadLink
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import Target, require
from mulin.people.models import Organisation
from mulin.people.queries import organisations_above
from mulin.places.queries import exists
from mulin.voices.models import Matter

TITLE, PROBLEM, STEP, STEPS, NEEDS, WORDS = 40, 1000, 200, 12, 200, 200
MOST_EVIDENCE = 20
KIND, MATTER = "academy.method", "voices.matter"


def draft_method(
    *, actor: Actor, place: str, title: str, org: UUID | None = None, matter: Matter | None = None,
    **more: Any,
) -> Method:  # fmt: skip
    """A method of a community, street or district, or of one of its groups; not published yet. `more`: what
    `edit_method` takes. `matter` (the wish it grew out of) was found by the caller among what is public.

    Who: academy.method:manage there, a group's leader for their own group. Raises no-place, no-group,
    restricted, and what edit_method raises.
    """
    if not codes.is_valid(place) or "-" in place or codes.level(place) < codes.Level.DISTRICT:
        raise ActionError("no-place", _("请选一个社区、街道或区县。"), field="maker", status=422)
    require(actor, MANAGE, Target(place, orgs=frozenset({org} if org else ())))
    if not exists(place):
        raise ActionError("no-place", _("请选一个社区、街道或区县。"), field="maker", status=422)
    if matter is not None and (matter.restriction or matter.publication != "shown"):
        raise ActionError("restricted", _("这件事没有公开，不能写成工作法的来历。"))
    with write():
        method = Method(number=new_number(), place=place, org=group_of(place, org), matter=matter)
        _describe(method, title=title, **more)
        method.save()
        if matter is not None:
            ThreadLink.objects.create(child_kind=KIND, child=method.pk, parent_kind=MATTER, parent=matter.pk)
        line("academy.method.drafted", actor, method)
    return method


def group_of(place: str, org: UUID | None) -> Organisation | None:
    """A group of neighbours at a place, that is open. Raises no-group."""
    if org is None:
        return None
    low, high = codes.bounds(place)
    rows = Organisation.objects.filter(pk=org, kind__in=Organisation.GROUPS, closed_on=None)
    group = rows.filter(place__gte=low, place__lt=high).first()
    if group is None:
        raise ActionError("no-group", _("请选本社区的一个小组。"), field="maker", status=422)
    return group


def knowers(place: str) -> list[Organisation]:
    """Who can be asked about a method of a place: official units of it and above it, firms, open groups."""
    low, high = codes.bounds(place)
    inside = Organisation.objects.filter(place__gte=low, place__lt=high, closed_on=None, is_public=True)
    above = organisations_above(place)
    known = {one.pk for one in above}
    return [*above, *(one for one in inside.order_by("name") if one.pk not in known)]


def _describe(
    method: Method, *, title: str, problem: str = "", steps: Iterable[str] = (), people: str = "",
    money: str = "", room: str = "", knows: UUID | None = None, shifts: Iterable[str] = (),
    goal_codes: Iterable[str] = (),
) -> None:  # fmt: skip
    method.title = needed(title, "title", TITLE, _("请给这个做法起个名字。"))
    method.problem = public_words(problem, "problem", PROBLEM)
    found = [public_words(one, "steps", STEP) for one in steps]
    method.steps = [one for one in found if one]
    if len(method.steps) > STEPS:
        raise ActionError("too-many", _("最多写 %d 步，请合并几步。") % STEPS, field="steps", status=422)
    for name, text in (("people", people), ("money", money), ("room", room)):
        setattr(method, name, public_words(text, name, NEEDS))
    method.knows = _knows(method.place, knows)
    method.shifts = _offered("shift", shifts, "shifts")
    method.goals = _offered("goal", goal_codes, "goal_codes")


def _knows(place: str, org: UUID | None) -> Organisation | None:
    if org is None:
        return None
    found = next((one for one in knowers(place) if one.pk == org), None)
    if found is None:
        raise ActionError("not-offered", _("请从给出的选项里选。"), field="knows", status=422)
    return found


def _offered(kind: str, chosen: Iterable[str], field: str) -> list[str]:
    wanted = set(chosen)
    if wanted - set(goals.codes(kind)):
        raise ActionError("not-offered", _("请从给出的选项里选。"), field=field, status=422)
    return [code for code in goals.codes(kind) if code in wanted]


def line(code: str, actor: Actor, method: Method, *, place: str = "", **data: Any) -> None:
    """One line of the journal about a method; at the place of who did something with it."""
    journal.record(
        code, actor=actor, place=place or method.place, subject=method.pk, matter=method.matter_id,
        org=method.org_id, data={"number": method.number, **data},
    )  # fmt: skip


def own(actor: Actor, given: str, permission: str, *allowed: str) -> Method:
    """A method, locked, for who may do this with it. Raises NotVisible, NotAllowed, not-now."""
    method = queries.get_method(actor, given, lock=True)
    require(actor, permission, queries.target_of(method))
    if method.state not in allowed:
        word = states.STATE_WORDS[method.state]
        raise ActionError("not-now", _("这个工作法现在是“%(state)s”，不能这样做。") % {"state": word})
    return method


def edit_method(*, actor: Actor, number: str, title: str, **more: Any) -> Method:
    """Change what a method says. Once published it keeps what publishing needs. Who: academy.method:manage.
    Raises not-now, no-words, too-many, not-offered, text-too-long, personal-data, incomplete."""
    with write():
        method = own(actor, number, MANAGE, *states.MOVES.keys() - {"retired"})
        _describe(method, title=title, **more)
        if method.state != "draft":
            _check_complete(method)
        method.save()
        line("academy.method.edited", actor, method)
    return method


def missing(method: Method) -> list[str]:
    """What is still missing before it can be published, in words."""
    least = int(rulebook.value("academy.methods.least_steps", at=method.place))
    said = []
    if not method.problem:
        said.append(_("碰到的是什么问题"))
    if len(method.steps) < least:
        said.append(_("至少 %d 步做法") % least)
    if not (method.people or method.money or method.room):
        said.append(_("需要什么人、钱或场地"))
    if not Evidence.objects.filter(method=method).exists():
        said.append(_("至少一条依据"))
    return said


def _check_complete(method: Method) -> None:
    if lacks := missing(method):
        said = _("还差：%(what)s。") % {"what": _("、").join(lacks)}
        raise ActionError("incomplete", said, status=422)


def publish_method(*, actor: Actor, number: str) -> Method:
    """Put it into the library, or back into it. Who: academy.method:publish. Raises not-now, incomplete."""
    with write():
        method = own(actor, number, PUBLISH, "draft", "retired")
        _check_complete(method)
        again = method.state == "retired"
        method.state, method.retired_why = "published", ""
        method.published_at = method.published_at or now()
        method.save()
        line("academy.method.restored" if again else "academy.method.published", actor, method)
    return method


def retire_method(*, actor: Actor, number: str, why: str) -> Method:
    """Recommend it no longer; it stays readable with the reason. Who: academy.method:publish. Raises not-now
    (also while a pilot runs), no-words, text-too-long, personal-data."""
    why = needed(why, "why", 300, _("请写明为什么不再推荐，大家看得到。"))
    with write():
        method = own(actor, number, PUBLISH, "published", "spread")
        if method.pilots.filter(state="running").exists():
            raise ActionError("not-now", _("还有试点在进行，先让试点有个结果。"))
        method.state, method.retired_why = "retired", why
        method.save(update_fields=["state", "retired_why"])
        line("academy.method.retired", actor, method)
    return method


def discard_method(*, actor: Actor, number: str) -> None:
    """Drop a draft. Who: academy.method:manage. Raises not-now."""
    with write():
        method = own(actor, number, MANAGE, "draft")
        line("academy.method.discarded", actor, method)
        ThreadLink.objects.filter(child_kind=KIND, child=method.pk).delete()
        method.delete()


def add_evidence(
    *, actor: Actor, number: str, words: str, figure: Decimal | str | None = None, unit: str = "",
    link: str = "",
) -> Evidence:  # fmt: skip
    """Give one more reason to believe it. `link`: the number of a published matter, a club or an announced
    topic. Who: academy.method:manage. Raises not-now, no-words, bad-number, no-link, too-many, text-too-long,
    personal-data."""
    words = needed(words, "words", WORDS, _("请写一句：看到了什么变化。"))
    unit = public_words(unit, "unit", 20)
    value = _figure(figure)
    with write():
        method = own(actor, number, MANAGE, *states.MOVES.keys() - {"retired"})
        if method.evidence.count() >= MOST_EVIDENCE:
            raise ActionError("too-many", _("依据够多了，请先去掉一条。"))
        made = Evidence(method=method, words=words, figure=value, unit=unit)
        for name, found in _linked(link).items():
            setattr(made, name, found)
        made.save()
        line("academy.method.evidence_added", actor, method, evidence=str(made.pk))
    return made


def _figure(figure: Decimal | str | None) -> Decimal | None:
    return number(figure, "figure")


def _linked(link: str) -> dict[str, Any]:
    if not link.strip():
        return {}
    found = queries.find_link(link)
    if not found:
        said = _("没有找到这个编号。请填公开的事项、社团或议题的编号。")
        raise ActionError("no-link", said, field="link", status=422)
    return found


def remove_evidence(*, actor: Actor, number: str, evidence: UUID) -> None:
    """Take a reason away; a published method keeps at least one. Who: academy.method:manage. Raises not-now,
    incomplete, NotVisible."""
    with write():
        method = own(actor, number, MANAGE, *states.MOVES.keys() - {"retired"})
        found = method.evidence.filter(pk=evidence).first()
        if found is None:
            raise NotVisible(str(evidence))
        found.delete()
        if method.state != "draft":
            _check_complete(method)
        line("academy.method.evidence_removed", actor, method, evidence=str(evidence))
