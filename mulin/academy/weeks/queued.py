"""A large series is published by the worker: nobody waits in front of a page while hundreds of rooms are
booked. It is all or nothing as ever; what stood in the way is said on the week's page."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.weeks import publishing, queries
from mulin.academy.weeks.holding import held, line
from mulin.academy.weeks.models import Week
from mulin.kernel import jobs
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job
from mulin.people.queries import actor_by_id

PUBLISH = "academy.week_publish"
# More sessions than this take longer to make than somebody should wait.
MANY = 150


def publish_soon(*, actor: Actor, number: str, until: date | None = None, answer: str = "") -> Week:
    """Publish a week as `publish_week` does, at once where it makes no more than MANY sessions; else the
    worker is asked to, and the week is `publishing` until it has.

    Who: academy.week:manage. Raises what `publish_week` raises, at once or in the job's words."""
    week = queries.get_week(actor, number)
    many = len(week.solution.get("sessions", [])) * (publishing.weeks_after(week, until) + 1)
    if many <= MANY:
        return publishing.publish_week(actor=actor, number=number, until=until, answer=answer)
    with write():
        week = held(actor, number, "proposed", "publishing")
        if is_working(week):
            raise ActionError("not-now", _("这张课表正在公布，请等一下。"))
        week.state = "publishing"
        week.save(update_fields=["state"])
        line("academy.week.publishing", actor, week, n=many)
    day = until.isoformat() if until else ""
    job = jobs.start(actor, PUBLISH, number=week.number, until=day, answer=answer)
    Week.objects.filter(pk=week.pk).update(job=job.pk)
    week.refresh_from_db()
    return week


def publish_job(
    job: Job, _progress: jobs.Progress, *, number: str, until: str, answer: str
) -> dict[str, Any]:
    """What the worker does, for who asked. In one transaction, so there is nothing to be told midway."""
    try:
        week = publishing.publish(
            actor_by_id(job.account_id), number, "publishing",
            until=date.fromisoformat(until) if until else None, answer=answer,
        )  # fmt: skip
    except BaseException:
        _put_back(number)
        raise
    return {"sessions": sum(len(some) for some in week.made.values())}


def _put_back(number: str) -> None:
    with write():
        week = Week.objects.select_for_update().filter(number=number, state="publishing").first()
        if week is None:
            return
        week.state = "proposed"
        week.save(update_fields=["state"])
        line("academy.week.not_published", SYSTEM, week)


def is_working(week: Week) -> bool:
    """Whether the worker is still to publish it; a job that died with its worker is not waited for."""
    return week.state == "publishing" and _job(week, finished_at=None) is not None


def may_publish(week: Week) -> bool:
    """Whether it can be published now."""
    return week.state in ("proposed", "publishing") and not is_working(week)


def why_not(week: Week) -> str:
    """Why the last try to publish it came to nothing; empty where there was none."""
    found = _job(week, state="failed") if week.state == "proposed" else None
    return found.message if found else ""


def _job(week: Week, **more: Any) -> Job | None:
    return Job.objects.filter(pk=week.job, kind=PUBLISH, **more).first() if week.job else None
