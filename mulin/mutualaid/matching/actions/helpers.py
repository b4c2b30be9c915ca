"""Helpers: offered, screened, trained, checked, on duty, resting, ended. Nobody is forced or has a quota."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.kernel import clock, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.mutualaid.matching import access, candidates, states, wording
from mulin.mutualaid.matching.actions import base
from mulin.mutualaid.matching.catalogue import kind_of
from mulin.mutualaid.matching.models import (
    LIVE,
    AidCheck,
    AidHelper,
    AidHelperKind,
    AidMatch,
    AidNeed,
    AidTraining,
)
from mulin.people.models import Account

ABOUT, SOURCE = 300, 80
MOST_MINUTES = 24 * 60


def offer_help(*, actor: Actor, place: str, may_publish: bool = False, **given: Any) -> AidHelper:
    """A person offers their own time. Who: aid.helper:offer, with an account. Raises offered-already,
    no-account, and what wrong fields raise. `may_publish`: their name may be said in public."""
    access.community(place)
    require(actor, access.OFFER, place)
    if actor.account is None:
        raise ActionError("no-account", _("请先登录再报名；也可以到社区当面报名。"))
    account = Account.objects.get(pk=actor.account)
    with write():
        helper = _make(place, given, account)
        if may_publish:
            helper.may_publish_at = clock.now()
            helper.save(update_fields=["may_publish_at"])
        base.line("aid.helper.offered", actor, helper, kinds=sorted(given["kinds"]))
    return helper


def enter_helper(*, actor: Actor, place: str, account: UUID | None = None, **given: Any) -> AidHelper:
    """A worker writes down who offered by telephone or at the counter. Who: aid.helper:manage."""
    access.community(place)
    require(actor, access.MANAGE_HELPER, place)
    whose = Account.objects.filter(pk=account, erased_at=None).first() if account else None
    with write():
        helper = _make(place, given, whose)
        base.line("aid.helper.offered", actor, helper, kinds=sorted(given["kinds"]))
    return helper


def _make(place: str, given: dict[str, Any], account: Any) -> AidHelper:
    fields = _fields(place, given)
    kinds, number = fields.pop("kinds"), new_number()
    known = active(account, place)
    helper = known or made(
        number=number, place=place, account=account, **fields,
        contact_sealed=base.sealed_contact(given.get("contact", ""), account),
    )  # fmt: skip
    if helper.number != number:
        raise ActionError("offered-already", _("已经报过名了，在“我的互助”里可以改。"))
    _set_kinds(helper, kinds)
    return helper


def active(account: Any, place: str) -> AidHelper | None:
    """As whom somebody offers their help at a place already; nobody who has no account."""
    if account is None:
        return None
    rows = AidHelper.objects.filter(account=account, place=place)
    return rows.exclude(state__in=["ended", "declined"]).first()


def made(**columns: Any) -> AidHelper:
    """A new row, or the one that the same person made at the same moment: pressed twice, the first counts."""
    try:
        with transaction.atomic():
            return AidHelper.objects.create(**columns)
    except IntegrityError:
        if (first := active(columns["account"], columns["place"])) is None:
            raise
        return first


def _fields(place: str, given: dict[str, Any]) -> dict[str, Any]:
    kinds = [base.clean_kind(one) for one in dict.fromkeys(given.get("kinds") or ())]
    if not kinds:
        raise ActionError("no-kind", _("请选愿意帮什么，至少一样。"), field="kinds", status=422)
    most = int(rulebook.value("aid.families_most", at=place))
    capacity = int(given.get("capacity") or 1)
    if not 1 <= capacity <= most:
        raise ActionError(
            "bad-count",
            _("最多同时帮 %(n)s 家，请写 1 到 %(n)s。") % {"n": most},
            field="capacity",
            status=422,
        )
    return {
        **base.common(place, given),
        "kinds": kinds,
        "capacity": capacity,
        "traits": base.clean_codes(given.get("traits"), "aid.wishes", place, "traits"),
        "about": access.clean_text(given.get("about"), "about", ABOUT),
    }


def _set_kinds(helper: AidHelper, kinds: list[str]) -> None:
    helper.kinds.all().delete()
    AidHelperKind.objects.bulk_create(AidHelperKind(helper=helper, kind=one) for one in kinds)


def _locked(
    actor: Actor, number: str, permission: str = access.MANAGE_HELPER, *, own: bool = False
) -> AidHelper:
    """A helper, locked, under the actor's hand; `own`: their own too."""
    helper = access.one(access.visible_helpers(actor), number, lock=True)
    is_own = helper.account_id is not None and helper.account_id == actor.account
    if not (own and is_own):
        require(actor, permission, access.target_of_helper(helper))
    return helper


