"""What waits for who plans: weeks that lie ready and are near, offers to teach, checks that run out."""

from datetime import date, timedelta

from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.academy.weeks import checks, queries
from mulin.academy.weeks.models import TeacherCheck
from mulin.kernel import clock, days, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

SOON, CHECK_SOON = 10, 30


def week_rows(actor: Actor) -> waiting.Waiting | None:
    """Weeks that were planned or begun and are not published."""
    if not policy.can_somewhere(actor, queries.WEEKS):
        return None
    found = queries.visible_weeks(actor).exclude(state__in=("published", "solving", "publishing"))
    near = clock.today() + timedelta(days=SOON)
    return waiting.rows(
        found.filter(monday__lte=near), title="number", due_at=waiting.day("monday"),
        fact=waiting.facts(monday="monday"),
    )  # fmt: skip


def week_item(row: waiting.Row) -> InboxItem:
    day = days.day_words(date.fromisoformat(str(row.facts["monday"])[:10]))
    return InboxItem(
        key=f"academy.week:{row.ref}",
        title=_("%(day)s 起的一周还没有公布课表") % {"day": day},
        url=reverse("academy_desk:week", args=[row.ref]),
        kind=gettext_lazy("排课"),
        due_at=row.due(),
        since=row.since,
        place=row.place,
        facts={"waits": "week"},
    )


def teacher_rows(actor: Actor) -> waiting.Waiting | None:
    """Who offered to teach and nobody has talked with yet."""
    if not policy.can_somewhere(actor, queries.TEACHERS):
        return None
    return waiting.rows(queries.visible_teachers(actor).filter(state="offered"), title="name")


def teacher_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"academy.teacher:{row.ref}",
        title=_("%(name)s想来教课，还没有谈") % {"name": row.title},
        url=reverse("academy_desk:teacher", args=[row.ref]),
        kind=gettext_lazy("老师"),
        due_at=row.since + timedelta(days=SOON),
        since=row.since,
        place=row.place,
        facts={"waits": "teacher"},
    )


def check_rows(actor: Actor) -> waiting.Waiting | None:
    """Teachers whose record check may run out soon; the rule decides."""
    if not policy.can_somewhere(actor, queries.TEACHERS):
        return None
    last = TeacherCheck.objects.filter(teacher=OuterRef("pk"), is_clear=True, withdrawn_at=None)
    days = Subquery(last.order_by("-checked_on").values("checked_on")[:1])
    found = queries.visible_teachers(actor).filter(state="ready").annotate(last_check=days)
    found = found.filter(last_check__lte=clock.today() - timedelta(days=60))
    return waiting.rows(found, title="name", due_at=waiting.day("last_check"), fact=F("last_check"))


def check_item(row: waiting.Row) -> InboxItem | None:
    due = row.due()
    if due is None:
        return None
    ends = checks.last_day(clock.day_of(due), place=row.place)
    if ends > clock.today() + timedelta(days=CHECK_SOON):
        return None
    return InboxItem(
        key=f"academy.check:{row.ref}",
        title=_("%(name)s的记录查询 %(day)s 到期") % {"name": row.title, "day": days.day_words(ends)},
        url=reverse("academy_desk:teacher", args=[row.ref]),
        kind=gettext_lazy("老师"),
        due_at=waiting.on(ends),
        since=row.since,
        place=row.place,
        facts={"waits": "teacher"},
    )


SOURCES = (
    InboxSource("weeks", gettext_lazy("排课"), rows=week_rows, item=week_item),
    InboxSource("teachers", gettext_lazy("老师"), rows=teacher_rows, item=teacher_item),
    InboxSource("teacher-checks", gettext_lazy("老师"), rows=check_rows, item=check_item),
)
