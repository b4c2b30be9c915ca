"""From a sealed journal line to what each webhook may be told of it."""

import json
import re
from typing import Any

from mulin.cases.models import Case
from mulin.doors.models import Delivery, Webhook
from mulin.kernel import codes, registry
from mulin.kernel.clock import zone
from mulin.kernel.models import Entry
from mulin.voices.models import Matter, Voice

TESTED = "doors.webhook.tested"
_KEYS = re.compile(r"%\((\w+)\)")


def queue(entry: Entry) -> None:
    """Subscriber: one delivery for each webhook that asked for this line and may hear it. Safe to repeat."""
    wanted = [w for w in Webhook.objects.filter(is_active=True) if wants(w, entry)]
    sentence = registry.sentences().get(entry.code)
    if not wanted or sentence is None or sentence.audience == registry.RESTRICTED:
        return
    matter = Matter.objects.filter(pk=entry.matter).first() if entry.matter else None
    if matter is not None and matter.restriction:
        return
    deliveries = []
    for webhook in wanted:
        if may_hear(webhook, sentence, matter) or entry.code == TESTED:
            body = payload(entry, sentence, matter, public=webhook.audience != "staff")
            deliveries.append(
                Delivery(
                    webhook=webhook,
                    entry=entry.id,
                    code=entry.code,
                    position=entry.position,
                    body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
                )
            )
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def wants(webhook: Webhook, entry: Entry) -> bool:
    """Whether the webhook's filters name this line. A test goes to the tested webhook only."""
    if entry.code == TESTED:
        return entry.subject == webhook.id
    if webhook.created_at > entry.at:
        return False
    if webhook.codes and not any(fits(pattern, entry.code) for pattern in webhook.codes):
        return False
    if not webhook.place:
        return True
    low, high = codes.bounds(webhook.place)
    return low <= entry.place < high


def fits(pattern: str, code: str) -> bool:
    """`cases.case.closed` names one code, `cases.case.*` and `cases.*` all that begin so."""
    return code.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == code


def may_hear(webhook: Webhook, sentence: registry.Sentence, matter: Matter | None) -> bool:
    """Staff hear public and staff lines; the public only public ones about what was published."""
    if webhook.audience == "staff":
        return True
    return sentence.audience == registry.PUBLIC and (matter is None or matter.publication == "shown")


def payload(
    entry: Entry, sentence: registry.Sentence, matter: Matter | None, *, public: bool
) -> dict[str, Any]:
    """What is sent: no person, no text that a person wrote. To the public only data the sentence shows."""
    shown = set(_KEYS.findall(str(sentence.text))) | set(sentence.labels)
    return {
        "id": str(entry.id),
        "position": entry.position,
        "code": entry.code,
        "at": entry.at.astimezone(zone()).isoformat(timespec="seconds"),
        "place": entry.place,
        "object": _number(entry),
        "matter": matter.number if matter else None,
        "data": {k: v for k, v in entry.data.items() if k in shown} if public else entry.data,
    }


def _number(entry: Entry) -> str | None:
    if entry.subject is None or entry.matter is None:
        return None
    for model in (Case, Voice, Matter):
        number = model.objects.filter(pk=entry.subject).values_list("number", flat=True).first()
        if number:
            return number
    return None