def _move(helper: AidHelper, state: str) -> None:
    if state not in states.HELPER_MOVES.get(helper.state, ()):
        word = states.HELPERS[helper.state][0]
        raise ActionError("not-now", _("现在是“%(state)s”，不能这样做。") % {"state": word})
    helper.state = state


def edit_helper(*, actor: Actor, number: str, **given: Any) -> AidHelper:
    """Change what is offered, and when. Who: the helper; aid.helper:manage. What is agreed on stays as it is;
    kinds that are added on duty need their training and checks first. Raises ended, no-training, no-check,
    and what fields do."""
    with write():
        helper = _locked(actor, number, own=True)
        if helper.state in ("ended", "declined"):
            raise ActionError("ended", _("已经结束了，想再来请重新报名。"))
        fields = _fields(helper.place, given)
        kinds = fields.pop("kinds")
        if helper.state == "on_duty":
            _ready_for(helper, set(kinds) - set(helper.kinds.values_list("kind", flat=True)))
        _set_kinds(helper, kinds)
        for name, value in fields.items():
            setattr(helper, name, value)
        helper.contact_sealed = base.sealed_contact(given.get("contact", ""), before=helper.contact_sealed)
        helper.may_publish_at = clock.now() if given.get("may_publish") else None
        helper.save()
        base.line("aid.helper.edited", actor, helper, kinds=sorted(given["kinds"]))
    return helper


def screen_helper(*, actor: Actor, number: str) -> AidHelper:
    """Somebody talked with them and they suit. Who: aid.helper:manage. Raises not-now, incomplete."""
    with write():
        helper = _locked(actor, number)
        if not helper.kinds.exists() or not helper.windows:
            raise ActionError("incomplete", _("先补上愿意帮什么、什么时候有空。"))
        _move(helper, "screened")
        helper.screened_at = clock.now()
        helper.save()
        base.line("aid.helper.screened", actor, helper)
    return helper


def decline_helper(*, actor: Actor, number: str, reason: str) -> AidHelper:
    """They do not suit; the person reads why. Who: aid.helper:manage. Raises not-now, text-missing."""
    reason = access.clean_text(reason, "reason", base.REASON, _("请写原因，本人看得到。"))
    with write():
        helper = _locked(actor, number)
        _move(helper, "declined")
        helper.reason, helper.ended_at = reason, clock.now()
        helper.save()
        base.line("aid.helper.declined", actor, helper)
    return helper


def needed_topics(place: str, kinds: Iterable[str]) -> set[str]:
    """What has to have been learnt for these kinds."""
    found: set[str] = set()
    for one in kinds:
        with_child = kind_of(one).child == "always"
        found |= set(rulebook.value("aid.training.needed", at=place, child=with_child, kind=one))
    return found


def missing_topics(helper: AidHelper, kinds: Iterable[str] | None = None) -> list[str]:
    """What is still to be learnt for these kinds; for all that the helper offers without any named."""
    kinds = helper.kinds.values_list("kind", flat=True) if kinds is None else kinds
    learnt = set(helper.trainings.values_list("topic", flat=True))
    return sorted(needed_topics(helper.place, kinds) - learnt)


def _ready_for(helper: AidHelper, kinds: Iterable[str]) -> None:
    """What these kinds need before somebody is found for them: training, and with children a check."""
    kinds = list(kinds)
    if missing := missing_topics(helper, kinds):
        what = wording.words("aid.training.topics", helper.place, missing)
        raise ActionError("no-training", _("还没有学过：%(what)s。") % {"what": what}, field="kinds")
    if any(kind_of(one).child == "always" for one in kinds) and candidates.check_of(helper) is None:
        text = _("要带孩子，先登记无犯罪记录查询；或者先去掉带孩子的种类。")
        raise ActionError("no-check", text, field="kinds")


