"""Taking, freeing and moving the time of a resource. For other modules, inside their own transaction.

No permission is asked and no journal line is written here: the action that takes the time does both. A
resource is locked while its time changes, and each of its quarters of an hour is a row of its own, so that
neither two callers nor a crash between them can give one quarter away twice.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.bookings.models import Booking, Quarter, Resource
from mulin.kernel import days
from mulin.kernel.clock import now
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.places.models import Venue
from mulin.places.venues import opening

QUARTER_SECONDS = 900
QUARTER = timedelta(seconds=QUARTER_SECONDS)
LONGEST = timedelta(days=62)
AHEAD = timedelta(days=14)  # how far one looks for the next free time
KINDS = ("venue", "person", "parking", "thing")
HOLDING = ("asked", "booked", "done")  # states in which a booking has its time
ENDED = ("cancelled", "no_show", "declined")


def resource_for(kind: str, ref: UUID, *, place: str, title: str) -> Resource:
    """The resource that stands for a record; made at the first call, its place and title follow."""
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of resource")
    title = title[:80]
    found, made = Resource.objects.get_or_create(
        kind=kind, ref=ref, defaults={"place": place, "title": title}
    )
    if not made and (found.place, found.title) != (place, title):
        found.place, found.title = place, title
        found.save(update_fields=["place", "title"])
    return found


def of_venue(venue: Venue) -> Resource:
    """The resource of a venue."""
    return resource_for("venue", venue.pk, place=venue.place, title=venue.name)


def lock(resources: Iterable[Resource]) -> None:
    """Lock several resources in one order, so that callers who need two never wait for each other."""
    ids = sorted({one.pk for one in resources})
    list(Resource.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))


def take(
    resource: Resource,
    starts_at: datetime,
    ends_at: datetime,
    *,
    what: str,
    subject: UUID | None = None,
    account: UUID | None = None,
    org: UUID | None = None,
    title: str = "",
    state: str = "booked",
    note: str = "",
) -> Booking:
    """Book a resource from one moment to another, whole quarters of an hour.

    ActionError slot-taken (its sentence says from when it is free), bad-time (422) for no length, odd
    minutes or more than 62 days.
    """
    if state not in HOLDING:
        raise ValueError(f"{state!r} does not hold time")
    wanted = _quarters(starts_at, ends_at)
    lock([resource])
    _refuse_taken(resource, starts_at, ends_at)
    booking = Booking(
        number=new_number(), place=resource.place, resource=resource, starts_at=starts_at, ends_at=ends_at,
        what=what, subject=subject, account_id=account, org_id=org, title=title[:80], state=state, note=note,
    )  # fmt: skip
    try:
        with transaction.atomic():
            booking.save(force_insert=True)
            _hold(booking, wanted)
    except IntegrityError as error:  # somebody went past this module: the table itself refuses
        if not _taken(resource, wanted).exists():
            raise
        raise _slot_taken(resource, starts_at, ends_at) from error
    return booking


def free(booking: Booking, *, state: str = "cancelled", reason: str = "") -> Booking:
    """Give the time of a booking free; the booking stays, with why. Already ended: nothing changes."""
    if state not in ENDED:
        raise ValueError(f"{state!r} holds time")
    lock([booking.resource])
    booking.refresh_from_db()
    if booking.state in ENDED:
        return booking
    booking.quarters.all().delete()
    booking.state, booking.reason = state, reason[:200]
    booking.save(update_fields=["state", "reason"])
    return booking


def move(booking: Booking, starts_at: datetime, ends_at: datetime) -> Booking:
    """Another time for a booking that has one; where it is not free, the booking keeps what it has.

    ActionError slot-taken, bad-time, and not-booked for one that was cancelled.
    """
    wanted = _quarters(starts_at, ends_at)
    lock([booking.resource])
    booking.refresh_from_db()
    if booking.state not in HOLDING:
        raise ActionError("not-booked", _("这个预约已经取消了，请重新预约。"))
    _refuse_taken(booking.resource, starts_at, ends_at, but=booking)
    with transaction.atomic():
        booking.quarters.all().delete()
        _hold(booking, wanted)
        booking.starts_at, booking.ends_at = starts_at, ends_at
        booking.save(update_fields=["starts_at", "ends_at"])
    return booking


def restore(booking: Booking) -> Booking:
    """Give a booking that ended its time back, if nobody has it. ActionError slot-taken, not-ended."""
    lock([booking.resource])
    booking.refresh_from_db()
    if booking.state in HOLDING:
        raise ActionError("not-ended", _("这个预约没有取消。"))
    _refuse_taken(booking.resource, booking.starts_at, booking.ends_at)
    _hold(booking, _quarters(booking.starts_at, booking.ends_at))
    booking.state, booking.reason = "booked", ""
    booking.save(update_fields=["state", "reason"])
    return booking


def is_free(
    resource: Resource, starts_at: datetime, ends_at: datetime, *, but: Booking | None = None
) -> bool:
    """Whether nobody has any of this time; `but`: a booking that does not count."""
    return not _taken(resource, _quarters(starts_at, ends_at), but).exists()


def busy(
    resources: Iterable[Resource | UUID], since: datetime, until: datetime
) -> dict[UUID, list[tuple[datetime, datetime, str]]]:
    """What is taken between two moments: `{resource id: [(starts, ends, title)]}` in order of time; a
    resource without bookings has an empty list."""
    ids = [one.pk if isinstance(one, Resource) else one for one in resources]
    found: dict[UUID, list[tuple[datetime, datetime, str]]] = {one: [] for one in ids}
    rows = Booking.objects.filter(resource__in=ids, state__in=HOLDING, starts_at__lt=until, ends_at__gt=since)
    for key, starts, ends, title in rows.order_by("starts_at").values_list(
        "resource", "starts_at", "ends_at", "title"
    ):
        found[key].append((starts, ends, title))
    return found


def inside_hours(venue: Venue, starts_at: datetime, ends_at: datetime) -> bool:
    """Whether a venue is open all that time: its hours, closed days, holidays, and that it still is one."""
    return opening.inside(venue, starts_at, ends_at)


def next_free(resource: Resource, starts_at: datetime, ends_at: datetime) -> datetime | None:
    """From when on a stretch of this length is free, looking two weeks ahead."""
    first, n = _index(starts_at), _index(ends_at) - _index(starts_at)
    last = first + int(AHEAD / QUARTER)
    rows = Quarter.objects.filter(resource=resource, at__gte=first, at__lt=last + n)
    candidate = first
    for at in rows.order_by("at").values_list("at", flat=True):
        if at >= candidate + n:
            break
        candidate = at + 1
    if candidate > last:
        return None
    return starts_at + (candidate - first) * QUARTER


def whole(moment: datetime, *, up: bool = False) -> datetime:
    """The quarter of an hour that a moment lies in, or the next one."""
    left = moment.timestamp() % QUARTER_SECONDS
    if not left:
        return moment
    return moment - timedelta(seconds=left) + (QUARTER if up else timedelta())


def is_over(booking: Booking) -> bool:
    return booking.ends_at <= now()


def _index(moment: datetime) -> int:
    return int(moment.timestamp()) // QUARTER_SECONDS


def _quarters(starts_at: datetime, ends_at: datetime) -> range:
    if ends_at <= starts_at:
        text = _("结束的时间要晚于开始的时间。")
        raise ActionError("bad-time", text, field="ends_at", status=422)
    if starts_at.timestamp() % QUARTER_SECONDS or ends_at.timestamp() % QUARTER_SECONDS:
        text = _("时间按一刻钟算，请选整点、15分、30分或45分。")
        raise ActionError("bad-time", text, field="starts_at", status=422)
    if ends_at - starts_at > LONGEST:
        text = _("一次最长 %(n)s 天，请分几次预约。") % {"n": LONGEST.days}
        raise ActionError("bad-time", text, field="ends_at", status=422)
    return range(_index(starts_at), _index(ends_at))


def _taken(resource: Resource, wanted: range, but: Booking | None = None):
    rows = Quarter.objects.filter(resource=resource, at__gte=wanted.start, at__lt=wanted.stop)
    return rows.exclude(booking=but) if but is not None else rows


def _refuse_taken(
    resource: Resource, starts_at: datetime, ends_at: datetime, but: Booking | None = None
) -> None:
    if not is_free(resource, starts_at, ends_at, but=but):
        raise _slot_taken(resource, starts_at, ends_at)


def _slot_taken(resource: Resource, starts_at: datetime, ends_at: datetime) -> ActionError:
    words = {"title": resource.title}
    again = next_free(resource, starts_at, ends_at)
    if again is None:
        text = _("“%(title)s”这个时间已经有人用了，往后两周都排满了。请换一处。")
    else:
        words["when"] = days.moment_words(again)
        text = _("“%(title)s”这个时间已经有人用了，%(when)s 起空着。")
    return ActionError("slot-taken", text % words, field="starts_at")


def _hold(booking: Booking, wanted: range) -> None:
    Quarter.objects.bulk_create(
        [Quarter(resource_id=booking.resource_id, at=at, booking=booking) for at in wanted], batch_size=500
    )
