"""Units: committees, street offices, departments, firms. Groups have their own file."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people import queries
from mulin.people.models import Organisation, Post

TEXTS = ("name", "name_en", "phone", "about")


def _check(name: str, kind: str, place: str) -> None:
    if not name.strip():
        raise ActionError("no-name", _("请写名称。"), field="name")
    if kind not in Organisation.OFFICIAL + Organisation.OTHERS:
        raise ActionError("no-kind", _("请选单位的类型。"), field="kind")
    if not queries.place_exists(place) or "-" in place:
        raise ActionError("no-place", _("请选一个区划。"), field="place")


def locked_organisation(org_id: UUID) -> Organisation:
    org = Organisation.objects.select_for_update().filter(pk=org_id, closed_on=None).first()
    if org is None:
        raise NotVisible
    return org


def create_organisation(
    *,
    actor: Actor,
    name: str,
    kind: str,
    place: str,
    name_en: str = "",
    phone: str = "",
    about: str = "",
    is_public: bool = True,
) -> Organisation:
    """A new unit at a division. Needs `people.organisation:manage` there.

    Raises ActionError `no-name`, `no-kind`, `no-place`, `name-taken`; NotAllowed.
    """
    _check(name, kind, place)
    require(actor, "people.organisation:manage", place)
    with write():
        if Organisation.objects.filter(name=name.strip(), place=place, closed_on=None).exists():
            raise ActionError("name-taken", _("这里已经有同名的单位。"), field="name")
        org = Organisation.objects.create(
            name=name.strip()[:80],
            name_en=name_en.strip()[:120],
            kind=kind,
            place=place,
            phone=phone.strip()[:40],
            about=about.strip(),
            is_public=is_public,
        )
        journal.record(
            "people.organisation.created", actor=actor, place=place, subject=org.pk, data={"kind": kind}
        )
    return org


def update_organisation(*, actor: Actor, org_id: UUID, **changes) -> Organisation:
    """Change `name`, `name_en`, `phone`, `about`, `kind` or `is_public` of a unit; what is left out stays.

    Needs `people.organisation:manage` at its place. Raises NotVisible, NotAllowed, ActionError `no-name`,
    `no-kind`; TypeError for another field.
    """
    if unknown := set(changes) - {*TEXTS, "kind", "is_public"}:
        raise TypeError(f"an organisation has no {sorted(unknown)}")
    with write():
        org = locked_organisation(org_id)
        if org.is_group:
            raise NotVisible
        require(actor, "people.organisation:manage", org.place)
        changes = {key: value.strip() if key in TEXTS else value for key, value in changes.items()}
        changed = {key: value for key, value in changes.items() if getattr(org, key) != value}
        for key, value in changed.items():
            setattr(org, key, value)
        _check(org.name, org.kind, org.place)
        if changed:
            org.save(update_fields=list(changed))
            data = {"fields": sorted(changed)}
            journal.record(
                "people.organisation.changed", actor=actor, place=org.place, subject=org.pk, data=data
            )
    return org


def close_organisation(*, actor: Actor, org_id: UUID) -> Organisation:
    """Close a unit for new work. What it did stays on record. Posts in it must be ended or moved first.

    Needs `people.organisation:manage` at its place. Raises NotVisible, NotAllowed, ActionError `has-posts`.
    """
    with write():
        org = locked_organisation(org_id)
        if org.is_group:
            raise NotVisible
        require(actor, "people.organisation:manage", org.place)
        if Post.objects.filter(queries.in_force(), org=org).exists():
            raise ActionError("has-posts", _("这个单位还有人在岗。请先结束或移交他们的岗位。"))
        org.closed_on = today()
        org.save(update_fields=["closed_on"])
        journal.record("people.organisation.closed", actor=actor, place=org.place, subject=org.pk)
    return org
