"""A street or district tries a method out, holds it against its criteria, recommends it to others."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.methods import actions, queries, states
from mulin.academy.methods.models import Criterion, Method, Pilot, PilotSite, Spread
from mulin.academy.methods.queries import DECIDE
from mulin.academy.methods.wording import needed, number, public_words
from mulin.kernel import codes, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.places.queries import exists

MOST_CRITERIA, CONCLUSION = 6, 1000


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing a pilot is to be held against: `least` or `most` so many of something."""

    words: str
    direction: str
    target: Decimal | int | str
    unit: str = ""


def _method(actor: Actor, given: str, place: str, *allowed: str) -> Method:
    """A public method, locked, for who decides at `place`."""
    if not codes.is_valid(place) or codes.level(place) not in (codes.Level.STREET, codes.Level.DISTRICT):
        raise ActionError("no-place", _("试点和推广由街道或区县定。"), field="place", status=422)
    require(actor, DECIDE, place)
    method = queries.get_method(actor, given, lock=True)
    if method.state not in allowed:
        word = states.STATE_WORDS[method.state]
        raise ActionError("not-now", _("这个工作法现在是“%(state)s”，不能这样做。") % {"state": word})
    return method


def decide_pilot(
    *, actor: Actor, number: str, place: str, sites: Iterable[str], starts_on: date, ends_on: date,
    criteria: Iterable[Measure],
) -> Pilot:  # fmt: skip
    """Try a method out in some communities of a street or district until a day, against criteria that are
    said beforehand. The staff of all its communities are told.

    Who: academy.pilot:decide there. Raises no-place, not-now, running, no-sites, bad-day, no-criteria,
    bad-number, text-too-long, personal-data.
    """
    sites, criteria = sorted(set(sites)), list(criteria)
    with write():
        method = _method(actor, number, place, *states.LIVE)
        if method.pilots.filter(place=place, state="running").exists():
            raise ActionError("running", _("这里已经在试点，先看结果。"))
        _check_sites(place, sites)
        _check_days(place, starts_on, ends_on)
        pilot = Pilot.objects.create(
            number=new_number(), method=method, place=place, starts_on=starts_on, ends_on=ends_on
        )
        PilotSite.objects.bulk_create(PilotSite(pilot=pilot, place=one) for one in sites)
        Criterion.objects.bulk_create(_criteria(pilot, criteria))
        if "pilot" in states.MOVES[method.state]:
            method.state = "pilot"
            method.save(update_fields=["state"])
        _line("academy.pilot.decided", actor, pilot, n=len(sites), until=ends_on.isoformat())
    return pilot


def _check_sites(place: str, sites: list[str]) -> None:
    inside = [one for one in sites if codes.is_valid(one) and codes.contains(place, one)]
    real = [one for one in inside if codes.level(one) == codes.Level.COMMUNITY and "-" not in one]
    if not sites or len(real) != len(sites) or not all(exists(one) for one in real):
        raise ActionError("no-sites", _("请选试点的社区，都要在本地。"), field="sites", status=422)


def _check_days(place: str, starts_on: date, ends_on: date) -> None:
    least = int(rulebook.value("academy.methods.least_pilot_days", at=place))
    most = int(rulebook.value("academy.methods.most_pilot_days", at=place))
    if not least <= (ends_on - starts_on).days <= most:
        said = _("试点要做 %(least)s 到 %(most)s 天，请改开始或结束的日子。") % {
            "least": least, "most": most,
        }  # fmt: skip
        raise ActionError("bad-day", said, field="ends_on", status=422)


def _criteria(pilot: Pilot, given: list[Measure]) -> list[Criterion]:
    if not 1 <= len(given) <= MOST_CRITERIA:
        said = _("请写 1 到 %d 条标准：到时候拿什么数来看。") % MOST_CRITERIA
        raise ActionError("no-criteria", said, field="words_1", status=422)
    made = []
    for n, one in enumerate(given, 1):
        target = number(one.target, f"target_{n}")
        if target is None or one.direction not in states.DIRECTION_WORDS:
            raise ActionError("bad-number", _("请填一个数。"), field=f"target_{n}", status=422)
        words = needed(one.words, f"words_{n}", 120, _("请写看什么。"))
        unit = public_words(one.unit, f"unit_{n}", 20)
        made.append(
            Criterion(pilot=pilot, position=n, words=words, direction=one.direction, target=target, unit=unit)
        )
    return made


