"""Estates, courtyards, grids, micro-grids and buildings: add, change, close; what a division is called."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target, require
from mulin.places import caching
from mulin.places.locating import wgs84
from mulin.places.models import Division, Site

KINDS = {
    "estate": codes.Level.ESTATE,
    "courtyard": codes.Level.COURTYARD,
    "grid": codes.Level.GRID,
    "micro_grid": codes.Level.MICRO_GRID,
    "building": codes.Level.BUILDING,
}


def _refuse(code: str, message: str, field: str) -> ActionError:
    return ActionError(code, message, field=field, status=422)


def set_site(
    *,
    actor: Actor,
    community: str,
    kind: str = "",
    code: str = "",
    name: str | None = None,
    aliases: list[str] | None = None,
    grid: str | None = None,
    estate: str | None = None,
    address: str | None = None,
    households: int | None = None,
    unit_grid: str | None = None,
    manager: UUID | None = None,
    has_manager: bool = True,
    lon: float | None = None,
    lat: float | None = None,
    crs: str = "wgs84",
    valid_from: date | None = None,
) -> Site:
    """Add a site (no `code`: it gets the next number of its kind) or change one; None leaves a value as is.

    Needs `places.site:manage` at the community. `grid` and `estate` must be sites of the same community;
    `has_manager=False` says that nobody manages the estate. Positions are converted to WGS-84. ActionError
    (422) names the field; NotVisible for a code that the community does not have.
    """
    given = {
        "name": name, "aliases": aliases, "grid": grid, "estate": estate, "address": address,
        "households": households, "unit_grid": unit_grid, "manager": manager, "valid_from": valid_from,
    }  # fmt: skip
    with write():
        require(actor, "places.site:manage", Target(place=community, grid=grid or "", building=code))
        site = _site_to_write(community, kind, code)
        if lon is not None or lat is not None:
            given["lon"], given["lat"] = wgs84(lon, lat, crs)
        changed = _apply(site, given)
        if not has_manager and site.manager:
            site.manager = None
            changed.append("manager")
        _check(site)
        if changed:
            _keep(actor, site, changed)
    return site


def _keep(actor: Actor, site: Site, changed: list[str]) -> None:
    """Save a new or changed site under its one journal line."""
    code = "places.site.added" if site._state.adding else "places.site.changed"
    site.save()
    caching.bump()
    journal.record(
        code,
        actor=actor,
        place=site.community,
        subject=site.id,
        data={"code": site.code, "kind": site.kind, "fields": sorted(changed)},
    )


def _site_to_write(community: str, kind: str, code: str) -> Site:
    if code:
        site = Site.objects.select_for_update().filter(code=code, community=community, valid_to=None).first()
        if site is None:
            raise NotVisible
        return site
    if kind not in KINDS:
        raise _refuse("kind", _("请选择类别。"), "kind")
    # The community's row is locked, so that two people do not get one number.
    rows = Division.objects.select_for_update().filter(code=community, level=12, in_use=True, valid_to=None)
    if not list(rows.values_list("id", flat=True)):
        raise _refuse("place-unknown", _("找不到这个社区。"), "community")
    letter = codes.LETTER_OF[KINDS[kind]]
    taken = Site.objects.filter(community=community, code__startswith=f"{community}-{letter}")
    last = max((codes.parse(one).serial or 0 for one in taken.values_list("code", flat=True)), default=0)
    return Site(community=community, kind=kind, code=codes.make(community, KINDS[kind], last + 1))


def _apply(site: Site, given: dict[str, Any]) -> list[str]:
    changed = []
    for key, value in given.items():
        value = value.strip() if isinstance(value, str) else value
        if value is not None and getattr(site, key) != value:
            setattr(site, key, value)
            changed.append(key)
    return changed


def _check(site: Site) -> None:
    if not site.name or len(site.name) > 80:
        raise _refuse("name", _("请填写名称，不超过 80 个字。"), "name")
    if len(site.address) > 160:
        raise _refuse("address", _("地址太长，请控制在 160 个字以内。"), "address")
    if site.households is not None and not 0 <= site.households <= 100_000:
        raise _refuse("households", _("户数不对，请填写 0 到 100000 的整数。"), "households")
    for key, kinds in (("grid", ("grid",)), ("estate", ("estate", "courtyard"))):
        code = getattr(site, key)
        if (
            code
            and not Site.objects.filter(
                code=code, community=site.community, kind__in=kinds, valid_to=None
            ).exists()
        ):
            raise _refuse(key, _("请从本社区的列表里选择。"), key)


def close_site(*, actor: Actor, code: str, on: date | None = None) -> Site:
    """A site no longer exists from a day on (today); what was recorded there keeps its code.

    Needs `places.site:manage` at the community. A grid or estate that buildings still belong to is refused.
    """
    with write():
        site = Site.objects.select_for_update().filter(code=code, valid_to=None).first()
        if site is None:
            raise NotVisible
        require(actor, "places.site:manage", Target(place=site.community, grid=site.grid))
        inside = Site.objects.filter(Q(grid=code) | Q(estate=code), community=site.community, valid_to=None)
        n = inside.exclude(pk=site.pk).count()
        if n:
            raise ActionError(
                "site-in-use", _("还有 %(n)s 栋楼或小区属于它。请先把它们改到别处。") % {"n": n}
            )
        site.valid_to = on or clock.today()
        site.save(update_fields=["valid_to"])
        caching.bump()
        journal.record(
            "places.site.closed",
            actor=actor,
            place=site.community,
            subject=site.id,
            data={"code": code, "kind": site.kind},
        )
    return site


def set_division(
    *, actor: Actor, code: str, short_name: str | None = None, phone: str | None = None
) -> Division:
    """What people call a division, and its telephone. Needs `places.division:manage`."""
    with write():
        division = Division.objects.select_for_update().filter(code=code, in_use=True, valid_to=None)
        division = division.order_by("level").first()
        if division is None:
            raise NotVisible
        require(actor, "places.division:manage", code)
        changed = _apply(division, {"short_name": short_name, "phone": phone})
        if len(division.short_name) > 80:
            raise _refuse("name", _("请填写名称，不超过 80 个字。"), "short_name")
        if len(division.phone) > 40:
            raise _refuse("phone", _("电话太长，请控制在 40 个字以内。"), "phone")
        if changed:
            division.save(update_fields=changed)
            caching.bump()
            journal.record(
                "places.division.changed",
                actor=actor,
                place=code,
                subject=division.id,
                data={"code": code, "fields": sorted(changed)},
            )
    return division
