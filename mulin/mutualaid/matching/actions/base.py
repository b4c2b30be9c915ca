"""What the actions share: fields that are checked in one way, and the line in the journal."""

import re
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import journal, rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.mutualaid.matching import candidates
from mulin.mutualaid.matching.access import clean_text
from mulin.mutualaid.matching.catalogue import kinds
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed
from mulin.people import phones
from mulin.places.models import Site

NAME, TEXT, REASON = 40, 500, 200
MOST_WINDOWS = 21
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def line(code: str, actor: Actor, row: Any, *, matter: UUID | None = None, **data: Any) -> None:
    """The one line of an action; rows that came out of a voice show on its matter's timeline."""
    number = getattr(row, "number", "")
    journal.record(
        code,
        actor=actor,
        place=row.place,
        subject=row.pk,
        matter=matter,
        data={**({"number": number} if number else {}), **data},
    )


def matter_of(row: AidNeed | AidHelper | AidMatch) -> UUID | None:
    """The matter that a need, or a match for it, grew out of."""
    return row.need.matter_id if isinstance(row, AidMatch) else row.matter_id


def clean_windows(rows: Any, place: str = "") -> list[dict[str, Any]]:
    """Times of the week in order; 422 for what is none, or nothing at all."""
    found = []
    for one in list(rows or ())[:MOST_WINDOWS]:
        day, begins, ends = one.get("day"), str(one.get("from", "")), str(one.get("to", ""))
        fits = _TIME.fullmatch(begins) and _TIME.fullmatch(ends) and begins < ends
        if day not in range(1, 8) or not fits:
            raise ActionError(
                "bad-window", _("请选星期几和起止时间，结束要晚于开始。"), field="days", status=422
            )
        found.append({"day": day, "from": begins, "to": ends})
    if not found:
        raise ActionError("no-window", _("请选什么时候方便，至少一个时间。"), field="days", status=422)
    return sorted(found, key=lambda one: (one["day"], one["from"]))


def clean_codes(codes: Any, rule: str, place: str, field: str) -> list[str]:
    """Codes of a list that a rule holds; others are refused."""
    known = {one["code"] for one in rulebook.value(rule, at=place)}
    found = list(dict.fromkeys(codes or ()))
    if set(found) - known:
        raise ActionError("not-offered", _("请从列出的里面选。"), field=field, status=422)
    return found


def clean_kind(code: str) -> str:
    if code not in kinds():
        raise ActionError("no-kind", _("请选要哪一种帮助。"), field="kind", status=422)
    return code


def clean_building(code: str, place: str) -> str:
    if code and not Site.objects.filter(code=code, community=place, kind="building", valid_to=None).exists():
        raise ActionError("no-building", _("请选本社区的一栋楼。"), field="building", status=422)
    return code


def clean_name(name: str) -> str:
    return clean_text(name, "name", NAME, _("请写怎么称呼，比如“三单元李妈妈”。"))


def sealed_contact(text: str, account: Any = None, before: str = "") -> str:
    """A telephone number, or the one that the account has, or the one from before."""
    text = (text or "").strip()
    if text:
        try:
            return secrets.seal(phones.normalise(text))
        except ValueError:
            raise ActionError("no-phone", _("请写一个能打通的电话。"), field="contact", status=422) from None
    if before or account is None:
        return before
    return account.phone_sealed


def common(place: str, given: dict[str, Any]) -> dict[str, Any]:
    """The fields that a need and a helper have alike, checked."""
    return {
        "name": clean_name(given.get("name", "")),
        "building": clean_building(given.get("building") or "", place),
        "windows": clean_windows(given.get("windows")),
        "languages": clean_codes(given.get("languages"), "aid.languages", place, "languages"),
    }


def guard(match: AidMatch, on: Any = None) -> dict[str, Any]:
    """What a match with a child rests on that day: its columns; raises no-check, no-consent. Empty columns
    where no child takes part."""
    if not candidates.with_child(match.need):
        return {"for_child": False, "proof": None, "consent": None, "check_until": None}
    proof = candidates.check_of(match.helper, on, place=match.need.place)
    if proof is None:
        raise ActionError("no-check", _("帮忙的人在这一天没有有效的无犯罪记录查询。先登记新的查询，再继续。"))
    consent = candidates.consent_of(match.need, on)
    if consent is None:
        raise ActionError("no-consent", _("家长的书面同意在这一天没有，或者收回了。"))
    return {"for_child": True, "proof": proof, "consent": consent, "check_until": proof.valid_until}
