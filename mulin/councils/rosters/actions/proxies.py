"""Written authorities: recorded by a worker who has the paper in hand, and withdrawn."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from mulin.councils.rosters import lines, queries
from mulin.councils.rosters.actions.common import frozen, line, refuse
from mulin.councils.rosters.bodies import LINES, UNIT
from mulin.councils.rosters.models import OwnerPerson, Proxy, Roster, RosterEntry
from mulin.kernel import rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people.models import Account

RECORD = "councils.proxy:record"
SCAN_BYTES = 5_000_000
# What a scan may begin with: JPEG, PNG, PDF.
SCANS = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"%PDF": ".pdf"}
VIEW_LENGTH = 500


def record_proxy(
    *, actor: Actor, number: str, keys: Collection[str], signed_on: date, until: date,
    holder: Account | None = None,
    holder_name: str = "", holder_phone: str = "", giver: str = "", vote: str = "", view: str = "",
    scan: bytes = b"",
) -> Proxy:  # fmt: skip
    """Record that somebody may act for lines of a frozen roster until a day.

    `holder`: their account, where they have one; else `holder_name`, who comes with paper. `giver`: the code
    of the owner who signed, on an owners' roster; without one the only owner of all the units. `vote`: the
    number of the one vote it is for. `view`: the owner's own view as written on the paper; kept encrypted.
    Who: councils.proxy:record there, and nobody records one to themselves. Raises not-frozen,
    not-allowed-here, no-lines, no-giver, no-holder, own-proxy, own-line, bad-period, no-view, already,
    too-many-proxies, bad-scan.
    """
    holder_name = holder_name.strip()[:40] or (str(holder) if holder else "")
    if not holder_name:
        raise refuse("no-holder", _("请写受托人的姓名。"), "holder_name")
    if signed_on > today() or until < max(signed_on, today()):
        raise refuse("bad-period", _("签字的日子不能晚于今天，到期的日子不能早于今天。"), "until")
    with write():
        roster = queries.locked(actor, number)
        require(actor, RECORD, queries.target_of(roster))
        frozen(roster)
        entries = list(queries.entries(roster).filter(key__in=list(keys)))
        person = _giver(roster, entries, set(keys), giver)
        _check_holder(actor, holder, entries, person)
        _check_rule(roster, entries, holder, holder_name, vote, view)
        proxy = Proxy(
            roster=roster, giver=person, holder=holder, holder_name=holder_name, vote=vote,
            signed_on=signed_on, until=until, recorded_by=actor.account,
            view_sealed=secrets.seal(view.strip()[:VIEW_LENGTH]),
            holder_phone_sealed=secrets.seal(lines.phone(holder_phone)),
        )  # fmt: skip
        if scan:
            proxy.scan.save(f"{proxy.pk}{_suffix(scan)}", ContentFile(scan), save=False)
        proxy.save()
        proxy.entries.set(entries)
        facts = {"n": len(entries), "until": until.isoformat(), "vote": vote}
        line("proxy.recorded", actor, roster, proxy=str(proxy.pk), **facts)
    return proxy


def _giver(roster: Roster, entries: list[RosterEntry], keys: set[str], code: str) -> OwnerPerson | None:
    if not entries or len(entries) != len(keys):
        raise refuse("no-lines", _("请选委托书写明的那几套或那几户。"), "keys")
    if LINES[roster.body] != UNIT:
        return None
    common = set.intersection(*(set(entry.owners.all()) for entry in entries))
    found = [person for person in common if person.code == code] if code else list(common)
    if len(found) != 1:
        raise refuse("no-giver", _("请选是哪位业主签的字；他要是每一套的业主。"), "giver")
    return found[0]


def _check_holder(actor: Actor, holder: Account | None, entries: list[RosterEntry], giver: Any) -> None:
    if holder is None:
        return
    if holder.pk == actor.account:
        raise ActionError("own-proxy", _("受托人是您自己，请同事来登记。"))
    own = giver.account_id if giver else None
    if own == holder.pk or (giver is None and any(one.account_id == holder.pk for one in entries)):
        raise refuse("own-line", _("这是他自己的，不用委托。"), "holder_name")


def _check_rule(
    roster: Roster, entries: list[RosterEntry], holder: Account | None, name: str, vote: str, view: str
) -> None:
    rule = rulebook.value("councils.proxy", at=roster.place, body=roster.body)
    if not rule["is_allowed"]:
        raise ActionError("not-allowed-here", _("这里的规则不允许委托，要本人投。"))
    if rule["needs_view"] and not view.strip():
        raise refuse("no-view", _("这里要求委托书写明本人的意见，请照原文填。"), "view")
    valid = roster.proxies.filter(withdrawn_at=None, until__gte=today())
    same = valid.filter(entries__in=entries)
    if vote:
        same = same.filter(vote__in=("", vote))
    if same.exists():
        raise ActionError("already", _("其中有的已经登记过委托。换人的话，请先撤回原来的。"), field="keys")
    most = rule["most"]
    held = valid.filter(holder=holder) if holder else valid.filter(holder=None, holder_name=name)
    n = RosterEntry.objects.filter(proxies__in=held).distinct().count() + len(entries)
    if most and n > most:
        text = _("一个人最多替%(most)s套或户投票，他会有%(n)s。") % {"most": most, "n": n}
        raise refuse("too-many-proxies", text, "holder_name")


def _suffix(scan: bytes) -> str:
    found = next((suffix for head, suffix in SCANS.items() if scan.startswith(head)), "")
    if not found or len(scan) > SCAN_BYTES:
        raise refuse("bad-scan", _("扫描件要是5MB以内的照片或PDF。"), "scan")
    return found


def withdraw_proxy(*, actor: Actor, number: str, proxy_id: UUID, reason: str) -> Proxy:
    """End a proxy: the giver took it back or comes in person. What was voted with it stands.

    Who: councils.proxy:record. Raises withdrawn, no-reason; NotVisible.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise refuse("no-reason", _("请写明谁要撤回、什么时候说的。"), "reason")
    with write():
        roster = queries.locked(actor, number)
        require(actor, RECORD, queries.target_of(roster))
        proxy = roster.proxies.select_for_update(of=("self",)).filter(pk=proxy_id).first()
        if proxy is None:
            raise NotVisible(proxy_id)
        if proxy.withdrawn_at:
            raise ActionError("withdrawn", _("这份委托已经撤回了。"))
        proxy.withdrawn_at, proxy.withdrawn_reason = now(), reason
        proxy.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        line("proxy.withdrawn", actor, roster, proxy=str(proxy.pk))
    return proxy
