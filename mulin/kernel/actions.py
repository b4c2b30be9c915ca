"""The kernel's own writes: an administrator sets a rule for a place, or takes that back."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, rulebook, rulevalues
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import is_postgres, write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import RuleOverride
from mulin.kernel.policy import require
from mulin.kernel.rules import CERTAINTIES, PackError

ADVISORY_LOCK = 0x72756C65
SET = "kernel.rule:set"


def set_rule(
    *,
    actor: Actor,
    name: str,
    place: str,
    value: Any,
    basis: str,
    certainty: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    match: Mapping[str, Any] | None = None,
    note: str = "",
) -> RuleOverride:
    """Set a rule for a place and all that lies in it, from a day on (today). It wins over every pack at the
    same place and counts at once. `value` None says that nobody may rely on a value here: acts that need it
    are refused. `match` are conditions such as {"kind": ["help"]}. An own value with the same place,
    conditions and first day is replaced.

    Who: `kernel.rule:set` at the place. Raises unknown-rule, bad-place, value-wrong, no-basis, bad-certainty,
    bad-dates, rule-overlap; NotAllowed.
    """
    valid_from = valid_from or today()
    fields = {
        "name": name, "place": place, "value": value, "valid_from": valid_from, "valid_to": valid_to,
        "match": _conditions(match or {}), "basis": basis.strip(), "certainty": certainty,
        "note": note.strip(),
    }  # fmt: skip
    _check(fields)
    with write():
        require(actor, SET, place)
        _one_at_a_time()
        same = RuleOverride.objects.filter(name=name, place=place, valid_from=valid_from, withdrawn_at=None)
        replaced = [row for row in same if row.match == fields["match"]]
        _check_overlap(fields, replaced)
        for row in replaced:
            row.withdrawn_at = now()
            row.save(update_fields=["withdrawn_at"])
        made = RuleOverride.objects.create(**fields, set_by_id=actor.account)
        data = {
            "name": name, "place": place, "value": value, "match": fields["match"],
            "from": valid_from.isoformat(), "to": valid_to.isoformat() if valid_to else None,
            "certainty": certainty, "replaced": [str(row.pk) for row in replaced],
        }  # fmt: skip
        journal.record("kernel.rule.set", actor=actor, place=place, subject=made.pk, data=data)
    rulebook.forget()
    return made


def withdraw_rule(*, actor: Actor, override_id: UUID) -> RuleOverride:
    """Take an own value back; what the packs say holds again at once. What was decided under it stays.

    Who: `kernel.rule:set` at its place. Raises NotVisible, NotAllowed, ActionError `over`.
    """
    with write():
        row = RuleOverride.objects.select_for_update().filter(pk=override_id).first()
        if row is None:
            raise NotVisible(str(override_id))
        require(actor, SET, row.place)
        if row.withdrawn_at:
            raise ActionError("over", _("这条设定已经撤回了。"))
        row.withdrawn_at = now()
        row.save(update_fields=["withdrawn_at"])
        data = {"name": row.name, "place": row.place, "match": row.match}
        journal.record("kernel.rule.withdrawn", actor=actor, place=row.place, subject=row.pk, data=data)
    rulebook.forget()
    return row


def shape_of(name: str) -> rulevalues.Shape:
    """What the rule's value looks like, from the packs. Raises ActionError `unknown-rule`."""
    known = [rule.value for rule in rulebook.book().rules(name) if not rule.override]
    if not known:
        raise ActionError(
            "unknown-rule", _("没有这条规则：%(name)s") % {"name": name}, field="name", status=422
        )
    return rulevalues.shape_of(name, known)


def _conditions(match: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Always lists, in order, so that equal conditions look equal."""
    lists = {key: list(one) if isinstance(one, list | tuple) else [one] for key, one in match.items()}
    return {key: sorted(lists[key], key=str) for key in sorted(lists) if lists[key]}


def _check(fields: dict[str, Any]) -> None:
    def refuse(code: str, message: str, field: str) -> ActionError:
        return ActionError(code, message, field=field, status=422)

    shape = shape_of(fields["name"])
    place = fields["place"]
    if not codes.is_valid(place) or "-" in place:
        raise refuse("bad-place", _("规则设在区划上：请选省、市、区县、镇街或社区。"), "place")
    rulevalues.check(fields["value"], shape)
    if not fields["basis"]:
        raise refuse("no-basis", _("请写明依据：文件名和条款，或谁决定的。"), "basis")
    if fields["certainty"] not in CERTAINTIES:
        raise refuse("bad-certainty", _("请选这个值有多可靠。"), "certainty")
    if fields["valid_to"] and fields["valid_to"] < fields["valid_from"]:
        raise refuse("bad-dates", _("结束日期要在开始日期当天或之后。"), "valid_to")


def _check_overlap(fields: dict[str, Any], replaced: list[RuleOverride]) -> None:
    """The new value together with the others must leave no doubt which one counts: a contradiction would
    stop every act that asks a rule."""
    rows = RuleOverride.objects.filter(withdrawn_at=None).exclude(pk__in=[row.pk for row in replaced])
    others = [rulebook.as_entry(row) for row in rows.order_by("id")]
    mine = rulebook.as_entry(RuleOverride(**fields))
    try:
        rulebook.book().with_overrides([*others, mine])
    except PackError as error:
        raise ActionError(
            "rule-overlap",
            _(
                "同一地方、同样多条件的另一条设定和它在日期上重叠，分不出哪条算数。请给前一条写结束日期，或换个开始日期。"
            ),
            field="valid_from",
        ) from error


def _one_at_a_time() -> None:
    """Two people who set rules at the same moment could each find no contradiction."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
