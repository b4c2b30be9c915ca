"""What a desk sets up for itself: routes, reply templates, saved views."""

from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from mulin.cases import base, classes
from mulin.cases.models import ReplyTemplate, Route, SavedView
from mulin.kernel import codes, journal, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Organisation

MAX_VIEWS = 20


def _org(org_id: UUID | str) -> Organisation:
    org = Organisation.objects.filter(pk=org_id, closed_on=None).first()
    if org is None:
        raise ActionError("unknown-org", _("没有找到这个单位，请重新选择。"), field="org")
    return org


def set_route(
    *,
    actor: Actor,
    place: str,
    org: UUID | str,
    category: str = "",
    is_fallback: bool = False,
    note: str = "",
    route: UUID | str | None = None,
) -> Route:
    """Add a route, or change the one given: which unit is responsible for a category at a place.

    Who: `cases.route:edit` at the place (street, district, admin). Raises unknown-place, unknown-category.
    """
    with write():
        if not codes.is_valid(place):
            raise ActionError("unknown-place", _("没有这个地点编码。"), field="place")
        policy.require(actor, "cases.route:edit", place)
        if category and not classes.group_of(category):
            raise ActionError("unknown-category", _("目录里没有这个类别。"), field="category")
        row = _own_route(actor, route) if route else Route()
        row.place, row.category, row.org = place, category, _org(org)
        row.is_fallback, row.note = bool(is_fallback), note.strip()[:200]
        row.save()
        journal.record(
            "cases.route.set",
            actor=actor,
            place=place[:12],
            subject=row.id,
            org=row.org_id,
            data={"category": category, "org": str(row.org_id), "fallback": row.is_fallback, "place": place},
        )
        return row


def _own_route(actor: Actor, route: UUID | str) -> Route:
    row = Route.objects.filter(pk=route).first()
    if row is None or not policy.can(actor, "cases.route:edit", row.place):
        raise NotVisible
    return row


def delete_route(*, actor: Actor, route: UUID | str) -> None:
    """Take a route away. Who: as for setting it."""
    with write():
        row = _own_route(actor, route)
        journal.record(
            "cases.route.deleted",
            actor=actor,
            place=row.place[:12],
            subject=row.id,
            org=row.org_id,
            data={"category": row.category, "org": str(row.org_id), "place": row.place},
        )
        row.delete()


def set_reply_template(
    *,
    actor: Actor,
    org: UUID | str,
    title: str,
    text: str,
    category: str = "",
    template: UUID | str | None = None,
) -> ReplyTemplate:
    """A reply that a unit often begins from; sending it unchanged is flagged. Who: people of the unit, or of
    the place it belongs to."""
    with write():
        unit = _org(org)
        _may_edit_template(actor, unit)
        row = (
            ReplyTemplate.objects.filter(pk=template, org=unit).first()
            if template
            else ReplyTemplate(org=unit)
        )
        if row is None:
            raise NotVisible
        row.title = base.needed(title, "title", _("请起个名字。"), 40)
        row.text = base.needed(text, "text", _("请写模板的内容。"))
        row.category = category
        row.save()
        journal.record(
            "cases.template.set", actor=actor, place=unit.place, org=unit.id, subject=row.id,
            data={"org": str(unit.id), "category": category},
        )  # fmt: skip
        return row


def _may_edit_template(actor: Actor, unit: Organisation) -> None:
    target = policy.Target(place=unit.place, orgs=frozenset({unit.id}))
    policy.require(actor, "cases.template:edit", target)


def delete_reply_template(*, actor: Actor, template: UUID | str) -> None:
    with write():
        row = ReplyTemplate.objects.select_related("org").filter(pk=template).first()
        if row is None:
            raise NotVisible
        _may_edit_template(actor, row.org)
        journal.record(
            "cases.template.deleted", actor=actor, place=row.org.place, org=row.org_id, subject=row.id,
            data={"org": str(row.org_id)},
        )  # fmt: skip
        row.delete()


def save_view(*, actor: Actor, name: str, query: str) -> SavedView:
    """Keep a filter of the list under a name; the same name is overwritten. Who: anybody at the desk."""
    with write():
        policy.require(actor, "desk.desk:enter", policy.Target())
        title = base.needed(name, "name", _("请起个名字。"), 30)
        if len(query) > 400:
            raise ActionError("field-too-long", _("筛选条件太多了。"), field="query")
        mine = SavedView.objects.filter(account_id=actor.account)
        row = mine.filter(name=title).first()
        if row is None and mine.count() >= MAX_VIEWS:
            raise ActionError(
                "too-many-views", _("最多保存 %(n)s 个视图，请先删掉不用的。") % {"n": MAX_VIEWS}
            )
        row = row or SavedView(account_id=actor.account, name=title)
        row.query = query
        try:
            row.save()
        except IntegrityError as error:
            raise ActionError("name-taken", _("已经有同名的视图。"), field="name") from error
        journal.record("cases.view.saved", actor=actor, subject=row.id)
        return row


def rename_view(*, actor: Actor, view: UUID | str, name: str) -> SavedView:
    """Call one's own saved view something else. Raises ActionError `name-taken`."""
    with write():
        row = SavedView.objects.filter(pk=view, account_id=actor.account).first()
        if row is None:
            raise NotVisible
        title = base.needed(name, "name", _("请起个名字。"), 30)
        if SavedView.objects.filter(account_id=actor.account, name=title).exclude(pk=row.pk).exists():
            raise ActionError("name-taken", _("已经有同名的视图。"), field="name")
        row.name = title
        row.save(update_fields=["name"])
        journal.record("cases.view.saved", actor=actor, subject=row.id)
        return row


def delete_view(*, actor: Actor, view: UUID | str) -> None:
    """Take away one's own saved view."""
    with write():
        row = SavedView.objects.filter(pk=view, account_id=actor.account).first()
        if row is None:
            raise NotVisible
        journal.record("cases.view.deleted", actor=actor, subject=row.id)
        row.delete()
