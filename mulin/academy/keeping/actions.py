"""From asking for a place to the end of keeping it."""

from calendar import monthrange
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.keeping import access, rotas, states
from mulin.academy.keeping.models import Keeping, KeptPlace
from mulin.academy.keeping.wording import public_words
from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import ThreadLink
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import can, require
from mulin.people.models import Organisation
from mulin.places.models import Site, Venue
from mulin.places.queries import exists
from mulin.voices.models import Matter
from mulin.voices.queries import get_matter, get_public_matter

KIND, GROUP, MATTER = "academy.keptplace", "people.organisation", "voices.matter"
NAME, SPOT, TEXT, REASON = 60, 160, 2000, 300


def ask_place(
    *,
    actor: Actor,
    org: UUID,
    place: str,
    name: str = "",
    what: str = "",
    about: str = "",
    spot: str = "",
    site: str = "",
    venue: str = "",
    lon: float | None = None,
    lat: float | None = None,
    ends_on: date | None = None,
    matter: str = "",
    kept: str = "",
) -> Keeping:
    """A group asks to keep a place: a new one (its `name`, and a `site`, a `venue` or a `spot` in words), or
    one that others kept before (`kept`, its number). `matter`: what it grew out of; else what the club did.

    Who: academy.keeping:ask for the group, at its home. Raises no-name, no-spot, no-what, no-place, no-site,
    no-venue, bad-position, bad-term, matter-unknown, kept-already, personal-data; NotVisible.
    """
    group = access.get_group(org)
    if not exists(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise ActionError("no-place", _("请选一个社区。"), field="place", status=422)
    access.require_home(actor, access.ASK, group, place)
    what = _needed(public_words(what, "what", TEXT), "no-what", _("请写小组打算做什么。"), "what")
    _check_term(ends_on, None)
    with write():
        if kept:
            where = access.one(access.public_places().select_for_update().filter(place=place), kept)
            if where.keepings.filter(org=group, state__in=("asked", "kept")).exists():
                raise ActionError("kept-already", _("这个小组已经在照看或申请这里。"))
        else:
            where = _new_place(actor, group, place, name, about, spot, site, venue, lon, lat, matter)
        asked = Keeping.objects.create(
            number=new_number(), kept=where, place=place, org=group, what=what, ends_on=ends_on,
            asked_by=actor.account,
        )  # fmt: skip
        line("academy.keeping.asked", actor, asked)
    return asked


def _new_place(
    actor: Actor, group: Organisation, place: str, name: str, about: str, spot: str, site: str, venue: str,
    lon: float | None, lat: float | None, matter: str,
) -> KeptPlace:  # fmt: skip
    name = _needed(public_words(name, "name", NAME), "no-name", _("请给这个地方起个叫法。"), "name")
    spot = public_words(spot, "spot", SPOT)
    found_site, found_venue = _site(place, site), _venue(place, venue)
    if not (found_site or found_venue or spot):
        raise ActionError("no-spot", _("请选一处，或者写清在哪里。"), field="spot", status=422)
    _check_position(lon, lat)
    grown = _matter(actor, matter) or _matter_of(group)
    where = KeptPlace.objects.create(
        number=new_number(), place=place, name=name, site=found_site, venue=found_venue, spot=spot,
        about=public_words(about, "about", TEXT), lon=lon, lat=lat, matter=grown,
    )  # fmt: skip
    links = [(GROUP, group.pk)] + ([(MATTER, grown.pk)] if grown else [])
    ThreadLink.objects.bulk_create(
        ThreadLink(child_kind=KIND, child=where.pk, parent_kind=kind, parent=parent) for kind, parent in links
    )
    return where


def line(code: str, actor: Actor, keeping: Keeping, **data: Any) -> None:
    """The one line of an action; it stands on the timeline of what the place grew out of."""
    journal.record(
        code, actor=actor, place=keeping.place, subject=keeping.pk, matter=keeping.kept.thread,
        org=keeping.org_id, data={"number": keeping.kept.number, **data},
    )  # fmt: skip


def _needed(text: str, code: str, message: str, field: str) -> str:
    if not text:
        raise ActionError(code, message, field=field, status=422)
    return text


def _site(place: str, code: str) -> Site | None:
    found = Site.objects.filter(code=code, community=place, valid_to=None).first() if code else None
    if code and found is None:
        raise ActionError("no-site", _("这个社区里没有这一处。"), field="site", status=422)
    return found


def _venue(place: str, number: str) -> Venue | None:
    found = Venue.objects.filter(number=number, place=place, closed_on=None).first() if number else None
    if number and found is None:
        raise ActionError("no-venue", _("这个社区里没有这个场地。"), field="venue", status=422)
    return found


def _check_position(lon: float | None, lat: float | None) -> None:
    wrong = (lon is None) != (lat is None) or not (-180 <= (lon or 0) <= 180 and -90 <= (lat or 0) <= 90)
    if wrong:
        raise ActionError("bad-position", _("请核对经纬度，或者都空着。"), field="lon", status=422)


def _matter(actor: Actor, number: str) -> Matter | None:
    """What it grew out of: a public matter, or one that the actor may read. Never a restricted one."""
    if not number:
        return None
    try:
        found = get_public_matter(number)
    except NotVisible:
        try:
            found = get_matter(actor, number)
        except NotVisible:
            text = _("没有找到这个编号的事。")
            raise ActionError("matter-unknown", text, field="matter", status=422) from None
    if found.restriction:
        raise ActionError("matter-unknown", _("没有找到这个编号的事。"), field="matter", status=422)
    return found


def _matter_of(group: Organisation) -> Matter | None:
    """The wish that the group's club grew out of; else the matter that the group itself did."""
    club = getattr(group, "club", None)
    if club is not None and club.matter_id:
        return club.matter
    link = ThreadLink.objects.filter(child=group.pk, parent_kind=MATTER).order_by("-id").first()
    return Matter.objects.filter(pk=link.parent, restriction="").first() if link else None


def longest(place: str, begin: date) -> date:
    """The last day of the longest term that the rules allow from a day on."""
    months = int(rulebook.value("academy.keeping.term_months", at=place))
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    return date(year, month + 1, min(begin.day, monthrange(year, month + 1)[1]))


def _check_term(ends_on: date | None, last: date | None) -> None:
    if ends_on and ends_on <= today():
        raise ActionError("bad-term", _("到哪天，要晚于今天。"), field="ends_on", status=422)
    if ends_on and last and ends_on > last:
        text = _("一次最长到 %(day)s，到时候再续。") % {"day": last.isoformat()}
        raise ActionError("bad-term", text, field="ends_on", status=422)


def must_be(keeping: Keeping, move: str) -> None:
    if keeping.state not in states.MOVES[move][0]:
        word = states.WORDS[keeping.state]
        raise ActionError("not-now", _("现在是“%(state)s”，不能这样做。") % {"state": word})


def _managed(actor: Actor, number: str, move: str) -> Keeping:
    keeping = access.locked_keeping(actor, number)
    require(actor, access.MANAGE, access.target_of(keeping))
    must_be(keeping, move)
    return keeping


def agree(*, actor: Actor, number: str, ends_on: date | None = None) -> Keeping:
    """The community agrees: the group keeps the place from today to `ends_on` (default: as it asked, at most
    the rule's term). Who: academy.keeping:manage. Raises not-now, bad-term."""
    with write():
        keeping = _managed(actor, number, "agree")
        last = longest(keeping.place, today())
        _check_term(ends_on, last)
        keeping.state, keeping.starts_on, keeping.decided_at = "kept", today(), now()
        keeping.ends_on = ends_on or min(keeping.ends_on or last, last)
        keeping.save()
        _mark(keeping)
        line("academy.keeping.agreed", actor, keeping, until=keeping.ends_on.isoformat())
    return keeping


def _mark(keeping: Keeping) -> None:
    """A group's own page says which site it looks after."""
    group = Organisation.objects.select_for_update().get(pk=keeping.org_id)
    site = keeping.kept.site
    if keeping.state == "kept" and site is not None and group.adopted_id is None:
        group.adopted = site
    elif keeping.state == "ended" and site is not None and group.adopted_id == site.pk:
        group.adopted = None
    group.save(update_fields=["adopted"])


def decline(*, actor: Actor, number: str, reason: str) -> Keeping:
    """The community says no, and why. Who: academy.keeping:manage. Raises not-now, no-reason."""
    reason = _reason(reason)
    with write():
        keeping = _managed(actor, number, "decline")
        keeping.state, keeping.reason, keeping.decided_at = "declined", reason, now()
        keeping.save()
        line("academy.keeping.declined", actor, keeping)
    return keeping


def _reason(text: str) -> str:
    return _needed(public_words(text, "reason", REASON), "no-reason", _("请写明为什么。"), "reason")


def withdraw(*, actor: Actor, number: str) -> Keeping:
    """The group asks no longer. Who: academy.keeping:ask for the group. Raises not-now."""
    with write():
        keeping = access.locked_keeping(actor, number)
        require(actor, access.ASK, access.target_of(keeping))
        must_be(keeping, "withdraw")
        keeping.state, keeping.decided_at = "withdrawn", now()
        keeping.save()
        line("academy.keeping.withdrawn", actor, keeping)
    return keeping


def renew(*, actor: Actor, number: str, ends_on: date | None = None) -> Keeping:
    """Go on for another term. Who: academy.keeping:manage. Raises not-now, bad-term."""
    with write():
        keeping = _managed(actor, number, "renew")
        last = longest(keeping.place, today())
        _check_term(ends_on, last)
        keeping.ends_on = ends_on or last
        keeping.save(update_fields=["ends_on"])
        line("academy.keeping.renewed", actor, keeping, until=keeping.ends_on.isoformat())
    return keeping


def end(*, actor: Actor, number: str, reason: str) -> Keeping:
    """The group keeps the place no longer; its history stays, its rotas there stop.

    Who: academy.keeping:manage, or the group itself (academy.keeping:ask). Raises not-now, no-reason."""
    reason = _reason(reason)
    with write():
        keeping = access.locked_keeping(actor, number)
        if not can(actor, access.ASK, access.target_of(keeping)):
            require(actor, access.MANAGE, access.target_of(keeping))
        must_be(keeping, "end")
        keeping.state, keeping.reason, keeping.ended_on = "ended", reason, today()
        keeping.decided_at = now()
        keeping.save()
        _mark(keeping)
        _stop_rotas(keeping)
        line("academy.keeping.ended", actor, keeping)
    return keeping


def _stop_rotas(keeping: Keeping) -> None:
    for rota in keeping.kept.rotas.select_for_update().filter(org=keeping.org_id, state="running"):
        rotas.stop(rota)


def edit_place(
    *,
    actor: Actor,
    number: str,
    name: str,
    spot: str = "",
    about: str = "",
    lon: float | None = None,
    lat: float | None = None,
    count_days: int | None = None,
) -> KeptPlace:
    """Change what a place is called and how it is described, and how often it is counted.

    Who: academy.keeping:tend. Raises no-name, no-spot, bad-position, bad-days, personal-data."""
    name = _needed(public_words(name, "name", NAME), "no-name", _("请给这个地方起个叫法。"), "name")
    spot, about = public_words(spot, "spot", SPOT), public_words(about, "about", TEXT)
    _check_position(lon, lat)
    if count_days is not None and not 1 <= count_days <= 366:
        raise ActionError("bad-days", _("清点的间隔在1到366天之间。"), field="count_days", status=422)
    with write():
        kept = access.locked_place(actor, number, access.TEND)
        if not (spot or kept.site_id or kept.venue_id):
            raise ActionError("no-spot", _("请写清在哪里。"), field="spot", status=422)
        kept.name, kept.spot, kept.about = name, spot, about
        kept.lon, kept.lat, kept.count_days = lon, lat, count_days
        kept.save()
        place_line("academy.keeping.edited", actor, kept)
    return kept


def place_line(code: str, actor: Actor, kept: KeptPlace, *, org: UUID | None = None, **data: Any) -> None:
    """The one line of an action about a place itself."""
    journal.record(
        code, actor=actor, place=kept.place, subject=kept.pk, matter=kept.thread, org=org,
        data={"number": kept.number, **data},
    )  # fmt: skip