def give_training(
    *, actor: Actor, numbers: list[str], topic: str, on: date, minutes: int, taught_by: str = ""
) -> int:
    """注能: one lesson for several helpers. Who has all that is needed is trained. Returns how many.

    Who: aid.helper:manage for each. Raises not-offered, bad-day, bad-count, nobody (422), ended.
    """
    if on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="on", status=422)
    if not 1 <= minutes <= MOST_MINUTES:
        raise ActionError("bad-count", _("请写学了多少分钟。"), field="minutes", status=422)
    if not numbers:
        raise ActionError("nobody", _("请选谁来学了。"), field="helpers", status=422)
    taught_by = access.clean_text(taught_by, "taught_by", SOURCE)
    with write():
        helpers = [_locked(actor, one) for one in sorted(set(numbers))]
        base.clean_codes([topic], "aid.training.topics", helpers[0].place, "topic")
        for helper in helpers:
            if helper.state in ("ended", "declined", "applied"):
                raise ActionError("not-now", _("%(name)s还没有面谈，或者已经结束。") % {"name": helper.name})
            AidTraining.objects.create(
                helper=helper,
                topic=topic,
                on=on,
                minutes=minutes,
                taught_by=taught_by,
                recorded_by=actor.account,
            )
            if helper.state == "screened" and not missing_topics(helper):
                helper.state = "trained"
                helper.save(update_fields=["state"])
        base.line(
            "aid.training.given", actor, helpers[0], topic=topic, n=len(helpers), minutes=minutes,
            on=on.isoformat(),
        )  # fmt: skip
    return len(helpers)


def record_check(
    *, actor: Actor, number: str, checked_on: date, source: str, is_clear: bool = True
) -> AidCheck:
    """Write down a record check. It counts for as long as rule aid.check.months says. One that is not clear
    pauses at once what runs with children. Who: aid.check:record. Raises bad-day, too-old, text-missing."""
    source = access.clean_text(source, "source", SOURCE, _("请写是哪里出具的。"))
    if checked_on > clock.today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="checked_on", status=422)
    with write():
        helper = _locked(actor, number, access.CHECK)
        if helper.account_id is not None and helper.account_id == actor.account:
            raise ActionError("own-check", _("自己的查询请同事来登记。"))
        until = candidates.last_day(checked_on, helper.place)
        if until < clock.today():
            raise ActionError(
                "too-old", _("这份查询已经过期，请换一份新的。"), field="checked_on", status=422
            )
        check = AidCheck.objects.create(
            helper=helper, checked_on=checked_on, valid_until=until, is_clear=is_clear, source=source,
            recorded_by=actor.account,
        )  # fmt: skip
        paused = 0 if is_clear else _end_clear_checks(helper)
        base.line("aid.check.recorded", actor, helper, until=until.isoformat(), clear=is_clear, paused=paused)
    return check


def _end_clear_checks(helper: AidHelper) -> int:
    """Something was found: what was clear before counts no more, from now on."""
    clear = helper.checks.filter(is_clear=True, withdrawn_at=None)
    clear.update(withdrawn_at=clock.now(), withdrawn_reason=_("有了新的查询结果"))
    return _pause(helper)


def withdraw_check(*, actor: Actor, number: str, check: UUID | str, reason: str) -> AidCheck:
    """A check was wrong or is doubted; what rests on it is paused at once. Who: aid.check:record. Raises
    withdrawn, text-missing."""
    reason = access.clean_text(reason, "reason", base.REASON, _("请写为什么撤回。"))
    with write():
        helper = _locked(actor, number, access.CHECK)
        found = access.by_id(helper.checks.all(), check, lock=True)
        if found.withdrawn_at:
            raise ActionError("withdrawn", _("这份查询已经撤回了。"))
        paused = let_go_of_check(helper, found, reason)
        base.line("aid.check.withdrawn", actor, helper, paused=paused)
    return found


def let_go_of_check(helper: AidHelper, check: AidCheck, reason: str) -> int:
    """A check counts no more; what rested on it rests on another one or is paused. Inside the caller's
    transaction. Returns how many matches were paused."""
    check.withdrawn_at, check.withdrawn_reason = clock.now(), reason
    check.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    other = candidates.check_of(helper)
    return _rest_on(helper, check, other) if other else _pause(helper)