def _line(code: str, actor: Actor, pilot: Pilot, **data: Any) -> None:
    actions.line(code, actor, pilot.method, place=pilot.place, pilot=pilot.number, **data)


def _running(actor: Actor, given: str) -> Pilot:
    pilot = queries.get_pilot(actor, given, lock=True)
    require(actor, DECIDE, pilot.place)
    if pilot.state != "running":
        raise ActionError("not-now", _("这次试点已经结束或者停了，不能再改。"))
    return pilot


def _free(method_id: Any) -> None:
    """When the last pilot of a method is over it is no longer in pilot."""
    method = Method.objects.select_for_update().get(pk=method_id)
    if method.state == "pilot" and not method.pilots.filter(state="running").exists():
        method.state = "published"
        method.save(update_fields=["state"])


def end_pilot(
    *, actor: Actor, number: str, found: Mapping[int, tuple[Decimal | str | None, str]], conclusion: str
) -> Pilot:
    """Hold it against its criteria: `found` is position -> (figure, remark). What has no figure is unclear
    and says why; what was not met says why as well. The verdict follows from the figures.

    Who: academy.pilot:decide. Raises not-now, bad-number, no-words, text-too-long, personal-data.
    """
    conclusion = needed(conclusion, "conclusion", CONCLUSION, _("请写结论：学到了什么，要不要推广。"))
    with write():
        pilot = _running(actor, number)
        verdicts = [_judge(one, *found.get(one.position, (None, ""))) for one in pilot.criteria.all()]
        pilot.state, pilot.conclusion, pilot.ended_at = "ended", conclusion, now()
        pilot.save()
        _free(pilot.method_id)
        met = verdicts.count("met")
        _line("academy.pilot.ended", actor, pilot, met=met, of=len(verdicts))
    return pilot


def _judge(one: Criterion, figure: Decimal | str | None, remark: str) -> str:
    one.found = number(figure, f"found_{one.position}")
    one.remark = public_words(remark, f"remark_{one.position}", 200)
    verdict = states.verdict(one.direction, one.target, one.found)
    if verdict != "met" and not one.remark:
        said = _("没有达到或者说不清的，请写一句为什么。")
        raise ActionError("no-words", said, field=f"remark_{one.position}", status=422)
    one.save(update_fields=["found", "remark"])
    return verdict


def stop_pilot(*, actor: Actor, number: str, why: str) -> Pilot:
    """Stop before its end, for a reason that everybody reads. Who: academy.pilot:decide. Raises not-now,
    no-words, text-too-long, personal-data."""
    why = needed(why, "why", CONCLUSION, _("请写明为什么停，大家看得到。"))
    with write():
        pilot = _running(actor, number)
        pilot.state, pilot.conclusion, pilot.ended_at = "stopped", why, now()
        pilot.save()
        _free(pilot.method_id)
        _line("academy.pilot.stopped", actor, pilot)
    return pilot


def spread_method(*, actor: Actor, number: str, place: str, words: str) -> Spread:
    """Recommend a method to all communities of a street or district; their staff are told. Nobody is obliged,
    and nobody is compared. Where a pilot of one's own runs, its result comes first.

    Who: academy.pilot:decide there. Raises no-place, not-now, running, twice, no-words, text-too-long,
    personal-data.
    """
    words = needed(words, "words", CONCLUSION, _("请写给各社区几句：为什么值得试，街道帮什么。"))
    with write():
        method = _method(actor, number, place, *states.LIVE)
        if method.pilots.filter(place=place, state="running").exists():
            raise ActionError("running", _("试点还在进行，先看结果再推广。"))
        if method.spreads.filter(place=place).exists():
            raise ActionError("twice", _("这里已经推广了这个工作法。"))
        made = Spread.objects.create(method=method, place=place, words=words)
        method.state = "spread"
        method.save(update_fields=["state"])
        actions.line("academy.method.spread", actor, method, place=place)
    return made
