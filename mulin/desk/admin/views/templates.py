"""Reply templates of one's units: a beginning, not an answer."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.cases import classes
from mulin.cases.actions.settings import delete_reply_template, set_reply_template
from mulin.cases.models import ReplyTemplate
from mulin.desk.admin import pages
from mulin.desk.admin.access import admin
from mulin.desk.admin.forms.routes import TemplateForm, category_and_group_choices
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.people.models import Organisation

EDIT = admin("cases.template:edit")
FORM = require_http_methods(["GET", "HEAD", "POST"])
OF_UNIT = policy.Fields(place="place", orgs="pk")
MOST = 500


def _units(actor: Actor) -> list[tuple[str, str]]:
    """One's own units, and those at one's place."""
    rows = Organisation.objects.filter(policy.visible(actor, "cases.template:edit", OF_UNIT), closed_on=None)
    rows = rows.exclude(kind__in=Organisation.GROUPS).order_by("place", "name")[:MOST]
    return [(str(row.pk), row.name) for row in rows]


def _template(actor: Actor, template_id: UUID) -> ReplyTemplate:
    row = ReplyTemplate.objects.select_related("org").filter(pk=template_id).first()
    if row is None or str(row.org_id) not in dict(_units(actor)):
        raise NotVisible(str(template_id))
    return row


@require_safe
@EDIT
def template_list(request: HttpRequest) -> HttpResponse:
    """The templates by unit."""
    actor, get = actor_of(request), request.GET
    units = _units(actor)
    chosen = {key: get.get(key, "") for key in ("q", "org", "category")}
    rows = ReplyTemplate.objects.filter(org_id__in=dict(units)).select_related("org")
    if chosen["org"] in dict(units):
        rows = rows.filter(org_id=chosen["org"])
    if chosen["category"]:
        rows = rows.filter(category=chosen["category"])
    if text := chosen["q"].strip():
        rows = rows.filter(title__contains=text) | rows.filter(text__contains=text)
    rows = list(rows.order_by("org__place", "org__name", "title")[:MOST])
    for row in rows:
        row.what = classes.name(row.category) or _("任何类别")
    filters = [pages.search("q", _("名称或内容"), chosen["q"])]
    if len(units) > 1:
        filters.append(pages.select("org", _("单位"), chosen["org"], units))
    filters.append(
        pages.select("category", _("哪类事"), chosen["category"], category_and_group_choices()[1:])
    )
    context = {
        "rows": rows,
        "has_units": bool(units),
        "filters": filters,
        "is_narrow": any(chosen.values()),
        "clear_url": request.path if get else "",
    }
    return pages.show(request, "templates.html", context, room="templates")


@FORM
@EDIT
def template_edit(request: HttpRequest, template_id: UUID | None = None) -> HttpResponse:
    """Add a template, or change one."""
    actor = actor_of(request)
    row = _template(actor, template_id) if template_id else None
    form = TemplateForm(_units(actor), row, pages.posted(request))
    return pages.fill(
        request,
        form,
        lambda data: set_reply_template(actor=actor, template=template_id, **data),
        room="templates",
        to=reverse("desk:desk_admin:templates"),
        done=_("模板已保存。"),
        title=_("改模板") if row else _("新的模板"),
        back_label=_("答复模板"),
    )


@FORM
@EDIT
def template_delete(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Take a template away, asked once."""
    actor = actor_of(request)
    row = _template(actor, template_id)
    return pages.ask(
        request,
        lambda: delete_reply_template(actor=actor, template=template_id),
        room="templates",
        title=_("删除模板“%(title)s”") % {"title": row.title},
        text=_("发出去的答复不受影响。"),
        submit=_("删除"),
        done=_("模板已删除。"),
        to=reverse("desk:desk_admin:templates"),
    )