def _rest_on(helper: AidHelper, old: AidCheck, other: AidCheck) -> int:
    """What rested on a check rests on another one that holds, from today; nothing is paused."""
    helper.offers.filter(state="shown", proof=old).update(state="passed")
    AidMatch.objects.filter(helper=helper, proof=old, state__in=LIVE).update(
        proof=other, check_until=other.valid_until, rests_since=clock.today()
    )
    return 0


def _pause(helper: AidHelper) -> int:
    """Pause what runs with children, inside the caller's transaction; suggestions that stand end too."""
    helper.offers.filter(state="shown", for_child=True).update(state="passed")
    going = AidMatch.objects.select_for_update(of=("self",)).select_related("need")
    rows = [
        one
        for one in going.filter(helper=helper, state__in=states.GOING)
        if one.for_child or candidates.with_child(one.need)
    ]
    for one in rows:
        one.was, one.state, one.why = one.state, "paused", "check"
        one.save(update_fields=["was", "state", "why"])
    proposed = AidMatch.objects.filter(helper=helper, state="proposed", for_child=True)
    proposed.update(state="closed", why="safety", closed_at=clock.now())
    return len(rows)


def insure_helper(*, actor: Actor, number: str, until: date) -> AidHelper:
    """The last day of the accident insurance that was bought for them. Who: aid.helper:manage. Raises
    bad-day."""
    if until < clock.today():
        raise ActionError("bad-day", _("这一天已经过了，请核对。"), field="until", status=422)
    with write():
        helper = _locked(actor, number)
        helper.insured_until = until
        helper.save(update_fields=["insured_until"])
        base.line("aid.helper.insured", actor, helper, until=until.isoformat())
    return helper


def put_on_duty(*, actor: Actor, number: str) -> AidHelper:
    """From now on they are found. Help with children needs a valid check first: no duty before it.

    Who: aid.helper:manage; a resting helper themselves. Raises not-now, no-training, no-check.
    """
    with write():
        helper = _locked(actor, number, own=True)
        if helper.state != "resting":
            require(actor, access.MANAGE_HELPER, access.target_of_helper(helper))
        _move(helper, "on_duty")
        _ready_for(helper, helper.kinds.values_list("kind", flat=True))
        helper.on_duty_at = helper.on_duty_at or clock.now()
        helper.save()
        base.line("aid.helper.on_duty", actor, helper)
    return helper


def rest_helper(*, actor: Actor, number: str) -> AidHelper:
    """Time for oneself; what runs is paused and the families hear of it. Who: the helper themselves;
    aid.helper:manage."""
    with write():
        helper = _locked(actor, number, own=True)
        _move(helper, "resting")
        helper.save()
        paused = _stop(helper, "paused", "helper")
        base.line("aid.helper.rested", actor, helper, paused=paused)
    return helper


def end_helper(*, actor: Actor, number: str) -> AidHelper:
    """They stop, when they like and without a reason. Who: the helper; aid.helper:manage."""
    with write():
        # Needs before helpers before matches: whoever locks several takes them in this order.
        found = access.one(access.visible_helpers(actor), number)
        served = found.matches.filter(state__in=LIVE).values("need")
        list(AidNeed.objects.select_for_update().filter(pk__in=served).order_by("pk"))
        helper = _locked(actor, number, own=True)
        _move(helper, "ended")
        helper.ended_at = clock.now()
        helper.save()
        closed = _stop(helper, "closed", "helper")
        base.line("aid.helper.ended", actor, helper, closed=closed)
    return helper


def _stop(helper: AidHelper, state: str, why: str) -> int:
    """Pause or close what the helper has, inside the caller's transaction; families are looked for again."""
    helper.offers.filter(state="shown").update(state="passed")
    rows = AidMatch.objects.select_for_update().filter(helper=helper, state__in=LIVE)
    n = 0
    for one in rows:
        if state == "paused" and one.state not in states.GOING:
            continue
        one.was, one.state, one.why = one.state, state, why
        one.closed_at = clock.now() if state == "closed" else None
        one.save()
        if state == "closed":
            AidNeed.objects.filter(pk=one.need_id, state="matched").update(
                state="asked", waits_since=clock.now()
            )
        n += 1
    return n
